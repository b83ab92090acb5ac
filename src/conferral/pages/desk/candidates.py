"""Candidates found by their learner number, one registration, and units carried over into it."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.transfers import carry_over_unit
from conferral.pages.desk.next import desk_chrome
from conferral.pages.names import names_before
from conferral.pages.standing import STATES as TOLD
from conferral.pages.standing import light
from conferral.pages.stands import counted_from, counted_so_far
from conferral.pages.templatetags.parts import uln, written
from conferral.pages.timeline import lines, timeline
from conferral.records.awards.models import Certificate
from conferral.records.awards.queries import Standing, standings
from conferral.records.candidates.models import Registration
from conferral.records.candidates.queries import registrations_of_learner
from conferral.records.catalogue.models import Qualification
from conferral.records.cohorts import OPEN
from conferral.records.holds.queries import held_days
from conferral.records.readiness import Readiness, readiness_of_listed
from conferral.rules.days import london_day
from conferral.rules.identifiers import compact_uln, uln_fault
from conferral.rules.rule import Verdict
from conferral.rules.written_dates import read_date

PAGE = 50
STATES = dict(TOLD)


class CarryOverForm(forms.Form):
    """One unit as another awarding organisation's certificate has it."""

    unit = forms.ChoiceField(
        label="Unit", error_messages={"required": "Choose the unit", "invalid_choice": "Choose a unit from the list"}
    )
    awarding_organisation = forms.CharField(
        label="Awarding organisation",
        help_text="Its name as on the certificate or the learner’s record.",
        max_length=200,
        validators=[RegexValidator(r"^[^\x00-\x1f\x7f]*$", "Use one line, without control characters")],
        error_messages={"required": "Enter who awarded the unit", "max_length": "Keep it to 200 characters"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    originally_on = forms.CharField(
        label="Date of the original award",
        help_text="Day, month, year. For example 28/6/2019.",
        max_length=30,
        error_messages={"required": "Enter the date of the award", "max_length": "Enter a date like 28/6/2019"},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, scheme: Qualification) -> None:
        super().__init__(data)
        listed = scheme.schemeunit_set.select_related("unit").order_by("place")
        self.fields["unit"].choices = [("", "Choose the unit"), *((row.unit_id, str(row.unit)) for row in listed)]

    def clean_originally_on(self) -> Any:
        day = read_date(self.cleaned_data["originally_on"])
        if day is None:
            raise forms.ValidationError("There is no such day. Enter a date like 28/6/2019")
        return day


def listing(request: HttpRequest) -> HttpResponse:
    """The registrations of the learner with exactly this number, at whatever centre."""
    asked = request.GET.get("q", "").strip()[:40].replace("\x00", "")
    number = compact_uln(asked)
    fault = uln_fault(asked) if asked else None
    rows = list(registrations_of_learner(number)[:PAGE]) if asked and not fault else []
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    page = {
        "title": "Candidates by learner number",
        "asked": asked,
        "fault": fault,
        "number": uln(number),
        "rows": _rows(rows, london_day(request.at)),
    }
    return render(request, "desk/candidates.html", {"page": page}, status=422 if fault else 200)


def _rows(rows: list[Registration], day: date) -> list[dict[str, Any]]:
    known = {
        one.registration.pk: one for one in readiness_of_listed([row for row in rows if row.state in OPEN], on=day)
    }
    return [
        {"row": row, "state": STATES[row.state], "light": light(known[row.pk]) if row.pk in known else None}
        for row in rows
    ]


def registration(request: HttpRequest, registration: int) -> HttpResponse:
    """One registration: its candidate, what is achieved here and elsewhere, and what is missing."""
    found = _found(registration)
    return _registration(request, found, CarryOverForm(None, found.scheme))


def carry_over(request: HttpRequest, registration: int) -> HttpResponse:
    """Record a unit achieved with another awarding organisation."""
    found = _found(registration)
    form = CarryOverForm(request.POST if request.method == "POST" else None, found.scheme)
    if request.method != "POST" or not form.is_valid():
        return _registration(request, found, form)
    said = form.cleaned_data
    verdict, awards = carry_over_unit(
        found.pk, said["unit"], awarding_organisation=said["awarding_organisation"],
        originally_on=said["originally_on"], organisation=settings.ORGANISATION,
        at=request.at, by=request.acting, fresh=request.fresh_bytes,
    )  # fmt: skip
    if verdict.refused:
        return _registration(request, found, form, verdict)
    if awards:
        messages.success(request, f"The unit completes {found.scheme_id}: it is awarded, and a certificate is due.")
    response = redirect("desk_registration", registration=found.pk)
    response.status_code = 303
    return response


def _found(registration: int) -> Registration:
    seen = Registration.objects.select_related("candidate", "centre", "scheme")
    return get_object_or_404(seen, pk=min(registration, 2**63 - 1))


def _registration(
    request: HttpRequest, found: Registration, form: CarryOverForm, verdict: Verdict | None = None
) -> HttpResponse:
    certificates = Certificate.objects.filter(award__registration=found).order_by("number")
    desk_chrome(request)
    request.chrome["section"] = "Centres"
    page = {
        "title": found.candidate.name,
        "row": found,
        "state": STATES[found.state],
        "light": light(_readiness(found, london_day(request.at))) if found.state in OPEN else None,
        "facts": _facts(found),
        "achieved": list(found.achievements.select_related("unit").order_by("achieved_on", "unit_id")),
        "standing": [_stands(one, found.scheme) for one in standings([found.pk]).get(found.pk, [])],
        "certificates": list(certificates.values_list("number", flat=True)),
        "form": form,
        "verdict": verdict,
        "may_carry_over": request.acting.may("carry_over_units"),
        "refused": form.is_bound,
        "names_before": names_before(found.candidate),
        "may_change_name": request.acting.may("amend_names"),
        "may_hold": request.acting.may("place_holds"),
        "held": held_days([found.pk]).get(found.pk),
        "issued": found.state == "certificated",
        "entries": lines(timeline(("registration", found.pk), ("candidate", found.candidate_id)), request.at),
        "crumbs": _crumbs(found),
    }
    return render(request, "desk/registration.html", {"page": page}, status=422 if form.is_bound else 200)


def _readiness(found: Registration, day: date) -> Readiness:
    (known,) = readiness_of_listed([found], on=day)
    return known


def _stands(one: Standing, scheme: Qualification) -> dict[str, str]:
    return {
        "where": counted_from(one, scheme.groups),
        "have": counted_so_far(one),
        "word": "Met" if one.met else one.in_words,
        "tag": "ready" if one.met else "",
    }


def _facts(found: Registration) -> list[dict[str, str]]:
    return [
        {"key": "Learner number", "value": uln(found.candidate.uln) or "Not yet known"},
        {"key": "Date of birth", "value": written(found.candidate.born_on)},
        {"key": "Centre", "value": str(found.centre), "url": reverse("desk_centre", args=[found.centre_id])},
        {"key": "Scheme", "value": str(found.scheme), "url": reverse("desk_scheme", args=[found.scheme_id])},
        {"key": "Registered", "value": written(found.registered_on)},
    ]


def _crumbs(found: Registration) -> list[dict[str, str]]:
    listed = reverse("desk_candidates")
    query = f"?q={found.candidate.uln}" if found.candidate.uln else ""
    return [{"label": "Candidates", "url": f"{listed}{query}"}, {"label": found.candidate.name}]
