"""Evidence of a claim, uploaded: candidate by candidate, refused files with their reasons, and complete."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conferral.actions.evidence import (
    begin_file,
    complete_upload,
    evidence_facts,
    give_up_file,
    judge_upload,
    receive_file,
    take_away_evidence,
)
from conferral.pages.addresses import whole_number
from conferral.pages.centre.next import centre_chrome
from conferral.pages.door import door
from conferral.pages.evidence import bundle_state, row
from conferral.pages.templatetags.parts import counted
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.claims.queries import candidates_of_claim
from conferral.records.evidence.models import EvidenceItem, StoredFile
from conferral.records.evidence.queries import (
    arriving_files,
    files_by_candidate,
    files_looked_into,
    hashes_behind,
    items_of,
    places_of,
    refused_files,
    signature_on,
    waiting_in,
)
from conferral.rules.book import rules_on
from conferral.rules.rule import Verdict, judge
from conferral.rules.uploads import upload_still_looked_into

PAGE = 50
SHOWN = 50  # files of a candidate at once
WAITS = upload_still_looked_into.id


@require_safe
def files(request: HttpRequest, number: int) -> HttpResponse:
    """The files of one candidate of a claim (`?candidate=`, the first if none), and a form for more.

    With `?waiting=`, as the page last said it, the answer is empty (204) until something has changed.
    """
    claim = claim_with_files(number)
    if request.GET.get("waiting") and request.GET["waiting"] == waiting_in(claim.pk).mark:
        return HttpResponse(status=204)
    return show_files(request, claim)


@require_POST
def upload(request: HttpRequest, number: int) -> HttpResponse:
    """Take the files chosen for one candidate. Each by itself is refused at once or left to a worker."""
    claim = claim_with_files(number)
    registration = whole_number(request.POST.get("candidate")) or 0
    sent = request.FILES.getlist("files")
    said = [_one(request, claim, registration, file) for file in sent]
    refused = [(file.name or "", verdict) for file, verdict in zip(sent, said, strict=True) if verdict.refused]
    if refused or not sent:
        return show_files(request, claim, registration, unkept=refused, nothing=not sent)
    messages.success(request, f"{counted(len(sent), 'file')} arrived.")
    response = redirect(f"{reverse('centre_files', args=[number])}?candidate={registration}")
    response.status_code = 303
    return response


def _one(request: HttpRequest, claim: Claim, registration: int, sent: UploadedFile) -> Verdict:
    at_door, token = door(), request.fresh_bytes(16).hex()
    verdict, file = begin_file(
        claim.pk, registration, sent.name or "", sent.size or 0, unit=request.POST.get("unit"), token=token,
        door=at_door, at=request.at, by=request.acting,
    )  # fmt: skip
    if file is not None:
        at_door.store.append(token, sent.chunks(), most=at_door.most)
        receive_file(token, at=request.at, by=request.acting)
    return verdict


@require_POST
def take_away(request: HttpRequest, number: int, item: int) -> HttpResponse:
    """Take a file from a candidate's work."""
    found = get_object_or_404(EvidenceItem, pk=item, claim=number)
    registration = found.registration_id
    verdict = take_away_evidence(item, at=request.at, by=request.acting)
    if verdict.refused:
        return show_files(request, claim_with_files(number), registration, verdict=verdict)
    messages.success(request, f"{found.name} is taken away.")
    return redirect(f"{reverse('centre_files', args=[number])}?candidate={registration}")


