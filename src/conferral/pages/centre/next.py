"""What needs the centre: the to-dos of its people, the badges of the menu and the Next line. One query a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from conferral.pages.templatetags.parts import counted, in_days, left, moment, short_day, written
from conferral.records.candidates.models import Upload
from conferral.records.centres.today import (
    ACTION,
    CHECKPOINT,
    DRAFT,
    LETTER,
    MISSED,
    PARCEL,
    QUESTION,
    REPORT,
    TO_SEND,
    UPLOAD,
    Waits,
    actions_numbered,
    checkpoints_numbered,
    claims_numbered,
    letters_numbered,
    parcels_numbered,
    questions_numbered,
    reports_numbered,
    uploads_numbered,
    waiting,
)
from conferral.records.checkpoints.models import Checkpoint
from conferral.records.claims.models import Claim, Consignment
from conferral.records.letters.models import Letter
from conferral.records.moderation.models import FeedbackReport, RequiredAction
from conferral.records.questions.models import Question
from conferral.rules.days import end_of_day, london_day
from conferral.rules.references import format_reference


class Named(NamedTuple):
    """What is to be done, with what, where that is shown and where it is done."""

    task: str
    thing: str
    url: str
    verb_url: str


@dataclass(frozen=True)
class Todo:
    """One thing that needs the centre. Without `until` no clock runs and `when` says why."""

    named: Named
    verb: str
    lines: tuple[str, ...] = ()
    why: str = ""
    rule_url: str = ""
    until: datetime | None = None
    since: datetime | None = None
    when: str = ""
    post_url: str = ""

    @property
    def title(self) -> str:
        return f"{self.named.task} {self.named.thing}"

    @property
    def url(self) -> str:
        return self.named.url

    @property
    def verb_url(self) -> str:
        return self.named.verb_url


def centre_chrome(request: HttpRequest, section: str = "") -> dict[str, Any]:
    """Set and return `request.chrome`: badges, and the Next line unless this is that to-do's own page.

    `section` names the menu entry to which the page belongs, where its address does not say so.
    """
    found = _waiting(request)
    badges = {"Today": sum(map(len, found.values()))}
    for kind, numbers in found.items():
        badges[KINDS[kind].menu] = badges.get(KINDS[kind].menu, 0) + len(numbers)
    request.chrome = {"badges": badges, "section": section, "next": _next_line(request, found)}
    return request.chrome


def needs(request: HttpRequest) -> list[Todo]:
    """What needs this person at this moment: work to be sent, then by the moment it is due, then what has no clock."""
    return in_order({kind: KINDS[kind].todos(waits, request.at) for kind, waits in _waiting(request).items()})


def in_order(todos: dict[str, list[Todo]]) -> list[Todo]:
    """To-dos by kind in the order in which they are done; a claim is withdrawn for work that doesn't come."""
    named = [(kind, todo) for kind, some in todos.items() for todo in some]
    never = datetime.max.replace(tzinfo=UTC)
    return [todo for _, todo in sorted(named, key=lambda one: (one[0] != TO_SEND, one[1].until or never))]


def _waiting(request: HttpRequest) -> dict[str, list[Waits]]:
    """What needs this person, by kind in order of urgency; read once a request."""
    if not hasattr(request, "waiting"):
        found = waiting(request.at)
        may = request.acting.may
        request.waiting = {kind: found[kind] for kind in KINDS if kind in found and may(KINDS[kind].permission)}
    return request.waiting


def _next_line(request: HttpRequest, found: dict[str, list[Waits]]) -> dict[str, str] | None:
    """The most urgent of all in a sentence; None when nothing waits, and on the pages where that is shown or done."""
    kind, waits = next(((kind, waits[0]) for kind, waits in found.items()), (None, None))
    if kind is None:
        return None
    named, at = KINDS[kind].name(waits), request.at
    if request.path in (named.url, named.verb_url, reverse("centre_today")):
        return None
    after = f"by {moment(waits.until, at)}, {_left(waits.until, at)}." if waits.until else ""
    return {"text": named.task, "link_text": named.thing, "url": named.url, "after": after}


