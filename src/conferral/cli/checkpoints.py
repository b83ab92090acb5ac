"""A checkpoint on the command line."""

from typing import Any

from django.conf import settings

from conferral.records.access import acting_as
from conferral.records.checkpoints.export import HEADS, lines
from conferral.records.checkpoints.models import Checkpoint
from conferral.records.checkpoints.queries import tallies, whole
from conferral.rules.permissions import CLOCK

_KEYS = tuple(head.lower().replace(" ", "_") for head in HEADS)


def checkpoint(number: int | None) -> dict[str, Any] | str:
    """A checkpoint with its totals, the centres that have not confirmed, and every candidate; or a sentence."""
    with acting_as(CLOCK):
        every = Checkpoint.objects.all()
        found = every.first() if number is None else every.filter(pk=number).first()
        if found is None:
            return "No checkpoint is set." if number is None else f"There is no checkpoint {number}."
        rows = iter(lines(found, at=settings.CLOCK()))
        next(rows)
        return {
            "checkpoint": found.pk,
            "title": found.title,
            "answer_by": found.answer_by.isoformat(),
            **whole(found.pk),
            "not_confirmed": [one.centre for one in tallies(found.pk, waiting=True, most=100_000)],
            "candidates": [dict(zip(_KEYS, row, strict=True)) for row in rows],
        }


def in_words(found: dict[str, Any]) -> str:
    """The same for a person at a terminal: who is not ready, a line each."""
    lines = [
        f"{found['title']}, by {found['answer_by']}: {found['confirmed']} of {found['asked']} centres have confirmed.",
        *(f"not confirmed: {centre}" for centre in found["not_confirmed"]),
        *(
            f"{one['centre']}  {one['scheme']}  {one['stands_at']:13}  {one['candidate']}: {one['next']}"
            for one in found["candidates"]
            if one["stands_at"] != "ready"
        ),
    ]
    return "\n".join(lines)