@require_POST
def give_up(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Take a file off the list that was refused or has not arrived whole."""
    file = get_object_or_404(StoredFile, token=token, claim=number)
    give_up_file(token, door=door(), by=request.acting)
    return redirect(f"{reverse('centre_files', args=[number])}?candidate={file.registration_id}")


@require_POST
def complete(request: HttpRequest, number: int) -> HttpResponse:
    """Say that all is uploaded; the claim is then with its moderator."""
    claim = claim_with_files(number)
    verdict = complete_upload(number, at=request.at, by=request.acting)
    if verdict.refused:
        return show_files(request, claim, verdict=verdict)
    messages.success(request, f"The work of claim {number} is with {claim.moderator.name}.")
    return redirect("centre_claim", number)


def claim_with_files(number: int) -> Claim:
    """A claim whose work is sent, and so may be uploaded. Raises Http404 for another."""
    known = Claim.objects.select_related("scheme", "moderator", "centre").exclude(
        scheme__route__in=("verified", "visiting")
    )
    return get_object_or_404(known, pk=number)


def show_files(
    request: HttpRequest, claim: Claim, registration: int | None = None, *, verdict: Verdict | None = None,
    unkept: Iterable[tuple[str, Verdict]] = (), nothing: bool = False,
) -> HttpResponse:  # fmt: skip
    """The files of one candidate of a claim, with what was just refused."""
    units, last = candidates_of_claim(claim, whole_number(request.GET.get("after")), PAGE)
    chosen = _chosen(claim, registration or whole_number(request.GET.get("candidate")), units)
    refused = bool(verdict) or bool(unkept) or nothing or request.method == "POST"
    open_now = judge(evidence_facts(claim), rules_on("evidence"))
    page = {
        "title": f"Evidence of {'draft' if claim.state == 'draft' else 'claim'} {claim.pk}",
        "claim": claim,
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"{'Draft' if claim.state == 'draft' else 'Claim'} {claim.pk}",
             "url": reverse("centre_claim", args=[claim.pk])},
            {"label": "Evidence"},
        ],
        "picklist": _picklist(claim, units, chosen),
        "more_url": f"?after={last}" if last else "",
        "open": open_now.allowed,
        "may_sign": open_now.allowed and request.acting.may("verify_internally"),
        "may_add": open_now.allowed and request.acting.may("send_work"),
        "verdict": verdict,
        "nothing": nothing,
        "refused": refused,
        "scanned": door().scan is not None,
        "most": filesizeformat(door().most),
        "arriving": arriving_files(claim.pk),
        "waiting": waiting_in(claim.pk),
        "moved": "waiting" in request.GET,
    }  # fmt: skip
    if chosen is not None:
        start = whole_number(request.GET.get("from")) or 0
        page |= _of_candidate(request.acting.person, claim, chosen, unkept, start)
    if claim.state == "submitted" and page["may_add"]:
        page["complete"] = _completing(claim)
    centre_chrome(request)
    return render(request, "centre/files.html", {"page": page}, status=422 if refused else 200)


def _completing(claim: Claim) -> dict[str, Any]:
    """What stands in the way of sending the work, and what is said beside it."""
    said = judge_upload(claim)
    waits = any(reason.rule == WAITS for reason in said.refused)
    return {"said": said.warned, "waits": waits and WAITS, "files": claim.evidence.count()}


def _chosen(claim: Claim, registration: int | None, units: list[ClaimedUnit]) -> ClaimedUnit | None:
    """A claimed unit of the candidate asked for, else of the first; None while nothing is claimed."""
    if registration is None:
        return units[0] if units else None
    found = claim.units.filter(registration=registration).select_related("registration__candidate").first()
    if found is None:
        raise Http404(registration)
    return found


def _picklist(claim: Claim, units: list[ClaimedUnit], chosen: ClaimedUnit | None) -> list[dict[str, Any]]:
    names = {unit.registration_id: unit.registration.candidate.name for unit in units}
    counts = files_by_candidate(claim.pk, names)
    return [
        {
            "name": name,
            "url": f"{reverse('centre_files', args=[claim.pk])}?candidate={registration}",
            "current": chosen is not None and registration == chosen.registration_id,
            "count": counts.get(registration, 0),
        }
        for registration, name in names.items()
    ]


def _signature(claim: Claim, unit: ClaimedUnit) -> dict[str, Any]:
    """Who signed the files behind a unit, and whether they are still those."""
    signed = signature_on(claim.pk, unit.registration_id, unit.unit_id)
    behind = hashes_behind(claim.pk, unit.registration_id, unit.unit_id)
    return {
        "unit": unit,
        "signed": signed,
        "changed": signed is not None and signed.hashes != behind,
        "files": len(behind),
    }


def _of_candidate(
    person: int | None, claim: Claim, chosen: ClaimedUnit, unkept: Iterable[tuple[str, Verdict]], start: int
) -> dict[str, Any]:
    registration = chosen.registration_id
    here = f"{reverse('centre_files', args=[claim.pk])}?candidate={registration}"
    stretches = places_of(claim.pk, registration, SHOWN)
    shown = next((one for one in reversed(stretches) if one[0] <= start), stretches[0] if stretches else (0, 0))
    more = [{"first": one[0], "last": one[1], "url": f"{here}&from={one[0]}", "current": one == shown}
            for one in stretches]  # fmt: skip
    units = list(claim.units.filter(registration=registration).select_related("unit").order_by("unit_id"))
    return {
        "candidate": chosen.registration.candidate,
        "registration": registration,
        "units": units,
        "bundle": bundle_state(claim, registration),
        "signatures": [_signature(claim, unit) for unit in units],
        "me": person,
        "here": f"{here}&from={shown[0]}" if start else here,
        "stretches": more if len(more) > 1 else [],
        "count": files_by_candidate(claim.pk, [registration]).get(registration, 0),
        "looked_into": files_looked_into(claim.pk, registration),
        "rows": [row(item) for item in items_of(claim.pk, registration).filter(place__range=shown)],
        "turned_away": [
            *({"name": name, "reasons": list(verdict.reasons)} for name, verdict in unkept),
            *({"name": file.name, "reasons": file.reasons, "token": file.token}
              for file in refused_files(claim.pk, registration)),
        ],
    }  # fmt: skip
