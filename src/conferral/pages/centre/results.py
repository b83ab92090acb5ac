"""What came of the centre's claims: reports, decisions and certificates."""

from collections import Counter
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from conferral.actions.reading import read_report
from conferral.pages.centre.next import centre_chrome
from conferral.pages.templatetags.parts import happened
from conferral.records.awards.models import Certificate
from conferral.records.centres.today import reports_not_read
from conferral.records.claims.models import ClaimedUnit
from conferral.records.moderation.feedback import TO_DO
from conferral.records.moderation.models import FeedbackReport, UnitDecision

REPORTS = 10
CERTIFICATES = 50
WORDS = {
    "confirmed": "Confirmed",
    "amended": "Confirmed with an amendment",
    "not_awarded": "Not awarded",
    "withdrawn": "Withdrawn",
}
TAGS = {"confirmed": "ready", "amended": "can-finish", "not_awarded": "cannot", "withdrawn": "at-risk"}


def results(request: HttpRequest) -> HttpResponse:
    """Feedback reports with their decisions, newest claim first, and the newest certificates."""
    centre_chrome(request)
    found = FeedbackReport.objects.select_related("claim__scheme", "sent_by").order_by("-claim_id")
    found = found.annotate(asked=Count("required"), to_do=Count("required", filter=Q(required__state__in=TO_DO)))
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(claim__lt=int(before))
    reports = list(found[: REPORTS + 1])
    unread = set(reports_not_read(request.at))
    units = units_of([report.claim_id for report in reports[:REPORTS]])
    page = {
        "title": "Results",
        "reports": [report_parts(request, one, units.get(one.claim_id, []), unread) for one in reports[:REPORTS]],
        "older_url": f"?before={reports[REPORTS - 1].claim_id}" if len(reports) > REPORTS else "",
        "newer_url": "?" if before else "",
        "certificates": list(_certificates()[:CERTIFICATES]),
    }
    return render(request, "centre/results.html", {"page": page})


def _certificates() -> Any:
    issued = Certificate.objects.exclude(state="due").defer("document", "units")
    return issued.select_related("award__registration").order_by("-issued_on", "number")


def units_of(claims: list[int]) -> dict[int, list[ClaimedUnit]]:
    """The decided units of some claims, by claim. One query."""
    found = ClaimedUnit.objects.filter(claim__in=claims).select_related("registration__candidate", "unit", "decision")
    units: dict[int, list[ClaimedUnit]] = {}
    for unit in found.order_by("claim_id", "registration__candidate__last_name", "unit_id"):
        units.setdefault(unit.claim_id, []).append(unit)
    return units


def report_parts(
    request: HttpRequest, report: FeedbackReport, units: list[ClaimedUnit], unread: set[int]
) -> dict[str, Any]:
    """A report as it is shown: its words, tallies and units."""
    counts = Counter(unit.state for unit in units)
    said = [
        {"heading": heading, "text": text}
        for heading, text in (
            ("What went well", report.went_well),
            ("What to improve", report.to_improve),
            ("What to do", report.actions),
        )
        if text
    ]
    return {
        "claim": report.claim,
        "said": said,
        "sent": f"{report.sent_by.name} · {happened(report.sent_at, request.at)}",
        "tallies": [
            {"state": TAGS[state], "text": f"{counts[state]} {word.lower()}"}
            for state, word in WORDS.items()
            if counts[state]
        ],
        "apart": [_unit(unit) for unit in units if unit.state not in ("confirmed",)],
        "confirmed": [_unit(unit) for unit in units if unit.state == "confirmed"],
        "unread": report.claim_id in unread,
        "asked": report.asked if hasattr(report, "asked") else 0,
        "to_do": report.to_do if hasattr(report, "to_do") else 0,
    }


def _unit(unit: ClaimedUnit) -> dict[str, Any]:
    decision = getattr(unit, "decision", None)
    changed = bool(decision and decision.after_review)
    code = decision and decision.reason_code
    return {
        "changed": changed,
        "candidate": unit.registration.candidate,
        "unit": unit.unit,
        "word": WORDS.get(unit.state, unit.state.capitalize()),
        "tag": TAGS.get(unit.state, ""),
        "reason": UnitDecision.Code(code).label if code else "",
        "feedback": decision.feedback if decision else "",
        "again": unit.state == "not_awarded",
    }


@require_POST
def read(request: HttpRequest, claim: int) -> HttpResponse:
    """Mark a feedback report as read."""
    get_object_or_404(FeedbackReport, claim=claim)
    read_report(claim, at=request.at, by=request.acting)
    response = redirect("centre_results")
    response.status_code = 303
    return response


def certificate(request: HttpRequest, certificate: str) -> HttpResponse:
    """The document of an issued certificate. Raises Http404 for one that is not issued, or was revoked."""
    found = get_object_or_404(Certificate, pk=certificate[:16], state="issued")
    if found.document is None or found.number != certificate:
        raise Http404
    name = content_disposition_header(False, f"certificate-{found.number}.pdf")
    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return HttpResponse(bytes(found.document), content_type="application/pdf", headers=headers)
