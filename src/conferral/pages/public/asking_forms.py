"""The forms that ask a rule about a scheme and days."""

from datetime import date
from typing import Any

from django import forms

from conferral.actions.asking import ask_claim, ask_registration
from conferral.records.catalogue.models import Qualification
from conferral.rules.rule import Verdict
from conferral.rules.written_dates import read_date


class WrittenDate(forms.CharField):
    """A day as people write it: 31/12/2014, or 2014-12-31."""

    def __init__(self, *, label: str, missing: str, **options: Any) -> None:
        widget = forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"})
        super().__init__(
            label=label, max_length=30, widget=widget,
            error_messages={"required": missing, "max_length": "There is no such day. Write it as 31/12/2014"},
            **options,
        )  # fmt: skip

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        day = read_date(text)
        if day is None:
            raise forms.ValidationError(f"There is no day {text}. Write it as 31/12/2014")
        return day


class SchemeList(forms.ChoiceField):
    """A scheme of the catalogue."""

    def __init__(self) -> None:
        super().__init__(
            label="Scheme",
            choices=lambda: [(row.code, f"{row.code} {row.title}") for row in Qualification.objects.all()],
            error_messages={"required": "Choose a scheme", "invalid_choice": "Choose a scheme of the list"},
        )


class AskRegistration(forms.Form):
    """May a candidate be registered for this scheme on this day?"""

    scheme = SchemeList()
    on = WrittenDate(label="Registering on", missing="Enter the day of registration, for example 31/12/2013")

    def answer(self) -> Verdict:
        return ask_registration(self.cleaned_data["scheme"], self.cleaned_data["on"])


class AskAnyScheme(AskRegistration):
    """The same for a code that need not be in the catalogue."""

    scheme = forms.CharField(
        label="Scheme code",
        max_length=20,
        error_messages={
            "required": "Enter a scheme code, for example 09628",
            "max_length": "A scheme code has five digits",
        },
    )


class AskClaim(forms.Form):
    """May this scheme be claimed on this day for a candidate registered on that day?"""

    scheme = SchemeList()
    registered = WrittenDate(
        label="Registered on", missing="Enter the day on which the candidate was registered", required=True
    )
    on = WrittenDate(label="Claiming on", missing="Enter the day of the claim, for example 31/12/2014")

    def answer(self) -> Verdict:
        days = self.cleaned_data["registered"], self.cleaned_data["on"]
        return ask_claim(self.cleaned_data["scheme"], *days)


class AskWithoutRegistration(AskClaim):
    """The same for a candidate who may not have been registered."""

    registered = WrittenDate(label="Registered on (empty: not at all)", missing="", required=False)


FORMS: dict[str, type[forms.Form]] = {
    "scheme-unknown": AskAnyScheme,
    "registration-after-last-date": AskRegistration,
    "claim-without-registration": AskWithoutRegistration,
    "candidate-registered-too-late": AskClaim,
    "claim-after-final-certification": AskClaim,
    "claim-near-final-certification": AskClaim,
}
