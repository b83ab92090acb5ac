"""What anybody may see of a certificate whose number they know."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from conferral.records.awards.models import Certificate

PRINTED = (
    "number", "state", "holder", "title", "level", "organisation", "awarded_on", "units",
    "issued_on", "revoked_on", "revoked_because",
)  # fmt: skip


def certificate_as_printed(number: str) -> Certificate | None:
    """The words of an issued or revoked certificate, without its document; None when there is none."""
    return Certificate.objects.exclude(state="due").only(*PRINTED).filter(number=number).first()


def awarded_elsewhere(unit: Mapping[str, Any]) -> str:
    """Who awarded a unit that was carried over, and when, as a sentence; empty where it was achieved here."""
    if not unit.get("awarded_by"):
        return ""
    day = date.fromisoformat(unit["originally_on"])
    return f"Awarded by {unit['awarded_by']} on {day.day} {day:%B %Y}."
