"""What a centre records of its own assessment: where the work meets each criterion, and that it was checked."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.records.catalogue.models import Criterion
from conferral.records.claims.models import Claim, CriterionMark, InternalCheck
from conferral.rules.journeys import CLAIM
from conferral.rules.permissions import Acting
from conferral.rules.rule import REFUSED, Reason, Verdict

LONGEST = 40

NOT_YOURS = Reason(
    "check-by-another", REFUSED, "None of these units names you as internal verifier.",
    "Only the internal verifier whom the claim names records the check.", "moderation-2012 p3", "internal_verifier",
)  # fmt: skip


class Cell(NamedTuple):
    """One criterion of one claimed unit."""

    claimed_unit: int
    criterion: int


@transaction.atomic
def mark_criteria(claim_id: int, marks: Mapping[Cell, str], *, at: datetime, by: Acting) -> Verdict:
    """Say where the work meets criteria of a draft; an empty text takes the mark away. Others stay as they are.

    A cell of another claim or unit is passed over, and so is one that says what it said before. A changed mark ends
    the internal check of its unit. References are cut to 40 characters. Raises Claim.DoesNotExist.
    Source: moderation-2012 p3.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    verdict = CLAIM.judge(claim.state, "change", by=by.audience)
    if verdict.refused:
        return verdict
    units = dict(claim.units.values_list("pk", "unit_id"))
    criteria = dict(Criterion.objects.filter(unit__in=set(units.values())).values_list("pk", "unit_id"))
    kept = {
        Cell(mark.claimed_unit_id, mark.criterion_id): mark.reference
        for mark in CriterionMark.objects.filter(claimed_unit__in=units)
    }
    said = {
        cell: " ".join(text.split())[:LONGEST]
        for cell, text in marks.items()
        if cell.claimed_unit in units and criteria.get(cell.criterion) == units[cell.claimed_unit]
    }
    changed = {cell: text for cell, text in said.items() if text != kept.get(cell, "")}
    if changed:
        _write(claim, changed, kept.keys(), at=at, by=by)
        told = {"marks": sum(bool(text) for text in changed.values()), "removed": sum(not t for t in changed.values())}
        record([Done("criteria_marked", "claim", claim.pk, claim.centre_id, facts=told)], at=at, by=by)
    return verdict


def _write(claim: Claim, changed: Mapping[Cell, str], kept: Iterable[Cell], *, at: datetime, by: Acting) -> None:
    gone = [cell for cell, text in changed.items() if not text and cell in set(kept)]
    for criterion in {cell.criterion for cell in gone}:
        of = [cell.claimed_unit for cell in gone if cell.criterion == criterion]
        CriterionMark.objects.filter(criterion=criterion, claimed_unit__in=of).delete()
    CriterionMark.objects.bulk_create(
        [
            CriterionMark(
                centre_id=claim.centre_id, claimed_unit_id=cell.claimed_unit, criterion_id=cell.criterion,
                reference=text, marked_by_id=by.somebody, marked_at=at,
            )
            for cell, text in changed.items() if text
        ],
        update_conflicts=True,
        unique_fields=["claimed_unit", "criterion"],
        update_fields=["reference", "marked_by", "marked_at"],
    )  # fmt: skip
    InternalCheck.objects.filter(claimed_unit__in={cell.claimed_unit for cell in changed}).delete()


@transaction.atomic
def check_internally(claim_id: int, claimed_units: Iterable[int], *, at: datetime, by: Acting) -> Verdict:
    """Record that the marking of these units is checked, by the internal verifier whom the draft names for them.

    Units that name somebody else are passed over; refused when none is left. Safe to repeat. Raises
    Claim.DoesNotExist. Source: moderation-2012 p3.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    verdict = CLAIM.judge(claim.state, "change", by=by.audience)
    if verdict.refused:
        return verdict
    mine = claim.units.filter(pk__in=list(claimed_units), internal_verifier=by.somebody)
    units = list(mine.values_list("pk", flat=True))
    if not units:
        return Verdict((NOT_YOURS,), (NOT_YOURS.rule,))
    InternalCheck.objects.filter(claimed_unit__in=units).exclude(checked_by=by.somebody).delete()
    InternalCheck.objects.bulk_create(
        [
            InternalCheck(centre_id=claim.centre_id, claimed_unit_id=pk, checked_by_id=by.somebody, checked_at=at)
            for pk in units
        ],
        ignore_conflicts=True,
    )
    record([Done("marking_checked", "claim", claim.pk, claim.centre_id, facts={"units": len(units)})], at=at, by=by)
    return verdict
