"""Addresses of many things of one kind, for the rows of a list."""

from collections.abc import Callable

from django.urls import reverse


def addresses(name: str) -> Callable[[int], str]:
    """The address of each thing by its number, for a page whose address ends with one; it is worked out once."""
    head, _, tail = reverse(name, args=[0]).rpartition("0")
    return lambda number: f"{head}{number}{tail}"
