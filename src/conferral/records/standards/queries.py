"""Exercises with what everybody marked, as far as the reader may see it, and how far they agree."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

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
