"""Carrying over units that were achieved with another awarding organisation."""

from datetime import date, datetime

from django.db import transaction

from conferral.actions.awards import award_complete
from conferral.actions.claims import Fresh
from conferral.actions.ledger import Done, record
from conferral.actions.moves import move_all
from conferral.records.awards.models import Award
from conferral.records.candidates.models import Achievement, Registration
from conferral.records.catalogue.models import SchemeUnit
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import TransferFacts, as_json
from conferral.rules.journeys import REGISTRATION
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def carry_over_unit(
    registration_id: int, unit: str, *, awarding_organisation: str, originally_on: date | None,
    organisation: str, at: datetime, by: Acting, fresh: Fresh,
) -> tuple[Verdict, list[Award]]:  # fmt: skip
    """Bank a unit that another awarding organisation awarded, and award the registration if that completes it.

    The unit keeps who awarded it and on which London day. `organisation` is whose name the certificate bears.
    Safe to repeat: a unit already achieved is refused. Raises Registration.DoesNotExist.
    """
    row = Registration.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=registration_id)
    facts = _facts(row, unit, awarding_organisation.strip() or None, originally_on, london_day(at))
    verdict = judge(facts, rules_on("transfer"))
    if verdict.refused or originally_on is None:
        return verdict, []
    Achievement.objects.create(
        centre_id=row.centre_id, registration=row, unit_id=unit, achieved_on=facts.recorded_on,
        origin=Achievement.Origin.TRANSFER, originally_on=originally_on,
        awarding_organisation=awarding_organisation.strip(),
    )  # fmt: skip
    move_all(REGISTRATION, Registration.objects.filter(pk=row.pk), "bank_unit", by=by)
    done = Done("unit_carried_over", "registration", row.pk, row.centre_id, verdict, as_json(facts))
    record([done], at=at, by=by)
    return verdict, award_complete([row.pk], organisation=organisation, at=at, by=by, fresh=fresh)


def _facts(row: Registration, unit: str, origin: str | None, originally_on: date | None, day: date) -> TransferFacts:
    achieved = row.achievements.filter(unit=unit).values_list("achieved_on", flat=True)
    return TransferFacts(
        scheme=row.scheme_id,
        recorded_on=day,
        unit=unit,
        unit_in_scheme=SchemeUnit.objects.filter(scheme=row.scheme, unit=unit).exists(),
        awarding_organisation=origin,
        originally_on=originally_on,
        achieved_on=achieved.first(),
        awarded_on=Award.objects.filter(registration=row).values_list("awarded_on", flat=True).first(),
        final_certification=row.scheme.final_certification,
    )
