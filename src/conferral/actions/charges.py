"""Charging fees, and registering a candidate again for a unit that was not awarded."""

from datetime import date, datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_centre
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Unit
from conferral.records.money.models import Attempt, Charge, Credit
from conferral.records.money.queries import again_facts
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.fee_list import AGAIN, FEES, in_pounds, price
from conferral.rules.letters import FEES as ABOUT_FEES
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def charge(
    centre: str, fee: str, *, registration: int | None = None, reason: str, about: tuple[str, str] = ("", ""),
    priced_on: date | None = None, at: datetime, by: Acting,
) -> Charge:  # fmt: skip
    """Record that a centre owes a fee, at the price of the London day, or of the day on which it fell due.

    Raises KeyError for an unknown fee. `about` names what it is owed for, for example ("claim", "17").
    """
    made = Charge.objects.create(
        centre_id=centre, fee=fee, pence=price(fee, priced_on or london_day(at)), reason=reason[:300],
        registration_id=registration, about_kind=about[0], about_key=about[1],
        charged_by_id=by.person, charged_at=at,
    )  # fmt: skip
    facts = {"fee": fee, "pence": made.pence, "registration": registration}
    record([Done("charged", "charge", made.pk, centre, facts=facts)], at=at, by=by)
    return made


@transaction.atomic
def credit(charged: Charge, reason: str, *, at: datetime, by: Acting) -> Credit:
    """Give the fee of a review or an appeal back in full. The database refuses it for any other fee or cause."""
    made = Credit.objects.create(
        centre_id=charged.centre_id, charge=charged, pence=charged.pence, reason=reason[:300],
        credited_by_id=by.person, credited_at=at,
    )  # fmt: skip
    facts = {"charge": charged.pk, "fee": charged.fee, "pence": made.pence}
    record([Done("credited", "charge", charged.pk, charged.centre_id, facts=facts)], at=at, by=by)
    return made


@transaction.atomic
def register_again(registration: int, unit: str, *, at: datetime, by: Acting) -> tuple[Verdict, Attempt | None]:
    """Give a further attempt at a unit that was not awarded, and charge it. Source: moderation-2012 p6.

    Said again without another refusal in between, it is refused and nothing is charged twice. Raises
    Registration.DoesNotExist and Unit.DoesNotExist.
    """
    take_turn(f"registering {registration} again")
    found = Registration.objects.select_related("scheme", "candidate").get(pk=registration, centre=by.own_centre)
    known = Unit.objects.get(pk=unit)
    facts = again_facts(found, known.pk, london_day(at))
    verdict = judge(facts, rules_on("again"))
    if verdict.refused:
        return verdict, None
    number = 2 + Attempt.objects.filter(registration=found, unit=known).count()
    owed = charge(
        found.centre_id, AGAIN, registration=found.pk,
        reason=f"{known.code} was not awarded in claim {facts.refused_in}; attempt {number}",
        about=("claim", str(facts.refused_in)), at=at, by=by,
    )  # fmt: skip
    attempt = Attempt.objects.create(
        centre_id=found.centre_id, registration=found, unit=known, number=number, charge=owed,
        made_by_id=by.somebody, made_at=at,
    )  # fmt: skip
    said = {"unit": known.pk, "attempt": number, "charge": owed.pk}
    record([Done("unit_registered_again", "registration", found.pk, found.centre_id, verdict, said)], at=at, by=by)
    write_to_centre(
        found.centre_id, ABOUT_FEES, scheme=found.scheme_id,
        subject=f"{in_pounds(owed.pence)} charged: registration for a unit again",
        text=f"{FEES[AGAIN].words}: {known.code} {known.title}, attempt {number}, for {found.candidate.name} in "
        f"{found.scheme}. {in_pounds(owed.pence)} is charged. The unit was not awarded in claim {facts.refused_in}.",
        about=("claim", str(facts.refused_in)), at=at, by=by,
    )  # fmt: skip
    return verdict, attempt
