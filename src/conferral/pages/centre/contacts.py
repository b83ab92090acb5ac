"""Contacts: who at the centre hears about moderation, fees, withdrawals and results."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from conferral.actions.contacts import confirm_contact, name_contact, take_contact_away
from conferral.pages.centre.next import centre_chrome
from conferral.records.centres.today import approvals_on
from conferral.records.letters.models import Contact, Purpose
from conferral.records.letters.queries import instead_in_words, instead_of_contacts, purposes_of
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.rule import Reason, judge


class ContactForm(forms.Form):
    """Somebody to be named."""

    purpose = forms.ChoiceField(
        label="Hears about", choices=[("", "Choose"), *Purpose.choices],
        error_messages={"required": "Choose what this person hears about", "invalid_choice": "Choose one of the list"},
    )  # fmt: skip
    scheme = forms.ChoiceField(
        label="In which scheme", required=False, error_messages={"invalid_choice": "Choose one of your schemes, or all"}
    )
    name = forms.CharField(
        label="Name", max_length=200,
        error_messages={"required": "Enter a person’s or office’s name", "max_length": "Keep it to 200 characters"},
    )  # fmt: skip
    email = forms.EmailField(
        label="E-mail address", max_length=254,
        error_messages={"required": "Enter the address that letters go to",
                        "invalid": "Write the address as in name@example.org"},
    )  # fmt: skip

    def __init__(self, *args: Any, schemes: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scheme"].choices = [("", "All schemes"), *((one.code, str(one)) for one in schemes)]


def listing(request: HttpRequest) -> HttpResponse:
    """Who hears about what."""
    return _listing(request, _form(request))


def name(request: HttpRequest) -> HttpResponse:
    """Name somebody for a purpose."""
    if request.method != "POST":
        return _see_other()
    form = _form(request)
    if not form.is_valid():
        return _listing(request, form)
    said = form.cleaned_data
    verdict = name_contact(
        request.acting.own_centre, said["purpose"], scheme=said["scheme"] or None, name=said["name"],
        email=said["email"], at=request.at, by=request.acting,
    )  # fmt: skip
    if verdict.allowed:
        messages.success(request, f"{said['name']} hears about {Purpose(said['purpose']).label.lower()} from now on.")
        return _see_other()
    for reason in verdict.refused:
        form.add_error(reason.about, f"{reason.text} {reason.remedy}")
    return _listing(request, form)


def _form(request: HttpRequest) -> ContactForm:
    schemes = [one.scheme for one in approvals_on(london_day(request.at))]
    return ContactForm(request.POST if request.method == "POST" else None, schemes=schemes)


def _listing(request: HttpRequest, form: ContactForm) -> HttpResponse:
    centre_chrome(request, "Our centre")
    centre = request.acting.own_centre
    page = {
        "title": "Who hears about what",
        "purposes": _purposes(centre),
        "reasons": warnings_of(centre, london_day(request.at)),
        "instead": instead_in_words([one.name for one in instead_of_contacts(centre)]),
        "form": form,
        "may_name": request.acting.may("name_contacts"),
        "refused": form.is_bound,
    }
    return render(request, "centre/contacts.html", {"page": page}, status=422 if form.is_bound else 200)


def warnings_of(centre: str, day: date) -> list[Reason]:
    """What the rules say of a centre's contacts: purposes of which nobody hears, and addresses that are dead."""
    return [reason for facts in purposes_of(centre, day) for reason in judge(facts, rules_on("purpose")).reasons]


def _purposes(centre: str) -> list[dict[str, Any]]:
    found = list(Contact.objects.filter(centre=centre, taken_away_at=None).select_related("scheme").order_by("id"))
    return [
        {"label": purpose.label, "contacts": [one for one in found if one.purpose == purpose]} for purpose in Purpose
    ]


def contacts_in_words(centre: str) -> list[dict[str, str]]:
    """Each purpose, and the names of those who hear of it."""
    return [
        {"label": one["label"], "who": ", ".join(contact.name for contact in one["contacts"]) or "Nobody is named"}
        for one in _purposes(centre)
    ]


@require_POST
def confirm(request: HttpRequest, id: int) -> HttpResponse:
    """Say that an address is right although mail came back."""
    found = get_object_or_404(Contact, pk=id)
    if confirm_contact(found.pk, at=request.at, by=request.acting):
        messages.success(request, f"Letters go to {found.email} again.")
    return _see_other()


@require_POST
def take_away(request: HttpRequest, id: int) -> HttpResponse:
    """Somebody hears of a purpose no longer."""
    found = get_object_or_404(Contact, pk=id)
    if take_contact_away(found.pk, at=request.at, by=request.acting):
        messages.success(request, f"{found.name} no longer hears about {found.get_purpose_display().lower()}.")
    return _see_other()


def _see_other() -> HttpResponse:
    response = redirect("centre_contacts")
    response.status_code = 303
    return response
