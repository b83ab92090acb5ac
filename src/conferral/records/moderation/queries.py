"""What waits for a moderator, and how far a claim under review has come."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Subquery

from conferral.records.calendar import results_by
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment
from conferral.records.moderation.models import OUTCOME_WORDS, UnitDecision
from conferral.rules.days import london_day

MOST = 500  # a badge says "500+" beyond


def bounded(rows: QuerySet, most: int = MOST) -> str:
    """How many rows, never counting further than `most`: "12", or "500+"; nothing for none."""
    found = rows.order_by()[: most + 1].count()
    return f"{most}+" if found > most else str(found or "")


def under_review(person: int, after: int | None = None) -> QuerySet[Claim]:
    """Claims with a moderator, oldest first.

    With `after` only those that come after that claim; none when it is not to be seen.
    """
    mine = Claim.objects.filter(moderator=person, state="with_moderator").order_by("submitted_at", "id")
    if after is not None:
        last = Claim.objects.filter(pk=after).values("submitted_at")
        mine = mine.filter(Q(submitted_at__gt=Subquery(last)) | Q(submitted_at=Subquery(last), pk__gt=after))
    return mine


def with_progress(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Some claims, each with how many units it has and how many are decided. A slice is counted for its rows alone."""
    named = Claim.objects.filter(pk__in=Subquery(claims.values("pk"))).order_by(*claims.query.order_by)
    return named.select_related("centre", "scheme").annotate(
        claimed=Count("units"),
        decided=Count("units", filter=~Q(units__state="claimed")),
        candidates=Count("units__registration", distinct=True),
        sent_on=Max("consignments__despatched_on"),
        arrived_at=Max("consignments__received_at"),
    )


def report_by(claim: Claim) -> date:
    """The day by which the report is expected: counted from despatch, else arrival, else submission."""
    begun = claim.sent_on or london_day(claim.arrived_at or claim.submitted_at)
    return results_by(begun, claim.scheme.route, claim.centre.nation)


def awaited(person: int) -> QuerySet[Consignment]:
    """Parcels on their way to a moderator, the one soonest too late first."""
    mine = Consignment.objects.filter(claim__moderator=person, claim__state="submitted")
    waiting = mine.filter(state__in=("awaited", "despatched"))
    return waiting.select_related("claim__centre", "claim__scheme").order_by("claim__withdraw_after", "id")


def visits_to_open(person: int) -> QuerySet[Claim]:
    """Claims whose work is seen at the centre and whose verification has not begun, oldest first."""
    mine = Claim.objects.filter(moderator=person, state="submitted", scheme__route__in=("verified", "visiting"))
    return mine.select_related("centre", "scheme").order_by("submitted_at", "id").annotate(claimed=Count("units"))


def unmatched(rows: QuerySet[Consignment] | None = None) -> QuerySet[Consignment]:
    """Parcels without a claim, the one due back first."""
    waiting = (Consignment.objects.all() if rows is None else rows).filter(state="unmatched")
    return waiting.select_related("centre", "received_by").order_by("return_after", "id")


def without_work(at: datetime | None = None) -> QuerySet[Consignment]:
    """Work that its centre has not recorded as sent; with a moment, only what was due before it."""
    waiting = Consignment.objects.filter(state="awaited", claim__state="submitted")
    return waiting.filter(claim__send_by__lt=at) if at else waiting


def in_transit() -> QuerySet[Consignment]:
    """Work that its centre has sent and that nobody has logged."""
    return Consignment.objects.filter(state="despatched", claim__state="submitted")


def to_return() -> QuerySet[Consignment]:
    """Parcels on their way whose claim waits no longer, as far as the reader sees them, the oldest first."""
    return Consignment.objects.filter(state="to_return").select_related("centre").order_by("id")


def claimed_units(claim: int) -> QuerySet[ClaimedUnit]:
    """Every unit of a claim with its candidate, decision and people, by candidate and unit."""
    units = ClaimedUnit.objects.filter(claim=claim).select_related(
        "registration__candidate", "unit", "assessor", "internal_verifier", "decision__decided_by"
    )
    return units.order_by(
        "registration__candidate__last_name", "registration__candidate__first_names", "registration_id", "unit_id"
    )


def came_by_post(claim: int) -> bool:
    """Whether a parcel was received for a claim."""
    return Consignment.objects.filter(claim=claim, kind=Consignment.Kind.POST, received_at__isnull=False).exists()


class Earlier(NamedTuple):
    """How often an outcome was given before."""

    outcome: str
    count: int


def earlier_decisions(unit: ClaimedUnit) -> list[Earlier]:
    """The outcomes that the reader may see for this unit at this centre, in other claims."""
    before = UnitDecision.objects.filter(
        centre=unit.centre_id, claimed_unit__unit=unit.unit_id, claimed_unit__claim__lt=unit.claim_id
    )
    counted = before.values_list("outcome").annotate(count=Count("id")).order_by("outcome")
    return [Earlier(OUTCOME_WORDS[outcome], count) for outcome, count in counted]


def outcome_counts(units: Iterable[ClaimedUnit]) -> dict[str, int]:
    """How many units of a claim have each outcome; those without one count as undecided."""
    counts = dict.fromkeys(UnitDecision.Outcome.values, 0) | {"undecided": 0}
    for unit in units:
        counts[unit.decision.outcome if hasattr(unit, "decision") else "undecided"] += 1
    return counts


def overdue(rows: QuerySet[Claim], at: datetime) -> QuerySet[Claim]:
    """Submitted claims whose 24 hours are over and whose work has not been logged."""
    return rows.filter(state="submitted", send_by__lt=at)
