"""The schemes as the catalogue holds them. They come from packs and are read here."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conferral.pages.desk.next import desk_chrome
from conferral.records.catalogue.models import EvidencePolicy, Qualification
from conferral.rules.days import london_day


def listing(request: HttpRequest) -> HttpResponse:
    """Every scheme with its route, dates and the evidence it takes today."""
    on = london_day(request.at)
    evidence = {
        policy.scheme_id: policy.get_kind_display() for policy in EvidencePolicy.objects.exclude(from_day__gt=on)
    }  # the newest policy of a scheme comes last
    desk_chrome(request)
    page = {
        "title": "Catalogue",
        "schemes": [_row(scheme, evidence.get(scheme.code, "not known"), on) for scheme in Qualification.objects.all()],
    }
    return render(request, "desk/catalogue.html", {"page": page})


def _row(scheme: Qualification, evidence: str, on: Any) -> dict[str, Any]:
    closed = scheme.final_certification is not None and scheme.final_certification < on
    ending = scheme.last_registration is not None and scheme.last_registration < on
    state = ("cannot", "Closed") if closed else ("at-risk", "Certification only") if ending else ("", "Open")
    return {"scheme": scheme, "evidence": evidence, "mark": state[0], "state": state[1]}
