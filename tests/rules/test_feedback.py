"""What the draft of a feedback report says, and what gives cause for it."""

from datetime import date

import pytest

from conferral.records.moderation.models import RequiredAction, UnitDecision
from conferral.rules.facts import ActionFacts
from conferral.rules.feedback import (
    PRAISE,
    REMARKS,
    WORDINGS,
    Found,
    Standing,
    action_due_too_soon,
    drafted_actions,
    drafted_lines,
    drafted_praise,
)
from tests.docs.sources import known_clause

DAY = date(2026, 11, 23)


def test_every_reason_has_a_sentence_an_action_and_days_and_says_where_they_come_from():
    assert set(WORDINGS) == set(UnitDecision.Code.values)
    for one in WORDINGS.values():
        assert "{unit}" in one.sentence
        assert "{unit}" in one.action
        assert one.working_days > 0
        assert known_clause(one.clause)
        assert one.reading.endswith(".")
    assert set(REMARKS) == set(RequiredAction.Remark.values)
    for remark in REMARKS.values():
        assert known_clause(remark.clause)
        assert remark.working_days > 0
    assert all(known_clause(one.clause) for one in PRAISE)


def test_the_same_words_are_said_once_with_everybody_whom_they_concern():
    found = [
        Found("J/1", "THIN_ANSWER", "More  depth.", "Li"), Found("J/1", "THIN_ANSWER", "More depth.", "Ng"),
        Found("J/2", "INCOMPLETE", "", "Li"),
    ]  # fmt: skip
    lines = drafted_lines(found)
    assert lines[0] == "J/1: More depth. (Li, Ng)"
    assert lines[1].startswith("J/2: Some criteria of J/2 have no evidence.")


def test_a_reason_asks_once_for_all_its_units_and_the_soonest_comes_first():
    found = [Found("J/1", "THIN_ANSWER", "", "Li"), Found("J/2", "THIN_ANSWER", "", "Li"),
             Found("J/3", "AUTHENTICITY", "", "Ng"), Found("J/1", "THIN_ANSWER", "", "Ng")]  # fmt: skip
    first, second = drafted_actions(found)
    assert (first.code, first.unit, first.working_days) == ("AUTHENTICITY", "J/3", 5)
    assert second.unit is None
    assert "J/1 and J/2" in second.text


@pytest.mark.parametrize(
    ("confirmed", "said"),
    [(0, 0), (5, 0), (6, 1), (7, 1), (8, 1)],
)
def test_three_quarters_confirmed_are_praised(confirmed, said):
    assert len(drafted_praise(Standing(decided=8, confirmed=confirmed))) == said


def test_nothing_is_praised_without_cause():
    assert drafted_praise(Standing(decided=0, confirmed=0, marked=False, in_time=None)) == []
    assert len(drafted_praise(Standing(decided=1, confirmed=1, marked=True, checked=True, in_time=True))) == 4


@pytest.mark.parametrize(("due", "refused"), [(22, True), (23, True), (24, False)])
def test_an_action_is_due_after_the_day_on_which_it_is_asked(due, refused):
    assert action_due_too_soon(ActionFacts(asked_on=DAY, due_on=DAY.replace(day=due))) is refused