def _left(until: datetime, at: datetime) -> str:
    words = left(until, at)
    return words if words.endswith("late") else f"in {words}"


def _to_send(waits: Waits) -> Named:
    url, verb_url = (reverse(name, args=[waits.number]) for name in ("centre_claim", "centre_despatch"))
    return Named("Send the work for", f"claim {waits.named}", url, verb_url)


def _send_work(claim: Claim, named: Named, at: datetime) -> Todo:
    last_day = london_day(claim.withdraw_after - timedelta(seconds=1))
    return Todo(
        named,
        "Record despatch",
        (f"{claim.scheme}. {counted(claim.candidates, 'candidate')}, by post to {claim.moderator.name}.",),
        "work follows its claim within 24 hours. If it has not arrived by the end of "
        f"{short_day(last_day)}, the claim is withdrawn and you would have to claim again.",
        reverse("rule", args=["work-still-in-time"]),
        claim.send_by,
        claim.submitted_at,
    )


def _parcel(waits: Waits) -> Named:
    url = reverse("centre_new_claim")
    return Named("Make the claim for parcel", format_reference(waits.named), url, url)


def _claim_for_parcel(parcel: Consignment, named: Named, at: datetime) -> Todo:
    reference = named.thing
    return Todo(
        named,
        "Start a claim",
        (
            f"Work came without a claim: {parcel.description.rstrip('.')}.",
            f"Quote {reference} to the moderator when the claim is in.",
        ),
        "work without a claim goes back to the centre until the claim is made.",
        reverse("rule", args=["work-without-claim"]),
        parcel.return_after,
        parcel.received_at,
    )


def _missed(waits: Waits) -> Named:
    url = reverse("centre_claim", args=[waits.number])
    return Named("Claim again what was in", f"claim {waits.named}", url, url)


def _claim_again(claim: Claim, named: Named, at: datetime) -> Todo:
    return Todo(
        named,
        "Claim again",
        (f"{claim.scheme}. {counted(claim.candidates, 'candidate')}. The choices are kept; nothing is charged.",),
        f"no work had arrived in time, so the claim was withdrawn on {written(claim.ended_at)}.",
        reverse("rule", args=["work-still-in-time"]),
        when=f"Withdrawn {in_days(claim.ended_at, at)}",
        post_url=reverse("centre_claim_again", args=[claim.pk]),
    )


def _draft(waits: Waits) -> Named:
    url = reverse("centre_claim", args=[waits.number])
    return Named("Finish", f"draft claim {waits.named}", url, url)


def _finish_draft(claim: Claim, named: Named, at: datetime) -> Todo:
    chosen = counted(claim.candidates, "candidate") if claim.candidates else "Nobody"
    return Todo(
        named,
        "Continue",
        (f"{claim.scheme}. {chosen} in it so far.",),
        when=f"Begun {in_days(claim.made_at, at)}",
    )


def _upload(waits: Waits) -> Named:
    url = reverse("centre_upload_preview", args=[waits.number])
    return Named(f"Put right {counted(waits.many, 'row')} of", waits.named, url, url)


def _put_right(upload: Upload, named: Named, at: datetime) -> Todo:
    rows, good = upload.outcome["refused"], upload.outcome["accepted"]
    return Todo(
        named,
        f"See the {counted(rows, 'row')}",
        (f"{counted(good, 'candidate')} registered. What is wrong stands beside each row that was not.",),
        when=f"Uploaded {written(upload.made_at)}",
    )


def _report(waits: Waits) -> Named:
    url = f"{reverse('centre_results')}#claim-{waits.named}"
    return Named("Read the feedback report for", f"claim {waits.named}", url, url)


