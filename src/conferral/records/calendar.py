"""Bank holidays of the nations, offline: published ones to 2028, computed ones beyond."""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import holidays
from govuk_bank_holidays.bank_holidays import BankHolidays

from conferral.rules.days import LONDON, end_of_day, is_working, london_day, working_days_after, working_days_before
from conferral.rules.policies import policy

_DIVISIONS = {
    "england": ("england-and-wales", "ENG"),
    "wales": ("england-and-wales", "WLS"),
    "scotland": ("scotland", "SCT"),
    "northern-ireland": ("northern-ireland", "NIR"),
}


@cache
def bank_holidays(nation: str) -> Container[date]:
    """The bank holidays of a nation. Raises KeyError for an unknown one."""
    division, computed = _DIVISIONS[nation]
    published = {event["date"] for event in BankHolidays(use_cached_holidays=True).get_holidays(division)}
    beyond = range(max(published).year + 1, max(published).year + 50)
    return published | set(holidays.country_holidays("GB", subdiv=computed, years=beyond))


def send_by(submitted_at: datetime) -> datetime:
    """When the work is to be sent at the latest: elapsed hours from submission."""
    return submitted_at + timedelta(hours=policy("hours_to_send_work"))


def remind_at(due: datetime, nation: str) -> datetime:
    """When a centre is reminded of work due at an instant: then, or at 09:00 of the next working day."""
    day = london_day(due)
    if is_working(day, bank_holidays(nation)):
        return due
    return datetime.combine(working_days_after(day, 1, bank_holidays(nation)), time(9), LONDON).astimezone(UTC)


def withdraw_after(submitted_at: datetime, nation: str, days: int | None = None) -> datetime:
    """The first instant at which a claim whose work was not logged is withdrawn.

    `days` are the working days that its scheme allows; without them the policy's.
    """
    count = days or policy("working_days_until_withdrawal")
    return end_of_day(working_days_after(london_day(submitted_at), count, bank_holidays(nation)))


def return_after(logged_at: datetime, nation: str) -> datetime:
    """The first instant at which work without a claim goes back."""
    count = policy("working_days_parcel_waits")
    return end_of_day(working_days_after(london_day(logged_at), count, bank_holidays(nation)))


def results_by(day: date, route: str, nation: str) -> date:
    """The day by which results are expected for work sent, or a verified claim made, on `day`."""
    return working_days_after(day, service_days(route), bank_holidays(nation))


def safe_claim(final_certification: date | None, route: str) -> date | None:
    """The last day that leaves the service time of the route before final certification (England's calendar)."""
    if final_certification is None:
        return None
    return working_days_before(final_certification, service_days(route), bank_holidays("england"))


def service_days(route: str) -> int:
    """The working days that results take by a route."""
    return policy(f"working_days_for_results_{'postal' if route == 'postal' else 'verified'}")
