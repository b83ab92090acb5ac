"""Writing on a file of evidence during a review, and all files of a candidate as one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from conferral.actions.evidence_notes import write_on_file
from conferral.pages import evidence
from conferral.pages.moderator.claims import review_of
from conferral.pages.moderator.files import item_of
from conferral.records.claims.models import Claim


@require_POST
def note(request: HttpRequest, number: int, item: int) -> HttpResponse:
    """Write on the file and go back to where it was seen; a note that can't be kept says why."""
    found = item_of(number, item)
    asked = request.POST.get("page", "").strip()
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else None
    verdict = write_on_file(found.pk, request.POST.get("words", ""), page, at=request.at, by=request.acting)
    if verdict.refused:
        return review_of(request, number, found, verdict)
    back = request.POST.get("back", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/moderator/")
    return redirect(back if here else reverse("moderator_claim", args=[number]))


def bundle(request: HttpRequest, number: int, registration: int) -> HttpResponse:
    """All files of a candidate in one PDF; on POST a worker is asked to make it."""
    claim = get_object_or_404(Claim.objects.select_related("scheme", "centre"), pk=number)
    if request.method != "POST":
        return evidence.bundle_file(claim, registration)
    evidence.ask_for_bundle(request, claim, registration)
    return redirect(f"{reverse('moderator_claim', args=[number])}")
