"""Finding candidates, registering one, and the page of one candidate."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conferral.actions.candidates import judge_candidate, register_candidate
from conferral.pages.addresses import addresses
from conferral.pages.centre.next import centre_chrome
from conferral.pages.names import names_before
from conferral.pages.questions import question_rows
from conferral.pages.standing import STATES, light, light_tag, next_phrase, tag
from conferral.pages.stands import counted_from, counted_so_far
from conferral.pages.templatetags.parts import uln, weekday, written
from conferral.pages.timeline import lines, timeline
from conferral.records.awards.completion import CHEAPEST, FEWEST_CREDITS, FEWEST_UNITS
from conferral.records.awards.models import Certificate
from conferral.records.awards.queries import Standing
from conferral.records.candidates.models import Candidate, Registration
from conferral.records.candidates.queries import page_of_registrations
from conferral.records.catalogue.models import Qualification, Unit
from conferral.records.centres.models import Approval
from conferral.records.centres.today import approvals_on
from conferral.records.claims.models import Claim
from conferral.records.cohorts import OPEN
from conferral.records.holds.queries import held_days
from conferral.records.money.queries import to_register_again
from conferral.records.questions.queries import questions_about
from conferral.records.readiness import Readiness, readiness_of, readiness_of_listed
from conferral.rules.days import london_day
from conferral.rules.readiness import CANNOT_FINISH
from conferral.rules.rule import Verdict

PAGE = 50
STATE_WORDS = dict(STATES)


class Search(forms.Form):
    """What the list of candidates is narrowed by."""

    q = forms.CharField(label="Learner number, or last name", max_length=100, required=False)
    scheme = forms.ChoiceField(label="Scheme", required=False)
    state = forms.ChoiceField(label="Stands at", choices=[("", "Any"), *STATES], required=False)

    def __init__(self, data: Any, approved: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        named = [(code, f"{code} {title}") for code, title in approved]
        self.fields["scheme"].choices = [("", "All"), *named]

    @property
    def said(self) -> dict[str, str]:
        """What was asked and understood; anything else is as if it had not been asked."""
        self.full_clean()
        text = self.cleaned_data.get("q", "").replace("\x00", "")
        return {"text": text, **{name: self.cleaned_data.get(name, "") for name in ("scheme", "state")}}


def listing(request: HttpRequest) -> HttpResponse:
    """The centre's candidates, newest registration first."""
    centre_chrome(request)
    schemes = tuple(Approval.objects.values_list("scheme", "scheme__title"))
    search = Search(request.GET, schemes)
    said = search.said
    before = request.GET.get("before", "")
    last = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    rows = page_of_registrations(**said, before=last, most=PAGE)
    page = {
        "title": "Candidates",
        "search": search,
        "narrowed": [_narrowed(name, search, schemes) for name in ("scheme", "state")],
        "rows": _rows(request, rows[:PAGE]),
        "older_url": _older(request, rows),
        "newer_url": _first(request) if before else "",
        "empty": _empty(said),
        "asked": any(said.values()),
        "may_register": request.acting.may("register_candidates"),
    }
    return render(request, "centre/candidates.html", {"page": page})


def _narrowed(name: str, search: Search, schemes: tuple[tuple[str, str], ...]) -> SafeString:
    """The control that narrows the list by scheme or state, as it stands."""
    wrong = name in search.errors
    return search[name].as_field_group() if wrong else _choice(name, search.cleaned_data.get(name, ""), schemes)


@lru_cache(maxsize=512)
def _choice(name: str, chosen: str, schemes: tuple[tuple[str, str], ...]) -> SafeString:
    return Search({name: chosen}, schemes)[name].as_field_group()


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("q", "scheme", "state") if request.GET.get(name)}


def _first(request: HttpRequest) -> str:
    return f"?{urlencode(_asked(request))}"


def _older(request: HttpRequest, rows: list[Registration]) -> str:
    return f"?{urlencode({**_asked(request), 'before': rows[PAGE - 1].pk})}" if len(rows) > PAGE else ""


