"""Whom holds cover, which are open, and what waits at the desk."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from conferral.records.candidates.models import Registration
from conferral.records.centres.models import Membership
from conferral.records.claims.models import ClaimedUnit
from conferral.records.holds.models import Hold, Suspicion
from conferral.records.prepared import asked_of
from conferral.rules.days import london_day

NAMED = 3  # of those in a claim who are held


def open_holds_over(*, centre: str = "centre", scheme: str = "scheme", registration: str = "pk") -> QuerySet[Hold]:
    """The open holds that cover each row of a query around this one, whose columns are named; by default registrations.

    The same is said in SQL by the guards of awards and certificates.
    """
    in_claim = ClaimedUnit.objects.filter(claim=OuterRef("claim"), registration=OuterRef(OuterRef(registration)))
    return Hold.objects.filter(
        Q(scheme=None) | Q(scheme=OuterRef(scheme)),
        Q(registration=None) | Q(registration=OuterRef(registration)),
        Q(claim=None) | Exists(in_claim),
        state="open",
        centre=OuterRef(centre),
    )


# The same, from the holds to whom they cover: each arm joins on equal columns, so that many are found as fast as few.
HELD = """
SELECT registration_id, min(placed_at) FROM (
    SELECT h.registration_id, h.placed_at FROM holds_hold h
    WHERE h.state = 'open' AND h.registration_id = ANY(%(registrations)s)
    UNION ALL
    SELECT u.registration_id, h.placed_at FROM holds_hold h JOIN claims_claimedunit u ON u.claim_id = h.claim_id
    WHERE h.state = 'open' AND u.registration_id = ANY(%(registrations)s)
    UNION ALL
    SELECT r.id, h.placed_at FROM holds_hold h JOIN candidates_registration r
      ON r.centre_id = h.centre_id AND r.scheme_id = h.scheme_id
    WHERE h.state = 'open' AND r.id = ANY(%(registrations)s)
    UNION ALL
    SELECT r.id, h.placed_at FROM holds_hold h JOIN candidates_registration r ON r.centre_id = h.centre_id
    WHERE h.state = 'open' AND h.scheme_id IS NULL AND h.registration_id IS NULL AND h.claim_id IS NULL
      AND r.id = ANY(%(registrations)s)
) held GROUP BY registration_id
"""


def held_days(registrations: Iterable[int]) -> dict[int, date]:
    """The London day since which each registration is held; those that aren't are left out. One query at most."""
    numbers = list(registrations)
    return {pk: london_day(at) for pk, at in asked_of(numbers, HELD)} if numbers else {}


class HeldInClaim(NamedTuple):
    """Those of a claim who are held: since when the first of them is, and who they are in a phrase."""

    since: date
    who: str


def held_in_claim(claim: int) -> HeldInClaim | None:
    """Whose results of a claim are held; None when nobody's are. Two queries."""
    units = ClaimedUnit.objects.filter(claim=claim).order_by("registration").distinct("registration")
    found = {
        pk: f"{first} {last}".strip()
        for pk, first, last in units.values_list(
            "registration", "registration__candidate__first_names", "registration__candidate__last_name"
        )
    }
    held = held_days(found)
    if not held:
        return None
    names = sorted(found[pk] for pk in held)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    everybody = len(held) == len(found) > 1
    who = "everybody in this claim" if everybody else f"{', '.join(names[:NAMED])}{more}"
    return HeldInClaim(min(held.values()), who)


def covered(hold: Hold) -> QuerySet[Registration]:
    """The registrations that a hold covers."""
    rows = Registration.objects.filter(centre=hold.centre_id)
    if hold.registration_id:
        return rows.filter(pk=hold.registration_id)
    if hold.claim_id:
        return rows.filter(Exists(ClaimedUnit.objects.filter(claim=hold.claim_id, registration=OuterRef("pk"))))
    return rows.filter(scheme=hold.scheme_id) if hold.scheme_id else rows


def waiting_to_be_awarded(hold: Hold) -> QuerySet[Registration]:
    """Those whom a hold covers who have units and no award: some may be complete."""
    return covered(hold).filter(state="part_achieved", award=None).order_by("pk")


def holds(state: str = "", before: int | None = None) -> QuerySet[Hold]:
    """Holds with what they are on and why, the newest first, from before a number on. For the desk."""
    found = Hold.objects.select_related(
        "centre", "scheme", "claim__scheme", "registration__candidate", "registration__scheme", "placed_by",
        "lifted_by", "reason__suspicion",
    ).order_by("-id")  # fmt: skip
    found = found.filter(state=state) if state else found
    return found.filter(id__lt=before) if before else found


def at_own_centre(person: int | None, centre: str) -> bool:
    """Whether somebody has a role at a centre."""
    return Membership.objects.filter(person=person, centre=centre).exists()


def reported() -> QuerySet[Suspicion]:
    """Reports of suspicions with whom they are about, which the reader may see."""
    return Suspicion.objects.select_related(
        "centre", "claim__scheme", "registration__candidate", "registration__scheme", "reported_by", "settled_by"
    )


def waiting() -> QuerySet[Suspicion]:
    """Reports that the desk has not settled, the oldest first."""
    return reported().filter(state="reported").order_by("reported_at", "id")
