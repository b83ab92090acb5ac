"""Work without a claim, wherever it lies."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.consignments import return_unmatched_work
from conferral.pages.desk.next import desk_chrome
from conferral.records.claims.models import Consignment
from conferral.records.moderation.queries import unmatched
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


def _listing(request: HttpRequest, verdict: Verdict | None = None) -> HttpResponse:
    desk_chrome(request)
    page = {
        "title": "Work without a claim",
        "parcels": [
            {"parcel": one, "reference": format_reference(one.reference), "last_day": last_day(one.return_after)}
            for one in unmatched()[:PAGE]
        ],
        "may_return": request.acting.may("manage_centres"),
        "verdict": verdict,
        "refused": verdict is not None,
        "crumbs": [{"label": "Today", "url": reverse("desk_today")}, {"label": "Work without a claim"}],
    }
    return render(request, "desk/parcels.html", {"page": page}, status=422 if verdict else 200)
