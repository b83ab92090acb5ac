from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferral.rules.written_dates import read_date

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(DAYS)
def test_every_day_is_read_as_it_is_written(day):
    for written in (f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}", f"{day:%d-%m-%Y}", f"{day.day}/{day.month}/{day.year:04}"):
        assert read_date(written) == day
    assert read_date(day.isoformat()) == read_date(f" {day.isoformat()} 00:00:00 ") == day


@pytest.mark.parametrize(
    "written",
    ["", " ", "31/02/2001", "29/02/2001", "00/01/2001", "13/13/2001", "2001-13-01", "1/1/01", "2001/01/01",
     "14 March 2000", "36599", "01/01/1899", "01/01/2201", "１/1/2000x", "2001-01-01T10:30", "1/1/2000/"],
)  # fmt: skip
def test_what_is_no_day_is_not_guessed_at(written):
    assert read_date(written) is None


def test_the_day_comes_before_the_month():
    assert read_date("03/04/2000") == date(2000, 4, 3)


@given(st.text(max_size=12))
def test_nothing_that_people_type_raises(text):
    assert read_date(text) is None or isinstance(read_date(text), date)
