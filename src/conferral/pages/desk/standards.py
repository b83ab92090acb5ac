"""Standardisation at the desk: having the same work marked blind, and seeing how far moderators agree."""

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
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.moderation.models import Moderator
from conferral.records.moderation.queries import claimed_units
from conferral.records.standards.models import BlindMark, Exercise
from conferral.records.standards.queries import exercises

PAGE = 50
MOST_PIECES = 12


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
    """Which units are marked, by whom and until when."""

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
        error_messages={"required": "Tick two or more moderators", "invalid_choice": "Choose moderators of the list"},
    )  # fmt: skip

    def __init__(self, units: list[ClaimedUnit], data: Any = None) -> None:
        super().__init__(data)
        rows = Moderator.objects.select_related("person").order_by("person__name")
        self.fields["moderators"].choices = [(one.pk, one.person.name) for one in rows]
        for unit in units:
            self.fields[f"work-{unit.pk}"] = forms.CharField(
                label=f"{unit.unit_id}, {unit.registration.candidate.name}", required=False, max_length=20_000,
                help_text="The work without names. Left empty, this unit is not marked.",
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"max_length": "Keep it to 20,000 characters"},
            )  # fmt: skip
        self.units = units

    def works(self) -> dict[int, str]:
        """The work of each unit that is marked."""
        return {unit.pk: self.cleaned_data[f"work-{unit.pk}"] for unit in self.units}


def add(request: HttpRequest, claim: int) -> HttpResponse:
    """Set an exercise over some units of a claim."""
    found = get_object_or_404(Claim.objects.exclude(state="draft"), pk=claim)
    form = ExerciseForm(list(claimed_units(found.pk)[:MOST_PIECES]), request.POST if request.method == "POST" else None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict, made = set_exercise(
            said["title"], form.works(), said["moderators"], said["answer_by"], at=request.at, by=request.acting
        )
        if made:
            messages.success(request, "Set. Those invited have been written to.")
            return _to(made.pk)
    desk_chrome(request)
    request.chrome["section"] = "Allocation"
    page = {
        "title": f"Have units of claim {found.pk} marked blind",
        "lead": "Nobody marks what they decided before. Moderators see the unit and the work, and no names.",
        "form": form,
        "verb": "Invite them to mark",
        "heading": "The exercise is not set",
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": [{"label": "Standardisation", "url": reverse("desk_exercises")}, {"label": "Set an exercise"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


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
