from datetime import date
from inspect import getmembers, isfunction

import ibis
import pytest

from conferral.rules import terms
from conferral.rules.terms import absent, after, before, differs, holds, lacks, present, same

TERMS = [name for name, _ in getmembers(terms, isfunction) if not name.startswith("_")]
DAY, NEXT = date(2014, 12, 31), date(2015, 1, 1)
PAIRS = {
    after: {(NEXT, DAY): True, (DAY, DAY): False, (DAY, NEXT): False},
    before: {(DAY, NEXT): True, (DAY, DAY): False, (NEXT, DAY): False},
    same: {(DAY, DAY): True, (DAY, NEXT): False},
    differs: {(DAY, NEXT): True, (DAY, DAY): False},
}
SINGLE = {
    absent: {None: True, False: False, True: False},
    present: {None: False, False: True, True: True},
    holds: {None: False, False: False, True: True},
    lacks: {None: False, False: True, True: False},
}
CASES = [(term, given, answer) for term, answers in PAIRS.items() for given, answer in answers.items()]
CASES += [(term, pair, False) for term in PAIRS for pair in ((None, DAY), (DAY, None), (None, None))]
CASES += [(term, (given,), answer) for term, answers in SINGLE.items() for given, answer in answers.items()]


@pytest.mark.parametrize(("term", "given", "answer"), CASES)
def test_a_term_answers_a_value_with_yes_or_no(term, given, answer):
    assert term(*given) is answer


@pytest.mark.parametrize("term", PAIRS)
def test_a_term_answers_a_column_row_by_row(term):
    rows = [given for known, given, _ in CASES if known is term]
    days = {"left": [one for one, _ in rows], "right": [two for _, two in rows]}
    schema = {"place": "int64", "left": "date", "right": "date"}
    table = ibis.memtable({"place": range(len(rows))} | days, schema=schema)
    answers = table.select("place", answer=term(table.left, table.right)).order_by("place").to_pyarrow()
    assert answers["answer"].to_pylist() == [answer for known, _, answer in CASES if known is term]


@pytest.mark.parametrize("term", SINGLE)
def test_a_term_on_one_fact_answers_a_column_row_by_row(term):
    table = ibis.memtable({"place": range(3), "fact": list(SINGLE[term])}, schema={"place": "int64", "fact": "boolean"})
    answers = table.select("place", answer=term(table.fact)).order_by("place").to_pyarrow()
    assert answers["answer"].to_pylist() == list(SINGLE[term].values())


@pytest.mark.parametrize("term", PAIRS)
def test_a_column_compared_with_nothing_is_never_true(term):
    column = ibis.table({"day": "date"}, name="facts").day
    assert term(column, None) is False
    assert term(None, column) is False


def test_every_term_is_tried_here_and_there_are_no_more_than_twelve():
    assert {term.__name__ for term in (*PAIRS, *SINGLE)} == set(TERMS)
    assert len(TERMS) <= 12
