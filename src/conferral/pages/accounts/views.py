"""Choosing where one acts, and making the first account of an empty system."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from conferral.actions.centres import add_person
from conferral.pages.accounts.forms import FirstAccount
from conferral.pages.gate import place_key
from conferral.records.access import acting_as
from conferral.records.people.models import Person
from conferral.rules.permissions import DESK_ROLES, Acting

DESK = Acting("desk")


@require_http_methods(["GET", "POST"])
def change_place(request: HttpRequest) -> HttpResponse:
    """Choose among the places in which the person holds roles."""
    places = {place_key(acting): acting for acting in request.places}
    chosen = request.POST.get("place")
    if chosen in places:
        request.session["acting"] = chosen
        response = redirect("home")
        response.status_code = 303
        return response
    page = {
        "title": "Where do you act now?",
        "refused": request.method == "POST",
        "places": [
            {"key": key, "name": request.places[acting], "roles": roles(acting), "current": acting == request.acting}
            for key, acting in places.items()
        ],
    }
    return render(request, "account/place.html", {"page": page}, status=422 if page["refused"] else 200)


def roles(acting: Acting) -> str:
    """The roles held in a place, as a phrase."""
    return ", ".join(role.replace("_", " ") for role in acting.roles)


@require_http_methods(["GET", "POST"])
def first_desk_account(request: HttpRequest) -> HttpResponse:
    """Make the first person, with every role of the desk, by whoever holds the token. Gone once anybody exists."""
    if not token_fits(request.GET.get("token", "")) or Person.objects.exists():
        raise Http404("There is a first account already, or the token is another one.")
    form = FirstAccount(request.POST or None)
    if form.is_valid():
        login(request, make_first(form.cleaned_data, request))
        response = redirect("desk_today")
        response.status_code = 303
        return response
    page = {"title": "Create the first desk account", "form": form, "refused": form.is_bound}
    return render(request, "account/first.html", {"page": page}, status=422 if form.is_bound else 200)


def token_fits(token: str) -> bool:
    wanted = settings.FIRST_ACCOUNT_TOKEN
    return bool(wanted) and secrets.compare_digest(token.encode(), wanted.encode())


def make_first(said: dict[str, Any], request: HttpRequest) -> Person:
    """All roles or none: one transaction as the desk."""
    with acting_as(DESK):
        for role in DESK_ROLES:
            person = add_person(
                said["name"], role, email=said["email"], password=said["password"], at=request.at, by=DESK
            )
    return person
