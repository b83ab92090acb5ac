"""Standardisation exercises: set by the desk, marked blind, closed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_person
from conferral.records.claims.models import ClaimedUnit
from conferral.records.standards.models import BlindMark, Exercise, Invitation, Piece, PieceFile
from conferral.records.standards.queries import files_behind, knows
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import ExerciseFacts, MarkFacts, as_json
from conferral.rules.journeys import EXERCISE
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def set_exercise(
    title: str, works: Mapping[int, str], moderators: Iterable[int], answer_by: date, *,
    from_files: Iterable[int] = (), at: datetime, by: Acting,
) -> tuple[Verdict, Exercise | None]:  # fmt: skip
    """Have some claimed units marked blind: those `from_files` by the files behind them, as they were delivered.

    `works` gives the work of a unit as text without names. Those invited are written to.
    """
    people, filed = sorted(set(moderators)), set(from_files)
    texts = {unit: text.strip() for unit, text in works.items() if text.strip()}
    pieces = sorted(texts.keys() | filed)
    codes = dict(ClaimedUnit.objects.filter(pk__in=pieces).values_list("pk", "unit"))
    behind = files_behind(filed)
    facts = ExerciseFacts(
        set_on=london_day(at), answer_by=answer_by, moderators=len(people), pieces=len(pieces) or None,
        without_files=next((codes.get(unit, str(unit)) for unit in sorted(filed) if unit not in behind), None),
        knows=knows(pieces, people),
    )  # fmt: skip
    verdict = judge(facts, rules_on("exercise"))
    if verdict.refused:
        return verdict, None
    made = Exercise.objects.create(title=title, answer_by=answer_by, set_by_id=by.somebody, set_at=at)
    made_pieces = Piece.objects.bulk_create(
        Piece(exercise=made, number=number, claimed_unit_id=unit, unit_code=codes[unit], work=texts.get(unit, ""))
        for number, unit in enumerate(pieces, 1)
    )
    PieceFile.objects.bulk_create(
        PieceFile(piece=piece, number=number, file_id=one.file, sha256=one.sha256, kind=one.kind, pages=one.pages,
                  size=one.size)
        for piece in made_pieces for number, one in enumerate(behind.get(piece.claimed_unit_id, ()), 1)
    )  # fmt: skip
    Invitation.objects.bulk_create(Invitation(exercise=made, moderator_id=person) for person in people)
    record([Done("exercise_set", "exercise", made.pk, None, verdict, as_json(facts))], at=at, by=by)
    for person in people:
        write_to_person(
            person, subject=f"Standardisation: {title}",
            text=f"Mark {len(pieces)} pieces of work by {answer_by:%A} {answer_by:%-d} {answer_by:%B %Y}. Nobody sees "
            "your marks, and you see nobody’s, until the exercise is closed.",
            about=("exercise", str(made.pk)), at=at, by=by,
        )  # fmt: skip
    return verdict, made


@transaction.atomic
def mark_piece(
    piece_id: int, outcome: str, *, reason_code: str | None = None, words: str = "", at: datetime, by: Acting
) -> Verdict:
    """Mark one piece of an open exercise, once. Raises Piece.DoesNotExist for who isn't invited."""
    piece = Piece.objects.select_related("exercise").get(pk=piece_id)
    take_turn(f"mark of {by.somebody} on piece {piece_id}")
    before = BlindMark.objects.filter(piece=piece, moderator=by.somebody).first()
    facts = MarkFacts(outcome, reason_code or None, before.in_words.lower() if before else None)
    verdict = judge(facts, rules_on("exercise_mark"))
    if piece.exercise.state != "open":
        verdict += EXERCISE.judge(piece.exercise.state, "mark", by=by.audience)
    if verdict.allowed:
        BlindMark.objects.create(
            piece=piece, moderator_id=by.somebody, outcome=outcome, reason_code=reason_code or None, words=words,
            marked_at=at,
        )  # fmt: skip
        # What was marked stays out of the ledger: others read it.
        record([Done("piece_marked", "exercise", piece.exercise_id, facts={"piece": piece.number})], at=at, by=by)
    return verdict


@transaction.atomic
def close_exercise(exercise_id: int, *, at: datetime, by: Acting) -> Verdict:
    """End the marking: from now on everybody invited sees all marks. Raises Exercise.DoesNotExist."""
    found = Exercise.objects.select_for_update().get(pk=exercise_id)
    verdict = EXERCISE.judge(found.state, "close", by=by.audience)
    if verdict.allowed:
        found.state, found.closed_by_id, found.closed_at = "closed", by.person, at
        found.save()
        record([Done("exercise_closed", "exercise", found.pk, None, verdict)], at=at, by=by)
        for person in found.invitations.values_list("moderator", flat=True):
            write_to_person(
                person, subject=f"Standardisation: {found.title} is closed",
                text="Everybody’s marks, and how far you agree, can be seen now.",
                about=("exercise", str(found.pk)), at=at, by=by,
            )  # fmt: skip
    return verdict
