"""Moderators who are away, and centres that ask for another one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.changes import decline_change, electronic_of, grant_change, open_claims, parcels_of
from conferral.pages.desk.choosing import Choosing, who_may_take
from conferral.pages.desk.next import desk_chrome
from conferral.records.allocation.models import Absence, ChangeRequest
from conferral.records.allocation.queries import absences, choices, requests
from conferral.records.claims.models import Claim, Consignment
from conferral.records.letters.models import Letter
from conferral.rules.days import last_day, london_day
from conferral.rules.references import format_reference
from conferral.rules.rule import Verdict

SHOWN = 100


def listing(request: HttpRequest) -> HttpResponse:
    """Who is away and who has not acknowledged it; requests to be answered, the soonest first; and answered ones."""
    desk_chrome(request)
    day = london_day(request.at)
    found = list(absences(from_on=day).select_related("reason")[:SHOWN])
    told = _letters(found)
    page = {
        "title": "Away, and other moderators asked for",
        "requests": [_request(one) for one in requests()[:SHOWN]],
        "absences": [{"absence": one, "letters": told.get(str(one.pk), [])} for one in found],
        "answered": list(requests("").exclude(state="asked")[:20]),
        "may_allocate": request.acting.may("allocate"),
    }
    return render(request, "desk/changes.html", {"page": page})


def _letters(found: list[Absence]) -> dict[str, list[dict[str, Any]]]:
    """The letters about some absences, and whether each centre has acknowledged its own. One query."""
    asked = Letter.objects.filter(
        about_kind="absence", about_key__in=[str(one.pk) for one in found], asks_acknowledgement=True
    )
    told: dict[str, list[dict[str, Any]]] = {}
    for letter in asked.order_by("centre", "scheme"):
        told.setdefault(letter.about_key, []).append({"letter": letter, "read": letter.acknowledged_at is not None})
    return told


def _request(one: ChangeRequest) -> dict[str, Any]:
    return {"request": one, "until": last_day(one.answer_by)}


class GrantForm(forms.Form):
    """Who takes the work over."""

    moderator = forms.TypedChoiceField(
        label="Give the work to", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose who takes the work over", "invalid_choice": "Choose one of the list"},
    )  # fmt: skip

    def __init__(self, *args: Any, choosing: Choosing, **options: Any) -> None:
        super().__init__(*args, **options)
        choosing.narrow(self.fields["moderator"])


class DeclineForm(forms.Form):
    """Why nobody else is given."""

    answer = forms.CharField(
        label="Why no other moderator is given, and what the centre can do instead",
        widget=forms.Textarea(attrs={"rows": 3}), max_length=1000,
        error_messages={"required": "Say why, and what the centre can do instead",
                        "max_length": "Keep it to 1,000 characters"},
    )  # fmt: skip


def answer(request: HttpRequest, id: int) -> HttpResponse:
    """One request: who may take the work over, who may not and why, and what becomes of parcels."""
    found = get_object_or_404(requests(""), pk=id)
    named = choices(found.centre_id, found.scheme_id, london_day(request.at))
    choosing = who_may_take([one for one in named if one.moderator != found.moderator_id], request)
    parcels, verdict = parcels_of(found), Verdict()
    sent = request.method == "POST"
    declining = sent and "decline" in request.POST
    grant = GrantForm(request.POST if sent and not declining else None, choosing=choosing)
    decline = DeclineForm(request.POST if declining else None)
    if sent and (decline if declining else grant).is_valid():
        if declining:
            verdict = decline_change(found.pk, decline.cleaned_data["answer"], at=request.at, by=request.acting)
        else:
            verdict = grant_change(
                found.pk, grant.cleaned_data["moderator"], ways=_ways(request, [parcel.pk for _, parcel in parcels]),
                at=request.at, by=request.acting, fresh=request.fresh_bytes,
            )  # fmt: skip
        if verdict.allowed:
            messages.success(request, "Answered. The centre and the moderators concerned have been told.")
            response = redirect("desk_changes")
            response.status_code = 303
            return response
    desk_chrome(request)
    page = _request_page(found, parcels) | {
        "grant": grant,
        "decline": decline,
        "choosing": choosing,
        "verdict": verdict,
        "may_allocate": request.acting.may("allocate"),
        "refused": sent,
    }
    return render(request, "desk/change.html", {"page": page}, status=422 if sent else 200)


def _request_page(found: ChangeRequest, parcels: list[tuple[Claim, Consignment]]) -> dict[str, Any]:
    """What was asked for, and the work that is on its way for it."""
    return {
        "title": f"Another moderator for {found.scheme_id} at {found.centre_id}",
        "request": found,
        "until": last_day(found.answer_by),
        "claims": list(open_claims(found)),
        "parcels": [
            {"id": parcel.pk, "reference": format_reference(parcel.reference), "claim": claim.pk,
             "received": parcel.state != "despatched"}
            for claim, parcel in parcels
        ],
        "electronic": [
            {"claim": one.claim_id, "how": one.get_kind_display().lower(), "mail": one.kind == "email"}
            for one in electronic_of(found)
        ],
        "open": found.state == "asked",
        "crumbs": [
            {"label": "Allocation", "url": reverse("desk_allocation")},
            {"label": "Away, and other moderators asked for", "url": reverse("desk_changes")},
            {"label": f"{found.scheme_id} at {found.centre_id}"},
        ],
    }  # fmt: skip


def _ways(request: HttpRequest, parcels: list[int]) -> dict[int, str]:
    said = {number: request.POST.get(f"way-{number}", "forward") for number in parcels}
    return {number: way if way in ("forward", "return") else "forward" for number, way in said.items()}
