"""Charging the annual fee of a centre, once for each day on which it falls due."""

from datetime import date, datetime

from django.db import transaction

from conferral.actions.charges import charge
from conferral.actions.letters import write_to_centre
from conferral.records.money.centre_fees import centre_fee_facts
from conferral.records.money.models import Charge
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import CentreFeeFacts
from conferral.rules.fee_list import ANNUAL, FEES, in_pounds
from conferral.rules.letters import FEES as ABOUT_FEES
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def charge_centre_fee(centre: str, due: date, *, at: datetime, by: Acting) -> tuple[Verdict, Charge | None]:
    """Charge a centre the annual fee that fell due on a London day, at the price of that day, and tell it.

    Safe to repeat: charged once, it is refused. Source: fees-2017-18.
    """
    take_turn(f"annual fee of {centre}")
    (facts,) = centre_fee_facts([centre], due=due, on=london_day(at))
    verdict = judge(facts, rules_on("centre_fee"))
    if verdict.refused:
        return verdict, None
    reason = _why(facts)
    owed = charge(
        centre, ANNUAL, reason=reason, about=("annual fee", due.isoformat()), priced_on=due, at=at, by=by
    )  # fmt: skip
    write_to_centre(
        centre, ABOUT_FEES, subject=f"{in_pounds(owed.pence)} charged: {FEES[ANNUAL].words.lower()}",
        text=f"{FEES[ANNUAL].words}: {in_pounds(owed.pence)}, {reason}.", about=("annual fee", due.isoformat()),
        at=at, by=by,
    )  # fmt: skip
    return verdict, owed


def _why(facts: CentreFeeFacts) -> str:
    people = "1 candidate was" if facts.entries == 1 else f"{facts.entries:,} candidates were"
    since, until = _in_full(facts.entries_from), _in_full(facts.entries_until)
    return f"due on {_in_full(facts.due_on)}, because {people} registered from {since} to {until}"


def _in_full(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
