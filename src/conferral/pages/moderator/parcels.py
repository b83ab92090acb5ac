"""Parcels: received by the reference on their cover sheet, or logged without a claim."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from conferral.actions.consignments import (
    log_unmatched_work,
    match_unmatched_work,
    receive_work,
    return_unmatched_work,
)
from conferral.pages.moderator.next import moderator_chrome
from conferral.pages.sendings import sent_words
from conferral.pages.templatetags.parts import moment, short_day, weekday
from conferral.records.allocation.queries import redirections
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, Consignment
from conferral.records.moderation.queries import awaited, to_return, unmatched
from conferral.rules.days import last_day
from conferral.rules.references import CONSIGNMENT_LENGTH, format_reference, reference_fault
from conferral.rules.rule import Verdict

SHOWN = 50
FAULTS = {
    "unknown-character": "A reference has only digits and capital letters. Look at the cover sheet again.",
    "wrong-length": "A reference has eight characters, in two fours: K7QF-3M9X.",
    "check-character": "The last character doesn’t fit the others. Compare each one with the cover sheet.",
}


class ReferenceForm(forms.Form):
    """The reference on a cover sheet."""

    reference = forms.CharField(
        label="Reference on the cover sheet",
        help_text="Scan the square code with your phone, or type the eight characters. Small letters are fine.",
        max_length=40,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-10 app-code", "autocomplete": "off", "autocapitalize": "characters",
                   "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the reference, for example K7QF-3M9X",
                        "max_length": "A reference has eight characters, in two fours: K7QF-3M9X."},
    )  # fmt: skip

    def clean_reference(self) -> str:
        fault = reference_fault(self.cleaned_data["reference"], CONSIGNMENT_LENGTH)
        if fault in FAULTS:
            raise forms.ValidationError(FAULTS[fault])
        return self.cleaned_data["reference"]


class UnmatchedForm(forms.Form):
    """A parcel that came without a claim."""

    centre = forms.CharField(
        label="Centre number, if the parcel shows one",
        help_text="Five digits. The centre is told that its work is here.",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"max_length": "A centre number has five digits."},
    )
    description = forms.CharField(
        label="What is in the parcel",
        help_text="For example: one folder, 09628, names of three candidates on the cover.",
        max_length=200,
        error_messages={"required": "Say what is in the parcel", "max_length": "Keep it to 200 characters"},
    )

    def clean_centre(self) -> str | None:
        number = self.cleaned_data["centre"].strip()
        if number and not Centre.objects.filter(number=number).exists():
            raise forms.ValidationError(f"No centre has the number {number}. Leave it empty when you are not sure.")
        return number or None


class ClaimNumberForm(forms.Form):
    """The claim that a parcel belongs to."""

    claim = forms.IntegerField(
        label="Claim number",
        min_value=1,
        max_value=2**62,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={"required": "Enter the claim number", "invalid": "A claim number is made of digits only",
                        "min_value": "A claim number is made of digits only",
                        "max_value": "No claim has so long a number"},
    )  # fmt: skip


@require_GET
def parcels(request: HttpRequest) -> HttpResponse:
    """Log a parcel, and see which ones are on their way or without a claim. `?reference=` fills the form in."""
    scanned = request.GET.get("reference", "")[:40]
    return _parcels(request, ReferenceForm(initial={"reference": scanned}))


@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Log a parcel by its reference; what is refused can be logged as work without a claim."""
    form = ReferenceForm(request.POST)
    if not form.is_valid():
        return _parcels(request, form, refused=True)
    verdict, claim = receive_work(form.cleaned_data["reference"], at=request.at, by=request.acting)
    if verdict.refused:
        return _parcels(request, form, verdict=verdict, refused=True)
    messages.success(request, f"The work for claim {claim.pk} is logged as received. The claim waits for your review.")
    return redirect("moderator_parcels", permanent=False)


def _parcels(
    request: HttpRequest, form: ReferenceForm, *, verdict: Verdict | None = None, refused: bool = False
) -> HttpResponse:
    moderator_chrome(request)
    page = {
        "title": "Parcels",
        "form": form,
        "may_log": request.acting.may("log_parcels"),
        "verdict": verdict,
        "refused": refused,
        "awaited": awaited_rows(awaited(request.acting.person)[:SHOWN], request.at),
        "redirected": [(format_reference(one.reference), one) for one in redirections(request.acting.somebody)[:SHOWN]],
        "unmatched": unmatched_rows(request),
        "to_return": [(format_reference(one.reference), one) for one in to_return()[:SHOWN]],
    }
    return render(request, "moderator/parcels.html", {"page": page}, status=422 if refused else 200)


