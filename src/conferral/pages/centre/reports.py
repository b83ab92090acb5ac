"""One feedback report as its centre reads it: praise, units, actions with dates, and the centre's replies."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.feedback import answer_action
from conferral.pages.centre.next import centre_chrome
from conferral.pages.centre.results import report_parts, units_of
from conferral.pages.required_actions import action_rows, paper_of
from conferral.pages.templatetags.parts import weekday
from conferral.records.appeals.queries import reviews_of
from conferral.records.calendar import results_by
from conferral.records.claims.models import Claim
from conferral.records.moderation.feedback import required_of
from conferral.rules.days import london_day
from conferral.rules.rule import Verdict


def report(request: HttpRequest, claim: int) -> HttpResponse:
    """The report on a claim; before it is sent, why and until when it is withheld."""
    return _report(request, _claim(claim))


def _claim(number: int) -> Claim:
    seen = Claim.objects.select_related("scheme", "centre", "moderator", "report__sent_by").exclude(state="draft")
    return get_object_or_404(seen, pk=number)


def _report(request: HttpRequest, found: Claim, verdict: Verdict | None = None) -> HttpResponse:
    actions = list(required_of(found.pk))
    sent = getattr(found, "report", None)
    if sent is None and not actions and found.state not in ("submitted", "with_moderator"):
        raise Http404
    centre_chrome(request, "Results")
    page: dict[str, Any] = {
        "title": f"Feedback report on claim {found.pk}",
        "claim": found,
        "report": sent,
        "withheld": "" if sent or actions else _withheld(found),
        "by_letter": sent is None and bool(actions),
        "actions": action_rows(actions, request, "centre_answer_action"),
        "reviews": reviews_of(found.pk),
        "may_ask_review": sent is not None and request.acting.may("ask_for_review"),
        "may_answer": request.acting.may("answer_actions"),
        **(report_parts(request, sent, units_of([found.pk]).get(found.pk, []), set()) if sent else {}),
        "verdict": verdict,
        "refused": verdict is not None,
        "crumbs": [{"label": "Results", "url": reverse("centre_results")}, {"label": f"Claim {found.pk}"}],
    }
    return render(request, "centre/report.html", {"page": page}, status=422 if verdict else 200)


def _withheld(found: Claim) -> str:
    """Why a report can't be read yet, and by when it is expected."""
    work = found.consignments.exclude(state="cancelled").last()
    begun = (work and work.despatched_on) or london_day(found.submitted_at)
    by = weekday(results_by(begun, found.scheme.route, found.centre.nation))
    return (
        "It is withheld until every unit of the claim is decided: nothing is told of single units before. "
        f"It is expected by {by}."
    )


def paper(request: HttpRequest, claim: int) -> HttpResponse:
    """The report on paper."""
    return paper_of(_claim(claim))


@require_POST
def answer(request: HttpRequest, claim: int, action: int) -> HttpResponse:
    """Say what the centre has done about an action."""
    found = _claim(claim)
    get_object_or_404(required_of(claim), pk=action)
    verdict = answer_action(action, request.POST.get("answer", "")[:4000], at=request.at, by=request.acting)
    if verdict.refused:
        return _report(request, found, verdict)
    messages.success(request, "Sent. The moderator reads it and says whether the action is met.")
    response = redirect("centre_report", claim)
    response.status_code = 303
    return response
