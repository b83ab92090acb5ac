"""Who may decide on claimed work, and what a decision must say."""

from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, differs, holds, present, same


@rule(
    "reviewer-not-allocated",
    subject="review",
    clause="cco-withdrawal-2013 q18",
    refuse="This claim is not allocated to you.",
    remedy="Ask the desk if you think that it should be.",
    rulebook=("R51",),
)
def reviewer_not_allocated(review: Any) -> Any:
    """A claim is reviewed by the person to whom it is allocated."""
    return absent(review.allocated_to) | differs(review.reviewer, review.allocated_to)


@rule(
    "reviewer-touched-the-work",
    subject="review",
    clause="house",
    refuse="You assessed or internally verified this work, so you can't review it.",
    remedy="Tell the desk, who will give it to somebody else.",
    rulebook=("R73",),
)
def reviewer_touched_the_work(review: Any) -> Any:
    """Nobody reviews what they assessed or verified."""
    return same(review.reviewer, review.assessor) | same(review.reviewer, review.internal_verifier)


@rule(
    "reviewer-has-interest",
    subject="review",
    clause="house",
    refuse="You have declared an interest in this centre.",
    remedy="Tell the desk, who will give the claim to somebody else.",
    rulebook=("R73",),
)
def reviewer_has_interest(review: Any) -> Any:
    """Nobody reviews the work of a centre in which they have declared an interest."""
    return holds(review.interest)


@rule(
    "unit-already-decided",
    subject="review",
    clause="house",
    needs=("decided_outcome",),
    refuse="This unit has been decided: {decided_outcome}.",
    remedy="One claim has one outcome. A decision is changed through a review of results.",
)
def unit_already_decided(review: Any) -> Any:
    """A claimed unit has one outcome."""
    return present(review.decided_outcome)


@rule(
    "decision-without-reason",
    subject="review",
    about="reason_code",
    clause="moderation-2012 p8",
    needs=("outcome",),
    refuse="The decision doesn't say why.",
    remedy="Choose the reason: the centre needs it to put the work right.",
    rulebook=("R24",),
)
def decision_without_reason(review: Any) -> Any:
    """Every decision but a confirmation gives its reason."""
    return present(review.outcome) & differs(review.outcome, "confirmed") & absent(review.reason_code)


@rule(
    "decision-after-final-certification",
    subject="review",
    clause="cco-withdrawal-2013 q2",
    needs=("final_certification",),
    refuse="{scheme} stopped certificating on {final_certification}.",
    remedy="Tell the desk. Units achieved may transfer to an alternative qualification.",
    reading="A confirmation after that date could lead to no certificate.",
    decided_by="house",
    rulebook=("R29",),
)
def decision_after_final_certification(review: Any) -> Any:
    """Nothing is confirmed after the scheme's final certification date, the date itself included."""
    banked = same(review.outcome, "confirmed") | same(review.outcome, "amended")
    return banked & after(review.decided_on, review.final_certification)


@rule(
    "report-with-undecided-units",
    subject="report",
    clause="moderation-2012 p8",
    refuse="{undecided} claimed units have no decision yet.",
    remedy="Decide each unit, then send the report.",
    rulebook=("R24",),
)
def report_with_undecided_units(review: Any) -> Any:
    """The feedback report is sent when every claimed unit has its decision."""
    return after(review.undecided, 0)


@rule(
    "report-with-open-questions",
    subject="report",
    clause="house",
    needs=("open_questions",),
    refuse="The centre has not answered yet: open questions about units of this claim, {open_questions}.",
    remedy="Wait for the answer, or decide the unit without it, which closes the question; or withdraw the question.",
    reading="A unit about which the centre is asked has no decision, so the report would be refused all the same; this "
    "says what it waits for.",
    decided_by="house",
    rulebook=("R24",),
)
def report_with_open_questions(review: Any) -> Any:
    """The feedback report is not sent while the centre is asked about a unit."""
    return after(review.open_questions, 0)
