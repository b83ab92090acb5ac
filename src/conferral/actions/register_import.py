"""Bringing the catalogue up to what the regulator's Register says, value by value, as somebody decides.

A value is replaced only when it was ticked. It then cites the Register, the day of the download and who applied it;
the value before and its citation stay in the ledger.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.register_files import RegisterEntry
from conferral.records.catalogue.models import Qualification, RegisterExport, Source
from conferral.rules.identifiers import compact_qan, format_qan, qan_fault
from conferral.rules.packs import Fault
from conferral.rules.permissions import Acting

SOURCE = "ofqual-register"
FIELDS = ("title", "level", "credit", "status", "last_registration", "final_certification")
_DATES = ("last_registration", "final_certification")
_KEPT = (*FIELDS, "qan", "owner", "kind", "starts_on")


@dataclass(frozen=True)
class Difference:
    """A value of a scheme for which the Register has another. `citation` is that of ours; no day means open."""

    scheme: str
    title: str
    field: str
    ours: Any
    theirs: Any
    citation: dict[str, Any]

    @property
    def name(self) -> str:
        """How the command line names it."""
        return f"{self.scheme}.{self.field}"

    @property
    def tick(self) -> str:
        """What a tick says: the value, and which two values were seen."""
        seen = hashlib.sha256(f"{self.ours}\n{self.theirs}".encode()).hexdigest()[:12]
        return f"{self.name}.{seen}"

    def as_json(self) -> dict[str, Any]:
        """The difference as the command line prints it."""
        return {
            "scheme": self.scheme,
            "field": self.field,
            "ours": plain(self.ours),
            "citation": self.citation.get("clause", ""),
            "register": plain(self.theirs),
        }


@dataclass(frozen=True)
class Comparison:
    """The catalogue beside a download: what differs, and which schemes could not be compared.

    `elsewhere` counts the entries of the Register that no scheme has.
    """

    differences: tuple[Difference, ...]
    same: tuple[str, ...]
    without_number: tuple[Qualification, ...]
    not_in_register: tuple[Qualification, ...]
    elsewhere: int
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Applied:
    """The values that were replaced; with a fault, none."""

    replaced: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def stage_export(
    entries: Iterable[RegisterEntry], *, file_name: str, dated_on: date, at: datetime, by: Acting
) -> RegisterExport:
    """Keep what a download says of the schemes of the catalogue. Nothing in the catalogue changes."""
    entries = tuple(entries)
    wanted = {compact_qan(row.qan) for row in Qualification.objects.all() if row.qan}
    found = [entry for entry in entries if compact_qan(entry.qan) in wanted]
    return RegisterExport.objects.create(
        file_name=file_name.replace("\x00", "")[-200:],
        dated_on=dated_on,
        made_by_id=by.person,
        made_at=at,
        counted=len(entries),
        entries=[_as_kept(entry) for entry in found],
    )


def _as_kept(entry: RegisterEntry) -> dict[str, Any]:
    kept = {name: plain(getattr(entry, name)) for name in _KEPT}
    return kept | {"offered_in": list(entry.offered_in)}


def compare(export: RegisterExport) -> Comparison:
    """The catalogue as it is now beside a download."""
    return _compared(export, list(Qualification.objects.all()))


def _compared(export: RegisterExport, schemes: Iterable[Qualification]) -> Comparison:
    said = {compact_qan(entry["qan"]): entry for entry in export.entries}
    matched, unnumbered, missing = [], [], []
    for scheme in schemes:
        if not scheme.qan:
            unnumbered.append(scheme)
        elif compact_qan(scheme.qan) in said:
            matched.append(scheme)
        else:
            missing.append(scheme)
    entries = {scheme.code: said[compact_qan(scheme.qan or "")] for scheme in matched}
    differences = tuple(one for scheme in matched for one in _differences(scheme, entries[scheme.code]))
    differ = {one.scheme for one in differences}
    return Comparison(
        differences,
        tuple(scheme.code for scheme in matched if scheme.code not in differ),
        tuple(unnumbered),
        tuple(missing),
        export.counted - len(said),
        entries,
    )


def _differences(scheme: Qualification, entry: dict[str, Any]) -> Iterator[Difference]:
    for name in FIELDS:
        ours, theirs = getattr(scheme, name), entry[name]
        if name in _DATES:
            theirs = date.fromisoformat(theirs) if theirs else None
        elif theirs in (None, ""):
            continue  # the Register does not know it
        if ours != theirs:
            yield Difference(scheme.code, scheme.title, name, ours, theirs, scheme.cites.get(name, {}))


@transaction.atomic
def apply_ticked(export: int, ticks: Collection[str], *, at: datetime, by: Acting) -> Applied:
    """Replace the ticked values by those of the Register: all of them or, with a fault, none.

    Safe to repeat: what has been replaced no longer differs. A tick for a value that has changed since it was seen
    is refused. Raises RegisterExport.DoesNotExist.
    """
    download = RegisterExport.objects.get(pk=export)
    schemes = {row.code: row for row in Qualification.objects.select_for_update().order_by("code")}
    differing = {one.name: one for one in _compared(download, schemes.values()).differences}
    wanted, faults = _wanted(ticks, differing)
    faults += list(_out_of_order(wanted, schemes))
    if not faults:
        _replace(wanted, schemes, download, at=at, by=by)
    return Applied((), tuple(faults)) if faults else Applied(tuple(wanted))


def _wanted(ticks: Collection[str], differing: dict[str, Difference]) -> tuple[list[Difference], list[Fault]]:
    """The differences that were ticked. A value that no longer differs is done already."""
    wanted, faults = [], []
    for name in sorted({tick.rpartition(".")[0] for tick in ticks} & set(differing)):
        if differing[name].tick in ticks:
            wanted.append(differing[name])
        else:
            faults.append(
                Fault(
                    name,
                    f"The {name.partition('.')[2].replace('_', ' ')} of {differing[name].scheme} has changed since you "
                    "looked.",
                    "Look at the difference again and tick what still holds.",
                )
            )
    return wanted, faults


def _out_of_order(wanted: Iterable[Difference], schemes: dict[str, Qualification]) -> Iterator[Fault]:
    replaced: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in wanted:
        replaced[one.scheme][one.field] = one.theirs
    for code, values in replaced.items():
        last, final = (values.get(name, getattr(schemes[code], name)) for name in _DATES)
        if last and final and final < last:
            yield Fault(
                f"{code}.final_certification",
                f"{code} would stop certificating on {_written(final)}, before its last registration on "
                f"{_written(last)}.",
                "Tick both dates of the scheme, or neither.",
            )


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _replace(
    wanted: Iterable[Difference], schemes: dict[str, Qualification], export: RegisterExport, *, at: datetime, by: Acting
) -> None:
    _know_register()
    clause = f"{SOURCE} download of {_written(export.dated_on)}"
    changed, done = {}, []
    for one in wanted:
        scheme = changed[one.scheme] = schemes[one.scheme]
        citation = _citation(clause, at=at, by=by)
        setattr(scheme, one.field, one.theirs)
        scheme.cites = scheme.cites | {one.field: citation}
        done.append(_done("value_replaced", one.scheme, one.field, one.ours, one.theirs, one.citation, clause))
    if changed:
        Qualification.objects.bulk_update(changed.values(), [*FIELDS, "cites"])
        record(done, at=at, by=by)


def _know_register() -> None:
    known = {"title": "Register of Regulated Qualifications", "publisher": "Ofqual"}
    address = "https://register.ofqual.gov.uk/"
    Source.objects.get_or_create(id=SOURCE, defaults=known | {"address": address})


def _citation(clause: str, *, at: datetime, by: Acting) -> dict[str, Any]:
    return {
        "clause": clause, "reading": "", "decided_by": "", "entered_at": at.isoformat(), "entered_by": by.person,
    }  # fmt: skip


def _done(verb: str, scheme: str, name: str, old: Any, new: Any, citation: dict[str, Any], clause: str) -> Done:
    facts = {"field": name, "old": plain(old), "new": plain(new), "old_citation": citation, "clause": clause}
    return Done(verb, "scheme", scheme, facts=facts)


@transaction.atomic
def enter_qan(scheme: str, qan: str, clause: str, *, at: datetime, by: Acting) -> tuple[Fault, ...]:
    """Give a scheme its qualification number, with the clause it was found in.

    A number that has not the form of one is refused; one whose check character is odd, or that another scheme has,
    is warned about. Safe to repeat. Raises Qualification.DoesNotExist.
    """
    row = Qualification.objects.select_for_update().get(pk=scheme)
    faults = tuple(_qan_faults(row, qan))
    if any(fault.outcome == "refused" for fault in faults):
        return faults
    number = format_qan(compact_qan(qan))
    old, citation = row.qan, row.cites.get("qan", {})
    if (number, clause) != (old, citation.get("clause")):
        row.qan, row.cites = number, row.cites | {"qan": _citation(clause, at=at, by=by)}
        row.save(update_fields=["qan", "cites"])
        record([_done("qan_entered", scheme, "qan", old, number, citation, clause)], at=at, by=by)
    return faults


def _qan_faults(scheme: Qualification, qan: str) -> Iterator[Fault]:
    fault = qan_fault(qan)
    if fault in ("blank", "not-a-qan"):
        text = "A qualification number has seven digits and a last digit or X, as 500/7707/7."
        yield Fault("qan", text, "Copy it from the Register.")
        return
    number = format_qan(compact_qan(qan))
    if fault:
        text = f"The last character of {number} doesn't fit its digits: two may be swapped."
        yield Fault("qan", text, "Compare it with the Register; keep it if it stands there so.", "warned")
    others = Qualification.objects.filter(qan=number).exclude(pk=scheme.pk).values_list("code", flat=True)
    if others:
        text = f"{number} is the number of {', '.join(others)} too."
        yield Fault("qan", text, "Compare both with the Register.", "warned")
