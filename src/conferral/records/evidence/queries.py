"""Reading evidence: what stands for whom, and whether the same bytes stand elsewhere."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from conferral.records.claims.models import ClaimedUnit
from conferral.records.evidence.models import Annotation, EvidenceItem, FileSignature, StoredFile
from conferral.records.evidence.store import Lying


def stands_for_another(sha256: str, candidate: int) -> bool:
    """Whether the same bytes are evidence of another candidate, at any centre. Where is not told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_for_another(%s, %s)", [sha256, candidate])
        return bool(cursor.fetchone()[0])


def items_of(claim: int, registration: int) -> QuerySet[EvidenceItem]:
    """The files of one candidate in a claim, in the order in which they were added."""
    found = EvidenceItem.objects.filter(claim=claim, registration=registration)
    return found.select_related("file", "unit", "added_by").prefetch_related("answers__criterion").order_by("place")


def places_of(claim: int, registration: int, most: int) -> list[tuple[int, int]]:
    """The places of a candidate's files in a claim, as stretches of so many files: the first and last of each."""
    found = EvidenceItem.objects.filter(claim=claim, registration=registration).order_by("place")
    places = list(found.values_list("place", flat=True))
    return [(places[at], places[at : at + most][-1]) for at in range(0, len(places), most)]


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


def files_looked_into(claim: int, registration: int) -> list[StoredFile]:
    """The files of a candidate in a claim that have arrived, and into which a worker still looks."""
    found = StoredFile.objects.filter(claim=claim, registration=registration, state="received")
    return list(found.order_by("pk")[:200])


class Waiting(NamedTuple):
    """Into how many files of a claim a worker still looks, and the newest of them."""

    count: int = 0
    newest: int | None = None

    @property
    def mark(self) -> str:
        """Changes whenever one of them is kept, refused or added; empty when there is none."""
        return f"{self.count}-{self.newest}" if self.count else ""


def waiting_in(claim: int) -> Waiting:
    """The files of a claim that have arrived, and into which a worker still looks."""
    found = StoredFile.objects.filter(claim=claim, state="received")
    return Waiting(**found.aggregate(count=Count("pk"), newest=Max("pk")))


def named(lying: Iterable[Lying]) -> set[str]:
    """The names of those bytes in the store that a row names: under a hash once accepted, before that by token."""
    asked = list(lying)
    hashes, tokens = [one.name for one in asked if one.kept], [one.name for one in asked if not one.kept]
    kept = StoredFile.objects.filter(state="accepted", sha256__in=hashes).values_list("sha256", flat=True)
    arriving = StoredFile.objects.filter(state__in=("receiving", "received"), token__in=tokens)
    return {*kept, *arriving.values_list("token", flat=True)}


def kept_bytes(after: str, most: int) -> list[tuple[str, int, int, int]]:
    """Hash, size, and one file and claim of each of the bytes that are kept, by hash, from after a hash on."""
    found = StoredFile.objects.filter(state="accepted", sha256__gt=after).order_by("sha256", "pk").distinct("sha256")
    return list(found.values_list("sha256", "size", "pk", "claim")[:most])


def hashes_behind(claim: int, registration: int, unit: str) -> list[str]:
    """The hashes, sorted, of the files behind a unit of a candidate: those for it, and those for the whole work."""
    found = EvidenceItem.objects.filter(Q(unit=unit) | Q(unit=None), claim=claim, registration=registration)
    return sorted(found.values_list("sha256", flat=True))


def signature_on(claim: int, registration: int, unit: str) -> FileSignature | None:
    """The newest signature on the files behind a unit of a candidate, by the verifier who is named for it now."""
    found = FileSignature.objects.filter(
        claim=claim, registration=registration, unit=unit,
        signed_by__in=ClaimedUnit.objects.filter(claim=claim, registration=registration, unit=unit).values(
            "internal_verifier"
        ),
    )  # fmt: skip
    return found.select_related("signed_by").order_by("-pk").first()


_UNVERIFIED = """
SELECT count(*) FILTER (
    WHERE NOT EXISTS (SELECT FROM claims_internalcheck k
                      WHERE k.claimed_unit_id = u.id AND k.checked_by_id = u.internal_verifier_id)
    AND NOT EXISTS (SELECT FROM evidence_filesignature s WHERE s.claim_id = u.claim_id
                    AND s.registration_id = u.registration_id AND s.unit_id = u.unit_id
                    AND s.signed_by_id = u.internal_verifier_id)
), count(*)
FROM claims_claimedunit u WHERE u.claim_id = %s
"""


def units_unverified(claim: int) -> tuple[int, int]:
    """How many units of a claim show neither check nor signature of their internal verifier, and of how many."""
    with connection.cursor() as cursor:
        cursor.execute(_UNVERIFIED, [claim])
        unsigned, units = cursor.fetchone()
    return unsigned, units


def notes_on(item: EvidenceItem) -> list[Annotation]:
    """What is written on a file and may be read by whoever asks: in this claim, and the centre's own in others."""
    found = Annotation.objects.filter(Q(claim=item.claim_id) | Q(by_moderator=False), file=item.file_id)
    return list(found.select_related("made_by").order_by("pk")[:200])
