"""Fees: what is paid once and not given back."""

from typing import Any

from conferral.rules.policies import policy
from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, present, same


def refundable(paid_pence: int) -> int:
    """How much of a registration fee may be given back, in whole pence."""
    return paid_pence * (100 - policy("percent_of_registration_fee_kept")) // 100


@rule(
    "registration-fee-not-refundable",
    subject="refund",
    about="asked_pence",
    clause="cco-withdrawal-2013 q10",
    needs=("fee", "refundable_pence"),
    refuse="A {fee} fee for {scheme} is not refundable, whether the place was used or not.",
    remedy="Order places when you know how many candidates there are: nothing is credited for the ones left over.",
    reading="Said of the contact centre schemes, and held for every scheme.",
    decided_by="house",
    rulebook=("R41",),
)
def registration_fee_not_refundable(refund: Any) -> Any:
    """No registration fee is given back, for a full award or for a unit, named or unnamed."""
    registering = same(refund.fee, "full award registration") | same(refund.fee, "unit registration")
    return registering & after(refund.asked_pence, refund.refundable_pence)


@rule(
    "again-without-refusal",
    subject="again",
    about="unit",
    clause="moderation-2012 p6",
    refuse="{unit} doesn’t wait to be registered again for this candidate.",
    remedy="Claim the unit: only one that was not awarded is registered and paid for again.",
    rulebook=("R21",),
)
def again_without_refusal(again: Any) -> Any:
    """A unit is registered again after it was not awarded, once for each time."""
    return absent(again.refused_in)


@rule(
    "again-after-final-certification",
    subject="again",
    about="on",
    clause="moderation-2012 p6",
    needs=("final_certification",),
    refuse="{scheme} stopped certificating on {final_certification}, so another attempt could lead to nothing.",
    remedy="Ask which achieved units transfer to an alternative qualification.",
    reading="A further attempt is made within the registration that exists, so the last registration date does not "
    "bind it; the final certification date does, that day included.",
    decided_by="house",
    rulebook=("R21", "R39"),
)
def again_after_final_certification(again: Any) -> Any:
    """A candidate registered in time may try a unit again until the final certification date."""
    return after(again.on, again.final_certification)


@rule(
    "again-after-award",
    subject="again",
    about="candidate",
    clause="house",
    needs=("awarded_on",),
    refuse="This candidate was awarded {scheme} on {awarded_on}.",
    remedy="Nothing to do: no further unit is needed.",
)
def again_after_award(again: Any) -> Any:
    """Nobody pays for a further attempt at what they hold."""
    return present(again.awarded_on)
