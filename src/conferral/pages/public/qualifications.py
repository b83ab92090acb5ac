"""Qualifications and dates: what the catalogue holds of each scheme, and where each value comes from."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from conferral.pages import schemes, time_machine
from conferral.pages.public.clauses import Cited, cited
from conferral.records.catalogue.combinations import combination_in_words
from conferral.records.catalogue.models import Barred, Constraint, EvidencePolicy, Pathway, Qualification
from conferral.records.catalogue.queries import notices_on, safe_claim_of
from conferral.records.guidance.queries import documents
from conferral.records.reports.models import AnnualReport


def listing(request: HttpRequest) -> HttpResponse:
    """Every scheme with its dates, as of a day."""
    shown = time_machine.shown(request)
    rows = [
        {"scheme": scheme, "safe_claim": safe_claim_of(scheme), "standing": schemes.standing(scheme, shown.day)}
        for scheme in Qualification.objects.all()
    ]
    page = {"title": "Qualifications and dates", "rows": rows, "shown": shown, "refused": bool(shown.form.errors)}
    return render(request, "public/qualifications.html", {"page": page}, status=shown.status)


def qualification(request: HttpRequest, code: str) -> HttpResponse:
    """One scheme as of a day: dates, evidence, combination, units, alternatives, each with its source."""
    scheme = get_object_or_404(Qualification, code=code)
    shown = time_machine.shown(request)
    policies = list(EvidencePolicy.objects.filter(scheme=scheme))
    constraints = list(Constraint.objects.filter(scheme=scheme))
    notices = notices_on(scheme.code, shown.day)
    combined = combination_clauses(scheme, constraints)
    alternatives = list(scheme.alternatives.select_related("alternative"))
    clauses = {said["clause"] for said in scheme.cites.values()}
    clauses |= {row.clause for row in (*policies, *alternatives, *notices)} | set(combined)
    sources = numbered(cited(*clauses))
    page = {
        "title": f"{scheme.code} {scheme.title}",
        "scheme": scheme,
        "shown": shown,
        "refused": bool(shown.form.errors),
        "standing": schemes.standing(scheme, shown.day),
        "notices": [{"notice": one, "cited": sources[one.clause]} for one in notices],
        "facts": facts(scheme, shown.day, sources),
        "policies": evidence(policies, shown.day, sources),
        "answers": schemes.answers(scheme, shown.day),
        "combination": combination_in_words(scheme.code),
        "combination_sources": [sources[clause] for clause in combined],
        "made_up": any(line.demonstration for line in constraints),
        "groups": groups(scheme),
        "alternatives": [alternative(row, sources, shown.query) for row in alternatives],
        "documents": list(documents(scheme=scheme.code)[:12]),
        "reports": list(AnnualReport.objects.filter(schemes=scheme, state="published")[:3]),
        "sources": sorted({known.number: known.source for known in sources.values() if known.source}.items()),
    }
    return render(request, "public/qualification.html", {"page": page}, status=shown.status)


def numbered(known: list[Cited]) -> dict[str, Cited]:
    """Each clause with the number of its document in this page's list."""
    ids = sorted({one.source.pk for one in known if one.source})
    return {one.clause: replace(one, number=ids.index(one.source.pk) + 1) if one.source else one for one in known}


def facts(scheme: Qualification, on: date, sources: dict[str, Cited]) -> list[dict[str, Any]]:
    """The values of a scheme as of a day, each with where it comes from."""
    return [row | origin(scheme.cites.get(row.get("field")), sources) for row in schemes.facts(scheme, on)]


def origin(said: dict[str, str] | None, sources: dict[str, Cited]) -> dict[str, Any]:
    """Where a value comes from, for a row."""
    if not said:
        return {}
    return {"cited": sources.get(said["clause"]), "reading": said["reading"]}


def evidence(policies: list[EvidencePolicy], on: date, sources: dict[str, Cited]) -> list[dict[str, Any]]:
    """The policies on evidence, each with where it comes from, and which of them holds on the day."""
    return [
        row | {"cited": sources[row["policy"].clause], "reading": row["policy"].reading}
        for row in schemes.evidence(policies, on)
    ]


def combination_clauses(scheme: Qualification, constraints: list[Constraint]) -> list[str]:
    """The clauses that a rule of combination comes from, each once, in the order of its sentences."""
    pathways, barred = (model.objects.filter(scheme=scheme) for model in (Pathway, Barred))
    return list(dict.fromkeys(row.clause for row in (*constraints, *pathways, *barred)))


def group_title(name: str, titles: dict[str, str]) -> str:
    title = titles.get(name, "")
    return f"{name}: {title}" if title and len(name) == 1 else title or name


def groups(scheme: Qualification) -> list[dict[str, Any]]:
    """The units of a scheme by group, in the order of the catalogue."""
    found: dict[str, list[Any]] = {}
    for row in scheme.schemeunit_set.select_related("unit"):
        found.setdefault(row.group, []).append(row)
    return [{"title": group_title(name, scheme.groups), "units": rows} for name, rows in found.items()]


def alternative(row: Any, sources: dict[str, Cited], query: str) -> dict[str, Any]:
    known = row.alternative
    return {
        "words": f"{known.code} {known.title}" if known else row.text,
        "url": reverse("qualification", args=[known.code]) + query if known else "",
        "cited": sources.get(row.clause),
    }
