"""The desk's day: what is out of the ordinary or waits for the desk, by its clock."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferral.pages.appeals import todo
from conferral.pages.desk.appeals import VERBS
from conferral.pages.desk.next import desk_chrome
from conferral.pages.templatetags.parts import counted, in_days, moment, written
from conferral.records.allocation.models import ChangeRequest
from conferral.records.allocation.queries import requests
from conferral.records.appeals.queries import open_reviews
from conferral.records.awards.models import Certificate
from conferral.records.awards.queries import due_certificates, to_process
from conferral.records.centres.models import Approval
from conferral.records.centres.queries import unplaced
from conferral.records.claims.models import Claim, Consignment
from conferral.records.holds.models import Hold, Suspicion
from conferral.records.holds.queries import waiting
from conferral.records.letters.queries import centres_without_contact
from conferral.records.moderation.feedback import overdue_actions
from conferral.records.moderation.models import RequiredAction
from conferral.records.moderation.queries import bounded, overdue, unmatched
from conferral.rules.days import last_day, london_day
from conferral.rules.references import format_reference

SHOWN = 20  # of each kind; the page of that kind has all
MOST_ONE_BY_ONE = 5  # batches without a moderator


def today(request: HttpRequest) -> HttpResponse:
    """Every exception, the one whose clock runs out first on top; what has no clock follows."""
    desk_chrome(request)
    request.chrome.pop("next", None)
    late = overdue(Claim.objects.select_related("centre", "scheme"), request.at).order_by("withdraw_after")
    todos = [
        *(_late(claim, request) for claim in late[:SHOWN]),
        *(_parcel(parcel) for parcel in unmatched()[:SHOWN]),
        *(_suspicion(one, request) for one in waiting()[:SHOWN]),
        *_holds(),
        *(_reported(claim, request) for claim in to_process()[:SHOWN]),
        *_without_moderator(request),
        *(_change(one) for one in requests()[:SHOWN]),
        *(todo(one, "desk_review", verb=VERBS[one.state]) for one in open_reviews()[:SHOWN]),
        *(_action(one, request) for one in overdue_actions(london_day(request.at))[:SHOWN]),
        *_without_contact(request),
        *(_due(certificate) for certificate in due_certificates()[:SHOWN]),
    ]
    todos.sort(key=lambda one: (one["until"] is None, one["until"]) if one["until"] else (True, 0))
    page = {"title": "What needs the desk today", "todos": todos}
    return render(request, "desk/today.html", {"page": page})


def _late(claim: Claim, request: HttpRequest) -> dict[str, Any]:
    return {
        "title": f"No work yet for claim {claim.pk}",
        "url": reverse("desk_claim", args=[claim.pk]),
        "until": last_day(claim.withdraw_after),
        "lines": [str(claim.centre), str(claim.scheme)],
        "why": f"the work was due at {moment(claim.send_by, request.at)}. "
        "Without it the claim is withdrawn at the end of that day.",
        "rule_url": reverse("rule", args=["work-still-in-time"]),
    }


def _parcel(parcel: Consignment) -> dict[str, Any]:
    return {
        "title": f"Work without a claim, {format_reference(parcel.reference)}",
        "url": reverse("desk_parcels"),
        "until": last_day(parcel.return_after),
        "lines": [parcel.description, str(parcel.centre) if parcel.centre else "Centre not known"],
        "why": f"it goes back at the end of that day. {parcel.received_by} has it.",
        "rule_url": reverse("rule", args=["work-without-claim"]),
    }


def _suspicion(one: Suspicion, request: HttpRequest) -> dict[str, Any]:
    return {
        "title": f"Suspicion {one.pk} reported at centre {one.centre_id}",
        "url": reverse("desk_suspicion", args=[one.pk]),
        "until": None,
        "when": f"Reported {in_days(one.reported_at, request.at)}",
        "lines": [one.centre.name, one.get_kind_display()],
        "why": "awards and certificates go on until results are held.",
        "rule_url": reverse("rule", args=["certificate-held"]),
        "verb": "Answer" if request.acting.may("place_holds") else "",
    }


def _holds() -> list[dict[str, Any]]:
    """One line for all that are open."""
    found = bounded(Hold.objects.filter(state="open"))
    oldest = Hold.objects.filter(state="open").order_by("placed_at").first() if found else None
    if oldest is None:
        return []
    return [
        {
            "title": "1 hold is open" if found == "1" else f"{found} holds are open",
            "url": reverse("desk_holds"),
            "until": None,
            "when": f"Since {written(oldest.placed_at)}",
            "lines": [],
            "why": "whom they cover waits for awards and certificates until they are lifted.",
            "rule_url": reverse("rule", args=["certificate-held"]),
        }
    ]


def _reported(claim: Claim, request: HttpRequest) -> dict[str, Any]:
    address = reverse("desk_claim", args=[claim.pk])
    return {
        "title": f"Process claim {claim.pk}",
        "url": address,
        "until": None,
        "when": f"Report sent {in_days(claim.report.sent_at, request.at)}",
        "lines": [str(claim.centre), str(claim.scheme)],
        "why": "its units are decided, and candidates wait for their awards.",
        "verb": "Process" if request.acting.may("process_claims") else "",
        "verb_url": address,
    }


def _without_moderator(request: HttpRequest) -> list[dict[str, Any]]:
    """Each batch that nobody looks at; more than a few in one line, since the solver places them together."""
    found = list(unplaced(london_day(request.at))[: MOST_ONE_BY_ONE + 1])
    if len(found) <= MOST_ONE_BY_ONE:
        return [_unplaced(approval) for approval in found]
    address, named = reverse("desk_proposals"), ", ".join(f"{one.scheme_id} at {one.centre_id}" for one in found[:3])
    return [
        {
            "title": f"Nobody looks at {bounded(unplaced(london_day(request.at)))} batches",
            "url": f"{reverse('desk_allocation')}?without=1",
            "until": None,
            "when": "Allocation",
            "lines": [f"{named} and others"],
            "why": "a claim can’t be submitted until somebody is allocated.",
            "rule_url": reverse("rule", args=["claim-without-moderator"]),
            "verb": "Propose moderators" if request.acting.may("allocate") else "",
            "verb_url": address,
        }
    ]


def _unplaced(approval: Approval) -> dict[str, Any]:
    return {
        "title": f"Nobody looks at {approval.scheme_id} for centre {approval.centre_id}",
        "url": reverse("desk_allocation") + "?without=1",
        "until": None,
        "when": f"Approved {written(approval.approved_on)}",
        "lines": [approval.centre.name, approval.scheme.title],
        "why": "a claim can’t be submitted until somebody is allocated.",
        "rule_url": reverse("rule", args=["claim-without-moderator"]),
    }


def _change(one: ChangeRequest) -> dict[str, Any]:
    address = reverse("desk_change", args=[one.pk])
    return {
        "title": f"Another moderator asked for: {one.scheme_id} at {one.centre_id}",
        "url": address,
        "until": last_day(one.answer_by),
        "lines": [one.centre.name, one.reason[:200]],
        "why": f"{one.moderator.person.name} is away, and the centre’s candidates can’t wait.",
        "rule_url": reverse("rule", args=["change-while-moderator-there"]),
    }


def _action(one: RequiredAction, request: HttpRequest) -> dict[str, Any]:
    return {
        "title": f"Action overdue at centre {one.centre_id}",
        "url": f"{reverse('desk_claim', args=[one.claim_id])}#action-{one.pk}",
        "until": one.due_on,
        "lines": [one.centre.name, one.text[:200]],
        "why": f"the report on claim {one.claim_id} asked for it by {written(one.due_on)}.",
    }


def _without_contact(request: HttpRequest) -> list[dict[str, Any]]:
    """One line for all centres at which nobody would hear of something."""
    found = list(dict.fromkeys(one.centre for one in centres_without_contact(london_day(request.at))))
    if not found:
        return []
    return [
        {
            "title": f"Nobody is named to hear at {counted(len(found), 'centre')}",
            "url": reverse("desk_without_contact"),
            "until": None,
            "when": "Contacts",
            "lines": [f"Centres {', '.join(found[:5])}{' and others' if len(found) > 5 else ''}"],
            "why": "letters go to the exams officer until the centre says who should have them.",
            "rule_url": reverse("rule", args=["purpose-without-contact"]),
        }
    ]


def _due(certificate: Certificate) -> dict[str, Any]:
    return {
        "title": f"Certificate {format_reference(certificate.number)} is due",
        "url": reverse("desk_certificate", args=[certificate.number]),
        "until": None,
        "when": f"Awarded {written(certificate.awarded_on)}",
        "lines": [f"{certificate.holder}, {certificate.title}", str(certificate.centre)],
        "why": "a job prints it within a minute or so. If it stays here, ask the operator to look at the log.",
    }
