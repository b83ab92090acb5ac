"""Questions asked of the rules without a centre or a candidate: may one register, may one claim, on a day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from conferral.records.catalogue.models import Qualification, SchemeUnit
from conferral.records.catalogue.queries import alternatives_in_words
from conferral.records.claims.queries import scheme_facts
from conferral.rules.facts import RegistrationFacts
from conferral.rules.rule import BOOK, Rule, Verdict, judge

# The rules that dates alone can answer.
REGISTRATION_RULES = ("scheme-unknown", "registration-after-last-date")
CLAIM_RULES = (
    "claim-without-registration",
    "candidate-registered-too-late",
    "claim-after-final-certification",
    "claim-near-final-certification",
)


def ask_registration(scheme: str, on: date) -> Verdict:
    """Whether the dates of a scheme let a candidate be registered on a London day."""
    return judge(_registration(scheme, on), _rules(REGISTRATION_RULES))


def ask_claim(scheme: str, registered: date | None, on: date, unit: str | None = None) -> Verdict:
    """Whether the dates of a scheme let a candidate registered on one London day claim on another.

    None means that the candidate was not registered. A `unit` that is named has to be one of the scheme.
    """
    known = Qualification.objects.filter(code=scheme).first()
    if known is None:
        return judge(_registration(scheme, on), _rules(("scheme-unknown",)))
    facts = replace(scheme_facts(known, on), registered_on=registered)
    if unit is None:
        return judge(facts, _rules(CLAIM_RULES))
    counts = SchemeUnit.objects.filter(scheme=known, unit=unit.replace("\x00", "")).exists()
    return judge(replace(facts, unit=unit, unit_in_scheme=counts), _rules(("unit-not-in-scheme", *CLAIM_RULES)))


def _registration(scheme: str, on: date) -> RegistrationFacts:
    known = Qualification.objects.filter(code=scheme).first()
    if known is None:
        return RegistrationFacts(scheme, on)
    return RegistrationFacts(
        scheme,
        on,
        scheme_title=known.title,
        last_registration=known.last_registration,
        alternatives=alternatives_in_words(scheme, on),
    )


def _rules(ids: Iterable[str]) -> list[Rule]:
    return [BOOK[id] for id in ids]
