"""Comparing the catalogue with a download of the Register from the command line."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from conferral.actions.register_files import MAX_BYTES, read_register
from conferral.actions.register_import import FIELDS, Applied, Comparison, apply_ticked, compare, stage_export
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Qualification
from conferral.rules.days import london_day
from conferral.rules.permissions import Acting


def import_register(file: Path, wanted: Collection[str], *, dated: date | None) -> dict[str, Any] | str:
    """The report of a comparison, or a sentence when the arguments don't make sense. Nothing changes unasked."""
    at = settings.CLOCK()
    day = dated or min(london_day(datetime.fromtimestamp(file.stat().st_mtime, UTC)), london_day(at))
    if day > london_day(at):
        return f"--dated {day}: the day of the download is still to come."
    with acting_as(Acting("desk")):
        strange = _strange(wanted)
        if strange:
            return strange
        with file.open("rb") as opened:
            read = read_register(opened.read(MAX_BYTES + 1))
        if read.fault:
            fault = {name: getattr(read.fault, name) for name in ("line", "column", "text", "remedy")}
            return {"entries": 0, "differences": [], "applied": [], "refused": [fault]}
        return _imported(read.entries, file.name, wanted, day, at)


def _imported(entries: Any, name: str, wanted: Collection[str], day: date, at: datetime) -> dict[str, Any]:
    by = Acting("desk")
    export = stage_export(entries, file_name=name, dated_on=day, at=at, by=by)
    before = compare(export)
    ticks = [one.tick for one in before.differences if one.name in wanted or one.field in wanted]
    done = apply_ticked(export.pk, ticks, at=at, by=by) if ticks else Applied()
    if not done.replaced:
        transaction.set_rollback(True)
    return _report(export.counted, before, done)


def _strange(wanted: Collection[str]) -> str:
    """What is wrong with the names of values, in a sentence."""
    for name in wanted:
        scheme, dot, field = name.rpartition(".")
        if field not in FIELDS:
            return f"--apply {name}: there is no such value. Give one of {', '.join(FIELDS)}, or as 10263.title."
        if dot and not Qualification.objects.filter(pk=scheme).exists():
            return f"--apply {name}: no scheme has the code {scheme}."
    return ""


def _report(counted: int, before: Comparison, done: Applied) -> dict[str, Any]:
    return {
        "entries": counted,
        "elsewhere": before.elsewhere,
        "same": list(before.same),
        "without_number": [scheme.code for scheme in before.without_number],
        "not_in_register": [scheme.code for scheme in before.not_in_register],
        "differences": [one.as_json() for one in before.differences],
        "applied": [one.as_json() for one in done.replaced],
        "refused": [{"field": fault.place, "text": fault.text, "remedy": fault.remedy} for fault in done.faults],
    }


def in_words(report: dict[str, Any]) -> str:
    """The report for a person at a terminal."""
    return "\n".join(_lines(report))


def _lines(report: dict[str, Any]) -> Iterator[str]:
    for refused in report["refused"]:
        place = f"line {refused['line']}" if "line" in refused else refused["field"]
        yield f"Refused: {place}: {refused['text']} {refused['remedy']}"
    if not report["entries"]:
        return
    yield f"{report['entries']} entries of the Register; {report['elsewhere']} are of no scheme here."
    for name, words in (
        ("without_number", "Without a qualification number, so not compared"),
        ("not_in_register", "Not in this file"),
        ("same", "As the Register says"),
    ):
        if report[name]:
            yield f"{words}: {', '.join(report[name])}."
    applied = [(one["scheme"], one["field"]) for one in report["applied"]]
    for one in report["differences"]:
        mark = "Applied" if (one["scheme"], one["field"]) in applied else "Differs"
        cited = f" ({one['citation']})" if one["citation"] else ""
        ours, theirs = _value(one["ours"]), _value(one["register"])
        yield f"{mark}: {one['scheme']}.{one['field']}: {ours}{cited}; Register: {theirs}"
    if report["differences"] and not applied:
        yield "Nothing was changed. Take values over with --apply FIELD."


def _value(value: Any) -> str:
    return "none" if value in (None, "") else str(value)
