"""When a unit achieved with another awarding organisation is carried over."""

from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, lacks, present


@rule(
    "transfer-unit-not-in-scheme",
    subject="transfer",
    clause="cco-withdrawal-2013 q15",
    refuse="Unit {unit} is not a unit of {scheme}.",
    remedy="Carry over the same unit, or one that the rule of combination names as its equivalent.",
    about="unit",
    rulebook=("R47",),
)
def transfer_unit_not_in_scheme(transfer: Any) -> Any:
    """A unit is carried over where it is a unit of the scheme, or counts as one."""
    return lacks(transfer.unit_in_scheme)


@rule(
    "transfer-already-achieved",
    subject="transfer",
    clause="house",
    needs=("achieved_on",),
    refuse="Unit {unit} was achieved in this registration on {achieved_on}.",
    remedy="Nothing to do: a unit counts once.",
    about="unit",
)
def transfer_already_achieved(transfer: Any) -> Any:
    """A unit is achieved once in a registration."""
    return present(transfer.achieved_on)


@rule(
    "transfer-without-origin",
    subject="transfer",
    clause="house",
    refuse="It is not said which awarding organisation awarded unit {unit}, and when.",
    remedy="Copy both from the certificate or the learner’s record: they are kept with the unit.",
    about="awarding_organisation",
)
def transfer_without_origin(transfer: Any) -> Any:
    """A unit carried over keeps its awarding organisation and the day of its award."""
    return absent(transfer.awarding_organisation) | absent(transfer.originally_on)


@rule(
    "transfer-from-the-future",
    subject="transfer",
    clause="house",
    needs=("originally_on",),
    refuse="Unit {unit} cannot have been awarded on {originally_on}: that day is still to come.",
    remedy="Copy the date from the certificate or the learner’s record.",
    about="originally_on",
)
def transfer_from_the_future(transfer: Any) -> Any:
    """What is carried over was awarded before it is recorded, or on the same day."""
    return after(transfer.originally_on, transfer.recorded_on)


@rule(
    "transfer-after-award",
    subject="transfer",
    clause="house",
    needs=("awarded_on",),
    refuse="{scheme} was awarded on {awarded_on}; the units behind an award do not change.",
    remedy="Nothing to do: the unit stays valid where it was awarded.",
)
def transfer_after_award(transfer: Any) -> Any:
    """Nothing is added to a registration that led to an award."""
    return present(transfer.awarded_on)


@rule(
    "transfer-after-final-certification",
    subject="transfer",
    clause="cco-withdrawal-2013 q2",
    needs=("final_certification",),
    refuse="The last certificates of {scheme} were produced on {final_certification}.",
    remedy="Carry the unit over into a scheme that still certificates.",
    rulebook=("R30",),
)
def transfer_after_final_certification(transfer: Any) -> Any:
    """Nothing is carried over into a scheme after its final certification date. The date itself counts."""
    return after(transfer.recorded_on, transfer.final_certification)
