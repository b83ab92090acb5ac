"""What is agreed with moderators, and what is proposed to give them."""

from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import before, present


@rule(
    "contract-ends-before-it-begins",
    subject="contract",
    about="until_on",
    clause="house",
    needs=("from_on", "until_on"),
    refuse="The contract ends on {until_on}, before it begins on {from_on}.",
    remedy="Enter the last day of the contract, or leave it empty while no end is agreed.",
)
def contract_ends_before_it_begins(contract: Any) -> Any:
    """A contract ends on the day it begins, or later."""
    return before(contract.until_on, contract.from_on)


@rule(
    "contract-overlaps-another",
    subject="contract",
    about="from_on",
    clause="house",
    needs=("known_from",),
    refuse="These days overlap with the contract that begins on {known_from}.",
    remedy="End that one first: what is agreed on a day stands in one contract.",
)
def contract_overlaps_another(contract: Any) -> Any:
    """On each day a moderator has one contract at most."""
    return present(contract.known_from)


@rule(
    "proposal-changed-by-another",
    subject="proposal",
    clause="house",
    needs=("changed_by", "changed_at"),
    refuse="{changed_by} changed this at {changed_at}, after you opened the page.",
    remedy="Look at it as it is now, then decide again.",
)
def proposal_changed_by_another(proposal: Any) -> Any:
    """Nobody decides on a proposal that somebody else has changed under their eyes."""
    return present(proposal.changed_by)
