"""A review or appeal in the hands of the moderator who is appointed to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.appeals import decide_review
from conferral.pages.appeals import DecideForm, shown_review, unit_rows
from conferral.pages.moderator.next import moderator_chrome
from conferral.records.appeals.queries import seen, units_in


def review(request: HttpRequest, id: int) -> HttpResponse:
    """What the centre asks, what was decided, and the form in which every unit is decided at once."""
    found = get_object_or_404(seen(), pk=id)
    units = units_in(found)
    open_still = found.state == "with_reviewer"
    form = DecideForm(units, request.POST if request.method == "POST" else None) if open_still else None
    verdict = None
    if request.method == "POST" and form is not None and form.is_valid():
        verdict = decide_review(found.pk, form.outcomes(), form.cleaned_data["words"], at=request.at, by=request.acting)
        if verdict.allowed:
            messages.success(request, "Decided. The desk sends the outcome to the centre.")
            response = redirect("moderator_review", found.pk)
            response.status_code = 303
            return response
    moderator_chrome(request)
    told = found.state in ("decided", "issued")
    page = {
        **shown_review(found, request),
        "form": form,
        "finding": found.finding if told else None,
        "units": unit_rows(units, found, form, told=told, work="moderator_unit"),
        "report": getattr(found.claim, "report", None),
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": [
            {"label": "Waiting for me", "url": reverse("moderator_waiting")},
            {"label": f"{found.called.capitalize()} {found.pk}"},
        ],
    }
    return render(request, "moderator/review_asked.html", {"page": page}, status=422 if page["refused"] else 200)
