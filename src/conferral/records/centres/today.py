"""What a centre has before it: claims that wait for it or for others, files to put right, reports to read."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from conferral.records.candidates.models import Upload
from conferral.records.catalogue.queries import safe_claim_of
from conferral.records.centres.models import Approval
from conferral.records.checkpoints.models import Checkpoint
from conferral.records.claims.models import Claim, Consignment
from conferral.records.letters.models import Letter
from conferral.records.moderation.models import FeedbackReport, RequiredAction
from conferral.records.prepared import asked_often
from conferral.records.questions.models import Question

MOST = 100
MOST_REPORTS_LOOKED_AT = 200
UPLOADS_ASK_FOR = timedelta(days=14)
WITHDRAWALS_ASK_FOR = timedelta(days=90)
REPORTS_ASK_FOR = timedelta(days=90)
# What needs a centre, the most urgent kind first.
TO_SEND, PARCEL, MISSED, DRAFT, UPLOAD, REPORT, LETTER, CHECKPOINT, ACTION, QUESTION = (
    "to_send", "parcel", "missed", "draft", "upload", "report", "letter", "checkpoint", "action", "question",
)  # fmt: skip

# Written out, since every page of a centre asks it. Each kind is bounded, and found through an index by centre.
WAITING = """
(SELECT 'to_send', c.id, c.id::text, 0, c.send_by FROM claims_claim c
 WHERE c.state = 'submitted'
   AND EXISTS (SELECT FROM claims_consignment w WHERE w.claim_id = c.id AND w.state = 'awaited')
 ORDER BY c.send_by, c.id LIMIT %(most)s)
UNION ALL
(SELECT 'parcel', w.id, w.reference, 0, w.return_after FROM claims_consignment w
 WHERE w.state = 'unmatched' ORDER BY w.return_after, w.id LIMIT %(most)s)
UNION ALL
(SELECT 'missed', c.id, c.id::text, 0, NULL FROM claims_claim c
 WHERE c.state = 'withdrawn' AND c.ended_at >= %(withdrawals_since)s AND c.ended_at >= c.withdraw_after
   AND NOT EXISTS (SELECT FROM claims_consignment w WHERE w.claim_id = c.id AND w.received_at IS NOT NULL)
   AND NOT EXISTS (SELECT FROM claims_claim again WHERE again.cloned_from_id = c.id)
 ORDER BY c.ended_at, c.id LIMIT %(most)s)
UNION ALL
(SELECT 'draft', c.id, c.id::text, 0, NULL FROM claims_claim c WHERE c.state = 'draft' ORDER BY c.id LIMIT %(most)s)
UNION ALL
(SELECT 'upload', u.id, u.file_name, (u.outcome ->> 'refused')::int, NULL FROM candidates_upload u
 WHERE u.made_at >= %(uploads_since)s AND u.registered_at IS NOT NULL
   AND u.outcome -> 'refused' > '0' AND NOT u.outcome ? 'left'
 ORDER BY u.id LIMIT %(most)s)
UNION ALL
(SELECT 'report', r.id, r.claim_id::text, 0, NULL
 FROM (SELECT * FROM moderation_feedbackreport WHERE sent_at >= %(reports_since)s
       ORDER BY sent_at DESC LIMIT %(most_reports)s) r
 -- One look into the index for each report: as an anti-join every event of the centre would be read.
 WHERE (SELECT e.id FROM ledger_event e
        WHERE e.subject = 'claim' AND e.subject_id = r.claim_id::text AND e.verb = 'report_read' LIMIT 1) IS NULL
 ORDER BY r.sent_at, r.id LIMIT %(most)s)
UNION ALL
(SELECT 'letter', l.id, l.subject, 0, NULL FROM letters_letter l
 WHERE l.asks_acknowledgement AND l.acknowledged_at IS NULL AND l.centre_id IS NOT NULL
   AND l.written_at >= %(reports_since)s
 ORDER BY l.written_at, l.id LIMIT %(most)s)
UNION ALL
(SELECT 'checkpoint', c.id, c.title, 0, ((c.answer_by + time '23:59:59') AT TIME ZONE 'Europe/London')
 FROM checkpoints_askedcentre a JOIN checkpoints_checkpoint c ON c.id = a.checkpoint_id
 WHERE a.confirmed_at IS NULL AND c.answer_by >= (%(uploads_since)s AT TIME ZONE 'Europe/London')::date
 ORDER BY c.answer_by, c.id LIMIT %(most)s)
UNION ALL
(SELECT 'action', a.id, a.claim_id::text, 0, ((a.due_on + time '23:59:59') AT TIME ZONE 'Europe/London')
 FROM moderation_requiredaction a WHERE a.state IN ('open', 'not_met') ORDER BY a.due_on, a.id LIMIT %(most)s)
UNION ALL
(SELECT 'question', q.id, u.unit_id || ' in claim ' || q.claim_id, 0,
        ((q.due_on + time '23:59:59') AT TIME ZONE 'Europe/London')
 FROM questions_question q JOIN claims_claimedunit u ON u.id = q.claimed_unit_id
 WHERE q.state = 'open' ORDER BY q.due_on, q.id LIMIT %(most)s)
