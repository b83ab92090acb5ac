"""Reporting a suspicion of malpractice, and one's own reports: the same for centres and moderators."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.suspicions import report_suspicion
from conferral.pages.addresses import whole_number
from conferral.pages.templatetags.parts import written
from conferral.records.candidates.models import Registration
from conferral.records.claims.models import Claim
from conferral.records.holds.models import Suspicion
from conferral.records.holds.queries import reported
from conferral.rules.rule import Verdict
from conferral.rules.written_dates import read_date

PAGE = 50
STATES = {"reported": "Waits for the desk", "held": "Results are held", "closed": "Closed"}
THEN = {
    "reported": "The desk has it. It holds results, or closes the report; you see here which.",
    "held": "The desk holds results. Claims and moderation go on.",
    "closed": "The desk has looked at it and closed it.",
}


class ReportForm(forms.Form):
    """What was seen, of whom, and when it was noticed."""

    kind = forms.ChoiceField(
        label="What it looks like", choices=[("", "Choose"), *Suspicion.Kind.choices],
        error_messages={"required": "Choose what it looks like", "invalid_choice": "Choose one of the list"},
    )  # fmt: skip
    candidate = forms.TypedChoiceField(
        label="Candidate", required=False, coerce=int, empty_value=None,
        error_messages={"invalid_choice": "Choose one of the list"},
    )  # fmt: skip
    text = forms.CharField(
        label="What you saw", help_text="Where, in which work, and who else knows of it.", max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say what you saw", "max_length": "Keep it to 8,000 characters"},
    )  # fmt: skip
    noticed_on = forms.CharField(
        label="Day it was first noticed", help_text="Day, month, year. For example 28/6/2026.", max_length=30,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Enter the day", "max_length": "Enter a date like 28/6/2026"},
    )  # fmt: skip

    def __init__(self, candidates: Iterable[Registration], data: Any = None, chosen: int | None = None) -> None:
        super().__init__(data)
        named = [(row.pk, row.candidate.name) for row in candidates]
        if named:
            self.fields["candidate"].choices = [("", "Nobody in particular"), *named]
            self.initial["candidate"] = chosen
        else:
            del self.fields["candidate"]

    def clean_noticed_on(self) -> date:
        day = read_date(self.cleaned_data["noticed_on"])
        if day is None:
            raise forms.ValidationError("There is no such day. Enter a date like 28/6/2026")
        return day


def report(
    request: HttpRequest, centre: str, *, claim: Claim | None = None, registration: Registration | None = None,
    back: str, one: str, listed: str, crumbs: list[dict[str, str]],
) -> HttpResponse:  # fmt: skip
    """The form about a claim, a candidate or a whole centre; on POST, report.

    `one` and `listed` name the pages of a report and of all.
    """
    if claim:
        rows = Registration.objects.filter(claimedunit__claim=claim).distinct().select_related("candidate")
        candidates = list(rows.order_by("candidate__last_name", "candidate__first_names", "id"))
    else:
        candidates = [registration] if registration else []
    form = ReportForm(
        candidates, request.POST if request.method == "POST" else None, registration.pk if registration else None
    )
    verdict = Verdict()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict, made = report_suspicion(
            centre, said["kind"], said["text"], said["noticed_on"], claim=claim.pk if claim else None,
            registration=said.get("candidate"), at=request.at, by=request.acting,
        )  # fmt: skip
        if made:
            messages.success(request, "Reported. The desk has been written to.")
            response = redirect(one, made.pk)
            response.status_code = 303
            return response
    page = {
        "title": "Report a suspicion of malpractice",
        "about": f"claim {claim.pk}" if claim else registration.candidate.name if registration else "your centre",
        "form": form,
        "verdict": verdict,
        "back_url": back,
        "listed_url": reverse(listed),
        "refused": form.is_bound,
        "crumbs": [*crumbs, {"label": "Report a suspicion"}],
    }
    return render(request, "suspicions/report.html", {"page": page}, status=422 if form.is_bound else 200)


def listing(request: HttpRequest, *, one: str, report_url: str, crumbs: list[dict[str, str]]) -> HttpResponse:
    """What the person reported, the newest first."""
    before = whole_number(request.GET.get("before"))
    found = reported().filter(reported_by=request.acting.person).order_by("-id")
    rows = list((found.filter(id__lt=before) if before else found)[: PAGE + 1])
    page = {
        "title": "Suspicions you reported",
        "rows": [
            {"one": row, "about": about(row), "state": STATES[row.state], "url": reverse(one, args=[row.pk])}
            for row in rows[:PAGE]
        ],
        "older_url": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else None,
        "newer_url": request.path if before else None,
        "report_url": report_url,
        "crumbs": [*crumbs, {"label": "Suspicions you reported"}],
    }
    return render(request, "suspicions/list.html", {"page": page})


def shown(request: HttpRequest, id: int, *, listed: str, crumbs: list[dict[str, str]], **names: str) -> HttpResponse:
    """One's own report, where it stands, and nothing of why it was answered as it was."""
    found = get_object_or_404(reported(), pk=id, reported_by=request.acting.person)
    page = {
        "title": f"Report {found.pk}: {found.get_kind_display().lower()}",
        "suspicion": found,
        "facts": facts_of(found, **names),
        "then": THEN[found.state],
        "crumbs": [
            *crumbs,
            {"label": "Suspicions you reported", "url": reverse(listed)},
            {"label": f"Report {found.pk}"},
        ],
    }
    return render(request, "suspicions/one.html", {"page": page})


def about(found: Suspicion) -> str:
    """Whom or what a report is about, in a phrase."""
    claim = f"claim {found.claim_id}" if found.claim_id else ""
    return ", ".join(filter(None, [found.registration and found.registration.candidate.name, claim])) or str(
        found.centre
    )


def facts_of(found: Suspicion, **names: str) -> list[dict[str, str]]:
    """Whom a report is about and when it was noticed; `names` gives the pages of centre, claim and registration.

    What the reader no longer sees, such as a claim that went to another moderator, is not linked.
    """
    rows = [
        ("Centre", "centre", found.centre_id, str(found.centre)),
        ("Claim", "claim", found.claim_id, f"Claim {found.claim_id}"),
        ("Candidate", "registration", found.registration_id,
         found.registration.candidate.name if found.registration else ""),
    ]  # fmt: skip
    facts = [
        {
            "key": key,
            "value": value,
            "url": reverse(names[name], args=[number]) if name in names and getattr(found, name) else "",
        }
        for key, name, number, value in rows
        if number and value
    ]
    return [*facts, {"key": "Noticed", "value": written(found.noticed_on), "url": ""}]
