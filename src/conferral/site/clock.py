"""The one place where the present moment is read. `CONFERRAL_AT` makes it another day."""

import os
from datetime import UTC, date, datetime, timedelta

from conferral.rules.days import london_day


def real_now() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


def _days_away() -> timedelta:
    day = os.environ.get("CONFERRAL_AT")
    return date.fromisoformat(day) - london_day(real_now()) if day else timedelta()


_SHIFT = _days_away()


def now() -> datetime:
    """The instant by which everything is judged, UTC: today's time of day, on the day that was set."""
    return real_now() + _SHIFT


def as_if() -> date | None:
    """The day that the product is shown as of, when it is not today."""
    return london_day(now()) if _SHIFT else None
