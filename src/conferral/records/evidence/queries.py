"""Reading evidence: what stands for whom, and whether the same bytes stand elsewhere."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from conferral.records.evidence.models import EvidenceItem, StoredFile


def stands_for_another(sha256: str, candidate: int) -> bool:
    """Whether the same bytes are evidence of another candidate, at any centre. Where is not told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_for_another(%s, %s)", [sha256, candidate])
        return bool(cursor.fetchone()[0])


def items_of(claim: int, registration: int) -> QuerySet[EvidenceItem]:
    """The files of one candidate in a claim, in the order in which they were added."""
    found = EvidenceItem.objects.filter(claim=claim, registration=registration)
    return found.select_related("file", "unit", "added_by").prefetch_related("answers__criterion").order_by("place")


def files_by_candidate(claim: int, registrations: Iterable[int]) -> dict[int, int]:
    """How many files each of some candidates has in a claim; one without any is absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT registration_id, count(*) FROM evidence_evidenceitem "
            "WHERE claim_id = %s AND registration_id = ANY(%s) GROUP BY registration_id",
            [claim, list(registrations)],
        )
        return dict(cursor.fetchall())


def refused_files(claim: int, registration: int) -> list[StoredFile]:
    """The files refused for a candidate and not yet taken off the list, newest first."""
    found = StoredFile.objects.filter(claim=claim, registration=registration, state="refused", hidden=False)
    return list(found.order_by("-pk")[:50])


def arriving_files(claim: int) -> list[StoredFile]:
    """The files of a claim that were begun and have not arrived whole."""
    found = StoredFile.objects.filter(claim=claim, state="receiving").select_related("registration__candidate")
    return list(found.order_by("pk")[:200])
