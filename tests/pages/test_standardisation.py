"""Standardisation: the same work marked blind by several moderators, compared when it is closed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from conferral.actions.centres import add_person
from conferral.actions.moderators import enter_competence
from conferral.actions.reviews import decide_unit
from conferral.actions.standards import close_exercise, mark_piece, set_exercise
from conferral.records.access import acting_as
from conferral.records.claims.models import Claim
from conferral.records.evidence.models import EvidenceItem, FileText, StoredFile
from conferral.records.ledger.models import Event
from conferral.records.letters.models import Letter
from conferral.records.standards.models import BlindMark, Exercise, Invitation, Piece, PieceFile
from conferral.rules.permissions import Acting
from tests.actions.test_journey import receive
from tests.pages.centre.test_files import folder, send
from tests.samples import docx, pdf, picture, text

__all__ = ["folder"]
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


# With the files of a claim


UNIT = "J/600/1003"


def uploaded(world, as_role, *, complete=True) -> Claim:
    """A claim of one candidate with four files, one of them behind another unit, delivered."""
    found = world.submitted(count=1, units=(UNIT, "L/601/7638"))
    centre = as_role("assessor")
    send(centre, found, ("Adeyemi, task 2.pdf", pdf("A delay, because", pages=2)), unit=UNIT)
    send(centre, found, ("All of Adeyemi.docx", docx("Efa Adeyemi")), ("clip.png", picture()))
    send(centre, found, ("other.txt", text("For another unit")), unit="L/601/7638")
    if complete:
        assert centre.post(f"/centre/claims/{found.pk}/files/complete/").status_code in (302, 303)
        found.refresh_from_db()
        assert found.state != "submitted"
    return found


def from_files(world, claim, people=MARKERS, unit=UNIT):
    by = world.acting("quality_officer")
    with acting_as(by):
        return set_exercise(
            "Depth", {}, [world.people[role].pk for role in people], world.at.date() + timedelta(days=7),
            from_files=[claim.units.get(unit_id=unit).pk], at=world.at, by=by,
        )  # fmt: skip


@pytest.fixture
def filed(world, as_role, folder) -> Piece:
    verdict, made = from_files(world, uploaded(world, as_role))
    assert made is not None, verdict
    return made.pieces.get()


def test_the_desk_ticks_the_files_of_several_claims_and_sees_which_hold_a_name(world, as_role, folder):
    first, second = uploaded(world, as_role), world.submitted(count=1, units=("DEMO-09628-3",))
    desk, address = as_role("quality_officer"), f"/desk/standardisation/set/{first.pk}/"
    page = shown(desk.get(address))
    assert "Mark 3 files" in page
    assert 'stands in <span class="app-file-name">All of Adeyemi.docx' in page
    assert 'stands in <span class="app-file-name">clip.png' not in page
    unit, other = first.units.get(unit_id=UNIT), second.units.get()
    said = {f"work-{unit.pk}": "Kept", "also": f"{second.pk}, 999999", "title": "Depth",
            "moderators": [world.people[role].pk for role in MARKERS]}  # fmt: skip
    more = shown(desk.post(address, said | {"more": "1"}))
    assert f"claim {second.pk}" in more
    assert "Kept" in more
    assert more.count("checked") == 2
    said |= {"answer_by": "30/11/2026", f"files-{unit.pk}": "1", f"work-{other.pk}": "By text"}
    assert desk.post(address, said).status_code == 303
    pieces = {one.claimed_unit_id: one for one in Exercise.objects.get().pieces.all()}
    assert pieces[unit.pk].files.count() == 3
    assert pieces[other.pk].work == "By text"


def test_who_may_mark_is_listed_by_scheme(world, claim, as_role):
    desk, address = as_role("quality_officer"), f"/desk/standardisation/set/{claim.pk}/"
    name = world.people["external_verifier"].name
    assert name in shown(desk.get(address))
    enter_competence(world.people["external_verifier"].pk, "10263", since=world.at.date(), at=world.at,
                     by=world.acting("quality_officer"))  # fmt: skip
    assert name not in shown(desk.get(address))


def test_files_are_marked_under_numbers_without_names_or_decisions(world, filed, as_role):
    moderator, address = as_role("external_verifier"), f"/moderator/standardisation/pieces/{filed.pk}/"
    page = shown(moderator.get(address))
    assert "File 1" in page
    assert "2 pages" in page
    for hidden in ("Adeyemi", "task 2", "Original", "clip", "p. 4", "Efa"):
        assert hidden not in page, hidden
    drawn = moderator.get(f"{address}files/1/2/")
    assert drawn.status_code == 200
    assert drawn["Content-Type"] == "image/jpeg"
    assert moderator.get(f"{address}files/1/").status_code == 404  # the original of what is drawn
    words = shown(moderator.get(f"{address}?file=1&as=text"))
    assert "A delay, because" in words
    assert "File 2" in shown(moderator.get(f"{address}?file=2"))
    original = moderator.get(f"{address}files/2/")
    assert original["Content-Disposition"] == 'attachment; filename="Piece 1, file 2.docx"'
    assert original["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert moderator.post(address, {"outcome": "confirmed"}).status_code == 303
    assert mark(world, "examiner_moderator", filed, "withdrawn", reason_code="WRONG_UNIT").allowed
    assert close(world, filed.exercise).allowed
    assert "Cohen’s kappa: 0.00" in shown(moderator.get(f"/moderator/standardisation/{filed.exercise_id}/"))


def test_only_those_invited_read_the_files_and_only_in_the_exercise(world, filed, as_role, client):
    add = Acting("desk", world.people["quality_officer"].pk, None, ("quality_officer",))
    other = add_person("Bo Ek", "examiner_moderator", email="bo@example.org", at=world.at, by=add)
    item = EvidenceItem.objects.first()
    address = f"/moderator/standardisation/pieces/{filed.pk}/"
    client.force_login(other)
    for page in (address, f"{address}files/2/", f"{address}files/1/1/"):
        assert client.get(page).status_code == 404, page
    verifier = as_role("external_verifier")
    assert verifier.get(address).status_code == 200
    assert verifier.get(f"/moderator/claims/{item.claim_id}/files/{item.pk}/").status_code == 404
    seen = {"external_verifier": (3, 3, 0), "exams_officer": (0, 4, 4)}
    for role, (files, words, items) in seen.items():
        with acting_as(world.acting(role)):
            assert PieceFile.objects.count() == files
            assert FileText.objects.count() <= words
            assert EvidenceItem.objects.count() == items
            assert StoredFile.objects.count() == items
    with acting_as(Acting("moderator", other.pk, None, ("examiner_moderator",))):
        assert not PieceFile.objects.exists()
        assert not FileText.objects.exists()
    with acting_as(world.acting("external_verifier")), pytest.raises(DatabaseError, match="permission denied"):
        PieceFile.objects.filter(piece=filed).update(number=9)


def test_files_that_may_still_change_are_not_marked(world, as_role, folder):
    claim = uploaded(world, as_role, complete=False)
    assert "None that stay" in shown(as_role("quality_officer").get(f"/desk/standardisation/set/{claim.pk}/"))
    verdict, made = from_files(world, claim)
    assert made is None
    assert [reason.rule for reason in verdict.refused] == ["exercise-piece-without-files"]


def test_the_database_takes_no_file_of_other_work_and_no_piece_without_work(world, filed):
    made = Exercise.objects.create(
        title="Raw", answer_by=world.at.date(), set_by=world.people["quality_officer"], set_at=world.at
    )
    unit = filed.claimed_unit
    piece = Piece.objects.create(exercise=made, number=1, claimed_unit=unit, unit_code=unit.unit_id)
    other = EvidenceItem.objects.get(name="other.txt").file
    with pytest.raises(DatabaseError, match="is not behind piece"), transaction.atomic():
        PieceFile.objects.create(
            piece=piece, number=1, file=other, sha256=other.sha256, kind=other.kind, size=other.size
        )
    with pytest.raises(DatabaseError, match="a piece shows its work"), transaction.atomic():
        Invitation.objects.create(exercise=made, moderator=world.people["external_verifier"])
