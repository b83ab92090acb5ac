"""What a centre has before it: claims that wait for it or for others, files to put right, reports to read."""

from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields import CharField
from django.db.models.functions import Cast

from conferral.records.candidates.models import Upload
from conferral.records.catalogue.queries import safe_claim_of
from conferral.records.centres.models import Approval
from conferral.records.claims.models import Claim, Consignment
from conferral.records.ledger.models import Event
from conferral.records.moderation.models import FeedbackReport

MOST = 100
UPLOADS_ASK_FOR = timedelta(days=14)
WITHDRAWALS_ASK_FOR = timedelta(days=90)
REPORTS_ASK_FOR = timedelta(days=90)

_WORK = Consignment.objects.filter(claim=OuterRef("pk"))
_CLONES = Claim.objects.filter(cloned_from=OuterRef("pk"))
_TO_SEND = Q(state="submitted") & Exists(_WORK.filter(state="awaited"))
_WORK_MISSED = (
    Q(state="withdrawn", ended_at__gte=F("withdraw_after"))
    & ~Exists(_WORK.filter(received_at__isnull=False))
    & ~Exists(_CLONES)
)


def claims_needing_centre(at: datetime) -> list[Claim]:
    """Claims whose work is to be sent, drafts, and claims withdrawn for missing work and not claimed again."""
    recent = Q(ended_at=None) | Q(ended_at__gte=at - WITHDRAWALS_ASK_FOR)
    found = Claim.objects.filter(recent, Q(state="draft") | _TO_SEND | _WORK_MISSED)
    return list(_with_candidates(found).order_by("send_by", "id")[:MOST])


def claims_with_others() -> list[Claim]:
    """Claims that wait for somebody else, the oldest first."""
    waiting = Q(state__in=("with_moderator", "with_awarding_organisation")) | Q(state="submitted") & ~_TO_SEND
    return list(_with_candidates(Claim.objects.filter(waiting)).prefetch_related("consignments").order_by("id")[:MOST])


def _with_candidates(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    counted = claims.annotate(candidates=Count("units__registration", distinct=True))
    return counted.select_related("scheme", "moderator")


def uploads_with_refused_rows(at: datetime) -> list[Upload]:
    """Registered uploads whose refused rows nobody has put right or left, of the last fortnight, oldest first."""
    recent = Upload.objects.filter(made_at__gte=at - UPLOADS_ASK_FOR, registered_at__isnull=False)
    return list(recent.filter(outcome__refused__gt=0).exclude(outcome__has_key="left").order_by("id")[:MOST])


def reports_not_read(at: datetime) -> list[FeedbackReport]:
    """Feedback reports that nobody at the centre has marked as read, oldest first."""
    read = Event.objects.filter(verb="report_read", subject="claim", subject_id=Cast(OuterRef("claim_id"), CharField()))
    sent = FeedbackReport.objects.filter(sent_at__gte=at - REPORTS_ASK_FOR)
    return list(sent.exclude(Exists(read)).select_related("claim__scheme").order_by("id")[:MOST])


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
