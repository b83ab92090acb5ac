"""Days by which centres confirm who expects a result."""

from typing import Any

from conferral.rules.readiness import CAN_FINISH, READY
from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, after, before, present, same


def expected_unless_said(status: str) -> bool:
    """Whether a result is expected where the centre has not said: of those who are ready or can finish."""
    return status in (READY, CAN_FINISH)


@rule(
    "checkpoint-day-not-ahead",
    subject="checkpoint",
    about="answer_by",
    clause="house",
    refuse="{answer_by} is not ahead of us.",
    remedy="Choose a later day, one that leaves centres time to ask those who teach.",
)
def checkpoint_day_not_ahead(checkpoint: Any) -> Any:
    """Centres are given a day in the future."""
    return before(checkpoint.answer_by, checkpoint.today) | same(checkpoint.answer_by, checkpoint.today)


@rule(
    "checkpoint-for-nobody",
    subject="checkpoint",
    about="candidates",
    clause="house",
    refuse="Nobody without an award is registered in these schemes.",
    remedy="Choose schemes that somebody still works towards.",
)
def checkpoint_for_nobody(checkpoint: Any) -> Any:
    """A checkpoint concerns somebody who still works towards an award."""
    return absent(checkpoint.candidates)


@rule(
    "expectation-after-checkpoint",
    subject="expectation",
    outcome=WARNED,
    clause="house",
    refuse="This came after {answer_by}, the day of the checkpoint.",
    remedy="It is kept all the same, and the desk sees that it was late.",
    reading="A late answer tells the desk more than none.",
    decided_by="house",
)
def expectation_after_checkpoint(expectation: Any) -> Any:
    """Centres answer by the day of the checkpoint, that day included."""
    return after(expectation.said_on, expectation.answer_by)


@rule(
    "expectation-of-awarded",
    subject="expectation",
    clause="house",
    needs=("awarded_on",),
    refuse="This candidate has had the award since {awarded_on}.",
    remedy="Leave the line as it is: nothing more is expected.",
)
def expectation_of_awarded(expectation: Any) -> Any:
    """A result is expected of candidates who have no award yet."""
    return present(expectation.awarded_on)
