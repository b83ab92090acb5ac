"""Reading dates as people write them: day before month, or the ISO form."""

import re
from datetime import date

_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")


def read_date(text: str) -> date | None:
    """The date written as 31/12/2014, 31.12.2014 or 2014-12-31; None when there is no such day."""
    day_first, iso = _DAY_FIRST.fullmatch(text.strip()), _ISO.fullmatch(text.strip())
    if day_first:
        day, month, year = (int(part) for part in day_first.groups())
    elif iso:
        year, month, day = (int(part) for part in iso.groups())
    else:
        return None
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return read if 1900 <= year <= 2200 else None
