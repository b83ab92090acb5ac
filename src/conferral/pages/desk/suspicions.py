"""A reported suspicion at the desk: answered by a hold, or closed with a reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.suspicions import close_suspicion
from conferral.pages.desk.holds import PlaceForm, choices_of, placed, shown
from conferral.pages.desk.next import desk_chrome
from conferral.pages.suspicions import facts_of
from conferral.pages.timeline import lines, timeline
from conferral.records.holds.models import HoldReason, Suspicion
from conferral.records.holds.queries import reported
from conferral.rules.rule import Verdict


class CloseForm(forms.Form):
    """Why nothing follows."""

    because = forms.CharField(
        label="Why nothing follows", help_text="What was looked at and what was found. Only the desk reads it.",
        max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why nothing follows", "max_length": "Keep it to 4,000 characters"},
    )  # fmt: skip


def suspicion(request: HttpRequest, id: int) -> HttpResponse:
    """One report: what was seen, by whom, whether it came at once; on POST, hold results or close it."""
    found = get_object_or_404(reported(), pk=id)
    if request.method != "POST":
        return _page(request, found)
    if not request.acting.may("place_holds"):
        raise PermissionDenied("place_holds")
    return _close(request, found) if "close" in request.POST else _hold(request, found)


def _hold(request: HttpRequest, found: Suspicion) -> HttpResponse:
    form, verdict = PlaceForm(_choices(found), request.POST), Verdict()
    if form.is_valid():
        verdict, made = placed(request, form, found.pk)
        if made:
            return shown(made)
    return _page(request, found, hold=form, verdict=verdict)


def _close(request: HttpRequest, found: Suspicion) -> HttpResponse:
    form, verdict = CloseForm(request.POST), Verdict()
    if form.is_valid():
        verdict = close_suspicion(found.pk, form.cleaned_data["because"], at=request.at, by=request.acting)
        if verdict.allowed:
            messages.success(request, f"Report {found.pk} is closed.")
            response = redirect("desk_holds")
            response.status_code = 303
            return response
    return _page(request, found, close=form, verdict=verdict)


def _choices(found: Suspicion) -> Any:
    return choices_of(found.centre, registration=found.registration, claim=found.claim)


def _page(
    request: HttpRequest, found: Suspicion, *, hold: PlaceForm | None = None, close: CloseForm | None = None,
    verdict: Verdict = Verdict(),
) -> HttpResponse:  # fmt: skip
    refused = bool(hold or close)
    answered = HoldReason.objects.filter(suspicion=found).values_list("pk", flat=True).first()
    desk_chrome(request)
    request.chrome["section"] = "Awards"
    page = {
        "title": f"Report {found.pk}: {found.get_kind_display().lower()}",
        "suspicion": found,
        "facts": facts_of(found, centre="desk_centre", claim="desk_claim", registration="desk_registration"),
        "hold": hold or PlaceForm(_choices(found)),
        "close": close or CloseForm(),
        "answered": answered,
        "may_settle": found.state == "reported" and request.acting.may("place_holds"),
        "verdict": verdict,
        "refused": refused,
        "entries": lines(timeline(("suspicion", found.pk)), request.at),
        "crumbs": [
            {"label": "Awards", "url": reverse("desk_awards")},
            {"label": "Holds", "url": reverse("desk_holds")},
            {"label": f"Report {found.pk}"},
        ],
    }
    return render(request, "desk/suspicion.html", {"page": page}, status=422 if refused else 200)
