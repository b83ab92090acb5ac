"""Questions of moderators, as moderator, centre and desk see them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from conferral.pages.templatetags.parts import happened, in_days, weekday
from conferral.records.questions.models import Question
from conferral.rules.days import london_day

LONG = 300  # letters that stand beside a decision without being folded
WORDS = {
    "open": "Question open",
    "answered": "Answered",
    "settled": "Answered",
    "withdrawn": "Withdrawn",
    "overtaken": "Decided without an answer",
}
TAGS = {"open": "at-risk", "answered": "ready", "settled": "", "withdrawn": "", "overtaken": ""}


def question_rows(questions: Iterable[Question], at: datetime) -> list[dict[str, Any]]:
    """Each question with how it stands, in words."""
    return [_row(one, at) for one in questions]


def _row(one: Question, at: datetime) -> dict[str, Any]:
    late = one.state == "open" and one.due_on < london_day(at)
    return {
        "question": one,
        "word": "No answer in time" if late else WORDS[one.state],
        "tag": "cannot" if late else TAGS[one.state],
        "open": one.state == "open",
        "long": len(one.text) > LONG,
        "late": late,
        "due": f"{weekday(one.due_on)}, {in_days(one.due_on, at)}" if one.state == "open" else weekday(one.due_on),
        "asked": f"{one.asked_by}, {happened(one.asked_at, at)}",
        "answered": f"{one.answered_by}, {happened(one.answered_at, at)}" if one.answered_at else "",
        "closed": f"{one.closed_by}, {happened(one.closed_at, at)}" if one.closed_at else "",
        "candidate": one.claimed_unit.registration.candidate,
        "unit": one.claimed_unit.unit,
    }
