"""What the desk looks up about centres, their approvals and who looks at their work."""

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from conferral.records.centres.models import Approval, Centre
from conferral.records.moderation.models import Allocation, Interest, Moderator


def approvals(on: date) -> QuerySet[Approval]:
    """Approvals that hold on a day, newest first, each with the person allocated to it (none: `moderator` is None)."""
    holds = Q(ended_on=None) | Q(ended_on__gte=on)
    active = Allocation.objects.filter(centre=OuterRef("centre"), scheme=OuterRef("scheme"), days__contains=on)
    allocated = Approval.objects.filter(holds, approved_on__lte=on).annotate(
        moderator=Subquery(active.values("moderator")[:1]),
        moderator_name=Subquery(active.values("moderator__person__name")[:1]),
    )
    return allocated.select_related("centre", "scheme").order_by("-id")


def unplaced(on: date) -> QuerySet[Approval]:
    """Approvals without anybody allocated on a day."""
    return approvals(on).filter(moderator=None)


def moderators() -> QuerySet[Moderator]:
    """Everybody who may be allocated, by name."""
    return Moderator.objects.select_related("person").order_by("person__name", "person_id")


def interests() -> QuerySet[Interest]:
    """Declared interests, newest first."""
    return Interest.objects.select_related("moderator__person", "centre").order_by("-id")


def centres(wanted: str = "") -> QuerySet[Centre]:
    """Centres by number; those whose number begins with, or whose name contains, what is wanted."""
    found = Centre.objects.all()
    return found.filter(Q(number__startswith=wanted) | Q(name__icontains=wanted)) if wanted else found
