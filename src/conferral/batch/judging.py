"""Judging a whole table of facts at once, by the same rules that judge one record."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from conferral.rules.rule import Rule

if TYPE_CHECKING:
    from ibis import Table


def judge_table(table: Table, rules: Iterable[Rule], key: str = "id") -> Table:
    """Every rule that speaks of every row: columns `key`, `rule` and `outcome`, in no order.

    The table has a column for each fact of the rules' subject; NULL means that nothing is known. Instants
    carry a time zone. A row of which no rule speaks does not come back. Nothing is run: the answer is an
    expression for the engine that holds the table. Raises RuntimeError without the extra `batch`.
    """
    ibis = _ibis()
    arms = [_arm(ibis, table, rule, key) for rule in rules]
    return ibis.union(*arms) if len(arms) > 1 else arms[0]


def _arm(ibis: ModuleType, table: Table, rule: Rule, key: str) -> Table:
    spoken: Any = rule(table)
    if isinstance(spoken, bool):
        spoken = ibis.literal(spoken)
    return table.filter(spoken).select(key, rule=ibis.literal(rule.id), outcome=ibis.literal(rule.outcome))


def _ibis() -> ModuleType:
    try:
        import ibis
    except ImportError:
        raise RuntimeError(
            "Judging a whole table needs Ibis and DuckDB: install conferral with its extra `batch`."
        ) from None
    return ibis
