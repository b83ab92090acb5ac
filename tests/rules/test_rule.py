import ast
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conferral
from conferral.rules.book import RULES, rules_on
from conferral.rules.rule import (
    BOOK,
    NOT_APPLICABLE,
    NOT_IN_FORCE,
    PASSED,
    REFUSED,
    WARNED,
    Verdict,
    judge,
    rule,
)
from tests.rules.drawn import DAY, FACTS, body, records
from tests.rules.restrictions import clocks_in, faults_of_body, imports_beyond_the_standard_library

PACKAGE = Path(conferral.__file__).parent
RULE = BOOK["claim-after-final-certification"]
CLAIM = FACTS["claim"](scheme="10263", claimed_on=DAY, final_certification=DAY)
LATE = replace(CLAIM, claimed_on=DAY + timedelta(days=1))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_nothing_but_terms(rule):
    assert faults_of_body(body(rule)) == []


BAD = [
    "not after(claim.a, claim.b)",
    "~after(claim.a, claim.b)",
    "after(claim.a, claim.b) and absent(claim.c)",
    "after(claim.a, claim.b) or absent(claim.c)",
    "after(claim.a, claim.b) ^ absent(claim.c)",
    "claim.a > claim.b",
    "claim.a is None",
    "claim.a",
    "True",
    "absent(claim.a) if claim.b else present(claim.a)",
    "after(claim.a, date.today())",
    "after(claim.a, claim.b + 1)",
    "after(claim.a.b, claim.c)",
    "len(claim.a)",
    "other_rule(claim)",
    "after(left=claim.a, right=claim.b)",
    "any(absent(fact) for fact in claim)",
]


@pytest.mark.parametrize("answer", BAD)
def test_whatever_else_a_rule_might_say_is_found(answer):
    assert faults_of_body(ast.parse(f"def some_rule(claim):\n    return {answer}").body[0])


@pytest.mark.parametrize("statement", ["if claim.a:\n        return present(claim.a)", "print(claim)", "import os"])
def test_a_rule_that_does_anything_is_found(statement):
    tree = ast.parse(f"def some_rule(claim):\n    {statement}\n    return absent(claim.a)")
    assert faults_of_body(tree.body[0])


def test_what_a_rule_may_say_is_not_found():
    tree = ast.parse(
        "def some_rule(claim):\n"
        "    '''An obligation.'''\n"
        "    early = before(claim.a, claim.b) | same(claim.a, 'x')\n"
        "    return early & absent(claim.c)"
    )
    assert faults_of_body(tree.body[0]) == []


def modules(*packages):
    paths = [path for package in packages for path in sorted((PACKAGE / package).rglob("*.py"))]
    return [path for path in paths if "migrations" not in path.parts]


