"""Facts of many as arrays: the columns that the terms of the rules compare, held by NumPy.

A rule looks at a few facts, and most of them are one moderator's or one scheme's. Arrays of different shapes are
spread over each other by NumPy, so each is held once and a rule costs no more than the facts that it looks at (ADR 27).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np


class Column:
    """Values of one fact, and which of them are known. Nothing known compares with what is not."""

    __hash__ = None

    def __init__(self, values: Any, known: Any = True) -> None:
        self.values = np.asarray(values)
        self.known = np.asarray(known)

    @classmethod
    def of(cls, values: list[Any], kind: str) -> Column:
        """A column of a list in which None stands for what is not known. `kind` is NumPy's word for the values."""
        known = [value is not None for value in values]
        fill = next((value for value in values if value is not None), 0)
        return cls(np.array([fill if value is None else value for value in values], dtype=kind), known)

    def across(self) -> Column:
        """The same, one value a line in place of one a place."""
        return Column(self.values[:, None], self.known[:, None] if self.known.ndim else self.known)

    def isnull(self) -> Column:
        return Column(~np.broadcast_to(self.known, np.broadcast_shapes(self.known.shape, self.values.shape)))

    def notnull(self) -> Column:
        return Column(~self.isnull().values)

    def fill_null(self, value: Any) -> Column:
        return self if self.known.all() else Column(np.where(self.known, self.values, value))

    def _with(self, other: Any, how: Callable[[Any, Any], Any]) -> Column:
        if isinstance(other, Column):
            return Column(how(self.values, other.values), self.known & other.known)
        return Column(how(self.values, other), self.known)

    def __gt__(self, other: Any) -> Column:
        return self._with(other, operator.gt)

    def __lt__(self, other: Any) -> Column:
        return self._with(other, operator.lt)

    def __eq__(self, other: object) -> Column:  # type: ignore[override]
        return self._with(other, operator.eq)

    def __ne__(self, other: object) -> Column:  # type: ignore[override]
        return self._with(other, operator.ne)

    def __and__(self, other: Any) -> Column:
        return self._with(other, operator.and_)

    def __or__(self, other: Any) -> Column:
        return self._with(other, operator.or_)

    __rand__, __ror__ = __and__, __or__

    def __bool__(self) -> bool:
        raise ValueError("A column is neither true nor false: join terms with | and &.")


def spoken(said: Any, shape: tuple[int, ...]) -> np.ndarray:
    """What a rule said of every place: a column spread over the shape, or one answer for all."""
    values = said.fill_null(False).values if isinstance(said, Column) else np.asarray(said)
    return np.broadcast_to(values.astype(bool), shape)
