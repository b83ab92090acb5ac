"""Reviews and appeals as all three audiences see them, and the form in which one is decided."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from conferral.pages.templatetags.parts import happened, in_days, weekday
from conferral.pages.timeline import lines, timeline
from conferral.records.appeals.models import Review
from conferral.records.claims.models import ClaimedUnit
from conferral.records.moderation.models import OUTCOME_WORDS
from conferral.rules.appeals import RANKS
from conferral.rules.days import last_day

TAGS = {"confirmed": "ready", "amended": "can-finish", "not_awarded": "cannot", "withdrawn": "at-risk"}
WORDS = {
    "asked": "Asked: somebody is to be appointed",
    "with_reviewer": "Being looked at",
    "decided": "Decided: the outcome is to be sent out",
    "issued": "Answered",
    "taken_back": "Taken back",
}


def title(review: Review) -> str:
    """How a review or appeal is headed."""
    return f"{review.called.capitalize()} {review.pk} of claim {review.claim_id}"


class DecideForm(forms.Form):
    """What becomes of each unit, which is never worse than it stands, and the reasons."""

    words = forms.CharField(
        label="Your reasons", help_text="The centre reads them, changed or not: what you looked at and what you found.",
        widget=forms.Textarea(attrs={"rows": 7}), max_length=8000,
        error_messages={"required": "Write what you looked at and what you found",
                        "max_length": "Keep it to 8,000 characters"},
    )  # fmt: skip

    def __init__(self, units: Sequence[ClaimedUnit], data: Any = None) -> None:
        super().__init__(data)
        self.units = units
        for unit in units:
            if unit.state == "confirmed":
                continue  # nothing is better
            allowed = [(key, words) for key, words in OUTCOME_WORDS.items() if RANKS[key] >= RANKS[unit.state]]
            stands = [(key, f"Stands: {words.lower()}") for key, words in allowed if key == unit.state]
            self.fields[f"outcome-{unit.pk}"] = forms.ChoiceField(
                label=f"{unit.registration.candidate.name}, {unit.unit_id}", required=False, initial=unit.state,
                choices=[*stands, *(pair for pair in allowed if pair[0] != unit.state)],
                error_messages={"invalid_choice": "Choose one of the list: an outcome never gets worse"},
            )  # fmt: skip

    def outcomes(self) -> dict[int, str]:
        """What the claimed units come to; one that was left out stands."""
        said = self.cleaned_data
        return {unit.pk: said.get(f"outcome-{unit.pk}") or unit.state for unit in self.units}


def unit_rows(
    units: Sequence[ClaimedUnit], review: Review, form: DecideForm | None, *, told: bool, work: str = ""
) -> list[dict[str, Any]]:
    """Each unit with the moderator's decision, how it stands, and what is made of it or was.

    `work` names the address at which the work of a unit is seen.
    """
    made = {one.claimed_unit_id: one for one in review.decisions.all()} if told else {}
    return [
        {
            "unit": unit,
            "decision": unit.decision,
            "before": OUTCOME_WORDS[made[unit.pk].outcome_before if unit.pk in made else unit.state],
            "before_tag": TAGS[made[unit.pk].outcome_before if unit.pk in made else unit.state],
            "field": form[f"outcome-{unit.pk}"] if form and f"outcome-{unit.pk}" in form.fields else None,
            "stands": form is not None and f"outcome-{unit.pk}" not in form.fields,
            "url": reverse(work, args=[review.claim_id, unit.pk]) if work else "",
            "after": made[unit.pk].in_words if unit.pk in made else "",
            "after_tag": TAGS[made[unit.pk].outcome] if unit.pk in made else "",
            "changed": unit.pk in made and made[unit.pk].changed,
        }
        for unit in units
    ]


def shown_review(review: Review, request: HttpRequest) -> dict[str, Any]:
    """What every audience reads of a review: its state, clock and history."""
    open_still = review.state in ("asked", "with_reviewer", "decided")
    by = last_day(review.acknowledge_by if review.state == "asked" else review.answer_by)
    return {
        "review": review,
        "title": title(review),
        "state": WORDS[review.state],
        "clock": f"{weekday(by)}, {in_days(by, request.at)}" if open_still else "",
        "asked": f"{review.asked_by}, {happened(review.asked_at, request.at)}",
        "entries": lines(timeline(("review", review.pk)), request.at),
    }


def todo(review: Review, address: str, *, verb: str) -> dict[str, Any]:
    """A review as a thing to do, by the day on which it is due."""
    return {
        "title": title(review),
        "url": reverse(address, args=[review.pk]),
        "until": last_day(review.acknowledge_by if review.state == "asked" else review.answer_by),
        "since": review.asked_at,
        "lines": [str(review.centre), f"{review.claim.scheme}: {', '.join(review.units)}"],
        "why": {
            "asked": "somebody who had no part in the claim is to be appointed by that day.",
            "with_reviewer": f"the centre expects the outcome by that day. It is with {review.reviewer}.",
            "decided": "it is decided, and the centre waits for the outcome.",
        }[review.state],
        "verb": verb,
        "verb_url": reverse(address, args=[review.pk]),
    }
