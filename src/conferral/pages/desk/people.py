"""Moderators, verifiers and the desk's own people."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from conferral.actions.centres import add_person
from conferral.pages.desk.next import desk_chrome
from conferral.records.centres.models import Membership
from conferral.records.people.models import Person
from conferral.rules.permissions import DESK_ROLES, MODERATOR_ROLES

MOST = 500


def role_words(role: str) -> str:
    """A role as people say it."""
    return {"examiner_moderator": "Examiner-moderator"}.get(role, role.replace("_", " ").capitalize())


def welcome(person: Person, said: dict[str, Any]) -> str:
    """What the person needs to know to begin, and that a known address kept its name."""
    known = f" The address belongs to {person.name}, who keeps that name." if person.name != said["name"] else ""
    if not person.email:
        return f"{person.name} can be named in claims. Without an address nobody signs in as this person."
    if person.has_usable_password():
        return f"{person.name} has the role, and signs in as before.{known}"
    return (
        f"{person.name} has the role.{known} To sign in for the first time, choose “Forgotten your password” with "
        f"{person.email}."
    )


class PersonForm(forms.Form):
    """A person and a role."""

    name = forms.CharField(
        label="Full name",
        max_length=200,
        error_messages={"required": "Enter the person’s name", "max_length": "Keep it to 200 characters"},
    )
    role = forms.ChoiceField(
        label="Role", error_messages={"required": "Choose the role", "invalid_choice": "Choose a role from the list"}
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={"required": "Enter the address the person signs in with",
                        "invalid": "Write the address as in name@example.org"},
    )  # fmt: skip

    def __init__(self, *args: Any, roles: tuple[str, ...], email_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "Choose the role"), *((role, role_words(role)) for role in roles)]
        self.fields["email"].required = email_needed
        if not email_needed:
            self.fields["email"].help_text = "Without one, the person can be named in claims but not sign in."


class StaffForm(PersonForm):
    """A moderator, a verifier or somebody of the desk."""

    address = forms.CharField(
        label="Where work is posted to, for a moderator", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}), error_messages={"max_length": "Keep it to 1,000 characters"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, roles=MODERATOR_ROLES + DESK_ROLES, email_needed=True, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("role") == "examiner_moderator" and not said.get("address", "").strip():
            self.add_error("address", "Enter the address: centres post their work to it")
        return said


def listing(request: HttpRequest) -> HttpResponse:
    """Everybody who acts for the awarding organisation."""
    held = Membership.objects.filter(centre=None).select_related("person__moderator").order_by("person__name", "role")
    desk_chrome(request)
    page = {
        "title": "Moderators and desk",
        "people": [
            {"person": one.person, "role": role_words(one.role), "moderates": one.role in MODERATOR_ROLES}
            for one in held[:MOST]
        ],
        "may_manage": request.acting.may("manage_centres"),
        "crumbs": [{"label": "Centres", "url": reverse("desk_centres")}, {"label": "Moderators and desk"}],
    }
    return render(request, "desk/people.html", {"page": page})


def add(request: HttpRequest) -> HttpResponse:
    """Give a person a role for the awarding organisation."""
    form = StaffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        person = add_person(
            said["name"], said["role"], email=said["email"], address=said["address"], at=request.at, by=request.acting
        )
        messages.success(request, welcome(person, said))
        return redirect("desk_people")
    desk_chrome(request)
    page = {
        "title": "Add a moderator or desk colleague",
        "form": form,
        "verb": "Add the person",
        "refused": request.method == "POST",
        "crumbs": [{"label": "Moderators and desk", "url": reverse("desk_people")}, {"label": "Add"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)