def _empty(said: dict[str, str]) -> str:
    text = said["text"]
    if not any(said.values()):
        return "No candidate is registered yet."
    if text and any(character.isdigit() for character in text):
        number = uln("".join(text.split()))
        return f"No candidate at your centre has learner number {number}. Try the surname."
    if text:
        return f"No candidate at your centre has a last name that begins with “{text}”. Try the learner number."
    return "No candidate is registered for that scheme and stands there."


def _rows(request: HttpRequest, rows: list[Registration]) -> list[dict[str, Any]]:
    address, day = addresses("centre_candidate"), london_day(request.at)
    without_award = [row for row in rows if row.state in OPEN]
    known = {one.registration.pk: one for one in readiness_of_listed(without_award, on=day)}
    held = held_days(row.pk for row in rows if row.state == "achieved")
    return [_row(row, known.get(row.pk), address(row.candidate_id), day, held=row.pk in held) for row in rows]


def _row(row: Registration, known: Readiness | None, url: str, day: date, *, held: bool) -> dict[str, Any]:
    word = STATE_WORDS[row.state]
    return {
        "name": row.candidate.name,
        "url": url,
        "number": uln(row.candidate.uln) or "none yet",
        "scheme": f"{row.scheme_id} {row.scheme.title}",
        "stands": format_html("{}{}", light_tag(known), format_html(STANDS_AT, word)) if known else tag(word),
        "next": next_phrase(known, day) if known else HELD if held else DONE[row.state],
    }


STANDS_AT = '<br><span class="app-quiet app-small">{}</span>'
HELD = "Results are held"
DONE = {"achieved": "Certificate on its way", "certificated": "Nothing: it is done"}


def _readiness(request: HttpRequest, rows: list[Registration]) -> dict[int, Readiness]:
    """How near the award each registration is that has none yet."""
    numbers = [row.pk for row in rows if row.state in OPEN]
    known = readiness_of(request.acting.own_centre, registrations=numbers, on=london_day(request.at))
    return {one.registration.pk: one for one in known}


_ONE_LINE = RegexValidator(r"^[^\x00-\x1f\x7f]*$", "Use one line, without control characters")


