"""How far several people agree who judged the same things without seeing each other's judgement."""

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, before, differs, present, same


def cohens_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa of two people over the same things; None where chance alone would have them agree on all."""
    count = len(first)
    if not count:
        return None
    seen = Fraction(sum(one == other for one, other in zip(first, second, strict=True)), count)
    one, other = Counter(first), Counter(second)
    chance = sum((Fraction(one[value] * other[value], count * count) for value in one), Fraction(0))
    return None if chance == 1 else float((seen - chance) / (1 - chance))


def krippendorffs_alpha(judged: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Krippendorff's alpha for names: a row per thing, a place per person, None where they said nothing.

    A thing that fewer than two judged doesn't count. None where everybody said the same of everything.
    """
    rows = [[value for value in row if value is not None] for row in judged]
    rows = [row for row in rows if len(row) > 1]
    weights: dict[tuple[Hashable, Hashable], Fraction] = {}
    for row in rows:
        for pair in permutations(row, 2):
            weights[pair] = weights.get(pair, Fraction(0)) + Fraction(1, len(row) - 1)
    totals: dict[Hashable, Fraction] = {}
    for (value, _), weight in weights.items():
        totals[value] = totals.get(value, Fraction(0)) + weight
    whole = sum(totals.values(), Fraction(0))
    expected = whole * whole - sum((total * total for total in totals.values()), Fraction(0))
    if not expected:
        return None
    apart = sum((weight for (one, other), weight in weights.items() if one != other), Fraction(0))
    return float(1 - (whole - 1) * apart / expected)


@rule(
    "exercise-without-pieces",
    subject="exercise",
    about="pieces",
    clause="house",
    refuse="No piece of work is chosen.",
    remedy="Tick the files of the units that everybody marks, or put their work beside them without names.",
)
def exercise_without_pieces(exercise: Any) -> Any:
    """A standardisation exercise has pieces of work."""
    return absent(exercise.pieces)


@rule(
    "exercise-piece-without-files",
    subject="exercise",
    about="pieces",
    clause="house",
    needs=("without_files",),
    refuse="No file lies behind {without_files} that could be marked.",
    remedy="Paste its work without names, or leave it out. Files are marked once the work of their claim is delivered.",
    decided_by="house",
    reading="Until a claim’s work is delivered its files come and go; a moderator has to mark what stays.",
)
def exercise_piece_without_files(exercise: Any) -> Any:
    """A piece that is marked from files has some, of a claim whose work is delivered."""
    return present(exercise.without_files)


@rule(
    "exercise-with-too-few",
    subject="exercise",
    about="moderators",
    clause="house",
    refuse="Fewer than two moderators are invited, so nothing could be compared.",
    remedy="Invite two or more moderators.",
)
def exercise_with_too_few(exercise: Any) -> Any:
    """At least two moderators mark the same work."""
    return before(exercise.moderators, 2)


@rule(
    "exercise-due-too-soon",
    subject="exercise",
    about="answer_by",
    clause="house",
    refuse="The last day is {answer_by}, which leaves no time to mark.",
    remedy="Choose a day after today.",
)
def exercise_due_too_soon(exercise: Any) -> Any:
    """An exercise is open for a day at least."""
    return same(exercise.answer_by, exercise.set_on) | after(exercise.set_on, exercise.answer_by)


@rule(
    "exercise-known-to-marker",
    subject="exercise",
    about="moderators",
    clause="house",
    needs=("knows",),
    refuse="{knows} decided on a piece of this work, and would not mark it blind.",
    remedy="Choose other work, or leave them out.",
)
def exercise_known_to_marker(exercise: Any) -> Any:
    """Nobody marks in an exercise what they decided before."""
    return present(exercise.knows)


@rule(
    "mark-without-reason",
    subject="exercise_mark",
    about="reason_code",
    clause="house",
    needs=("outcome",),
    refuse="The mark doesn’t say why.",
    remedy="Choose the reason, as you would for a claim.",
)
def mark_without_reason(mark: Any) -> Any:
    """Every mark but a confirmation gives its reason."""
    return differs(mark.outcome, "confirmed") & absent(mark.reason_code)


@rule(
    "mark-made-already",
    subject="exercise_mark",
    clause="house",
    needs=("outcome_before",),
    refuse="You have marked this piece: {outcome_before}.",
    remedy="Go on with the others: a mark is made once.",
)
def mark_made_already(mark: Any) -> Any:
    """Each moderator marks each piece once."""
    return present(mark.outcome_before)
