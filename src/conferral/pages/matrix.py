"""The matrix of a claimed unit: criteria down, candidates across, with marks and gaps."""

from typing import Any

from django.http import Http404, HttpRequest

from conferral.pages.public.units import asked
from conferral.records.claims.marks import Column, Matrix, matrix, missing_by_unit
from conferral.records.claims.models import Claim

COLUMNS = 10


def shown_matrix(request: HttpRequest, claim: Claim, url: str) -> dict[str, Any]:
    """The matrix of `?unit=` (the first unit with criteria if none) from candidate `?from=` on, in words for a page."""
    units = missing_by_unit(claim.pk)
    known = [unit for unit, criteria, _ in units if criteria]
    chosen = request.GET.get("unit") or next(iter(known), units[0][0] if units else "")
    if units and chosen not in {unit for unit, *_ in units}:
        raise Http404(chosen)
    skip = _whole(request.GET.get("from", ""))
    found = matrix(claim.pk, chosen, skip=skip, most=COLUMNS)
    return {
        "unit": chosen,
        "tabs": [
            {
                "label": unit,
                "url": f"{url}?unit={unit}",
                "current": unit == chosen,
                "detail": _missing(criteria, missing),
            }
            for unit, criteria, missing in units
        ],
        "columns": [_column(one, found) for one in found.columns],
        "rows": rows(found),
        "missing": next((_missing(criteria, gaps) for unit, criteria, gaps in units if unit == chosen), ""),
        "from": skip,
        "earlier": f"{url}?unit={chosen}&from={max(skip - COLUMNS, 0)}" if skip else "",
        "later": f"{url}?unit={chosen}&from={skip + COLUMNS}" if found.more else "",
    }


def rows(found: Matrix) -> list[dict[str, Any]]:
    """Each criterion with its verb and, for every candidate, the mark and the files, or a gap."""
    return [
        asked(criterion)
        | {
            "cells": [
                {
                    "name": f"m-{column.unit.pk}-{criterion.pk}",
                    "who": column.unit.registration.candidate.name,
                    "mark": column.marks.get(criterion.pk, ""),
                    "files": column.files.get(criterion.pk, ()),
                }
                for column in found.columns
            ]
        }
        for criterion in found.criteria
    ]


def _column(column: Column, found: Matrix) -> dict[str, Any]:
    return {
        "unit": column.unit,
        "name": column.unit.registration.candidate.name,
        "gaps": len(column.gaps(found.criteria)),
        "check": column.check,
        "applies": column.unit.evidence_kind in (None, "candidate_work"),
    }


def _missing(criteria: int, missing: int) -> str:
    if not criteria:
        return "Criteria not known"
    return f"{missing} of {criteria} missing" if missing else "Complete"


def _whole(text: str) -> int:
    return min(int(text), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 8 else 0
