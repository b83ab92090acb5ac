"""Who is ready, and what is missing: a scheme's candidates and units as a map, as a table in words and as a file."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferral.pages.centre.next import centre_chrome
from conferral.pages.standing import LIGHTS, how_many, light_tag, next_phrase
from conferral.pages.templatetags.parts import counted, weekday, written
from conferral.records.calendar import service_days
from conferral.records.catalogue.models import Qualification, SchemeUnit
from conferral.records.catalogue.queries import safe_claim_of
from conferral.records.centres.models import Approval
from conferral.records.claims.marks import ASSESSED, PLANNED, VERIFIED
from conferral.records.cohorts import (
    ACHIEVED,
    CLAIMED,
    COHORT,
    NOT_AWARDED,
    NOT_STARTED,
    QUESTION,
    Cohort,
    cohort,
    open_registrations,
)
from conferral.records.readiness import Readiness, plan_by
from conferral.rules.combinations import line_in_words, structure_in_words
from conferral.rules.days import london_day
from conferral.rules.readiness import STATUSES

PAGE, WHOLE = 50, 200
PUSHES = 5
CELLS = {
    NOT_STARTED: ("·", "not started"),
    PLANNED: ("P", "planned"),
    ASSESSED: ("A", "assessed"),
    VERIFIED: ("V", "internally verified"),
    CLAIMED: ("C", "claimed"),
    ACHIEVED: ("✓", "achieved"),
    QUESTION: ("?", "question open"),
    NOT_AWARDED: ("✕", "not awarded"),
}
WORST_FIRST = tuple(reversed(STATUSES))
SORTS = (("", "Closest to trouble first"), ("name", "Name"), ("credits", "Most achieved first"))


class Asked(forms.Form):
    """What the cohort is narrowed and sorted by."""

    scheme = forms.ChoiceField(label="Scheme")
    status = forms.ChoiceField(
        label="Status", required=False,
        choices=[("", "Any status"), *((status, LIGHTS[status]["word"]) for status in STATUSES)],
    )  # fmt: skip
    assessor = forms.ChoiceField(label="Assessor", required=False)
    missing = forms.ChoiceField(label="Missing unit", required=False)
    sort = forms.ChoiceField(label="Sort by", choices=SORTS, required=False)
    q = forms.CharField(label="Last name or number", max_length=100, required=False)
    view = forms.ChoiceField(
        choices=[("map", "Heat-map"), ("words", "Table in words")], required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any, approvals: list[Approval]) -> None:
        super().__init__(data)
        self.schemes = {one.scheme_id: one.scheme for one in approvals}
        self.fields["scheme"].choices = [(code, str(scheme)) for code, scheme in self.schemes.items()]

    def offer(self, found: Cohort) -> None:
        """Let one of the units and one of the assessors be asked for, and read again what was asked."""
        named = [(one.unit_id, f"{one.unit_id} {one.unit.title}") for one in found.units]
        people = [(str(person), name) for person, name in found.assessors.items()]
        self.fields["assessor"].choices = [("", "Any assessor"), *people]
        self.fields["missing"].choices = [("", "Any unit"), *named]
        self.full_clean()

    @property
    def said(self) -> dict[str, str]:
        """What was asked and understood; anything else is as if it had not been asked."""
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return {name: self.cleaned_data.get(name, "").replace("\x00", "") for name in self.fields}


@require_safe
def readiness(request: HttpRequest) -> HttpResponse:
    """A scheme's candidates with what each still needs, and by when."""
    asked = _asked(request)
    if asked is None:
        centre_chrome(request, "Candidates")
        return render(request, "centre/readiness.html", {"page": {"title": TITLE}})
    found, rows = found_for(request, asked)
    said, day = asked.said, london_day(request.at)
    shown, older = _page(rows, request.GET.get("after", ""))
    view = said["view"] or ("map" if len(found.rows) <= WHOLE else "words")
    page = {
        "title": TITLE,
        "scheme": found.scheme,
        "asked": asked,
        "assessors": len(found.assessors),
        "lead": _lead(found, rows),
        "dates": _dates(found.scheme, day),
        "more": COHORT if found.more else 0,
        "tallies": _tallies(found, request),
        "view": view,
        "views": [
            {"label": label, "url": _url(request, view=name, after=""), "current": name == view}
            for name, label in (("map", "Heat-map"), ("words", "Table in words"))
        ],
        "key": [{"kind": kind, "letter": letter, "text": text} for kind, (letter, text) in CELLS.items()],
        "units": list(_columns(found)),
        "groups": list(_groups(found, shown, day, by_status=not said["sort"])),
        "totals": _totals(found, rows),
        "many": len(rows),
        "older_url": _url(request, after=older) if older else "",
        "newer_url": _url(request, after="") if request.GET.get("after") else "",
        "asks": _asks(found),
        "pushes": _pushes(found),
        "claim": _claim(request, found, day),
        "files": [{"label": kind.upper(), "url": _file_url(request, kind)} for kind in ("xlsx", "csv")],
    }
    centre_chrome(request, "Candidates")
    return render(request, "centre/readiness.html", {"page": page})


