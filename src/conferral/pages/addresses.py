"""Addresses of many things of one kind, for the rows of a list; numbers that stand in addresses."""

from collections.abc import Callable

from django.urls import reverse


def addresses(name: str) -> Callable[[int], str]:
    """The address of each thing by its number, for a page whose address ends with one; it is worked out once."""
    head, _, tail = reverse(name, args=[0]).rpartition("0")
    return lambda number: f"{head}{number}{tail}"


def whole_number(text: str | None) -> int | None:
    """A number from an address, if it is one that can be in the database."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
