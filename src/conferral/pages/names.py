"""The form by which a candidate's name is put right, for centres and the desk."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from conferral.pages.templatetags.parts import written
from conferral.records.candidates.models import Candidate, NameChange
from conferral.records.candidates.names import NewName
from conferral.rules.names import PROOFS
from conferral.rules.rule import Verdict
from conferral.rules.written_dates import read_date

_ONE_LINE = RegexValidator(r"^[^\x00-\x1f\x7f]*$", "Use one line, without control characters")


def _name(label: str, hint: str) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=100, validators=[_ONE_LINE],
        error_messages={"max_length": "A name can have 100 characters"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class NameForm(forms.Form):
    """A name as it is to be, and the proof of it. `people` are those who may have seen it."""

    first_names = _name("First names", "Printed on the certificate as you write them here, with their accents.")
    last_name = _name("Last name", "A candidate with one name goes here.")
    proof = forms.ChoiceField(
        label="Proof",
        help_text="Only when the whole name changes. The document stays with the candidate; keep no copy of it.",
        required=False,
        choices=[("", "None: it is a correction"), *PROOFS.items()],
        error_messages={"invalid_choice": "Choose what was seen from the list"},
    )
    seen_by = forms.ChoiceField(
        label="Seen by", required=False, error_messages={"invalid_choice": "Choose somebody from the list"}
    )
    seen_on = forms.CharField(
        label="Seen on", help_text="Day, month, year. For example 14/3/2026.", required=False, max_length=30,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )  # fmt: skip
    returned = forms.BooleanField(
        label="Every printed certificate is back here", required=False,
        help_text="Each is then revoked, and a certificate with the new name takes its place.",
    )  # fmt: skip

    def __init__(self, data: Any, candidate: Candidate, people: list[tuple[int, str]], *, reissues: bool) -> None:
        names = {"first_names": candidate.first_names, "last_name": candidate.last_name}
        super().__init__(data, initial=names)
        self.fields["seen_by"].choices = [("", "Nobody"), *people]
        if not reissues:
            del self.fields["returned"]

    def clean_seen_on(self) -> Any:
        said = self.cleaned_data["seen_on"].strip()
        day = read_date(said)
        if said and day is None:
            raise forms.ValidationError("There is no such day. Enter a date like 14/3/2026")
        return day

    @property
    def said(self) -> NewName:
        """What a whole form says."""
        said = self.cleaned_data
        seen_by = int(said["seen_by"]) if said["seen_by"] else None
        return NewName(said["first_names"], said["last_name"], said["proof"], seen_by, said["seen_on"])

    def show(self, verdict: Verdict) -> tuple[Any, ...]:
        """Put each refusal beside the field that it is about; what is about none is given back."""
        beside = [reason for reason in verdict.refused if reason.about in self.fields]
        for reason in beside:
            self.add_error(reason.about, f"{reason.text} {reason.remedy}")
        return tuple(reason for reason in verdict.refused if reason not in beside)


def names_before(candidate: Candidate) -> list[dict[str, str]]:
    """Each name that a candidate had here, the newest first, in words."""
    changes = NameChange.objects.filter(candidate=candidate).select_related("changed_by", "seen_by").order_by("-pk")
    return [
        {"name": one.name_before, "until": written(one.changed_at), "by": one.changed_by.name, "proof": _proof(one)}
        for one in changes
    ]


def _proof(one: NameChange) -> str:
    if not one.proof or one.seen_by is None:
        return "Correction"
    return f"{one.get_proof_display()}, seen by {one.seen_by.name} on {written(one.seen_on)}"
