"""Worked cases of the rules that count in days: the day before, the day and the day after, judged just now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from conferral.actions.asking import ask_claim, ask_registration
from conferral.records.catalogue.models import Qualification
from conferral.records.catalogue.queries import safe_claim_of
from conferral.rules.facts import CertificateFacts, ReviewFacts
from conferral.rules.rule import BOOK, Verdict, judge

Answer = Callable[[Qualification, date], Verdict]


@dataclass(frozen=True)
class Case:
    """One day and what the rules answer."""

    on: date
    verdict: Verdict


@dataclass(frozen=True)
class Triple:
    """How the neighbours of a day are chosen, and what is asked about them."""

    asked: str
    around: Callable[[Qualification], date | None]
    answer: Answer


@dataclass(frozen=True)
class Worked:
    """Three cases of one scheme."""

    scheme: Qualification
    asked: str
    cases: list[Case]


def worked(rule: str) -> Worked | None:
    """The boundary triple of one scheme that has the date; None for a rule that counts no days."""
    triple = TRIPLES.get(rule)
    if triple is None:
        return None
    dated = [row for row in Qualification.objects.all() if row.last_registration and triple.around(row)]
    if not dated:
        return None
    scheme = max(dated, key=time_to_claim)
    around = triple.around(scheme)
    days = [around + timedelta(days=step) for step in (-1, 0, 1)]
    return Worked(scheme, triple.asked, [Case(day, triple.answer(scheme, day)) for day in days])


def time_to_claim(scheme: Qualification) -> timedelta:
    """How long certificates go on after registrations: the longest shows each boundary alone."""
    return (scheme.final_certification or scheme.last_registration) - scheme.last_registration


def _last_registration(scheme: Qualification) -> date | None:
    return scheme.last_registration


def _final(scheme: Qualification) -> date | None:
    return scheme.final_certification


def _register(scheme: Qualification, on: date) -> Verdict:
    return ask_registration(scheme.code, on)


def _claim(scheme: Qualification, on: date) -> Verdict:
    return ask_claim(scheme.code, scheme.last_registration, on)


def _claim_soon_after(scheme: Qualification, registered: date) -> Verdict:
    return ask_claim(scheme.code, registered, scheme.last_registration + timedelta(days=30))


def _produce(scheme: Qualification, on: date) -> Verdict:
    facts = CertificateFacts(scheme.code, on, scheme.final_certification, constraints=1, unmet=0)
    return judge(facts, [BOOK["certificate-after-final-certification"]])


def _confirm(scheme: Qualification, on: date) -> Verdict:
    facts = ReviewFacts(0, on, scheme.code, outcome="confirmed", final_certification=scheme.final_certification)
    return judge(facts, [BOOK["decision-after-final-certification"]])


TRIPLES = {
    "registration-after-last-date": Triple("Registering on", _last_registration, _register),
    "claim-without-registration": Triple("Claiming on", _last_registration, _claim),
    "candidate-registered-too-late": Triple("Registered on", _last_registration, _claim_soon_after),
    "claim-after-final-certification": Triple("Claiming on", _final, _claim),
    "claim-near-final-certification": Triple("Claiming on", safe_claim_of, _claim),
    "certificate-after-final-certification": Triple("Produced on", _final, _produce),
    "decision-after-final-certification": Triple("Confirming on", _final, _confirm),
}
