"""Loading qualification packs into the catalogue."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from conferral.actions.combinations import load_combination
from conferral.actions.ledger import Done, record
from conferral.records.catalogue.models import (
    Alternative,
    EvidencePolicy,
    Qualification,
    Source,
    Unit,
)
from conferral.rules import packs as shapes
from conferral.rules.permissions import Acting

_CITED = ("title", "level", "qan", "route", "last_registration", "final_certification")


@transaction.atomic
def load_packs(packs: Iterable[shapes.Pack], *, at: datetime, by: Acting) -> tuple[shapes.Fault, ...]:
    """Bring the catalogue up to what the packs say. All or nothing: with a refused fault, nothing is loaded.

    Safe to repeat: the same packs change nothing. A scheme that no pack names stays. Returns every fault.
    """
    packs = tuple(packs)
    faults = shapes.pack_faults(packs)
    if any(fault.outcome == "refused" for fault in faults):
        return faults
    _load_sources(source for pack in packs for source in pack.sources)
    _load_units(unit for pack in packs for unit in pack.units)
    schemes = [(pack.name, scheme) for pack in packs for scheme in pack.schemes]
    units = {unit.code: unit for pack in packs for unit in pack.units}
    for name, scheme in schemes:
        _load_scheme(name, scheme, units)
    for _, scheme in schemes:
        _load_alternatives(scheme)
    record([Done("packs_loaded", "catalogue", pack.name) for pack in packs], at=at, by=by)
    return faults


def _load_sources(sources: Iterable[shapes.Source]) -> None:
    rows = {
        source.id: Source(
            id=source.id,
            title=source.title,
            publisher=source.publisher,
            issued=source.date,
            address=source.address,
        )
        for source in sources
    }
    fields = ["title", "publisher", "issued", "address"]
    Source.objects.bulk_create(rows.values(), update_conflicts=True, unique_fields=["id"], update_fields=fields)


def _load_units(units: Iterable[shapes.Unit]) -> None:
    fields = ["title", "level", "credit", "glh", "demonstration", "note"]
    rows = [
        Unit(code=unit.code, cites={"unit": unit.clause}, **{field: getattr(unit, field) for field in fields})
        for unit in units
    ]
    Unit.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=[*fields, "cites"])


def _load_scheme(pack: str, scheme: shapes.Scheme, units: Mapping[str, shapes.Unit]) -> None:
    cited: dict[str, shapes.Cited[Any] | None] = {field: getattr(scheme, field) for field in _CITED}
    values = {field: said.value if said else None for field, said in cited.items()}
    row, _ = Qualification.objects.update_or_create(
        code=scheme.code,
        defaults=values
        | {
            "pack": pack,
            "note": scheme.note,
            "cites": {field: _citation(said) for field, said in cited.items() if said},
            "groups": {group.name: group.title for group in scheme.combination.groups},
            "combination_note": scheme.combination.note,
        },
    )
    _load_evidence(row, scheme.evidence)
    load_combination(row, scheme.combination, units)


def _citation(said: shapes.Cited[Any]) -> dict[str, str]:
    return {"clause": said.clause, "reading": said.reading, "decided_by": said.decided_by}


def _load_evidence(row: Qualification, policies: Iterable[shapes.EvidencePolicy]) -> None:
    EvidencePolicy.objects.filter(scheme=row).delete()
    EvidencePolicy.objects.bulk_create(
        EvidencePolicy(
            scheme=row, kind=policy.kind, from_day=policy.from_on, clause=policy.clause,
            reading=policy.reading, decided_by=policy.decided_by,
        )
        for policy in policies
    )  # fmt: skip


def _load_alternatives(scheme: shapes.Scheme) -> None:
    Alternative.objects.filter(scheme=scheme.code).delete()
    Alternative.objects.bulk_create(
        Alternative(scheme_id=scheme.code, alternative_id=one.scheme or None, text=one.text, clause=one.clause)
        for one in scheme.alternatives
    )
