"""The day before, the day and the day after: for every date of the shipped catalogue, by every rule on it."""

import ast
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from conferral.records.calendar import safe_claim
from conferral.rules.book import RULES, rules_on
from conferral.rules.packs import read_pack
from conferral.rules.rule import BOOK, judge
from tests.rules.drawn import FACTS, body, types_of

PACKS = Path(__file__).parents[2] / "packs"
SCHEMES = {
    scheme.code: scheme
    for path in sorted(PACKS.glob("*.toml"))
    for scheme in read_pack(path.read_text("utf-8"), path.name).schemes
}
ONE = timedelta(days=1)
# What else is true where a rule on a scheme's date speaks.
GIVEN = {
    "decision-after-final-certification": {"outcome": "confirmed"},
    "reviewed-after-final-certification": {"outcome": "confirmed"},
    "readiness-after-safe-claim": {"unmet": 1},
    "readiness-time-too-short": {"unmet": 1, "missing": "1 more credit"},
}


def dates_of(scheme):
    """The dated values of a scheme, by the names that facts have for them."""
    final = scheme.final_certification and scheme.final_certification.value
    return {
        "last_registration": scheme.last_registration and scheme.last_registration.value,
        "final_certification": final,
        "safe_claim": safe_claim(final, scheme.route.value),
    }


def is_day(rule, name):
    return (name, date) in [(fact, kind) for fact, kind, _ in types_of(FACTS[rule.subject])]


def compared_days(rule):
    """Each pair (term, day, other day) that a rule compares, read from its body."""
    for node in ast.walk(body(rule)):
        if isinstance(node, ast.Call) and all(isinstance(arg, ast.Attribute) for arg in node.args):
            names = [arg.attr for arg in node.args]
            if len(names) == 2 and all(is_day(rule, name) for name in names):
                yield node.func.id, *names


LIMITS = ("last_registration", "final_certification", "safe_claim")
ON_SCHEMES = [(rule, day, limit) for rule in RULES for term, day, limit in compared_days(rule)
              if term == "after" and limit in LIMITS]  # fmt: skip
TRIPLES = [
    pytest.param(rule, code, day, limit, dates_of(scheme)[limit], id=f"{rule.id} {code} {limit}")
    for rule, day, limit in ON_SCHEMES
    for code, scheme in SCHEMES.items()
    if dates_of(scheme)[limit]
]


def facts_about(rule, code):
    """Facts of the rule's subject in which only dates stand in the way."""
    kind, known = FACTS[rule.subject], dates_of(SCHEMES[code]) | {"scheme": code} | GIVEN.get(rule.id, {})
    names = {field.name for field in fields(kind)}
    needed = {name: value for name, value in known.items() if name in names}
    for name, type_, absent in types_of(kind):
        if not absent and name not in needed:
            needed[name] = date(2000, 1, 1) if type_ is date else 1
    return kind(**needed)


@pytest.mark.parametrize(("rule", "code", "day", "limit", "last"), TRIPLES)
def test_a_last_day_is_in_time_and_the_day_after_is_not(rule, code, day, limit, last):
    assert limit in ("safe_claim", *vars(SCHEMES[code]))
    facts = facts_about(rule, code)
    spoken = [rule(replace(facts, **{day: last + away * ONE})) for away in (-1, 0, 1)]
    assert spoken == [False, False, True]


@pytest.mark.parametrize("code", [code for code, scheme in SCHEMES.items() if not scheme.final_certification])
def test_a_scheme_without_dates_never_refuses_by_date(code):
    for rule, day, limit in ON_SCHEMES:
        if dates_of(SCHEMES[code])[limit] is None:
            assert not rule(replace(facts_about(rule, code), **{day: date(2199, 12, 31)}))


