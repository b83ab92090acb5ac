"""Reviews and appeals at the desk: those that are open by their clocks, who decides, and sending outcomes out."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.appeals import appoint_reviewer, decide_review, issue_review
from conferral.pages.appeals import DecideForm, shown_review, todo, unit_rows
from conferral.pages.desk.choosing import Choosing
from conferral.pages.desk.next import desk_chrome
from conferral.records.appeals.models import Review
from conferral.records.appeals.queries import choices, open_reviews, seen, units_in
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.rule import Verdict, judge

PAGE = 50
VERBS = {"asked": "Appoint", "with_reviewer": "", "decided": "Send out"}


def listing(request: HttpRequest) -> HttpResponse:
    """Open reviews and appeals, the one due soonest first, and the newest of those that are closed."""
    desk_chrome(request)
    request.chrome["section"] = "Awards"
    page = {
        "title": "Reviews and appeals",
        "todos": [todo(one, "desk_review", verb=VERBS[one.state]) for one in open_reviews()[:PAGE]],
        "closed": list(seen().filter(state__in=("issued", "taken_back")).order_by("-id")[:PAGE]),
        "crumbs": [{"label": "Awards", "url": reverse("desk_awards")}, {"label": "Reviews and appeals"}],
    }
    return render(request, "desk/reviews.html", {"page": page})


class AppointForm(forms.Form):
    """Who decides."""

    reviewer = forms.TypedChoiceField(
        label="Who decides it", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose who decides it", "invalid_choice": "Choose one of the list"},
    )  # fmt: skip

    def __init__(self, choosing: Choosing, data: Any = None) -> None:
        super().__init__(data)
        choosing.narrow(self.fields["reviewer"])


def review(request: HttpRequest, id: int) -> HttpResponse:
    """One review: appoint somebody, decide it when appointed to an appeal, send its outcome out."""
    found = get_object_or_404(seen(), pk=id)
    if request.method == "POST":
        return _done(request, found)
    return _page(request, found)


def _done(request: HttpRequest, found: Review) -> HttpResponse:
    act = next((name for name in ACTS if name in request.POST), "appoint")
    permission, run = ACTS[act]
    if not request.acting.may(permission):
        raise PermissionDenied(permission)
    return run(request, found)


def _appoint(request: HttpRequest, found: Review) -> HttpResponse:
    form = AppointForm(_choosing(request, found), request.POST)
    if not form.is_valid():
        return _page(request, found, appoint=form, refused=True)
    verdict = appoint_reviewer(found.pk, form.cleaned_data["reviewer"], at=request.at, by=request.acting)
    if verdict.refused:
        return _page(request, found, appoint=form, verdict=verdict, refused=True)
    return _after(request, found, "Appointed. The centre and the person have been written to.")


def _decide(request: HttpRequest, found: Review) -> HttpResponse:
    form = DecideForm(units_in(found), request.POST)
    if not form.is_valid():
        return _page(request, found, decide=form, refused=True)
    verdict = decide_review(found.pk, form.outcomes(), form.cleaned_data["words"], at=request.at, by=request.acting)
    if verdict.refused:
        return _page(request, found, decide=form, verdict=verdict, refused=True)
    return _after(request, found, "Decided. A colleague sends the outcome out.")


def _issue(request: HttpRequest, found: Review) -> HttpResponse:
    verdict = issue_review(
        found.pk, organisation=settings.ORGANISATION, at=request.at, by=request.acting, fresh=request.fresh_bytes
    )
    if verdict.refused:
        return _page(request, found, verdict=verdict, refused=True)
    return _after(request, found, "Sent out. What it says is in force from now on.")


ACTS = {
    "decide": ("hear_appeals", _decide),
    "issue": ("appoint_reviewers", _issue),
    "appoint": ("appoint_reviewers", _appoint),
}


def _after(request: HttpRequest, found: Review, told: str) -> HttpResponse:
    messages.success(request, told)
    response = redirect("desk_review", found.pk)
    response.status_code = 303
    return response


def _choosing(request: HttpRequest, found: Review) -> Choosing:
    """Those who may decide, and those who may not with the reasons. `?who=` finds a name."""
    named = [
        (one, judge(one.facts, rules_on("reviewer")))
        for one in choices(found, london_day(request.at), appointed_by=request.acting.person)
        if one.person != found.reviewer_id
    ]
    return Choosing(
        request.GET.get("who", "").strip()[:100],
        [(one.person, one.name) for one, said in named if said.allowed],
        [(one.name, " ".join(reason.text for reason in said.refused)) for one, said in named if said.refused],
    )


def _page(
    request: HttpRequest, found: Review, *, appoint: AppointForm | None = None, decide: DecideForm | None = None,
    verdict: Verdict = Verdict(), refused: bool = False,
) -> HttpResponse:  # fmt: skip
    units, told = units_in(found), found.state in ("decided", "issued")
    may_appoint = request.acting.may("appoint_reviewers") and found.state in ("asked", "with_reviewer")
    choosing = _choosing(request, found) if may_appoint else Choosing("", [], [])
    mine = found.state == "with_reviewer" and found.reviewer_id == request.acting.person
    form = (decide or DecideForm(units)) if mine and request.acting.may("hear_appeals") else None
    desk_chrome(request)
    request.chrome["section"] = "Awards"
    page = {
        **shown_review(found, request),
        "units": unit_rows(units, found, form, told=told),
        "finding": found.finding if told else None,
        "may_appoint": may_appoint and not mine,
        "appoint": appoint or AppointForm(choosing),
        "choosing": choosing,
        "form": form,
        "may_issue": found.state == "decided" and request.acting.may("appoint_reviewers"),
        "credited": hasattr(found.charge, "credit"),
        "verdict": verdict,
        "refused": refused,
        "crumbs": [
            {"label": "Awards", "url": reverse("desk_awards")},
            {"label": "Reviews and appeals", "url": reverse("desk_reviews")},
            {"label": f"{found.called.capitalize()} {found.pk}"},
        ],
    }
    return render(request, "desk/review.html", {"page": page}, status=422 if refused else 200)
