"""A moderator's question as its centre reads and answers it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conferral.actions.questions import answer_question
from conferral.pages.centre.next import centre_chrome
from conferral.pages.questions import question_rows
from conferral.records.questions.models import Question
from conferral.records.questions.queries import named_questions
from conferral.rules.rule import Verdict


class AnswerForm(forms.Form):
    """What the centre says to the moderator."""

    answer = forms.CharField(
        label="Your answer",
        help_text="The moderator reads it as you write it. It is sent once.",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=4000,
        error_messages={"required": "Write what the moderator asks for", "max_length": "Keep it to 4,000 characters"},
    )


@require_safe
def question(request: HttpRequest, question: int) -> HttpResponse:
    """What is asked about one unit of one candidate, and the answer."""
    return _shown(request, _found(question), AnswerForm())


@require_POST
def answer(request: HttpRequest, question: int) -> HttpResponse:
    """Answer the moderator."""
    found, form = _found(question), AnswerForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form, refused=True)
    verdict = answer_question(found.pk, form.cleaned_data["answer"], at=request.at, by=request.acting)
    if verdict.refused:
        return _shown(request, _found(question), form, verdict=verdict, refused=True)
    late = " It came after the last day: the moderator may be about to decide." if verdict.warned else ""
    messages.success(request, f"Sent. The moderator decides on {found.claimed_unit.unit_id} now.{late}")
    response = redirect("centre_question", found.pk)
    response.status_code = 303
    return response


def _found(number: int) -> Question:
    return get_object_or_404(named_questions(), pk=number)


def _shown(
    request: HttpRequest, found: Question, form: AnswerForm, *, verdict: Verdict | None = None, refused: bool = False
) -> HttpResponse:
    centre_chrome(request, "Claims")
    (row,) = question_rows([found], request.at)
    page: dict[str, Any] = {
        "title": f"{'Answer' if row['open'] else 'Question of'} the moderator about {found.claimed_unit.unit_id}",
        "question": found,
        "row": row,
        "form": form,
        "may_answer": row["open"] and request.acting.may("answer_questions"),
        "files": found.claim.consignments.filter(kind="upload").exclude(state__in=("awaited", "cancelled")).exists(),
        "verdict": verdict,
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"Claim {found.claim_id}", "url": reverse("centre_claim", args=[found.claim_id])},
            {"label": "Question"},
        ],
    }
    return render(request, "centre/question.html", {"page": page}, status=422 if refused else 200)
