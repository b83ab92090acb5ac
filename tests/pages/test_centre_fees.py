"""The annual fee of a centre: when it is due, who is spared, charged once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from conferral.actions.centre_fees import charge_centre_fee
from conferral.actions.centres import add_centre
from conferral.batch import jobs
from conferral.records.access import acting_as
from conferral.records.candidates.models import Registration
from conferral.records.centres.models import Approval
from conferral.records.ledger.models import Event
from conferral.records.letters.models import Letter
from conferral.records.money.models import Charge
from conferral.rules.centre_fees import entry_year, fee_due, next_fee_due
from conferral.rules.permissions import CLOCK
from tests.pages.moderator.test_review import address, words
from tests.world import INSTALLER

DUE = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("on", "due", "following"),
    [
        ("2017-08-31", "2016-09-01", "2017-09-01"),
        ("2017-09-01", "2017-09-01", "2018-09-01"),
        ("2017-12-31", "2017-09-01", "2018-09-01"),
        ("2018-01-01", "2017-09-01", "2018-09-01"),
        ("2020-02-29", "2019-09-01", "2020-09-01"),
    ],
)
def test_the_fee_falls_due_on_the_first_of_september(on, due, following):
    assert fee_due(date.fromisoformat(on)) == date.fromisoformat(due)
    assert next_fee_due(date.fromisoformat(on)) == date.fromisoformat(following)


@pytest.mark.parametrize("year", [2017, 2020, 2024])
def test_the_registrations_are_those_from_august_to_july_before(year):
    assert entry_year(date(year, 9, 1)) == (date(year - 1, 8, 1), date(year, 7, 31))


def test_the_year_of_registrations_goes_with_another_due_day():
    assert entry_year(date(2018, 3, 1)) == (date(2016, 8, 1), date(2017, 7, 31))
    assert entry_year(date(2018, 8, 1)) == (date(2017, 8, 1), date(2018, 7, 31))


def judged(world, due=DUE):
    with acting_as(CLOCK):
        verdict, owed = charge_centre_fee(world.centre, due, at=world.at, by=CLOCK)
    return [reason.rule for reason in verdict.refused], owed


def registered(world, *days):
    for row, day in zip(world.registrations, days, strict=False):
        Registration.objects.filter(pk=row.pk).update(registered_on=day)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2025-07-31", ["centre-fee-without-entries"]),
        ("2025-08-01", []),
        ("2026-07-31", []),
        ("2026-08-01", ["centre-fee-without-entries"]),
    ],
)
def test_the_year_of_registrations_includes_its_last_days(world, day, said):
    registered(world, *[date(2024, 1, 1)] * 4, date.fromisoformat(day))
    refused, owed = judged(world)
    assert refused == said
    if owed:
        assert (owed.pence, owed.fee, owed.about_key) == (51500, "annual_centre", "2026-09-01")
        assert owed.reason == (
            "due on 1 September 2026, because 1 candidate was registered from 1 August 2025 to 31 July 2026"
        )


@pytest.mark.parametrize(
    ("approved", "said"),
    [
        ("2025-08-31", []),
        ("2025-09-01", []),
        ("2025-09-02", ["centre-fee-in-first-year"]),
        ("2026-09-01", ["centre-fee-in-first-year"]),
    ],
)
def test_a_new_centre_is_spared_for_a_year_from_its_first_approval(world, approved, said):
    registered(world, date(2026, 5, 1))
    Approval.objects.update(approved_on=date.fromisoformat(approved))
    assert judged(world)[0] == said


def test_the_first_of_several_approvals_counts(world):
    registered(world, date(2026, 5, 1))
    Approval.objects.filter(scheme="10263").update(approved_on=date(2026, 3, 1))
    assert judged(world)[0] == []


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (datetime(2026, 8, 31, 22, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 8, 31, 23, 0, tzinfo=UTC), 1),  # midnight in London, in summer time
    ],
)
def test_it_is_charged_from_the_first_instant_of_the_day_in_london(world, settings, at, count):
    registered(world, date(2026, 5, 1))
    settings.CLOCK = lambda: at
    assert jobs.charge_centre_fees() == count
    assert judged(world, date(2027, 9, 1))[0][0] == "centre-fee-not-due"


def test_a_centre_is_charged_once_a_year(world, settings):
    registered(world, date(2026, 5, 1), date(2026, 9, 7))
    add_centre("70707", "Neighbour", nation="england", at=world.at, by=INSTALLER)
    assert jobs.charge_centre_fees() == 1
    assert jobs.charge_centre_fees() == 0
    assert judged(world)[0] == ["centre-fee-charged-already"]
    assert Charge.objects.filter(fee="annual_centre").count() == 1
    letter = Letter.objects.get(purpose="fees")
    assert letter.subject == "£515.00 charged: annual centre fee"
    assert Event.objects.filter(verb="charged").count() == 1
    settings.CLOCK = lambda: world.at + timedelta(days=365)
    assert jobs.charge_centre_fees() == 1
    assert Charge.objects.filter(fee="annual_centre").count() == 2


def test_the_database_refuses_the_same_year_twice(world):
    registered(world, date(2026, 5, 1))
    _, owed = judged(world)
    owed.pk = None
    with pytest.raises(IntegrityError, match="annual_fee_once_a_year"), transaction.atomic():
        owed.save(force_insert=True)


def test_before_the_list_of_fees_begins_nothing_is_charged(world):
    registered(world, date(2015, 11, 1), date(2016, 11, 1))
    assert judged(world, date(2016, 9, 1))[0] == ["centre-fee-without-price"]
    assert judged(world, date(2017, 9, 1))[0] == []


def test_centre_and_desk_see_what_is_charged_and_what_is_to_come(world, as_role):
    officer = as_role("exams_officer")
    registered(world, *[date(2024, 1, 1)] * 5)
    assert "Nothing so far for 1 September 2027: nobody has been registered since 1 August 2026" in words(
        officer.get(address("centre_fees"))
    )
    registered(world, date(2026, 5, 1), date(2026, 9, 7), date(2026, 9, 8))
    assert "£515.00 is charged on 1 September 2027: 2 registered since 1 August 2026" in words(
        officer.get(address("centre_fees"))
    )
    add_centre("70707", "Neighbour", nation="england", at=world.at, by=INSTALLER)
    shown = words(as_role("quality_officer").get(address("desk_annual_fees")))
    assert "61423 Bridgend Workplace Learning / Dysgu yn y Gwaith Pen-y-bont ar Ogwr 1 Owed" in shown
    assert "70707 Neighbour 0 Owes nothing Nobody was registered from 1 August 2025 to 31 July 2026." in shown
    jobs.charge_centre_fees()
    assert "Charged 23 November 2026" in words(as_role("quality_officer").get(address("desk_annual_fees")))
    assert "Annual centre fee due on 1 September 2026" in words(as_role("quality_officer").get(address("desk_fees")))
    told = words(as_role("exams_officer").get(address("centre_fees")))
    assert "because 1 candidate was registered from 1 August 2025 to 31 July 2026" in told
    assert as_role("exams_officer").get(address("desk_annual_fees")).status_code == 403


def test_a_centre_in_its_first_year_is_told_so(world, as_role):
    Approval.objects.update(approved_on=date(2026, 11, 1))
    told = words(as_role("exams_officer").get(address("centre_fees")))
    assert "Nothing on 1 September 2027. The centre was first approved on 1 November 2026" in told
