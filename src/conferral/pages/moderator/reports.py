"""How a review ends: the feedback report to the centre, or the withdrawal of the whole claim."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from conferral.actions.reviews import send_report, withdraw_assessor, withdraw_claim
from conferral.pages.moderator.claims import OUTCOME_STATE, READ_ONLY, _claim, _crumbs
from conferral.pages.moderator.next import moderator_chrome
from conferral.pages.templatetags.parts import counted
from conferral.records.claims.models import ClaimedUnit
from conferral.records.moderation.models import OUTCOME_WORDS, UnitDecision
from conferral.records.moderation.queries import claimed_units, feedback_lines, outcome_counts


def _words(label: str, hint: str, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": "Keep it to 20,000 characters"}, **more,
    )  # fmt: skip


class ReportForm(forms.Form):
    """The feedback report on one claim."""

    went_well = _words("What went well", "Name what the centre should keep doing.", 4)
    to_improve = _words("What to improve", "Drafted from your decisions. Edit it: the centre reads your words.", 8)
    actions = _words("What the centre is to do, and by when", "One action a line.", 4)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not any(value.strip() for value in said.values()):
            raise forms.ValidationError("The report says nothing yet. Write at least what went well.")
        return said


class WithdrawForm(forms.Form):
    """Why a whole claim is withdrawn."""

    reason_code = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose the reason"), *UnitDecision.Code.choices],
        error_messages={"required": "Choose the reason: the centre needs it to put the work right",
                        "invalid_choice": "Choose one of the reasons in the list"},
    )  # fmt: skip


class AssessorForm(forms.Form):
    """Whose units are withdrawn together, and why."""

    assessor = forms.ChoiceField(
        label="Assessor",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the assessor", "invalid_choice": "Choose an assessor of this claim"},
    )
    reason_code = forms.ChoiceField(
        label="Reason",
        choices=UnitDecision.Code.choices,
        error_messages={"required": "Choose the reason: the centre needs it to put the work right",
                        "invalid_choice": "Choose one of the reasons in the list"},
    )  # fmt: skip
    feedback = forms.CharField(
        label="For the feedback report",
        help_text="The centre reads your words beside each of these units.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
        error_messages={"max_length": "Keep it to 4,000 characters"},
    )

    def __init__(self, people: dict[int, tuple[str, int]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessor"].choices = [
            (str(pk), f"{name}, {counted(count, 'unit')} without a decision") for pk, (name, count) in people.items()
        ]


def withdraw_by_assessor(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw all undecided units of one assessor whose marking can't be relied on; the centre assesses them again."""
    found = _claim(number)
    people: dict[int, tuple[str, int]] = {}
    for unit in claimed_units(number):
        if unit.state == "claimed":
            people[unit.assessor_id] = (unit.assessor.name, people.get(unit.assessor_id, ("", 0))[1] + 1)
    form = AssessorForm(people, request.POST if request.method == "POST" else None,
                        initial={"reason_code": UnitDecision.Code.INCONSISTENT_ASSESSOR})  # fmt: skip
    verdict = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict, count = withdraw_assessor(
            found.pk, int(said["assessor"]), said["reason_code"], feedback=said["feedback"],
            at=request.at, by=request.acting,
        )  # fmt: skip
        if verdict.allowed:
            messages.success(request, f"{counted(count, 'unit')} withdrawn. The report tells the centre why.")
            return redirect("moderator_claim", number=number)
    moderator_chrome(request, on=number)
    page = {
        "title": f"Withdraw one assessor’s units of claim {number}",
        "claim": found,
        "form": form,
        "open": found.state == "with_moderator" and bool(people),
        "read_only": READ_ONLY.get(found.state, "Every unit of this claim is decided."),
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": _crumbs(found, "Withdraw an assessor’s units"),
    }
    return render(request, "moderator/withdraw_assessor.html", {"page": page}, status=422 if page["refused"] else 200)


def report(request: HttpRequest, number: int) -> HttpResponse:
    """Write the report, see what it sends, and send it; once sent, read it."""
    found = _claim(number)
    units = list(claimed_units(number))
    if hasattr(found, "report") and request.method != "POST":
        return _sent(request, found, units)
    form = ReportForm(
        request.POST if request.method == "POST" else None, initial={"to_improve": "\n".join(feedback_lines(units))}
    )
    verdict = None
    if request.method == "POST" and form.is_valid():
        verdict = send_report(found.pk, **form.cleaned_data, at=request.at, by=request.acting)
        if verdict.allowed:
            messages.success(request, f"The report on claim {number} is sent. The awarding organisation has the claim.")
            return redirect("moderator_report", number=number)
    counts = outcome_counts(units)
    moderator_chrome(request, on=number)
    page = {
        "title": f"Report on claim {number}",
        "claim": found,
        "form": form,
        "tallies": tallies(counts),
        "undecided": counts["undecided"],
        "open": found.state == "with_moderator",
        "read_only": READ_ONLY.get(found.state),
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": _crumbs(found, "Report"),
    }
    return render(request, "moderator/report.html", {"page": page}, status=422 if page["refused"] else 200)


def _sent(request: HttpRequest, found: Any, units: list[ClaimedUnit]) -> HttpResponse:
    moderator_chrome(request, on=found.pk)
    page = {
        "title": f"Report on claim {found.pk}",
        "claim": found,
        "report": found.report,
        "tallies": tallies(outcome_counts(units)),
        "units": [unit for unit in units if unit.state not in ("confirmed", "claimed")],
        "crumbs": _crumbs(found, "Report"),
    }
    return render(request, "moderator/report_sent.html", {"page": page})


def tallies(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The outcomes side by side; what has no decision only while there is some."""
    shown = [
        {"count": counts[outcome], "state": OUTCOME_STATE[outcome], "word": words, "text": ""}
        for outcome, words in OUTCOME_WORDS.items()
    ]
    if counts["undecided"]:
        shown.append({"count": counts["undecided"], "state": "", "word": "No decision yet", "text": ""})
    return shown


def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw a whole claim, after saying what that means for its units."""
    found = _claim(number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        verdict = withdraw_claim(found.pk, form.cleaned_data["reason_code"], at=request.at, by=request.acting)
        if verdict.allowed:
            messages.success(request, f"Claim {number} is withdrawn. The centre sees your reason and may claim again.")
            return redirect("moderator_claim", number=number)
    counts = outcome_counts(claimed_units(number))
    moderator_chrome(request, on=number)
    page = {
        "title": f"Withdraw claim {number}",
        "claim": found,
        "form": form,
        "undecided": counts["undecided"],
        "decided": sum(counts.values()) - counts["undecided"],
        "open": found.state in ("submitted", "with_moderator"),
        "read_only": READ_ONLY.get(found.state),
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": _crumbs(found, "Withdraw"),
    }
    return render(request, "moderator/withdraw.html", {"page": page}, status=422 if page["refused"] else 200)
