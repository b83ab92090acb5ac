"""Putting the name of one of the centre's candidates right."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.names import change_name
from conferral.pages.centre.next import centre_chrome
from conferral.pages.names import NameForm, names_before
from conferral.records.candidates.models import Candidate
from conferral.records.candidates.names import NewName, name_facts, printed
from conferral.records.claims.queries import people_of_centre
from conferral.rules.days import london_day
from conferral.rules.names import name_on_printed_certificate
from conferral.rules.permissions import CENTRE_ROLES
from conferral.rules.references import format_reference
from conferral.rules.rule import Verdict, judge


def change(request: HttpRequest, candidate: int) -> HttpResponse:
    """The name and its proof; on POST, change it. Once a certificate is printed, say how it comes back."""
    found = get_object_or_404(Candidate, pk=candidate)
    held = people_of_centre(request.acting.own_centre, *CENTRE_ROLES)
    people = {person: name for role in held.values() for person, name in role}
    form = NameForm(request.POST if request.method == "POST" else None, found, [*people.items()], reissues=False)
    verdict = Verdict()
    if request.method == "POST" and form.is_valid():
        verdict, made = change_name(found.pk, form.said, at=request.at, by=request.acting, fresh=request.fresh_bytes)
        if made:
            messages.success(request, f"The name is changed. It was {made.name_before}.")
            response = redirect("centre_candidate", found.pk)
            response.status_code = 303
            return response
    return _shown(request, found, form, verdict)


def _shown(request: HttpRequest, found: Candidate, form: NameForm, verdict: Verdict) -> HttpResponse:
    centre_chrome(request, "Candidates")
    refused = request.method == "POST"
    beside_none = form.show(verdict) if form.is_bound else ()
    facts = name_facts(
        found, NewName(found.first_names, found.last_name), on=london_day(request.at), returned=False, by=request.acting
    )
    on_paper = judge(facts, [name_on_printed_certificate])
    back = reverse("centre_candidate", args=[found.pk])
    page: dict[str, Any] = {
        "title": f"Change the name of {found.name}",
        "form": form,
        "open": on_paper.allowed,
        "reasons": beside_none or on_paper.reasons,
        "heading": "Not changed" if refused else "",
        "before": names_before(found),
        "certificates": [
            {"number": format_reference(one.pk), "title": one.title, "issued_on": one.issued_on,
             "url": reverse("centre_certificate", args=[one.pk])}
            for one in printed(found.pk).defer("document")
        ],
        "back": back,
        "crumbs": [
            {"label": "Candidates", "url": reverse("centre_candidates")},
            {"label": found.name, "url": back},
            {"label": "Change the name"},
        ],
    }  # fmt: skip
    return render(request, "names/change.html", {"page": page}, status=422 if refused else 200)
