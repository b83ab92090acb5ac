"""Loading qualification packs into the catalogue."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from conferral.actions.combinations import load_combination
from conferral.actions.ledger import Done, record
from conferral.records.catalogue.models import (
    Alternative,
    Criterion,
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

    Safe to repeat: the same packs change nothing. A scheme that no pack names stays, and so does a value that the
    desk entered with a citation of its own: where a pack says otherwise, a warning tells. Returns every fault.
    """
    packs = tuple(packs)
    entered = _entered_at_desk()
    faults = (*shapes.pack_faults(packs), *_told_otherwise(packs, entered))
    if any(fault.outcome == "refused" for fault in faults):
        return faults
    _load_sources(source for pack in packs for source in pack.sources)
    _load_units(unit for pack in packs for unit in pack.units)
    schemes = [(pack.name, scheme) for pack in packs for scheme in pack.schemes]
    units = {unit.code: unit for pack in packs for unit in pack.units}
    for name, scheme in schemes:
        _load_scheme(name, scheme, units, entered.get(scheme.code, {}))
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


def _load_units(read: Iterable[shapes.Unit]) -> None:
    units = tuple(read)
    fields = ["title", "level", "credit", "glh", "demonstration", "note"]
    rows = [
        Unit(code=unit.code, cites={"unit": unit.clause}, **{field: getattr(unit, field) for field in fields})
        for unit in units
    ]
    Unit.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=[*fields, "cites"])
    _load_criteria({unit.code: unit.criteria for unit in units})


def _load_criteria(criteria: Mapping[str, Iterable[shapes.Criterion]]) -> None:
    rows = [
        Criterion(unit_id=unit, number=one.number, outcome=one.outcome, text=one.text, verb=one.verb, place=place)
        for unit, given in criteria.items()
        for place, one in enumerate(given, 1)
    ]
    Criterion.objects.filter(unit__in=criteria).update(current=False)
    fields = ["outcome", "text", "verb", "place", "current"]
    unique = ["unit", "number"]
    Criterion.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=fields)


def _load_scheme(
    pack: str, scheme: shapes.Scheme, units: Mapping[str, shapes.Unit], entered: Mapping[str, "_Entered"]
) -> None:
    cited = {field: said for field, said in _said(scheme).items() if field not in entered}
    values = {field: said.value if said else None for field, said in cited.items()}
    row, _ = Qualification.objects.update_or_create(
        code=scheme.code,
        defaults=values
        | {
            "pack": pack,
            "note": scheme.note,
            "cites": {field: _citation(said) for field, said in cited.items() if said}
            | {field: kept.citation for field, kept in entered.items()},
            "groups": {group.name: group.title for group in scheme.combination.groups},
            "combination_note": scheme.combination.note,
        },
    )
    _load_evidence(row, scheme.evidence)
    load_combination(row, scheme.combination, units)


def _said(scheme: shapes.Scheme) -> dict[str, shapes.Cited[Any] | None]:
    return {field: getattr(scheme, field) for field in _CITED}


class _Entered(NamedTuple):
    """A value that somebody entered at the desk, with its citation."""

    value: Any
    citation: dict[str, Any]


def _entered_at_desk() -> dict[str, dict[str, _Entered]]:
    """What the desk entered, by scheme and field."""
    return {
        row.code: {
            field: _Entered(getattr(row, field), said) for field, said in row.cites.items() if "entered_at" in said
        }
        for row in Qualification.objects.all()
    }


@transaction.atomic
def set_days_for_work(code: str, days: int | None, *, at: datetime, by: Acting) -> None:
    """How many working days, 1 to 60, the work of a claim is waited for; None: as the policy says.

    Claims already submitted keep their day. Raises Qualification.DoesNotExist. Source: moderation-2012 p4.
    """
    row = Qualification.objects.select_for_update().get(pk=code)
    row.days_for_work = days
    row.save(update_fields=["days_for_work"])
    record([Done("days_for_work_set", "scheme", code, facts={"days": days})], at=at, by=by)


def _told_otherwise(
    packs: Iterable[shapes.Pack], entered: Mapping[str, Mapping[str, _Entered]]
) -> Iterator[shapes.Fault]:
    for pack in packs:
        for scheme in pack.schemes:
            kept = {field: own.value for field, own in entered.get(scheme.code, {}).items()}
            if kept:
                said = {field: value.value for field, value in _said(scheme).items() if value}
                yield from _overruled(f"{pack.name}, scheme {scheme.code}", said, kept)
                yield from _out_of_order(f"{pack.name}, scheme {scheme.code}", said | kept)


def _overruled(place: str, said: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[shapes.Fault]:
    for field in sorted(kept.keys() & said.keys()):
        if said[field] != kept[field]:
            own = "no date" if kept[field] is None else kept[field]
            yield shapes.Fault(
                f"{place}, {field}",
                f"The pack says {said[field]}; {own} was entered at the desk and stays.",
                "Say in the pack what the desk entered, with its source, or correct it at the desk.",
                "warned",
            )


def _out_of_order(place: str, values: Mapping[str, Any]) -> Iterator[shapes.Fault]:
    last, final = values.get("last_registration"), values.get("final_certification")
    if last and final and final < last:
        yield shapes.Fault(
            f"{place}, final_certification",
            f"Final certification {final} is before last registration {last}, and one of them was entered at the desk.",
            "Correct the date at the desk before the pack is loaded.",
        )


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
