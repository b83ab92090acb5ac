"""Registering a file of candidates from the command line."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from conferral.actions.candidates import as_report, judge_upload, register_upload, stage_upload
from conferral.actions.registration_files import read_registrations
from conferral.records.access import acting_as
from conferral.records.centres.models import Centre
from conferral.rules.permissions import Acting


def register_file(file: Path, centre: str, *, dry_run: bool) -> dict[str, Any] | str:
    """The report of a file's registration, or a sentence when the centre or the whole file can't be used."""
    if not Centre.objects.filter(number=centre).exists():
        return f"There is no centre {centre}. A centre number has five digits."
    read = read_registrations(file.read_bytes(), file.name)
    if read.fault:
        fault = {name: getattr(read.fault, name) for name in ("line", "column", "rule", "text", "remedy")}
        return {"accepted": 0, "already": 0, "refused": [fault], "warned": []}
    by, at = Acting("centre", None, centre), settings.CLOCK()
    with acting_as(by):
        upload = stage_upload(read.rows, file_name=file.name, headings=read.headings, at=at, by=by)
        if not dry_run:
            return as_report(register_upload(upload.pk, at=at, by=by))
        report = as_report(judge_upload(upload, at=at))
        transaction.set_rollback(True)
    return report


def in_words(report: dict[str, Any]) -> str:
    """The report for a person at a terminal."""
    lines = [f"{report['accepted']} registered, {report['already']} already registered before."]
    lines += [_row("Refused", row) for row in report["refused"]]
    lines += [_row("Look again", row) for row in report["warned"]]
    return "\n".join(lines)


def _row(outcome: str, row: dict[str, Any]) -> str:
    return f"{outcome}: line {row['line']}, {row['column']}: {row['text']} {row['remedy']} ({row['rule']})"
