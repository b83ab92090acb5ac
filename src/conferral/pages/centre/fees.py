"""What the centre owes, what things cost, and registering a candidate again for a unit that was not awarded."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from conferral.actions.charges import register_again
from conferral.pages.centre.next import centre_chrome
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Unit
from conferral.records.money.centre_fees import centre_fee_facts
from conferral.records.money.queries import again_facts, charges
from conferral.rules.book import rules_on
from conferral.rules.centre_fees import next_fee_due
from conferral.rules.days import london_day
from conferral.rules.fee_list import AGAIN, FEES, price
from conferral.rules.rule import Verdict, judge

PAGE = 50


def listing(request: HttpRequest) -> HttpResponse:
    """Charges, newest first, and the fee list of the day. `?before=` pages on."""
    centre_chrome(request, "Our centre")
    before, day = request.GET.get("before", ""), london_day(request.at)
    rows = list(charges(before=int(before) if before.isdecimal() and len(before) < 18 else None)[: PAGE + 1])
    page = {
        "title": "Fees",
        "rows": rows[:PAGE],
        "older_url": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else None,
        "newer_url": "?" if before else None,
        "annual": _annual(request, day),
        "fees": [{"fee": fee, "price": fee.on(day)} for fee in FEES.values() if fee.on(day)],
    }
    return render(request, "centre/fees.html", {"page": page})


def _annual(request: HttpRequest, day: date) -> dict[str, Any]:
    """What is to come of the annual fee, as far as the registrations until today say."""
    due = next_fee_due(day)
    (facts,) = centre_fee_facts([request.acting.own_centre], due=due, on=due)
    verdict = judge(facts, rules_on("centre_fee"))
    first = verdict.refused[0] if verdict.refused else None
    so_far = first is not None and first.rule == "centre-fee-without-entries" and day <= facts.entries_until
    return {"due": due, "facts": facts, "owed": verdict.allowed, "so_far": so_far, "reason": first}


def again(request: HttpRequest, registration: int, unit: str) -> HttpResponse:
    """Show what another attempt at a unit costs and why; on POST, register it."""
    rows = Registration.objects.select_related("scheme", "candidate", "award")
    found = get_object_or_404(rows, pk=registration)
    known = Unit.objects.filter(pk=unit[:40].replace("\x00", "")).first()
    if known is None:
        raise Http404(unit)
    if request.method == "POST":
        verdict, attempt = register_again(found.pk, known.pk, at=request.at, by=request.acting)
        if attempt:
            messages.success(request, f"Registered again. {known.code} can be claimed: attempt {attempt.number}.")
            response = redirect("centre_candidate", found.candidate_id)
            response.status_code = 303
            return response
    else:
        verdict = judge(again_facts(found, known.pk, london_day(request.at)), rules_on("again"))
    return _again(request, found, known, verdict)


def _again(request: HttpRequest, found: Registration, unit: Unit, verdict: Verdict) -> HttpResponse:
    centre_chrome(request, "Candidates")
    refused_in = again_facts(found, unit.pk, london_day(request.at)).refused_in
    page: dict[str, Any] = {
        "title": f"Register {found.candidate.name} again for {unit.code}",
        "registration": found,
        "unit": unit,
        "claim": refused_in,
        "pence": price(AGAIN, london_day(request.at)),
        "verdict": verdict,
        "refused": request.method == "POST",
    }
    return render(request, "centre/again.html", {"page": page}, status=422 if page["refused"] else 200)
