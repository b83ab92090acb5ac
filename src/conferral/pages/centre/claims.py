"""The centre's claims: the list, a new one, checking and submitting it, taking it back, claiming again."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conferral.actions.claims import (
    Offer,
    claim_again,
    judge_claim,
    offers,
    start_claim,
    submission_facts,
    submit_claim,
    take_back_claim,
)
from conferral.pages.addresses import addresses, whole_number
from conferral.pages.centre.claim_builder import Judged, against_scheme, first_url, summary
from conferral.pages.centre.consignments import last_day, show_claim
from conferral.pages.centre.next import centre_chrome
from conferral.pages.templatetags.parts import counted, in_days, left, moment, short_day
from conferral.records.calendar import results_by
from conferral.records.candidates.models import Registration
from conferral.records.claims.models import Claim
from conferral.records.claims.queries import ListedClaim, Size, page_of_claims
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.rule import Verdict, judge

PAGE = 50
MOST_NAMED = 50

STATES = {
    "draft": "Draft",
    "submitted": "Submitted",
    "with_moderator": "With the moderator",
    "with_awarding_organisation": "With the awarding organisation",
    "processed": "Results out",
    "withdrawn": "Withdrawn",
}
FILTERS = (
    ("", "All", ()),
    ("draft", "Drafts", ("draft",)),
    ("submitted", "Submitted", ("submitted",)),
    ("with_others", "With others", ("with_moderator", "with_awarding_organisation")),
    ("processed", "Results out", ("processed",)),
    ("withdrawn", "Withdrawn", ("withdrawn",)),
)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The claims of the centre, newest first, with what is next for each."""
    asked = request.GET.get("state", "")
    states = next((states for key, _, states in FILTERS if key == asked), ())
    before = whole_number(request.GET.get("before"))
    found = page_of_claims(states, before, PAGE)
    kept = f"state={asked}&" if states else ""
    address = addresses("centre_claim")
    page = {
        "title": "Claims",
        "filters": [
            {"label": label, "url": f"?state={key}" if key else request.path, "current": states == which}
            for key, label, which in FILTERS
        ],
        "rows": [_row(claim, request.at, address) for claim in found[:PAGE]],
        "older_url": f"?{kept}before={found[PAGE - 1].number}" if len(found) > PAGE else "",
        "newer_url": f"{request.path}?{kept}" if before else "",
        "filtered": bool(states),
        "may_build": request.acting.may("build_claims"),
    }
    centre_chrome(request)
    return render(request, "centre/claims.html", {"page": page})


def _row(claim: ListedClaim, now: datetime, address: Callable[[int], str]) -> dict[str, Any]:
    text, until = next_step(claim, now)
    return {
        "number": claim.number,
        "url": address(claim.number),
        "scheme": f"{claim.scheme} {claim.title}",
        "size": _size(claim.size),
        "state": STATES[claim.state],
        "submitted": format_html(SUBMITTED, short_day(claim.submitted_at)) if claim.submitted_at else "",
        "next": text,
        "until": format_html(UNTIL, until.isoformat(), moment(until, now), time_left(until, now)) if until else "",
    }


SUBMITTED = '<br><span class="app-quiet app-small">Submitted {}</span>'
UNTIL = '<br><span class="app-quiet app-small">by <time datetime="{}">{}</time>, {}</span>'


def _size(size: Size) -> str:
    if not size.units:
        return "Nothing chosen yet"
    more = " or more" if size.more else ""
    return f"{counted(size.candidates, 'candidate')}, {counted(size.units, 'unit')}{more}"


def time_left(until: datetime | date | None, now: datetime) -> str:
    """How long until a moment, or in how many days a day comes."""
    if isinstance(until, datetime):
        words = left(until, now)
        return words if words.endswith("late") else f"{words} left"
    return in_days(until, now) if until else ""


def next_step(claim: ListedClaim, now: datetime) -> tuple[str, Any]:
    """What happens next with a claim, and by when (a London day or an instant), from the centre's side."""
    if claim.state == "draft":
        return "Check and submit it", None
    if claim.state == "submitted" and claim.route != "postal":
        claimed_on = london_day(claim.submitted_at)
        return "Nothing for you: the verifier sees the work", results_by(claimed_on, claim.route, claim.nation)
    if claim.state == "submitted" and claim.work == "awaited":
        return "Send the work", claim.send_by
    if claim.state == "submitted":
        return "Nothing for you: the moderator logs the work", last_day(claim)
    if claim.answer_by:
        return "Answer the moderator", claim.answer_by
    if claim.state == "with_moderator":
        sent = claim.despatched_on or london_day(now)
        return "Nothing for you: results", results_by(sent, claim.route, claim.nation)
    if claim.state == "with_awarding_organisation":
        return "Read the report. Results are being prepared", None
    if claim.state == "withdrawn":
        return ("Claimed again", None) if claim.claimed_again else ("Claim again", None)
    return "See the results", None