"""


class Waits(NamedTuple):
    """One thing that waits for a centre: its id, how it is called, how many rows it is about, when its clock ends."""

    number: int
    named: str
    many: int
    until: datetime | None


def waiting(at: datetime) -> dict[str, list[Waits]]:
    """What needs the centre by kind, the most urgent first, at most `MOST` of each. One query.

    Work to be sent; work that came without a claim; claims withdrawn for missing work and not claimed again;
    drafts; registered uploads with refused rows that nobody has put right or left; of the newest feedback
    reports those not marked as read; actions that reports ask for; questions of moderators.
    """
    since = {
        "withdrawals_since": at - WITHDRAWALS_ASK_FOR,
        "uploads_since": at - UPLOADS_ASK_FOR,
        "reports_since": at - REPORTS_ASK_FOR,
    }
    found: dict[str, list[Waits]] = {}
    for kind, *row in asked_often(WAITING, since | {"most": MOST, "most_reports": MOST_REPORTS_LOOKED_AT}):
        found.setdefault(kind, []).append(Waits(*row))
    return found


def reports_not_read(at: datetime) -> list[int]:
    """The claims whose feedback reports nobody at the centre has marked as read."""
    unread = FeedbackReport.objects.filter(pk__in=[one.number for one in waiting(at).get(REPORT, [])])
    return list(unread.values_list("claim_id", flat=True))


def claims_numbered(numbers: list[int]) -> list[Claim]:
    """Claims with how many candidates each has, in the order of their numbers here."""
    return _in_order(_with_candidates(Claim.objects.filter(pk__in=numbers)), numbers)


def parcels_numbered(numbers: list[int]) -> list[Consignment]:
    """Parcels that came without a claim, in the order of their numbers here."""
    return _in_order(Consignment.objects.filter(pk__in=numbers), numbers)


def uploads_numbered(numbers: list[int]) -> list[Upload]:
    """Uploads in the order of their numbers here."""
    return _in_order(Upload.objects.filter(pk__in=numbers), numbers)


def reports_numbered(numbers: list[int]) -> list[FeedbackReport]:
    """Feedback reports with the schemes of their claims, in the order of their numbers here."""
    return _in_order(FeedbackReport.objects.filter(pk__in=numbers).select_related("claim__scheme"), numbers)


def letters_numbered(numbers: list[int]) -> list[Letter]:
    """Letters in the order of their numbers here."""
    return _in_order(Letter.objects.filter(pk__in=numbers), numbers)


def checkpoints_numbered(numbers: list[int]) -> list[Checkpoint]:
    """Checkpoints in the order of their numbers here."""
    return _in_order(Checkpoint.objects.filter(pk__in=numbers), numbers)


def actions_numbered(numbers: list[int]) -> list[RequiredAction]:
    """Actions asked of the centre with their reports' moments, in the order of their numbers here."""
    return _in_order(RequiredAction.objects.filter(pk__in=numbers), numbers)


def questions_numbered(numbers: list[int]) -> list[Question]:
    """Open questions with whom they are about, in the order of their numbers here."""
    named = Question.objects.select_related("claimed_unit__registration__candidate")
    return _in_order(named.filter(pk__in=numbers), numbers)


def _in_order(rows: QuerySet[Any], numbers: list[int]) -> list[Any]:
    by_number = {row.pk: row for row in rows}
    return [by_number[number] for number in numbers if number in by_number]


def claims_with_others() -> list[Claim]:
    """Claims that wait for somebody else, the oldest first."""
    to_send = Exists(Consignment.objects.filter(claim=OuterRef("pk"), state="awaited"))
    others = Q(state__in=("with_moderator", "with_awarding_organisation")) | Q(state="submitted") & ~to_send
    oldest = Claim.objects.filter(others).order_by("id").values("pk")[:MOST]
    return list(_with_candidates(Claim.objects.filter(pk__in=oldest)).prefetch_related("consignments").order_by("id"))


def _with_candidates(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    counted = claims.annotate(candidates=Count("units__registration", distinct=True))
    return counted.select_related("scheme", "moderator")


def approvals_on(day: date) -> list[Approval]:
    """The centre's approvals in force on a London day, with their schemes."""
    begun = Approval.objects.filter(approved_on__lte=day).exclude(ended_on__lt=day)
    return list(begun.select_related("scheme"))


def dates_ahead(approvals: list[Approval], day: date, until: date) -> list[tuple[date, str, str]]:
    """The dates of the approved schemes from a day until another, in order: day, scheme, what it is."""
    named = [
        (when, approval.scheme_id, what)
        for approval in approvals
        for when, what in (
            (approval.scheme.last_registration, "last day to register candidates"),
            (safe_claim_of(approval.scheme), "last safe day to claim"),
            (approval.scheme.final_certification, "final certification"),
        )
        if when is not None
    ]
    return sorted(one for one in named if day <= one[0] <= until)
