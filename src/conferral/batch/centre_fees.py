"""The annual fee of all centres, some hundreds at a time."""

from datetime import date, datetime

from conferral.actions.centre_fees import charge_centre_fee
from conferral.records.access import acting_as
from conferral.records.money.centre_fees import centre_fee_facts, centre_numbers
from conferral.rules.book import rules_on
from conferral.rules.centre_fees import fee_due
from conferral.rules.days import london_day
from conferral.rules.permissions import CLOCK
from conferral.rules.rule import judge


def charge_owing(*, at: datetime) -> int:
    """Charge each centre that owes the fee which fell due last, in a transaction of its own; returns how many."""
    due, after, charged = fee_due(london_day(at)), "", 0
    while numbers := _numbers(after):
        for centre in _owing(numbers, due, at):
            with acting_as(CLOCK):
                charged += charge_centre_fee(centre, due, at=at, by=CLOCK)[0].allowed
        after = numbers[-1]
    return charged


def _numbers(after: str) -> list[str]:
    with acting_as(CLOCK):
        return centre_numbers(after)


def _owing(numbers: list[str], due: date, at: datetime) -> list[str]:
    with acting_as(CLOCK):
        found = centre_fee_facts(numbers, due=due, on=london_day(at))
    return [facts.centre for facts in found if judge(facts, rules_on("centre_fee")).allowed]
