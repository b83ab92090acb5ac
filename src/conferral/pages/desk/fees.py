"""What all centres owe, and the same as a file."""

import io
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from conferral.pages.desk.next import desk_chrome
from conferral.pages.templatetags.parts import written
from conferral.records.centres.models import Centre
from conferral.records.money.centre_fees import centre_fee_facts, centre_numbers
from conferral.records.money.queries import charges
from conferral.rules.book import rules_on
from conferral.rules.centre_fees import entry_year, fee_due, next_fee_due
from conferral.rules.days import london_day
from conferral.rules.facts import CentreFeeFacts
from conferral.rules.fee_list import ANNUAL, FEES
from conferral.rules.rule import judge

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


def annual(request: HttpRequest) -> HttpResponse:
    """The annual fee that fell due last, centre by centre. `?after=` pages on."""
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    day, after = london_day(request.at), request.GET.get("after", "")[:5]
    due = fee_due(day)
    numbers = centre_numbers(after if after.isdecimal() else "", PAGE + 1)
    facts = centre_fee_facts(numbers[:PAGE], due=due, on=day)
    names = dict(Centre.objects.filter(pk__in=numbers).values_list("pk", "name"))
    page = {
        "title": f"Annual centre fee of {written(due)}",
        "rows": [_stands(one, names[one.centre]) for one in facts],
        "price": FEES[ANNUAL].on(due),
        "due": due,
        "next": next_fee_due(day),
        "entry_year": entry_year(due),
        "older_url": f"?after={numbers[PAGE - 1]}" if len(numbers) > PAGE else None,
        "newer_url": "?" if after else None,
        "crumbs": [{"label": "Charges", "url": reverse("desk_fees")}, {"label": "Annual centre fee"}],
    }
    return render(request, "desk/annual_fees.html", {"page": page})


def _stands(facts: CentreFeeFacts, name: str) -> dict[str, Any]:
    verdict = judge(facts, rules_on("centre_fee"))
    if facts.charged_on:
        return {"facts": facts, "name": name, "tag": "ready", "word": "Charged", "why": written(facts.charged_on)}
    if verdict.allowed:
        return {"facts": facts, "name": name, "tag": "can-finish", "word": "Owed", "why": "Charged within the hour"}
    return {"facts": facts, "name": name, "tag": "", "word": "Owes nothing", "why": verdict.refused[0].text}


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
