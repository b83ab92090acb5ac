"""Moderators as the desk keeps them: schemes, contracts, region, interests, days away and load."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.moderators import (
    change_most_batches,
    end_contract,
    enter_competence,
    enter_contract,
    name_region,
    withdraw_competence,
)
from conferral.pages.desk.next import desk_chrome
from conferral.records.allocation.models import Competence, Contract
from conferral.records.allocation.queries import absences, latest_run, load_with
from conferral.records.catalogue.models import Qualification
from conferral.records.moderation.models import Interest, Moderator
from conferral.rules.days import london_day
from conferral.rules.regions import REGIONS, region_of
from conferral.rules.rule import Verdict

PAGE = 50
FORMATS = ["%d/%m/%Y", "%d %B %Y", "%Y-%m-%d"]


def listing(request: HttpRequest) -> HttpResponse:
    """Moderators by name, with their schemes and load. `?after=` pages on by place in that order."""
    run, day = latest_run(), london_day(request.at)
    found = sorted(load_with(run.pk if run else None, day), key=lambda one: (one.name, one.moderator))
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 9 else 0
    shown = found[start : start + PAGE]
    schemes: dict[int, list[str]] = {}
    entered = Competence.objects.filter(moderator__in=[one.moderator for one in shown]).order_by("scheme")
    for moderator, scheme in entered.values_list("moderator", "scheme"):
        schemes.setdefault(moderator, []).append(scheme)
    desk_chrome(request)
    page = {
        "title": "Moderators and verifiers",
        "rows": [{"load": one, "schemes": schemes.get(one.moderator, [])} for one in shown],
        "next_url": f"?after={start + PAGE}" if len(found) > start + PAGE else "",
        "first_url": reverse("desk_moderators") if start else "",
        "may_add": request.acting.may("manage_centres"),
        "crumbs": [{"label": "Allocation", "url": reverse("desk_allocation")}, {"label": "Moderators and verifiers"}],
    }
    return render(request, "desk/moderators.html", {"page": page})


def _day(label: str, *, hint: str = "", required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=hint, input_formats=FORMATS, required=required,
        widget=forms.DateInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Enter the day", "invalid": "Write the day as 24/12/2026"},
    )  # fmt: skip


def _batches() -> forms.IntegerField:
    return forms.IntegerField(
        label="Most batches held at once", min_value=0, max_value=1000,
        help_text="A batch is the work of one centre in one scheme.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Enter a whole number from 0 to 1,000"),
    )  # fmt: skip


class SchemeForm(forms.Form):
    """A scheme that the moderator may look at."""

    scheme = forms.ModelChoiceField(
        label="Scheme", queryset=Qualification.objects.order_by("code"), empty_label="Choose the scheme",
        error_messages={"required": "Choose the scheme", "invalid_choice": "Choose a scheme from the list"},
    )  # fmt: skip
    since = _day("From which day on", hint="For example 1/9/2026.")


class ContractForm(forms.Form):
    """Days under contract and what is agreed."""

    from_on = _day("First day of the contract", hint="For example 1/9/2026.")
    until_on = _day("Last day, if one is agreed", required=False)
    most_batches = _batches()


class EndForm(forms.Form):
    """The last day of a contract."""

    until_on = _day("Last day")


class MostForm(forms.Form):
    """Another number of batches."""

    most_batches = _batches()


class RegionForm(forms.Form):
    """Where the moderator works from."""

    region = forms.ChoiceField(
        label="Region", required=False,
        choices=[("", "By the postcode"), *((one.id, one.title) for one in REGIONS.values())],
        error_messages={"invalid_choice": "Choose a region from the list"},
    )  # fmt: skip


FORMS: dict[str, type[forms.Form]] = {"scheme": SchemeForm, "contract": ContractForm, "region": RegionForm}


def moderator(request: HttpRequest, id: int) -> HttpResponse:
    """Everything that decides what this moderator is given."""
    return _page(request, get_object_or_404(Moderator.objects.select_related("person"), pk=id))


def _page(
    request: HttpRequest, found: Moderator, bound: dict[str, forms.Form] | None = None, **more: Any
) -> HttpResponse:
    day, run = london_day(request.at), latest_run()
    desk_chrome(request)
    initial = {"scheme": {"since": f"{day:%d/%m/%Y}"}, "contract": {"from_on": f"{day:%d/%m/%Y}"},
               "region": {"region": found.region}}  # fmt: skip
    told = region_of(found.address)
    page = {
        "title": found.person.name,
        "moderator": found,
        "told_region": REGIONS[told].title if told else "",
        "load": next(one for one in load_with(run.pk if run else None, day) if one.moderator == found.pk),
        "schemes": list(Competence.objects.filter(moderator=found).select_related("scheme").order_by("scheme")),
        "contracts": list(Contract.objects.filter(moderator=found).order_by("-days")),
        "interests": list(Interest.objects.filter(moderator=found).select_related("centre").order_by("centre")),
        "absences": list(absences([found.pk], from_on=day).select_related("reason")),
        "forms": {name: (bound or {}).get(name) or form(initial=initial[name], prefix=name)
                  for name, form in FORMS.items()},
        "bad": next(iter((bound or {}).values()), None),
        "today": day,
        "may_allocate": request.acting.may("allocate"),
        "crumbs": [
            {"label": "Allocation", "url": reverse("desk_allocation")},
            {"label": "Moderators and verifiers", "url": reverse("desk_moderators")},
            {"label": found.person.name},
        ],
        "refused": bool(bound),
    } | more  # fmt: skip
    return render(request, "desk/moderator.html", {"page": page}, status=422 if bound else 200)


@require_POST
def enter(request: HttpRequest, id: int, what: str) -> HttpResponse:
    """Enter a scheme, a contract or a region; a refusal stands beside its field."""
    found = get_object_or_404(Moderator.objects.select_related("person"), pk=id)
    if what not in FORMS:
        raise Http404(what)
    form = FORMS[what](request.POST, prefix=what)
    if form.is_valid():
        verdict = _enter(request, found.pk, what, form.cleaned_data)
        for reason in verdict.refused:
            form.add_error(reason.about or None, f"{reason.text} {reason.remedy}")
    if form.errors:
        return _page(request, found, {what: form})
    messages.success(request, "Entered.")
    return _see_other(found.pk)


def _enter(request: HttpRequest, moderator: int, what: str, said: dict[str, Any]) -> Verdict:
    if what == "scheme":
        enter_competence(moderator, said["scheme"].pk, since=said["since"], at=request.at, by=request.acting)
    elif what == "region":
        name_region(moderator, said["region"], at=request.at, by=request.acting)
    else:
        return enter_contract(
            moderator, said["from_on"], said["until_on"], most_batches=said["most_batches"],
            at=request.at, by=request.acting,
        )  # fmt: skip
    return Verdict()


@require_POST
def withdraw(request: HttpRequest, id: int, scheme: str) -> HttpResponse:
    """Take a scheme away from a moderator."""
    get_object_or_404(Moderator, pk=id)
    if withdraw_competence(id, scheme, at=request.at, by=request.acting):
        messages.success(request, f"{scheme} is withdrawn. What is allocated already stays until you change it.")
    return _see_other(id)


def contract(request: HttpRequest, id: int, what: str) -> HttpResponse:
    """End a contract, or agree on another number of batches."""
    found = get_object_or_404(Contract.objects.select_related("moderator__person"), pk=id)
    kinds = {"end": (EndForm, "End the contract"), "most": (MostForm, "Agree on another number of batches")}
    if what not in kinds:
        raise Http404(what)
    kind, title = kinds[what]
    sent = request.method == "POST"
    form = kind(request.POST if sent else None, initial={"most_batches": found.most_batches})
    if sent and form.is_valid():
        said = form.cleaned_data
        if what == "most":
            change_most_batches(found.pk, said["most_batches"], at=request.at, by=request.acting)
        else:
            for reason in end_contract(found.pk, said["until_on"], at=request.at, by=request.acting).refused:
                form.add_error(reason.about if reason.about in form.fields else None, f"{reason.text} {reason.remedy}")
        if not form.errors:
            messages.success(request, "Entered.")
            return _see_other(found.moderator_id)
    desk_chrome(request)
    page = {
        "title": title,
        "lead": f"{found.moderator.person.name}, {found.most_batches} batches at once.",
        "verb": title,
        "form": form,
        "refused": sent,
        "crumbs": [
            {"label": "Moderators and verifiers", "url": reverse("desk_moderators")},
            {"label": found.moderator.person.name, "url": reverse("desk_moderator", args=[found.moderator_id])},
            {"label": title},
        ],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if sent else 200)


def _see_other(moderator: int) -> HttpResponse:
    response = redirect("desk_moderator", moderator)
    response.status_code = 303
    return response