def _read_report(report: FeedbackReport, named: Named, at: datetime) -> Todo:
    return Todo(
        named,
        "Read it",
        (f"{report.claim.scheme}.",),
        when=f"Sent {in_days(report.sent_at, at)}",
    )


def _letter(waits: Waits) -> Named:
    url = reverse("letter", args=[waits.number])
    return Named("Read and acknowledge", waits.named, url, url)


def _acknowledge(letter: Letter, named: Named, at: datetime) -> Todo:
    return Todo(
        named,
        "Read it",
        ("The awarding organisation asks whether this has reached you.",),
        when=f"Written {in_days(letter.written_at, at)}",
    )


def _checkpoint(waits: Waits) -> Named:
    url = reverse("centre_checkpoint", args=[waits.number])
    return Named("Confirm who expects a result:", waits.named, url, url)


def _confirm(checkpoint: Checkpoint, named: Named, at: datetime) -> Todo:
    return Todo(
        named,
        "See the list",
        (f"By the end of {written(checkpoint.answer_by)}. Each candidate is filled in as they stand.",),
        until=end_of_day(checkpoint.answer_by) - timedelta(seconds=1),
        since=checkpoint.set_at,
    )


def _action(waits: Waits) -> Named:
    url = f"{reverse('centre_report', args=[int(waits.named)])}#action-{waits.number}"
    return Named("Reply to an action after", f"claim {waits.named}", url, url)


def _reply(action: RequiredAction, named: Named, at: datetime) -> Todo:
    missing = (f"Still missing: {action.judgement}",) if action.state == "not_met" else ()
    return Todo(
        named,
        "Reply",
        (action.text, *missing),
        why="the feedback report asks for it by that day.",
        until=end_of_day(action.due_on) - timedelta(seconds=1),
    )


def _question(waits: Waits) -> Named:
    url = reverse("centre_question", args=[waits.number])
    return Named("Answer the moderator about", waits.named, url, url)


def _answer(question: Question, named: Named, at: datetime) -> Todo:
    who = question.claimed_unit.registration.candidate.name
    return Todo(
        named,
        "Answer",
        (f"{who}. {question.get_reason_code_display()}.",),
        why="the moderator asks before deciding on this unit, and decides without the answer after that day.",
        until=end_of_day(question.due_on) - timedelta(seconds=1),
        since=question.asked_at,
    )


@dataclass(frozen=True)
class Kind:
    """One kind of to-do: the menu entry that leads to it, whose it is, how it is named, read and told."""

    menu: str
    permission: str
    name: Callable[[Waits], Named]
    read: Callable[[list[int]], list[Any]]
    tell: Callable[[Any, Named, datetime], Todo]

    def todos(self, waits: list[Waits], at: datetime) -> list[Todo]:
        """The to-dos of this kind."""
        named = {one.number: self.name(one) for one in waits}
        return [self.tell(thing, named[thing.pk], at) for thing in self.read(list(named))]


# The most urgent first: those with a clock running before those without.
KINDS = {
    TO_SEND: Kind("Claims", "send_work", _to_send, claims_numbered, _send_work),
    PARCEL: Kind("Claims", "build_claims", _parcel, parcels_numbered, _claim_for_parcel),
    QUESTION: Kind("Claims", "answer_questions", _question, questions_numbered, _answer),
    ACTION: Kind("Results", "answer_actions", _action, actions_numbered, _reply),
    CHECKPOINT: Kind("Candidates", "confirm_expectations", _checkpoint, checkpoints_numbered, _confirm),
    MISSED: Kind("Claims", "build_claims", _missed, claims_numbered, _claim_again),
    DRAFT: Kind("Claims", "build_claims", _draft, claims_numbered, _finish_draft),
    UPLOAD: Kind("Candidates", "register_candidates", _upload, uploads_numbered, _put_right),
    LETTER: Kind("Our centre", "read_letters", _letter, letters_numbered, _acknowledge),
    REPORT: Kind("Results", "see_centre", _report, reports_numbered, _read_report),
}
