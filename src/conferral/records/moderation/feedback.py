"""What a feedback report is drafted from, and the actions that reports have asked of centres."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet

from conferral.records.calendar import bank_holidays
from conferral.records.catalogue.models import Criterion
from conferral.records.claims.models import Claim, ClaimedUnit, CriterionMark, InternalCheck
from conferral.records.moderation.models import RequiredAction
from conferral.rules.days import london_day, working_days_after
from conferral.rules.feedback import Found, Standing

TO_DO = ("open", "not_met")
CONFIRMED = "confirmed"


def found_in(units: Iterable[ClaimedUnit]) -> list[Found]:
    """The units of a claim that were decided otherwise than confirmed, with their candidates."""
    decided = ((unit, unit.decision) for unit in units if hasattr(unit, "decision"))
    return [
        Found(unit.unit_id, decision.reason_code, decision.feedback, unit.registration.candidate.name)
        for unit, decision in decided
        if decision.outcome != CONFIRMED
    ]


def standing_of(claim: Claim, units: Sequence[ClaimedUnit]) -> Standing:
    """What the records show of a claim that may be praised. Four queries at most."""
    decided = [unit for unit in units if hasattr(unit, "decision")]
    work = claim.consignments.exclude(state="cancelled").last()
    in_time = work is not None and work.despatched_on and claim.send_by
    return Standing(
        decided=len(decided),
        confirmed=sum(unit.decision.outcome == CONFIRMED for unit in decided),
        marked=_marked(units),
        checked=_checked(units),
        in_time=work.despatched_on <= london_day(claim.send_by) if in_time else None,
    )


def _marked(units: Sequence[ClaimedUnit]) -> bool | None:
    """Whether every criterion of every unit has a mark; None where the catalogue knows no criteria."""
    criteria: dict[str, int] = {}
    codes = {unit.unit_id for unit in units if unit.evidence_kind == "candidate_work"}
    for code in Criterion.objects.filter(unit__in=codes, current=True).values_list("unit_id", flat=True):
        criteria[code] = criteria.get(code, 0) + 1
    wanted = sum(criteria.get(unit.unit_id, 0) for unit in units)
    if not wanted:
        return None
    return CriterionMark.objects.filter(claimed_unit__in=units, criterion__current=True).count() >= wanted


def _checked(units: Sequence[ClaimedUnit]) -> bool:
    return bool(units) and InternalCheck.objects.filter(claimed_unit__in=units).count() == len(units)


def due_after(working_days: int, on: date, nation: str) -> date:
    """The day by which something asked on a London day is due, in working days of the centre's nation."""
    return working_days_after(on, working_days, bank_holidays(nation))


def required_of(claim: int) -> QuerySet[RequiredAction]:
    """What the report on a claim asks of its centre, the soonest first."""
    found = RequiredAction.objects.filter(claim=claim).select_related("unit", "answered_by", "judged_by")
    return found.order_by("due_on", "id")


def to_judge(moderator: int | None = None) -> QuerySet[RequiredAction]:
    """Answered actions of which nobody has said whether they are met, the oldest answer first; of one's claims."""
    found = RequiredAction.objects.filter(state="answered").select_related("centre", "claim__scheme")
    return (found.filter(claim__moderator=moderator) if moderator else found).order_by("answered_at", "id")


def overdue_actions(today: date) -> QuerySet[RequiredAction]:
    """Actions whose day is over without an answer that met them, the longest overdue first."""
    found = RequiredAction.objects.filter(state__in=TO_DO, due_on__lt=today).select_related("centre", "claim")
    return found.order_by("due_on", "id")
