"""Reports to centres: one page a subject and year, and the same as a PDF."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from conferral.actions.annual_reports import title_of
from conferral.actions.markdown import html_of
from conferral.actions.report_paper import report_pdf
from conferral.pages.chrome import under_library
from conferral.records.reports.models import AnnualReport


def listing(request: HttpRequest) -> HttpResponse:
    """Every published report, the newest first."""
    under_library(request)
    found = _published()[:100]
    page = {"title": "Reports to centres", "reports": [{"report": one, "title": title_of(one)} for one in found]}
    return render(request, "reports/index.html", {"page": page})


def _published() -> Any:
    return AnnualReport.objects.filter(state="published").select_related("subject")


def report(request: HttpRequest, subject: str, year: int) -> HttpResponse:
    """The report of a subject for the year that began in September of `year`."""
    under_library(request)
    found = get_object_or_404(_published(), subject=subject, begins_on__year=year)
    page = {
        "title": title_of(found),
        "report": found,
        "schemes": list(found.schemes.all()),
        "sections": [{"section": one, "html": html_of(one.text)} for one in found.sections.all()],
        "others": [
            {"report": one, "title": one.year} for one in _published().filter(subject=subject).exclude(pk=found.pk)[:20]
        ],
    }
    return render(request, "reports/report.html", {"page": page})


def pdf(request: HttpRequest, subject: str, year: int) -> HttpResponse:
    """The same on paper."""
    found = get_object_or_404(_published(), subject=subject, begins_on__year=year)
    address = f"{settings.PUBLIC_ADDRESS}{reverse('report', args=[subject, year])}"
    paper = report_pdf(found, organisation=settings.ORGANISATION, address=address)
    name = f"report-{found.subject_id}-{year}.pdf"
    return HttpResponse(
        paper, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
