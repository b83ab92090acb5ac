"""Worked cases under an answer: the days around a date, a visit too many, a refund, each judged just now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from conferral.actions.asking import ask_claim, ask_registration
from conferral.rules.book import rules_on
from conferral.rules.facts import CertificateFacts, DirectClaimFacts, RefundFacts, VisitFacts
from conferral.rules.faq.known import OPEN, Known
from conferral.rules.fees import refundable
from conferral.rules.policies import policy
from conferral.rules.rule import BOOK, Verdict, judge
from conferral.rules.visits import visit_year

_DAY, _MONTH = timedelta(days=1), timedelta(days=30)
_PAID_PENCE = 10_000


@dataclass(frozen=True)
class Case:
    """What is given, in words, and what the rules say of it. `on` is the day that makes the difference, if one does."""

    given: str
    on: date | None
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """The case as the command line prints it."""
        return {"given": self.given, "on": self.on.isoformat() if self.on else None, **self.verdict.as_json()}


def worked_cases(number: int, known: Known) -> tuple[Case, ...]:
    """The cases of a question for a scheme; none where no rule on its dates or fees decides."""
    cases = _CASES.get(number)
    return cases(known) if cases else ()


def _around(given: str, day: date | None, judged: Callable[[date], Verdict]) -> tuple[Case, ...]:
    if day is None:
        return ()
    return tuple(Case(given, near, judged(near)) for near in (day - _DAY, day, day + _DAY))


def _registering(known: Known) -> tuple[Case, ...]:
    return _around("Registering", known.last_registration, lambda on: ask_registration(known.scheme, on))


def _producing(known: Known) -> tuple[Case, ...]:
    def judged(on: date) -> Verdict:
        facts = CertificateFacts(known.scheme, on, known.final_certification, constraints=1, unmet=0)
        return judge(facts, [BOOK["certificate-after-final-certification"]])

    return _around("Producing a certificate", known.final_certification, judged)


def _claiming(known: Known) -> tuple[Case, ...]:
    """Of somebody registered in time: where both last days are one, before the day that is asked about."""
    final, entered = known.final_certification, known.last_registration
    if final is not None:
        entered = min(entered or final, final - _MONTH)
    return _around("Claiming", final, lambda on: ask_claim(known.scheme, entered, on))


def _registered(known: Known) -> tuple[Case, ...]:
    if not _leaves_a_month(known):
        return ()

    def judged(registered: date) -> Verdict:
        return ask_claim(known.scheme, registered, (known.last_registration or registered) + _MONTH)

    return _around("Claiming a month after registering", known.last_registration, judged)


def _leaves_a_month(known: Known) -> bool:
    """Whether claims go on for more than a month after the last registrations."""
    last, final = known.last_registration, known.final_certification
    return last is None or final is None or last + _MONTH < final


def _visiting(known: Known) -> tuple[Case, ...]:
    if known.route == "postal":
        return (Case("Asking for a visit", None, _visit(known, 1, 10)),)
    free, least = policy("free_visits_a_year"), policy("candidates_for_free_visits")
    visits = (
        Case(f"Visit {free} of the year, {least} candidates", None, _visit(known, free, least)),
        Case(f"Visit {free + 1} of the year, {least} candidates", None, _visit(known, free + 1, least)),
        Case(f"Visit 1 of the year, {least - 1} candidates", None, _visit(known, 1, least - 1)),
    )
    return visits if known.phase == OPEN else visits + _direct_claims(known)


def _direct_claims(known: Known) -> tuple[Case, ...]:
    if known.last_registration is None or not _leaves_a_month(known):
        return ()
    later = known.last_registration + _MONTH
    return (
        Case("Direct claim, no final visit yet", later, _direct(known, later, None)),
        Case("Direct claim on the day of the final visit", later, _direct(known, later, later)),
        Case("Direct claim after the final visit", later + _DAY, _direct(known, later + _DAY, later)),
    )


def _visit(known: Known, of_year: int, candidates: int) -> Verdict:
    begins, ends = visit_year(known.on)
    facts = VisitFacts(
        known.scheme, known.on, known.route, of_year, policy("free_visits_a_year"), begins, ends,
        candidates, policy("candidates_for_free_visits"),
    )  # fmt: skip
    return judge(facts, rules_on("visit"))


def _direct(known: Known, on: date, final_visit: date | None) -> Verdict:
    facts = DirectClaimFacts(known.scheme, on, known.last_registration, final_visit)
    return judge(facts, rules_on("direct_claim"))


def _refunds(known: Known) -> tuple[Case, ...]:
    return tuple(
        Case(f"Money back for {what}", None, _refund(known, fee))
        for what, fee in (
            ("an unnamed place never used", "full award registration"),
            ("a unit not claimed", "unit registration"),
        )
    )


def _refund(known: Known, fee: str) -> Verdict:
    facts = RefundFacts(known.scheme, fee, _PAID_PENCE, refundable(_PAID_PENCE))
    return judge(facts, rules_on("refund"))


_CASES: dict[int, Callable[[Known], tuple[Case, ...]]] = {
    1: _registering,
    2: _producing,
    3: _visiting,
    8: _claiming,
    9: _registered,
    10: _refunds,
}
