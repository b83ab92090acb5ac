"""A claim on its way: where it is, the work that follows it, and what was judged."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferral.pages.centre.claim_builder import whole_number
from conferral.pages.centre.next import centre_chrome
from conferral.pages.questions import question_rows
from conferral.pages.sendings import chain, sent_words
from conferral.pages.templatetags.parts import (
    happened,
    in_days,
    left,
    moment,
    short_day,
    time_of_day,
    weekday,
)
from conferral.pages.timeline import MANY, Entry, timeline
from conferral.records.allocation.models import Redirection
from conferral.records.calendar import results_by
from conferral.records.candidates.models import Registration
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment, SignInNote
from conferral.records.claims.queries import Size, candidates_of_claim, claim_sizes, named_in_claim
from conferral.records.holds.queries import held_in_claim
from conferral.records.ledger.models import Event
from conferral.records.moderation.models import Moderator, UnitDecision
from conferral.records.people.models import Person
from conferral.records.questions.queries import questions_of
from conferral.rules.book import RULES
from conferral.rules.days import london_day
from conferral.rules.policies import POLICIES
from conferral.rules.references import format_reference
from conferral.rules.rule import Verdict

PAGE = 50
OUTCOMES = {
    "confirmed": ("Confirmed", "ready"),
    "amended": ("Confirmed, amended", "ready"),
    "not_awarded": ("Not awarded", "cannot"),
    "withdrawn": ("Withdrawn", "at-risk"),
}
PACKING = (
    ("sheet", "Cover sheet on top", "With the square code facing up"),
    ("folders", "One folder per candidate, one section per unit", "In the order of the cover sheet"),
    ("marking", "Marking shown on the work", "Ticks and comments where each criterion is met"),
    (
        "verified",
        "Internal verifier’s signature on the work or the checklist",
        "The formal record may stay at the centre. Keep it for inspection",
    ),
    ("pockets", "No plastic pockets", "They cost you money and the moderator time"),
    ("copy", "Keep a copy", "Of everything, until results are out"),
)


def show_claim(request: HttpRequest, number: int, verdict: Verdict | None = None) -> HttpResponse:
    """The page of one claim in any state; with a verdict, why the last thing asked could not be done."""
    known = Claim.objects.select_related("scheme", "centre", "moderator", "submitted_by", "report", "made_by")
    claim = get_object_or_404(known, pk=number)
    work = claim.consignments.exclude(state="cancelled").last()
    page = {
        "title": headline(claim, work),
        "claim": claim,
        "work": work,
        "reference": format_reference(work.reference) if work else "",
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"Claim {claim.number}"},
        ],
        "size": claim_sizes([claim.pk]).get(claim.pk, Size()),
        "chain": chain(work),
        "can_take_back": claim.state in ("submitted", "with_moderator") and claim.opened_at is None,
        "stages": stages(claim, work or _sent_in_vain(claim), request.at),
        "entries": _entries(claim, work, request),
        "people": named_in_claim(claim),
        "questions": question_rows(questions_of(claim.pk), request.at) if claim.opened_at else [],
        "verdict": verdict,
        "refused": verdict is not None,
        "may_send": request.acting.may("send_work"),
        "may_build": request.acting.may("build_claims"),
        "may_report": claim.state != "draft" and request.acting.may("report_suspicions"),
        "held": held_in_claim(claim.pk),
    } | _of_state(claim, work, request)
    page["to_answer"] = any(row["open"] for row in page["questions"])
    centre_chrome(request)
    return render(request, "centre/claim.html", {"page": page}, status=422 if verdict else 200)


def _of_state(claim: Claim, work: Consignment | None, request: HttpRequest) -> dict[str, Any]:
    if claim.state == "submitted":
        return _waiting(claim, work)
    if claim.state == "withdrawn":
        return {"withdrawn": _withdrawal(claim), "clone": claim.clones.order_by("-pk").first()}
    return _outcomes(claim, request)


def _waiting(claim: Claim, work: Consignment | None) -> dict[str, Any]:
    reading = POLICIES["working_days_until_withdrawal"]
    return {
        "send": work is not None and work.state == "awaited",
        "sent": sent_words(work) if work and work.state == "despatched" else None,
        "sign_in": SignInNote.objects.filter(consignment=work).first() if work and work.kind == "eportfolio" else None,
        "last_day": last_day(claim),
        "results_by": _results(claim, work),
        "hours": POLICIES["hours_to_send_work"].value,
        "began_again": Redirection.objects.filter(claim=claim, way="return").exists(),
        "reading": reading,
        "days": claim.scheme.days_for_work or reading.value,
        "own_days": claim.scheme.days_for_work is not None,
        "packing": [{"key": key, "title": title, "text": text} for key, title, text in PACKING],
        "address": Moderator.objects.filter(pk=claim.moderator_id).values_list("address", flat=True).first(),
    }


def _withdrawal(claim: Claim) -> dict[str, Any]:
    event = Event.objects.filter(subject="claim", subject_id=str(claim.pk), verb="claim_withdrawn").last()
    code = event.facts.get("reason_code") if event else None
    codes = dict(UnitDecision.Code.choices)
    return {
        "by_clock": event is None or event.audience == "clock",
        "reason": codes.get(code, ""),
        "last_day": last_day(claim),
    }


def _outcomes(claim: Claim, request: HttpRequest) -> dict[str, Any]:
    """What was decided unit by unit, once the report has been sent: until then decisions are the moderator's."""
    report = getattr(claim, "report", None)
    after = whole_number(request.GET.get("after"))
    units, last = candidates_of_claim(claim, after, PAGE)
    return {
        "report": report,
        "rows": [_outcome(unit, report is not None) for unit in units],
        "older_url": f"?after={last}" if last else "",
        "newer_url": request.path if after else "",
    }


