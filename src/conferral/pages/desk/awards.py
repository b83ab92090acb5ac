"""Claims to process, certificates, and the revocation of one."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.awards import revoke_certificate
from conferral.pages.desk.next import desk_chrome
from conferral.pages.timeline import lines, timeline
from conferral.records.awards.models import Certificate
from conferral.records.awards.public import awarded_elsewhere
from conferral.records.awards.queries import certificates, to_process
from conferral.rules.references import certificate_number_fault, compact_reference, format_reference

PAGE = 50
STATES = {"due": "Due", "issued": "Issued", "revoked": "Revoked"}
MARKS = {"due": "at-risk", "issued": "ready", "revoked": "cannot"}


class RevokeForm(forms.Form):
    """Why a certificate is revoked."""

    because = forms.CharField(
        label="Why is it revoked?",
        help_text="Kept with the certificate. Anybody who checks it sees that it is revoked, not this reason.",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the certificate is revoked", "max_length": "Keep it to 200 characters"},
    )


def listing(request: HttpRequest) -> HttpResponse:
    """What waits to be processed, and certificates newest first."""
    wanted = request.GET.get("number", "").strip()[:60]
    number = compact_reference(wanted)
    if not certificate_number_fault(wanted) and Certificate.objects.filter(pk=number).exists():
        return redirect("desk_certificate", certificate=number)
    state = request.GET.get("state", "") if request.GET.get("state") in STATES else ""
    before = _bounded(request.GET.get("before", ""))
    rows = list(certificates(before, state)[: PAGE + 1])
    desk_chrome(request)
    request.chrome.pop("next", None)
    page = {
        "title": "Awards",
        "claims": list(to_process()[:PAGE]),
        "wanted": wanted,
        "state": state,
        "states": [{"value": value, "label": label, "chosen": value == state} for value, label in STATES.items()],
        "certificates": [_row(row) for row in rows[:PAGE]],
        "older_url": f"?state={state}&before={rows[PAGE - 1].award_id}" if len(rows) > PAGE else None,
        "newer_url": f"?state={state}" if before else None,
    }
    return render(request, "desk/awards.html", {"page": page})


def _bounded(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _row(row: Certificate) -> dict[str, Any]:
    return {
        "certificate": row,
        "number": format_reference(row.number),
        "state": STATES[row.state],
        "mark": MARKS[row.state],
    }


def _certificate(number: str) -> Certificate:
    seen = Certificate.objects.select_related("centre", "award__scheme").defer("document")
    return get_object_or_404(seen, pk=compact_reference(number))


def certificate(request: HttpRequest, certificate: str) -> HttpResponse:
    """What a certificate says, where it stands, and what has happened to it."""
    found = _certificate(certificate)
    desk_chrome(request)
    page = {
        "title": f"Certificate {format_reference(found.number)}",
        **_row(found),
        "check": f"{settings.PUBLIC_ADDRESS}{reverse('certificate', args=[found.number])}",
        "replaced_by": Certificate.objects.filter(replaces=found).values_list("pk", flat=True).first(),
        "units": [unit | {"elsewhere": awarded_elsewhere(unit)} for unit in found.units],
        "may_revoke": found.state == "issued" and request.acting.may("revoke_certificates"),
        "entries": lines(
            timeline(("certificate", found.number), ("registration", found.award.registration_id)), request.at
        ),
        "crumbs": [{"label": "Awards", "url": reverse("desk_awards")}, {"label": format_reference(found.number)}],
    }
    return render(request, "desk/certificate.html", {"page": page})


def paper(request: HttpRequest, certificate: str) -> HttpResponse:
    """The document of an issued certificate, as it was printed."""
    found = _certificate(certificate)
    if found.document is None:
        raise Http404
    name = f"certificate-{format_reference(found.number)}.pdf"
    return HttpResponse(
        bytes(found.document),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


def revoke(request: HttpRequest, certificate: str) -> HttpResponse:
    """Revoke an issued certificate, with the reason."""
    found = _certificate(certificate)
    form, verdict = RevokeForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        verdict = revoke_certificate(found.pk, form.cleaned_data["because"], at=request.at, by=request.acting)
        if verdict.allowed:
            messages.success(request, "The certificate is revoked. Everybody who checks it sees that at once.")
            return redirect("desk_certificate", certificate=found.number)
    desk_chrome(request)
    number = format_reference(found.number)
    page = {
        "title": f"Revoke certificate {number}",
        "certificate": found,
        "open": found.state == "issued",
        "form": form,
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": [
            {"label": "Awards", "url": reverse("desk_awards")},
            {"label": number, "url": reverse("desk_certificate", args=[found.number])},
            {"label": "Revoke"},
        ],
    }
    return render(request, "desk/revoke.html", {"page": page}, status=422 if page["refused"] else 200)
