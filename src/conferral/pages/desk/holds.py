"""Holds at the desk: the list, placing one, one with its reason, and lifting it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.holds import Reach, lift_hold, place_hold
from conferral.pages.addresses import whole_number
from conferral.pages.desk.next import desk_chrome
from conferral.pages.timeline import lines, timeline
from conferral.records.candidates.models import Registration
from conferral.records.centres.models import Approval, Centre
from conferral.records.claims.models import Claim
from conferral.records.holds.models import Hold, HoldReason
from conferral.records.holds.queries import holds, waiting
from conferral.rules.rule import Verdict

PAGE = 50
FILTERS = (("open", "Open"), ("lifted", "Lifted"), ("", "All"))
Choices = list[tuple[Reach, str]]


class PlaceForm(forms.Form):
    """On whom, and why."""

    reach = forms.TypedChoiceField(
        label="Who is held", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose who is held", "invalid_choice": "Choose one of the list"},
    )  # fmt: skip
    code = forms.ChoiceField(
        label="Why", choices=[("", "Choose"), *HoldReason.Code.choices],
        error_messages={"required": "Choose why", "invalid_choice": "Choose one of the list"},
    )  # fmt: skip
    text = forms.CharField(
        label="What it rests on",
        help_text="What is known, and by whom. Only the desk reads it: the centre sees that results are held and who "
        "is asked.",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Say what the hold rests on", "max_length": "Keep it to 4,000 characters"},
    )

    def __init__(self, choices: Choices, data: Any = None) -> None:
        super().__init__(data)
        self.reaches = [reach for reach, _ in choices]
        self.fields["reach"].choices = [(place, label) for place, (_, label) in enumerate(choices)]
        if choices[0][0].registration or choices[0][0].claim:
            self.initial["reach"] = 0  # the narrowest; which scheme of a centre is for somebody to say

    @property
    def chosen(self) -> Reach:
        """What was chosen, of a form that is valid."""
        return self.reaches[self.cleaned_data["reach"]]


class LiftForm(forms.Form):
    """Why a hold ends."""

    because = forms.CharField(
        label="Why it is lifted", help_text="What was found, and what follows from it. Only the desk reads it.",
        max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why the hold is lifted", "max_length": "Keep it to 4,000 characters"},
    )  # fmt: skip


def choices_of(centre: Centre, *, registration: Registration | None = None, claim: Claim | None = None) -> Choices:
    """What may be held, the narrowest first."""
    found: Choices = []
    if registration:
        named = f"{registration.candidate.name} in scheme {registration.scheme_id}"
        found.append((Reach(centre.pk, registration=registration.pk), named))
    if claim:
        found.append((Reach(centre.pk, claim=claim.pk), f"Everybody in claim {claim.pk}"))
    one = registration or claim
    schemes = [one.scheme] if one else [row.scheme for row in _approvals(centre)]
    found += [(Reach(centre.pk, scheme=scheme.pk), f"Everybody at the centre in scheme {scheme}") for scheme in schemes]
    return [*found, (Reach(centre.pk), f"Everybody at {centre}")]


def _approvals(centre: Centre) -> list[Approval]:
    rows = Approval.objects.filter(centre=centre).select_related("scheme").order_by("scheme")
    return list({row.scheme_id: row for row in rows}.values())


def listing(request: HttpRequest) -> HttpResponse:
    """Reports that wait, and holds, the newest first; `?state=` narrows them and `?on=` finds what is to be held."""
    wanted = request.GET.get("on", "").strip()[:40]
    if wanted and (address := _address_of(wanted)):
        return redirect(address)
    state = next((key for key, _ in FILTERS if key == request.GET.get("state", "open")), "open")
    before = whole_number(request.GET.get("before"))
    rows = list(holds(state, before)[: PAGE + 1])
    _chrome(request)
    page = {
        "title": "Holds",
        "filters": [{"label": label, "url": f"?state={key}", "current": key == state} for key, label in FILTERS],
        "reports": list(waiting()[:PAGE]) if not before else [],
        "rows": rows[:PAGE],
        "empty": {"open": "No hold is open.", "lifted": "No hold has been lifted."}.get(
            state, "No hold was placed yet."
        ),
        "older_url": f"?state={state}&before={rows[PAGE - 1].pk}" if len(rows) > PAGE else None,
        "newer_url": f"?state={state}" if before else None,
        "may_place": request.acting.may("place_holds"),
        "wanted": wanted,
        "crumbs": _crumbs(),
    }
    return render(request, "desk/holds.html", {"page": page})


def _address_of(wanted: str) -> str:
    """Where a hold is placed on what was typed: a centre, a claim, or the candidates with a learner number."""
    if Centre.objects.filter(pk=wanted).exists():
        return reverse("desk_place_hold", args=["centre", wanted])
    number = whole_number(wanted)
    if number and Claim.objects.filter(pk=number).exclude(state="draft").exists():
        return reverse("desk_place_hold", args=["claim", number])
    digits = wanted.replace(" ", "")
    return f"{reverse('desk_candidates')}?q={digits}" if len(digits) == 10 and digits.isdigit() else ""


def place(request: HttpRequest, on: str, key: str) -> HttpResponse:
    """Place a hold on a registration, a claim, or a centre and its schemes."""
    choices, about = _about(on, key)
    form = PlaceForm(choices, request.POST if request.method == "POST" else None)
    verdict = Verdict()
    if request.method == "POST" and form.is_valid():
        verdict, made = placed(request, form)
        if made:
            return shown(made)
    _chrome(request)
    page = {
        "title": "Hold results",
        "lead": f"{about}. While a hold is open, no award is made and no certificate is issued. Claims and moderation "
        "go on, and certificates issued before stay genuine.",
        "form": form,
        "verb": "Place the hold",
        "heading": "Nothing is held",
        "verdict": verdict,
        "refused": form.is_bound,
        "crumbs": [*_crumbs(), {"label": "Place a hold"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if form.is_bound else 200)


def placed(request: HttpRequest, form: PlaceForm, suspicion: int | None = None) -> tuple[Verdict, Hold | None]:
    """Place the hold of a valid form, and say so."""
    said = form.cleaned_data
    verdict, made = place_hold(
        form.chosen, said["code"], said["text"], suspicion=suspicion, at=request.at, by=request.acting
    )
    if made:
        messages.success(request, "The hold is placed, and the centre is told that results are held.")
    return verdict, made


def shown(made: Hold) -> HttpResponse:
    """On to the page of a hold."""
    response = redirect("desk_hold", made.pk)
    response.status_code = 303
    return response


def _about(on: str, key: str) -> tuple[Choices, str]:
    if on == "centre":
        centre = get_object_or_404(Centre, pk=key)
        return choices_of(centre), str(centre)
    number = whole_number(key)
    if on == "claim":
        claims = Claim.objects.select_related("centre", "scheme").exclude(state="draft")
        claim = get_object_or_404(claims, pk=number)
        return choices_of(claim.centre, claim=claim), f"Claim {claim.pk}, {claim.centre}"
    if on != "registration":
        raise Http404
    row = get_object_or_404(Registration.objects.select_related("centre", "scheme", "candidate"), pk=number)
    return choices_of(row.centre, registration=row), f"{row.candidate.name}, {row.centre}"


def hold(request: HttpRequest, id: int) -> HttpResponse:
    """One hold: on whom, why, by whom; on POST, lift it."""
    found = get_object_or_404(holds(), pk=id)
    form, verdict = LiftForm(request.POST if request.method == "POST" else None), Verdict()
    if request.method == "POST" and not request.acting.may("place_holds"):
        raise PermissionDenied("place_holds")
    if request.method == "POST" and form.is_valid():
        verdict = lift_hold(found.pk, form.cleaned_data["because"], at=request.at, by=request.acting)
        if verdict.allowed:
            messages.success(request, "The hold is lifted. What is complete is awarded and certificated in a minute.")
            return shown(found)
    _chrome(request)
    page = {
        "title": f"Hold {found.pk}",
        "hold": found,
        "form": form,
        "verdict": verdict,
        "may_lift": found.state == "open" and request.acting.may("place_holds"),
        "entries": lines(timeline(("hold", found.pk)), request.at),
        "refused": form.is_bound,
        "crumbs": [*_crumbs(), {"label": f"Hold {found.pk}"}],
    }
    return render(request, "desk/hold.html", {"page": page}, status=422 if form.is_bound else 200)


def _chrome(request: HttpRequest) -> None:
    desk_chrome(request)
    request.chrome["section"] = "Awards"


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": "Awards", "url": reverse("desk_awards")},
        {"label": "Holds", "url": reverse("desk_holds")},
    ]
