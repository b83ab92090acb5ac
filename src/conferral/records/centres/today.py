"""What a centre has before it: claims that wait for it or for others, files to put right, reports to read."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast

from conferral.records.candidates.models import Upload
from conferral.records.catalogue.queries import safe_claim_of
from conferral.records.centres.models import Approval
from conferral.records.claims.models import Claim, Consignment
from conferral.records.ledger.models import Event
from conferral.records.moderation.models import FeedbackReport

MOST = 100
MOST_REPORTS_LOOKED_AT = 200
UPLOADS_ASK_FOR = timedelta(days=14)
WITHDRAWALS_ASK_FOR = timedelta(days=90)
REPORTS_ASK_FOR = timedelta(days=90)
# What needs a centre, the most urgent kind first.
TO_SEND, MISSED, DRAFT, UPLOAD, REPORT = "to_send", "missed", "draft", "upload", "report"

_WORK = Consignment.objects.filter(claim=OuterRef("pk"))
_CLONES = Claim.objects.filter(cloned_from=OuterRef("pk"))
_TO_SEND = Q(state="submitted") & Exists(_WORK.filter(state="awaited"))
_WORK_MISSED = (
    Q(state="withdrawn", ended_at__gte=F("withdraw_after"))
    & ~Exists(_WORK.filter(received_at__isnull=False))
    & ~Exists(_CLONES)
)


def waiting(at: datetime) -> dict[str, list[int]]:
    """What needs the centre by kind: the ids of each, the most urgent first, at most `MOST`. One query.

    Work to be sent; claims withdrawn for missing work and not claimed again; drafts; uploads to put right;
    feedback reports not read.
    """
    found: dict[str, list[int]] = {}
    first, *rest = (
        query.annotate(kind=Value(kind)).values_list("kind", "pk")[:MOST] for kind, query in _kinds(at).items()
    )
    for kind, number in first.union(*rest, all=True):
        found.setdefault(kind, []).append(number)
    return found


def _kinds(at: datetime) -> dict[str, QuerySet[Any]]:
    missed = Claim.objects.filter(_WORK_MISSED, ended_at__gte=at - WITHDRAWALS_ASK_FOR)
    return {
        TO_SEND: Claim.objects.filter(_TO_SEND).order_by("send_by", "id"),
        MISSED: missed.order_by("ended_at", "id"),
        DRAFT: Claim.objects.filter(state="draft").order_by("id"),
        UPLOAD: _uploads_with_refused_rows(at).order_by("id"),
        REPORT: _reports_not_read(at).order_by("sent_at", "id"),
    }


def _uploads_with_refused_rows(at: datetime) -> QuerySet[Upload]:
    """Registered uploads whose refused rows nobody has put right or left, of the last fortnight."""
    recent = Upload.objects.filter(made_at__gte=at - UPLOADS_ASK_FOR, registered_at__isnull=False)
    return recent.filter(outcome__refused__gt=0).exclude(outcome__has_key="left")


def _reports_not_read(at: datetime) -> QuerySet[FeedbackReport]:
    """Of the newest feedback reports, those that nobody at the centre has marked as read."""
    read = Event.objects.filter(verb="report_read", subject="claim", subject_id=Cast(OuterRef("claim_id"), CharField()))
    sent = FeedbackReport.objects.filter(sent_at__gte=at - REPORTS_ASK_FOR).order_by("-sent_at")
    newest = FeedbackReport.objects.filter(pk__in=sent.values("pk")[:MOST_REPORTS_LOOKED_AT])
    # One look into the index for each report: as an anti-join every event of the centre would be read.
    return newest.annotate(read=Subquery(read.values("pk")[:1])).filter(read=None)


def reports_not_read(at: datetime) -> list[int]:
    """The claims whose feedback reports nobody at the centre has marked as read."""
    return list(_reports_not_read(at).order_by("sent_at", "id").values_list("claim_id", flat=True)[:MOST])


def claims_numbered(numbers: list[int]) -> list[Claim]:
    """Claims with how many candidates each has, in the order of their numbers here."""
    return _in_order(_with_candidates(Claim.objects.filter(pk__in=numbers)), numbers)


def uploads_numbered(numbers: list[int]) -> list[Upload]:
    """Uploads in the order of their numbers here."""
    return _in_order(Upload.objects.filter(pk__in=numbers), numbers)


def reports_numbered(numbers: list[int]) -> list[FeedbackReport]:
    """Feedback reports with the schemes of their claims, in the order of their numbers here."""
    return _in_order(FeedbackReport.objects.filter(pk__in=numbers).select_related("claim__scheme"), numbers)


def _in_order(rows: QuerySet[Any], numbers: list[int]) -> list[Any]:
    by_number = {row.pk: row for row in rows}
    return [by_number[number] for number in numbers if number in by_number]


def claims_with_others() -> list[Claim]:
    """Claims that wait for somebody else, the oldest first."""
    waiting = Q(state__in=("with_moderator", "with_awarding_organisation")) | Q(state="submitted") & ~_TO_SEND
    oldest = Claim.objects.filter(waiting).order_by("id").values("pk")[:MOST]
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
