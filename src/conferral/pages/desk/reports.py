"""The yearly report to centres at the desk: draft it from the records, keep each section, publish it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.annual_reports import draft_report, keep_section, publication_facts, publish_report, title_of
from conferral.actions.markdown import html_of
from conferral.pages.desk.documents import GUIDANCE
from conferral.pages.desk.next import desk_chrome
from conferral.pages.timeline import lines, timeline
from conferral.records.guidance.models import Subject
from conferral.records.reports.models import AnnualReport
from conferral.records.reports.season import season
from conferral.rules.annual_report import POINTS
from conferral.rules.days import london_day
from conferral.rules.journeys import ANNUAL_REPORT
from conferral.rules.rule import Verdict
from conferral.rules.visits import visit_year

REPORTS = "Reports to centres"
YEARS = 5
CLAUSES = {one.id: one.clause for one in POINTS}


def years(today: date) -> list[tuple[date, date]]:
    """The academic year of a day and the four before it, the newest first."""
    first, last = visit_year(today)
    return [(first.replace(year=first.year - back), last.replace(year=last.year - back)) for back in range(YEARS)]


class DraftForm(forms.Form):
    """A subject and a year."""

    subject = forms.ModelChoiceField(
        Subject.objects.all(),
        empty_label="Choose",
        error_messages={"required": "Choose a subject", "invalid_choice": "Choose a subject of the list"},
    )
    year = forms.ChoiceField(
        help_text="1 September to 31 August.",
        error_messages={"required": "Choose a year", "invalid_choice": "Choose a year of the list"},
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(first.year), f"{first.year}/{last.year % 100:02}") for first, last in years(today)]
        self.fields["year"].choices = choices
        self.initial.setdefault("year", choices[1][0])


class SectionForm(forms.Form):
    """A section of a report."""

    heading = forms.CharField(
        max_length=150,
        error_messages={"required": "Enter a heading", "max_length": "Keep the heading to 150 characters"},
    )
    text = forms.CharField(
        help_text="In Markdown. Name no centre and nobody.",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": "Enter the text", "max_length": "Keep the text to 20,000 characters"},
    )


def listing(request: HttpRequest) -> HttpResponse:
    """Every report, drafts included."""
    desk_chrome(request)
    page = {
        "title": REPORTS,
        "reports": [{"report": one, "title": title_of(one)} for one in _reports()[:100]],
        "may_write": request.acting.may("write_reports"),
        "crumbs": [_home(), {"label": REPORTS}],
    }
    return render(request, "desk/reports.html", {"page": page})


def _reports() -> Any:
    return AnnualReport.objects.select_related("subject", "drafted_by", "published_by")


def draft(request: HttpRequest) -> HttpResponse:
    """Draft the report of a subject and a year from the records."""
    today = london_day(request.at)
    form = DraftForm(request.POST if request.method == "POST" else None, today=today)
    verdict = None
    if request.method == "POST" and form.is_valid():
        first, last = next(one for one in years(today) if str(one[0].year) == form.cleaned_data["year"])
        verdict, made = _draft(request, form.cleaned_data["subject"], first, last)
        if made:
            return _see_other(made.pk)
    desk_chrome(request)
    page = {
        "title": "Draft a report to centres",
        "lead": "It is drafted from the year’s decisions, delays, parcels and feedback. Change it section by section.",
        "form": form,
        "verdict": verdict,
        "heading": "No report is drafted",
        "verb": "Draft the report",
        "refused": request.method == "POST",
        "crumbs": [_home(), _all(), {"label": "Draft"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


def _draft(request: HttpRequest, subject: Subject, first: date, last: date) -> tuple[Verdict, AnnualReport | None]:
    schemes = list(subject.schemes.filter(route="postal").values_list("code", flat=True))
    schemes = schemes or list(subject.schemes.values_list("code", flat=True))
    figures = season(subject, schemes, begins_on=first, ends_on=last, drafted_on=london_day(request.at))
    return draft_report(subject.pk, figures, schemes=schemes, at=request.at, by=request.acting)


def report(request: HttpRequest, number: int) -> HttpResponse:
    """A report as it stands, with what is still to be read."""
    return _report(request, get_object_or_404(_reports(), pk=number))


def _report(request: HttpRequest, found: AnnualReport, verdict: Verdict | None = None) -> HttpResponse:
    sections = list(found.sections.select_related("kept_by"))
    would = ANNUAL_REPORT.judge(
        found.state, "publish", publication_facts(found, london_day(request.at)), by=request.acting.audience
    )
    desk_chrome(request)
    page = {
        "title": title_of(found),
        "report": found,
        "schemes": list(found.schemes.all()),
        "sections": [{"section": one, "html": html_of(one.text)} for one in sections],
        "unread": sum(one.kept_at is None for one in sections),
        "verdict": verdict,
        "waits": would.refused if found.state == "draft" else (),
        "refused": verdict is not None,
        "draft": found.state == "draft",
        "may_write": request.acting.may("write_reports"),
        "entries": lines(timeline(("annual_report", found.pk)), request.at),
        "crumbs": [_home(), _all(), {"label": f"{found.subject.title} {found.year}"}],
    }
    return render(request, "desk/report.html", {"page": page}, status=422 if verdict else 200)


@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Draft the report again; what somebody kept stays."""
    found = get_object_or_404(_reports(), pk=number)
    verdict, made = _draft(request, found.subject, found.begins_on, found.ends_on)
    if made is None:
        return _report(request, found, verdict)
    messages.success(request, "Drafted again. Sections that were kept are as they were.")
    return _see_other(number)


def section(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """Change a section, or keep it as it is."""
    found = get_object_or_404(_reports(), pk=number)
    one = get_object_or_404(found.sections, key=key)
    form = SectionForm(
        request.POST if request.method == "POST" else None, initial={"heading": one.heading, "text": one.text}
    )
    verdict = None
    if request.method == "POST" and form.is_valid():
        verdict = keep_section(one.pk, **form.cleaned_data, at=request.at, by=request.acting)
        if verdict.allowed:
            following = found.sections.filter(kept_at=None).first()
            if following and "next" in request.POST:
                return _see_other(number, following.key)
            return _see_other(number)
    desk_chrome(request)
    page = {
        "title": f"Section: {one.heading}",
        "report": found,
        "section": one,
        "clauses": list(dict.fromkeys(CLAUSES[id] for id in one.points if id in CLAUSES)),
        "form": form,
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": [
            _home(),
            _all(),
            {"label": f"{found.subject.title} {found.year}", "url": reverse("desk_report", args=[number])},
            {"label": one.heading},
        ],
    }
    return render(request, "desk/report_section.html", {"page": page}, status=422 if page["refused"] else 200)


@require_POST
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Publish the report for good."""
    found = get_object_or_404(_reports(), pk=number)
    verdict = publish_report(number, at=request.at, by=request.acting)
    if verdict.refused:
        return _report(request, found, verdict)
    found.refresh_from_db()
    messages.success(request, f"Published. {found.recipients} e-alerts are on their way.")
    return _see_other(number)


def _home() -> dict[str, str]:
    return {"label": GUIDANCE, "url": reverse("desk_guidance")}


def _all() -> dict[str, str]:
    return {"label": REPORTS, "url": reverse("desk_reports")}


def _see_other(number: int, key: str = "") -> HttpResponseRedirect:
    response = redirect("desk_report_section", number, key) if key else redirect("desk_report", number)
    response.status_code = 303
    return response
