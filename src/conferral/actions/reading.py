"""What a centre acknowledges."""

from datetime import datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.records.moderation.models import FeedbackReport
from conferral.rules.permissions import Acting


@transaction.atomic
def read_report(claim_id: int, *, at: datetime, by: Acting) -> None:
    """Note that the centre has read the feedback report on a claim. Raises FeedbackReport.DoesNotExist."""
    report = FeedbackReport.objects.get(claim=claim_id)
    record([Done("report_read", "claim", report.claim_id, report.centre_id)], at=at, by=by)