TITLE = "Who is ready, and what is missing"


def _asked(request: HttpRequest) -> Asked | None:
    """What was asked; without a scheme, that of the newest registration. None at a centre approved for nothing."""
    approvals = list(Approval.objects.select_related("scheme").order_by("scheme"))
    if not approvals:
        return None
    data = request.GET.copy()
    if "scheme" not in data:
        newest = open_registrations().filter(scheme__in=[one.scheme_id for one in approvals])
        data["scheme"] = newest.values_list("scheme", flat=True).first() or approvals[0].scheme_id
        request.GET = data  # the page's own links stay in the scheme that it shows
    asked = Asked(data, approvals)
    if asked.said["scheme"] not in asked.schemes:
        raise Http404(data["scheme"])
    return asked


def found_for(request: HttpRequest, asked: Asked) -> tuple[Cohort, list[Readiness]]:
    """The cohort of the scheme, and its rows as they were narrowed and sorted."""
    said = asked.said
    found = cohort(
        request.acting.own_centre, asked.schemes[said["scheme"]], text=said["q"].strip(), on=london_day(request.at)
    )
    asked.offer(found)
    said = asked.said
    rows = [row for row in found.rows if not said["status"] or row.status == said["status"]]
    if said["assessor"]:
        person = int(said["assessor"])
        rows = [row for row in rows if person in found.assessed_by.get(row.registration.pk, ())]
    if said["missing"]:
        rows = [row for row in rows if said["missing"] not in row.units and said["missing"] not in row.waiting]
    return found, _sorted(rows, said["sort"])


def asked_or_404(request: HttpRequest) -> Asked:
    """What was asked of a file. Raises Http404 at a centre approved for nothing."""
    asked = _asked(request)
    if asked is None:
        raise Http404
    return asked


def _sorted(rows: list[Readiness], sort: str) -> list[Readiness]:
    """Rows come by name; the sorting is stable."""
    if sort == "credits":
        return sorted(rows, key=lambda row: -how_many(row)["have"])
    return rows if sort == "name" else sorted(rows, key=lambda row: WORST_FIRST.index(row.status))


def _page(rows: list[Readiness], after: str) -> tuple[list[Readiness], int | None]:
    """All rows where they are few, else the page after a registration; and after which the next one begins."""
    if len(rows) <= WHOLE:
        return rows, None
    numbers = [str(row.registration.pk) for row in rows]
    start = numbers.index(after) + 1 if after in numbers else 0
    shown = rows[start : start + PAGE]
    return shown, shown[-1].registration.pk if start + PAGE < len(rows) else None


def _url(request: HttpRequest, **changes: Any) -> str:
    kept = {name: request.GET[name] for name in (*Asked.base_fields, "after") if request.GET.get(name)}
    asked = {name: value for name, value in {**kept, **changes}.items() if value}
    return f"{reverse('centre_readiness')}?{urlencode(asked)}"


def _file_url(request: HttpRequest, kind: str) -> str:
    query = _url(request, after="", view="").partition("?")[2]
    return f"{reverse('centre_readiness_file', args=[kind])}?{query}"


def _lead(found: Cohort, rows: list[Readiness]) -> str:
    need = next((row.credits_needed for row in found.rows if row.credits_needed), None)
    credits = f", {need} credits needed" if need else ""
    level = f", level {found.scheme.level}"
    return (
        f"{found.scheme.code} {found.scheme.title}{level}. {len(rows):,} of {counted(len(found.rows), 'candidate')} "
        f"without an award yet, {counted(len(found.units), 'unit')}{credits}."
    )


def _dates(scheme: Qualification, day: date) -> dict[str, str]:
    """By when to claim, in words: before and after the day that is set off, and the rule behind it."""
    last, safe = scheme.final_certification, safe_claim_of(scheme)
    if last is None:
        return {"before": "No final certification date is set for this scheme, so no last day to claim runs."}
    if last < day:
        return {"before": f"{scheme.code} stopped certificating on {weekday(last)}.",
                "rule": reverse("rule", args=["readiness-after-final-certification"])}  # fmt: skip
    route = f"({service_days(scheme.route)} working days, {scheme.get_route_display()})"
    return {
        "before": f"To have results by {weekday(last)}, the final certification date, claim by",
        "day": weekday(safe),
        "after": f"{route}{', which has passed' if safe < day else ''}. "
        f"Plan assessment to be complete by {weekday(plan_by(last))}.",
        "rule": reverse("rule", args=["readiness-after-safe-claim"]),
    }


