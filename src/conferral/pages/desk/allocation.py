"""Who looks at which centre's work, and who may not."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.centres import allocate, declare_interest
from conferral.pages.desk.next import desk_chrome
from conferral.records.centres.models import Approval, Centre
from conferral.records.centres.queries import approvals, interests, moderators
from conferral.rules.days import london_day

PAGE = 50


class AllocateForm(forms.Form):
    """Who looks at the work from today on."""

    moderator = forms.TypedChoiceField(
        label="Who looks at the work from today on",
        coerce=int,
        error_messages={"required": "Choose a person", "invalid_choice": "Choose a person from the list"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(one.pk, one.person.name) for one in moderators()]
        self.fields["moderator"].choices = [("", "Choose a person"), *people]


class InterestForm(AllocateForm):
    """A moderator's interest in a centre."""

    centre = forms.CharField(
        label="Number of the centre in which the person has an interest",
        max_length=5,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={"required": "Enter the centre number", "max_length": "A centre number has five digits"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moderator"].label = "Moderator or verifier"

    def clean_centre(self) -> str:
        number = self.cleaned_data["centre"]
        if not Centre.objects.filter(number=number).exists():
            raise forms.ValidationError(f"No centre has the number {number}.")
        return number


def listing(request: HttpRequest) -> HttpResponse:
    """Approvals with whom they are allocated to; those without anybody on request. `?before=` pages on."""
    without = request.GET.get("without") == "1"
    before = request.GET.get("before", "")
    found = approvals(london_day(request.at))
    if without:
        found = found.filter(moderator=None)
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    desk_chrome(request)
    keep = "without=1&" if without else ""
    page = {
        "title": "Allocation",
        "without": without,
        "rows": rows[:PAGE],
        "older_url": f"?{keep}before={rows[PAGE - 1].pk}" if len(rows) > PAGE else None,
        "interests": list(interests()[:PAGE]),
        "may_allocate": request.acting.may("allocate"),
    }
    return render(request, "desk/allocation.html", {"page": page})


def change(request: HttpRequest, centre: str, scheme: str) -> HttpResponse:
    """Give a centre's work in a scheme to somebody from today on."""
    held = get_object_or_404(Approval.objects.select_related("centre", "scheme"), centre=centre, scheme=scheme)
    current = approvals(london_day(request.at)).filter(pk=held.pk).first()
    form, verdict = AllocateForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        verdict = allocate(
            centre, scheme, form.cleaned_data["moderator"], on=london_day(request.at), at=request.at, by=request.acting
        )
        if verdict.allowed:
            messages.success(
                request, f"From today on the work in {scheme} of centre {centre} is allocated as you chose."
            )
            return redirect("desk_allocation")
    return _form(
        request, form, f"Allocate {scheme} at centre {centre}", verdict=verdict, verb="Allocate",
        lead=f"{held.centre.name}, {held.scheme.title}. "
        f"{'Now with ' + current.moderator_name if current and current.moderator_name else 'Nobody is allocated'}. "
        "Claims already submitted stay where they are.",
    )  # fmt: skip


def interest(request: HttpRequest) -> HttpResponse:
    """Enter that a moderator has an interest in a centre."""
    form = InterestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        declare_interest(said["moderator"], said["centre"], on=london_day(request.at), at=request.at, by=request.acting)
        messages.success(
            request, f"The interest in centre {said['centre']} is entered. Work from there is refused to them."
        )
        return redirect("desk_allocation")
    return _form(
        request, form, "Enter an interest", verb="Enter the interest",
        lead="Nobody is given the work of a centre in which they have an interest: the database refuses it.",
    )  # fmt: skip


def _form(
    request: HttpRequest, form: forms.Form, title: str, *, lead: str, verb: str, verdict: Any = None
) -> HttpResponse:
    desk_chrome(request)
    page = {
        "title": title,
        "lead": lead,
        "verb": verb,
        "form": form,
        "verdict": verdict,
        "heading": "Nothing is changed",
        "refused": request.method == "POST",
        "crumbs": [{"label": "Allocation", "url": reverse("desk_allocation")}, {"label": title}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)
