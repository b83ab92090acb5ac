"""Statements that an engine is given: written by Ibis once in a process, run as often as there is a nation to judge.

Ibis takes some hundredths of a second for each. What it writes depends on the names and columns of tables, never on
their rows; so everything here stands on tables that are named and nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import pyarrow
from ibis import Table


@dataclass(frozen=True)
class Step:
    """A table to work out, or a view of it, and its text in the engine's dialect."""

    name: str
    text: str
    view: bool = False


@dataclass
class Written:
    """Steps in one dialect, as they are written one after the other."""

    dialect: str
    steps: list[Step] = field(default_factory=list)

    def hold(self, name: str, table: Table, *, view: bool = False) -> Table:
        """Write down how a table is worked out; returns it by its name, for the steps that follow."""
        self.steps.append(Step(name, str(ibis.to_sql(table, dialect=self.dialect, pretty=False)), view))
        return ibis.table(table.schema(), name=name)


def named(name: str, columns: Mapping[str, pyarrow.DataType]) -> Table:
    """A table that the engine will have by then, with these columns."""
    return ibis.table(ibis.Schema.from_pyarrow(pyarrow.schema(list(columns.items()))), name=name)
