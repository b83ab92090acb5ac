"""The schemes as the catalogue holds them, as of any day. They come from packs; the desk enters their numbers."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.catalogue import set_days_for_work
from conferral.actions.register_import import enter_qan
from conferral.pages import schemes, time_machine
from conferral.pages.desk.next import desk_chrome
from conferral.pages.public.clauses import Cited, cited
from conferral.pages.public.qualifications import numbered
from conferral.pages.templatetags.parts import written
from conferral.pages.timeline import lines, timeline
from conferral.records.catalogue.models import EvidencePolicy, Qualification, Source
from conferral.records.catalogue.queries import notices_on
from conferral.records.catalogue.standing import in_force
from conferral.records.people.models import Person
from conferral.rules.days import end_of_day
from conferral.rules.policies import policy


class NumberForm(forms.Form):
    """A scheme's qualification number, and where it was found."""

    qan = forms.CharField(
        label="Qualification number",
        help_text="As the Register writes it: 500/7707/7.",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Enter the qualification number", "max_length": "It has eight characters"},
    )
    source = forms.ModelChoiceField(
        Source.objects.order_by("title"),
        label="Document in which you found it",
        empty_label="Choose the document",
        error_messages={"required": "Choose the document", "invalid_choice": "Choose a document from the list"},
    )
    place = forms.CharField(
        label="Place in the document",
        help_text="A page, a section, or what you looked for.",
        max_length=100,
        error_messages={"required": "Say where in the document", "max_length": "Keep it to 100 characters"},
    )

    @property
    def clause(self) -> str:
        """The citation of what was entered."""
        return f"{self.cleaned_data['source'].pk} {self.cleaned_data['place']}"


def listing(request: HttpRequest) -> HttpResponse:
    """Every scheme with its route and dates, and how it stands and what evidence it takes on a day."""
    shown = time_machine.shown(request)
    policies = defaultdict(list)
    for said in EvidencePolicy.objects.all():
        policies[said.scheme_id].append(said)
    desk_chrome(request)
    page = {
        "title": "Catalogue",
        "shown": shown,
        "refused": bool(shown.form.errors),
        "schemes": [_row(scheme, policies[scheme.code], shown) for scheme in Qualification.objects.all()],
        "may_manage": request.acting.may("manage_catalogue"),
    }
    return render(request, "desk/catalogue.html", {"page": page}, status=shown.status)


def _row(scheme: Qualification, policies: list[EvidencePolicy], shown: time_machine.Shown) -> dict[str, Any]:
    held = in_force(policies, shown.day)
    return {
        "scheme": scheme,
        "evidence": held.get_kind_display() if held else "not known",
        "standing": schemes.standing(scheme, shown.day),
    }


def scheme(request: HttpRequest, code: str) -> HttpResponse:
    """One scheme as of a day: its values with their sources and who entered them, and what has happened to it."""
    return _scheme(request, get_object_or_404(Qualification, pk=code), NumberForm())


def number(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a scheme's qualification number. Nothing is entered while another day is shown."""
    found = get_object_or_404(Qualification, pk=code)
    form = NumberForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or time_machine.shown(request).other or not form.is_valid():
        return _scheme(request, found, form)
    faults = enter_qan(code, form.cleaned_data["qan"], form.clause, at=request.at, by=request.acting)
    refused = [fault for fault in faults if fault.outcome == "refused"]
    for fault in refused:
        form.add_error("qan", f"{fault.text} {fault.remedy}")
    if refused:
        return _scheme(request, found, form)
    for fault in faults:
        messages.warning(request, f"{fault.text} {fault.remedy}")
    response = redirect("desk_scheme", code=code)
    response.status_code = 303
    return response


class DaysForm(forms.Form):
    """For how many working days the work of a claim is waited for."""

    days = forms.IntegerField(
        label="Working days after submission",
        help_text="From 1 to 60. Empty: as the organisation's policy says",
        min_value=1,
        max_value=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter a whole number from 1 to 60."),
    )


def days(request: HttpRequest, code: str) -> HttpResponse:
    """Set for how many working days work is waited for before its claim is withdrawn; claims already in keep theirs."""
    found = get_object_or_404(Qualification, pk=code)
    form = DaysForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or time_machine.shown(request).other or not form.is_valid():
        return _scheme(request, found, NumberForm(), form)
    set_days_for_work(code, form.cleaned_data["days"], at=request.at, by=request.acting)
    response = redirect("desk_scheme", code=code)
    response.status_code = 303
    return response


def _scheme(request: HttpRequest, found: Qualification, form: NumberForm, wait: DaysForm | None = None) -> HttpResponse:
    wait = wait or DaysForm(initial={"days": found.days_for_work})
    shown = time_machine.shown(request)
    policies = list(EvidencePolicy.objects.filter(scheme=found))
    notices = notices_on(found.code, shown.day)
    clauses = {said["clause"] for said in found.cites.values()} | {row.clause for row in (*policies, *notices)}
    sources = numbered(cited(*clauses))
    ended = end_of_day(shown.day)
    happened = [entry for entry in timeline(("scheme", found.code)) if entry.when < ended]
    desk_chrome(request)
    page = {
        "title": str(found),
        "scheme": found,
        "shown": shown,
        "refused": form.is_bound or wait.is_bound or bool(shown.form.errors),
        "standing": schemes.standing(found, shown.day),
        "notices": [{"notice": one, "cited": sources[one.clause]} for one in notices],
        "may_publish": request.acting.may("publish_notices") and not shown.other,
        "facts": _facts(found, shown, sources),
        "policies": [
            row | {"cited": sources[row["policy"].clause], "reading": row["policy"].reading}
            for row in schemes.evidence(policies, shown.day)
        ],
        "answers": schemes.answers(found, shown.day),
        "form": form,
        "wait": wait,
        "waited": found.days_for_work or policy("working_days_until_withdrawal"),
        "may_manage": request.acting.may("manage_catalogue"),
        "entries": lines(happened[:12], request.at),
        "sources": sorted({known.number: known.source for known in sources.values() if known.source}.items()),
        "crumbs": [{"label": "Catalogue", "url": reverse("desk_catalogue") + shown.query}, {"label": found.code}],
    }
    return render(request, "desk/scheme.html", {"page": page}, status=422 if page["refused"] else 200)


def _facts(found: Qualification, shown: time_machine.Shown, sources: dict[str, Cited]) -> list[dict[str, Any]]:
    title = {"key": "Title", "field": "title", "value": found.title}
    entered = {said.get("entered_by") for said in found.cites.values()} - {None}
    names = dict(Person.objects.filter(pk__in=entered).values_list("pk", "name")) if entered else {}
    rows = []
    for row in (title, *schemes.facts(found, shown.day)):
        said = found.cites.get(row.get("field"), {})
        origin = {"cited": sources.get(said["clause"]), "reading": said["reading"]} if said else {}
        rows.append(row | origin | {"entered": _entered(said, names)})
    return rows


def _entered(said: dict[str, Any], names: dict[int, str]) -> str:
    """Who entered a value at the desk, and when."""
    if "entered_at" not in said:
        return ""
    who = names.get(said["entered_by"], "the installer")
    return f"Entered by {who} on {written(datetime.fromisoformat(said['entered_at']))}"