def log_unmatched(request: HttpRequest) -> HttpResponse:
    """Log work that came without a claim; it goes back when its wait is over."""
    moderator_chrome(request)
    form = UnmatchedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        parcel = log_unmatched_work(
            form.cleaned_data["centre"], form.cleaned_data["description"],
            at=request.at, by=request.acting, fresh=request.fresh_bytes,
        )  # fmt: skip
        name, day = format_reference(parcel.reference), weekday(last_day(parcel.return_after))
        messages.success(request, f"Logged as {name}. Without a claim by the end of {day} it goes back.")
        return redirect(reverse("moderator_parcels") + "#without-a-claim")
    refused = request.method == "POST"
    page = {
        "title": "Log work without a claim",
        "form": form,
        "refused": refused,
        "crumbs": [{"label": "Parcels", "url": reverse("moderator_parcels")}, {"label": "Log work without a claim"}],
    }
    return render(request, "moderator/parcel_unmatched.html", {"page": page}, status=422 if refused else 200)


def match(request: HttpRequest, parcel: int) -> HttpResponse:
    """Put a parcel that came without a claim with the claim made since."""
    waiting = get_object_or_404(_mine(request), pk=parcel)
    form = ClaimNumberForm(request.POST if request.method == "POST" else None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        claim = Claim.objects.filter(pk=form.cleaned_data["claim"]).first()
        if claim is None:
            form.add_error("claim", "No claim with this number is with you. Ask the centre for the number.")
        else:
            verdict = match_unmatched_work(waiting.pk, claim.pk, at=request.at, by=request.acting)
            if verdict.allowed:
                messages.success(request, f"Parcel {format_reference(waiting.reference)} is with claim {claim.pk}.")
                return redirect("moderator_claim", number=claim.pk)
    return _match_page(request, waiting, form, verdict)


def _match_page(
    request: HttpRequest, parcel: Consignment, form: ClaimNumberForm, verdict: Verdict | None
) -> HttpResponse:
    moderator_chrome(request)
    refused = request.method == "POST"
    page = {
        "title": f"Match parcel {format_reference(parcel.reference)} to a claim",
        "parcel": unmatched_row(parcel),
        "form": form,
        "verdict": verdict,
        "refused": refused,
        "crumbs": [{"label": "Parcels", "url": reverse("moderator_parcels")}, {"label": "Match to a claim"}],
    }
    return render(request, "moderator/match.html", {"page": page}, status=422 if refused else 200)


@require_POST
def send_back(request: HttpRequest, parcel: int) -> HttpResponse:
    """Record that a parcel without a claim goes back to its centre now."""
    waiting = get_object_or_404(_mine(request), pk=parcel)
    verdict = return_unmatched_work(waiting.pk, at=request.at, by=request.acting)
    if verdict.refused:
        return _parcels(request, ReferenceForm(), verdict=verdict, refused=True)
    messages.success(request, f"Parcel {format_reference(waiting.reference)} is recorded as sent back.")
    return redirect("moderator_parcels")


def _mine(request: HttpRequest) -> Any:
    return Consignment.objects.filter(received_by=request.acting.person).exclude(state="awaited")


def awaited_rows(rows: Iterable[Consignment], at: datetime) -> list[dict[str, Any]]:
    """Parcels on their way, in words."""
    return [
        {
            "claim": row.claim,
            "centre": f"{row.claim.centre.number} {row.claim.centre.name}",
            "scheme": row.claim.scheme.code,
            "where": _where(row, at),
            "state": "at-risk" if row.state == "awaited" and row.claim.send_by and row.claim.send_by < at else "",
            "last_day": row.claim.withdraw_after and last_day(row.claim.withdraw_after),
        }
        for row in rows
    ]


def _where(row: Consignment, at: datetime) -> str:
    if row.state == "despatched":
        return f"Sent {short_day(row.despatched_on)} {sent_words(row)}"
    late = row.claim.send_by and row.claim.send_by < at
    return (
        f"Overdue since {moment(row.claim.send_by, at)}"
        if late
        else f"Not sent yet, due {moment(row.claim.send_by, at)}"
    )


def unmatched_rows(request: HttpRequest) -> list[dict[str, Any]]:
    """The parcels without a claim that this moderator holds."""
    mine = unmatched(Consignment.objects.filter(received_by=request.acting.person))
    return [unmatched_row(row) for row in mine[:SHOWN]]


def unmatched_row(row: Consignment) -> dict[str, Any]:
    """One parcel without a claim, in words."""
    return {
        "id": row.pk,
        "reference": format_reference(row.reference),
        "description": row.description,
        "centre": row.centre,
        "last_day": row.return_after and last_day(row.return_after),
        "held_by": row.received_by,
        "received_at": row.received_at,
    }