def _outcome(unit: ClaimedUnit, told: bool) -> dict[str, str]:
    decision = getattr(unit, "decision", None) if told else None
    words, state = OUTCOMES.get(unit.state, ("Claimed", "")) if told else ("Claimed", "")
    return {
        "name": unit.registration.candidate.name,
        "unit": str(unit.unit),
        "words": words,
        "state": state,
        "reason": decision.get_reason_code_display() if decision and decision.reason_code else "",
        "feedback": decision.feedback if decision else "",
    }


def last_day(claim: Claim) -> date | None:
    """The last London day on which the work may be logged; none where no work is sent."""
    return london_day(claim.withdraw_after - timedelta(seconds=1)) if claim.withdraw_after else None


def headline(claim: Claim, work: Consignment | None) -> str:
    """The claim and what it waits for."""
    waits = {
        "draft": "not yet submitted",
        "with_moderator": "with the verifier" if claim.scheme.by_visit else "with the moderator",
        "with_awarding_organisation": "moderated, results to come",
        "processed": "results are out",
        "withdrawn": "withdrawn",
    }
    if claim.state != "submitted":
        return f"Claim {claim.number}: {waits[claim.state]}"
    if claim.scheme.by_visit:
        return f"Claim {claim.number}: waiting for the verifier"
    sent = work is not None and work.state == "despatched"
    return f"Claim {claim.number}: {'the work is on its way' if sent else 'send the work'}"


def stages(claim: Claim, work: Consignment | None, now: datetime) -> list[dict[str, str]]:
    """The strip of stages, each with its day."""
    if claim.state == "draft":
        return []
    at = _stage_now(claim, work)
    titles = _visit_stages(claim) if claim.scheme.by_visit else _post_stages(claim, work, now)
    shown = []
    for place, (title, when) in enumerate(titles):
        state = "done" if place < at else "now" if place == at else ""
        stopped = claim.state == "withdrawn" and place == at
        shown.append({"title": title, "when": when, "state": "stopped" if stopped else state})
    return shown


def _sent_in_vain(claim: Claim) -> Consignment | None:
    """Work that was sent for a claim which was withdrawn before it arrived."""
    if claim.state != "withdrawn":
        return None
    return claim.consignments.filter(state="cancelled", despatched_on__isnull=False).last()


def _stage_now(claim: Claim, work: Consignment | None) -> int:
    if claim.scheme.by_visit:
        order = {"submitted": 1, "withdrawn": 1, "with_moderator": 1, "with_awarding_organisation": 2}
        return order.get(claim.state, 3)
    if claim.state in ("submitted", "withdrawn"):
        return 2 if work and work.state != "awaited" else 1
    return {"with_moderator": 3, "with_awarding_organisation": 4}.get(claim.state, 5)


def _visit_stages(claim: Claim) -> list[tuple[str, str]]:
    return [
        ("Claim submitted", _day_and_time(claim.submitted_at)),
        ("Seen by the verifier", "on a visit, with a report"),
        ("Results", _results_in_words(claim, None)),
    ]


def _post_stages(claim: Claim, work: Consignment | None, now: datetime) -> list[tuple[str, str]]:
    sent = work and work.despatched_on
    received = work and work.received_at
    return [
        ("Claim submitted", _day_and_time(claim.submitted_at)),
        (
            "Work sent" if sent or received else "Send the work",
            short_day(sent) if sent else "not recorded" if received else f"by {moment(claim.send_by, now)}",
        ),
        (
            "Received and matched",
            _day_and_time(received) if received else f"by the end of {short_day(last_day(claim))}",
        ),
        ("Moderated", "unit by unit, with a report"),
        ("Results", _results_in_words(claim, work)),
    ]


def _results_in_words(claim: Claim, work: Consignment | None) -> str:
    if claim.state == "processed":
        return short_day(claim.ended_at)
    return "none" if claim.state == "withdrawn" else f"by {short_day(_results(claim, work))}"


def _results(claim: Claim, work: Consignment | None) -> Any:
    sent = (work and work.despatched_on) or london_day(claim.submitted_at)
    return results_by(sent, claim.scheme.route, claim.centre.nation)


def _day_and_time(when: datetime) -> str:
    return f"{short_day(when)}, {time_of_day(when)}"


