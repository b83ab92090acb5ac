"""The form of a feedback report: drafted sentences, and a row for each action that is asked of the centre."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from conferral.actions.feedback import LONGEST, Required
from conferral.rules.feedback import REMARKS

MOST = 20  # actions of one report


def _words(label: str, hint: str, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": "Keep it to 20,000 characters"}, **more,
    )  # fmt: skip


class ReportForm(forms.Form):
    """The feedback report on one claim. An action whose text is emptied is not asked."""

    went_well = _words("What went well", "Drafted from the records. Name what the centre should keep doing.", 4)
    to_improve = _words("What to improve", "Drafted from your decisions. Edit it: the centre reads your words.", 8)

    remarks = forms.MultipleChoiceField(
        label="How the work came", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="What you tick is asked of the centre as well, and counted in the yearly report.",
        error_messages={"invalid_choice": "Choose of the list"},
    )  # fmt: skip

    def __init__(
        self,
        data: Any,
        *,
        drafted: Sequence[Required],
        remarks: Mapping[str, Required],
        went_well: str,
        to_improve: str,
    ) -> None:
        super().__init__(data, initial={"went_well": went_well, "to_improve": to_improve})
        self.about_parcel = remarks
        self.fields["remarks"].choices = [(code, REMARKS[code].title) for code in remarks]
        self.drafted, self.count = drafted, self._count(data, len(drafted))
        for place in range(self.count):
            one = drafted[place] if place < len(drafted) else Required("", None)
            self.fields[f"text-{place}"] = self._text(place, one)
            self.fields[f"due-{place}"] = self._due(one.due_on)

    @staticmethod
    def _count(data: Any, drafted: int) -> int:
        """One empty row more than was drafted, or as many as were sent and asked for."""
        said = (data or {}).get("rows", "")
        wanted = int(said) if said.isascii() and said.isdecimal() and len(said) < 4 else drafted + 1
        return min(wanted + ("more" in (data or {})), MOST)

    @staticmethod
    def _text(place: int, one: Required) -> forms.CharField:
        return forms.CharField(
            label=f"Action {place + 1}", required=False, max_length=LONGEST, initial=one.text,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"max_length": f"Keep it to {LONGEST:,} characters"},
        )  # fmt: skip

    @staticmethod
    def _due(on: date | None) -> forms.DateField:
        return forms.DateField(
            label="To be done by", required=False, initial=on and f"{on:%-d/%-m/%Y}",
            input_formats=["%d/%m/%Y", "%d %B %Y", "%Y-%m-%d"],
            widget=forms.DateInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
            error_messages={"invalid": "Write the day as 5/3/2027"},
        )  # fmt: skip

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The two fields of each action, and the reason that drafted it."""
        return [
            {
                "text": self[f"text-{place}"],
                "due": self[f"due-{place}"],
                "code": self.drafted[place].reason_code if place < len(self.drafted) else "",
            }
            for place in range(self.count)
        ]

    def required_actions(self) -> list[Required]:
        """The actions as they were edited, what drafted one staying with it; then those of the remarks."""
        asked = []
        for place in range(self.count):
            text, due = self.cleaned_data[f"text-{place}"].strip(), self.cleaned_data[f"due-{place}"]
            drafted = self.drafted[place] if place < len(self.drafted) else Required("", None)
            if text:
                asked.append(Required(text, due, drafted.unit, drafted.reason_code))
        return asked + [self.about_parcel[code] for code in self.cleaned_data["remarks"]]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not any(str(value or "").strip() for name, value in said.items() if name != "remarks"):
            raise forms.ValidationError("The report says nothing yet. Write at least what went well.")
        return said
