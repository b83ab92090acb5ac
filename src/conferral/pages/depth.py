"""Reading an answer for its depth: one form, on a page of its own and beside the work of a claim. Nothing is stored."""

from typing import Any

from django import forms
from django.http import HttpRequest

from conferral.records.catalogue.models import Criterion, Unit
from conferral.rules.depth import LONGEST, advise, points_asked
from conferral.rules.verbs import COMMAND_VERBS

_ANSWER = {
    "label": "The candidate’s answer",
    "help_text": "Typed or pasted. It is read once and not kept.",
    "required": False,
    "max_length": LONGEST,
    "error_messages": {"max_length": f"Keep it to {LONGEST:,} characters"},
}


class VerbAnswerForm(forms.Form):
    """An answer to a criterion that opens with this verb, at this level."""

    verb = forms.ChoiceField(
        label="The criterion says",
        choices=[(verb, verb) for depth in COMMAND_VERBS.depths for verb in depth.verbs],
        initial="explain",
        error_messages={"required": "Choose a verb", "invalid_choice": "Choose one of the verbs in the list"},
    )
    level = forms.TypedChoiceField(
        label="Level of the unit", choices=[(level, level) for level in range(1, 9)], initial=2, coerce=int,
        error_messages={"required": "Choose a level", "invalid_choice": "Choose a level from 1 to 8"},
    )  # fmt: skip
    points = forms.IntegerField(
        label="Points asked for", min_value=1, max_value=10, initial=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
        error_messages={
            "required": "Say how many points are asked for", "invalid": "Enter a number from 1 to 10",
            "min_value": "Enter a number from 1 to 10", "max_value": "Enter a number from 1 to 10",
        },
    )  # fmt: skip
    answer = forms.CharField(widget=forms.Textarea(attrs={"rows": 8}), **_ANSWER)

    def read(self) -> dict[str, Any]:
        """What there is to advise on the answer."""
        said = self.cleaned_data
        found = advise(said["answer"], verb=said["verb"], level=said["level"], points=said["points"])
        return {"advice": found, "verb": said["verb"], "depth": COMMAND_VERBS.of(said["verb"])}


class CriterionAnswerForm(forms.Form):
    """An answer to one of the criteria of a unit."""

    criterion = forms.ModelChoiceField(
        label="Criterion", queryset=Criterion.objects.none(), empty_label=None,
        error_messages={"required": "Choose a criterion", "invalid_choice": "Choose a criterion of this unit"},
    )  # fmt: skip
    answer = forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), **_ANSWER)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.fields["criterion"].queryset = unit.criteria.filter(current=True)

    def read(self) -> dict[str, Any]:
        """What there is to advise on the answer."""
        criterion, answer = self.cleaned_data["criterion"], self.cleaned_data["answer"]
        points = points_asked(criterion.text)
        level = self.unit.level
        found = advise(answer, verb=criterion.verb, level=level, points=points, criterion=criterion.text)
        return {
            "advice": found, "verb": criterion.verb, "criterion": criterion,
            "depth": COMMAND_VERBS.of(criterion.verb),
        }  # fmt: skip


def answer_read(request: HttpRequest, unit: Unit | None) -> dict[str, Any] | None:
    """The form for an answer and, after it was sent, what was read; None for a unit whose criteria are not known."""
    sent = request.POST if request.method == "POST" and "advise" in request.POST else None
    form: VerbAnswerForm | CriterionAnswerForm
    if unit is None:
        form = VerbAnswerForm(sent)
    elif unit.criteria.filter(current=True).exists():
        form = CriterionAnswerForm(sent, unit=unit)
    else:
        return None
    said = form.read() if sent is not None and form.is_valid() else None
    return {"form": form, "said": said, "refused": sent is not None and said is None}
