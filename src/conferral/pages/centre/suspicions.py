"""Suspicions of malpractice that somebody at the centre reports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conferral.pages import suspicions
from conferral.pages.addresses import whole_number
from conferral.pages.centre.next import centre_chrome
from conferral.records.candidates.models import Registration
from conferral.records.claims.models import Claim


def report(request: HttpRequest) -> HttpResponse:
    """Report about `?claim=`, about the candidate of `?registration=`, or about the centre as a whole."""
    number, row = whole_number(request.GET.get("claim")), whole_number(request.GET.get("registration"))
    claims, rows = Claim.objects.exclude(state="draft"), Registration.objects.select_related("candidate")
    claim = get_object_or_404(claims, pk=number) if number else None
    registration = get_object_or_404(rows, pk=row) if row else None
    back = reverse("centre_suspicions")
    if claim:
        back = reverse("centre_claim", args=[claim.pk])
    elif registration:
        back = reverse("centre_candidate", args=[registration.candidate_id])
    _chrome(request)
    return suspicions.report(
        request, request.acting.own_centre, claim=claim, registration=registration, back=back,
        one="centre_suspicion", listed="centre_suspicions", crumbs=_crumbs(),
    )  # fmt: skip


def listing(request: HttpRequest) -> HttpResponse:
    """What the person reported at this centre."""
    _chrome(request)
    address = reverse("centre_report_suspicion")
    return suspicions.listing(request, one="centre_suspicion", report_url=address, crumbs=_crumbs())


def suspicion(request: HttpRequest, id: int) -> HttpResponse:
    """One report of the person's own."""
    _chrome(request)
    return suspicions.shown(request, id, listed="centre_suspicions", crumbs=_crumbs(), claim="centre_claim")


def _chrome(request: HttpRequest) -> None:
    centre_chrome(request)
    request.chrome["section"] = "Our centre"


def _crumbs() -> list[dict[str, str]]:
    return [{"label": "Our centre", "url": reverse("centre_own")}]
