"""What a moderator may ask a centre about a unit before deciding on it, and what the answer must say."""

from typing import Any

from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, after, present

READING = "Our two documents let a moderator go back to the centre about incomplete work and don’t say how."


@rule(
    "question-without-reason",
    subject="question",
    about="reason_code",
    clause="house",
    refuse="The question doesn’t say which doubt it is about.",
    remedy="Choose the reason: the question is drafted from it.",
    reading=READING,
    decided_by="house",
    rulebook=("R24",),
)
def question_without_reason(question: Any) -> Any:
    """A question to a centre bears a coded reason, as a decision does."""
    return absent(question.reason_code)


@rule(
    "question-without-words",
    subject="question",
    about="text",
    clause="house",
    refuse="The question has no words.",
    remedy="Write what the centre is to tell you, or draft it from the reason.",
    reading=READING,
    decided_by="house",
    rulebook=("R24",),
)
def question_without_words(question: Any) -> Any:
    """A question to a centre says what it wants to know."""
    return absent(question.text)


@rule(
    "question-still-open",
    subject="question",
    clause="house",
    needs=("unit", "open_since", "due_on"),
    refuse="A question about {unit} for this candidate has been open since {open_since}.",
    remedy="Wait for the answer, which is due by {due_on}; or withdraw the question, then ask again.",
    reading="One question at a time: the centre answers one thing, and one answer settles the unit.",
    decided_by="house",
)
def question_still_open(question: Any) -> Any:
    """About one unit of one candidate in a claim, one question is open at a time."""
    return present(question.open_since)


@rule(
    "question-answered-without-words",
    subject="question_answer",
    about="answer",
    clause="house",
    refuse="The answer has no words.",
    remedy="Write what the moderator asks for: who, when and where in the work it is shown.",
    decided_by="house",
    reading=READING,
    rulebook=("R24",),
)
def question_answered_without_words(question: Any) -> Any:
    """A centre answers a question in words."""
    return absent(question.answer)


@rule(
    "question-answered-late",
    subject="question_answer",
    outcome=WARNED,
    clause="house",
    needs=("due_on", "answered_on"),
    refuse="The answer was due by {due_on}.",
    remedy="It is sent all the same: the moderator reads it if the unit isn’t decided yet.",
    reading="The moderator may decide at any time, and waits no longer than to the last day. A late answer is better "
    "than none.",
    decided_by="house",
)
def question_answered_late(question: Any) -> Any:
    """An answer after the last day is taken with a warning while the question is open."""
    return after(question.answered_on, question.due_on)
