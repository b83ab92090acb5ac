"""Work without a claim, wherever it lies."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from conferral.actions.consignments import record_courtesy_contact, return_unmatched_work
from conferral.pages.desk.next import desk_chrome
from conferral.records.claims.models import Consignment, CourtesyContact
from conferral.records.moderation.queries import to_return, unmatched
from conferral.rules.days import last_day
from conferral.rules.references import format_reference
from conferral.rules.rule import Verdict

PAGE = 50


def listing(request: HttpRequest) -> HttpResponse:
    """Parcels without a claim, the one due back first, with whom to ring."""
    return _listing(request)


@require_POST
def send_back(request: HttpRequest, parcel: int) -> HttpResponse:
    """Record that a parcel without a claim goes back to its centre."""
    found = get_object_or_404(Consignment, pk=parcel)
    verdict = return_unmatched_work(found.pk, at=request.at, by=request.acting)
    if verdict.refused:
        return _listing(request, verdict)
    messages.success(request, f"Parcel {format_reference(found.reference)} is recorded as sent back.")
    return redirect("desk_parcels")


class CourtesyForm(forms.Form):
    """Whom the desk reached of a parcel without a claim, and how."""

    reached = forms.CharField(
        label="Whom you reached",
        max_length=100,
        error_messages={"required": "Enter whom you reached.", "max_length": "Shorten the name to 100 characters."},
    )
    how = forms.ChoiceField(
        label="How",
        choices=CourtesyContact.How.choices,
        error_messages={"required": "Choose how.", "invalid_choice": "Choose telephone, e-mail or letter."},
    )


@require_http_methods(["GET", "POST"])
def courtesy(request: HttpRequest, parcel: int) -> HttpResponse:
    """Record that the centre was told that its work lies here; the work goes back all the same without a claim."""
    found = get_object_or_404(unmatched(), pk=parcel)
    form = CourtesyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if record_courtesy_contact(parcel, **form.cleaned_data, at=request.at, by=request.acting):
            messages.success(
                request, f"Kept: {form.cleaned_data['reached']} knows of {format_reference(found.reference)}."
            )
            return redirect("desk_parcels")
        form.add_error(None, "This parcel waits no longer: somebody matched it or sent it back.")
    desk_chrome(request)
    name = format_reference(found.reference)
    page = {
        "title": f"Tell the centre of parcel {name}",
        "form": form,
        "parcel": found,
        "last_day": last_day(found.return_after),
        "refused": request.method == "POST",
        "crumbs": [{"label": "Work without a claim", "url": reverse("desk_parcels")}, {"label": name}],
    }
    return render(request, "desk/courtesy.html", {"page": page}, status=422 if page["refused"] else 200)


def _listing(request: HttpRequest, verdict: Verdict | None = None) -> HttpResponse:
    desk_chrome(request)
    page = {
        "title": "Work without a claim",
        "parcels": [
            {"parcel": one, "reference": format_reference(one.reference), "last_day": last_day(one.return_after)}
            for one in unmatched().prefetch_related("courtesy_contacts__made_by")[:PAGE]
        ],
        "to_return": [(format_reference(one.reference), one) for one in to_return()[:PAGE]],
        "may_tell": request.acting.may("handle_letters"),
        "may_return": request.acting.may("manage_centres"),
        "verdict": verdict,
        "refused": verdict is not None,
        "crumbs": [{"label": "Today", "url": reverse("desk_today")}, {"label": "Work without a claim"}],
    }
    return render(request, "desk/parcels.html", {"page": page}, status=422 if verdict else 200)
