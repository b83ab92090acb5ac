"""Each numbered rule that a rule carries, named after its number: when the rule speaks and when it is silent."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import get_resolver

from conferral.cli.coverage import coverage_page
from conferral.pages.centre.consignments import PACKING
from conferral.rules.coverage import OWN, coverage, not_covered
from conferral.rules.faq import QUESTIONS
from conferral.rules.not_carried import WAITS, WORDS
from conferral.rules.rule import BOOK
from conferral.rules.visits import visit_year
from tests.rules.drawn import FACTS, types_of

ROOT = Path(__file__).parents[2]
DAY, ONE = date(2014, 12, 31), timedelta(days=1)
NOW, SECOND = datetime(2014, 12, 31, 12, tzinfo=UTC), timedelta(seconds=1)
WORK, PROOF = "the candidate's own work", "proof that units were achieved"

# Number, rule, facts of which it speaks, facts of which it is silent.
CASES = [
    ("R1", "evidence-type-not-accepted", {"evidence_needed": WORK, "evidence_kind": PROOF},
     {"evidence_needed": WORK, "evidence_kind": WORK}),
    ("R2", "evidence-type-not-accepted", {"evidence_needed": WORK, "evidence_kind": "a copy of an NVQ unit"},
     {"evidence_needed": WORK, "evidence_kind": WORK}),
    ("R3", "evidence-type-not-accepted", {"evidence_needed": PROOF, "evidence_kind": WORK},
     {"evidence_needed": PROOF, "evidence_kind": PROOF}),
    ("R6", "assessor-not-named", {}, {"assessor": 1}),
    ("R7", "verifier-is-assessor", {"assessor": 1, "internal_verifier": 1}, {"assessor": 1, "internal_verifier": 2}),
    ("R8", "verifier-not-named", {}, {"internal_verifier": 2}),
    ("R10", "despatch-before-claim", {"despatched_on": DAY - ONE, "submitted_on": DAY},
     {"despatched_on": DAY, "submitted_on": DAY}),
    ("R11", "work-sent-late", {"now": NOW + SECOND, "send_by": NOW}, {"now": NOW, "send_by": NOW}),
    ("R12", "work-still-in-time", {"now": NOW - SECOND, "withdraw_after": NOW, "claim": 7, "last_day": DAY},
     {"now": NOW, "withdraw_after": NOW}),
    ("R13", "claim-not-waiting-for-work", {"claim_state": "withdrawn", "claim": 7}, {"claim_state": "submitted"}),
    ("R14", "work-without-claim", {}, {"claim": 1}),
    ("R15", "work-without-claim", {"now": NOW}, {"now": NOW, "claim": 7}),
    ("R19", "claim-with-gaps", {"gaps": 2, "criteria": 24}, {"gaps": 2, "criteria": 24, "gaps_because": "On a disc."}),
    ("R20", "claim-went-with-gaps", {"gaps": 2, "criteria": 24, "gaps_because": "On a disc."}, {"criteria": 24}),
    ("R22", "version-without-changes", {"number": 2}, {"number": 2, "what_changed": "Section 3 is new."}),
    ("R23", "alert-for-role-not-held", {"role_held": False}, {"role_held": True}),
    ("R24", "report-with-undecided-units", {"undecided": 1}, {"undecided": 0}),
    ("R27", "year-not-over", {"ends_on": DAY, "published_on": DAY}, {"ends_on": DAY, "published_on": DAY + ONE}),
    ("R28", "registration-after-last-date", {"last_registration": DAY, "registered_on": DAY + ONE},
     {"last_registration": DAY, "registered_on": DAY}),
    ("R29", "certificate-after-final-certification", {"final_certification": DAY, "produced_on": DAY + ONE},
     {"final_certification": DAY, "produced_on": DAY}),
    ("R30", "claim-near-final-certification",
     {"final_certification": DAY, "safe_claim": DAY - 12 * ONE, "claimed_on": DAY},
     {"final_certification": DAY, "safe_claim": DAY - 12 * ONE, "claimed_on": DAY - 12 * ONE}),
    ("R31", "direct-claim-without-final-visit", {"last_registration": DAY, "claimed_on": DAY + ONE},
     {"last_registration": DAY, "claimed_on": DAY + ONE, "final_visit_on": DAY + ONE}),
    ("R32", "visit-beyond-free-allowance",
     {"visit_of_year": 3, "free_visits": 2, "year_begins": date(2014, 9, 1), "year_ends": date(2015, 8, 31)},
     {"visit_of_year": 2, "free_visits": 2}),
    ("R33", "visit-to-few-candidates", {"candidates": 9, "least_candidates": 10},
     {"candidates": 10, "least_candidates": 10}),
    ("R34", "direct-claims-after-final-visit",
     {"last_registration": DAY, "final_visit_on": DAY + ONE, "claimed_on": DAY + 2 * ONE},
     {"last_registration": DAY, "final_visit_on": DAY + ONE, "claimed_on": DAY + ONE}),
    ("R39", "claim-after-final-certification", {"final_certification": DAY, "claimed_on": DAY + ONE},
     {"final_certification": DAY, "claimed_on": DAY}),
    ("R40", "claim-without-registration", {"claimed_on": DAY}, {"claimed_on": DAY, "registered_on": DAY}),
    ("R41", "registration-fee-not-refundable",
     {"fee": "unit registration", "asked_pence": 1, "refundable_pence": 0},
     {"fee": "certificate replacement", "asked_pence": 1, "refundable_pence": 0}),
    ("R43", "visit-in-postal-scheme", {"route": "postal"}, {"route": "verified"}),
    ("R49", "centre-not-approved", {"scheme_title": "A title", "registered_on": DAY},
     {"scheme_title": "A title", "registered_on": DAY, "approved_on": DAY}),
    ("R51", "claim-without-moderator", {}, {"moderator": 1}),
    ("R65", "last-name-missing", {}, {"last_name": "Ng"}),
    ("R76", "centre-fee-without-entries", {"entries": 0}, {"entries": 1}),
    ("R78", "certificate-held", {"held_on": DAY}, {"held_on": None}),
    ("R78", "suspicion-not-at-once", {"noticed_on": DAY - ONE, "report_by": DAY, "reported_on": DAY + ONE},
     {"noticed_on": DAY - ONE, "report_by": DAY, "reported_on": DAY}),
    ("R53", "claim-without-moderator", {"scheme": "10263"}, {"scheme": "10263", "moderator": 1}),
]  # fmt: skip


def facts(rule, known):
    kind = FACTS[rule.subject]
    fillers = {date: DAY, datetime: NOW, int: 1, bool: False, str: "10263"}
    needed = {name: fillers[type_] for name, type_, absent in types_of(kind) if not absent}
    return kind(**(needed | known))


@pytest.mark.parametrize(("number", "id", "spoken", "silent"), CASES, ids=[case[0] for case in CASES])
def test_a_numbered_rule_speaks_and_is_silent(number, id, spoken, silent):
    rule = BOOK[id]
    assert number in rule.rulebook
    assert rule(facts(rule, spoken)) is True
    assert rule(facts(rule, silent)) is False
    assert "none" not in rule.reason(facts(rule, spoken)).text.split()


@pytest.mark.parametrize("number", ["R9", "R18"], ids=["R9", "R18"])
def test_what_a_centre_packs_says_what_stays_and_what_never_goes_in(number):
    told = {"R9": "Keep it for inspection", "R18": "No plastic pockets"}[number]
    assert any(told in title + text for _, title, text in PACKING)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2013, 8, 31), date(2012, 9, 1), date(2013, 8, 31)),
        (date(2013, 9, 1), date(2013, 9, 1), date(2014, 8, 31)),
        (date(2016, 2, 29), date(2015, 9, 1), date(2016, 8, 31)),
        (date(2013, 12, 31), date(2013, 9, 1), date(2014, 8, 31)),
    ],
)
def test_visits_are_counted_in_the_academic_year(day, first, last):
    assert visit_year(day) == (first, last)


def test_every_rule_of_the_two_documents_is_carried():
    """A number may be carried in part and still say what is missing: none is."""
    not_yet = [one.number for one in coverage() if one.not_yet]
    assert not_yet == []
    assert set(not_covered()) <= set(not_yet)


def test_coverage_names_each_number_once_in_words():
    found = coverage()
    assert [one.number for one in found] == [f"R{number}" for number in range(1, 81)]
    assert [one.number for one in found[:OWN] if not one.words] == []
    assert {number for one in QUESTIONS for number in one.rulebook} == {f"R{number}" for number in range(28, 56)}


def test_what_is_adopted_from_elsewhere_is_carried_or_says_what_it_waits_for():
    adopted = coverage()[OWN:]
    assert [one.number for one in adopted] == [f"R{number}" for number in range(56, 81)]
    assert [one.number for one in adopted if not one.words or not (one.covered or one.waits)] == []
    assert [one.number for one in adopted if one.waits and not re.fullmatch(r"[A-Z][^.]+\.", one.waits)] == []
    assert set(WORDS) == {one.number for one in adopted if not one.covered}
    assert set(WAITS) <= {one.number for one in adopted}


@pytest.mark.parametrize("one", [one for one in coverage() if one.covered], ids=lambda one: one.number)
def test_what_is_said_to_carry_a_rule_exists(one):
    assert one.covered is bool(one.tests)
    assert set(one.rules) <= set(BOOK)
    assert set(one.pages) <= {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    for test in one.tests:
        path, _, name = test.partition("::")
        text = (ROOT / path).read_text("utf-8")
        assert f"def {name}(" in text if name else re.search(r"^def test_", text, re.MULTILINE)


def test_the_coverage_page_has_a_line_for_every_number():
    page = coverage_page()
    assert all(f"| R{number} |" in page for number in range(1, 81))
