"""Suspicions of malpractice that a moderator or verifier reports about a claim."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conferral.pages import suspicions
from conferral.pages.moderator.next import moderator_chrome
from conferral.records.claims.models import Claim


def report(request: HttpRequest, number: int) -> HttpResponse:
    """Report about a claim that the moderator sees."""
    claim = get_object_or_404(Claim, pk=number)
    moderator_chrome(request)
    address = reverse("moderator_claim", args=[number])
    crumbs = [*_crumbs(), {"label": f"Claim {number}", "url": address}]
    return suspicions.report(
        request,
        claim.centre_id,
        claim=claim,
        back=address,
        one="moderator_suspicion",
        listed="moderator_suspicions",
        crumbs=crumbs,
    )


def listing(request: HttpRequest) -> HttpResponse:
    """What the moderator reported."""
    moderator_chrome(request)
    return suspicions.listing(request, one="moderator_suspicion", report_url="", crumbs=_crumbs())


def suspicion(request: HttpRequest, id: int) -> HttpResponse:
    """One report of the moderator's own."""
    moderator_chrome(request)
    return suspicions.shown(request, id, listed="moderator_suspicions", crumbs=_crumbs(), claim="moderator_claim")


def _crumbs() -> list[dict[str, str]]:
    return [{"label": "Waiting for me", "url": reverse("moderator_waiting")}]
