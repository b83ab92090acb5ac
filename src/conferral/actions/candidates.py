"""Registering candidates: one from a form or a hundred thousand from a file, by the same rules."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.registration_files import COLUMN, FileRow
from conferral.records.candidates.models import Candidate, Registration, Upload, UploadRow
from conferral.records.candidates.queries import Line, upload_lines
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import without_personal_data
from conferral.rules.identifiers import compact_uln, uln_fault
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge
from conferral.rules.written_dates import read_date

ALREADY = "candidate-already-registered"
REGISTRATION_RULES = rules_on("registration")


@dataclass(frozen=True)
class JudgedLine:
    """One line of an upload and what the rules say of it."""

    line: Line
    verdict: Verdict

    @property
    def already(self) -> bool:
        """Nothing is wrong with it but that it was registered before."""
        return [reason.rule for reason in self.verdict.refused] == [ALREADY]


@dataclass(frozen=True)
class Tally:
    """The lines of an upload by what becomes of them. `warned` are among `accepted` and `already`."""

    accepted: tuple[JudgedLine, ...]
    already: tuple[JudgedLine, ...]
    refused: tuple[JudgedLine, ...]
    warned: tuple[JudgedLine, ...]


@transaction.atomic
def stage_upload(
    rows: Iterable[FileRow],
    *,
    file_name: str,
    headings: dict[str, str],
    ignored: tuple[str, ...] = (),
    corrects: int | None = None,
    at: datetime,
    by: Acting,
) -> Upload:
    """Keep the lines of a file for judging; nobody is registered by it.

    `headings` are the file's own, in its order; columns `ignored` are named but not kept; `corrects` is the
    upload whose refused rows this file puts right.
    """
    upload = Upload.objects.create(
        centre_id=by.own_centre,
        made_by_id=by.person,
        made_at=at,
        file_name=file_name[:200],
        columns={"headings": list(headings.items()), "ignored": list(ignored), "corrects": corrects},
    )
    UploadRow.objects.bulk_create((_staged(upload, row) for row in rows), batch_size=2000)
    return upload


def _staged(upload: Upload, row: FileRow) -> UploadRow:
    cells = row.cells
    uln = compact_uln(cells.get("uln", ""))
    return UploadRow(
        centre_id=upload.centre_id,
        upload=upload,
        line=row.line,
        cells=cells,
        scheme=_scheme(cells.get("scheme", "")),
        uln=uln if uln and uln_fault(uln) is None else None,
        first_names=cells.get("first_names", "")[:100],
        last_name=cells.get("last_name", "")[:100],
        born_on=read_date(cells.get("born_on", "")),
        starts_on=read_date(cells.get("starts_on", "")),
        centre_reference=cells.get("centre_reference", "")[:40],
    )


def _scheme(text: str) -> str:
    """The code with the leading zero that a spreadsheet drops from four digits' worth of number."""
    return f"0{text}" if len(text) == 4 and text.isascii() and text.isdigit() else text[:20]


def judge_upload(upload: Upload, *, at: datetime) -> Tally:
    """What would become of each line if the upload were registered now."""
    holders: dict[tuple[object, ...], Line] = {}
    judged = [_judged_line(line, holders) for line in upload_lines(upload, london_day(at))]
    return Tally(
        tuple(one for one in judged if one.verdict.allowed),
        tuple(one for one in judged if one.already),
        tuple(one for one in judged if one.verdict.refused and not one.already),
        tuple(one for one in judged if (one.verdict.allowed or one.already) and one.verdict.warned),
    )


def _judged_line(line: Line, holders: dict[tuple[object, ...], Line]) -> JudgedLine:
    """A line judged after those above it. Only a line that nothing refuses holds its learner's place."""
    alone = JudgedLine(line, judge(line.facts, REGISTRATION_RULES))
    if alone.verdict.refused and not alone.already:
        return alone
    first = holders.setdefault(line.learner, line)
    entered = holders.setdefault((*line.learner, line.facts.scheme), line)
    if _name(first) != _name(line):
        found: dict[str, Any] = {"uln_line": first.line, "uln_line_name": _name(first)}
    elif entered is not line:
        found = {"twin_line": entered.line}
    else:
        return alone
    line.facts = replace(line.facts, already_registered_on=None, known_as=None, **found)
    return JudgedLine(line, judge(line.facts, REGISTRATION_RULES))


def _name(line: Line) -> str:
    return f"{line.facts.first_names or ''} {line.facts.last_name or ''}".strip()


