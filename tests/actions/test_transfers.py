"""Units achieved with another awarding organisation: recorded with their origin, counted, and awarded upon."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from conferral.actions.transfers import carry_over_unit
from conferral.records.access import acting_as
from conferral.records.awards.models import Certificate
from conferral.records.candidates.models import Achievement, Registration
from conferral.records.catalogue.models import Qualification
from conferral.records.ledger.models import Event
from tests.actions.test_awards import process, reported
from tests.world import UNITS, fresh

THEN = date(2019, 6, 28)


def carry_over(world, unit, *, origin="Another Board", on=THEN, at=None):
    by = world.acting("certificates_officer")
    with acting_as(by):
        return carry_over_unit(
            world.registrations[0].pk, unit, awarding_organisation=origin, originally_on=on,
            organisation="Example Awards", at=at or world.at, by=by, fresh=fresh(),
        )  # fmt: skip


def test_a_unit_carried_over_keeps_who_awarded_it_and_when(world):
    verdict, awards = carry_over(world, UNITS[0], origin="  Another Board ")
    assert (verdict.allowed, awards) == (True, [])
    kept = Achievement.objects.get()
    assert (kept.origin, kept.awarding_organisation, kept.originally_on, kept.achieved_on, kept.claimed_unit) == (
        "transfer", "Another Board", THEN, world.at.date(), None,
    )  # fmt: skip
    assert Registration.objects.get(pk=kept.registration_id).state == "part_achieved"
    event = Event.objects.get(verb="unit_carried_over")
    assert event.facts["awarding_organisation"] == "Another Board"


def test_what_is_carried_over_can_complete_a_qualification(world):
    process(world, reported(world, world.submitted(count=1, units=UNITS[:2])))
    verdict, awards = carry_over(world, UNITS[2])
    assert verdict.allowed
    assert [award.registration_id for award in awards] == [world.registrations[0].pk]
    said = {unit["code"]: unit.get("awarded_by") for unit in Certificate.objects.get().units}
    assert said == {UNITS[0]: None, UNITS[1]: None, UNITS[2]: "Another Board"}
    assert [reason.rule for reason in carry_over(world, UNITS[2])[0].refused] == [
        "transfer-already-achieved",
        "transfer-after-award",
    ]


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"unit": "A/506/2130"}, "transfer-unit-not-in-scheme"),
        ({"origin": " "}, "transfer-without-origin"),
        ({"on": None}, "transfer-without-origin"),
        ({"on": date(2026, 11, 24)}, "transfer-from-the-future"),
    ],
)
def test_what_cannot_be_carried_over_is_refused_in_words(world, given, rule):
    verdict, awards = carry_over(world, **{"unit": UNITS[0]} | given)
    assert ([reason.rule for reason in verdict.refused], awards) == ([rule], [])
    assert not Achievement.objects.exists()


@pytest.mark.parametrize(("days_after", "allowed"), [(-1, True), (0, True), (1, False)])
def test_nothing_is_carried_over_after_the_final_certification_date(world, days_after, allowed):
    Qualification.objects.filter(pk="09628").update(final_certification=world.at.date(), last_registration=None)
    verdict, _ = carry_over(world, UNITS[0], at=world.at + timedelta(days=days_after))
    assert verdict.allowed == allowed


@pytest.mark.parametrize("role", ["exams_officer", "examiner_moderator"])
def test_only_the_desk_records_what_is_carried_over(world, role):
    row = world.registrations[0]
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(world.acting(role)):
        Achievement.objects.create(
            centre_id=row.centre_id, registration=row, unit_id=UNITS[0], achieved_on=world.at.date(),
            origin="transfer", awarding_organisation="Another Board", originally_on=THEN,
        )  # fmt: skip
