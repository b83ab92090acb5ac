"""What pages ask of the library."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from conferral.records.guidance.models import (
    DocumentReading,
    DocumentSection,
    DocumentVersion,
    SectionLink,
    SupportDocument,
)
from conferral.rules.versions import Part

MOST = 200


def documents(
    *, words: str = "", scheme: str = "", person: int | None = None, retired: bool = False
) -> QuerySet[SupportDocument]:
    """Documents by title, those of all schemes included, each with when it was last published; 200 at most.

    `person` is whose last look is noted as `seen`, for those who have a role. Retired ones only when asked for.
    """
    found = SupportDocument.objects.prefetch_related("schemes")
    if not retired:
        found = found.filter(retired=False)
    for word in words.split()[:10]:
        found = found.filter(title__icontains=word)
    if scheme:
        found = found.filter(Q(schemes=scheme) | Q(schemes=None)).distinct()
    published = DocumentVersion.objects.filter(document=OuterRef("pk"), number=OuterRef("current"))
    found = found.annotate(published_at=Subquery(published.values("published_at")[:1]))
    if person is not None:
        seen = DocumentReading.objects.filter(document=OuterRef("pk"), person=person)
        found = found.annotate(seen=Subquery(seen.values("number")[:1]))
    return found[:MOST]


def to_read(schemes: Iterable[str], person: int, *, since: datetime, most: int = 4) -> list[SupportDocument]:
    """Documents for these schemes or for all whose version was published since a moment and not seen by a person.

    The newest first, each with `published_at` and `seen`, the version seen before. One query.
    """
    newest = DocumentVersion.objects.filter(document=OuterRef("pk"), number=OuterRef("current"))
    seen = DocumentReading.objects.filter(document=OuterRef("pk"), person=person)
    found = SupportDocument.objects.filter(
        Q(schemes__in=list(schemes)) | Q(schemes=None), current__gt=0, retired=False
    ).annotate(published_at=Subquery(newest.values("published_at")[:1]), seen=Subquery(seen.values("number")[:1]))
    unseen = Q(seen=None) | Q(seen__lt=F("current"))
    return list(found.filter(unseen, published_at__gte=since).order_by("-published_at", "id").distinct()[:most])


def parts(version: DocumentVersion) -> list[Part]:
    """The sections of a version, as they are compared."""
    return [Part(*row) for row in version.sections.values_list("anchor", "title", "text")]


def linked_sections(kind: str, key: str) -> list[DocumentSection]:
    """The sections of current versions to which a page leads. Two queries."""
    links = SectionLink.objects.filter(kind=kind, key=key, document__current__gt=0)
    wanted = Q(pk__in=[])
    for document, current, anchor in links.values_list("document", "document__current", "anchor")[:20]:
        wanted |= Q(version__document=document, version__number=current, anchor=anchor)
    return list(DocumentSection.objects.filter(wanted).select_related("version__document"))