@pytest.mark.parametrize("path", modules("rules", "records", "actions"), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_clock_and_no_chance_below_the_edges(path):
    assert clocks_in(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", modules("rules"), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_rules_stand_on_the_standard_library_alone(path):
    assert imports_beyond_the_standard_library(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    ["datetime.now(UTC)", "dt.date.today()", "django.utils.timezone.now()", "import random", "time.time()",
     "from secrets import token_bytes", "from django.db.models.functions import Now\nNow()"],
)  # fmt: skip
def test_a_clock_or_chance_is_found(code):
    assert clocks_in(ast.parse(code))


@pytest.mark.parametrize("code", ["import django", "from conferral.records import access", "import ibis"])
def test_an_import_beyond_the_standard_library_is_found(code):
    assert imports_beyond_the_standard_library(ast.parse(code))


@pytest.mark.parametrize("subject", FACTS)
@given(data=st.data())
def test_a_rule_answers_every_record_with_yes_or_no(subject, data):
    facts = data.draw(records(FACTS[subject]))
    for one in rules_on(subject):
        assert isinstance(one(facts), bool)


@pytest.mark.parametrize("subject", FACTS)
@given(data=st.data())
def test_a_rule_that_does_not_apply_does_not_speak(subject, data):
    facts = data.draw(records(FACTS[subject]))
    for one in rules_on(subject):
        assert one(facts) == (one.standing(facts) == one.outcome)


@pytest.mark.parametrize("subject", FACTS)
@given(data=st.data())
def test_another_rule_never_turns_a_refusal_into_an_acceptance(subject, data):
    facts = data.draw(records(FACTS[subject]))
    some = data.draw(st.lists(st.sampled_from(rules_on(subject)), unique_by=lambda one: one.id))
    fewer, all_of_them = judge(facts, some), judge(facts, rules_on(subject))
    assert set(fewer.reasons) <= set(all_of_them.reasons)
    assert fewer.allowed or not all_of_them.allowed


@pytest.mark.parametrize("subject", FACTS)
@given(data=st.data())
def test_the_order_of_the_rules_does_not_matter(subject, data):
    facts = data.draw(records(FACTS[subject]))
    shuffled = data.draw(st.permutations(rules_on(subject)))
    assert set(judge(facts, shuffled).reasons) == set(judge(facts, rules_on(subject)).reasons)


def test_a_reason_is_written_with_the_facts_it_judged():
    (reason,) = judge(LATE, [RULE]).reasons
    assert reason.text == "10263 stopped certificating on 31 December 2014; this claim was made on 1 January 2015."
    assert reason.as_json() == {
        "rule": RULE.id,
        "outcome": "refused",
        "text": reason.text,
        "remedy": RULE.remedy,
        "clause": "cco-withdrawal-2013 q2 q8",
    }


def test_an_instant_is_written_as_its_day_in_london():
    facts = FACTS["consignment"](now=datetime(2014, 6, 30, 23, 30, tzinfo=UTC))
    reason = replace(RULE, refuse="It was {now}, and {claim} is no claim.").reason(facts)
    assert reason.text == "It was 1 July 2014, and none is no claim."


def test_a_rule_says_why_it_did_not_speak():
    assert RULE.standing(LATE) == REFUSED
    assert RULE.standing(CLAIM) == PASSED
    assert RULE.standing(replace(CLAIM, final_certification=None)) == NOT_APPLICABLE
    assert replace(RULE, dated_by="claimed_on", since=date(2016, 1, 1)).standing(LATE) == NOT_IN_FORCE


@pytest.mark.parametrize(
    ("away", "in_force"),
    [(-1, False), (0, True), (1, True), (9, True), (10, True), (11, False)],
)
def test_the_first_and_the_last_day_in_force_count(away, in_force):
    """In force by the day of what is judged, whatever day it is today."""
    since = date(2020, 2, 29)
    dated = replace(RULE, dated_by="claimed_on", since=since, until=since + timedelta(days=10))
    claim = replace(LATE, claimed_on=since + timedelta(days=away))
    assert dated(claim) is in_force
    assert (dated.standing(claim) == NOT_IN_FORCE) is not in_force


def test_a_rule_is_not_in_force_for_what_has_no_day():
    dated = replace(BOOK["date-of-birth-missing"], dated_by="born_on", since=date(2010, 1, 1))
    assert not dated(FACTS["registration"](scheme="10263", registered_on=DAY))


def test_a_warning_allows_and_verdicts_add_up():
    warning = judge(LATE, [replace(RULE, outcome=WARNED)])
    assert warning.allowed
    assert [reason.rule for reason in warning.warned] == [RULE.id]
    both = warning + judge(LATE, [RULE])
    assert not both.allowed
    assert both.judged == (RULE.id, RULE.id)
    assert Verdict().allowed
    assert both.as_json()["allowed"] is False


@dataclass
class Entry:
    __name__ = "some_rule"
    __doc__ = "An obligation."

    def __call__(self, facts):
        return False


@pytest.mark.parametrize(
    ("id", "more"),
    [("another-rule", {}), (RULE.id, {}), ("some-rule", {"since": DAY}), ("some-rule", {"until": DAY})],
)
def test_a_rule_is_entered_once_under_its_own_name_and_dated_by_a_fact(id, more):
    with pytest.raises(ValueError, match=id):
        rule(id, subject="claim", clause="house", refuse="No.", remedy="None.", **more)(Entry())
    assert "some-rule" not in BOOK