class NewClaim(forms.Form):
    """Which scheme to claim in."""

    scheme = forms.ChoiceField(
        widget=forms.RadioSelect,
        label="Scheme",
        error_messages={
            "required": "Choose a scheme.",
            "invalid_choice": "A claim can't be started in that scheme. Choose another.",
        },
    )

    def __init__(self, found: list[Offer], *args: Any) -> None:
        super().__init__(*args)
        can_start = [offer.scheme for offer in found if offer.can_start]
        self.fields["scheme"].choices = [(scheme.pk, str(scheme)) for scheme in can_start]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the scheme of a new claim; what can't be claimed says so here."""
    found = offers(request.acting.centre, at=request.at)
    form = NewClaim(found, request.POST or None)
    form.initial["scheme"] = request.GET.get("scheme", "")
    if request.method == "POST" and form.is_valid():
        claim = start_claim(form.cleaned_data["scheme"], at=request.at, by=request.acting)
        return redirect(first_url(claim))
    page = {
        "title": "Start a claim",
        "form": form,
        "can_start": any(offer.can_start for offer in found),
        "notes": [offer for offer in found if offer.can_start and offer.verdict.reasons],
        "others": [offer for offer in found if not offer.can_start],
        "refused": request.method == "POST",
    }
    centre_chrome(request)
    status = 422 if page["refused"] else 200
    return render(request, "centre/claim_new.html", {"page": page}, status=status)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, number: int) -> HttpResponse:
    """What can go and what can't, and the button that submits it."""
    claim = get_object_or_404(Claim.objects.select_related("scheme", "centre"), pk=number)
    verdict = None
    if request.method == "POST":
        because = request.POST.get("gaps_because", "")
        verdict = submit_claim(
            number, gaps_because=because, at=request.at, by=request.acting, fresh=request.fresh_bytes
        )
        if verdict.allowed:
            return _submitted(request, claim)
    if claim.state != "draft":
        return show_claim(request, number, verdict) if verdict else redirect("centre_claim", number)
    judged = judge_claim(claim, at=request.at)
    going = [pair for pair, (_, said) in judged.items() if said.allowed]
    whole = submission_facts(claim, going, at=request.at) if going else None
    page = {
        "title": f"Check draft {number} before it goes",
        "claim": claim,
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"Draft {number}", "url": first_url(claim)},
            {"label": "Check"},
        ],
        "summary": summary(claim, judged, request),
        "against": against_scheme(claim, request),
        "warned": _warned(judged) + list(judge(whole, rules_on("submission")).warned if whole else ()),
        "kept": _kept(claim, judged),
        "complete": whole,
        "gaps_because": request.POST.get("gaps_because", claim.gaps_because),
        "verdict": verdict,
        "build_url": first_url(claim),
        "refused": verdict is not None,
    }
    centre_chrome(request)
    return render(request, "centre/claim_check.html", {"page": page}, status=422 if verdict else 200)


def _submitted(request: HttpRequest, claim: Claim) -> HttpResponse:
    rest = Claim.objects.filter(state="draft", scheme=claim.scheme_id, made_at=request.at)
    draft = rest.exclude(pk=claim.pk).order_by("-pk").first()
    said = f"Claim {claim.number} is in."
    if draft:
        said += f" What could not go is kept in draft {draft.number}."
    messages.success(request, said)
    return redirect("centre_claim", claim.number)


def _warned(judged: Judged) -> list[Any]:
    warned = [reason for _, verdict in judged.values() for reason in verdict.warned if reason.about != "claimed_on"]
    return list({(reason.rule, reason.text): reason for reason in warned}.values())


def _kept(claim: Claim, judged: Judged) -> dict[str, Any]:
    """The candidates of whom something can't go, with the reasons and the way to the row."""
    refused: dict[int, dict[str, Verdict]] = {}
    for pair, (_, verdict) in judged.items():
        if verdict.refused:
            refused.setdefault(pair.registration, {})[pair.unit] = verdict
    first = list(refused)[:MOST_NAMED]
    named = Registration.objects.filter(pk__in=first).select_related("candidate")
    return {
        "candidates": len(refused),
        "units": sum(len(units) for units in refused.values()),
        "rows": [_kept_row(claim, one, refused[one.pk]) for one in named],
        "more": len(refused) - len(first),
    }


def _kept_row(claim: Claim, one: Registration, units: dict[str, Verdict]) -> dict[str, Any]:
    url = reverse("centre_claim_candidate", args=[claim.number, one.pk])
    reasons = {
        (reason.rule, reason.text): vars(reason) | {"remedy_url": f"{url}#row-{unit}"}
        for unit, verdict in units.items()
        for reason in verdict.refused
    }
    return {
        "name": one.candidate.name,
        "url": url,
        "units": ", ".join(units),
        "reasons": list(reasons.values()),
    }


@require_safe
def claim(request: HttpRequest, number: int) -> HttpResponse:
    """Where a claim is, what is next, and everything that has happened; a draft opens where it is built."""
    found = get_object_or_404(Claim, pk=number)
    if found.state == "draft" and request.acting.may("build_claims"):
        return redirect(first_url(found))
    return show_claim(request, number)


@require_POST
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Make a submitted claim a draft again."""
    try:
        verdict = take_back_claim(number, at=request.at, by=request.acting)
    except Claim.DoesNotExist as unknown:
        raise Http404(number) from unknown
    if verdict.refused:
        return show_claim(request, number, verdict)
    messages.success(request, f"Claim {number} is a draft again. Nobody waits for its work.")
    return redirect("centre_claim", number)


@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """A new draft with the choices of a withdrawn claim."""
    try:
        draft = claim_again(number, at=request.at, by=request.acting)
    except Claim.DoesNotExist as unknown:
        raise Http404(number) from unknown
    messages.success(request, f"Draft {draft.number} has the choices of claim {number}.")
    return redirect(first_url(draft))
