"""Registering from a file: choose, check, preview, register, done."""

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from conferral.actions.candidates import (
    JudgedLine,
    Tally,
    judge_upload,
    leave_refused_rows,
    register_upload,
    stage_upload,
)
from conferral.actions.registration_files import COLUMN, COLUMNS, MAX_BYTES, csv_file, read_registrations
from conferral.pages.centre.next import centre_chrome
from conferral.pages.templatetags.parts import counted
from conferral.records.candidates.models import Upload
from conferral.rules.rule import Reason

SHOWN = 200
TASTE = 5
STEPS = ("Choose", "Check", "Preview", "Register", "Done")
CSV = "text/csv; charset=utf-8"


class UploadForm(forms.Form):
    """The file with the registrations."""

    file = forms.FileField(
        label="Your file, CSV or XLSX",
        error_messages={"required": "Choose a file", "empty": "The file is empty", "invalid": "Choose a file"},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; what can be read is staged and previewed, what can't be is refused whole."""
    centre_chrome(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        read = read_registrations(file.read(MAX_BYTES + 1), file.name)
        if read.fault is None:
            staged = stage_upload(
                read.rows, file_name=file.name, headings=read.headings, ignored=read.ignored,
                corrects=_corrects(request), at=request.at, by=request.acting,
            )  # fmt: skip
            return _see_other("centre_upload_preview", staged.pk)
        form.add_error("file", f"{read.fault.text} {read.fault.remedy}")
        return _choose(request, form, fault=read.fault, file_name=file.name, status=422)
    return _choose(request, form, status=422 if request.method == "POST" else 200)


def _choose(request: HttpRequest, form: UploadForm, *, status: int, **extra: Any) -> HttpResponse:
    page = {
        "title": "Register from a file",
        "form": form,
        "steps": STEPS,
        "columns": COLUMNS,
        "corrects": _corrects(request),
        "refused": status == 422,
        **extra,
    }
    return render(request, "centre/upload.html", {"page": page}, status=status)


def _corrects(request: HttpRequest) -> int | None:
    said = request.POST.get("corrects") or request.GET.get("corrects", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def _see_other(name: str, *args: Any) -> HttpResponseRedirect:
    response = redirect(name, *args)
    response.status_code = 303
    return response


def columns(request: HttpRequest) -> HttpResponse:
    """A file that holds the heading line and nothing else, to fill in."""
    return _download("registrations.csv", csv_file([[column.headings[0] for column in COLUMNS]]))


def preview(request: HttpRequest, upload: int) -> HttpResponse:
    """What would become of each row; on POST what can be registered is."""
    centre_chrome(request)
    found = get_object_or_404(Upload, pk=upload)
    if request.method == "POST":
        if request.POST.get("step") == "leave":
            leave_refused_rows(found.pk)
        else:
            register_upload(found.pk, at=request.at, by=request.acting)
        return _see_other("centre_upload_preview", found.pk)
    tally = judge_upload(found, at=request.at)
    page = _registered(found, tally) if found.registered_at and not tally.accepted else _previewed(found, tally)
    return render(request, "centre/upload_preview.html", {"page": page | _rows_that_need_you(found, tally)})


def _previewed(found: Upload, tally: Tally) -> dict[str, Any]:
    good, rows = len(tally.accepted), len(tally.accepted) + len(tally.already) + len(tally.refused)
    return {
        "title": f"{good:,} of {counted(rows, 'row')} can be registered now",
        "at": 3,
        "verb": f"Register {counted(good, 'candidate')}" if good else "",
        "saved": "Nothing has been saved yet.",
        "tallies": _tallies(good, len(tally.already), len(tally.refused), len(tally.warned), "Will be registered", ""),
        "taste": [_tasted(one) for one in tally.accepted[:TASTE]],
    }


def _registered(found: Upload, tally: Tally) -> dict[str, Any]:
    outcome = found.outcome
    good, already, refused = (outcome[name] for name in ("accepted", "already", "refused"))
    title = f"{counted(good, 'candidate')} registered" if good else "Nobody new was registered"
    return {
        "title": title,
        "at": 5,
        "verb": "",
        "saved": "Each is in your list of candidates." if good else "",
        "tallies": _tallies(good, already, refused, len(tally.warned), "Registered", "In your list of candidates"),
        "left": outcome.get("left"),
    }


def _tallies(good: int, already: int, refused: int, warned: int, word: str, text: str) -> list[dict[str, Any]]:
    return [
        {"count": f"{good:,}", "state": "ready", "word": word, "text": text or "With the names as you wrote them"},
        {
            "count": f"{already:,}",
            "state": "",
            "word": "Already registered",
            "text": "Skipped; nobody is registered or charged twice",
        },
        {
            "count": f"{refused:,}",
            "state": "cannot",
            "word": "Refused",
            "text": "You get them back in a file with the reason",
        },
        {
            "count": f"{warned:,}",
            "state": "at-risk",
            "word": "Look again",
            "text": "Among the others; nothing stops them",
        },
    ]


def _rows_that_need_you(found: Upload, tally: Tally) -> dict[str, Any]:
    asked = [(one, reason, "refused") for one in tally.refused for reason in one.verdict.refused]
    asked += [(one, reason, "warned") for one in tally.warned for reason in one.verdict.warned]
    return {
        "upload": found,
        "steps": STEPS,
        "renamed": _renamed(found),
        "ignored": found.columns.get("ignored", []),
        "refused_rows": counted(len(tally.refused), "refused row") if tally.refused else "",
        "corrected_url": f"{reverse('centre_upload')}?corrects={found.pk}",
        "asked": [_asked(*one) for one in asked[:SHOWN]],
        "summary": _summary(asked) if len(asked) > SHOWN else [],
    }


def _renamed(found: Upload) -> list[str]:
    """How headings that are not our own were understood."""
    return [
        f"“{heading}” is {COLUMN[name].label}"
        for name, heading in found.columns.get("headings", [])
        if heading.casefold() not in (COLUMN[name].headings[0], COLUMN[name].label.casefold())
    ]


def _asked(one: JudgedLine, reason: Reason, outcome: str) -> dict[str, Any]:
    column = COLUMN.get(reason.about)
    cells = one.line.cells
    return {
        "line": one.line.line,
        "name": f"{cells.get('first_names', '')} {cells.get('last_name', '')}".strip(),
        "column": column.label if column else "",
        "cell": cells.get(reason.about, ""),
        "reason": reason,
        "outcome": outcome,
    }


def _summary(asked: Iterable[tuple[JudgedLine, Reason, str]]) -> list[dict[str, Any]]:
    """How many rows each rule speaks of, the commonest first, with one of its sentences."""
    asked = list(asked)
    counts = Counter(reason.rule for _, reason, _ in asked)
    first = {reason.rule: (reason, outcome) for _, reason, outcome in reversed(asked)}
    return [
        {"count": count, "reason": first[rule][0], "outcome": first[rule][1]} for rule, count in counts.most_common()
    ]


def _tasted(one: JudgedLine) -> dict[str, Any]:
    return {"line": one.line.line, "facts": one.line.facts, "reference": one.line.centre_reference}


def refused(request: HttpRequest, upload: int) -> HttpResponse:
    """The refused rows as they came, each with its reasons and what to do."""
    found = get_object_or_404(Upload, pk=upload)
    tally = judge_upload(found, at=request.at)
    named = found.columns["headings"]
    lines = [[heading for _, heading in named] + ["what_is_wrong", "what_to_do"]]
    lines += [_given_back(one, [name for name, _ in named]) for one in tally.refused]
    return _download(f"{PurePath(found.file_name).stem or 'registrations'}-refused.csv", csv_file(lines))


def _given_back(one: JudgedLine, names: list[str]) -> list[str]:
    reasons = one.verdict.refused
    said = [" ".join(reason.text for reason in reasons), " ".join(reason.remedy for reason in reasons)]
    return [one.line.cells.get(name, "") for name in names] + said


def _download(name: str, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name), "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=CSV, headers=headers)
