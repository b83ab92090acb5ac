"""When an award is made and a certificate produced."""

from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, present, same


@rule(
    "combination-not-met",
    subject="award",
    clause="house",
    refuse="The rule of combination of {scheme} is not met yet: {missing}.",
    remedy="The achieved units are banked. Claim the missing ones.",
)
def combination_not_met(award: Any) -> Any:
    """An award is made when every constraint of the scheme's combination is met."""
    return after(award.unmet, 0)


@rule(
    "combination-unknown",
    subject="award",
    clause="house",
    refuse="The catalogue holds no rule of combination for {scheme}.",
    remedy="Enter the combination in the scheme's pack: nothing is awarded by guesswork.",
)
def combination_unknown(award: Any) -> Any:
    """A scheme whose combination is not known awards nothing."""
    return absent(award.constraints) | same(award.constraints, 0)


@rule(
    "certificate-after-final-certification",
    subject="award",
    clause="cco-withdrawal-2013 q2",
    needs=("final_certification",),
    refuse="The last certificates of {scheme} were produced on {final_certification}.",
    remedy="Units achieved may transfer to an alternative qualification.",
    rulebook=("R29", "R30"),
)
def certificate_after_final_certification(award: Any) -> Any:
    """No certificate is produced after the final certification date. The date itself counts."""
    return after(award.produced_on, award.final_certification)


@rule(
    "certificate-already-due",
    subject="award",
    clause="house",
    needs=("certificated_on",),
    refuse="{scheme} was awarded to this candidate on {certificated_on}.",
    remedy="Nothing to do: an award is certificated once.",
)
def certificate_already_due(award: Any) -> Any:
    """One registration leads to one award."""
    return present(award.certificated_on)
