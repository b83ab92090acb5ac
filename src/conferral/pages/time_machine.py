"""Showing a page as of another day. The day is handed on as an argument; nothing that is stored changes.

A page that can be shown so takes `?on=2015-01-01`, puts `shown(request)` into its `page` as `shown`, appends
`shown.query` to its links to other such pages, and replaces its forms by a sentence while `shown.other`.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest

from conferral.pages.public.asking_forms import WrittenDate
from conferral.rules.days import london_day


class DayForm(forms.Form):
    """The day to show."""

    on = WrittenDate(label="Show as of", missing="", required=False)


@dataclass(frozen=True)
class Shown:
    """The day a page is shown as of, and today in London."""

    day: date
    today: date
    form: DayForm
    back_url: str

    @property
    def other(self) -> bool:
        """Another day than today is shown."""
        return self.day != self.today

    @property
    def query(self) -> str:
        """What keeps the day in a link: "?on=2015-01-01", or nothing today."""
        return f"?{urlencode({'on': self.day.isoformat()})}" if self.other else ""

    @property
    def status(self) -> int:
        """422 when what was asked for is no day; today is shown then."""
        return 422 if self.form.errors else 200


def shown(request: HttpRequest) -> Shown:
    """The day that is asked for, or today."""
    today = london_day(request.at)
    asked = "on" in request.GET
    form = DayForm(request.GET) if asked else DayForm()
    day = form.cleaned_data["on"] if asked and form.is_valid() else None
    if day:
        form = DayForm(initial={"on": f"{day:%d/%m/%Y}"})
    return Shown(day or today, today, form, request.path)
