"""The page of command verbs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conferral.pages.public.clauses import cited
from conferral.pages.public.units import verb_id
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
