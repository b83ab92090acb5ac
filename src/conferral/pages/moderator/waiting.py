"""What waits for a moderator or verifier, oldest clock first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferral.pages.addresses import whole_number
from conferral.pages.appeals import todo as review_todo
from conferral.pages.moderator.next import moderator_chrome
from conferral.pages.moderator.parcels import awaited_rows
from conferral.pages.questions import question_rows
from conferral.pages.templatetags.parts import counted, weekday
from conferral.records.appeals.queries import given_to
from conferral.records.claims.models import Claim
from conferral.records.moderation.feedback import to_judge
from conferral.records.moderation.queries import awaited, report_by, under_review, visits_to_open, with_progress
from conferral.records.questions.queries import to_look_at
from conferral.records.standards.queries import to_mark
from conferral.rules.days import london_day

SHOWN = 50


def queue(request: HttpRequest) -> HttpResponse:
    """Claims to review, visits to open, and parcels on their way. `?after=` pages on from a claim."""
    moderator_chrome(request)
    request.chrome.pop("next", None)
    person = request.acting.person
    after = whole_number(request.GET.get("after"))
    claims = list(with_progress(under_review(person, after)[: SHOWN + 1]))
    page = {
        "title": "Waiting for me",
        "todos": sorted((todo(claim) for claim in claims[:SHOWN]), key=lambda one: one["until"]),
        "later_url": f"?after={claims[SHOWN - 1].pk}" if len(claims) > SHOWN else "",
        "first_url": request.path if after else "",
        "visits": list(visits_to_open(person)[:SHOWN]),
        "reviews": [review_todo(one, "moderator_review", verb="Open") for one in given_to(person)[:SHOWN]],
        "exercises": [one for one in to_mark(person)[:SHOWN] if one.marked < one.many],
        "answers": list(to_judge(person)[:SHOWN]),
        "questions": question_rows(to_look_at(person, london_day(request.at))[:SHOWN], request.at),
        "parcels": awaited_rows(awaited(person)[:SHOWN], request.at),
    }
    return render(request, "moderator/waiting.html", {"page": page})


def todo(claim: Claim) -> dict[str, Any]:
    """A claim under review as a thing to do."""
    due = report_by(claim)
    address = reverse("moderator_claim", args=[claim.pk])
    done = claim.decided == claim.claimed
    return {
        "title": f"Send the report for claim {claim.pk}" if done else f"Review claim {claim.pk}",
        "url": address,
        "until": due,
        "lines": [
            f"{claim.scheme.code} {claim.scheme.title}, level {claim.scheme.level}",
            f"{claim.centre.number} {claim.centre.name}",
            f"{counted(claim.candidates, 'candidate')}, {claim.decided} of {counted(claim.claimed, 'unit')} decided",
        ],
        "why": f"{_began(claim)}, so the centre expects its report by {weekday(due)}.",
        "verb": "Write the report" if done else "Open",
        "verb_url": reverse("moderator_report", args=[claim.pk]) if done else address,
    }


def _began(claim: Claim) -> str:
    if claim.sent_on:
        return f"the work was sent on {weekday(claim.sent_on)}"
    return f"the claim was submitted on {weekday(claim.submitted_at)}"
