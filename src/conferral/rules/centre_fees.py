"""The annual fee of a centre: when it falls due, and which centres are spared."""

from datetime import date, timedelta
from typing import Any

from conferral.rules.policies import policy
from conferral.rules.rule import rule
from conferral.rules.terms import absent, before, present, same


def fee_due(on: date) -> date:
    """The newest day up to a London day, that day included, on which the annual fee fell due."""
    this_year = _due_in(on.year)
    return this_year if this_year <= on else _due_in(on.year - 1)


def next_fee_due(on: date) -> date:
    """The first day after a London day on which the annual fee falls due."""
    return _due_in(fee_due(on).year + 1)


def _due_in(year: int) -> date:
    return date(year, policy("centre_fee_due_month"), policy("centre_fee_due_day"))


def entry_year(due: date) -> tuple[date, date]:
    """First and last day of the twelve months of registrations that are over when the fee falls due."""
    begins = date(due.year, policy("centre_fee_first_month_of_entries"), 1)
    ended = begins if begins <= due else begins.replace(year=due.year - 1)
    return ended.replace(year=ended.year - 1), ended - timedelta(days=1)


@rule(
    "centre-fee-not-due",
    subject="centre_fee",
    clause="fees-2017-18",
    refuse="The annual fee falls due on {due_on}.",
    remedy="Nothing to do: it is charged on that day.",
    rulebook=("R76",),
)
def centre_fee_not_due(fee: Any) -> Any:
    """The annual fee is charged on the day on which it falls due, or later."""
    return before(fee.on, fee.due_on)


@rule(
    "centre-fee-without-entries",
    subject="centre_fee",
    clause="fees-2017-18",
    refuse="Nobody was registered from {entries_from} to {entries_until}.",
    remedy="Nothing to do: no annual fee is charged for that time.",
    rulebook=("R76",),
)
def centre_fee_without_entries(fee: Any) -> Any:
    """A centre owes the annual fee when it registered somebody in the twelve months before, both last days included."""
    return absent(fee.entries) | same(fee.entries, 0)


@rule(
    "centre-fee-in-first-year",
    subject="centre_fee",
    clause="fees-2017-18",
    needs=("approved_on",),
    refuse="The centre was first approved on {approved_on}, less than a year before {due_on}.",
    remedy="Nothing to do: a new centre is spared the first annual fee.",
    reading="A year after the first approval, on the same day of the month, the first year is over.",
    decided_by="house",
    rulebook=("R76",),
)
def centre_fee_in_first_year(fee: Any) -> Any:
    """A new centre is spared the annual fee for a year from its first approval."""
    return before(fee.due_on, fee.spared_until)


@rule(
    "centre-fee-charged-already",
    subject="centre_fee",
    clause="house",
    needs=("charged_on",),
    refuse="The annual fee that fell due on {due_on} was charged on {charged_on}.",
    remedy="Nothing to do: a centre owes it once a year.",
    rulebook=("R76",),
)
def centre_fee_charged_already(fee: Any) -> Any:
    """A centre is charged the annual fee once for each day on which it falls due."""
    return present(fee.charged_on)


@rule(
    "centre-fee-without-price",
    subject="centre_fee",
    clause="house",
    refuse="The list of fees names no annual fee for {due_on}.",
    remedy="Enter the amount in the list of fees, with the day from which it holds.",
)
def centre_fee_without_price(fee: Any) -> Any:
    """Nothing is charged at an amount that the list of fees lacks."""
    return absent(fee.pence)
