"""How a review ends: the feedback report to the centre, or the withdrawal of the whole claim."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.feedback import Required, judge_action
from conferral.actions.reviews import send_report, withdraw_assessor, withdraw_claim
from conferral.pages.moderator.claims import OUTCOME_STATE, READ_ONLY, claim_crumbs, claim_seen
from conferral.pages.moderator.next import moderator_chrome
from conferral.pages.moderator.report_form import MOST, ReportForm
from conferral.pages.required_actions import action_rows, paper_of
from conferral.pages.templatetags.parts import counted
from conferral.records.claims.models import ClaimedUnit
from conferral.records.moderation.feedback import due_after, found_in, required_of, standing_of
from conferral.records.moderation.models import OUTCOME_WORDS, UnitDecision
from conferral.records.moderation.queries import came_by_post, claimed_units, outcome_counts
from conferral.rules.days import london_day
from conferral.rules.feedback import REMARKS, drafted_actions, drafted_lines, drafted_praise


class WithdrawForm(forms.Form):
    """Why a whole claim is withdrawn."""

    reason_code = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose the reason"), *UnitDecision.Code.choices],
        error_messages={"required": "Choose the reason: the centre needs it to put the work right",
                        "invalid_choice": "Choose one of the reasons in the list"},
    )  # fmt: skip
    words = forms.CharField(
        label="What the centre is told", help_text="Left empty, the draft for the reason is used.", required=False,
        widget=forms.Textarea(attrs={"rows": 5}), max_length=4000,
        error_messages={"max_length": "Keep it to 4,000 characters"},
    )  # fmt: skip
    action = forms.CharField(
        label="What the centre is to do", help_text="Left empty, the action of the reason is asked, by its day.",
        required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1000,
        error_messages={"max_length": "Keep it to 1,000 characters"},
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
    found = claim_seen(number)
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
        "crumbs": claim_crumbs(found, "Withdraw an assessor’s units"),
    }
    return render(request, "moderator/withdraw_assessor.html", {"page": page}, status=422 if page["refused"] else 200)


def report(request: HttpRequest, number: int) -> HttpResponse:
    """Write the report, see what it sends, and send it; once sent, read it and what its actions came to."""
    found = claim_seen(number)
    units = list(claimed_units(number))
    if hasattr(found, "report") and request.method != "POST":
        return _sent(request, found, units)
    form = ReportForm(request.POST if request.method == "POST" else None, **_drafted(found, units, request))
    verdict, sending = None, request.method == "POST" and "more" not in request.POST
    if sending and form.is_valid():
        said = form.cleaned_data
        verdict = send_report(
            found.pk, went_well=said["went_well"], to_improve=said["to_improve"], required=form.required_actions(),
            at=request.at, by=request.acting,
        )  # fmt: skip
        if verdict.allowed:
            messages.success(request, f"The report on claim {number} is sent. The awarding organisation has the claim.")
            return redirect("moderator_report", number=number)
    counts = outcome_counts(units)
    moderator_chrome(request, on=number)
    page = {
        "title": f"Report on claim {number}",
        "claim": found,
        "form": form,
        "more": form.count < MOST,
        "by_letter": bool(units) and all(unit.state == "withdrawn" for unit in units),
        "tallies": tallies(counts),
        "undecided": counts["undecided"],
        "open": found.state == "with_moderator",
        "read_only": READ_ONLY.get(found.state),
        "verdict": verdict,
        "refused": sending,
        "crumbs": claim_crumbs(found, "Report"),
    }
    return render(request, "moderator/report.html", {"page": page}, status=422 if sending else 200)


def _drafted(found: Any, units: list[ClaimedUnit], request: HttpRequest) -> dict[str, Any]:
    """The report as the decisions and the records draft it."""
    told, today = found_in(units), london_day(request.at)
    return {
        "went_well": "\n".join(drafted_praise(standing_of(found, units))),
        "to_improve": "\n".join(drafted_lines(told)),
        "drafted": [
            Required(one.text, due_after(one.working_days, today, found.centre.nation), one.unit, one.code)
            for one in drafted_actions(told)
        ],
        "remarks": {
            one.code: Required(one.action, due_after(one.working_days, today, found.centre.nation), None, one.code)
            for one in REMARKS.values()
            if came_by_post(found.pk)
        },
    }


def _sent(
    request: HttpRequest, found: Any, units: list[ClaimedUnit], *, form: Any = None, verdict: Any = None
) -> HttpResponse:
    moderator_chrome(request, on=found.pk)
    page = {
        "title": f"Report on claim {found.pk}",
        "claim": found,
        "report": found.report,
        "by_letter": found.report.way == "letter",
        "paper_url": reverse("moderator_report_paper", args=[found.pk]),
        "actions": action_rows(required_of(found.pk), request, "moderator_judge_action"),
        "may_judge": request.acting.may("judge_actions"),
        "tallies": tallies(outcome_counts(units)),
        "units": [unit for unit in units if unit.state not in ("confirmed", "claimed")],
        "verdict": verdict,
        "refused": verdict is not None,
        "crumbs": claim_crumbs(found, "Report"),
    }
    return render(request, "moderator/report_sent.html", {"page": page}, status=422 if verdict else 200)


def paper(request: HttpRequest, number: int) -> HttpResponse:
    """The report as it was sent, on paper."""
    return paper_of(claim_seen(number))


@require_POST
def judge(request: HttpRequest, number: int, action: int) -> HttpResponse:
    """Say whether an answered action is met."""
    found = claim_seen(number)
    get_object_or_404(required_of(number), pk=action)
    met = "met" in request.POST
    verdict = judge_action(
        action, met=met, judgement=request.POST.get("judgement", "")[:1000], at=request.at, by=request.acting
    )
    if verdict.refused:
        return _sent(request, found, list(claimed_units(number)), verdict=verdict)
    messages.success(request, "Found met." if met else "The centre hears what is still missing.")
    response = redirect("moderator_report", number=number)
    response.status_code = 303
    return response


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
    found = claim_seen(number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict = withdraw_claim(
            found.pk, said["reason_code"], words=said["words"], action=said["action"], at=request.at, by=request.acting
        )
        if verdict.allowed:
            messages.success(
                request, f"Claim {number} is withdrawn. The centre has your report by letter and may claim again."
            )
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
        "crumbs": claim_crumbs(found, "Withdraw"),
    }
    return render(request, "moderator/withdraw.html", {"page": page}, status=422 if page["refused"] else 200)
