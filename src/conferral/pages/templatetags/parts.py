"""Words for dates, money and time left, and the few parts that need working out before they are drawn.

No function here reads a clock: the present moment is always an argument. Calendar dates are Europe/London.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from conferral.rules import clauses

register = template.Library()
register.filter("clause_in_words", clauses.clause_in_words)

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
SOON, NEAR = timedelta(hours=6), timedelta(days=2)

When = date | datetime


def day_of(when: When) -> date:
    """The calendar day in London."""
    return when.astimezone(LONDON).date() if isinstance(when, datetime) else when


def instant(when: When) -> datetime:
    """The moment itself in UTC, so that spans are elapsed time; a date means its end in London."""
    if isinstance(when, datetime):
        return when.astimezone(UTC)
    return datetime.combine(when + DAY, time(), LONDON).astimezone(UTC)


@register.filter
def written(when: When | None) -> str:
    """31 December 2014."""
    if when is None:
        return ""
    day = day_of(when)
    return f"{day.day} {day:%B %Y}"


@register.filter
def weekday(when: When | None) -> str:
    """Tuesday 24 November 2026."""
    return f"{day_of(when):%A} {written(when)}" if when else ""


@register.filter
def short_day(when: When | None) -> str:
    """Thu 3 December."""
    if when is None:
        return ""
    day = day_of(when)
    return f"{day:%a} {day.day} {day:%B}"


@register.filter
def time_of_day(when: datetime) -> str:
    """12:30, in London."""
    return f"{when.astimezone(LONDON):%H:%M}"


@register.filter(name="datetime")
def machine_datetime(when: When | None) -> str:
    """The value of a time element's datetime attribute."""
    return when.isoformat() if when else ""


@register.filter
def moment(when: When | None, now: datetime) -> str:
    """When something is due: "12:30 today", "17:00, Wed 25 November"; a date has no hour."""
    if when is None:
        return ""
    near = _near_day(when, now)
    day = near or _day_with_year(when, now)
    if not isinstance(when, datetime):
        return day
    return f"{time_of_day(when)}{' ' if near else ', '}{day}"


@register.filter
def happened(when: When | None, now: datetime) -> str:
    """When something was done: "Today, 08:30", "Yesterday, 12:30", "Friday 20 November, 15:58"."""
    if when is None:
        return ""
    near = _near_day(when, now)
    day = near.capitalize() if near else _day_with_year(when, now, full=True)
    return f"{day}, {time_of_day(when)}" if isinstance(when, datetime) else day


def _near_day(when: When, now: datetime) -> str | None:
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day_of(when) - day_of(now)).days)


def _day_with_year(when: When, now: datetime, full: bool = False) -> str:
    day = day_of(when)
    year = "" if day.year == day_of(now).year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%B}{year}" if full else f"{short_day(when)}{year}"


@register.filter
def left(until: When, now: datetime) -> str:
    """Time left in words: "3 h 18 min", "45 min", "1 day", "9 days"; past the moment, how late it is."""
    remaining = instant(until) - instant(now)
    if remaining < timedelta(0):
        return f"{_span(-remaining)} late"
    return _span(remaining)


def _span(span: timedelta) -> str:
    if span >= DAY:
        return f"{span.days} day{'' if span.days == 1 else 's'}"
    hours, minutes = divmod(span.seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@register.filter
def in_days(when: When, now: datetime) -> str:
    """Calendar days from now: "today", "tomorrow", "in 9 days", "9 days ago"."""
    days = (day_of(when) - day_of(now)).days
    if days < -1:
        return f"{-days} days ago"
    return _near_day(when, now) or f"in {days} days"


def urgency(until: When, now: datetime) -> str:
    """How loud a clock is: "soon" under 6 hours or late, "near" under 2 days, else "calm"."""
    remaining = instant(until) - instant(now)
    if remaining < SOON:
        return "soon"
    return "near" if remaining < NEAR else "calm"


def share_used(since: When, until: When, now: datetime) -> int:
    """How much of the time from since to until has gone, 0 to 100."""
    whole = (instant(until) - instant(since)).total_seconds()
    gone = (instant(now) - instant(since)).total_seconds()
    return max(0, min(100, round(100 * gone / whole))) if whole > 0 else 100


@register.filter
def uln(number: Any) -> str:
    """A learner number in groups, 640 508 8536; anything that has not ten digits stays as it is."""
    digits = str(number or "")
    if len(digits) != 10 or not digits.isdigit():
        return digits
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


@register.filter
def pounds(pence: int | None) -> str:
    """£8,729.00 from 872900 pence."""
    if pence is None:
        return ""
    sign = "−" if pence < 0 else ""
    whole, part = divmod(abs(pence), 100)
    return f"{sign}£{whole:,}.{part:02}"


@register.filter
def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 candidate", "14 candidates"; irregular nouns as "entry,entries"."""
    one, _, many = noun.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@register.filter
def grouped(number: int) -> str:
    """A number alone as it is written: 1,204."""
    return f"{number:,}"


def _clock(until: When, now: datetime, since: When | None) -> dict[str, Any]:
    remaining = instant(until) - instant(now)
    return {
        "left": left(until, now),
        "moment": moment(until, now),
        "datetime": until.isoformat(),
        "urgency": urgency(until, now),
        "late": remaining < timedelta(0),
        "live": instant(until).isoformat() if timedelta(0) <= remaining < DAY else "",
        "used": None if since is None else share_used(since, until, now),
    }


@register.inclusion_tag("parts/clock.html")
def clock(until: When, now: datetime, since: When | None = None) -> dict[str, Any]:
    """Time left over the exact moment, with a bar of the time used when its start is known."""
    return _clock(until, now, since or None)


@register.inclusion_tag("parts/ring.html")
def ring(until: When, now: datetime, since: When) -> dict[str, Any]:
    """The ring of time used, for the one clock a page is about."""
    return _clock(until, now, since)


@register.inclusion_tag("parts/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """Every error of the forms, each linked to the field it belongs to."""
    return {"errors": [error for form in forms for error in _errors(form)]}


def _errors(form: Any) -> list[dict[str, str]]:
    errors = [{"text": text, "url": ""} for text in form.non_field_errors()]
    for field in form:
        errors += [{"text": text, "url": f"#{focus_id(field)}"} for text in field.errors]
    return errors


def focus_id(field: BoundField) -> str:
    """The id that a link to this field should focus: for a group of boxes, that of the first."""
    return field.id_for_label or f"{field.auto_id}_0"


WIDGET_CLASSES = {
    "checkbox": "govuk-checkboxes__input",
    "radioselect": "govuk-radios__input",
    "checkboxselectmultiple": "govuk-checkboxes__input",
    "select": "govuk-select",
    "selectmultiple": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "clearablefile": "govuk-file-upload",
    "date": "govuk-input govuk-input--width-10",
    "number": "govuk-input govuk-input--width-5",
}


@register.simple_tag
def govuk_widget(field: BoundField) -> SafeString:
    """The field's control with the classes of GOV.UK Frontend; classes set on the widget are kept."""
    own = field.field.widget.attrs.get("class", "")
    base = WIDGET_CLASSES.get(field.widget_type, "govuk-input")
    error = f"{base.split()[0]}--error" if field.errors and not base.endswith("__input") else ""
    return field.as_widget(attrs={"class": " ".join(filter(None, (base, error, own)))})
