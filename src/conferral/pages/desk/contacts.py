"""Centres at which nobody would hear of something, and marking an address as dead."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from conferral.actions.contacts import mark_contact_dead
from conferral.pages.desk.next import desk_chrome
from conferral.records.letters.models import Contact, Purpose
from conferral.records.letters.queries import centres_without_contact
from conferral.rules.days import london_day

PAGE = 100


def listing(request: HttpRequest) -> HttpResponse:
    """Centres without a living contact for a purpose, by number. `?after=` pages on by centre."""
    desk_chrome(request)
    after = request.GET.get("after", "")[:5]
    after = after if after.isdecimal() else ""
    found = centres_without_contact(london_day(request.at), after=after, most=PAGE + len(Purpose))
    numbers = list(dict.fromkeys(one.centre for one in found))
    whole = numbers if len(found) < PAGE + len(Purpose) else numbers[:-1]
    rows = [
        {
            "number": number,
            "name": next(one.name for one in found if one.centre == number),
            "purposes": [
                {"label": Purpose(one.purpose).label, "dead": one.dead} for one in found if one.centre == number
            ],
        }
        for number in whole
    ]
    page = {
        "title": "Centres without a contact",
        "rows": rows,
        "older_url": f"?after={whole[-1]}" if len(whole) < len(numbers) else None,
        "newer_url": "?" if after else None,
    }
    return render(request, "desk/without_contact.html", {"page": page})


@require_POST
def mark_dead(request: HttpRequest, id: int) -> HttpResponse:
    """Mail to a contact comes back: nothing is sent there until the centre confirms or changes it."""
    found = get_object_or_404(Contact, pk=id)
    because = request.POST.get("because", "").replace("\x00", "").strip() or "Said by the desk"
    if mark_contact_dead(found.pk, because, at=request.at, by=request.acting):
        messages.success(request, f"Nothing more is sent to {found.email} until the centre confirms or changes it.")
    response = redirect("desk_centre", number=found.centre_id)
    response.status_code = 303
    return response
