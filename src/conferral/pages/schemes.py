"""What pages say of a scheme on a day, for the public and for the desk."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from conferral.actions.asking import ask_claim, ask_registration
from conferral.pages.templatetags.parts import in_days, weekday, written
from conferral.records.catalogue import standing as by_dates
from conferral.records.catalogue.models import EvidencePolicy, Qualification
from conferral.records.catalogue.queries import safe_claim_of
from conferral.rules.rule import Verdict

NEAR = timedelta(days=730)
STANDINGS = {
    by_dates.OPEN: ("ready", "Open"),
    by_dates.CLOSED_TO_REGISTRATION: ("at-risk", "Closed to registration"),
    by_dates.CERTIFICATION_ONLY: ("at-risk", "Certification only"),
    by_dates.CLOSED: ("", "Closed"),
}
ANSWERS = {
    "refused": ("cannot", "Refused"),
    "warned": ("at-risk", "Allowed, with a warning"),
    "allowed": ("ready", "Allowed"),
}


def standing(scheme: Qualification, on: date) -> tuple[str, str]:
    """How a scheme stands on a day: the sign and the word."""
    return STANDINGS[by_dates.standing(scheme, on)]


def dated(value: date | None, on: date) -> str:
    """A last day with its distance from the day that is shown, where it is near: "31 December 2014, in 9 days"."""
    if value is None:
        return "No date is known: treated as open"
    return f"{weekday(value)}, {in_days(value, on)}" if abs(value - on) <= NEAR else weekday(value)


def facts(scheme: Qualification, on: date) -> list[dict[str, Any]]:
    """The values of a scheme in words, as of a day; `field` is what its citation is kept under."""
    rows: list[dict[str, Any]] = [
        {"key": "Level", "field": "level", "value": str(scheme.level)},
        {"key": "Qualification number", "field": "qan", "value": scheme.qan or "Not known"},
        {"key": "Looked at", "field": "route", "value": scheme.get_route_display().capitalize()},
        {"key": "Last registration", "field": "last_registration", "value": dated(scheme.last_registration, on)},
        {"key": "Final certification", "field": "final_certification", "value": dated(scheme.final_certification, on)},
    ]
    if scheme.credit is not None:
        rows.insert(2, {"key": "Credits", "field": "credit", "value": str(scheme.credit)})
    if scheme.status:
        rows.append({"key": "On the Register", "field": "status", "value": scheme.status})
    safe = safe_claim_of(scheme)
    if safe:
        rows.append({"key": "Claim by, to be safe", "value": dated(safe, on), "rule": "claim-near-final-certification"})
    return rows


def evidence(policies: Iterable[EvidencePolicy], on: date) -> list[dict[str, Any]]:
    """What a scheme takes as evidence, policy by policy, and which of them holds on the day."""
    policies = list(policies)
    holds = by_dates.in_force(policies, on)
    ends = [policy.from_day for policy in policies[1:]] + [None]
    return [
        {"words": _words(policy, end), "policy": policy, "holds": policy is holds}
        for policy, end in zip(policies, ends, strict=True)
    ]


def _words(policy: EvidencePolicy, end: date | None) -> str:
    since = f"from {written(policy.from_day)}" if policy.from_day else ""
    until = f"before {written(end)}" if end else ""
    when = " and ".join(filter(None, (since, until)))
    words = f"{when}: {policy.get_kind_display()}" if when else policy.get_kind_display()
    return words[0].upper() + words[1:]


def answers(scheme: Qualification, on: date) -> list[dict[str, Any]]:
    """What somebody would be told who registered a candidate, or claimed for one, on a day."""
    registered = min(on, scheme.last_registration or on)
    return [
        _answer("Registering a candidate", ask_registration(scheme.code, on)),
        _answer(
            f"Claiming for a candidate registered on {written(registered)}", ask_claim(scheme.code, registered, on)
        ),
    ]


def _answer(asked: str, verdict: Verdict) -> dict[str, Any]:
    reasons = [reason for reason in verdict.reasons if reason.outcome != "noted"]
    return {"asked": asked, "mark": answered(verdict), "reasons": reasons}


def answered(verdict: Verdict) -> tuple[str, str]:
    """A verdict in a word, with its sign."""
    return ANSWERS["refused" if verdict.refused else "warned" if verdict.warned else "allowed"]
