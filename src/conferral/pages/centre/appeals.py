"""Asking for a review of moderation, following it, and appealing against its outcome."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.appeals import ask_appeal, ask_review, take_back_review
from conferral.pages.appeals import shown_review, unit_rows
from conferral.pages.centre.next import centre_chrome
from conferral.pages.templatetags.parts import weekday
from conferral.records.appeals.models import Review
from conferral.records.appeals.queries import appeal_facts, request_facts, reviews_of, seen, units_in, units_to_review
from conferral.records.claims.models import Claim
from conferral.rules.appeals import (
    appeal_asked_already,
    appeal_before_review,
    appeal_too_late,
    review_before_report,
    review_too_late,
)
from conferral.rules.days import london_day
from conferral.rules.fee_list import APPEAL, REVIEW, price
from conferral.rules.rule import Verdict, judge


def _reason(label: str, hint: str, missing: str) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": 5}), max_length=8000,
        error_messages={"required": missing, "max_length": "Keep it to 8,000 characters"},
    )  # fmt: skip


class AskForm(forms.Form):
    """Which units are to be looked at again, and why."""

    units = forms.MultipleChoiceField(
        label="Units", help_text="A unit is looked at again for every candidate of the claim.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one unit", "invalid_choice": "Choose units of the list"},
    )  # fmt: skip
    reason = _reason(
        "Why should they be looked at again?", "Say which decisions you doubt, and what in the work speaks for you.",
        "Say which decisions you doubt, and why",
    )  # fmt: skip

    def __init__(self, allowed: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data)
        self.fields["units"].choices = allowed


class AppealForm(forms.Form):
    """Why the review was wrong."""

    reason = _reason(
        "What was wrong with the review?", "Which procedure was not followed, or what was left out of account.",
        "Say what was wrong with the review",
    )  # fmt: skip


def ask(request: HttpRequest, claim: int) -> HttpResponse:
    """Show which units can be reviewed, until when and for how much; on POST, ask."""
    rows = Claim.objects.select_related("scheme", "centre", "report").exclude(state="draft")
    found = get_object_or_404(rows, pk=claim)
    asked = reviews_of(found.pk)
    reviewed = {code for one in asked for code in one.units}
    standing = units_to_review(found)
    allowed = [(code, code) for code, same in standing.items() if not same and code not in reviewed]
    facts = request_facts(found, [], "", at=request.at)
    verdict = judge(facts, [review_before_report, review_too_late])
    form = AskForm(allowed, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict, made = ask_review(found.pk, said["units"], said["reason"], at=request.at, by=request.acting)
        if made:
            messages.success(request, f"Asked. Somebody is appointed by {shown_review(made, request)['clock']}.")
            return _to(made)
    centre_chrome(request, "Results")
    page = {
        "title": f"Ask for a review of claim {found.pk}",
        "claim": found,
        "form": form,
        "last_day": weekday(facts.last_day) if facts.last_day else "",
        "pence": price(REVIEW, london_day(request.at)),
        "unchanged": [code for code, same in standing.items() if same],
        "asked": asked,
        "open": verdict.allowed and bool(allowed),
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": [
            {"label": "Results", "url": reverse("centre_results")},
            {"label": f"Report on claim {found.pk}", "url": reverse("centre_report", args=[found.pk])},
            {"label": "Ask for a review"},
        ],
    }
    return render(request, "centre/ask_review.html", {"page": page}, status=422 if page["refused"] else 200)


def _to(made: Review) -> HttpResponse:
    response = redirect("centre_review", made.pk)
    response.status_code = 303
    return response


def review(request: HttpRequest, id: int) -> HttpResponse:
    """A review or appeal: where it stands, and once it is sent out, what came of it."""
    return _review(request, get_object_or_404(seen(), pk=id))


def _review(
    request: HttpRequest, found: Review, *, form: AppealForm | None = None, verdict: Verdict = Verdict()
) -> HttpResponse:
    issued = found.state == "issued"
    facts = appeal_facts(found, "", at=request.at)
    against = judge(facts, [appeal_before_review, appeal_too_late, appeal_asked_already])
    centre_chrome(request, "Results")
    page = {
        **shown_review(found, request),
        "finding": found.finding if issued else None,
        "units": unit_rows(units_in(found), found, None, told=issued),
        "may_ask": request.acting.may("ask_for_review"),
        "can_take_back": found.state == "asked",
        "appeal": getattr(found, "appeal", None),
        "can_appeal": issued and not found.is_appeal and against.allowed,
        "appeal_until": weekday(facts.last_day) if facts.last_day else "",
        "appeal_pence": price(APPEAL, london_day(request.at)),
        "form": form or AppealForm(),
        "credited": hasattr(found.charge, "credit"),
        "verdict": verdict,
        "refused": form is not None or bool(verdict.refused),
        "crumbs": [
            {"label": "Results", "url": reverse("centre_results")},
            {"label": f"Report on claim {found.claim_id}", "url": reverse("centre_report", args=[found.claim_id])},
            {"label": f"{found.called.capitalize()} {found.pk}"},
        ],
    }
    return render(request, "centre/review.html", {"page": page}, status=422 if page["refused"] else 200)


@require_POST
def appeal(request: HttpRequest, id: int) -> HttpResponse:
    """Appeal against a review."""
    found = get_object_or_404(seen(), pk=id, before=None)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _review(request, found, form=form)
    verdict, made = ask_appeal(found.pk, form.cleaned_data["reason"], at=request.at, by=request.acting)
    if made is None:
        return _review(request, found, form=form, verdict=verdict)
    messages.success(request, "The appeal is made.")
    return _to(made)


@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """The centre no longer asks."""
    found = get_object_or_404(seen(), pk=id)
    verdict = take_back_review(found.pk, at=request.at, by=request.acting)
    if verdict.refused:
        return _review(request, get_object_or_404(seen(), pk=id), verdict=verdict)
    messages.success(request, "Taken back. The fee is credited.")
    return _to(found)
