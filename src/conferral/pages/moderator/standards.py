"""A standardisation exercise as a moderator marks it, blind, and sees it once it is closed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.standards import mark_piece
from conferral.pages.moderator.next import moderator_chrome
from conferral.pages.standards import TAGS, compared
from conferral.records.moderation.models import UnitDecision
from conferral.records.standards.models import BlindMark, Exercise, Piece
from conferral.rules.rule import Verdict


class MarkForm(forms.Form):
    """A mark on one piece."""

    outcome = forms.ChoiceField(
        label="What you would decide", choices=UnitDecision.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose a decision", "invalid_choice": "Choose one of the four decisions"},
    )  # fmt: skip
    reason_code = forms.ChoiceField(
        label="Reason, unless you confirm", choices=[("", "No reason needed"), *UnitDecision.Code.choices],
        required=False, error_messages={"invalid_choice": "Choose one of the reasons in the list"},
    )  # fmt: skip
    words = forms.CharField(
        label="What you would tell the centre", required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}), error_messages={"max_length": "Keep it to 4,000 characters"},
    )  # fmt: skip


def exercise(request: HttpRequest, id: int) -> HttpResponse:
    """Its pieces with one's own marks; once it is closed, everybody's."""
    found = get_object_or_404(Exercise, pk=id)
    pieces = list(Piece.objects.filter(exercise=found).order_by("number"))
    mine = {one.piece_id: one for one in BlindMark.objects.filter(piece__in=pieces, moderator=request.acting.person)}
    moderator_chrome(request)
    page = {
        "title": found.title,
        "exercise": found,
        "pieces": [
            {"piece": one, "mark": mine.get(one.pk), "tag": TAGS[mine[one.pk].outcome] if one.pk in mine else ""}
            for one in pieces
        ],
        "left": len(pieces) - len(mine),
        "compared": compared(found) if found.state == "closed" else None,
        "crumbs": _crumbs(found.title),
    }
    return render(request, "moderator/exercise.html", {"page": page})


def _crumbs(*here: Any) -> list[dict[str, str]]:
    return [{"label": "Waiting for me", "url": reverse("moderator_waiting")}, *({"label": one} for one in here)]


def piece(request: HttpRequest, piece: int) -> HttpResponse:
    """One piece of work, and the form that marks it."""
    found = get_object_or_404(Piece.objects.select_related("exercise"), pk=piece)
    form, verdict = MarkForm(request.POST if request.method == "POST" else None), Verdict()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verdict = mark_piece(
            found.pk, said["outcome"], reason_code=said["reason_code"], words=said["words"], at=request.at,
            by=request.acting,
        )  # fmt: skip
        if verdict.allowed:
            messages.success(request, f"Piece {found.number} is marked.")
            response = redirect("moderator_exercise", found.exercise_id)
            response.status_code = 303
            return response
    moderator_chrome(request)
    page = {
        "title": f"Piece {found.number} of {found.exercise.title}",
        "piece": found,
        "mark": BlindMark.objects.filter(piece=found, moderator=request.acting.person).first(),
        "open": found.exercise.state == "open",
        "form": form,
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": [
            *_crumbs(),
            {"label": found.exercise.title, "url": reverse("moderator_exercise", args=[found.exercise_id])},
            {"label": f"Piece {found.number}"},
        ],
    }
    return render(request, "moderator/piece.html", {"page": page}, status=422 if page["refused"] else 200)
