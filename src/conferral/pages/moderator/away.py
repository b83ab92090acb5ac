"""Being away, as the moderator enters it, and who has been told."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from conferral.actions.absences import enter_absence, take_back_absence
from conferral.pages.moderator.next import moderator_chrome
from conferral.records.allocation.models import Absence, AbsenceReason
from conferral.records.allocation.queries import absences
from conferral.records.letters.models import Letter
from conferral.rules.days import london_day
from conferral.rules.rule import Verdict

FORMATS = ["%d/%m/%Y", "%d %B %Y", "%Y-%m-%d"]


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=hint, input_formats=FORMATS,
        widget=forms.DateInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Enter the day", "invalid": "Write the day as 24/12/2026"},
    )  # fmt: skip


class AbsenceForm(forms.Form):
    """Days away."""

    from_on = _day("First day away", "For example 24/12/2026.")
    until_on = _day("Last day away")
    kind = forms.ChoiceField(
        label="Why", help_text="Only you and the desk see this. Centres are told the days.",
        choices=[("", "Choose"), *AbsenceReason.Kind.choices],
        error_messages={"required": "Choose why", "invalid_choice": "Choose one of the list"},
    )  # fmt: skip


def listing(request: HttpRequest) -> HttpResponse:
    """Days away that are entered; on POST, enter some."""
    form = AbsenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict, absence = enter_absence(
            said["from_on"], said["until_on"], said["kind"], at=request.at, by=request.acting
        )
        if absence:
            told = Letter.objects.filter(about_kind="absence", about_key=str(absence.pk)).count()
            letters = "1 letter has" if told == 1 else f"{told} letters have"
            messages.success(request, f"Entered. {letters} gone to the centres whose work you look at in these days.")
            return _see_other()
        _add(form, verdict)
    moderator_chrome(request)
    page = {
        "title": "Away",
        "form": form,
        "rows": [_row(one) for one in absences([request.acting.somebody], from_on=london_day(request.at))],
        "refused": request.method == "POST",
    }
    return render(request, "moderator/away.html", {"page": page}, status=422 if page["refused"] else 200)


def _add(form: forms.Form, verdict: Verdict) -> None:
    for reason in verdict.refused:
        form.add_error(reason.about or None, f"{reason.text} {reason.remedy}")


def _row(absence: Absence) -> dict[str, Any]:
    letters = list(Letter.objects.filter(about_kind="absence", about_key=str(absence.pk), asks_acknowledgement=True))
    return {
        "absence": absence,
        "told": len(letters),
        "acknowledged": sum(one.acknowledged_at is not None for one in letters),
    }


@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """There after all."""
    found = get_object_or_404(Absence, pk=id, moderator=request.acting.somebody)
    if take_back_absence(found.pk, at=request.at, by=request.acting):
        messages.success(request, "Taken back. The centres that were told hear so.")
    return _see_other()


def _see_other() -> HttpResponse:
    response = redirect("moderator_away")
    response.status_code = 303
    return response
