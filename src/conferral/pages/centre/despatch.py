"""Recording that the work of a claim has gone: by post, by e-mail, or where it stands in an e-portfolio."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from conferral.actions.consignments import Sent, judge_despatch, record_despatch
from conferral.pages.centre.next import centre_chrome
from conferral.records.claims.models import Claim, Consignment
from conferral.rules.days import london_day
from conferral.rules.rule import Verdict
from conferral.rules.written_dates import read_date

KINDS = [(kind.value, kind.label) for kind in Consignment.Kind]
# What is asked of each kind.
NEEDS = {
    Consignment.Kind.POST: ("carrier", "tracking"),
    Consignment.Kind.EMAIL: ("mail_reference", "parts"),
    Consignment.Kind.EPORTFOLIO: ("link", "sign_in"),
    Consignment.Kind.UPLOAD: (),
}


def _words(label: str, most: int, what: str, help_text: str = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=most, required=False, widget=forms.TextInput(attrs=attrs),
        error_messages={"max_length": f"Shorten {what} to {most} characters."},
    )  # fmt: skip


class Despatch(forms.Form):
    """When and how the work was sent. What a kind does not need may stay empty and is not kept."""

    despatched_on = forms.CharField(
        label="Day on which the work was sent",
        help_text="For example, 24/11/2026",
        max_length=40,
        error_messages={
            "required": "Enter the day on which the work was sent.",
            "max_length": "Write the day as 24/11/2026.",
        },
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )
    kind = forms.ChoiceField(
        label="How the work goes",
        choices=KINDS,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose post, e-mail, e-portfolio or upload."},
    )
    carrier = _words("Who carries it", 60, "the carrier's name", "For example, Royal Mail Tracked 24")
    tracking = _words("Tracking number, if there is one", 60, "the tracking number")
    mail_reference = _words("Reference of the mail", 80, "the reference", "Its subject line, or a number written in it")
    parts = forms.IntegerField(
        label="Number of mails",
        min_value=1,
        max_value=999,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Enter the number of mails in digits, from 1 to 999."
        ),
    )
    link = _words("Address of the e-portfolio", 500, "the address", "It begins with https", autocomplete="off")
    sign_in = _words(
        "How the moderator signs in",
        500,
        "the note",
        "Only your centre and the moderator who holds the claim can read this",
        autocomplete="off",
    )

    def clean_despatched_on(self) -> date:
        read = read_date(self.cleaned_data["despatched_on"])
        if read is None:
            raise forms.ValidationError("There is no such day. Write it as 24/11/2026.")
        return read

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Consignment.Kind.POST

    def sent(self) -> Sent:
        """What was said of how the work goes."""
        return Sent(**{name: value for name, value in self.cleaned_data.items() if name != "despatched_on"})


@require_http_methods(["GET", "POST"])
def despatch(request: HttpRequest, number: int) -> HttpResponse:
    """Record that the work of a claim has gone."""
    claim = get_object_or_404(Claim.objects.select_related("scheme", "moderator"), pk=number)
    if request.method == "GET" and not claim.consignments.filter(state="awaited").exists():
        return redirect("centre_claim", number)
    if request.POST.get("kind") == Consignment.Kind.UPLOAD:  # there the work is delivered, not sent
        return redirect("centre_files", number)
    today = london_day(request.at)
    form = Despatch(request.POST or None, initial={"despatched_on": f"{today:%d/%m/%Y}", "kind": Consignment.Kind.POST})
    verdict = None
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["despatched_on"]
        verdict = record_despatch(number, despatched_on=on, sent=form.sent(), at=request.at, by=request.acting)
        if verdict.allowed:
            return redirect("centre_claim", number)
        _beside_fields(form, verdict)
    page: dict[str, Any] = {
        "title": f"Record despatch of claim {number}",
        "claim": claim,
        "form": form,
        "ways": _ways(form),
        "reasons": (verdict or judge_despatch(claim, at=request.at)).warned,
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"Claim {number}", "url": reverse("centre_claim", args=[number])},
            {"label": "Record despatch"},
        ],
        "refused": request.method == "POST",
    }
    centre_chrome(request)
    return render(request, "centre/claim_despatch.html", {"page": page}, status=422 if page["refused"] else 200)


def _ways(form: Despatch) -> list[dict[str, Any]]:
    """Each kind of sending with the fields that belong to it, and whether it is the one chosen."""
    chosen = form["kind"].value() or Consignment.Kind.POST
    return [
        {"value": value, "label": label, "checked": value == chosen, "fields": [form[name] for name in NEEDS[value]]}
        for value, label in KINDS
    ]


def _beside_fields(form: Despatch, verdict: Verdict) -> None:
    for reason in verdict.refused:
        form.add_error(reason.about if reason.about in form.fields else None, reason.text)
