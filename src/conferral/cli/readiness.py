"""Readiness on the command line."""

from datetime import date
from typing import Any

from conferral.batch.readiness import as_json
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Centre
from conferral.records.readiness import readiness_of
from conferral.rules.permissions import Acting

WORDS = {
    "ready": "Ready",
    "can_finish": "Can finish",
    "at_risk": "At risk",
    "cannot_finish": "Cannot finish",
}


def readiness(centre: str, scheme: str | None, on: date) -> list[dict[str, Any]] | str:
    """Every registration of a centre, or a sentence when the centre or the scheme is not known."""
    if not Centre.objects.filter(number=centre).exists():
        return f"There is no centre {centre}. A centre number has five digits."
    if scheme and not Qualification.objects.filter(pk=scheme).exists():
        return f"No scheme has the code {scheme}. A scheme code has five digits, zeros included."
    with acting_as(Acting("centre", None, centre)):
        return [as_json(one) for one in readiness_of(centre, scheme, on=on)]


def in_words(found: list[dict[str, Any]]) -> str:
    """The same for a person at a terminal: a line a registration."""
    lines = [
        f"{one['scheme']}  {WORDS[one['status']]:13}  {one['candidate']}: {one['next_step']}" for one in found
    ]  # fmt: skip
    return "\n".join(lines) or "Nobody is registered."
