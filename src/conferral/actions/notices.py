"""Publishing notices about schemes."""

from datetime import datetime

from django.db import transaction

from conferral.actions.alerts import announce
from conferral.actions.ledger import Done, record
from conferral.records.catalogue.models import Notice, Qualification
from conferral.rules.days import london_day
from conferral.rules.permissions import Acting


@transaction.atomic
def publish_notice(scheme: str, *, title: str, text: str, clause: str, at: datetime, by: Acting) -> tuple[Notice, bool]:
    """Tell everybody something about a scheme, by e-alert too. It stays for good; `clause` is what it rests on.

    Safe to repeat: on one day a title is published once; the second answer is the notice that stands, and False.
    Raises Qualification.DoesNotExist.
    """
    found = Qualification.objects.get(pk=scheme)
    notice, new = Notice.objects.get_or_create(
        scheme=found, title=title, published_on=london_day(at),
        defaults={"text": text, "clause": clause, "published_by_id": by.person},
    )  # fmt: skip
    if new:
        facts = {"notice": notice.pk, "clause": clause}
        record([Done("notice_published", "scheme", found.pk, facts=facts)], at=at, by=by)
        announce(
            "notice", str(notice.pk), title=f"{found.code}: {title}", text=text, path=f"/qualifications/{found.pk}/",
            schemes=[found.pk], at=at,
        )  # fmt: skip
    return notice, new
