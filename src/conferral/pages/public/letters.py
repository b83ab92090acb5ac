"""Letters: to a centre, to a person, and for the desk what became of each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from conferral.actions.letters import acknowledge, note_came_back
from conferral.records.appeals.models import Review
from conferral.records.letters.models import Letter, LetterCopy
from conferral.records.letters.queries import letters

PAGE = 50
STATES = (
    ("", "All"),
    ("to_acknowledge", "To be acknowledged"),
    ("came_back", "Came back"),
    ("waiting", "Not sent yet"),
)
ABOUT = {
    ("claim", "centre"): "centre_claim",
    ("claim", "moderator"): "moderator_claim",
    ("claim", "desk"): "desk_claim",
    ("checkpoint", "centre"): "centre_checkpoint",
    ("checkpoint", "desk"): "desk_checkpoint",
    ("question", "centre"): "centre_question",
    ("review", "centre"): "centre_review",
    ("review", "moderator"): "moderator_review",
    ("review", "desk"): "desk_review",
    ("exercise", "moderator"): "moderator_exercise",
    ("exercise", "desk"): "desk_exercise",
}


def listing(request: HttpRequest) -> HttpResponse:
    """The letters that the person may see, newest first. `?state=` keeps some, `?before=` pages on."""
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    found = letters(state, int(before) if before.isdecimal() and len(before) < 18 else None)
    rows = list(found[: PAGE + 1])
    page = {
        "title": "Letters",
        "lead": _lead(request),
        "rows": [_row(one) for one in rows[:PAGE]],
        "filters": [{"label": label, "url": f"?state={key}", "current": key == state} for key, label in STATES],
        "filtered": bool(state),
        "older_url": f"?state={state}&before={rows[PAGE - 1].pk}" if len(rows) > PAGE else None,
        "newer_url": f"?state={state}" if before else None,
        "desk": request.acting.audience == "desk",
    }
    return render(request, "letters/listing.html", {"page": page})


def _lead(request: HttpRequest) -> str:
    if request.acting.audience == "desk":
        return "Everything that was written to centres and people, and whether it arrived."
    if request.acting.audience == "centre":
        return "What was written to your centre and to you. Each letter also left by mail to those it is for."
    return "What was written to you. Each letter also left by mail."


def _row(letter: Letter) -> dict[str, Any]:
    copies = list(letter.copies.all())
    return {
        "letter": letter,
        "to": str(letter.centre or letter.person),
        "purpose": letter.get_purpose_display() if letter.purpose else "",
        "copies": len(copies),
        **_stands(letter, copies),
    }


def _stands(letter: Letter, copies: list[LetterCopy]) -> dict[str, str]:
    """The state of a letter in a word: what asks for somebody comes first."""
    dead = sum(one.bounced_at is not None for one in copies)
    if dead:
        return {"tag": "cannot", "state": "Came back" if dead == len(copies) else f"{dead} of {len(copies)} came back"}
    if not copies:
        return {"tag": "at-risk", "state": "Nobody has an address"}
    if any(one.sent_at is None for one in copies):
        return {"tag": "", "state": "About to leave"}
    if letter.asks_acknowledgement and letter.acknowledged_at is None:
        return {"tag": "at-risk", "state": "To be acknowledged"}
    return {"tag": "ready", "state": "Acknowledged" if letter.acknowledged_at else "Sent"}


def letter(request: HttpRequest, id: int) -> HttpResponse:
    """One letter, to whom it went, and the button that acknowledges it."""
    found = get_object_or_404(letters(), pk=id)
    page = {
        "title": found.subject,
        "letter": found,
        "to": str(found.centre or found.person),
        "about_url": _about(found, request.acting.audience),
        "ask_url": _ask(found, request),
        "copies": list(found.copies.order_by("id")),
        "to_acknowledge": _acknowledges(request, found),
        "may_mark": request.acting.audience == "desk" and request.acting.may("handle_letters"),
        **_stands(found, list(found.copies.all())),
    }
    return render(request, "letters/letter.html", {"page": page})


def _acknowledges(request: HttpRequest, letter: Letter) -> bool:
    mine = letter.centre_id is not None and letter.centre_id == request.acting.centre
    return mine and letter.asks_acknowledgement and letter.acknowledged_at is None


def _ask(letter: Letter, request: HttpRequest) -> str | None:
    """Where a centre that reads of an absence asks for another moderator."""
    asks = letter.about_kind == "absence" and letter.scheme_id and request.acting.may("ask_for_a_change")
    return reverse("centre_change", args=[letter.scheme_id]) if asks else None


def _about(letter: Letter, audience: str) -> str | None:
    name = ABOUT.get((letter.about_kind, audience))
    if name == "moderator_review" and not Review.objects.filter(pk=letter.about_key).exists():
        return None  # told of its outcome, and not given it
    try:
        return reverse(name, args=[letter.about_key]) if name else None
    except NoReverseMatch:
        return None


@require_POST
def acknowledged(request: HttpRequest, id: int) -> HttpResponse:
    """Say that a letter was read."""
    found = get_object_or_404(Letter, pk=id)
    if request.acting.centre and acknowledge(found.pk, at=request.at, by=request.acting):
        messages.success(request, "Thank you. The awarding organisation sees that the letter was read.")
    return _see_other("letter", found.pk)


@require_POST
def came_back(request: HttpRequest, id: int) -> HttpResponse:
    """The desk says that one mail of a letter came back."""
    copy = get_object_or_404(LetterCopy, pk=id)
    because = request.POST.get("because", "").replace("\x00", "").strip() or "Said by the desk"
    if note_came_back(copy.pk, because, at=request.at, by=request.acting):
        messages.success(request, f"Nothing more is sent to {copy.email} until the centre confirms or changes it.")
    return _see_other("letter", copy.letter_id)


def _see_other(name: str, *args: Any) -> HttpResponse:
    response = redirect(name, *args)
    response.status_code = 303
    return response
