"""Reviews of moderation and appeals: when they may be asked, who may decide them, and what a decision may change."""

from datetime import date
from typing import Any

from conferral.rules.days import months_before
from conferral.rules.policies import policy
from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, before, differs, holds, present, same

# From the worst for a candidate to the best: only who was not awarded a unit pays to try again.
RANKS = {"not_awarded": 1, "withdrawn": 2, "amended": 3, "confirmed": 4}


def last_day_for_review(reported_on: date) -> date:
    """The last London day on which a review may be asked of what was reported on a day, that day included."""
    return months_before(reported_on, -policy("months_to_ask_for_review"))


@rule(
    "review-before-report",
    subject="asked_review",
    clause="house",
    refuse="There is no report on this claim, so there is nothing to review.",
    remedy="Wait for the report. A claim that was withdrawn as a whole is claimed again.",
    rulebook=("R67",),
)
def review_before_report(review: Any) -> Any:
    """A review is asked of a claim that was moderated and reported on."""
    return absent(review.reported_on)


@rule(
    "review-too-late",
    subject="asked_review",
    clause="house",
    needs=("last_day",),
    refuse="A review of this claim could be asked until {last_day}.",
    remedy="Claim the units again: what was not awarded is registered again first.",
    reading="No document of ours names a time. Three months after the report are taken, the last day included.",
    decided_by="house",
    rulebook=("R67",),
)
def review_too_late(review: Any) -> Any:
    """A review is asked within three months of the report."""
    return after(review.asked_on, review.last_day)


@rule(
    "review-without-units",
    subject="asked_review",
    about="units",
    clause="house",
    refuse="No unit is chosen.",
    remedy="Tick at least one. A review looks at a unit for every candidate of the claim.",
    rulebook=("R67",),
)
def review_without_units(review: Any) -> Any:
    """A review is of units, each for the whole claim and not for single candidates."""
    return absent(review.units)


@rule(
    "review-without-reason",
    subject="asked_review",
    about="reason",
    clause="house",
    refuse="It doesn’t say why the decisions should be looked at again.",
    remedy="Say which decisions you doubt, and what in the work speaks against them.",
    rulebook=("R67",),
)
def review_without_reason(review: Any) -> Any:
    """Whoever asks for a review says why."""
    return absent(review.reason)


@rule(
    "review-of-unchanged-unit",
    subject="asked_review",
    about="units",
    clause="house",
    needs=("unchanged",),
    refuse="{unchanged} was accepted as your assessors had judged it, so there is nothing to review.",
    remedy="Leave it out of the review.",
    rulebook=("R67",),
)
def review_of_unchanged_unit(review: Any) -> Any:
    """A unit that was confirmed for every candidate is not reviewed."""
    return present(review.unchanged)


@rule(
    "review-asked-already",
    subject="asked_review",
    about="units",
    clause="house",
    needs=("reviewed",),
    refuse="A review of {reviewed} has been asked already.",
    remedy="Follow that one. Its outcome can be appealed against.",
    reading="A unit of a claim is reviewed once; after that an appeal is open.",
    decided_by="house",
    rulebook=("R67", "R73"),
)
def review_asked_already(review: Any) -> Any:
    """A unit of a claim is reviewed once."""
    return present(review.reviewed)


@rule(
    "appeal-before-review",
    subject="asked_appeal",
    clause="house",
    refuse="The review has no outcome yet, so there is nothing to appeal against.",
    remedy="Wait for the letter with its outcome.",
    rulebook=("R73",),
)
def appeal_before_review(appeal: Any) -> Any:
    """An appeal follows the outcome of a review."""
    return absent(appeal.issued_on)


@rule(
    "appeal-too-late",
    subject="asked_appeal",
    clause="house",
    needs=("last_day",),
    refuse="An appeal against this review could be made until {last_day}.",
    remedy="The outcome of the review stands.",
    reading="No document of ours names a time. Thirty calendar days after the outcome of the review are taken.",
    decided_by="house",
    rulebook=("R73",),
)
def appeal_too_late(appeal: Any) -> Any:
    """An appeal is made within thirty days of the review's outcome."""
    return after(appeal.asked_on, appeal.last_day)


@rule(
    "appeal-without-reason",
    subject="asked_appeal",
    about="reason",
    clause="house",
    refuse="It doesn’t say what was wrong with the review.",
    remedy="Say which procedure was not followed, or what was left out of account.",
    rulebook=("R73",),
)
def appeal_without_reason(appeal: Any) -> Any:
    """Whoever appeals against a review says why."""
    return absent(appeal.reason)


