"""Where candidates' work meets the criteria of the units claimed for them, and where it does not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from conferral.records.catalogue.models import Criterion
from conferral.records.claims.models import ClaimedUnit, CriterionMark, InternalCheck

# A file that is named for a criterion answers it as a mark does.
_NO_FILE = """NOT EXISTS (
        SELECT FROM evidence_evidencefor a JOIN evidence_evidenceitem i ON i.id = a.item_id
        WHERE i.claim_id = u.claim_id AND i.registration_id = u.registration_id AND a.criterion_id = c.id)"""
# Only the candidate's own work is marked criterion by criterion; proof of a unit achieved elsewhere is not.
_MISSING = f"""
    SELECT count(*), count(*) FILTER (WHERE m.id IS NULL AND {_NO_FILE})
    FROM claims_claimedunit u
    JOIN catalogue_criterion c ON c.unit_id = u.unit_id AND c.current
    LEFT JOIN claims_criterionmark m ON m.claimed_unit_id = u.id AND m.criterion_id = c.id
    WHERE u.id = ANY(%s) AND u.evidence_kind = 'candidate_work'
"""


def marks_missing(claimed_units: Sequence[int]) -> tuple[int, int]:
    """How many criteria these claimed units have together, and how many of those have neither mark nor file."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, [list(claimed_units)])
        criteria, missing = cursor.fetchone()
    return criteria, missing


class File(NamedTuple):
    """A file of evidence as a cell names it."""

    item: int
    place: int
    name: str


PLANNED, ASSESSED, VERIFIED = "planned", "assessed", "verified"
_DRAFTED = f"""
    SELECT u.registration_id, u.unit_id,
           max(CASE WHEN k.id IS NOT NULL THEN 2 WHEN s.criteria > 0 AND s.missing = 0 THEN 1 ELSE 0 END)
    FROM claims_claimedunit u
    JOIN claims_claim d ON d.id = u.claim_id AND d.state = 'draft'
    LEFT JOIN claims_internalcheck k ON k.claimed_unit_id = u.id AND k.checked_by_id = u.internal_verifier_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS criteria, count(*) FILTER (WHERE m.id IS NULL AND {_NO_FILE}) AS missing
        FROM catalogue_criterion c
        LEFT JOIN claims_criterionmark m ON m.claimed_unit_id = u.id AND m.criterion_id = c.id
        WHERE c.unit_id = u.unit_id AND c.current) s
    WHERE u.registration_id = ANY(%s) AND u.state = 'chosen'
    GROUP BY u.registration_id, u.unit_id
"""


def drafted(registrations: Sequence[int]) -> dict[tuple[int, str], str]:
    """How far the units of registrations have come in drafts, in one query; the furthest where several hold a unit.

    A unit is planned once it is chosen, assessed once no criterion is a gap, and verified while the check of the
    internal verifier named for it holds. A unit without criteria is never assessed by itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRAFTED, [list(registrations)])
        return {(row, unit): (PLANNED, ASSESSED, VERIFIED)[come] for row, unit, come in cursor.fetchall()}


@dataclass
class Column:
    """One candidate in the matrix of a unit: marks and files by criterion, and the check of the verifier named."""

    unit: ClaimedUnit
    marks: dict[int, str] = field(default_factory=dict)
    files: dict[int, list[File]] = field(default_factory=dict)
    check: InternalCheck | None = None

    def gaps(self, criteria: Iterable[Criterion]) -> list[Criterion]:
        """The criteria without a mark or a file."""
        return [one for one in criteria if one.pk not in self.marks and one.pk not in self.files]


@dataclass
class Matrix:
    """The criteria of one unit and the candidates for whom it is claimed, from one on in the order of their names."""

    criteria: list[Criterion]
    columns: list[Column]
    more: bool


def matrix(claim: int, unit: str, *, skip: int = 0, most: int = 10, only: int | None = None) -> Matrix:
    """One unit of a claim, for `most` candidates after `skip`, or for `only` one claimed unit. Five queries."""
    criteria = list(Criterion.objects.filter(unit=unit, current=True))
    rows = ClaimedUnit.objects.filter(claim=claim, unit=unit).select_related(
        "registration__candidate", "assessor", "internal_verifier", "unit"
    )
    if only is not None:
        rows = rows.filter(pk=only)
    ordered = rows.order_by("registration__candidate__last_name", "registration__candidate__first_names", "pk")
    found = list(ordered[skip : skip + most + 1])
    columns = {one.pk: Column(one) for one in found[:most]}
    for mark in CriterionMark.objects.filter(claimed_unit__in=columns):
        columns[mark.claimed_unit_id].marks[mark.criterion_id] = mark.reference
    for claimed, criterion, *file in _files(list(columns)):
        columns[claimed].files.setdefault(criterion, []).append(File(*file))
    for check in InternalCheck.objects.filter(claimed_unit__in=columns).select_related("checked_by"):
        column = columns[check.claimed_unit_id]
        if column.unit.internal_verifier_id == check.checked_by_id:
            column.check = check
    return Matrix(criteria, list(columns.values()), len(found) > most)


_FILES = """
    SELECT u.id, a.criterion_id, i.id, i.place, i.name
    FROM claims_claimedunit u
    JOIN evidence_evidenceitem i ON i.claim_id = u.claim_id AND i.registration_id = u.registration_id
    JOIN evidence_evidencefor a ON a.item_id = i.id
    WHERE u.id = ANY(%s)
    ORDER BY i.place
"""


def _files(claimed_units: list[int]) -> list[tuple[int, int, int, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_FILES, [claimed_units])
        return list(cursor.fetchall())


_BY_UNIT = f"""
    SELECT u.unit_id, count(c.id), count(c.id) FILTER (WHERE m.id IS NULL AND {_NO_FILE})
    FROM claims_claimedunit u
    LEFT JOIN catalogue_criterion c ON c.unit_id = u.unit_id AND c.current
    LEFT JOIN claims_criterionmark m ON m.claimed_unit_id = u.id AND m.criterion_id = c.id
    WHERE u.claim_id = %s
    GROUP BY u.unit_id ORDER BY u.unit_id
"""


def missing_by_unit(claim: int) -> list[tuple[str, int, int]]:
    """Each unit of a claim with how many marks it needs over all its candidates, and how many are missing."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_UNIT, [claim])
        return list(cursor.fetchall())
