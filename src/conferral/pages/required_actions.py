"""Actions that feedback reports ask of centres, as all three audiences see them, and the report on paper."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from conferral.actions.feedback_paper import feedback_pdf
from conferral.pages.templatetags.parts import happened, in_days, weekday
from conferral.records.claims.models import Claim
from conferral.records.moderation.feedback import TO_DO
from conferral.records.moderation.models import RequiredAction
from conferral.rules.days import london_day

WORDS = {"open": "To do", "answered": "Answered", "met": "Met", "not_met": "Not met yet"}
TAGS = {"open": "can-finish", "answered": "", "met": "ready", "not_met": "at-risk"}


def action_rows(actions: Iterable[RequiredAction], request: HttpRequest, address: str = "") -> list[dict[str, Any]]:
    """Each action with how it stands, in words; `address` is where it is answered or judged."""
    return [_row(one, request, address) for one in actions]


def _row(one: RequiredAction, request: HttpRequest, address: str) -> dict[str, Any]:
    day = weekday(one.due_on)
    late = one.state in TO_DO and one.due_on < london_day(request.at)
    return {
        "action": one,
        "word": "Overdue" if late else WORDS[one.state],
        "tag": "cannot" if late else TAGS[one.state],
        "due": f"{day}, {in_days(one.due_on, request.at)}" if one.state in TO_DO else day,
        "to_do": one.state in TO_DO,
        "to_judge": one.state == "answered",
        "answered": f"{one.answered_by}, {happened(one.answered_at, request.at)}" if one.answered_at else "",
        "judged": f"{one.judged_by}, {happened(one.judged_at, request.at)}" if one.judged_at else "",
        "url": reverse(address, args=[one.claim_id, one.pk]) if address else "",
    }


def paper_of(found: Claim) -> HttpResponse:
    """The report on a claim as a PDF. Raises Http404 while there is none."""
    if not hasattr(found, "report"):
        raise Http404
    address = f"{settings.PUBLIC_ADDRESS}{reverse('centre_report', args=[found.pk])}"
    paper = feedback_pdf(found.report, organisation=settings.ORGANISATION, address=address)
    name = content_disposition_header(False, f"feedback-{found.pk}.pdf")
    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return HttpResponse(paper, content_type="application/pdf", headers=headers)
