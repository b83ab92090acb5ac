"""A TOML table being read: keys are taken out by kind, and what is wrong is noted with its place."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any, TypeVar

from conferral.rules.packs.shape import LEVELS, Fault

T = TypeVar("T")

_KINDS: dict[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number with a fraction",
    bool: "true or false",
    date: "a date such as 2013-12-31",
    datetime: "a date with a time",
    time: "a time",
    list: "a list",
    dict: "a table",
}


class Table:
    """One TOML table with the place it stands at. Every method notes a fault and goes on."""

    def __init__(self, values: dict[str, Any], place: str, faults: list[Fault]) -> None:
        self.values = values
        self.place = place
        self.faults = faults
        self.known: set[str] = set()

    def fault(self, key: str, text: str, remedy: str) -> None:
        self.faults.append(Fault(f"{self.place}, {key}", text, remedy))

    def optional(self, key: str, kind: type[T]) -> T | None:
        """The value, or None when the key is absent or holds another kind of value."""
        self.known.add(key)
        value = self.values.get(key)
        if value is None or type(value) is kind:
            return value
        self.fault(key, f"{key} is {_kind_of(value)}.", f"Write {_KINDS[kind]}.")
        return None

    def required(self, key: str, kind: type[T]) -> T | None:
        if key not in self.values:
            self.fault(key, f"{key} is missing.", f"Add {key}: {_KINDS[kind]}.")
        return self.optional(key, kind)

    def text(self, key: str) -> str:
        value = self.required(key, str)
        if value is not None and not value.strip():
            self.fault(key, f"{key} is empty.", "Write the text.")
        return value or ""

    def optional_text(self, key: str) -> str:
        return self.optional(key, str) or ""

    def choice(self, key: str, allowed: Collection[str]) -> str:
        value = self.text(key)
        if value and value not in allowed:
            self.fault(key, f"{key} is “{value}”.", f"Write one of: {', '.join(allowed)}.")
        return value

    def flag(self, key: str, *, otherwise: bool) -> bool:
        value = self.optional(key, bool)
        return otherwise if value is None else value

    def level(self, key: str) -> int | None:
        level = self.optional(key, int)
        if level is not None and level not in LEVELS:
            self.fault(key, f"Level {level} is out of range.", "Write a level from 1 to 8.")
        return level

    def amount(self, key: str) -> int | None:
        amount = self.optional(key, int)
        if amount is not None and amount < 0:
            self.fault(key, f"{key} is {amount}.", "Write nought or more.")
        return amount

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.optional(key, list) or []
        if any(type(value) is not str for value in values):
            self.fault(key, f"{key} holds something that is not text.", "Put each entry in quotes.")
            return ()
        return tuple(values)

    def table(self, key: str, read: "Callable[[Table], T]") -> T | None:
        values = self.optional(key, dict)
        return None if values is None else self._read_whole(values, f"{self.place}, {key}", read)

    def required_table(self, key: str, read: "Callable[[Table], T]", *, otherwise: T) -> T:
        """The table; `otherwise` keeps the reading going when it is missing, which is a fault."""
        if key not in self.values:
            self.fault(key, f"{key} is missing.", f"Add {key}: a table.")
        value = self.table(key, read)
        return otherwise if value is None else value

    def rows(self, key: str, read: "Callable[[Table], T]", *, named_by: tuple[str, ...] = ()) -> tuple[T, ...]:
        """A list of tables. In a fault's place a row has its first `named_by`, else its position."""
        rows = []
        for position, values in enumerate(self.optional(key, list) or [], start=1):
            if type(values) is not dict:
                self.fault(f"{key} {position}", f"It is {_kind_of(values)}.", "Write a table.")
                continue
            name = next((values[name] for name in named_by if name in values), position)
            place = f"{self.place}, {key} {name}"
            rows.append(self._read_whole(values, place, read))
        return tuple(rows)

    def required_rows(self, key: str, read: "Callable[[Table], T]", *, named_by: tuple[str, ...] = ()) -> tuple[T, ...]:
        if self.values.get(key, []) == []:
            self.fault(key, f"{key} has no row.", f"Add at least one row to {key}.")
        return self.rows(key, read, named_by=named_by)

    def refuse_unknown_keys(self) -> None:
        for key in sorted(self.values.keys() - self.known):
            self.fault(key, f"{key} does not belong here.", self._meant(key))

    def _meant(self, key: str) -> str:
        near = get_close_matches(key, sorted(self.known), n=1)
        return f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(sorted(self.known))}."

    def _read_whole(self, values: dict[str, Any], place: str, read: "Callable[[Table], T]") -> T:
        table = Table(values, place, self.faults)
        value = read(table)
        table.refuse_unknown_keys()
        return value


def _kind_of(value: object) -> str:
    return _KINDS[type(value)]
