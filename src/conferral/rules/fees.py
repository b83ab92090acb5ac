"""Fees: what is paid once and not given back."""

from typing import Any

from conferral.rules.policies import policy
from conferral.rules.rule import rule
from conferral.rules.terms import after, same


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
