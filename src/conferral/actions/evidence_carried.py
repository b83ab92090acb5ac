"""Files go along when the same work is claimed again, or when part of a claim goes on as a draft of its own."""

from collections.abc import Iterable, Mapping

from conferral.records.claims.models import Claim
from conferral.records.evidence.models import EvidenceFor, EvidenceItem

Unit = tuple[int, str]


def carry_evidence(old: Claim, new: Claim, units: Iterable[Unit]) -> None:
    """The files of the candidates in `units` (registration, unit) stand in the new draft too, for these units.

    Bytes are not copied: the new items name the same stored files. Call inside the verb's transaction.
    """
    going = set(units)
    items = EvidenceItem.objects.filter(claim=old, registration__in={registration for registration, _ in going})
    carried: Mapping[int, EvidenceItem] = {
        item.pk: EvidenceItem(
            centre_id=item.centre_id, claim=new, registration_id=item.registration_id, candidate_id=item.candidate_id,
            unit_id=item.unit_id, file_id=item.file_id, sha256=item.sha256, place=item.place, name=item.name,
            added_by_id=item.added_by_id, added_at=item.added_at,
        )
        for item in items
    }  # fmt: skip
    EvidenceItem.objects.bulk_create(carried.values())
    answers = EvidenceFor.objects.filter(item__in=carried).select_related("item", "criterion")
    EvidenceFor.objects.bulk_create(
        EvidenceFor(
            centre_id=one.centre_id, item=carried[one.item_id], criterion_id=one.criterion_id,
            said_by_id=one.said_by_id, said_at=one.said_at,
        )
        for one in answers if (one.item.registration_id, one.criterion.unit_id) in going
    )  # fmt: skip


def leave_behind(claim: Claim) -> None:
    """Take away the files of candidates for whom nothing is claimed here any more."""
    gone = EvidenceItem.objects.filter(claim=claim).exclude(registration__in=claim.units.values("registration"))
    EvidenceFor.objects.filter(item__in=gone).delete()
    gone.delete()
