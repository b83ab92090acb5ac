"""The sheet that travels on top of the work."""

from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferral.pages.centre.consignments import last_day
from conferral.records.claims.models import Claim
from conferral.records.claims.queries import units_in_claim
from conferral.records.moderation.models import Moderator
from conferral.rules.references import format_reference

MOST_COLUMNS = 4


@require_safe
def cover_sheet(request: HttpRequest, number: int) -> HttpResponse:
    """The cover sheet of a claim whose work is or was on its way."""
    known = Claim.objects.select_related("scheme", "centre", "moderator", "submitted_by")
    claim = get_object_or_404(known, pk=number)
    work = claim.consignments.exclude(state="cancelled").last()
    if work is None:
        return redirect("centre_claim", number)
    page = {
        "title": f"Cover sheet of claim {number}",
        "claim": claim,
        "reference": format_reference(work.reference),
        "code": square_code(parcel_url(work.reference)),
        "address": Moderator.objects.filter(pk=claim.moderator_id).values_list("address", flat=True).first(),
        "last_day": last_day(claim),
        "back_url": reverse("centre_claim", args=[number]),
        "back_text": f"Back to claim {number}",
        "organisation": settings.ORGANISATION,
        "person": request.user.name,
    } | contents(claim)
    return render(request, "centre/cover_sheet.html", {"page": page, "at": request.at})


def parcel_url(reference: str) -> str:
    """The short address behind the square code, where each hand says that it has the parcel."""
    return f"{settings.PUBLIC_ADDRESS}{reverse('parcel', args=[reference])}"


def square_code(text: str) -> str:
    """A QR code as an image in the page, sharp at any size."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=2)


def contents(claim: Claim) -> dict[str, Any]:
    """Candidates by units: a column for each unit, or where there are many, the units named in the row."""
    rows: dict[int, dict[str, Any]] = {}
    units: dict[str, None] = {}
    for claimed in units_in_claim(claim):
        row = rows.setdefault(claimed.registration_id, {"name": claimed.registration.candidate.name, "units": []})
        row["units"].append(claimed.unit_id)
        units[claimed.unit_id] = None
    columns = sorted(units) if len(units) <= MOST_COLUMNS else []
    for row in rows.values():
        row["cells"] = [unit in row["units"] for unit in columns]
    return {
        "columns": columns,
        "rows": list(rows.values()),
        "candidates": len(rows),
        "units": sum(len(row["units"]) for row in rows.values()),
        "span": len(columns) + 4 if columns else 5,
    }
