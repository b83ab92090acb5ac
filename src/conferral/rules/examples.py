"""An example of every rule: facts of which it speaks, and the nearest ones of which it is silent, judged as ever.

The facts are found by trying: a rule is run on values that note what they are compared with, and then on the
values around those. Nobody writes an example, so none can differ from its rule.
"""

import dataclasses
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice, product
from string import Formatter
from typing import Any

from conferral.rules.rule import PASSED, Rule
from conferral.rules.subjects import SUBJECTS

DAY = date(2014, 12, 31)
NOON = datetime(2014, 12, 31, 12, tzinfo=UTC)
_MOST = 4_000  # combinations tried
_STEPS: dict[type, tuple[Any, ...]] = {
    date: (DAY, DAY + timedelta(1), DAY - timedelta(1)),
    datetime: (NOON, NOON + timedelta(minutes=1), NOON - timedelta(minutes=1)),
    int: (2, 3, 1, 0),
    bool: (True, False),
    str: (),
}
_PLAIN = {"scheme": "10263", "unit": "CC4"}


@dataclass(frozen=True)
class Example:
    """Facts and what the rule says of them. `outcome` as of `Rule.standing`; `text` is empty where it is silent."""

    given: tuple[tuple[str, Any], ...]
    outcome: str
    text: str


class _Compared(str):
    """A text that notes what it is compared with."""

    with_: set[Any]

    def __eq__(self, other: object) -> bool:
        self.with_.add(other)
        return False

    def __ne__(self, other: object) -> bool:
        self.with_.add(other)
        return True

    __hash__ = str.__hash__


class _Looked:
    """A record that notes which facts are looked at, and which texts they are compared with."""

    def __init__(self, kinds: dict[str, type]) -> None:
        self.kinds, self.at, self.with_ = kinds, dict[str, None](), dict[str, set[Any]]()

    def __getattr__(self, name: str) -> Any:
        kind = self.kinds[name]
        self.at[name] = None
        if kind is not str:
            return _STEPS[kind][0]
        seen = _Compared(name)
        seen.with_ = self.with_.setdefault(name, set())
        return seen


@cache
def examples(rule: Rule) -> tuple[Example, ...]:
    """One example of which a rule speaks, and one beside it of which it is silent, if it ever is."""
    kinds, optional = _kinds(rule.subject)
    looked = _Looked(kinds)
    rule(looked)
    used = list(looked.at)
    values = [_values(name, kinds[name], name in optional, looked.with_.get(name, set())) for name in used]
    tried = list(islice(product(*values), _MOST))
    judged = [(row, rule.standing(_record(rule, dict(zip(used, row, strict=True))))) for row in tried]
    spoken = max((row for row, said in judged if said == rule.outcome), key=_known, default=None)
    if spoken is None:
        return ()
    silent = min(
        (pair for pair in judged if pair[1] != rule.outcome), key=lambda pair: _beside(pair, spoken), default=None
    )
    rows = (spoken, *([silent[0]] if silent else []))
    return tuple(_example(rule, dict(zip(used, row, strict=True))) for row in rows)


def _kinds(subject: str) -> tuple[dict[str, type], set[str]]:
    facts = SUBJECTS[subject]
    hints = typing.get_type_hints(facts)
    kinds = {
        field.name: typing.get_args(hints[field.name]) or (hints[field.name],) for field in dataclasses.fields(facts)
    }
    return {name: kind[0] for name, kind in kinds.items()}, {
        name for name, kind in kinds.items() if types.NoneType in kind
    }


def _values(name: str, kind: type, optional: bool, compared: set[Any]) -> list[Any]:
    texts = sorted(one for one in compared if type(one) is str)
    found = [*texts, _filler(name, kind)] if kind is str else list(_STEPS[kind])
    return [*found, None] if optional else found


def _filler(name: str, kind: type) -> Any:
    return _STEPS[kind][0] if _STEPS[kind] else _PLAIN.get(name, f"[{name.replace('_', ' ')}]")


def _record(rule: Rule, given: dict[str, Any]) -> Any:
    kinds, optional = _kinds(rule.subject)
    needed = {name: _filler(name, kind) for name, kind in kinds.items() if name not in optional}
    return SUBJECTS[rule.subject](**(needed | given))


def _known(row: tuple[Any, ...]) -> int:
    return sum(value is not None for value in row)


def _beside(pair: tuple[tuple[Any, ...], str], spoken: tuple[Any, ...]) -> tuple[bool, int, int]:
    row, said = pair
    return said != PASSED, sum(one != other for one, other in zip(row, spoken, strict=True)), -_known(row)


def _example(rule: Rule, given: dict[str, Any]) -> Example:
    kinds, _ = _kinds(rule.subject)
    told = {name: _filler(name, kinds[name]) for name in _mentioned(rule) if name not in given}
    record = _record(rule, told | given)
    outcome = rule.standing(record)
    return Example(tuple(given.items()), outcome, rule.reason(record).text if outcome == rule.outcome else "")


def _mentioned(rule: Rule) -> Iterator[str]:
    return (name for text in (rule.refuse, rule.remedy) for _, name, _, _ in Formatter().parse(text) if name)
