"""The page of command verbs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from conferral.pages.depth import answer_read
from conferral.pages.public.clauses import cited
from conferral.pages.public.units import verb_id
from conferral.records.catalogue.models import Unit
from conferral.rules.verbs import COMMAND_VERBS


def verbs(request: HttpRequest) -> HttpResponse:
    """What each command verb asks of an answer."""
    page = {
        "title": "How deep an answer goes",
        "depths": [
            {
                "id": verb_id(one.verbs[0]),
                "verbs": ", ".join(one.verbs).capitalize(),
                "least": one.least,
                "thin": one.thin,
            }
            for one in COMMAND_VERBS.depths
        ],
        "cited": cited(COMMAND_VERBS.clause)[0],
        "reading": COMMAND_VERBS.reading,
        "reviewed": COMMAND_VERBS.reviewed,
    }
    return render(request, "rules/verbs.html", {"page": page})


def try_answer(request: HttpRequest) -> HttpResponse:
    """Read an answer for its depth: by verb and level, or against a criterion of `?unit=`. Nothing is kept."""
    unit = get_object_or_404(Unit, code=request.GET["unit"]) if request.GET.get("unit") else None
    read = answer_read(request, unit)
    page = {
        "title": "Try an answer",
        "unit": unit,
        "read": read,
        "refused": bool(read and read["refused"]),
        "crumbs": [{"label": "Command verbs", "url": reverse("verbs")}, {"label": "Try an answer"}],
    }
    return render(request, "public/try_answer.html", {"page": page}, status=422 if page["refused"] else 200)
