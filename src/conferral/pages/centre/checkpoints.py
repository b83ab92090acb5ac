"""A checkpoint as a centre sees it: its own candidates, where each stands, and whether a result is expected."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from conferral.actions.checkpoints import confirm_list, say_expected
from conferral.pages.centre.next import centre_chrome
from conferral.pages.standing import light
from conferral.records.checkpoints.models import AskedCentre, Checkpoint
from conferral.records.checkpoints.queries import said, standing
from conferral.rules.checkpoints import expected_unless_said
from conferral.rules.days import london_day
from conferral.rules.readiness import READY
from conferral.rules.rule import Verdict

PAGE = 100
YES, NO = "yes", "no"


def checkpoint(request: HttpRequest, id: int) -> HttpResponse:
    """The centre's list, those closest to trouble first; `?after=` pages on."""
    return _checkpoint(request, get_object_or_404(Checkpoint, pk=id), Verdict())


def _checkpoint(request: HttpRequest, found: Checkpoint, verdict: Verdict) -> HttpResponse:
    centre = request.acting.own_centre
    answers = said(found, centre)
    rows = standing(found, centre, on=london_day(request.at))
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 6 else 0
    asked = AskedCentre.objects.filter(checkpoint=found, centre=centre).select_related("confirmed_by").first()
    behind = sorted(rows, key=lambda one: (one.status == READY, expected_unless_said(one.status)))
    page = {
        "title": found.title,
        "checkpoint": found,
        "asked": asked,
        "verdict": verdict,
        "rows": [_row(one, answers) for one in behind[start : start + PAGE]],
        "many": len(rows),
        "expected": sum(answers.get(one.registration.pk, expected_unless_said(one.status)) for one in rows),
        "said": sum(one.registration.pk in answers for one in rows),
        "may_confirm": request.acting.may("confirm_expectations"),
        "older_url": f"?after={start + PAGE}" if len(rows) > start + PAGE else None,
        "newer_url": "?" if start else None,
        "after": start or "",
    }
    centre_chrome(request, "Candidates")
    return render(request, "centre/checkpoint.html", {"page": page}, status=422 if verdict.refused else 200)


def _row(one: Any, answers: dict[int, bool]) -> dict[str, Any]:
    number = one.registration.pk
    return {
        "number": number,
        "candidate": one.registration.candidate,
        "scheme": one.registration.scheme_id,
        "light": light(one),
        "next": one.next_step,
        "missing": "; ".join(missing.words for missing in one.missing),
        "expected": answers.get(number, expected_unless_said(one.status)),
        "said": number in answers,
    }


@require_POST
def say(request: HttpRequest, id: int) -> HttpResponse:
    """Keep what was said of the candidates of one page; with `confirm`, confirm the whole list."""
    found = get_object_or_404(Checkpoint, pk=id)
    answers = {
        int(name.removeprefix("expected-")): value == YES
        for name, value in request.POST.items()
        if name.startswith("expected-") and name[9:].isdecimal() and len(name) < 28 and value in (YES, NO)
    }
    verdict = say_expected(found, answers, at=request.at, by=request.acting) if answers else Verdict()
    if verdict.refused:
        return _checkpoint(request, found, verdict)
    if "confirm" in request.POST:
        verdict, filled = confirm_list(found, at=request.at, by=request.acting)
        more = f" Of {filled} of whom you had not said anything, what was suggested counts." if filled else ""
        messages.success(request, f"Confirmed.{more} {' '.join(one.text for one in verdict.warned)}")
    elif answers:
        messages.success(request, f"Kept for {len(answers)} candidates.")
    response = redirect("centre_checkpoint", found.pk)
    response.status_code = 303
    return response
