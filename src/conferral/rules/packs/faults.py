"""Faults that show only when the packs are seen together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from conferral.rules.identifiers import compact_qan, format_qan, qan_fault, urn_fault
from conferral.rules.packs.combination_faults import combination_faults
from conferral.rules.packs.shape import (
    Alternative,
    Barred,
    Constraint,
    Equivalent,
    EvidencePolicy,
    Fault,
    Group,
    Pack,
    Pathway,
    Scheme,
)

_Clausal = EvidencePolicy | Alternative | Group | Constraint | Pathway | Barred | Equivalent


def pack_faults(packs: Sequence[Pack]) -> tuple[Fault, ...]:
    """Everything wrong in the packs that make up one catalogue.

    While a pack cannot be read, only what kept it from being read is told: the rest would be
    guesses. Nothing may be loaded while a fault's outcome is "refused".
    """
    unread = tuple(fault for pack in packs for fault in pack.faults)
    return unread or tuple(_faults_together(packs))


def _faults_together(packs: Sequence[Pack]) -> Iterator[Fault]:
    units = {unit.code: unit for pack in packs for unit in pack.units}
    codes = {scheme.code for pack in packs for scheme in pack.schemes}
    yield from _told_twice(packs)
    for pack in packs:
        yield from _unknown_sources(pack)
        yield from _odd_unit_numbers(pack)
        for scheme in pack.schemes:
            place = f"{pack.name}, scheme {scheme.code}"
            yield from _scheme_faults(scheme, place, codes)
            yield from combination_faults(scheme.combination, place, units)


def _told_twice(packs: Iterable[Pack]) -> Iterator[Fault]:
    named = [(f"scheme {s.code}", pack.name) for pack in packs for s in pack.schemes]
    named += [(f"unit {u.code}", pack.name) for pack in packs for u in pack.units]
    times = Counter(name for name, _ in named)
    for name in (name for name, count in times.items() if count > 1):
        files = ", ".join(dict.fromkeys(file for other, file in named if other == name))
        yield Fault(
            f"{files}, {name}",
            f"{name[0].upper()}{name[1:]} is described {times[name]} times.",
            "Keep one description.",
        )


def _unknown_sources(pack: Pack) -> Iterator[Fault]:
    known = {source.id for source in pack.sources}
    for place, clause in _clauses(pack):
        source = clause.partition(" ")[0]
        if source and source not in known:
            yield Fault(
                f"{pack.name}, {place}, clause",
                f"The clause cites “{source}”, which is not among the sources of this file.",
                f"Add {source} to [sources], or cite one of: {', '.join(sorted(known))}.",
            )


def _clauses(pack: Pack) -> Iterator[tuple[str, str]]:
    for unit in pack.units:
        yield f"unit {unit.code}", unit.clause
    for scheme in pack.schemes:
        for place, clause in _scheme_clauses(scheme):
            yield f"scheme {scheme.code}, {place}", clause


def _scheme_clauses(scheme: Scheme) -> Iterator[tuple[str, str]]:
    for name in ("title", "level", "qan", "route", "last_registration", "final_certification"):
        cited = getattr(scheme, name)
        if cited is not None:
            yield name, cited.clause
    combination = scheme.combination
    lists: dict[str, Sequence[_Clausal]] = {
        "evidence": scheme.evidence,
        "alternatives": scheme.alternatives,
        "combination, groups": combination.groups,
        "combination, constraints": combination.constraints,
        "combination, pathways": combination.pathways,
        "combination, barred": combination.barred,
        "combination, equivalents": combination.equivalents,
    }
    for name, rows in lists.items():
        for position, row in enumerate(rows, start=1):
            yield f"{name} {position}", row.clause


def _odd_unit_numbers(pack: Pack) -> Iterator[Fault]:
    for unit in pack.units:
        if unit.urn and urn_fault(unit.urn):
            yield Fault(
                f"{pack.name}, unit {unit.code}, urn",
                f"The letter of unit number {unit.urn} does not fit its digits.",
                "Compare it with the published unit; keep it if it is printed so.",
                "warned",
            )


def _scheme_faults(scheme: Scheme, place: str, codes: set[str]) -> Iterator[Fault]:
    yield from _odd_qualification_number(scheme, place)
    yield from _dates_out_of_order(scheme, place)
    yield from _evidence_out_of_order(scheme, place)
    for alternative in scheme.alternatives:
        if alternative.scheme and alternative.scheme not in codes - {scheme.code}:
            yield Fault(
                f"{place}, alternatives",
                f"Alternative {alternative.scheme} is not another scheme of these packs.",
                "Correct the code, or leave it out and keep the text.",
            )


def _odd_qualification_number(scheme: Scheme, place: str) -> Iterator[Fault]:
    if scheme.qan is not None and qan_fault(scheme.qan.value):
        yield Fault(
            f"{place}, qan",
            f"The last character of qualification number {format_qan(compact_qan(scheme.qan.value))} "
            "does not fit its digits.",
            "Compare it with the Register of Regulated Qualifications; keep it if it stands there so.",
            "warned",
        )


def _dates_out_of_order(scheme: Scheme, place: str) -> Iterator[Fault]:
    last, final = scheme.last_registration, scheme.final_certification
    if last is not None and final is not None and final.value < last.value:
        yield Fault(
            f"{place}, final_certification",
            f"Final certification on {final.value} is before last registration on {last.value}.",
            "Correct one of the two dates.",
        )


def _evidence_out_of_order(scheme: Scheme, place: str) -> Iterator[Fault]:
    for earlier, later in pairwise(scheme.evidence):
        if later.from_on is None or (earlier.from_on is not None and later.from_on <= earlier.from_on):
            yield Fault(
                f"{place}, evidence",
                f"The policy “{later.kind}” does not begin after the one above it.",
                "Put the policies in order of their from dates; only the first may have none.",
            )
