"""A claim as the desk sees it, and what processing it makes."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.awards import preview_awards, process_claim
from conferral.actions.feedback import judge_action
from conferral.pages.desk.next import desk_chrome
from conferral.pages.questions import question_rows
from conferral.pages.required_actions import action_rows, paper_of
from conferral.pages.sendings import chain
from conferral.pages.templatetags.parts import counted
from conferral.pages.timeline import MANY, lines, timeline
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment
from conferral.records.holds.queries import held_in_claim
from conferral.records.moderation.feedback import required_of
from conferral.records.moderation.queries import claimed_units
from conferral.records.questions.queries import questions_of
from conferral.rules.rule import Verdict

STATES = {
    "submitted": "The work is awaited. Nothing for the desk to do.",
    "with_moderator": "The moderator is looking at it. Nothing for the desk to do.",
    "withdrawn": "Withdrawn: it leaves nothing behind. The centre may claim again.",
    "processed": "Processed. Awards and certificates stand under Awards.",
}


def claim(request: HttpRequest, number: int) -> HttpResponse:
    """Everything about one claim, and a preview of what processing it makes."""
    return _claim(request, number)


@require_POST
def process(request: HttpRequest, number: int) -> HttpResponse:
    """Bank the confirmed units and make the awards; a job prints the certificates."""
    get_object_or_404(Claim, pk=number)
    verdict, awards = process_claim(
        number, organisation=settings.ORGANISATION, at=request.at, by=request.acting, fresh=request.fresh_bytes
    )
    if verdict.refused:
        return _claim(request, number, verdict=verdict)
    messages.success(request, f"Claim {number} is processed: {counted(len(awards), 'award')} made.")
    return redirect("desk_claim", number=number)


def _claim(
    request: HttpRequest, number: int, verdict: Verdict | None = None, heading: str = "The claim is not processed"
) -> HttpResponse:
    seen = Claim.objects.select_related("centre", "scheme", "moderator", "submitted_by", "report__sent_by")
    found = get_object_or_404(seen.exclude(state="draft"), pk=number)
    units = list(claimed_units(number))
    waiting = found.state == "with_awarding_organisation"
    parcel = Consignment.objects.filter(claim=found).exclude(state="cancelled").last()
    desk_chrome(request, on=number)
    page = {
        "title": f"Claim {number}, centre {found.centre_id}",
        "claim": found,
        "report": getattr(found, "report", None),
        "paper_url": reverse("desk_report_paper", args=[number]),
        "actions": action_rows(required_of(number), request, "desk_judge_action"),
        "questions": question_rows(questions_of(number), request.at) if found.opened_at else [],
        "may_set_exercise": request.acting.may("set_exercises"),
        "may_judge": request.acting.may("judge_actions"),
        "sentence": STATES.get(found.state),
        "units": units,
        "preview": preview(units, preview_awards(number, at=request.at)) if waiting else None,
        "may_process": request.acting.may("process_claims"),
        "may_hold": request.acting.may("place_holds"),
        "held": held_in_claim(number),
        "parcel": parcel,
        "chain": chain(parcel),
        "entries": lines(timeline(("claim", number), without=MANY), request.at),
        "verdict": verdict,
        "heading": heading,
        "refused": verdict is not None,
        "crumbs": [{"label": "Awards", "url": reverse("desk_awards")}, {"label": f"Claim {number}"}],
    }
    return render(request, "desk/claim.html", {"page": page}, status=422 if verdict else 200)


def paper(request: HttpRequest, number: int) -> HttpResponse:
    """The feedback report on paper."""
    return paper_of(get_object_or_404(Claim.objects.select_related("report__sent_by", "scheme"), pk=number))


@require_POST
def judge(request: HttpRequest, number: int, action: int) -> HttpResponse:
    """Say whether an action that the centre has answered is met."""
    get_object_or_404(required_of(number), pk=action)
    met = "met" in request.POST
    verdict = judge_action(
        action, met=met, judgement=request.POST.get("judgement", "")[:1000], at=request.at, by=request.acting
    )
    if verdict.refused:
        return _claim(request, number, verdict=verdict, heading="Nothing is saved")
    messages.success(request, "Found met." if met else "The centre hears what is still missing.")
    response = redirect("desk_claim", number=number)
    response.status_code = 303
    return response


def preview(units: list[ClaimedUnit], judged: dict[int, tuple[Any, Verdict]]) -> dict[str, Any]:
    """Who completes and who does not, and what is then missing."""
    names = {unit.registration_id: unit.registration.candidate.name for unit in units}
    rows = [
        {"name": names[registration], "complete": said.allowed, "reasons": said.refused}
        for registration, (_, said) in judged.items()
    ]
    banked = sum(unit.state in ("confirmed", "amended") for unit in units)
    awards = sum(row["complete"] for row in rows)
    return {
        "rows": sorted(rows, key=lambda row: (row["complete"], row["name"])),
        "banked": banked,
        "awards": awards,
        "verb": f"Make {counted(awards, 'award')}, bank {counted(banked, 'unit')}",
    }
