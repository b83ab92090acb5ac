"""The words in which rules compare facts: each takes a value or a table's column.

A fact that is absent (`None`, NULL) never compares: every term but `absent` is then false.
Terms are joined with `|` and `&`; there is no `not`, because it would be wrong on a column.
"""

from typing import Any


def _is_column(value: Any) -> bool:
    return hasattr(value, "fill_null")


def _known(comparison: Any) -> Any:
    return comparison.fill_null(False) if _is_column(comparison) else comparison


def _comparable(left: Any, right: Any) -> bool:
    return left is not None and right is not None


def after(left: Any, right: Any) -> Any:
    """`left` is strictly later, or strictly more, than `right`."""
    return _comparable(left, right) and _known(left > right)


def before(left: Any, right: Any) -> Any:
    """`left` is strictly earlier, or strictly less, than `right`."""
    return _comparable(left, right) and _known(left < right)


def same(left: Any, right: Any) -> Any:
    """Both are known and equal."""
    return _comparable(left, right) and _known(left == right)


def differs(left: Any, right: Any) -> Any:
    """Both are known and not equal."""
    return _comparable(left, right) and _known(left != right)


def absent(fact: Any) -> Any:
    """Nothing is known of it."""
    return fact.isnull() if _is_column(fact) else fact is None


def present(fact: Any) -> Any:
    """Something is known of it."""
    return fact.notnull() if _is_column(fact) else fact is not None


def holds(fact: Any) -> Any:
    """It is known to be true."""
    return fact.fill_null(False) if _is_column(fact) else fact is True


def lacks(fact: Any) -> Any:
    """It is known to be false."""
    return _known(fact == False) if _is_column(fact) else fact is False  # noqa: E712
