"""The regulator's Register beside the catalogue: upload a download, see what differs, take over what is ticked."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.register_files import MAX_BYTES, read_register
from conferral.actions.register_import import Comparison, Difference, apply_ticked, compare, stage_export
from conferral.pages.desk.next import desk_chrome
from conferral.pages.public.asking_forms import WrittenDate
from conferral.pages.public.clauses import Cited, cited
from conferral.pages.templatetags.parts import counted, written
from conferral.records.catalogue.models import RegisterExport
from conferral.rules.days import london_day

FIELDS = {
    "title": "Title",
    "level": "Level",
    "credit": "Credits",
    "status": "On the Register",
    "last_registration": "Last registration",
    "final_certification": "Final certification",
}
DATES = ("last_registration", "final_certification")
CRUMB = "The Register"


class DownloadForm(forms.Form):
    """A download of the Register."""

    file = forms.FileField(
        label="The file, CSV as downloaded",
        error_messages={"required": "Choose a file", "empty": "The file is empty", "invalid": "Choose a file"},
        widget=forms.FileInput(attrs={"accept": ".csv"}),
    )
    dated = WrittenDate(label="Downloaded on", missing="Enter the day of the download, for example 20/11/2026")

    def __init__(self, *args: Any, today: Any, **options: Any) -> None:
        super().__init__(*args, initial={"dated": f"{today:%d/%m/%Y}"}, **options)
        self.today = today

    def clean_dated(self) -> Any:
        day = self.cleaned_data["dated"]
        if day and day > self.today:
            raise forms.ValidationError("That day is still to come.")
        return day


def upload(request: HttpRequest) -> HttpResponse:
    """Choose a download; what can be read is compared, what can't be is refused whole."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DownloadForm(*posted, today=london_day(request.at))
    fault = None
    if request.method == "POST" and form.is_valid():
        file, dated = form.cleaned_data["file"], form.cleaned_data["dated"]
        read = read_register(file.read(MAX_BYTES + 1))
        if read.fault is None:
            export = stage_export(read.entries, file_name=file.name, dated_on=dated, at=request.at, by=request.acting)
            return _see_other(export.pk)
        fault = read.fault
        form.add_error("file", f"{fault.text} {fault.remedy}")
    desk_chrome(request)
    page = {
        "title": "Compare with the Register",
        "form": form,
        "fault": fault,
        "refused": request.method == "POST",
        "exports": list(RegisterExport.objects.select_related("made_by").defer("entries").order_by("-pk")[:10]),
        "crumbs": [{"label": "Catalogue", "url": reverse("desk_catalogue")}, {"label": CRUMB}],
    }
    return render(request, "desk/register.html", {"page": page}, status=422 if page["refused"] else 200)


def difference(request: HttpRequest, export: int) -> HttpResponse:
    """What differs, value by value; on POST, what is ticked is taken over."""
    found = get_object_or_404(RegisterExport, pk=export)
    faults, ticked = (), request.POST.getlist("tick")
    if request.method == "POST" and ticked:
        done = apply_ticked(found.pk, ticked, at=request.at, by=request.acting)
        if not done.faults:
            messages.success(request, _told(len(done.replaced), found))
            return _see_other(found.pk)
        faults = done.faults
    compared = compare(found)
    desk_chrome(request)
    page = {
        "title": _title(compared),
        "export": found,
        "compared": compared,
        "schemes": _schemes(compared, set(ticked)),
        "faults": faults,
        "nothing_ticked": request.method == "POST" and not ticked,
        "refused": request.method == "POST",
        "crumbs": [
            {"label": "Catalogue", "url": reverse("desk_catalogue")},
            {"label": CRUMB, "url": reverse("desk_register")},
            {"label": f"Download of {written(found.dated_on)}"},
        ],
    }
    return render(request, "desk/register_difference.html", {"page": page}, status=422 if page["refused"] else 200)


def _see_other(export: int) -> HttpResponseRedirect:
    response = redirect("desk_register_difference", export=export)
    response.status_code = 303
    return response


def _told(count: int, export: RegisterExport) -> str:
    if not count:
        return "Nothing was changed: what you ticked is as the Register says already."
    words = counted(count, "value")
    return f"{words} taken over, citing the Register as downloaded on {written(export.dated_on)}."


def _title(compared: Comparison) -> str:
    if not compared.entries:
        return "No scheme to compare"
    count = len(compared.differences)
    return f"{counted(count, 'value')} {'differs' if count == 1 else 'differ'}" if count else "Nothing differs"


def _schemes(compared: Comparison, ticked: set[str]) -> list[dict[str, Any]]:
    """What differs, by scheme."""
    sources = {one.clause: one for one in cited(*{row.citation.get("clause", "") for row in compared.differences})}
    found = []
    for code, differing in groupby(compared.differences, key=lambda one: one.scheme):
        rows = list(differing)
        shown = [_shown(one, sources, ticked) for one in rows]
        found.append({"code": code, "title": rows[0].title, "entry": compared.entries[code], "rows": shown})
    return found


def _shown(one: Difference, sources: dict[str, Cited], ticked: set[str]) -> dict[str, Any]:
    return {
        "tick": one.tick,
        "name": FIELDS[one.field],
        "ours": _value(one.ours, one.field),
        "theirs": _value(one.theirs, one.field),
        "cited": sources[one.citation["clause"]] if one.citation else None,
        "reading": one.citation.get("reading", ""),
        "ticked": one.tick in ticked,
    }


def _value(value: Any, field: str) -> str:
    if field in DATES:
        return written(value) or "no date: open"
    return "not known" if value in (None, "") else str(value)
