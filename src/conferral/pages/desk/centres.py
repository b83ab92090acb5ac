"""Centres: found, entered, approved for schemes, and the people in them."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.centres import add_centre, add_person, approve_centre
from conferral.pages.desk.next import desk_chrome
from conferral.pages.desk.people import PersonForm, role_words, welcome
from conferral.pages.samples import agreement_rows
from conferral.pages.timeline import lines, newest_of_centre
from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Centre, Membership
from conferral.records.centres.queries import approvals, centres
from conferral.records.letters.models import Contact
from conferral.records.samples.queries import agreements, assessors_of
from conferral.rules.days import london_day
from conferral.rules.permissions import CENTRE_ROLES

PAGE = 50


class CentreForm(forms.Form):
    """A new centre."""

    number = forms.CharField(
        label="Centre number",
        validators=[RegexValidator(r"\A[0-9]{5}\Z", "A centre number has five digits")],
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Enter the centre number"},
    )
    name = forms.CharField(
        label="Name",
        max_length=200,
        error_messages={"required": "Enter the centre’s name", "max_length": "Keep it to 200 characters"},
    )
    nation = forms.ChoiceField(
        label="Nation",
        help_text="It decides which bank holidays the centre’s deadlines skip.",
        choices=Centre.Nation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the nation", "invalid_choice": "Choose one of the four nations"},
    )
    address = forms.CharField(
        label="Address", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "Keep it to 1,000 characters"},
    )  # fmt: skip

    def clean_number(self) -> str:
        number = self.cleaned_data["number"]
        known = Centre.objects.filter(number=number).first()
        if known:
            raise forms.ValidationError(f"{number} is {known.name} already.")
        return number


class ApprovalForm(forms.Form):
    """The scheme that a centre is approved for from today on."""

    scheme = forms.ModelChoiceField(
        Qualification.objects.all(),
        label="Scheme",
        empty_label="Choose the scheme",
        error_messages={"required": "Choose the scheme", "invalid_choice": "Choose a scheme from the list"},
    )


def listing(request: HttpRequest) -> HttpResponse:
    """Centres by number, found by the beginning of the number or a part of the name. `?after=` pages on."""
    wanted, after = request.GET.get("q", "").strip()[:100].replace("\x00", ""), request.GET.get("after", "")[:5]
    found = centres(wanted)
    rows = list((found.filter(number__gt=after) if after.isdecimal() else found)[: PAGE + 1])
    desk_chrome(request)
    page = {
        "title": "Centres",
        "wanted": wanted,
        "rows": rows[:PAGE],
        "older_url": "?" + urlencode({"q": wanted, "after": rows[PAGE - 1].number}) if len(rows) > PAGE else None,
        "may_manage": request.acting.may("manage_centres"),
    }
    return render(request, "desk/centres.html", {"page": page})


def add(request: HttpRequest) -> HttpResponse:
    """Enter a centre."""
    form = CentreForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        add_centre(**said, at=request.at, by=request.acting)
        messages.success(request, f"Centre {said['number']} is entered. Approve it for a scheme next.")
        return redirect("desk_centre", number=said["number"])
    desk_chrome(request)
    page = {
        "title": "Add a centre",
        "form": form,
        "verb": "Add the centre",
        "refused": request.method == "POST",
        "crumbs": [{"label": "Centres", "url": reverse("desk_centres")}, {"label": "Add a centre"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


def centre(request: HttpRequest, number: str) -> HttpResponse:
    """A centre: its approvals, its people and what has happened."""
    return _centre(request, number)


def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Approve a centre for a scheme from today on."""
    found = get_object_or_404(Centre, pk=number)
    form = ApprovalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        scheme = form.cleaned_data["scheme"]
        approve_centre(found.number, scheme.code, on=london_day(request.at), at=request.at, by=request.acting)
        messages.success(request, f"Centre {number} is approved for {scheme.code}. Allocate somebody to its work next.")
        return redirect("desk_centre", number=number)
    return _centre(request, number, approval=form)


def add_to_centre(request: HttpRequest, number: str) -> HttpResponse:
    """Give a person a role at a centre."""
    found = get_object_or_404(Centre, pk=number)
    form = PersonForm(request.POST if request.method == "POST" else None, roles=CENTRE_ROLES, email_needed=False)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        person = add_person(
            said["name"], said["role"], centre=found.number, email=said["email"] or None,
            at=request.at, by=request.acting,
        )  # fmt: skip
        messages.success(request, welcome(person, said))
        return redirect("desk_centre", number=number)
    return _centre(request, number, person=form)


def _centre(
    request: HttpRequest, number: str, *, approval: forms.Form | None = None, person: forms.Form | None = None
) -> HttpResponse:
    found = get_object_or_404(Centre, pk=number)
    held = Membership.objects.filter(centre=found).select_related("person").order_by("person__name", "role")
    desk_chrome(request)
    approval, person = approval or ApprovalForm(), person or PersonForm(roles=CENTRE_ROLES, email_needed=False)
    page = {
        "title": found.name,
        "centre": found,
        "approvals": list(approvals(london_day(request.at)).filter(centre=found).order_by("scheme")),
        "people": [{"person": one.person, "role": role_words(one.role)} for one in held],
        "approval_form": approval,
        "person_form": person,
        "agreement": agreement_rows(agreements(assessors_of(found.pk))),
        "contacts": list(Contact.objects.filter(centre=found, taken_away_at=None).order_by("purpose", "id")),
        "may_mark": request.acting.may("handle_letters"),
        "may_manage": request.acting.may("manage_centres"),
        "may_allocate": request.acting.may("allocate"),
        "may_hold": request.acting.may("place_holds"),
        "entries": lines(newest_of_centre(found.number, most=12), request.at),
        "refused": approval.is_bound or person.is_bound,
        "crumbs": [{"label": "Centres", "url": reverse("desk_centres")}, {"label": found.number}],
    }
    return render(request, "desk/centre.html", {"page": page}, status=422 if page["refused"] else 200)
