"""Standardisation: the same work marked blind by several moderators, compared when it is closed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from conferral.actions.reviews import decide_unit
from conferral.actions.standards import close_exercise, mark_piece, set_exercise
from conferral.records.access import acting_as
from conferral.records.ledger.models import Event
from conferral.records.letters.models import Letter
from conferral.records.standards.models import BlindMark, Exercise, Invitation, Piece
from tests.actions.test_journey import receive

MARKERS = ("examiner_moderator", "external_verifier")


def shown(response, status=200) -> str:
    assert response.status_code == status, response
    return " ".join(response.content.decode().split())


@pytest.fixture
def claim(world):
    found = world.submitted(count=1)
    receive(world, found)
    return found


@pytest.fixture
def exercise(world, claim) -> Exercise:
    by = world.acting("quality_officer")
    works = {unit.pk: f"Work of {unit.unit_id}" for unit in claim.units.all()}
    people = [world.people[role].pk for role in MARKERS]
    with acting_as(by):
        verdict, made = set_exercise("Depth", works, people, world.at.date() + timedelta(days=7), at=world.at, by=by)
    assert made is not None, verdict
    return made


def mark(world, role, piece, outcome="confirmed", **words):
    by = world.acting(role)
    with acting_as(by):
        return mark_piece(piece.pk, outcome, at=world.at, by=by, **words)


def close(world, exercise):
    by = world.acting("quality_officer")
    with acting_as(by):
        return close_exercise(exercise.pk, at=world.at, by=by)


def test_the_desk_sets_an_exercise_over_units_of_a_claim(world, claim, as_role):
    desk, address = as_role("quality_officer"), f"/desk/standardisation/set/{claim.pk}/"
    assert f"/desk/standardisation/set/{claim.pk}/" in shown(desk.get(f"/desk/awards/claims/{claim.pk}/"))
    assert "Tick two or more moderators" in shown(desk.post(address, {"title": "Depth"}), 422)
    said = {"title": "Depth", "answer_by": "30/11/2026", "moderators": [world.people[MARKERS[0]].pk]}
    refused = shown(desk.post(address, said), 422)
    assert "Fewer than two moderators" in refused
    assert "No piece of work is chosen" in refused
    unit = claim.units.first()
    said |= {"moderators": [world.people[role].pk for role in MARKERS], f"work-{unit.pk}": "<An answer>"}
    assert "leaves no time" in shown(desk.post(address, said | {"answer_by": "23/11/2026"}), 422)
    assert desk.post(address, said).status_code == 303
    assert Piece.objects.get().work == "<An answer>"
    assert Letter.objects.filter(subject="Standardisation: Depth").count() == 2
    assert "0 of 1 marked" in shown(desk.get(f"/desk/standardisation/{Exercise.objects.get().pk}/"))
    assert "Depth" in shown(desk.get("/desk/standardisation/"))


def test_moderators_mark_blind_and_see_each_other_when_it_is_closed(world, exercise, as_role):
    pieces = list(exercise.pieces.all())
    moderator = as_role("examiner_moderator")
    assert "0 of 3 pieces marked" in shown(moderator.get("/moderator/"))
    page = shown(moderator.get(f"/moderator/standardisation/pieces/{pieces[0].pk}/"))
    assert f"Work of {pieces[0].unit_code}" in page
    assert "Adeyemi" not in page  # no names
    address = f"/moderator/standardisation/pieces/{pieces[0].pk}/"
    assert "mark doesn’t say why" in shown(moderator.post(address, {"outcome": "not_awarded"}), 422)
    said = {"outcome": "not_awarded", "reason_code": "THIN_ANSWER", "words": "One word."}
    assert moderator.post(address, said).status_code == 303
    assert "You have marked this piece: not awarded" in shown(moderator.post(address, said), 422)
    for piece in pieces[1:]:
        assert mark(world, "examiner_moderator", piece).allowed
    for piece in pieces:
        assert mark(world, "external_verifier", piece).allowed
    with acting_as(world.acting("external_verifier")):
        assert set(BlindMark.objects.values_list("moderator", flat=True)) == {world.people["external_verifier"].pk}
    verifier = as_role("external_verifier")
    assert "One word." not in shown(verifier.get(f"/moderator/standardisation/{exercise.pk}/"))
    desk = as_role("quality_officer")
    open_page = shown(desk.get(f"/desk/standardisation/{exercise.pk}/"))
    assert "3 of 3 marked" in open_page
    assert "One word." not in open_page
    assert desk.post(f"/desk/standardisation/{exercise.pk}/close/").status_code == 303
    for role, page in (("quality_officer", "desk"), ("external_verifier", "moderator")):
        text = shown(as_role(role).get(f"/{page}/standardisation/{exercise.pk}/"))
        assert "One word." in text
        assert "Cohen’s kappa: 0.00" in text
    assert not [event for event in Event.objects.filter(verb="piece_marked") if "outcome" in event.facts]


def test_gaps_are_compared_by_alpha(world, exercise, as_role):
    first, second, _ = exercise.pieces.all()
    for role in MARKERS:
        mark(world, role, first)
    mark(world, "examiner_moderator", second, "withdrawn", reason_code="WRONG_UNIT")
    mark(world, "external_verifier", second, "withdrawn", reason_code="WRONG_UNIT")
    assert close(world, exercise).allowed
    text = shown(as_role("quality_officer").get(f"/desk/standardisation/{exercise.pk}/"))
    assert "Krippendorff’s alpha: 1.00" in text
    assert "Not marked" in text


def test_nobody_marks_after_the_closing_or_without_an_invitation(world, exercise):
    piece = exercise.pieces.first()
    assert close(world, exercise).allowed
    assert close(world, exercise).refused
    assert mark(world, "examiner_moderator", piece).refused
    with pytest.raises(DatabaseError, match="not invited, or closed"), transaction.atomic():
        BlindMark.objects.create(
            piece=piece, moderator=world.people["examiner_moderator"], outcome="confirmed", marked_at=world.at
        )


def test_nobody_marks_what_they_decided(world, claim, exercise):
    by = world.acting("examiner_moderator")
    unit = claim.units.first()
    with acting_as(by):
        assert decide_unit(unit.pk, "confirmed", at=world.at, by=by).allowed
    by = world.acting("quality_officer")
    with acting_as(by):
        verdict, made = set_exercise(
            "Again", {unit.pk: "Work"}, [world.people[role].pk for role in MARKERS],
            world.at.date() + timedelta(days=7), at=world.at, by=by,
        )  # fmt: skip
    assert made is None
    assert [reason.rule for reason in verdict.refused] == ["exercise-known-to-marker"]
    other = Exercise.objects.create(title="Raw", answer_by=world.at.date(), set_by_id=by.person, set_at=world.at)
    Piece.objects.create(exercise=other, number=1, claimed_unit=unit, unit_code=unit.unit_id, work="Work")
    with pytest.raises(DatabaseError, match="exercise-known-to-marker"), transaction.atomic():
        Invitation.objects.create(exercise=other, moderator=world.people["examiner_moderator"])


def test_who_is_not_invited_and_a_centre_see_nothing(world, exercise, as_role):
    with acting_as(world.acting("exams_officer")):
        assert not Exercise.objects.exists()
        assert not Piece.objects.exists()
    desk = as_role("certificates_officer")
    assert desk.post(f"/desk/standardisation/{exercise.pk}/close/").status_code == 403