def _entries(claim: Claim, work: Consignment | None, request: HttpRequest) -> list[dict[str, Any]]:
    """The timeline, with what is next on top. Decisions stand in the table of outcomes, once they are told."""
    done = timeline(("claim", claim.pk), without=MANY)
    judged = reverse("centre_claim_judged", args=[claim.number])
    entries = [
        {
            "title": entry.title,
            "when": happened(entry.when, request.at),
            "who": entry.who,
            "detail": entry.detail,
            "url": f"{judged}#{entry.place.replace(' ', '-')}" if entry.rules else "",
            "url_text": f"{len(entry.rules)} rules judged" if len(entry.rules) != 1 else "1 rule judged",
            "state": "start" if entry is done[-1] else "done",
        }
        for entry in done
    ]
    return [*_next_entry(claim, work, request.at), *entries]


def _next_entry(claim: Claim, work: Consignment | None, now: datetime) -> list[dict[str, Any]]:
    if claim.state != "submitted" or claim.scheme.by_visit or work is None:
        return []
    if work.state == "awaited":
        span = left(claim.send_by, now)
        when = f"by {moment(claim.send_by, now)}, {span if span.endswith('late') else f'in {span}'}"
        return [{"title": "Next: record despatch", "when": when, "who": "your centre", "state": "next"}]
    last = last_day(claim)
    when = f"by the end of {short_day(last)}, {in_days(last, now)}"
    return [{"title": "Next: the work arrives", "when": when, "who": claim.moderator.name, "state": "next"}]


@require_safe
def judged(request: HttpRequest, number: int) -> HttpResponse:
    """The rules that were judged at each step of a claim, and the facts they were told, from the ledger."""
    claim = get_object_or_404(Claim.objects.select_related("scheme"), pk=number)
    done = [entry for entry in timeline(("claim", number), without=MANY) if entry.rules]
    headings = {rule.id: rule.heading for rule in RULES}
    names = _names(done)
    page = {
        "title": f"What was judged of claim {number}",
        "claim": claim,
        "crumbs": [
            {"label": "Claims", "url": reverse("centre_claims")},
            {"label": f"Claim {number}", "url": reverse("centre_claim", args=[number])},
            {"label": "What was judged"},
        ],
        "events": [
            {
                "anchor": entry.place.replace(" ", "-"),
                "title": entry.title,
                "when": happened(entry.when, request.at),
                "who": entry.who,
                "place": entry.place,
                "rules": [
                    rule | {"heading": headings.get(rule["rule"], "The journey allows this step.")}
                    for rule in entry.rules
                ],
                **_facts(entry.facts, names),
            }
            for entry in done
        ],
    }
    centre_chrome(request)
    return render(request, "centre/claim_judged.html", {"page": page})


PERSONS = ("assessor", "internal_verifier", "moderator", "reviewer", "allocated_to")


def _names(done: list[Entry]) -> dict[tuple[str, int], str]:
    """The people and candidates that the facts mention by number. Two queries."""
    told = [facts for entry in done for facts in (entry.facts, *entry.facts.get("units", ()))]
    people = {facts[role] for facts in told for role in PERSONS if facts.get(role)}
    registrations = {facts["registration"] for facts in told if "registration" in facts}
    named = Registration.objects.filter(pk__in=registrations).select_related("candidate")
    names = {("person", pk): name for pk, name in Person.objects.filter(pk__in=people).values_list("pk", "name")}
    return names | {("registration", one.pk): one.candidate.name for one in named}


def _facts(facts: dict[str, Any], names: dict[tuple[str, int], str]) -> dict[str, Any]:
    """The facts of an event: those that all its units share once, the others in a table of units."""
    units = facts.get("units", [])
    alone = {key: value for key, value in facts.items() if key != "units"}
    shared = alone | {key: units[0][key] for key in (units[0] if units else ()) if _same(units, key)}
    own = [key for key in dict.fromkeys(key for unit in units for key in unit) if key not in shared]
    return {
        "facts": [{"key": _label(key), "value": _value(key, value, names)} for key, value in shared.items()],
        "columns": [_label(key) for key in own],
        "units": [[{"label": _label(key), "text": _value(key, unit.get(key), names)} for key in own] for unit in units],
    }


def _same(units: list[dict[str, Any]], key: str) -> bool:
    shown = ("registration", "unit")
    return key not in shown and all(unit.get(key) == units[0][key] for unit in units)


def _label(key: str) -> str:
    return {"registration": "Candidate", "approved_on": "Approved on"}.get(key, key.replace("_", " ").capitalize())


def _value(key: str, value: Any, names: dict[tuple[str, int], str]) -> str:
    kind = "person" if key in PERSONS else key
    if (kind, value) in names:
        return names[kind, value]
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _written(str(value))


def _written(text: str) -> str:
    """A fact as the ledger keeps it, with days and instants written out."""
    try:
        read = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return text
    return f"{time_of_day(read)}, {weekday(read)}" if isinstance(read, datetime) else weekday(read)
