"""Exercises with what everybody marked, as far as the reader may see it, and how far they agree."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet

from conferral.records.allocation.models import COMPETENT
from conferral.records.moderation.models import UnitDecision
from conferral.records.people.models import Person
from conferral.records.standards.models import BlindMark, Exercise, Invitation, Piece
from conferral.rules.agreement import cohens_kappa, krippendorffs_alpha


class Agreed(NamedTuple):
    """How far those who marked agree: by which measure, and how much; None where it can't be told."""

    measure: str
    value: float | None


def exercises() -> QuerySet[Exercise]:
    """The newest first, each with how many pieces and moderators it has."""
    counted = Exercise.objects.annotate(
        many=Count("pieces", distinct=True), invited=Count("invitations", distinct=True)
    )
    return counted.select_related("set_by").order_by("-id")


def to_mark(person: int) -> QuerySet[Exercise]:
    """Open exercises in which somebody has a piece left to mark, the one that ends soonest first."""
    mine = Exercise.objects.filter(state="open", invitations__moderator=person)
    counted = mine.annotate(
        many=Count("pieces", distinct=True),
        marked=Count("pieces__marks", filter=Q(pieces__marks__moderator=person), distinct=True),
    )
    return counted.exclude(many=0).order_by("answer_by", "id")


def knows(claimed_units: Iterable[int], moderators: Iterable[int]) -> str | None:
    """The name of a moderator who decided on one of some claimed units."""
    decided = UnitDecision.objects.filter(claimed_unit__in=list(claimed_units), decided_by__in=list(moderators))
    return decided.order_by("decided_by__name").values_list("decided_by__name", flat=True).first()


class Behind(NamedTuple):
    """A file behind a claimed unit. `names` tells whether the candidate's last name stands in its words."""

    unit: int
    file: int
    name: str
    sha256: str
    kind: str
    pages: int | None
    size: int
    names: bool


_BEHIND = r"""
    SELECT u.id, f.id, i.name, i.sha256, f.kind, f.pages, f.size,
           EXISTS (SELECT FROM evidence_filetext t CROSS JOIN LATERAL unnest(t.pages) AS page (words)
                   WHERE t.file_id = f.id
                     AND page.words ~* ('\m' || regexp_replace(k.last_name, '([^[:alnum:] ])', '\\\1', 'g') || '\M'))
    FROM claims_claimedunit u
    JOIN claims_claim c ON c.id = u.claim_id AND c.state NOT IN ('draft', 'submitted')
    JOIN evidence_evidenceitem i ON i.claim_id = u.claim_id AND i.registration_id = u.registration_id
     AND coalesce(i.unit_id, u.unit_id) = u.unit_id
    JOIN evidence_storedfile f ON f.id = i.file_id
    JOIN candidates_candidate k ON k.id = i.candidate_id
    WHERE u.id = ANY(%s)
    ORDER BY u.id, i.place
"""


def files_behind(claimed_units: Iterable[int]) -> dict[int, list[Behind]]:
    """The files behind some claimed units, those for the whole work included, once they can't change. One query."""
    found: dict[int, list[Behind]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [list(claimed_units)])
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(Behind(*row))
    return found


_MARKERS = f"""
    SELECT m.person_id, p.name FROM moderation_moderator m JOIN people_person p ON p.id = m.person_id
    WHERE p.is_active AND NOT EXISTS (SELECT FROM unnest(%(schemes)s::text[]) AS s (code)
                                      WHERE NOT ({COMPETENT.format(who="m.person_id", scheme="s.code", on="%(on)s")}))
    ORDER BY p.name, m.person_id
"""


def markers(schemes: Iterable[str], on: date) -> list[tuple[int, str]]:
    """Moderators who may be competent in every one of some schemes on a London day, with their names, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKERS, {"schemes": sorted(set(schemes)), "on": on})
        return cursor.fetchall()


def marks_of(exercise: Exercise) -> tuple[list[Piece], list[Person], dict[tuple[int, int], BlindMark]]:
    """The pieces, those who marked, and each mark by piece and person, as far as the reader may see them."""
    pieces = list(Piece.objects.filter(exercise=exercise).order_by("number"))
    marks = list(BlindMark.objects.filter(piece__in=pieces).select_related("moderator"))
    invited = Invitation.objects.filter(exercise=exercise).values_list("moderator", flat=True)
    people = Person.objects.filter(pk__in={*invited, *(one.moderator_id for one in marks)}).order_by("name", "pk")
    return pieces, list(people), {(one.piece_id, one.moderator_id): one for one in marks}


def agreed(exercise: Exercise) -> Agreed:
    """Cohen's kappa where two people marked every piece, else Krippendorff's alpha; of those who marked anything."""
    pieces, invited, marks = marks_of(exercise)
    people = [who for who in invited if any(pair[1] == who.pk for pair in marks)]
    rows = [[(marks[p.pk, who.pk].outcome if (p.pk, who.pk) in marks else None) for who in people] for p in pieces]
    if len(people) == 2 and all(None not in row for row in rows):
        return Agreed("Cohen’s kappa", cohens_kappa([str(row[0]) for row in rows], [str(row[1]) for row in rows]))
    return Agreed("Krippendorff’s alpha", krippendorffs_alpha(rows))
