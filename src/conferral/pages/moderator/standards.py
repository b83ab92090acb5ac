"""A standardisation exercise as a moderator marks it, blind, and sees it once it is closed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferral.actions.standards import mark_piece
from conferral.pages import evidence
from conferral.pages.moderator.next import moderator_chrome
from conferral.pages.standards import TAGS, compared
from conferral.records.catalogue.models import Criterion
from conferral.records.moderation.models import UnitDecision
from conferral.records.standards.models import BlindMark, Exercise, Piece, PieceFile
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
        "files": _files(request, found),
        "criteria": list(Criterion.objects.filter(unit=found.unit_code, current=True).order_by("place")),
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


def _files(request: HttpRequest, found: Piece) -> dict[str, Any]:
    """The files of a piece by their numbers, one of them shown. No names, notes or first decisions come along."""
    files = list(found.files.all())
    if not files:
        return {}
    asked = request.GET.get("file", "")
    file = next((one for one in files if str(one.number) == asked), files[0])
    page, where = reverse("moderator_piece", args=[found.pk]), [found.pk, file.number]
    shown = evidence.paged(request, file.file_id, file.kind, file.pages, url=f"{page}?file={file.number}&")
    drawn = file.kind in evidence.DRAWN
    tabs = [
        {
            "label": one.label,
            "url": f"{page}?file={one.number}",
            "current": one == file,
            "detail": evidence.described(one),
        }
        for one in files
    ]
    return {
        "tabs": tabs,
        "shown": shown
        | {
            "item": {"pk": file.number, "label": file.label, "name": "", "file": file},
            "picture": "" if shown["as_text"] else reverse("moderator_piece_picture", args=[*where, shown["page"]]),
            "original": "" if drawn else reverse("moderator_piece_original", args=where),
        },
        "prefix": f"file={file.number}&",
    }


@require_safe
def picture(request: HttpRequest, piece: int, number: int, page: int) -> HttpResponse:
    """A page of a file of a piece, drawn."""
    return evidence.picture(_bytes(piece, number), page)


@require_safe
def original(request: HttpRequest, piece: int, number: int) -> HttpResponse:
    """A file that can't be drawn, as it came, under its number. Of what is drawn nothing but the drawing is served."""
    served = _bytes(piece, number)
    if served.kind in evidence.DRAWN:
        raise Http404("In an exercise this file is shown page by page.")
    return evidence.original(served)


def _bytes(piece: int, number: int) -> evidence.Bytes:
    file = get_object_or_404(PieceFile.objects.select_related("piece"), piece=piece, number=number)
    ending = "txt" if file.kind == "text" else file.kind
    return evidence.Bytes(file.sha256, file.kind, f"Piece {file.piece.number}, file {file.number}.{ending}")
