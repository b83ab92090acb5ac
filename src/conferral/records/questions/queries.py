"""The questions that stand open or were answered, as the moderator, the centre and its map of a cohort ask for them."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from conferral.records.questions.models import LIVE, Question


class Asked(NamedTuple):
    """An open question: its id, and the last London day for the answer."""

    number: int
    due_on: date


def questions_of(claim: int) -> QuerySet[Question]:
    """Every question about a claim with whom it concerns, in the order in which they were asked."""
    return named_questions().filter(claim=claim).order_by("asked_at", "id")


def questions_about(registrations: Iterable[int]) -> QuerySet[Question]:
    """The open questions about some registrations, the one due first on top."""
    found = named_questions().filter(state="open", claimed_unit__registration__in=list(registrations))
    return found.order_by("due_on", "id")


def asked_about(registrations: Iterable[int]) -> dict[tuple[int, str], Asked]:
    """The open questions by registration and unit. One query."""
    found = Question.objects.filter(state="open", claimed_unit__registration__in=list(registrations))
    rows = found.values_list("claimed_unit__registration", "claimed_unit__unit", "id", "due_on")
    return {(registration, unit): Asked(number, due_on) for registration, unit, number, due_on in rows}


def to_look_at(person: int, today: date) -> QuerySet[Question]:
    """What a moderator has of their questions: answers about units still undecided, and days that passed without one.

    The oldest first. Looked up among the questions that are not settled, so that it costs the same with many claims.
    """
    live = named_questions().filter(state__in=LIVE, claim__moderator=person)
    return live.filter(Q(state="answered") | Q(due_on__lt=today)).order_by("due_on", "id")


def named_questions() -> QuerySet[Question]:
    """Questions with whom and what they are about, and the people."""
    return Question.objects.select_related(
        "claim", "centre", "claimed_unit__unit", "claimed_unit__registration__candidate", "asked_by", "answered_by",
        "closed_by",
    )  # fmt: skip
