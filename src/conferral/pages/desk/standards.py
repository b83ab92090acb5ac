"""Standardisation at the desk: having the same work marked blind, and seeing how far moderators agree."""

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.standards import close_exercise, set_exercise
from conferral.pages.desk.next import desk_chrome
from conferral.pages.standards import compared
from conferral.pages.templatetags.parts import counted
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.standards.models import BlindMark, Exercise
from conferral.records.standards.queries import exercises, files_behind, markers
from conferral.rules.days import london_day

PAGE = 50
MOST_UNITS = 60


def listing(request: HttpRequest) -> HttpResponse:
    """Exercises, the newest first."""
    desk_chrome(request)
    request.chrome["section"] = "Allocation"
    page = {
        "title": "Standardisation",
        "exercises": list(exercises()[:PAGE]),
        "may_set": request.acting.may("set_exercises"),
    }
    return render(request, "desk/exercises.html", {"page": page})


class ExerciseForm(forms.Form):
    """Which units are marked and by what, by whom and until when."""

    also = forms.CharField(
        label="Units of other claims as well", required=False, max_length=200,
        help_text="Numbers of claims, with a comma between them. What you have filled in stays.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
        error_messages={"max_length": "Keep it to 200 characters"},
    )  # fmt: skip
    title = forms.CharField(
        label="What the exercise is called", max_length=100,
        error_messages={"required": "Enter a name, for example Depth of explanations",
                        "max_length": "Keep it to 100 characters"},
    )  # fmt: skip
    answer_by = forms.DateField(
        label="Last day on which moderators mark", help_text="For example 5/3/2027.",
        input_formats=["%d/%m/%Y", "%d %B %Y", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Enter the day", "invalid": "Write the day as 5/3/2027"},
    )  # fmt: skip
    moderators = forms.TypedMultipleChoiceField(
        label="Moderators who mark", coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text="Those who may be given work in every scheme of these units.",
        error_messages={"required": "Tick two or more moderators", "invalid_choice": "Choose moderators of the list"},
    )  # fmt: skip

    def __init__(self, units: list[ClaimedUnit], on: date, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["moderators"].choices = markers((unit.claim.scheme_id for unit in units), on)
        self.units, self.behind = units, files_behind(unit.pk for unit in units)
        for unit in units:
            about = f"{unit.unit_id}, {unit.registration.candidate.name}"
            self.fields[f"work-{unit.pk}"] = forms.CharField(
                label=f"Work of {about}, without names", required=False, max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"max_length": f"Keep the work of {about} to 20,000 characters"},
            )  # fmt: skip
            if unit.pk in self.behind:
                count = counted(len(self.behind[unit.pk]), "file")
                self.fields[f"files-{unit.pk}"] = forms.BooleanField(label=f"Mark {count}", required=False)

    def rows(self) -> list[dict[str, Any]]:
        """Each unit with the files behind it and its fields."""
        return [
            {
                "unit": unit,
                "files": self.behind.get(unit.pk, []),
                "named": [one.name for one in self.behind.get(unit.pk, []) if one.names],
                "tick": self[f"files-{unit.pk}"] if unit.pk in self.behind else None,
                "work": self[f"work-{unit.pk}"],
            }
            for unit in self.units
        ]

    def works(self) -> dict[int, str]:
        """The work of each unit that is marked by its text."""
        return {unit.pk: self.cleaned_data[f"work-{unit.pk}"] for unit in self.units}

    def from_files(self) -> list[int]:
        """The units that are marked by their files."""
        return [unit for unit in self.behind if self.cleaned_data[f"files-{unit}"]]


def add(request: HttpRequest, claim: int) -> HttpResponse:
    """Set an exercise over some units of a claim, and of others whose numbers are entered."""
    found = get_object_or_404(Claim.objects.exclude(state="draft"), pk=claim)
    units = _units(found.pk, request.POST.get("also", ""))
    on, verdict, refused = london_day(request.at), None, False
    if request.method != "POST" or "more" in request.POST:
        kept = request.POST.dict() | {"moderators": request.POST.getlist("moderators")}
        form = ExerciseForm(units, on, initial=kept)
    else:
        form, refused = ExerciseForm(units, on, request.POST), True
        if form.is_valid():
            said = form.cleaned_data
            verdict, made = set_exercise(
                said["title"], form.works(), said["moderators"], said["answer_by"], from_files=form.from_files(),
                at=request.at, by=request.acting,
            )  # fmt: skip
            if made:
                messages.success(request, "Set. Those invited have been written to.")
                return _to(made.pk)
    desk_chrome(request)
    request.chrome["section"] = "Allocation"
    page = {
        "title": f"Have units of claim {found.pk} marked blind",
        "form": form,
        "rows": form.rows(),
        "most": MOST_UNITS if len(units) == MOST_UNITS else 0,
        "verdict": verdict,
        "refused": refused,
        "crumbs": [{"label": "Standardisation", "url": reverse("desk_exercises")}, {"label": "Set an exercise"}],
    }
    return render(request, "desk/exercise_set.html", {"page": page}, status=422 if refused else 200)


def _units(claim: int, also: str) -> list[ClaimedUnit]:
    """The units of a claim, and after them those of other claims of which the numbers are given."""
    others = [int(one) for one in re.findall(r"\b[0-9]{1,9}\b", also) if int(one) != claim]
    places = {number: place for place, number in enumerate([claim, *others])}
    known = ClaimedUnit.objects.filter(claim__in=places).exclude(claim__state="draft")
    rows = known.select_related("registration__candidate", "unit", "claim").order_by(
        "registration__candidate__last_name", "registration__candidate__first_names", "registration_id", "unit_id"
    )
    return sorted(rows, key=lambda unit: places[unit.claim_id])[:MOST_UNITS]


def _to(number: int) -> HttpResponse:
    response = redirect("desk_exercise", number)
    response.status_code = 303
    return response


def exercise(request: HttpRequest, id: int) -> HttpResponse:
    """One exercise: how far the marking is while it is open, and the marks side by side once it is closed."""
    found = get_object_or_404(exercises(), pk=id)
    desk_chrome(request)
    request.chrome["section"] = "Allocation"
    closed = found.state == "closed"
    page = {
        "title": found.title,
        "exercise": found,
        "compared": compared(found) if closed else None,
        "progress": [] if closed else _progress(found),
        "may_close": not closed and request.acting.may("set_exercises"),
        "crumbs": [{"label": "Standardisation", "url": reverse("desk_exercises")}, {"label": found.title}],
    }
    return render(request, "desk/exercise.html", {"page": page})


def _progress(found: Exercise) -> list[dict[str, Any]]:
    """How many pieces each moderator has marked, and not how."""
    invited = found.invitations.select_related("moderator").order_by("moderator__name")
    counts: dict[int, int] = {}
    for who in BlindMark.objects.filter(piece__exercise=found).values_list("moderator", flat=True):
        counts[who] = counts.get(who, 0) + 1
    return [{"name": one.moderator.name, "marked": counts.get(one.moderator_id, 0)} for one in invited]


@require_POST
def close(request: HttpRequest, id: int) -> HttpResponse:
    """End the marking."""
    verdict = close_exercise(get_object_or_404(Exercise, pk=id).pk, at=request.at, by=request.acting)
    if verdict.refused:
        messages.error(request, f"{verdict.refused[0].text} {verdict.refused[0].remedy}")
    else:
        messages.success(request, "Closed. Everybody invited sees all marks now.")
    return _to(id)
