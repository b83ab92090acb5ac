from datetime import UTC, date, datetime, timedelta

import pytest

from conferral.records.calendar import bank_holidays, results_by, return_after, safe_claim, send_by, withdraw_after
from conferral.rules.days import is_working, london_day, months_before
from conferral.rules.policies import policy


@pytest.mark.parametrize(
    ("final", "plan", "verified", "postal"),
    [
        ("2014-12-31", "2014-10-31", "2014-12-19", "2014-11-10"),
        ("2015-12-31", "2015-10-31", "2015-12-21", "2015-11-10"),
        ("2016-12-31", "2016-10-31", "2016-12-21", "2016-11-10"),
    ],
)
def test_the_last_safe_days_before_final_certification(final, plan, verified, postal):
    final = date.fromisoformat(final)
    assert months_before(final, policy("months_before_final_certification")).isoformat() == plan
    assert safe_claim(final, "verified").isoformat() == verified
    assert safe_claim(final, "visiting").isoformat() == verified
    assert safe_claim(final, "postal").isoformat() == postal


def test_a_scheme_that_goes_on_has_no_last_safe_day():
    assert safe_claim(None, "postal") is None


def test_work_sent_or_claimed_on_the_last_safe_day_has_its_results_in_time():
    assert results_by(date(2014, 11, 10), "postal", "england") <= date(2014, 12, 31)
    assert results_by(date(2014, 12, 19), "verified", "england") <= date(2014, 12, 31)


@pytest.mark.parametrize(
    ("nation", "day", "works"),
    [
        ("england", date(2014, 12, 26), False),
        ("wales", date(2014, 3, 17), True),
        ("northern-ireland", date(2024, 3, 18), False),
        ("scotland", date(2024, 1, 2), False),
        ("england", date(2024, 1, 2), True),
        ("scotland", date(2024, 4, 1), True),
        ("england", date(2024, 4, 1), False),
        ("england", date(2035, 12, 25), False),
    ],
)
def test_each_nation_keeps_its_own_bank_holidays(nation, day, works):
    assert is_working(day, bank_holidays(nation)) is works


def test_an_unknown_nation_is_an_error():
    with pytest.raises(KeyError):
        bank_holidays("atlantis")


def test_work_is_sent_within_elapsed_hours_whatever_day_it_is():
    friday = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert send_by(friday) == friday + timedelta(hours=24)


@pytest.mark.parametrize(
    ("submitted", "nation", "last_day"),
    [
        ("2026-11-23T12:30", "wales", "2026-11-30"),
        ("2026-11-30T12:30", "scotland", "2026-12-07"),
        ("2026-11-20T23:59", "england", "2026-11-27"),
        ("2014-12-19T09:00", "england", "2014-12-30"),
        ("2014-12-30T09:00", "england", "2015-01-07"),
        ("2014-12-30T09:00", "scotland", "2015-01-08"),
        ("2014-06-30T23:30", "england", "2014-07-08"),
    ],
)
def test_a_claim_waits_for_its_work_to_the_end_of_the_fifth_working_day(submitted, nation, last_day):
    """2 January is a holiday in Scotland; at 23:30 UTC in June it is the next day in London."""
    too_late = withdraw_after(datetime.fromisoformat(submitted).replace(tzinfo=UTC), nation)
    assert london_day(too_late - timedelta(seconds=1)).isoformat() == last_day
    assert london_day(too_late).isoformat() > last_day


def test_a_parcel_without_a_claim_waits_two_working_days():
    thursday = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert london_day(return_after(thursday, "england") - timedelta(seconds=1)) == date(2026, 11, 30)