class RegisterForm(forms.Form):
    """One candidate, as a line of a file has it. What is right of it is for the rules to say."""

    scheme = forms.ChoiceField(
        label="Scheme", widget=forms.RadioSelect, error_messages={"required": "Choose the scheme"}
    )
    uln = forms.CharField(
        label="Learner number",
        required=False,
        max_length=40,
        validators=[_ONE_LINE],
        help_text="10 digits, from the learner record. Leave it empty when there is none yet.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
    )
    first_names = forms.CharField(
        label="First names",
        required=False,
        max_length=100,
        validators=[_ONE_LINE],
        help_text="Printed on the certificate as you write them here, with their accents.",
        error_messages={"max_length": "First names can have 100 characters"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    last_name = forms.CharField(
        label="Last name",
        required=False,
        max_length=100,
        validators=[_ONE_LINE],
        help_text="A candidate with one name goes here.",
        error_messages={"max_length": "A last name can have 100 characters"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    born_on = forms.CharField(
        label="Date of birth",
        required=False,
        max_length=30,
        validators=[_ONE_LINE],
        help_text="Day, month, year. For example 14/3/2000.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )
    centre_reference = forms.CharField(
        label="Your reference (optional)",
        required=False,
        max_length=40,
        validators=[_ONE_LINE],
        error_messages={"max_length": "Your reference can have 40 characters"},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )
    starts_on = forms.CharField(
        label="Start date (optional)",
        required=False,
        max_length=30,
        validators=[_ONE_LINE],
        help_text="Day, month, year. For example 2/9/2026.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, schemes: list[Qualification], at: datetime) -> None:
        super().__init__(data)
        day = london_day(at)
        self.fields["scheme"].choices = [(scheme.code, _offered(scheme, day)) for scheme in schemes]
        still_open = [scheme.code for scheme in schemes if not _closed(scheme, day)]
        if len(still_open) == 1:
            self.initial["scheme"] = still_open[0]

    def show(self, verdict: Verdict) -> None:
        """Put each refusal beside the field that it is about."""
        for reason in verdict.refused:
            field = reason.about if reason.about in self.fields else None
            self.add_error(field, f"{reason.text} {reason.remedy}")


def _closed(scheme: Qualification, day: date) -> bool:
    return scheme.last_registration is not None and scheme.last_registration < day


def _offered(scheme: Qualification, day: date) -> str:
    if not _closed(scheme, day):
        return str(scheme)
    return f"{scheme} (took its last registrations on {written(scheme.last_registration)})"


def register(request: HttpRequest) -> HttpResponse:
    """Register one candidate: enter, check, register."""
    centre_chrome(request)
    schemes = [approval.scheme for approval in approvals_on(london_day(request.at))]
    form = RegisterForm(request.POST if request.method == "POST" else None, schemes, request.at)
    if request.method != "POST" or request.POST.get("step") == "change":
        return _show_form(request, form)
    if not form.is_valid():
        return _show_form(request, form, status=422)
    cells = form.cleaned_data
    if request.POST.get("step") == "register":
        return _register(request, form, cells)
    verdict = judge_candidate(cells, at=request.at, by=request.acting)
    if verdict.refused:
        form.show(verdict)
        return _show_form(request, form, verdict, status=422)
    page = {
        "title": "Check before you register",
        "rows": [{"key": field.label.removesuffix(" (optional)"), "value": _answer(field)} for field in form],
        "reasons": verdict.warned,
        "cells": cells,
    }
    return render(request, "centre/register_check.html", {"page": page})


def _answer(field: Any) -> str:
    value = str(field.value() or "").strip()
    if field.name == "scheme":
        return dict(field.field.choices)[value]
    return (uln(value) if field.name == "uln" else value) or "None given"


def _show_form(
    request: HttpRequest, form: RegisterForm, verdict: Verdict = Verdict(), *, status: int = 200
) -> HttpResponse:
    page = {
        "title": "Register a candidate",
        "form": form,
        "warned": verdict.warned,
        "rules": verdict.refused,
        "refused": status == 422,
    }
    return render(request, "centre/register.html", {"page": page}, status=status)


def _register(request: HttpRequest, form: RegisterForm, cells: dict[str, str]) -> HttpResponse:
    verdict, registration = register_candidate(cells, at=request.at, by=request.acting)
    if registration is None:
        form.show(verdict)
        return _show_form(request, form, verdict, status=422)
    messages.success(request, f"{registration.candidate.name} is registered for {registration.scheme_id}.")
    return redirect("centre_candidate", registration.candidate_id)


def candidate(request: HttpRequest, candidate: int) -> HttpResponse:
    """One candidate: what is registered, achieved, missing and claimed, and what has happened."""
    centre_chrome(request)
    found = get_object_or_404(Candidate, pk=candidate)
    registrations = list(
        found.registrations.select_related("scheme").prefetch_related("achievements__unit").order_by("-id")
    )
    numbers = [row.pk for row in registrations]
    certificates = list(
        Certificate.objects.filter(award__registration__in=numbers).exclude(state="due").defer("document")
        .select_related("award").order_by("-issued_on")
    )  # fmt: skip
    page = {
        "title": found.name,
        "candidate": found,
        "facts": _facts(found),
        "registrations": _registrations(request, registrations),
        "claims": list(
            Claim.objects.filter(units__registration__in=numbers)
            .distinct()
            .select_related("scheme")
            .order_by("-id")[:50]
        ),
        "questions": question_rows(questions_about(numbers), request.at),
        "certificates": certificates,
        "names_before": names_before(found),
        "may_change_name": request.acting.may("correct_names"),
        "timeline": _history(request, found, numbers, certificates),
    }
    return render(request, "centre/candidate.html", {"page": page})


def _facts(found: Candidate) -> list[dict[str, str]]:
    return [
        {"key": "Learner number", "value": uln(found.uln) or "Not yet known"},
        {"key": "Date of birth", "value": written(found.born_on)},
        {"key": "Your reference", "value": found.centre_reference or "None given"},
    ]


def _registrations(request: HttpRequest, rows: list[Registration]) -> list[dict[str, Any]]:
    known = _readiness(request, rows)
    held = held_days(row.pk for row in rows)
    codes = {code for one in known.values() for found in one.finish.values() for code in found.units}
    refused = to_register_again([row.pk for row in rows])
    units = Unit.objects.in_bulk(codes | {one.unit for one in refused})
    return [
        {
            "row": row,
            "state": STATE_WORDS[row.state],
            "light": light(known[row.pk]) if row.pk in known else None,
            "achieved": sorted(row.achievements.all(), key=lambda one: one.achieved_on),
            "next": _next_step(request, known[row.pk]) if row.pk in known else {"text": _done(row, held)},
            "ready": _ready(known[row.pk], units) if row.pk in known else None,
            "held": held.get(row.pk),
            "issued": row.state == "certificated",
            "refused": [
                {
                    "unit": units[one.unit],
                    "claim": one.claim,
                    "url": reverse("centre_register_again", args=[row.pk, one.unit]),
                }
                for one in refused
                if one.registration == row.pk
            ],
            "may_register": request.acting.may("register_candidates"),
            "may_report": request.acting.may("report_suspicions"),
        }
        for row in rows
    ]


def _done(row: Registration, held: dict[int, date]) -> str:
    """What comes after the award; a certificate that is held is not promised."""
    return HELD if row.pk in held and row.state == "achieved" else DONE[row.state]


def _next_step(request: HttpRequest, one: Readiness) -> dict[str, str]:
    """What comes next, with a link where somebody can do it here."""
    step = {"text": next_phrase(one, london_day(request.at))}
    if one.missing and one.status != CANNOT_FINISH and request.acting.may("build_claims"):
        return step | {"url": f"{reverse('centre_new_claim')}?scheme={one.registration.scheme_id}"}
    claim = next(iter(one.waiting.values()), None)
    if claim and not one.missing:
        return step | {"url": reverse("centre_claim", args=[claim])}
    return step


def _ready(one: Readiness, units: dict[str, Unit]) -> dict[str, Any]:
    """What the readiness of a registration is made of, for its block on the page."""
    titles = one.registration.scheme.groups
    return {
        "lines": [_stands(line, titles) for line in one.standings],
        "waiting": one.waiting,
        "finish": [
            {"title": title, "units": [units[code] for code in one.finish[aim].units],
             "credits": one.finish[aim].credits}
            for aim, title in _sets(one)
        ],
        "dates": _last_days(one),
        "reasons": [reason for reason in one.verdict.reasons if reason.rule != "readiness-units-missing"],
    }  # fmt: skip


FINISHES = (
    (FEWEST_UNITS, "The fewest units that would finish"),
    (FEWEST_CREDITS, "The fewest credits that would finish"),
    (CHEAPEST, "The cheapest units that would finish"),
)


def _sets(one: Readiness) -> list[tuple[str, str]]:
    """The sets that would finish; one that has been named already is not named again."""
    named: dict[tuple[str, ...], tuple[str, str]] = {}
    for aim, title in FINISHES:
        if aim in one.finish:
            named.setdefault(one.finish[aim].units, (aim, title))
    return list(named.values())


def _last_days(one: Readiness) -> list[dict[str, str]]:
    days = (
        ("Plan assessment to be complete by", one.plan_by),
        ("Last safe day to claim", one.safe_by),
        ("Final certification", one.registration.scheme.final_certification),
    )
    return [{"key": key, "value": weekday(day)} for key, day in days if day]


def _stands(one: Standing, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "where": counted_from(one, titles),
        "have": counted_so_far(one),
        "met": one.met,
        "word": f"{one.short} more {one.measure if one.short != 1 else one.measure.removesuffix('s')}",
    }


def _history(
    request: HttpRequest, found: Candidate, registrations: list[int], certificates: list[Certificate]
) -> list[dict[str, Any]]:
    subjects = [("candidate", found.pk), *(("registration", number) for number in registrations)]
    subjects += [("certificate", one.number) for one in certificates]
    return lines(timeline(*subjects), request.at)