def test_every_dated_value_and_every_rule_on_one_is_tried():
    assert {rule.id for rule, _, _ in ON_SCHEMES} == {
        "registration-after-last-date",
        "candidate-registered-too-late",
        "claim-after-final-certification",
        "claim-near-final-certification",
        "decision-after-final-certification",
        "reviewed-after-final-certification",
        "certificate-after-final-certification",
        "readiness-after-final-certification",
        "readiness-after-safe-claim",
        "readiness-time-too-short",
        "transfer-after-final-certification",
        "again-after-final-certification",
        "direct-claim-without-final-visit",
    }
    dated = {(code, limit) for code, scheme in SCHEMES.items() for limit in LIMITS if dates_of(scheme)[limit]}
    assert {(param.values[1], param.values[3]) for param in TRIPLES} == dated


@pytest.mark.parametrize("code", [code for code, scheme in SCHEMES.items() if scheme.final_certification])
def test_the_warning_ends_where_the_refusal_begins(code):
    rule, last = BOOK["claim-near-final-certification"], SCHEMES[code].final_certification.value
    facts = facts_about(rule, code)
    assert [rule(replace(facts, claimed_on=last + away * ONE)) for away in (-1, 0, 1)] == [True, True, False]


def claim_about(code, registered, claimed):
    whole = {"unit": "CC4", "unit_in_scheme": True, "evidence_kind": "candidate_work", "approved_on": date(2010, 1, 1)}
    people = {"assessor": 1, "internal_verifier": 2, "moderator": 3}
    days = dates_of(SCHEMES[code]) | {"registered_on": date.fromisoformat(registered)}
    return FACTS["claim"](code, date.fromisoformat(claimed), **whole, **people, **days)


@pytest.mark.parametrize(
    ("code", "registered", "claimed", "said"),
    [
        ("10263", "2013-12-31", "2014-06-01", ""),
        ("10263", "2013-12-31", "2014-12-19", ""),
        ("10263", "2013-12-31", "2014-12-20", "claim-near-final-certification"),
        ("10263", "2013-12-31", "2014-12-31", "claim-near-final-certification"),
        ("10263", "2013-12-31", "2015-01-01", "claim-after-final-certification"),
        ("10263", "2014-01-01", "2014-06-01", "candidate-registered-too-late"),
        ("10263", "2014-01-01", "2015-01-01", "candidate-registered-too-late claim-after-final-certification"),
        ("10263", "2014-06-02", "2014-06-01", "claim-without-registration candidate-registered-too-late"),
        ("10265", "2013-01-01", "2015-01-01", ""),
        ("10265", "2013-12-31", "2015-12-31", "claim-near-final-certification"),
        ("10265", "2013-12-31", "2016-01-01", "claim-after-final-certification"),
        ("10267", "2013-12-31", "2016-12-31", "claim-near-final-certification"),
        ("10267", "2013-12-31", "2017-01-01", "claim-after-final-certification"),
        ("09628", "2013-12-31", "2026-12-31", ""),
    ],
)
def test_a_claim_is_answered_as_the_questions_and_answers_say(code, registered, claimed, said):
    verdict = judge(claim_about(code, registered, claimed), rules_on("claim"))
    assert [reason.rule for reason in verdict.reasons] == said.split()
    assert verdict.allowed is (said in ("", "claim-near-final-certification"))


@pytest.mark.parametrize(
    ("code", "on", "said"),
    [
        ("10263", "2013-12-31", ""),
        ("10263", "2014-01-01", "registration-after-last-date"),
        ("10269", "2013-12-31", ""),
        ("10269", "2014-01-01", "registration-after-last-date"),
        ("09628", "2026-11-23", ""),
    ],
)
def test_a_registration_is_answered_as_the_questions_and_answers_say(code, on, said):
    facts = FACTS["registration"](code, date.fromisoformat(on), scheme_title="A title", approved_on=date(2010, 1, 1),
                                  first_names="Grace", last_name="O’Neill", born_on=date(2000, 3, 14),
                                  last_registration=dates_of(SCHEMES[code])["last_registration"],
                                  alternatives="03454")  # fmt: skip
    assert [reason.rule for reason in judge(facts, rules_on("registration")).reasons] == said.split()
