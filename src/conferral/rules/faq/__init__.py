"""The 21 questions about a qualification that comes to an end, and what is answered to each.

An answer is a pure function of what is known of a scheme on a day: the same question may be asked of any
scheme, withdrawn or not, and on any day.
"""

from collections.abc import Callable

from conferral.rules.faq import alternatives, dates, people, running_out
from conferral.rules.faq.known import Known, Said
from conferral.rules.faq.questions import QUESTIONS, Question, question

_ANSWERS: tuple[Callable[[Known], Said], ...] = (
    dates.last_day_to_register,
    dates.last_day_to_certificate,
    running_out.direct_claims,
    running_out.nations,
    running_out.why,
    running_out.sector,
    running_out.other_organisations,
    dates.resitting,
    dates.never_registered,
    running_out.unused_places,
    alternatives.what_instead,
    alternatives.how_assessed,
    alternatives.training,
    alternatives.information,
    alternatives.carrying_over,
    alternatives.approval,
    alternatives.recognised,
    people.administration,
    people.same_assessor,
    people.whom_to_ask,
    people.other_providers,
)


def said(number: int, known: Known) -> Said:
    """What is answered to a question. Raises KeyError when there is no such question."""
    question(number)
    return _ANSWERS[number - 1](known)


__all__ = ["QUESTIONS", "Question", "question", "said"]
