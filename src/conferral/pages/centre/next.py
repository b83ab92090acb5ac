"""What needs the centre: the to-dos of its people, the badges of the menu and the Next line. Two queries a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from conferral.pages.templatetags.parts import counted, in_days, left, moment, short_day, written
from conferral.records.candidates.models import Upload
from conferral.records.centres.today import (
    DRAFT,
    MISSED,
    PARCEL,
    REPORT,
    TO_SEND,
    UPLOAD,
    claims_numbered,
    parcels_numbered,
    reports_numbered,
    uploads_numbered,
    waiting,
)
from conferral.records.claims.models import Claim, Consignment
from conferral.records.moderation.models import FeedbackReport
from conferral.rules.days import london_day
from conferral.rules.references import format_reference


@dataclass(frozen=True)
class Todo:
    """One thing that needs the centre. Without `until` no clock runs and `when` says why."""

    task: str
    thing: str
    url: str
    verb: str
    verb_url: str
    lines: tuple[str, ...] = ()
    why: str = ""
    rule_url: str = ""
    until: datetime | None = None
    since: datetime | None = None
    when: str = ""

    @property
    def title(self) -> str:
        return f"{self.task} {self.thing}"


def centre_chrome(request: HttpRequest, section: str = "") -> dict[str, Any]:
    """Set and return `request.chrome`: badges, and the Next line unless this is that to-do's own page.

    `section` names the menu entry to which the page belongs, where its address does not say so.
    """
    found = _waiting(request)
    badges = {"Today": sum(map(len, found.values()))}
    for kind, numbers in found.items():
        badges[KINDS[kind].menu] = badges.get(KINDS[kind].menu, 0) + len(numbers)
    first = next((todo for kind, numbers in found.items() for todo in KINDS[kind].todos(numbers[:1], request.at)), None)
    own = first and request.path in (first.url, first.verb_url, reverse("centre_today"))
    shown = None if own or first is None else _next_line(first, request.at)
    request.chrome = {"badges": badges, "section": section, "next": shown}
    return request.chrome


def needs(request: HttpRequest) -> list[Todo]:
    """What needs this person at this moment, the most urgent first."""
    return [todo for kind, numbers in _waiting(request).items() for todo in KINDS[kind].todos(numbers, request.at)]


def _waiting(request: HttpRequest) -> dict[str, list[int]]:
    """The numbers of what needs this person, by kind in order of urgency; read once a request."""
    if not hasattr(request, "waiting"):
        found = waiting(request.at)
        may = request.acting.may
        request.waiting = {kind: found[kind] for kind in KINDS if kind in found and may(KINDS[kind].permission)}
    return request.waiting


def _next_line(todo: Todo, at: datetime) -> dict[str, str]:
    after = f"by {moment(todo.until, at)}, {_left(todo.until, at)}." if todo.until else ""
    return {"text": todo.task, "link_text": todo.thing, "url": todo.url, "after": after}


def _left(until: datetime, at: datetime) -> str:
    words = left(until, at)
    return words if words.endswith("late") else f"in {words}"


def _send_work(claim: Claim, at: datetime) -> Todo:
    last_day = london_day(claim.withdraw_after - timedelta(seconds=1))
    return Todo(
        "Send the work for",
        f"claim {claim.number}",
        reverse("centre_claim", args=[claim.number]),
        "Record despatch",
        reverse("centre_despatch", args=[claim.number]),
        (f"{claim.scheme}. {counted(claim.candidates, 'candidate')}, by post to {claim.moderator.name}.",),
        "work follows its claim within 24 hours. If it has not arrived by the end of "
        f"{short_day(last_day)}, the claim is withdrawn and you would have to claim again.",
        reverse("rule", args=["work-still-in-time"]),
        claim.send_by,
        claim.submitted_at,
    )


def _claim_for_parcel(parcel: Consignment, at: datetime) -> Todo:
    reference = format_reference(parcel.reference)
    return Todo(
        "Make the claim for parcel",
        reference,
        reverse("centre_new_claim"),
        "Start a claim",
        reverse("centre_new_claim"),
        (f"Work came without a claim: {parcel.description} Quote {reference} to the moderator when the claim is in.",),
        "work without a claim goes back to the centre until the claim is made.",
        reverse("rule", args=["work-without-claim"]),
        parcel.return_after,
        parcel.received_at,
    )


def _claim_again(claim: Claim, at: datetime) -> Todo:
    return Todo(
        "Claim again what was in",
        f"claim {claim.number}",
        reverse("centre_claim", args=[claim.number]),
        "See and claim again",
        reverse("centre_claim", args=[claim.number]),
        (f"{claim.scheme}. {counted(claim.candidates, 'candidate')}. The choices are kept; nothing is charged.",),
        f"no work had arrived in time, so the claim was withdrawn on {written(claim.ended_at)}.",
        reverse("rule", args=["work-still-in-time"]),
        when=f"Withdrawn {in_days(claim.ended_at, at)}",
    )


def _finish_draft(claim: Claim, at: datetime) -> Todo:
    url = reverse("centre_claim", args=[claim.number])
    chosen = counted(claim.candidates, "candidate") if claim.candidates else "Nobody"
    return Todo(
        "Finish",
        f"draft claim {claim.number}",
        url,
        "Continue",
        url,
        (f"{claim.scheme}. {chosen} in it so far.",),
        when=f"Begun {in_days(claim.made_at, at)}",
    )


def _put_right(upload: Upload, at: datetime) -> Todo:
    rows, good = upload.outcome["refused"], upload.outcome["accepted"]
    url = reverse("centre_upload_preview", args=[upload.pk])
    return Todo(
        f"Put right {counted(rows, 'row')} of",
        upload.file_name,
        url,
        f"See the {counted(rows, 'row')}",
        url,
        (f"{counted(good, 'candidate')} registered. What is wrong stands beside each row that was not.",),
        when=f"Uploaded {written(upload.made_at)}",
    )


def _read_report(report: FeedbackReport, at: datetime) -> Todo:
    url = f"{reverse('centre_results')}#claim-{report.claim_id}"
    actions = " It asks for actions." if report.actions else ""
    return Todo(
        "Read the feedback report for",
        f"claim {report.claim_id}",
        url,
        "Read it",
        url,
        (f"{report.claim.scheme}.{actions}",),
        when=f"Sent {in_days(report.sent_at, at)}",
    )


@dataclass(frozen=True)
class Kind:
    """One kind of to-do: the menu entry that leads to it, whose it is, how it is read and told."""

    menu: str
    permission: str
    read: Callable[[list[int]], list[Any]]
    tell: Callable[[Any, datetime], Todo]

    def todos(self, numbers: list[int], at: datetime) -> list[Todo]:
        """The to-dos of this kind with these numbers."""
        return [self.tell(thing, at) for thing in self.read(numbers)]


# The most urgent first: only work to be sent and parcels without a claim have a clock running.
KINDS = {
    TO_SEND: Kind("Claims", "send_work", claims_numbered, _send_work),
    PARCEL: Kind("Claims", "build_claims", parcels_numbered, _claim_for_parcel),
    MISSED: Kind("Claims", "build_claims", claims_numbered, _claim_again),
    DRAFT: Kind("Claims", "build_claims", claims_numbered, _finish_draft),
    UPLOAD: Kind("Candidates", "register_candidates", uploads_numbered, _put_right),
    REPORT: Kind("Results", "see_centre", reports_numbered, _read_report),
}
