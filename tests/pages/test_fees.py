"""Charges, and further attempts at units that were not awarded."""

from datetime import date
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from openpyxl import load_workbook

from conferral.actions.charges import charge, register_again
from conferral.actions.claims import judge_claim, submit_claim
from conferral.actions.consignments import receive_work
from conferral.actions.reviews import decide_unit, send_report
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Qualification
from conferral.records.claims.models import ClaimedUnit
from conferral.records.letters.models import Letter
from conferral.records.money.models import Attempt, Charge
from conferral.rules.fee_list import FEES, in_pounds, price
from tests.pages.moderator.test_review import address, words
from tests.world import fresh

UNIT = "J/600/1003"


def refuse(world):
    """A claim of one candidate for one unit that the moderator does not award."""
    claim = world.submitted(count=1, units=(UNIT,))
    by = world.acting("examiner_moderator")
    with acting_as(by):
        receive_work(claim.consignments.get(state="awaited").reference, at=world.at, by=by)
        decide_unit(claim.units.get().pk, "not_awarded", reason_code="INCOMPLETE", feedback="Gaps.", at=world.at, by=by)
        send_report(claim.pk, went_well="", to_improve="Gaps.", actions="", at=world.at, by=by)
    return claim


def again(world, unit=UNIT):
    by = world.acting("exams_officer")
    with acting_as(by):
        return register_again(world.registrations[0].pk, unit, at=world.at, by=by)


def refusals(claim, world):
    by = world.acting("assessor")
    with acting_as(by):
        (judged,) = judge_claim(claim, at=world.at).values()
    return [one.rule for one in judged[1].refused]


def test_another_attempt_is_registered_and_charged_once(world, as_role):
    claim = refuse(world)
    draft = world.draft(count=1, units=(UNIT,))
    assert refusals(draft, world) == ["unit-to-be-registered-again"]
    with pytest.raises(IntegrityError, match="unit-to-be-registered-again"), transaction.atomic():
        ClaimedUnit.objects.filter(claim=draft).update(state="claimed")
    officer, row = as_role("exams_officer"), world.registrations[0]
    place = address("centre_register_again", row.pk, UNIT)
    assert "register again for this unit" in words(officer.get(address("centre_candidate", row.candidate_id)))
    shown = words(officer.get(place))
    assert "£12.00" in shown
    assert f"claim {claim.pk}" in shown
    assert Charge.objects.count() == 0
    assert officer.post(place).status_code == 303
    owed = Charge.objects.get()
    assert (owed.pence, owed.registration_id, owed.reason) == (
        1200, row.pk, f"{UNIT} was not awarded in claim {claim.pk}; attempt 2",
    )  # fmt: skip
    assert Attempt.objects.get().number == 2
    assert Letter.objects.get(purpose="fees").subject == "£12.00 charged: registration for a unit again"
    twice = officer.post(place)
    assert twice.status_code == 422
    assert "doesn’t wait to be registered again" in words(twice)
    assert Charge.objects.count() == 1
    assert refusals(draft, world) == []
    by = world.acting("assessor")
    with acting_as(by):
        assert submit_claim(draft.pk, at=world.at, by=by, fresh=fresh()).allowed
    assert as_role("assessor").post(place).status_code == 403


def test_a_second_refusal_asks_for_a_third_attempt(world):
    refuse(world)
    assert again(world)[1].number == 2
    refuse(world)
    assert again(world)[1].number == 3
    assert [one.rule for one in again(world)[0].refused] == ["again-without-refusal"]


def test_after_the_last_registration_date_it_is_allowed_until_final_certification(world):
    refuse(world)
    Qualification.objects.filter(pk="09628").update(
        last_registration=date(2015, 1, 1), final_certification=world.at.date()
    )
    assert again(world)[0].allowed
    refuse_again = world.registrations[0]
    Attempt.objects.get()
    Qualification.objects.filter(pk="09628").update(final_certification=date(2026, 11, 22))
    by = world.acting("exams_officer")
    with acting_as(by):
        verdict, _ = register_again(refuse_again.pk, UNIT, at=world.at, by=by)
    assert "again-after-final-certification" in [one.rule for one in verdict.refused]


def test_what_was_not_refused_is_not_paid_for(world, as_role):
    row = world.registrations[0]
    assert [one.rule for one in again(world)[0].refused] == ["again-without-refusal"]
    assert as_role("exams_officer").get(address("centre_register_again", row.pk, "nothing/at/all")).status_code == 404
    owed = charge("61423", "unit_registration_again", registration=row.pk, reason="x", at=world.at,
                  by=world.acting("exams_officer"))  # fmt: skip
    raw = Attempt(
        centre_id="61423", registration=row, unit_id=UNIT, number=2, charge=owed,
        made_by=world.people["exams_officer"], made_at=world.at,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="again-without-refusal"), transaction.atomic():
        raw.save()


def test_a_charge_stays_as_it_was_made(world):
    owed = charge("61423", "appeal", reason="x", at=world.at, by=world.acting("quality_officer"))
    for change in (lambda: Charge.objects.update(pence=0), owed.delete):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


def test_charges_are_listed_for_the_centre_and_the_desk_and_taken_away_as_a_file(world, as_role):
    officer = as_role("exams_officer")
    assert "Nothing has been charged yet." in words(officer.get(address("centre_fees")))
    refuse(world)
    again(world)
    text = words(officer.get(address("centre_fees")))
    assert "Registration for a unit again" in text
    assert "£60.00" in text
    desk = as_role("quality_officer")
    assert "£12.00" in words(desk.get(f"{address('desk_fees')}?centre=61423"))
    assert "Nothing has been charged yet." in words(desk.get(f"{address('desk_fees')}?centre=70707&before=9"))
    rows = list(load_workbook(BytesIO(desk.get(address("desk_fees_file")).content)).active.values)
    assert rows[1][1] == "61423"
    assert rows[1][-1] == 1200


def test_fees_have_a_price_from_a_day_on():
    assert price("appeal", date(2026, 1, 1)) == 15000
    with pytest.raises(KeyError):
        price("appeal", date(1999, 1, 1))
    assert in_pounds(123456789) == "£1,234,567.89"
    assert all(one.clause and one.decided_by for fee in FEES.values() for one in fee.prices)
