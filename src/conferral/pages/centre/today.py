"""The first page of a centre: what needs it, what others have, what is ahead."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferral.pages.centre.next import centre_chrome, needs
from conferral.pages.sendings import sent_words
from conferral.pages.standing import LIGHTS
from conferral.pages.templatetags.parts import counted, happened, in_days, weekday, written
from conferral.pages.timeline import Entry, newest_of_centre
from conferral.records.calendar import results_by
from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Approval, Centre
from conferral.records.centres.today import approvals_on, claims_with_others, dates_ahead
from conferral.records.claims.models import Claim, Consignment
from conferral.records.cohorts import COUNTED, statuses
from conferral.records.guidance.models import SupportDocument
from conferral.records.guidance.queries import to_read
from conferral.rules.days import london_day
from conferral.rules.readiness import AT_RISK, CAN_FINISH, CANNOT_FINISH, READY

AHEAD = timedelta(days=548)
SHOWN = 6
READ = timedelta(days=365)  # older documents are looked up, not told of
# The last word is short: four columns stand side by side.
COLUMNS = {
    READY: LIGHTS[READY],
    CAN_FINISH: LIGHTS[CAN_FINISH],
    AT_RISK: LIGHTS[AT_RISK],
    CANNOT_FINISH: LIGHTS[CANNOT_FINISH] | {"word": "Cannot"},
}


def today(request: HttpRequest) -> HttpResponse:
    """What needs the centre, most urgent first."""
    centre_chrome(request)
    day = london_day(request.at)
    centre = Centre.objects.get(pk=request.acting.centre)
    approvals = approvals_on(day)
    todos, others = needs(request), claims_with_others()
    ahead = dates_ahead(approvals, day, day + AHEAD)
    page = {
        "title": "What needs you today",
        "lead": _lead(request.at, len(todos), len(others)),
        "todos": todos,
        "nothing": _nothing(ahead),
        "others": [_with_other(claim, centre.nation) for claim in others[:SHOWN]],
        "more_others": len(others) - SHOWN,
        "dates": [_date(one, request.at) for one in ahead[:SHOWN]],
        "lately": [
            _lately(entry, count, request.at) for entry, count in runs(newest_of_centre(centre.pk, 100))[:SHOWN]
        ],
        "to_read": [
            _to_read(one)
            for one in to_read([row.scheme_id for row in approvals], request.acting.somebody, since=request.at - READ)
        ],
        "columns": list(COLUMNS.values()),
        **_standing(centre.pk, approvals, ahead, day),
        "may_register": request.acting.may("register_candidates"),
    }
    return render(request, "centre/today.html", {"page": page})


def _to_read(document: SupportDocument) -> dict[str, Any]:
    seen = f"you last saw version {document.seen}" if document.seen else "new to you"
    return {
        "title": document.title,
        "url": reverse("document", args=[document.pk]),
        "text": f"Version {document.current}, {written(document.published_at)}, {seen}",
    }


def _lead(at: datetime, todos: int, others: int) -> str:
    mine = f"{counted(todos, 'thing')} {'needs' if todos == 1 else 'need'} you, most urgent first"
    theirs = f"{counted(others, 'claim')} {'is' if others == 1 else 'are'} with other people"
    said = (mine if todos else "Nothing needs you", theirs if others else "Nothing is with other people")
    return f"{weekday(at)}. {said[0]}. {said[1]}."


def _nothing(ahead: list[tuple[date, str, str]]) -> str:
    if not ahead:
        return "Nothing needs you."
    day, scheme, what = ahead[0]
    return f"Nothing needs you. Next date: {weekday(day)}, {what} of {scheme}."


def _with_other(claim: Claim, nation: str) -> dict[str, Any]:
    work = next((one for one in claim.consignments.all() if one.state != "cancelled"), None)
    sent = work.despatched_on if work and work.despatched_on else london_day(claim.submitted_at)
    expected = written(results_by(sent, claim.scheme.route, nation))
    return {
        "title": f"Claim {claim.number}",
        "url": reverse("centre_claim", args=[claim.number]),
        "after": f", {claim.scheme_id}, {counted(claim.candidates, 'candidate')}",
        "text": f"{_where(claim, work, sent)} Result expected by {expected}.",
    }


def _where(claim: Claim, work: Consignment | None, sent: date) -> str:
    if claim.state == "with_awarding_organisation":
        return "Decided; with the awarding organisation."
    if claim.state == "with_moderator":
        return f"With {claim.moderator.name}."
    if claim.scheme.by_visit:
        return f"Waits for {claim.moderator.name}, who looks at it with you."
    how = "In the post since" if work is None or work.kind == Consignment.Kind.POST else f"Sent {sent_words(work)} on"
    return f"{how} {written(sent)}, not yet logged as received."


def _date(one: tuple[date, str, str], at: datetime) -> dict[str, Any]:
    day, scheme, what = one
    return {
        "title": weekday(day),
        "after": f", {in_days(day, at)}",
        "text": f"{what.capitalize()} of {scheme}.",
    }


def _standing(centre: str, approvals: list[Approval], ahead: list[tuple[date, str, str]], day: date) -> dict[str, Any]:
    """Where the candidates stand by scheme; without numbers, and `uncounted`, where they are too many."""
    counts = statuses(centre, day)
    known = {} if counts is None else counts
    return {
        "uncounted": COUNTED if counts is None else 0,
        "standing": [
            _scheme_row(one.scheme, known.get(one.scheme_id, Counter()), _nearest(one.scheme, ahead, day))
            for one in approvals
        ],
    }


def _nearest(scheme: Qualification, ahead: list[tuple[date, str, str]], day: date) -> str:
    if scheme.final_certification and scheme.final_certification < day:
        return f"stopped certificating on {written(scheme.final_certification)}"
    found = (f"{written(when)}, {what}" for when, code, what in ahead if code == scheme.code)
    return next(found, "none set")


def _scheme_row(scheme: Qualification, counts: Counter[str], nearest: str) -> dict[str, Any]:
    listing = f"{reverse('centre_readiness')}?scheme={scheme.code}"
    cells = [
        {"label": light["word"], "count": counts[status], "url": f"{listing}&status={status}"}
        for status, light in COLUMNS.items()
    ]
    return {"scheme": scheme, "url": listing, "cells": cells, "nearest": nearest, "bar": _bar(counts)}


def _bar(counts: Counter[str]) -> list[dict[str, Any]]:
    """The shares of the statuses in per cent, from the left."""
    whole, left, bar = counts.total(), 0.0, []
    for status, light in COLUMNS.items():
        share = 100 * counts[status] / whole if whole else 0
        if share:
            bar.append({"state": light["state"], "left": round(left, 2), "share": round(share, 2)})
        left += share
    return bar


def runs(entries: list[Entry]) -> list[tuple[Entry, int]]:
    """The same thing done many times in a row by one person is told once, with its number."""
    runs: list[tuple[Entry, int]] = []
    for entry in entries:
        if runs and (runs[-1][0].title, runs[-1][0].who) == (entry.title, entry.who):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((entry, 1))
    return runs


def _lately(entry: Entry, count: int, at: datetime) -> dict[str, str]:
    title = f"{entry.title}, {count} times" if count > 1 else entry.title
    detail = f"{entry.detail} · " if entry.detail and count == 1 else ""
    return {"title": title, "text": f"{detail}{happened(entry.when, at)} · {entry.who}"}
