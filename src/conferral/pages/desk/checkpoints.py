"""Checkpoints at the desk: setting one, who has confirmed, and everything as a file."""

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from conferral.actions.checkpoints import set_checkpoint
from conferral.actions.registration_files import csv_file
from conferral.pages.desk.documents import scheme_choices
from conferral.pages.desk.next import desk_chrome
from conferral.pages.standing import light
from conferral.pages.templatetags.parts import written
from conferral.records.checkpoints.export import lines
from conferral.records.checkpoints.models import AskedCentre, Checkpoint
from conferral.records.checkpoints.queries import said, standing, tallies, whole
from conferral.rules.days import london_day
from conferral.rules.readiness import READY, STATUSES

PAGE = 100
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class CheckpointForm(forms.Form):
    """A day by which centres confirm."""

    title = forms.CharField(
        label="What the checkpoint is called", max_length=100,
        error_messages={"required": "Enter a name, for example Spring results",
                        "max_length": "Keep it to 100 characters"},
    )  # fmt: skip
    answer_by = forms.DateField(
        label="Last day on which centres confirm", help_text="For example 5/3/2027.",
        input_formats=["%d/%m/%Y", "%d %B %Y", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Enter the day", "invalid": "Write the day as 5/3/2027"},
    )  # fmt: skip
    schemes = forms.MultipleChoiceField(
        label="Schemes", choices=scheme_choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one scheme", "invalid_choice": "Choose schemes of the list"},
    )  # fmt: skip


def listing(request: HttpRequest) -> HttpResponse:
    """Every checkpoint, the latest day first."""
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    day = london_day(request.at)
    found = list(Checkpoint.objects.prefetch_related("schemes")[:PAGE])
    page = {
        "title": "Checkpoints",
        "rows": [{"checkpoint": one, "open": one.answer_by >= day} for one in found],
        "may_set": request.acting.may("set_checkpoints"),
    }
    return render(request, "desk/checkpoints.html", {"page": page})


def add(request: HttpRequest) -> HttpResponse:
    """Set a checkpoint."""
    form = CheckpointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict, made = set_checkpoint(
            said["title"], said["schemes"], said["answer_by"], at=request.at, by=request.acting
        )
        if made:
            messages.success(request, "The checkpoint is set. Each centre gets its own list within minutes.")
            response = redirect("desk_checkpoint", made.pk)
            response.status_code = 303
            return response
        for reason in verdict.refused:
            form.add_error(reason.about if reason.about in form.fields else "schemes", f"{reason.text} {reason.remedy}")
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    page = {
        "title": "Set a checkpoint",
        "lead": "Each centre with candidates in these schemes is asked to confirm who expects a result.",
        "form": form,
        "verb": "Set the checkpoint",
        "refused": request.method == "POST",
        "crumbs": [{"label": "Checkpoints", "url": reverse("desk_checkpoints")}, {"label": "Set a checkpoint"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


def checkpoint(request: HttpRequest, id: int) -> HttpResponse:
    """What the centres have said, by number; `?waiting=1` keeps those that have not confirmed."""
    found = get_object_or_404(Checkpoint.objects.prefetch_related("schemes"), pk=id)
    waiting, after = request.GET.get("waiting") == "1", request.GET.get("after", "")[:5]
    rows = tallies(found.pk, waiting=waiting, after=after if after.isdecimal() else "", most=PAGE + 1)
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    page: dict[str, Any] = {
        "title": found.title,
        "checkpoint": found,
        "whole": whole(found.pk),
        "rows": rows[:PAGE],
        "filters": [
            {"label": "All centres", "url": "?", "current": not waiting},
            {"label": "Not confirmed", "url": "?waiting=1", "current": waiting},
        ],
        "waiting": waiting,
        "over": found.answer_by < london_day(request.at),
        "older_url": f"?waiting={int(waiting)}&after={rows[PAGE - 1].centre}" if len(rows) > PAGE else None,
        "newer_url": f"?waiting={int(waiting)}" if after else None,
    }
    return render(request, "desk/checkpoint.html", {"page": page})


def centre(request: HttpRequest, id: int, number: str) -> HttpResponse:
    """One centre's candidates at a checkpoint: who is not ready, and why; what was said. `?after=` pages on."""
    found = get_object_or_404(Checkpoint, pk=id)
    asked = get_object_or_404(AskedCentre.objects.select_related("centre"), checkpoint=found, centre=number)
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 6 else 0
    rows = standing(found, asked.centre_id, on=london_day(request.at))
    behind = sorted(rows, key=lambda one: -STATUSES.index(one.status))
    answers = said(found, asked.centre_id)
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    whole_page = reverse("desk_checkpoint", args=[found.pk])
    page: dict[str, Any] = {
        "title": asked.centre.name,
        "checkpoint": found,
        "asked": asked,
        "many": len(rows),
        "not_ready": sum(one.status != READY for one in rows),
        "rows": [
            {"row": one.registration, "light": light(one), "next": one.next_step,
             "missing": "; ".join(missing.words for missing in one.missing),
             "said": {True: "Yes", False: "No", None: "Not said"}[answers.get(one.registration.pk)]}
            for one in behind[start : start + PAGE]
        ],
        "older_url": f"?after={start + PAGE}" if len(rows) > start + PAGE else None,
        "newer_url": "?" if start else None,
        "crumbs": [
            {"label": "Checkpoints", "url": reverse("desk_checkpoints")}, {"label": found.title, "url": whole_page},
            {"label": asked.centre_id},
        ],
    }  # fmt: skip
    return render(request, "desk/checkpoint_centre.html", {"page": page})


def file(request: HttpRequest, id: int, kind: str) -> HttpResponse:
    """Every candidate of every asked centre: who is not ready and why, and what was said; as CSV or XLSX."""
    if kind not in TYPES:
        raise Http404(kind)
    found = get_object_or_404(Checkpoint, pk=id)
    rows = lines(found, at=request.at)
    content = csv_file(list(row) for row in rows) if kind == "csv" else _sheet(rows)
    name = f"checkpoint-{found.pk}-{written(found.answer_by).replace(' ', '-')}.{kind}"
    return HttpResponse(
        content, content_type=TYPES[kind], headers={"Content-Disposition": content_disposition_header(True, name)}
    )


def _sheet(rows: Any) -> bytes:
    """A workbook in which every cell is text, so that none can act as a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Checkpoint")
    sheet.freeze_panes = "A2"
    for row in rows:
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            cell.data_type, cell.quotePrefix = "s", True
        sheet.append(cells)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
