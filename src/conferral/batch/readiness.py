"""Readiness as data, for the command line and for exports."""

from datetime import date
from typing import Any

from conferral.records.awards.completion import Finish
from conferral.records.readiness import Missing, Readiness


def as_json(one: Readiness) -> dict[str, Any]:
    """One registration's readiness. Days are ISO texts; what is not known is null."""
    row = one.registration
    return {
        "registration": row.pk,
        "candidate": row.candidate.name,
        "uln": row.candidate.uln,
        "scheme": row.scheme_id,
        "status": one.status,
        "could_transfer": one.could_transfer,
        "achieved": {"units": len(one.units), "credits": one.credits},
        "waiting": one.waiting,
        "missing": [_missing(line) for line in one.missing],
        "finish": {aim: _finish(found) for aim, found in one.finish.items()},
        "plan_by": _day(one.plan_by),
        "safe_by": _day(one.safe_by),
        "final_certification": _day(row.scheme.final_certification),
        "next_step": one.next_step,
        "reasons": [reason.as_json() for reason in one.verdict.reasons],
    }


def _missing(line: Missing) -> dict[str, Any]:
    one = line.standing
    return {
        "pathway": one.pathway or None,
        "group": one.group or None,
        "measure": one.measure,
        "level_at_least": one.level_at_least,
        "have": one.have,
        "need": one.need,
        "short": one.short,
        "text": line.words,
    }


def _finish(found: Finish) -> dict[str, Any]:
    return {
        "units": list(found.units), "credits": found.credits, "cost": found.cost, "pathway": found.pathway or None
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
