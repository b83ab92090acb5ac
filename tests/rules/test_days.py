from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferral.rules.days import (
    LONDON,
    end_of_day,
    is_working,
    london_day,
    months_before,
    working_days_after,
    working_days_before,
)

DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))
HOLIDAYS = frozenset({date(2014, 12, 25), date(2014, 12, 26), date(2015, 1, 1)})


@given(DAYS)
def test_a_day_lasts_until_midnight_in_london(day):
    first_too_late = end_of_day(day)
    assert london_day(first_too_late - timedelta(microseconds=1)) == day
    assert london_day(first_too_late) == day + timedelta(days=1)


@pytest.mark.parametrize(("day", "hours"), [(date(2014, 3, 30), 23), (date(2014, 10, 26), 25), (date(2014, 6, 1), 24)])
def test_the_days_on_which_clocks_change_are_shorter_or_longer(day, hours):
    assert end_of_day(day) - end_of_day(day - timedelta(days=1)) == timedelta(hours=hours)


def test_in_summer_the_london_day_begins_before_that_of_utc():
    assert london_day(datetime(2014, 6, 30, 23, 0, tzinfo=UTC)) == date(2014, 7, 1)
    assert london_day(datetime(2014, 12, 31, 23, 59, 59, tzinfo=UTC)) == date(2014, 12, 31)
    assert london_day(datetime(2014, 7, 1, 0, 0, tzinfo=LONDON)) == date(2014, 7, 1)


@given(DAYS, st.integers(1, 60))
def test_working_days_forth_and_back_count_alike(day, count):
    reached = working_days_after(day, count, HOLIDAYS)
    between = [day + timedelta(days=step) for step in range(1, (reached - day).days + 1)]
    assert sum(is_working(one, HOLIDAYS) for one in between) == count
    assert is_working(reached, HOLIDAYS)
    back = working_days_before(reached, count, HOLIDAYS)
    assert back == day if is_working(day, HOLIDAYS) else back < day


@given(DAYS)
def test_no_working_day_after_a_day_is_the_day_itself(day):
    assert working_days_after(day, 0, HOLIDAYS) == working_days_before(day, 0, HOLIDAYS) == day


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2014, 12, 31), 2, date(2014, 10, 31)),
        (date(2014, 12, 31), 1, date(2014, 11, 30)),
        (date(2016, 3, 31), 1, date(2016, 2, 29)),
        (date(2015, 3, 29), 1, date(2015, 2, 28)),
        (date(2015, 1, 15), 1, date(2014, 12, 15)),
        (date(2015, 1, 15), 13, date(2013, 12, 15)),
        (date(2014, 2, 28), 2, date(2013, 12, 28)),
    ],
)
def test_months_before_keep_the_day_or_end_the_month(day, months, earlier):
    assert months_before(day, months) == earlier


@given(DAYS, st.integers(0, 40))
def test_months_before_never_leave_the_month_they_count_to(day, months):
    earlier = months_before(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day <= day.day
