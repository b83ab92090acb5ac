"""Questions that dates alone answer, asked without a centre or a candidate."""

from datetime import date

import pytest

from conferral.actions.asking import ask_claim, ask_registration
from tests.world import load_catalogue

LAST_REGISTRATION, FINAL = date(2013, 12, 31), date(2014, 12, 31)


@pytest.fixture
def catalogue(db, noon):
    load_catalogue(noon)


def said(verdict):
    return verdict.allowed, [(reason.rule, reason.outcome) for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("on", "allowed"),
    [(date(2013, 12, 30), True), (date(2013, 12, 31), True), (date(2014, 1, 1), False)],
)
def test_registering_is_open_to_the_last_date_and_not_after(catalogue, on, allowed):
    refusal = [] if allowed else [("registration-after-last-date", "refused")]
    assert said(ask_registration("10263", on)) == (allowed, refusal)


def test_a_refusal_has_exactly_the_words_the_command_line_prints(catalogue):
    answer = ask_registration("10263", date(2014, 1, 1)).as_json()
    assert answer.keys() == {"allowed", "reasons"}
    [reason] = answer["reasons"]
    assert reason.keys() == {"rule", "outcome", "text", "remedy", "clause"}
    assert reason["text"] == "10263 took its last registrations on 31 December 2013."
    assert "03454" in reason["remedy"]


def test_a_claim_on_the_final_day_is_allowed_with_a_warning(catalogue):
    verdict = ask_claim("10263", LAST_REGISTRATION, FINAL)
    assert said(verdict) == (True, [("claim-near-final-certification", "warned")])


def test_a_claim_one_day_later_is_refused(catalogue):
    verdict = ask_claim("10263", LAST_REGISTRATION, date(2015, 1, 1))
    assert said(verdict) == (False, [("claim-after-final-certification", "refused")])


@pytest.mark.parametrize("registered", [None, date(2014, 6, 2)])
def test_a_claim_needs_a_registration_before_it(catalogue, registered):
    verdict = ask_claim("09628", registered, date(2014, 6, 1))
    assert said(verdict) == (False, [("claim-without-registration", "refused")])


def test_a_candidate_registered_after_the_last_date_cannot_claim(catalogue):
    verdict = ask_claim("10263", date(2014, 1, 1), date(2014, 6, 1))
    assert said(verdict) == (False, [("candidate-registered-too-late", "refused")])


@pytest.mark.parametrize(("unit", "refused"), [("CC4", []), ("J/600/1003", [("unit-not-in-scheme", "refused")])])
def test_a_unit_that_is_named_counts_in_the_scheme(catalogue, unit, refused):
    verdict = ask_claim("10263", LAST_REGISTRATION, date(2014, 6, 1), unit)
    assert said(verdict) == (not refused, refused)


def test_an_unknown_scheme_is_refused_as_unknown(catalogue):
    for verdict in (
        ask_registration("99999", FINAL),
        ask_claim("99999", LAST_REGISTRATION, FINAL),
    ):
        assert said(verdict) == (False, [("scheme-unknown", "refused")])
