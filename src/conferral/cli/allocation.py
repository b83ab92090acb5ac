"""Proposing allocations on the command line, and accepting them."""

from datetime import date
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import transaction

from conferral.actions.allocations import accept_proposal, propose_allocations
from conferral.records.access import acting_as
from conferral.records.allocation.models import AllocationRun
from conferral.records.allocation.queries import acceptable
from conferral.rules.days import london_day
from conferral.rules.permissions import Acting

DESK = Acting("desk")


def allocation(on: date | None, *, accept: bool) -> dict[str, Any] | str:
    """Propose for every batch that waits, and accept what is proposed; or a sentence where that can't be done.

    Nobody's name stands in the ledger: the command is the desk's. For a day other than today nothing is kept, so that
    a look ahead doesn't replace what the desk works on.
    """
    at = settings.CLOCK()
    try:
        with acting_as(DESK):
            run = propose_allocations(on=on, timer=perf_counter, at=at, by=DESK)
            if on and on != london_day(at):
                found = _as_json(run) | {"refused": []}
                transaction.set_rollback(True)
                return found
    except RuntimeError as missing:
        return str(missing)
    refused = _accept(run) if accept else []
    with acting_as(DESK):
        return _as_json(run) | {"refused": refused}


def _accept(run: AllocationRun) -> list[dict[str, Any]]:
    with acting_as(DESK):
        waiting = list(acceptable(run.pk))
    refused = []
    for one in waiting:
        with acting_as(DESK):
            at = settings.CLOCK()
            verdict = accept_proposal(one.pk, seen_at=at, at=at, by=DESK)
        if verdict.refused:
            reasons = [reason.as_json() for reason in verdict.refused]
            refused.append({"centre": one.centre_id, "scheme": one.scheme_id, "reasons": reasons})
    return refused


def _as_json(run: AllocationRun) -> dict[str, Any]:
    rows = list(run.proposals.select_related("moderator__person").order_by("waiting_since", "id"))
    return {
        "run": run.pk,
        "seconds": run.seconds,
        "points": run.cost,
        "proven": run.proven,
        "weights": run.weights,
        "batches": [
            {
                "centre": one.centre_id,
                "scheme": one.scheme_id,
                "candidates": one.candidates,
                "waiting_since": one.waiting_since.isoformat(),
                "state": one.state,
                "moderator": one.moderator and one.moderator.person.name,
                "why": one.why,
                "excluded": one.excluded,
            }
            for one in rows
        ],
    }


def in_words(found: dict[str, Any]) -> str:
    """The same for a person at a terminal: a line a batch, what can't be placed with its counts."""
    lines = [
        f"{one['centre']}  {one['scheme']}  {one['state']:8}  "
        + (f"{one['moderator']}: {one['why']}" if one["moderator"] else _counts(one["excluded"]))
        for one in found["batches"]
    ]
    lines += [
        f"{one['centre']}  {one['scheme']}  refused   {' '.join(reason['text'] for reason in one['reasons'])}"
        for one in found["refused"]
    ]
    proved = "proved the best" if found["proven"] else "not proved the best"
    return "\n".join([*lines, f"{found['points']} points, {proved}."]) if lines else "Nothing waits for a moderator."


def _counts(excluded: dict[str, int]) -> str:
    return ", ".join(f"{count} {rule}" for rule, count in excluded.items()) or "there are no moderators"
