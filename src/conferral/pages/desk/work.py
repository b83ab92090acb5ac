"""The work of all centres by where it is: not sent, overdue, on its way, to be sent back, or here without a claim."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferral.pages.desk.next import desk_chrome
from conferral.pages.sendings import sent_words
from conferral.pages.templatetags.parts import moment, short_day
from conferral.records.claims.models import Consignment
from conferral.records.moderation.queries import bounded, in_transit, to_return, unmatched, without_work
from conferral.rules.days import last_day
from conferral.rules.references import format_reference

PAGE = 50


EMPTY = {
    "without-work": "No claim waits for its work.",
    "overdue": "No work is overdue.",
    "in-transit": "No work is on its way.",
    "to-return": "Nothing is to be sent back.",
}


def queues(at: datetime) -> dict[str, tuple[str, QuerySet[Consignment]]]:
    """Each queue by the word in its address: what it is called, and its work."""
    return {
        "without-work": ("Claims without work", without_work()),
        "overdue": ("Overdue", without_work(at)),
        "in-transit": ("In transit", in_transit()),
        "to-return": ("To be sent back", to_return()),
    }


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """One queue, the oldest first, with how much is in each. An unknown queue or place shows the first."""
    known = queues(request.at)
    asked = request.GET.get("queue", "")
    asked = asked if asked in known else "without-work"
    after = request.GET.get("after", "")
    place = int(after) if after.isdecimal() and after.isascii() and len(after) < 19 else 0
    title, rows = known[asked]
    seen = rows.select_related("claim__centre", "claim__scheme", "claim__moderator", "centre")
    found = list(seen.filter(pk__gt=place).order_by("pk")[: PAGE + 1])
    desk_chrome(request)
    page = {
        "title": title,
        "filters": [
            {"label": label, "count": bounded(waiting), "url": f"?queue={key}", "current": key == asked}
            for key, (label, waiting) in known.items()
        ],
        "without_claim": bounded(unmatched()),
        "empty": EMPTY[asked],
        "rows": [_row(one, request.at) for one in found[:PAGE]],
        "older_url": f"?queue={asked}&after={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "newer_url": f"?queue={asked}" if place else "",
        "crumbs": [{"label": "Today", "url": reverse("desk_today")}, {"label": "Work"}],
    }
    return render(request, "desk/work.html", {"page": page})


def _row(work: Consignment, at: datetime) -> dict[str, Any]:
    claim = work.claim
    return {
        "reference": format_reference(work.reference),
        "url": reverse("parcel", args=[work.reference]),
        "claim": claim if claim and claim.state != "draft" else None,
        "centre": work.centre,
        "moderator": claim and claim.moderator,
        "where": _where(work, at),
        "last_day": last_day(claim.withdraw_after) if claim and claim.withdraw_after else None,
    }


def _where(work: Consignment, at: datetime) -> str:
    if work.state == "to_return":
        return "Goes back to the centre"
    if work.state == "despatched":
        return f"Sent {short_day(work.despatched_on)} {sent_words(work)}"
    due = work.claim.send_by
    return f"{'Overdue since' if due < at else 'Due'} {moment(due, at)}"