@transaction.atomic
def register_upload(upload_id: int, *, at: datetime, by: Acting) -> Tally:
    """Register every line of an upload that nothing refuses, in one transaction. Raises Upload.DoesNotExist.

    Safe to repeat: what was registered before is then already registered. Candidates known by learner
    number, or without one by names and date of birth, are not entered twice.
    """
    take_turn(f"registering at {by.centre}")
    upload = Upload.objects.select_for_update().get(pk=upload_id)
    tally = judge_upload(upload, at=at)
    if upload.registered_at is None or tally.accepted:
        registrations = _register(tally.accepted, at=at, by=by)
        _conclude(upload, tally, at=at)
        counts = {"accepted": len(registrations), "already": len(tally.already), "refused": len(tally.refused)}
        record([Done("upload_registered", "upload", upload.pk, upload.centre_id, facts=counts)], at=at, by=by)
    return tally


def _conclude(upload: Upload, tally: Tally, *, at: datetime) -> None:
    before = upload.outcome.get("accepted", 0)
    upload.registered_at = upload.registered_at or at
    upload.outcome = {
        "accepted": before + len(tally.accepted),
        "already": len(tally.already) - before,
        "refused": len(tally.refused),
    }
    upload.save(update_fields=["registered_at", "outcome"])
    if upload.columns.get("corrects"):
        leave_refused_rows(upload.columns["corrects"])


def leave_refused_rows(upload_id: int) -> None:
    """Stop asking for the refused rows of an upload: they were put right, or are to stay out."""
    upload = Upload.objects.select_for_update().filter(pk=upload_id).first()
    if upload:
        upload.outcome = {**upload.outcome, "left": True}
        upload.save(update_fields=["outcome"])


def _register(accepted: Iterable[JudgedLine], *, at: datetime, by: Acting) -> list[Registration]:
    accepted = list(accepted)
    new = {one.line.learner: _candidate(one.line, by) for one in accepted if one.line.candidate is None}
    Candidate.objects.bulk_create(new.values(), batch_size=2000)
    for one in accepted:
        if one.line.candidate is None:
            one.line.candidate = new[one.line.learner].pk
    registrations = Registration.objects.bulk_create(
        (
            Registration(
                centre_id=by.own_centre,
                candidate_id=one.line.candidate or 0,
                scheme_id=one.line.facts.scheme,
                registered_on=london_day(at),
                starts_on=one.line.facts.starts_on,
            )
            for one in accepted
        ),
        batch_size=2000,
    )
    done = (
        Done("candidate_registered", "registration", registration.pk, by.centre, one.verdict,
             without_personal_data(one.line.facts))
        for one, registration in zip(accepted, registrations, strict=True)
    )  # fmt: skip
    record(done, at=at, by=by)
    return registrations


def _candidate(line: Line, by: Acting) -> Candidate:
    facts = line.facts
    # The rules refuse a line without a last name or a date of birth.
    return Candidate(
        centre_id=by.own_centre,
        uln=facts.uln,
        first_names=facts.first_names or "",
        last_name=facts.last_name or "",
        born_on=cast(date, facts.born_on),
        centre_reference=line.centre_reference,
    )


@transaction.atomic
def register_candidate(cells: dict[str, str], *, at: datetime, by: Acting) -> tuple[Verdict, Registration | None]:
    """Register one candidate from the cells of a form, named as the columns of a file are.

    Refused, nothing is written. A learner already registered for the scheme is refused, not doubled.
    """
    judged = _judged_cells(cells, at=at, by=by)
    if judged.verdict.refused:
        return judged.verdict, None
    return judged.verdict, _register([judged], at=at, by=by)[0]


def judge_candidate(cells: dict[str, str], *, at: datetime, by: Acting) -> Verdict:
    """What the rules would say of `register_candidate` with these cells now. Nothing is written."""
    return _judged_cells(cells, at=at, by=by).verdict


def _judged_cells(cells: dict[str, str], *, at: datetime, by: Acting) -> JudgedLine:
    """The cells staged as the one line of a file, judged, and taken away again."""
    take_turn(f"registering at {by.centre}")
    row = FileRow(1, {name: unicodedata.normalize("NFC", cells.get(name, "")).strip() for name in COLUMN})
    with transaction.atomic():
        upload = stage_upload([row], file_name="", headings={}, at=at, by=by)
        tally = judge_upload(upload, at=at)
        upload.delete()
    (judged,) = (*tally.accepted, *tally.already, *tally.refused)
    return judged


def as_report(tally: Tally) -> dict[str, object]:
    """The tally as the command line and the API print it: a row for each reason, with its line and column."""
    return {
        "accepted": len(tally.accepted),
        "already": len(tally.already),
        "refused": [row for one in tally.refused for row in _rows(one, refused=True)],
        "warned": [row for one in tally.warned for row in _rows(one, refused=False)],
    }


def _rows(one: JudgedLine, *, refused: bool) -> list[dict[str, object]]:
    reasons = one.verdict.refused if refused else one.verdict.warned
    return [
        {
            "line": one.line.line,
            "column": COLUMN[reason.about].label if reason.about in COLUMN else reason.about,
            "rule": reason.rule,
            "text": reason.text,
            "remedy": reason.remedy,
        }
        for reason in reasons
    ]
