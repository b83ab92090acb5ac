"""A unit: what it is, where it counts, and each criterion with what its command verb asks for."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify

from conferral.pages.public.clauses import cited
from conferral.records.catalogue.models import Criterion, Qualification, Unit
from conferral.rules.verbs import COMMAND_VERBS


def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit with its criteria by learning outcome."""
    found = get_object_or_404(Unit, code=code)
    clause = found.cites.get("unit", "")
    page = {
        "title": f"{found.code} {found.title}",
        "unit": found,
        "facts": facts(found),
        "cited": cited(clause)[0] if clause else None,
        "schemes": Qualification.objects.filter(schemeunit__unit=found).distinct(),
        "outcomes": outcomes(found.criteria.filter(current=True)),
        "crumbs": [{"label": "Qualifications and dates", "url": reverse("qualifications")}, {"label": found.code}],
    }
    return render(request, "public/unit.html", {"page": page})


def facts(found: Unit) -> list[dict[str, Any]]:
    """What is known of a unit; what is not known is left out."""
    rows = [
        ("Level", found.level),
        ("Credit", found.credit),
        ("Guided learning hours", found.glh),
    ]
    return [{"key": key, "value": value} for key, value in rows if value is not None]


def outcomes(criteria: Any) -> list[dict[str, Any]]:
    """Criteria under their learning outcomes, each with what its verb asks for."""
    return [
        {"number": number, "criteria": [asked(one) for one in under]}
        for number, under in groupby(criteria, lambda one: one.outcome)
    ]


def asked(criterion: Criterion) -> dict[str, Any]:
    """A criterion, its verb with the address of the glossary, and what the verb asks for at the least.

    `opening` is the verb as it opens the text, and `rest` what follows; with another opening, `rest` is all of it.
    """
    depth = COMMAND_VERBS.of(criterion.verb)
    opens = len(criterion.verb) if criterion.text.lower().startswith(criterion.verb.lower()) else 0
    return {
        "criterion": criterion,
        "opening": criterion.text[:opens],
        "rest": criterion.text[opens:],
        "least": depth.least if depth else "",
        "thin": depth.thin if depth else "",
        "glossary": f"{reverse('verbs')}#{verb_id(depth.verbs[0])}" if depth else "",
    }


def verb_id(verb: str) -> str:
    """Where a verb stands in the glossary page."""
    return f"verb-{slugify(verb)}"
