"""Making the moves of a journey: change the state, and write it in the ledger."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from conferral.actions.ledger import Done, record
from conferral.rules.journeys import Journey
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict


def move(
    journey: Journey,
    thing: Any,
    verb: str,
    *,
    at: datetime,
    by: Acting,
    event: str,
    verdict: Verdict = Verdict(),
    facts: dict[str, Any] | None = None,
    about: Any = None,
) -> None:
    """Move a locked row, save it whole and record the event on it, or on the claim that it is `about`.

    Raises ValueError for a move that the table lacks.
    """
    thing.state = moved_to(journey, thing.state, verb, by)
    thing.save()
    subject = ("claim", about.pk) if about else (journey.name.replace(" ", "_"), thing.pk)
    record([Done(event, *subject, thing.centre_id, verdict, facts or {})], at=at, by=by)


def move_all(journey: Journey, rows: QuerySet[Any], verb: str, *, by: Acting) -> int:
    """Move all rows of a query in one statement per state; returns how many. Their event is their claim's."""
    states = [move.state for move in journey.moves if move.verb == verb and move.by == by.audience]
    return sum(
        rows.filter(state=state).update(state=moved_to(journey, state, verb, by)) for state in dict.fromkeys(states)
    )


def moved_to(journey: Journey, state: str, verb: str, by: Acting) -> str:
    """The state to which a move leads. Raises ValueError for a move that the table lacks."""
    made = journey.move(state, verb, by.audience)
    if made is None:
        raise ValueError(f"A {journey.name} that is {state} has no move {verb} by {by.audience}.")
    return made.to
