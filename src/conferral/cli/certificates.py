"""Checking a certificate from the command line, with the eyes of the public."""

from typing import Any

from conferral.records.access import acting_as
from conferral.records.awards.models import Certificate
from conferral.rules.permissions import PUBLIC
from conferral.rules.references import certificate_number_fault, compact_reference, format_reference

WORDS = {
    "issued": "This certificate is genuine.",
    "revoked": "This certificate has been revoked. Do not rely on it.",
    "unknown": "We know of no such certificate.",
    "mistyped": "This number can't be right: its characters don't fit each other. Compare it with the certificate.",
}


def check(number: str) -> dict[str, Any]:
    """What the public may know of a number: its state, and what a valid certificate says. No name once revoked."""
    if certificate_number_fault(number):
        return {"state": "mistyped"}
    compact = compact_reference(number)
    with acting_as(PUBLIC, certificate=compact):
        found = Certificate.objects.filter(number=compact).first()
    if found is None:
        return {"state": "unknown", "number": format_reference(compact)}
    told: dict[str, Any] = {"state": found.state, "number": format_reference(compact)}
    if found.state == "revoked":
        return told | {"revoked_on": str(found.revoked_on)}
    return told | {
        "holder": found.holder,
        "title": found.title,
        "level": found.level,
        "organisation": found.organisation,
        "awarded_on": str(found.awarded_on),
        "issued_on": str(found.issued_on),
        "units": [unit["title"] for unit in found.units],
    }


def in_words(found: dict[str, Any]) -> str:
    """The finding for a person at a terminal."""
    facts = [f"  {name.replace('_', ' ')}: {value}" for name, value in found.items() if name not in ("state", "units")]
    return "\n".join([WORDS[found["state"]], *facts])
