"""What all centres owe, and the same as a file."""

import io
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from conferral.pages.desk.next import desk_chrome
from conferral.pages.templatetags.parts import written
from conferral.records.money.queries import charges
from conferral.rules.days import london_day

PAGE = 50
MOST = 100_000  # rows of one file
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = ("Number", "Centre", "Centre name", "Fee", "Reason", "Candidate", "Scheme", "Charged", "Pence")


def listing(request: HttpRequest) -> HttpResponse:
    """Charges, newest first. `?centre=` keeps one centre's, `?before=` pages on."""
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    centre, before = _centre(request), request.GET.get("before", "")
    rows = list(charges(centre, int(before) if before.isdecimal() and len(before) < 18 else None)[: PAGE + 1])
    page = {
        "title": "Charges",
        "centre": centre,
        "rows": rows[:PAGE],
        "older_url": f"?centre={centre}&before={rows[PAGE - 1].pk}" if len(rows) > PAGE else None,
        "newer_url": f"?centre={centre}" if before else None,
    }
    return render(request, "desk/fees.html", {"page": page})


def _centre(request: HttpRequest) -> str:
    wanted = request.GET.get("centre", "").strip()[:5]
    return wanted if wanted.isdecimal() else ""


def file(request: HttpRequest) -> HttpResponse:
    """The newest 100,000 charges as a workbook; amounts are numbers, everything else is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Charges")
    sheet.freeze_panes = "A2"
    sheet.append([_text(sheet, head) for head in HEADS])
    for one in islice(charges(_centre(request)).iterator(chunk_size=2000), MOST):
        row = one.registration
        words = (
            str(one.pk), one.centre_id, one.centre.name, one.get_fee_display(), one.reason,
            row.candidate.name if row else "", row.scheme_id if row else "", written(one.charged_at),
        )  # fmt: skip
        sheet.append([*(_text(sheet, word) for word in words), one.pence])
    held = io.BytesIO()
    book.save(held)
    name = f"charges-{london_day(request.at)}.xlsx"
    return HttpResponse(
        held.getvalue(), content_type=XLSX, headers={"Content-Disposition": content_disposition_header(True, name)}
    )


def _text(sheet: Any, value: str) -> WriteOnlyCell:
    """A cell that cannot act as a formula."""
    cell = WriteOnlyCell(sheet, value)
    cell.data_type, cell.quotePrefix = "s", True
    return cell
