"""Loading withdrawals of qualifications, alone or with the packs whose schemes they name."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from conferral.actions.catalogue import load_packs
from conferral.actions.ledger import Done, record
from conferral.records.catalogue.models import Qualification, Source, Withdrawal
from conferral.rules import withdrawals as shapes
from conferral.rules.packs import Cited, Fault, Pack
from conferral.rules.permissions import Acting


@transaction.atomic
def load_whole(
    packs: Iterable[Pack], withdrawals: Iterable[shapes.Withdrawal], *, at: datetime, by: Acting
) -> tuple[Fault, ...]:
    """Load packs and withdrawals together: with a refused fault in either, nothing of both. Returns every fault."""
    faults = load_packs(packs, at=at, by=by)
    if not _refused(faults):
        faults += load_withdrawals(withdrawals, at=at, by=by)
    if _refused(faults):
        transaction.set_rollback(True)
    return faults


@transaction.atomic
def load_withdrawals(withdrawals: Iterable[shapes.Withdrawal], *, at: datetime, by: Acting) -> tuple[Fault, ...]:
    """Bring the withdrawals up to what the files say, all or none. One that no file names stays.

    Safe to repeat. The schemes must be in the catalogue. Returns every fault.
    """
    withdrawals = tuple(withdrawals)
    faults = shapes.withdrawal_faults(withdrawals, _dates())
    if _refused(faults):
        return faults
    for one in withdrawals:
        _load(one)
    record([Done("withdrawals_loaded", "catalogue", one.id) for one in withdrawals], at=at, by=by)
    return faults


def _refused(faults: Iterable[Fault]) -> bool:
    return any(fault.outcome == "refused" for fault in faults)


def _dates() -> dict[str, shapes.Dates]:
    return {
        row.code: shapes.Dates(row.last_registration, row.final_certification) for row in Qualification.objects.all()
    }


def _load(one: shapes.Withdrawal) -> None:
    for source in one.sources:
        known = {"title": source.title, "publisher": source.publisher, "issued": source.date}
        Source.objects.get_or_create(id=source.id, defaults=known | {"address": source.address})
    row, _ = Withdrawal.objects.update_or_create(
        id=one.id,
        defaults={
            "title": one.title.value,
            "announced_on": one.announced.value,
            "points": {name: asdict(point) for name, point in one.points.items()},
            "alternatives": [asdict(family) for family in one.alternatives],
            "cites": {"title": _citation(one.title), "announced": _citation(one.announced)},
        },
    )
    Qualification.objects.filter(withdrawal=row).exclude(code__in=one.schemes).update(withdrawal=None)
    Qualification.objects.filter(code__in=one.schemes).update(withdrawal=row)


def _citation(said: Cited[Any]) -> dict[str, str]:
    return {"clause": said.clause, "reading": said.reading, "decided_by": said.decided_by}
