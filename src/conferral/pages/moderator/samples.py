"""The sample of a claim: drawing it, extending it, and confirming what is outside it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from conferral.actions.samples import confirm_by_sample, draw_sample, extend_sample
from conferral.pages.moderator.claims import claim_crumbs, claim_seen
from conferral.pages.moderator.next import moderator_chrome
from conferral.pages.samples import agreement_rows, size_words
from conferral.pages.templatetags.parts import counted
from conferral.records.people.models import Person
from conferral.records.samples.models import Sample
from conferral.records.samples.queries import agreements, by_sample_facts, marks_of, outside, sampled_in
from conferral.rules.book import rules_on
from conferral.rules.rule import Verdict, judge
from conferral.rules.sampling import ALL, FIXED, RISK, Marked, sizes


class DrawForm(forms.Form):
    """How the sample is drawn."""

    method = forms.ChoiceField(
        label="How it is drawn", widget=forms.RadioSelect, initial=RISK,
        choices=[
            (RISK, "By risk: as many of each assessor as show wrong marks with a stated confidence"),
            (FIXED, "A fixed number of each assessor and unit"),
            (ALL, "Every unit"),
        ],
        error_messages={"required": "Choose how it is drawn", "invalid_choice": "Choose one of the three ways"},
    )  # fmt: skip
    each = forms.IntegerField(
        label="How many of each assessor and unit, if a fixed number", min_value=1, max_value=1000, initial=2,
        required=False, widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={"invalid": "Write a whole number", "min_value": "At least 1", "max_value": "At most 1,000"},
    )  # fmt: skip


class ExtendForm(forms.Form):
    """Whose other units are looked at as well, and why."""

    assessor = forms.TypedChoiceField(
        label="Assessor", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose an assessor", "invalid_choice": "Choose an assessor of the list"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why more is looked at", widget=forms.Textarea(attrs={"rows": 3}), max_length=400,
        error_messages={"required": "Write what you found, or what you doubt",
                        "max_length": "Keep it to 400 characters"},
    )  # fmt: skip

    def __init__(self, people: list[tuple[int, str]], data: Any = None) -> None:
        super().__init__(data)
        self.fields["assessor"].choices = people


def sample(request: HttpRequest, number: int) -> HttpResponse:
    """The sample of a claim: how it may be drawn; once drawn, what is in it and why, and how to extend it."""
    found = claim_seen(number)
    drawn = Sample.objects.filter(claim=found).select_related("drawn_by").first()
    return _drawn(request, found, drawn) if drawn else _to_draw(request, found)


def _to_draw(request: HttpRequest, found: Any) -> HttpResponse:
    form = DrawForm(request.POST if request.method == "POST" else None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict, made = draw_sample(
            found.pk, said["method"], each=said["each"] or 1, at=request.at, by=request.acting,
            fresh=request.fresh_bytes,
        )  # fmt: skip
        if made:
            messages.success(request, f"Drawn: {counted(made.units.count(), 'unit')} to look at.")
            return _to(found.pk)
    marks = marks_of(found.pk)
    moderator_chrome(request, on=found.pk)
    page = {
        "title": f"Draw the sample of claim {found.pk}",
        "claim": found,
        "form": form,
        "marks": len(marks),
        "risk": _by_risk(marks, found.pk),
        "open": found.state == "with_moderator",
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": claim_crumbs(found, "Sample"),
    }
    return render(request, "moderator/sample_draw.html", {"page": page}, status=422 if page["refused"] else 200)


def _by_risk(marks: list[Marked], claim: int) -> list[dict[str, Any]]:
    """What a sample by risk would take of each assessor, in words."""
    known = {one.person: one.agreement for one in agreements({mark.assessor for mark in marks}, but=claim)}
    names = dict(Person.objects.filter(pk__in={mark.assessor for mark in marks}).values_list("pk", "name"))
    return [
        {"name": names[who], "words": size_words(size.marks, size.sampled, size.wrong, size.tolerated, size.confidence)}
        for who, size in sizes(marks, known).items()
    ]


def _to(number: int) -> HttpResponse:
    response = redirect("moderator_sample", number)
    response.status_code = 303
    return response


def _drawn(
    request: HttpRequest, found: Any, drawn: Sample, *, form: ExtendForm | None = None, verdict: Verdict | None = None
) -> HttpResponse:
    inside = sampled_in(found.pk)
    marks = marks_of(found.pk)
    names = dict(Person.objects.filter(pk__in={mark.assessor for mark in marks}).values_list("pk", "name"))
    left = [
        (who, names[who]) for who in names if any(one.assessor == who and one.number not in inside for one in marks)
    ]
    if request.method == "POST" and form is None and verdict is None:
        form = ExtendForm(left, request.POST)
        if form.is_valid():
            said = form.cleaned_data
            verdict, more = extend_sample(found.pk, said["assessor"], said["reason"], at=request.at, by=request.acting)
            if verdict.allowed:
                messages.success(request, f"{counted(more, 'unit')} added to the sample.")
                return _to(found.pk)
    moderator_chrome(request, on=found.pk)
    rest, facts = outside(found.pk), by_sample_facts(found.pk)
    page = {
        "title": f"Sample of claim {found.pk}",
        "claim": found,
        "sample": drawn,
        "inside": len(inside),
        "marks": len(marks),
        "sizes": [{"name": names.get(one["assessor"], ""), "words": _words(one)} for one in drawn.sizes],
        "rows": list(
            drawn.units.select_related(
                "claimed_unit__registration__candidate", "claimed_unit__assessor", "claimed_unit__decision"
            ).order_by("claimed_unit__registration_id", "claimed_unit__unit_id")
        ),
        "agreement": agreement_rows(agreements(names)),
        "form": form or ExtendForm(left),
        "can_extend": found.state == "with_moderator" and bool(left),
        "outside": len(rest),
        "undecided": facts.undecided,
        "waiting": found.state == "with_moderator" and bool(rest),
        # What stands against it is said before anybody tries.
        "against": () if facts.undecided or verdict else judge(facts, rules_on("by_sample")).refused,
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": claim_crumbs(found, "Sample"),
    }
    return render(request, "moderator/sample.html", {"page": page}, status=422 if page["refused"] else 200)


def _words(one: dict[str, int]) -> str:
    return size_words(one["marks"], one["sampled"], one["wrong"], one["tolerated"], one["confidence"])


@require_POST
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm what is outside the sample."""
    found = claim_seen(number)
    drawn = Sample.objects.filter(claim=found).select_related("drawn_by").first()
    if drawn is None:
        return _to(number)
    verdict, count = confirm_by_sample(number, at=request.at, by=request.acting)
    if verdict.refused:
        return _drawn(request, found, drawn, verdict=verdict)
    messages.success(request, f"{counted(count, 'unit')} confirmed by sample.")
    response = redirect("moderator_report", number)
    response.status_code = 303
    return response
