"""A moderator's question that is no longer asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.questions import withdraw_question
from conferral.pages.moderator.claims import review_at
from conferral.records.questions.models import Question


@require_POST
def withdraw(request: HttpRequest, number: int, question: int) -> HttpResponse:
    """Withdraw a question: the centre is told, and the unit is decided as usual."""
    found = get_object_or_404(Question, pk=question, claim=number)
    verdict = withdraw_question(found.pk, at=request.at, by=request.acting)
    if verdict.refused:
        return review_at(request, number, found.claimed_unit_id, verdict)
    messages.success(request, "Withdrawn. The centre is told that no answer is needed.")
    response = redirect(reverse("moderator_unit", args=[number, found.claimed_unit_id]))
    response.status_code = 303
    return response
