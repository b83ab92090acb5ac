"""The centre fills in where the work meets each criterion, and the internal verifier records the check."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.marking import LONGEST, Cell, check_internally, mark_criteria
from conferral.pages.centre.next import centre_chrome
from conferral.pages.depth import answer_read
from conferral.pages.matrix import shown_matrix
from conferral.pages.templatetags.parts import counted
from conferral.records.catalogue.models import Unit
from conferral.records.claims.models import Claim
from conferral.rules.rule import Verdict


def matrix_page(request: HttpRequest, number: int) -> HttpResponse:
    """The matrix of a claim, one unit at a time; a typed answer is read for its depth."""
    return _show(request, number)


@require_POST
def mark(request: HttpRequest, number: int) -> HttpResponse:
    """Save the marks that were shown; an empty cell takes a mark away, and one reference may fill a column's gaps."""
    marks = {cell: text for name, text in request.POST.items() if (cell := _cell(name))}
    fill = {name.removeprefix("all-"): text for name, text in request.POST.items() if name.startswith("all-")}
    marks = {cell: text if text.strip() else fill.get(str(cell.claimed_unit), "") for cell, text in marks.items()}
    get_object_or_404(Claim, pk=number)
    verdict = mark_criteria(number, marks, at=request.at, by=request.acting)
    if verdict.refused:
        return _show(request, number, verdict)
    messages.success(request, "Marks saved.")
    return redirect(_back(request, number))


@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Record the internal verifier's check of the units ticked."""
    ticked = [int(one) for one in request.POST.getlist("checked") if one.isascii() and one.isdigit() and len(one) < 19]
    get_object_or_404(Claim, pk=number)
    verdict = check_internally(number, ticked, at=request.at, by=request.acting)
    if verdict.refused:
        return _show(request, number, verdict)
    messages.success(request, f"Check recorded for {counted(len(ticked), 'candidate')}.")
    return redirect(_back(request, number))


def _show(request: HttpRequest, number: int, verdict: Verdict | None = None) -> HttpResponse:
    claim = get_object_or_404(Claim.objects.select_related("scheme"), pk=number)
    shown = shown_matrix(request, claim, reverse("centre_claim_matrix", args=[number]))
    unit = Unit.objects.filter(pk=shown["unit"]).first()
    read = answer_read(request, unit) if unit else None
    draft = claim.state == "draft"
    refused = verdict is not None or bool(read and read["refused"])
    page = {
        "title": f"Matrix of {'draft' if draft else 'claim'} {number}",
        "claim": claim,
        "matrix": shown,
        "may_mark": draft and request.acting.may("build_claims"),
        "may_check": draft and request.acting.may("verify_internally"),
        "me": request.acting.person,
        "longest": LONGEST,
        "read": read,
        "verdict": verdict,
        "refused": refused,
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"{'Draft' if draft else 'Claim'} {number}", "url": reverse("centre_claim", args=[number])},
            {"label": "Matrix"},
        ],
    }
    centre_chrome(request)
    return render(request, "centre/matrix.html", {"page": page}, status=422 if refused else 200)


def _cell(name: str) -> Cell | None:
    kind, _, rest = name.partition("-")
    unit, _, criterion = rest.partition("-")
    whole = all(part.isascii() and part.isdigit() and len(part) < 19 for part in (unit, criterion))
    return Cell(int(unit), int(criterion)) if kind == "m" and whole else None


def _back(request: HttpRequest, number: int) -> str:
    return f"{reverse('centre_claim_matrix', args=[number])}?{request.GET.urlencode()}"