@rule(
    "appeal-asked-already",
    subject="asked_appeal",
    clause="house",
    needs=("appealed_on",),
    refuse="An appeal against this review was made on {appealed_on}.",
    remedy="Follow that one. After it nothing further is open here.",
    rulebook=("R73",),
)
def appeal_asked_already(appeal: Any) -> Any:
    """A review is appealed against once."""
    return present(appeal.appealed_on)


@rule(
    "reviewer-took-part",
    subject="reviewer",
    about="reviewer",
    clause="house",
    refuse="They decided on this claim, were given it, or had its work in hand.",
    remedy="Choose somebody who had no part in it.",
    rulebook=("R73",),
)
def reviewer_took_part(reviewer: Any) -> Any:
    """Nobody reviews a claim that they decided on, were allocated, assessed, verified, marked or submitted."""
    return holds(reviewer.took_part)


@rule(
    "reviewer-interested",
    subject="reviewer",
    about="reviewer",
    clause="house",
    refuse="They have declared an interest in this centre.",
    remedy="Choose somebody without one.",
    rulebook=("R73",),
)
def reviewer_interested(reviewer: Any) -> Any:
    """Nobody reviews the work of a centre in which they have declared an interest."""
    return holds(reviewer.interest)


@rule(
    "reviewer-at-centre",
    subject="reviewer",
    about="reviewer",
    clause="house",
    refuse="They have a role at this centre.",
    remedy="Choose somebody from elsewhere.",
    rulebook=("R73",),
)
def reviewer_at_centre(reviewer: Any) -> Any:
    """Nobody reviews the work of a centre at which they have a role."""
    return holds(reviewer.at_centre)


@rule(
    "reviewer-appoints-themselves",
    subject="reviewer",
    about="reviewer",
    clause="house",
    refuse="Nobody appoints themselves.",
    remedy="Choose somebody else, or let a colleague appoint.",
    rulebook=("R73",),
)
def reviewer_appoints_themselves(reviewer: Any) -> Any:
    """Who appoints and who decides are two people."""
    return same(reviewer.reviewer, reviewer.appointed_by)


@rule(
    "panel-took-part-in-review",
    subject="reviewer",
    about="reviewer",
    clause="house",
    refuse="They had a part in the review that is appealed against.",
    remedy="Choose somebody who had none.",
    rulebook=("R73",),
)
def panel_took_part_in_review(reviewer: Any) -> Any:
    """An appeal is decided by somebody who neither decided the review, nor appointed its reviewer, nor sent it out."""
    return holds(reviewer.in_review)


@rule(
    "reviewed-by-somebody-else",
    subject="reviewed",
    clause="house",
    refuse="Somebody else is appointed to decide this.",
    remedy="Ask the desk if you think that it should be you.",
    rulebook=("R73",),
)
def reviewed_by_somebody_else(reviewed: Any) -> Any:
    """A review or appeal is decided by the person appointed to it."""
    return absent(reviewed.appointed) | differs(reviewed.reviewer, reviewed.appointed)


@rule(
    "review-makes-it-worse",
    subject="reviewed",
    about="outcome",
    clause="house",
    refuse="{unit} would come out worse than it stands.",
    remedy="Leave it as it stands, or change it for the better.",
    reading="Nobody loses by asking: an outcome stays, or gets better. Not awarded counts as worse than withdrawn, "
    "because another attempt is paid for.",
    decided_by="house",
    rulebook=("R67",),
)
def review_makes_it_worse(reviewed: Any) -> Any:
    """A review leaves an outcome as it stands or betters it."""
    return before(reviewed.rank, reviewed.rank_before)


@rule(
    "reviewed-without-reason",
    subject="reviewed",
    about="words",
    clause="house",
    refuse="The decision doesn’t say why.",
    remedy="Write what you looked at and what you found: the centre reads it, changed or not.",
    rulebook=("R67",),
)
def reviewed_without_reason(reviewed: Any) -> Any:
    """A review and an appeal give their reasons, whatever they decide."""
    return absent(reviewed.words)


@rule(
    "reviewed-after-final-certification",
    subject="reviewed",
    clause="cco-withdrawal-2013 q2",
    needs=("final_certification",),
    refuse="{scheme} stopped certificating on {final_certification}.",
    remedy="Say in your reasons what you would have decided. Units achieved may transfer to another qualification.",
    reading="A confirmation after that date could lead to no certificate, on review as little as before.",
    decided_by="house",
    rulebook=("R29",),
)
def reviewed_after_final_certification(reviewed: Any) -> Any:
    """Nothing is confirmed on review after the scheme's final certification date, the date itself included.

    No `outcome` means that the unit stands as it was.
    """
    banked = same(reviewed.outcome, "confirmed") | same(reviewed.outcome, "amended")
    return banked & after(reviewed.decided_on, reviewed.final_certification)
