"""How a scheme stands on a day, by its dates and policies. The day is always given; nothing here reads a clock."""

from collections.abc import Iterable
from datetime import date

from conferral.records.catalogue.models import EvidencePolicy, Qualification

OPEN = "open"
CLOSED_TO_REGISTRATION = "closed_to_registration"
CERTIFICATION_ONLY = "certification_only"
CLOSED = "closed"


def standing(scheme: Qualification, on: date) -> str:
    """Open, closed to registration (with no last day for certificates known), certification only, or closed.

    Both last days count, so a scheme changes on the day after. A scheme without dates is open.
    """
    last, final = scheme.last_registration, scheme.final_certification
    if final is not None and final < on:
        return CLOSED
    if last is None or on <= last:
        return OPEN
    return CERTIFICATION_ONLY if final is not None else CLOSED_TO_REGISTRATION


def in_force(policies: Iterable[EvidencePolicy], on: date) -> EvidencePolicy | None:
    """The policy of one scheme that holds on a day, of policies in the order of their days."""
    begun = [policy for policy in policies if policy.from_day is None or policy.from_day <= on]
    return begun[-1] if begun else None
