"""Asking and reminding the centres of checkpoints."""

from datetime import date, datetime, timedelta

from conferral.actions.checkpoints import ask_centre, remind_centre
from conferral.records.access import acting_as
from conferral.records.calendar import bank_holidays
from conferral.records.checkpoints.models import Checkpoint
from conferral.records.checkpoints.queries import centres_to_ask, centres_to_remind
from conferral.rules.days import london_day, working_days_before
from conferral.rules.permissions import CLOCK
from conferral.rules.policies import policy

_ASKED_FOR = timedelta(days=1)  # a checkpoint whose day has passed asks nobody any more


def ask_and_remind(*, at: datetime) -> int:
    """Write to centres of checkpoints ahead that were not asked, or not reminded in time; returns how many letters.

    Each centre in its own transaction, 500 of each kind a run.
    """
    today, letters = london_day(at), 0
    with acting_as(CLOCK):
        ahead = list(Checkpoint.objects.filter(answer_by__gt=today - _ASKED_FOR))
    for checkpoint in ahead:
        with acting_as(CLOCK):
            to_ask, due = centres_to_ask(checkpoint), reminder_due(checkpoint) <= today
            to_remind = centres_to_remind(checkpoint) if due and london_day(checkpoint.set_at) < today else []
        for centre in to_ask:
            with acting_as(CLOCK):
                letters += ask_centre(checkpoint, centre, at=at, by=CLOCK)
        for centre in to_remind:
            with acting_as(CLOCK):
                letters += remind_centre(checkpoint, centre, at=at, by=CLOCK)
    return letters


def reminder_due(checkpoint: Checkpoint) -> date:
    """The London day from which centres that have not confirmed are reminded, by England's bank holidays."""
    return working_days_before(
        checkpoint.answer_by, policy("checkpoint_reminder_working_days"), bank_holidays("england")
    )
