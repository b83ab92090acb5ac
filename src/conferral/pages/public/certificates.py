"""Checking a certificate: genuine, revoked, unknown or mistyped, and nothing more than it says itself."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from conferral.pages.templatetags.parts import counted, time_of_day, weekday
from conferral.records.awards.models import Certificate
from conferral.records.awards.public import awarded_elsewhere, certificate_as_printed
from conferral.rules.references import (
    CERTIFICATE_LENGTH,
    certificate_number_fault,
    compact_reference,
    format_reference,
)

FAULTS = {
    "blank": "Enter the number printed on the certificate",
    "unknown-character": "A certificate number has only digits and letters. One of these is neither",
    "wrong-length": f"A certificate number has {CERTIFICATE_LENGTH} characters. This one has {{length}}",
    "check-character": "The last character doesn't fit the others: one may be mistyped, or two swapped",
}


class CheckForm(forms.Form):
    """The number as people type it."""

    number = forms.CharField(
        label="Certificate number",
        help_text="16 characters, printed in fours. Capitals, spaces and hyphens don't matter.",
        max_length=60,
        error_messages={"required": FAULTS["blank"], "max_length": "A certificate number has 16 characters"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "app-code"}),
    )

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"]
        if fault := certificate_number_fault(typed):
            raise forms.ValidationError(fault_in_words(fault, typed))
        return compact_reference(typed)


def fault_in_words(fault: str, typed: str) -> str:
    return FAULTS[fault].format(length=len(compact_reference(typed)))


def check(request: HttpRequest) -> HttpResponse:
    """The form; a number that can be one leads to its page."""
    form = CheckForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        return unkept(redirect("certificate", form.cleaned_data["number"]))
    page = {"title": "Check a certificate", "form": form, "refused": form.is_bound}
    return unkept(render(request, "public/check.html", {"page": page}, status=422 if form.is_bound else 200))


def certificate(request: HttpRequest, certificate: str) -> HttpResponse:
    """The answer for one number. The gate lets this request see that certificate only."""
    compact = compact_reference(certificate)
    fault = certificate_number_fault(certificate)
    if fault:
        return answered(request, 422, mistyped(certificate, fault))
    if compact != certificate:
        return unkept(redirect("certificate", compact))
    found = certificate_as_printed(compact)
    if found is None:
        return answered(request, 404, unknown(compact))
    return answered(request, 200, STATES[found.state](found))


def answered(request: HttpRequest, status: int, page: dict[str, Any]) -> HttpResponse:
    page["checked"] = page["checked"].format(f"{weekday(request.at)} at {time_of_day(request.at)}")
    page |= {"title": page["headline"], "form": CheckForm()}
    return unkept(render(request, "public/certificate.html", {"page": page}, status=status))


def unkept(response: HttpResponse) -> HttpResponse:
    """An answer that nobody on the way keeps and no search engine lists."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def genuine(found: Certificate) -> dict[str, Any]:
    return {
        "kind": "genuine",
        "headline": "This certificate is genuine",
        "checked": "Checked on {}. It has not been revoked.",
        "name": found.holder,
        "award": award_in_words(found),
        "rows": [
            {"key": "Awarded by", "value": found.organisation},
            {"key": "Date of award", "value": weekday(found.awarded_on)},
            {"key": "Certificate number", "value": format_reference(found.number), "code": True},
        ],
        "units": [unit | {"elsewhere": awarded_elsewhere(unit)} for unit in found.units],
        "units_title": f"{counted(len(found.units), 'unit')}, as printed",
        "foot": [
            {
                "title": "Compare",
                "text": "Is this the paper in your hand? Name, title, date and number must all match.",
            },
            {
                "title": "Something differs?",
                "text": "Then the paper was changed.",
                "url": reverse("help"),
                "link": "Tell us",
            },
        ],
    }


def award_in_words(found: Certificate) -> str:
    """The title, with the level unless the title says it."""
    level = f"level {found.level}"
    return found.title if level in found.title.lower() else f"{found.title}, {level}"


def revoked(found: Certificate) -> dict[str, Any]:
    return {
        "kind": "revoked",
        "headline": "This certificate has been revoked",
        "checked": "Do not rely on it. Checked on {}.",
        "meaning": "A certificate with this number was issued, and was later taken back. "
        "We don't show the name on a revoked certificate.",
        "rows": [
            {"key": "Certificate number", "value": format_reference(found.number), "code": True},
            {"key": "Issued", "value": weekday(found.issued_on)},
            {"key": "Revoked", "value": f"{weekday(found.revoked_on)}: {found.revoked_because}"},
            {"key": "Is this yours?", "value": "Talk to your centre first: it can ask us for you."},
        ],
        "foot": [
            {
                "title": "The paper may be real",
                "text": "A revoked certificate looks like any other. Only this check tells.",
            },
            {
                "title": "Employers",
                "text": "Ask the holder for a current certificate, or",
                "url": reverse("help"),
                "link": "ask us",
            },
        ],
    }


def unknown(number: str) -> dict[str, Any]:
    return {
        "kind": "unknown",
        "headline": "We know of no such certificate",
        "checked": "Checked on {}.",
        "meaning": "The number is well formed, but no certificate with it has been issued here. "
        "Compare it with the paper once more, character by character.",
        "rows": [
            {"key": "Number you asked for", "value": format_reference(number), "code": True},
            {"key": "Still unknown?", "value": "Ask us", "url": reverse("help")},
        ],
        "foot": [
            {"title": "Just awarded?", "text": "A certificate can be checked from the day it is issued."},
            {"title": "Employers", "text": "Ask the holder to show the certificate itself, not a copied number."},
        ],
    }


def mistyped(typed: str, fault: str) -> dict[str, Any]:
    return {
        "kind": "unknown",
        "refused": True,
        "headline": "This number has a slip in it",
        "checked": "Nothing was looked up, because no certificate can have this number.",
        "meaning": f"{fault_in_words(fault, typed)}.",
        "rows": [{"key": "Number you asked for", "value": typed[:60], "code": True}],
        "foot": [
            {"title": "Easily mixed up", "text": "I and L are read as 1, and O as 0. The letter U is never used."},
            {
                "title": "From the square code?",
                "text": "Scan it again, the whole of it: the code holds the full number.",
            },
        ],
    }


STATES = {"issued": genuine, "revoked": revoked}
