"""Which file answers which criterion: the criteria of a unit by the files of one candidate."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conferral.actions.evidence import evidence_facts, say_what_it_answers
from conferral.pages.addresses import whole_number
from conferral.pages.centre.files import claim_with_files
from conferral.pages.centre.next import centre_chrome
from conferral.pages.public.units import asked
from conferral.records.catalogue.models import Criterion
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.evidence.models import EvidenceItem
from conferral.records.evidence.queries import items_of
from conferral.rules.book import rules_on
from conferral.rules.rule import Verdict, judge


@require_safe
def answers(request: HttpRequest, number: int, registration: int, unit: str) -> HttpResponse:
    """The criteria of a unit, and which files of the candidate answer each."""
    return _show(request, *_found(number, registration, unit))


@require_POST
def say(request: HttpRequest, number: int, registration: int, unit: str) -> HttpResponse:
    """Keep what was ticked for the files that were shown; a file that came meanwhile stays as it is."""
    claim, chosen = _found(number, registration, unit)
    shown = {whole_number(one) for one in request.POST.getlist("item")}
    for item in items_of(claim.pk, registration).filter(pk__in=shown - {None}):
        ticked = [pk for one in request.POST.getlist(f"file-{item.pk}") if (pk := whole_number(one))]
        verdict = say_what_it_answers(item.pk, unit, ticked, at=request.at, by=request.acting)
        if verdict.refused:
            return _show(request, claim, chosen, verdict)
    messages.success(request, "Kept which file answers what.")
    return redirect(reverse("centre_file_answers", args=[number, registration, unit]))


def _found(number: int, registration: int, unit: str) -> tuple[Claim, ClaimedUnit]:
    claim = claim_with_files(number)
    chosen = claim.units.filter(registration=registration, unit=unit).select_related("registration__candidate", "unit")
    found = chosen.first()
    if found is None:
        raise Http404(unit)
    return claim, found


def _show(request: HttpRequest, claim: Claim, chosen: ClaimedUnit, verdict: Verdict | None = None) -> HttpResponse:
    items = list(items_of(claim.pk, chosen.registration_id))
    back = f"{reverse('centre_files', args=[claim.pk])}?candidate={chosen.registration_id}"
    marks = dict(chosen.marks.values_list("criterion", "reference"))
    open_now = judge(evidence_facts(claim), rules_on("evidence")).allowed
    page = {
        "title": f"What the files answer: {chosen.unit_id}",
        "claim": claim,
        "chosen": chosen,
        "candidate": chosen.registration.candidate,
        "items": items,
        "tabs": _tabs(claim, chosen),
        "rows": [
            _row(criterion, items, marks) for criterion in Criterion.objects.filter(unit=chosen.unit_id, current=True)
        ],
        "may_say": open_now and request.acting.may("send_work"),
        "back": back,
        "verdict": verdict,
        "refused": verdict is not None,
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"Claim {claim.pk}", "url": reverse("centre_claim", args=[claim.pk])},
            {"label": "Evidence", "url": back},
            {"label": chosen.unit_id},
        ],
    }
    centre_chrome(request)
    return render(request, "centre/file_answers.html", {"page": page}, status=422 if verdict else 200)


def _tabs(claim: Claim, chosen: ClaimedUnit) -> list[dict[str, Any]]:
    theirs = claim.units.filter(registration=chosen.registration_id).order_by("unit_id").values_list("unit", flat=True)
    return [
        {
            "label": unit,
            "url": reverse("centre_file_answers", args=[claim.pk, chosen.registration_id, unit]),
            "current": unit == chosen.unit_id,
        }
        for unit in theirs
    ]


def _row(criterion: Criterion, items: list[EvidenceItem], marks: dict[int, str]) -> dict[str, Any]:
    cells = [
        {"item": item, "ticked": any(one.criterion_id == criterion.pk for one in item.answers.all())} for item in items
    ]
    mark = marks.get(criterion.pk, "")
    gap = not mark and not any(cell["ticked"] for cell in cells)
    return asked(criterion) | {"cells": cells, "mark": mark, "gap": gap}
