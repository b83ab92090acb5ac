"""The map of a cohort as a file: a row a candidate, a column a unit, letters as on the page."""

import io
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from conferral.actions.registration_files import csv_file
from conferral.pages.centre.readiness import CELLS, answer_first, asked_or_404, found_for
from conferral.pages.standing import how_many, light, next_phrase
from conferral.pages.templatetags.parts import written
from conferral.records.cohorts import Cohort
from conferral.records.readiness import Readiness
from conferral.rules.days import london_day

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIXED = ("Candidate", "Learner number", "Your reference", "Status", "Achieved", "Needed", "Counted in")
Cell = str | int
LAST = ("Next", "Missing", "Last safe day to claim")


@require_safe
def file(request: HttpRequest, kind: str) -> HttpResponse:
    """What the page would show, without its pages, as CSV or XLSX."""
    if kind not in ("csv", "xlsx"):
        raise Http404(kind)
    found, rows = found_for(request, asked_or_404(request))
    day = london_day(request.at)
    lines = _lines(found, rows, day)
    content, type_ = (
        (csv_file([str(cell) for cell in line] for line in lines), CSV) if kind == "csv" else (_sheet(lines), XLSX)
    )
    name = f"readiness-{found.scheme.code}-{day}.{kind}"
    return HttpResponse(
        content, content_type=type_, headers={"Content-Disposition": content_disposition_header(True, name)}
    )


def _lines(found: Cohort, rows: list[Readiness], day: Any) -> Iterator[list[Cell]]:
    yield [*FIXED, *(f"{one.unit_id} {one.unit.title}" for one in found.units), *LAST]
    for row in rows:
        candidate, amount = row.registration.candidate, how_many(row)
        yield [
            candidate.name,
            candidate.uln or "",
            candidate.centre_reference,
            light(row)["word"],
            amount["have"],
            amount["need"] or "",
            amount["measure"],
            *(CELLS[found.stands(row, one.unit_id)][0] for one in found.units),
            _next(found, row, day),
            "; ".join(one.words for one in row.missing),
            written(row.safe_by),
        ]


def _next(found: Cohort, row: Readiness, day: Any) -> str:
    first = answer_first(found, row, day)
    return first["words"] if first else next_phrase(row, day)


def _sheet(lines: Iterator[list[Cell]]) -> bytes:
    """A workbook whose counts are numbers and whose other cells are text, so that none can act as a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Readiness")
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 34
    for place, line in enumerate(lines):
        sheet.append([cell if isinstance(cell, int) else _text(sheet, cell, bold=not place) for cell in line])
    written_out = io.BytesIO()
    book.save(written_out)
    return written_out.getvalue()


def _text(sheet: Any, value: str, *, bold: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell
