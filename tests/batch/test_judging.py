"""One by one and all at once: the same rules, the same answers."""

import sys
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

import ibis
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conferral.batch.judging import judge_table
from conferral.rules.book import rules_on
from conferral.rules.rule import BOOK
from conferral.rules.terms import after
from tests.rules.drawn import DAY, FACTS, records, types_of

KINDS = {date: "date", datetime: "timestamp('UTC')", int: "int64", bool: "boolean", str: "string"}


@pytest.fixture(scope="module")
def duck():
    return ibis.duckdb.connect()


def table_of(facts, drawn):
    """The records as a table of the engine, with their place as `id`."""
    schema = ibis.schema({"id": "int64"} | {name: KINDS[kind] for name, kind, _ in types_of(facts)})
    rows = [{"id": place} | asdict(record) for place, record in enumerate(drawn)]
    return ibis.memtable(pyarrow.Table.from_pylist(rows, schema.to_pyarrow()))


def all_at_once(duck, table, rules):
    answer = duck.to_pyarrow(judge_table(table, rules)).to_pylist()
    return sorted((row["id"], row["rule"], row["outcome"]) for row in answer)


def one_by_one(drawn, rules):
    spoken = [(place, rule.id, rule.outcome) for place, facts in enumerate(drawn) for rule in rules if rule(facts)]
    return sorted(spoken)


@pytest.mark.parametrize("subject", FACTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_table_is_judged_as_its_records_are(duck, subject, data):
    drawn = data.draw(st.lists(records(FACTS[subject]), min_size=1, max_size=40))
    rules = rules_on(subject)
    table = table_of(FACTS[subject], drawn)
    assert all_at_once(duck, table, rules) == one_by_one(drawn, rules)


DATED = {"registration": "born_on", "claim": "claimed_on", "review": "decided_on", "award": "certificated_on",
         "consignment": "submitted_on"}  # fmt: skip


@pytest.mark.parametrize(("subject", "fact"), DATED.items())
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_days_in_force_bind_a_table_as_they_bind_records(duck, subject, fact, data):
    near = st.none() | st.integers(-1, 1).map(lambda days: DAY + timedelta(days=days))
    since, until = data.draw(near), data.draw(near)
    rules = [replace(rule, dated_by=fact, since=since, until=until) for rule in rules_on(subject)]
    drawn = data.draw(st.lists(records(FACTS[subject]), min_size=1, max_size=40))
    table = table_of(FACTS[subject], drawn)
    assert all_at_once(duck, table, rules) == one_by_one(drawn, rules)


@pytest.mark.parametrize("subject", FACTS)
def test_no_fact_is_called_what_a_table_calls_a_verb(subject):
    assert [name for name, _, _ in types_of(FACTS[subject]) if hasattr(ibis.Table, name)] == []


def test_one_rule_alone_is_judged_too(duck):
    facts = FACTS["claim"](scheme="10263", claimed_on=date(2015, 1, 1), final_certification=DAY)
    rule = BOOK["claim-after-final-certification"]
    table = table_of(FACTS["claim"], [facts, replace(facts, claimed_on=DAY)])
    assert all_at_once(duck, table, [rule]) == [(0, rule.id, "refused")]


def test_a_rule_that_compares_with_nothing_speaks_of_no_row(duck):
    rule = replace(BOOK["claim-without-moderator"], decide=lambda claim: after(claim.claimed_on, None))
    table = table_of(FACTS["claim"], [FACTS["claim"](scheme="10263", claimed_on=DAY)])
    assert all_at_once(duck, table, [rule]) == []


def test_every_engine_gets_text_that_it_understands():
    """Compiled only, for engines that are not here."""
    for subject, facts in FACTS.items():
        schema = {"id": "int64"} | {name: KINDS[kind] for name, kind, _ in types_of(facts)}
        judged = judge_table(ibis.table(schema, name="facts"), rules_on(subject))
        for dialect in ("postgres", "duckdb"):
            assert "WHERE" in ibis.to_sql(judged, dialect=dialect)


def test_a_machine_without_the_extra_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(RuntimeError, match="extra `batch`"):
        judge_table(None, ())
