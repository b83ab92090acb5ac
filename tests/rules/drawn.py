"""Facts drawn at random: near the boundaries, with what is absent among them."""

import ast
import dataclasses
import inspect
import textwrap
import types
import typing
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from conferral.rules.book import RULES
from conferral.rules.subjects import SUBJECTS

FACTS = SUBJECTS
DAY = date(2014, 12, 31)
INSTANT = datetime(2014, 12, 31, 23, 59, 59, tzinfo=UTC)


def body(rule):
    """The syntax tree of a rule's function."""
    return ast.parse(textwrap.dedent(inspect.getsource(rule.decide))).body[0]


def words_in_rules():
    """Every text that a rule compares with: drawn at random it would never be met."""
    constants = (node for rule in RULES for node in ast.walk(ast.Module(body(rule).body[1:], [])))
    found = {node.value for node in constants if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return sorted(found)


OF_TYPE = {
    date: st.integers(-2, 2).map(lambda days: DAY + timedelta(days=days)),
    datetime: st.integers(-2, 2).map(lambda seconds: INSTANT + timedelta(seconds=seconds)),
    int: st.integers(0, 2),
    bool: st.booleans(),
    str: st.sampled_from([*words_in_rules(), "something else"]),
}


def types_of(facts):
    """Each fact with its type and whether it may be absent."""
    hints = typing.get_type_hints(facts)
    for fact in dataclasses.fields(facts):
        kinds = typing.get_args(hints[fact.name]) or (hints[fact.name],)
        yield fact.name, kinds[0], types.NoneType in kinds


def records(facts):
    """A strategy for records of a class of facts."""
    drawn = {name: st.none() | OF_TYPE[kind] if optional else OF_TYPE[kind] for name, kind, optional in types_of(facts)}
    return st.builds(facts, **drawn)
