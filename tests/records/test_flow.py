"""The cheapest allocation: against every possible one, against another solver, and the proof that it is."""

import sys
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conferral.records.allocation import flow
from conferral.records.allocation.apart import flows_apart
from conferral.records.allocation.columns import Column, spoken
from conferral.records.allocation.flow import UNPLACED, Load, Own, Question, points, solve
from conferral.rules.book import rules_on
from conferral.rules.facts import AllocationFacts
from tests.records.other_solver import optimum
from tests.rules.drawn import records, types_of


@st.composite
def questions(draw, batches=5, moderators=4):
    """Small questions: kinds shared or not, own ways, load that grows, moderators without room."""
    count = draw(st.integers(0, batches))
    kinds, people = draw(st.integers(1, 3)), draw(st.integers(1, moderators))
    number = st.integers(0, 30)
    kind = np.array([draw(st.integers(0, kinds - 1)) for _ in range(count)], dtype=np.int64)
    cost = np.array([[draw(number) for _ in range(people)] for _ in range(kinds)], dtype=np.int64)
    allowed = np.array([[draw(st.booleans()) for _ in range(people)] for _ in range(kinds)], dtype=bool)
    own = [
        (batch, person, max(0, int(cost[kind[batch], person]) - draw(st.integers(0, 20))))
        for batch in range(count) for person in range(people)
        if allowed[kind[batch], person] and draw(st.booleans())
    ]  # fmt: skip
    load = []
    for person in range(people):
        steps = sorted(draw(st.lists(number, max_size=3)))
        load += [(person, cost, draw(st.integers(1, 2))) for cost in steps]
    left_out = np.array([10_000 + 100 * draw(st.integers(0, 9)) for _ in range(count)], dtype=np.int64)
    columns = [np.array(column, dtype=np.int64) for column in zip(*own, strict=True)] or [np.zeros(0, np.int64)] * 3
    steps = [np.array(column, dtype=np.int64) for column in zip(*load, strict=True)] or [np.zeros(0, np.int64)] * 3
    return Question(kind, cost, allowed, Own(*columns), Load(*steps), left_out)


def total(question, found):
    """What an answer costs with what it leaves out; None where it breaks a bound. Summed anew."""
    own = {(int(b), int(m)): int(c) for b, m, c in zip(*question.own, strict=True)}
    rooms = {}
    for person, cost, room in zip(*(column.tolist() for column in question.load), strict=True):
        rooms.setdefault(person, []).extend([cost] * room)
    sum_, held = 0, {}
    for batch, person in enumerate(found):
        kind = int(question.kind[batch])
        if person == UNPLACED:
            sum_ += int(question.left_out[batch])
        elif not question.allowed[kind, person]:
            return None
        else:
            sum_ += own.get((batch, person), int(question.cost[kind, person]))
            held[person] = held.get(person, 0) + 1
    for person, count in held.items():
        if count > len(rooms.get(person, [])):
            return None
        sum_ += sum(sorted(rooms[person])[:count])
    return sum_


@settings(max_examples=12, deadline=None)
@given(question=questions(), likely=st.integers(1, 3))
def test_no_other_allocation_is_cheaper(question, likely):
    answer = solve(question, likely=likely)
    people = question.cost.shape[1]
    every = product([UNPLACED, *range(people)], repeat=len(question.kind))
    best = min(sum_ for found in every if (sum_ := total(question, found)) is not None)
    assert total(question, answer.moderator.tolist()) == best
    assert answer.proven
    left_out = int(question.left_out[answer.moderator == UNPLACED].sum())
    assert points(question, answer.moderator) == best - left_out


@settings(max_examples=5, deadline=None)
@given(question=questions(batches=25, moderators=8), likely=st.integers(1, 2))
def test_a_solver_of_another_kind_finds_nothing_cheaper(question, likely):
    answer = solve(question, likely=likely)
    assert total(question, answer.moderator.tolist()) == optimum(question)


def test_the_same_question_has_the_same_answer():
    question = questions_of_ties()
    assert all((solve(question, likely=1).moderator == solve(question, likely=1).moderator).all() for _ in range(2))


def test_the_solver_behind_readiness_can_be_loaded_beside_it():
    """Both bring a library of one name, and whichever a process loads first keeps the other out."""
    assert solve(questions_of_ties(), likely=1).proven
    import highspy

    assert highspy.Highs().run() == highspy.HighsStatus.kOk
    assert "ortools" not in sys.modules


def test_a_flow_that_there_is_not_is_said_in_a_sentence():
    one = np.array([0], dtype=np.int64)
    with pytest.raises(RuntimeError, match=r"The flow was not solved: INFEASIBLE"):
        flows_apart(one, one + 1, one + 1, one, np.array([2, -2]))


def questions_of_ties(batches=40, people=10):
    """Everything costs the same, so that only order decides; and only the last moderators have room."""
    none, each = np.zeros(0, np.int64), np.arange(people)
    room = np.where(each < people // 2, 1, batches)
    return Question(
        np.zeros(batches, np.int64), np.full((1, people), 7), np.ones((1, people), bool), Own(none, none, none),
        Load(each, np.zeros(people, np.int64), room), np.full(batches, 10_000),
    )  # fmt: skip


def test_what_was_left_out_of_the_likely_is_looked_at_when_it_is_cheaper():
    """The first two are cheap in themselves and dear in load, so the likely ones are the wrong ones."""
    people, batches = 6, 8
    load = Load(np.arange(people), np.array([500, 500, 0, 0, 0, 0]), np.full(people, batches))
    none = np.zeros(0, np.int64)
    cost = np.array([[1, 1, 20, 20, 20, 20]])
    question = Question(
        np.zeros(batches, np.int64), cost, np.ones((1, people), bool), Own(none, none, none), load,
        np.full(batches, 10**6),
    )  # fmt: skip
    answer = solve(question, likely=2)
    assert answer.rounds > 1
    assert answer.proven
    assert points(question, answer.moderator) == 20 * batches


def test_an_allocation_that_is_not_the_cheapest_has_no_prices():
    """What calls an answer proven must not be talked into it: every single change for the worse is noticed."""
    question = questions_of_ties()
    question = Question(question.kind, np.array([[7, 7, 7, 7, 7, 3, 7, 7, 7, 9]]), *vars_after_cost(question))
    best = solve(question, likely=3).moderator
    assert flow._prices(question, best, question.allowed) is not None
    for place in (0, 6, 9, UNPLACED):
        worse = best.copy()
        worse[worse == 5] = place if place != UNPLACED else 5
        worse[0] = place
        assert flow._prices(question, worse, question.allowed) is None


def vars_after_cost(question):
    return question.allowed, question.own, question.load, question.left_out


KINDS = {date: "datetime64[D]", int: "int64", bool: "bool", str: "str"}


@settings(max_examples=12, deadline=None)
@given(drawn=st.lists(records(AllocationFacts), min_size=1, max_size=20))
def test_columns_are_judged_as_their_records_are(drawn):
    columns = {
        name: Column.of([getattr(one, name) for one in drawn], KINDS[kind])
        for name, kind, _ in types_of(AllocationFacts)
    }
    table = type("Facts", (), columns)
    for rule in rules_on("allocation"):
        assert spoken(rule(table), (len(drawn),)).tolist() == [bool(rule(one)) for one in drawn]


def test_a_column_is_neither_true_nor_false():
    with pytest.raises(ValueError, match="neither true nor false"):
        bool(Column([True]))
