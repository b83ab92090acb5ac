"""One file of evidence at its centre: seen, written on and signed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conferral.actions.evidence import evidence_facts
from conferral.actions.evidence_notes import sign_files, write_on_file
from conferral.pages import evidence
from conferral.pages.centre.claim_builder import whole_number
from conferral.pages.centre.files import claim_with_files, show_files
from conferral.pages.centre.next import centre_chrome
from conferral.records.evidence.models import EvidenceItem
from conferral.rules.book import rules_on
from conferral.rules.rule import Verdict, judge


@require_safe
def file(request: HttpRequest, number: int, item: int) -> HttpResponse:
    """A page of a file with what is written on it."""
    return _show(request, _item(number, item))


@require_safe
def original(request: HttpRequest, number: int, item: int) -> HttpResponse:
    """The file as it came."""
    return evidence.original(evidence.Bytes.of(_item(number, item)))


@require_safe
def picture(request: HttpRequest, number: int, item: int, page: int) -> HttpResponse:
    """A page of the file, drawn."""
    return evidence.picture(evidence.Bytes.of(_item(number, item)), page)


@require_POST
def note(request: HttpRequest, number: int, item: int) -> HttpResponse:
    """Write on the file."""
    found = _item(number, item)
    page = whole_number(request.POST.get("page"))
    verdict = write_on_file(found.pk, request.POST.get("words", ""), page, at=request.at, by=request.acting)
    if verdict.refused:
        return _show(request, found, verdict)
    return redirect(f"{reverse('centre_file', args=[number, item])}?page={page or 1}")


@require_POST
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """The internal verifier signs the files behind a unit of a candidate."""
    claim = claim_with_files(number)
    registration, unit = whole_number(request.POST.get("candidate")) or 0, request.POST.get("unit", "")
    verdict = sign_files(number, registration, unit, at=request.at, by=request.acting)
    if verdict.refused:
        return show_files(request, claim, registration, verdict=verdict)
    messages.success(request, f"The files behind {unit} are signed.")
    return redirect(f"{reverse('centre_files', args=[number])}?candidate={registration}")


def _item(number: int, item: int) -> EvidenceItem:
    known = EvidenceItem.objects.select_related("file", "claim__scheme", "registration__candidate")
    return get_object_or_404(known, pk=item, claim=number)


def _show(request: HttpRequest, item: EvidenceItem, verdict: Verdict | None = None) -> HttpResponse:
    claim = item.claim
    back = f"{reverse('centre_files', args=[claim.pk])}?candidate={item.registration_id}"
    url = f"{reverse('centre_file', args=[claim.pk, item.pk])}?"
    open_now = judge(evidence_facts(claim), rules_on("evidence")).allowed
    page = {
        "title": item.name,
        "claim": claim,
        "candidate": item.registration.candidate,
        "shown": evidence.shown_file(request, item, audience="centre", url=url),
        "may_write": open_now and request.acting.may("build_claims"),
        "verdict": verdict,
        "refused": verdict is not None,
        "item": item,
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"Claim {claim.pk}", "url": reverse("centre_claim", args=[claim.pk])},
            {"label": "Evidence", "url": back},
            {"label": item.label},
        ],
    }
    centre_chrome(request)
    return render(request, "centre/file.html", {"page": page}, status=422 if verdict else 200)


def bundle(request: HttpRequest, number: int, registration: int) -> HttpResponse:
    """All files of a candidate in one PDF; on POST a worker is asked to make it."""
    claim = claim_with_files(number)
    if request.method != "POST":
        return evidence.bundle_file(claim, registration)
    evidence.ask_for_bundle(request, claim, registration)
    return redirect(f"{reverse('centre_files', args=[number])}?candidate={registration}")
