"""The centre itself: its details, people, approvals and moderators."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from conferral.pages.centre.contacts import contacts_in_words, warnings_of
from conferral.pages.centre.next import centre_chrome
from conferral.pages.centre.today import runs
from conferral.pages.templatetags.parts import written
from conferral.pages.timeline import Entry, lines, newest_of_centre
from conferral.records.allocation.queries import absences
from conferral.records.centres.models import Approval, Centre, Membership
from conferral.records.moderation.models import Allocation
from conferral.rules.days import london_day
from conferral.rules.permissions import CENTRE_ROLES


def own(request: HttpRequest) -> HttpResponse:
    """Who and what the awarding organisation holds of this centre."""
    centre_chrome(request)
    centre = get_object_or_404(Centre, pk=request.acting.centre)
    day = london_day(request.at)
    page = {
        "title": centre.name,
        "facts": _facts(centre),
        "roles": _roles(centre),
        "approvals": [_approval(one, day) for one in Approval.objects.select_related("scheme")],
        "allocations": _allocations(day),
        "reasons": warnings_of(centre.pk, day),
        "contacts": contacts_in_words(centre.pk),
        "may_ask": request.acting.may("ask_for_a_change"),
        "may_report": request.acting.may("report_suspicions"),
        "timeline": [_happened(entry, count, request.at) for entry, count in runs(newest_of_centre(centre.pk, 100))],
    }
    return render(request, "centre/own.html", {"page": page})


def _happened(entry: Entry, count: int, at: datetime) -> dict[str, str]:
    (line,) = lines([entry], at)
    return line | {"title": f"{line['title']}, {count} times", "detail": ""} if count > 1 else line


def _facts(centre: Centre) -> list[dict[str, str]]:
    return [
        {"key": "Centre number", "value": centre.number},
        {"key": "Nation", "value": f"{centre.get_nation_display()}: its bank holidays count"},
        {"key": "Address", "value": ", ".join(centre.address.splitlines()) or "None held"},
        {"key": "Telephone", "value": centre.telephone or "None held"},
    ]


def _roles(centre: Centre) -> list[dict[str, Any]]:
    held: dict[str, list[str]] = {}
    for role, name in (
        Membership.objects.filter(centre=centre).order_by("person__name").values_list("role", "person__name")
    ):
        held.setdefault(role, []).append(name)
    return [{"role": role.replace("_", " ").capitalize(), "names": held.get(role, [])} for role in CENTRE_ROLES]


def _approval(one: Approval, day: date) -> dict[str, Any]:
    over = one.ended_on is not None and one.ended_on < day
    return {
        "scheme": one.scheme,
        "from": written(one.approved_on),
        "until": written(one.ended_on) or "still",
        "state": "Ended" if over else "Approved",
        "tag": "" if over else "ready",
    }


def _allocations(day: date) -> list[dict[str, Any]]:
    found = list(Allocation.objects.filter(days__contains=day).select_related("scheme", "moderator__person"))
    away: dict[int, list[str]] = {}
    for one in absences({held.moderator_id for held in found}, from_on=day):
        away.setdefault(one.moderator_id, []).append(f"{written(one.from_on)} to {written(one.until_on)}")
    return [
        {"scheme": one.scheme, "name": one.moderator.person.name, "away": away.get(one.moderator_id, [])}
        for one in sorted(found, key=lambda one: one.scheme_id)
    ]
