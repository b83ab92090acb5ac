"""What needs the centre: the to-dos of its people, the badges of the menu and the Next line. Three queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from conferral.pages.templatetags.parts import counted, in_days, left, moment, short_day, written
from conferral.records.candidates.models import Upload
from conferral.records.centres.today import claims_needing_centre, reports_not_read, uploads_with_refused_rows
from conferral.records.claims.models import Claim
from conferral.records.moderation.models import FeedbackReport
from conferral.rules.days import london_day
from conferral.rules.permissions import Acting


@dataclass(frozen=True)
class Todo:
    """One thing that needs the centre. Without `until` no clock runs and `when` says why."""

    menu: str
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


@dataclass(frozen=True)
class Needs:
    """The to-dos in order of urgency, and how many there are behind each entry of the menu."""

    todos: tuple[Todo, ...]
    badges: dict[str, int] = field(default_factory=dict)


def centre_chrome(request: HttpRequest) -> dict[str, Any]:
    """Set and return `request.chrome`: badges, and the Next line unless this is that to-do's own page."""
    todos = needs(request).todos
    badges = {"Today": len(todos)}
    for todo in todos:
        badges[todo.menu] = badges.get(todo.menu, 0) + 1
    first = todos[0] if todos else None
    own = first and request.path in (first.url, first.verb_url, reverse("centre_today"))
    request.chrome = {"badges": badges, "next": None if own or first is None else _next_line(first, request.at)}
    return request.chrome


def _next_line(todo: Todo, at: datetime) -> dict[str, str]:
    after = f"by {moment(todo.until, at)}, {_left(todo.until, at)}." if todo.until else ""
    return {"text": todo.task, "link_text": todo.thing, "url": todo.url, "after": after}


def _left(until: datetime, at: datetime) -> str:
    words = left(until, at)
    return words if words.endswith("late") else f"in {words}"


def needs(request: HttpRequest) -> Needs:
    """What needs this person at this moment; read once a request."""
    if not hasattr(request, "needs"):
        request.needs = Needs(tuple(sorted(_todos(request.acting, request.at), key=_urgency)))
    return request.needs


def _urgency(todo: Todo) -> tuple[bool, float]:
    return (todo.until is None, todo.until.timestamp() if todo.until else 0)


def _todos(by: Acting, at: datetime) -> Iterable[Todo]:
    for claim in claims_needing_centre(at):
        make, permission = _CLAIMS[claim.state]
        if by.may(permission):
            yield make(claim, at)
    if by.may("register_candidates"):
        yield from (_put_right(upload) for upload in uploads_with_refused_rows(at))
    yield from (_read_report(report, at) for report in reports_not_read(at))


def _send_work(claim: Claim, at: datetime) -> Todo:
    last_day = london_day(claim.withdraw_after - timedelta(seconds=1))
    return Todo(
        "Claims",
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


def _claim_again(claim: Claim, at: datetime) -> Todo:
    return Todo(
        "Claims",
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
        "Claims",
        "Finish",
        f"draft claim {claim.number}",
        url,
        "Continue",
        url,
        (f"{claim.scheme}. {chosen} in it so far.",),
        when=f"Begun {in_days(claim.made_at, at)}",
    )


_CLAIMS = {
    "submitted": (_send_work, "send_work"),
    "withdrawn": (_claim_again, "build_claims"),
    "draft": (_finish_draft, "build_claims"),
}


def _put_right(upload: Upload) -> Todo:
    rows, good = upload.outcome["refused"], upload.outcome["accepted"]
    url = reverse("centre_upload_preview", args=[upload.pk])
    return Todo(
        "Candidates",
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
        "Results",
        "Read the feedback report for",
        f"claim {report.claim_id}",
        url,
        "Read it",
        url,
        (f"{report.claim.scheme}.{actions}",),
        when=f"Sent {in_days(report.sent_at, at)}",
    )
