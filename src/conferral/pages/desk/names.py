"""Putting a candidate's name right at the desk, and reissuing what came back for it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.names import change_name
from conferral.pages.desk.next import desk_chrome
from conferral.pages.names import NameForm, names_before
from conferral.records.awards.models import Certificate
from conferral.records.candidates.models import Registration
from conferral.records.candidates.names import printed
from conferral.records.centres.models import Membership
from conferral.rules.permissions import DESK_ROLES
from conferral.rules.references import format_reference
from conferral.rules.rule import Verdict


def change(request: HttpRequest, registration: int) -> HttpResponse:
    """The name of the candidate of a registration; on POST, change it, and reissue the certificates that came back."""
    seen = Registration.objects.select_related("candidate")
    found = get_object_or_404(seen, pk=min(registration, 2**63 - 1))
    on_paper = list(printed(found.candidate_id).defer("document"))
    staff = Membership.objects.filter(role__in=DESK_ROLES).order_by("person__name")
    people = list(dict(staff.values_list("person", "person__name")).items())
    data = request.POST if request.method == "POST" else None
    form, verdict = NameForm(data, found.candidate, people, reissues=bool(on_paper)), Verdict()
    if request.method == "POST" and form.is_valid():
        verdict, made = change_name(
            found.candidate_id, form.said, returned=bool(form.cleaned_data.get("returned")),
            at=request.at, by=request.acting, fresh=request.fresh_bytes,
        )  # fmt: skip
        if made:
            messages.success(request, f"The name is changed. It was {made.name_before}.{_reissued(on_paper)}")
            response = redirect("desk_registration", found.pk)
            response.status_code = 303
            return response
    return _shown(request, found, on_paper, form, verdict)


def _reissued(on_paper: list[Certificate]) -> str:
    return " A certificate with the new name is printed within a minute." if on_paper else ""


def _shown(
    request: HttpRequest, found: Registration, on_paper: list[Certificate], form: NameForm, verdict: Verdict
) -> HttpResponse:
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    back = reverse("desk_registration", args=[found.pk])
    page: dict[str, Any] = {
        "title": f"Change the name of {found.candidate.name}",
        "form": form,
        "open": True,
        "reasons": form.show(verdict) if form.is_bound else (),
        "heading": "Not changed",
        "before": names_before(found.candidate),
        "certificates": [
            {"number": format_reference(one.pk), "title": one.title, "issued_on": one.issued_on,
             "url": reverse("desk_certificate", args=[one.pk])}
            for one in on_paper
        ],
        "back": back,
        "crumbs": [
            {"label": "Candidates", "url": reverse("desk_candidates")},
            {"label": found.candidate.name, "url": back},
            {"label": "Change the name"},
        ],
    }  # fmt: skip
    return render(request, "names/change.html", {"page": page}, status=422 if form.is_bound else 200)
