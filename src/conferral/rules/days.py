"""Counting calendar and working days. Bank holidays are given by the caller, per nation."""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_day(at: datetime) -> date:
    """The calendar date in London at an instant."""
    return at.astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    """The first instant after `day` in London, as UTC: a last date is inclusive until then."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)


def last_day(until: datetime) -> date:
    """The last London day that counts before an instant that is too late."""
    return london_day(until - timedelta(seconds=1))


def is_working(day: date, holidays: Container[date]) -> bool:
    """Monday to Friday, and no bank holiday."""
    return day.weekday() < 5 and day not in holidays


def working_days_after(day: date, count: int, holidays: Container[date]) -> date:
    """The `count`-th working day after `day`; `day` itself is never counted."""
    return _step(day, count, 1, holidays)


def working_days_before(day: date, count: int, holidays: Container[date]) -> date:
    """The `count`-th working day before `day`; `day` itself is never counted."""
    return _step(day, count, -1, holidays)


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or that month's last day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    return months_before(day, -months)


def _step(day: date, count: int, direction: int, holidays: Container[date]) -> date:
    while count:
        day += timedelta(days=direction)
        count -= is_working(day, holidays)
    return day