def _tallies(found: Cohort, request: HttpRequest) -> list[dict[str, Any]]:
    counts = {status: sum(1 for row in found.rows if row.status == status) for status in STATUSES}
    return [
        {**LIGHTS[status], "count": counts[status], "url": _url(request, status=status, after="")}
        for status in STATUSES
    ]


def _columns(found: Cohort) -> Iterator[dict[str, Any]]:
    """The units; a short group name stands beside the title, and a line before the first of each group."""
    group = None
    for one in found.units:
        yield {
            "code": one.unit_id,
            "title": one.unit.title,
            "group": one.group if len(one.group) <= 2 else "",
            "credit": one.unit.credit,
            "first": one.group != group,
        }
        group = one.group


def _groups(found: Cohort, rows: list[Readiness], day: date, *, by_status: bool) -> Iterator[list[dict[str, Any]]]:
    """The rows, those of one status together where they are sorted by it."""
    firsts = [column["first"] for column in _columns(found)]
    for _, group in groupby(rows, key=lambda row: row.status if by_status else None):
        yield [_row(found, row, day, firsts) for row in group]


def _row(found: Cohort, row: Readiness, day: date, firsts: list[bool]) -> dict[str, Any]:
    stands = [(one, found.stands(row, one.unit_id)) for one in found.units]
    return {
        "name": row.registration.candidate.name,
        "url": reverse("centre_candidate", args=[row.registration.candidate_id]),
        "tag": light_tag(row),
        "amount": how_many(row),
        "cells": [
            {"kind": kind, "letter": CELLS[kind][0], "text": CELLS[kind][1], "first": first}
            for (_, kind), first in zip(stands, firsts, strict=True)
        ],
        "words": in_words(stands),
        "next": next_phrase(row, day),
        "answer": answer_first(found, row, day),
    }


def answer_first(found: Cohort, row: Readiness, day: date) -> dict[str, str] | None:
    """By when the moderator is to be answered about a registration, and where; None when nothing is asked."""
    asked = found.asks(row)
    if asked is None:
        return None
    until = "today" if asked.due_on == day else f"by {written(asked.due_on)}"
    late = " (overdue)" if asked.due_on < day else ""
    return {
        "before": "Answer the moderator",
        "until": until + late,
        "words": f"Answer the moderator {until}{late}",
        "url": reverse("centre_question", args=[asked.number]),
    }


def in_words(stands: Iterable[tuple[SchemeUnit, str]]) -> list[str]:
    """The cells of a row as sentences: which units stand where."""
    by_kind: dict[str, list[str]] = {}
    for one, kind in stands:
        by_kind.setdefault(kind, []).append(one.unit_id)
    told = (ACHIEVED, QUESTION, CLAIMED, VERIFIED, ASSESSED, PLANNED, NOT_AWARDED, NOT_STARTED)
    return [f"{CELLS[kind][1].capitalize()}: {', '.join(by_kind[kind])}." for kind in told if kind in by_kind]


def _totals(found: Cohort, rows: list[Readiness]) -> list[int]:
    return [sum(1 for row in rows if one.unit_id in row.units or one.unit_id in row.waiting) for one in found.units]


def _asks(found: Cohort) -> dict[str, Any]:
    """What the combination asks, a line each with how many have it, and what else it says."""
    if found.structure is None:
        return {}
    lines = [line for line in found.structure.lines if not line.pathway]
    said = [line_in_words(line, found.titles) for line in lines]
    return {
        "lines": [
            {"words": words, "have": found.having(line), "of": len(found.rows)}
            for line, words in zip(lines, said, strict=True)
        ],
        "more": [words for words in structure_in_words(found.structure, found.titles) if words not in said],
    }


def _pushes(found: Cohort) -> list[dict[str, Any]]:
    return [
        {
            "title": one.unit.title,
            "code": one.unit_id,
            "credit": counted(one.unit.credit, "credit") if one.unit.credit else "",
            "text": f"{counted(many, 'candidate')} {'needs' if many == 1 else 'need'} nothing else.",
        }
        for one, many in found.pushes()[:PUSHES]
    ]


def _claim(request: HttpRequest, found: Cohort, day: date) -> dict[str, str] | None:
    """The way to a claim for those who can still finish; None when nobody has anything to claim."""
    last, many = found.scheme.final_certification, len(found.to_claim)
    if not many or not request.acting.may("build_claims") or (last and last < day):
        return None
    url = f"{reverse('centre_new_claim')}?scheme={found.scheme.code}"
    return {"url": url, "text": f"Begin a claim: {counted(many, 'candidate')} can finish"}
