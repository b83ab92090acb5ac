"""Candidates' names: put right freely, changed on proof, and bound by what is printed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from conferral.actions.awards import issue_certificate
from conferral.actions.names import change_name
from conferral.records.access import acting_as
from conferral.records.awards.models import Award, Certificate
from conferral.records.candidates.models import Candidate, NameChange
from conferral.records.candidates.names import NewName
from conferral.records.catalogue.models import Qualification
from conferral.records.ledger.models import Event
from conferral.records.money.models import Charge
from conferral.rules.names import whole_name_changed
from conferral.rules.permissions import CLOCK
from conferral.rules.rule import BOOK
from tests.pages.moderator.test_review import address, words
from tests.rules.test_rulebook import facts
from tests.world import fresh

DAY, ONE = date(2014, 12, 31), timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("Grace O’Neill", "Grace O'Neil", False),
        ("Catherine Smith", "Katherine Smyth", False),
        ("Mary Smith", "Mary Jones", False),
        ("Mary Smith", "Marie Jones", True),
        ("Chen Wei", "Wei Chen", False),
        ("Þórdís Guðmundsdóttir", "Þordis Gudmundsdottir", False),
        ("ZOË BRONTË", "Zoe Bronte", False),
        ("Ana de Souza", "Eva de Melo", True),
        ("Al Li", "Li Al", False),
        ("Ng", "Grace Ng", False),
        ("Al Li", "Bo Xu", True),
        ("Fa'alogo", "Fa’alogo", False),
        ("Fa'alogo", "Tui Manu", True),
        ("Grace O’Neill", "", True),
        ("Grace O’Neill", "Gloria Adeyemi", True),
    ],
)
def test_a_whole_name_is_changed_when_no_word_of_it_is_left(before, after, whole):
    assert whole_name_changed(before, after) is whole
    assert whole_name_changed(after, before) is whole


@pytest.mark.parametrize(
    ("id", "spoken", "silent"),
    [
        ("name-unchanged", {"changed": False}, {"changed": True}),
        ("name-without-last-name", {}, {"last_name": "Ng"}),
        ("name-proof-from-the-future", {"seen_on": DAY + ONE}, {"seen_on": DAY}),
        ("name-on-printed-certificate", {"printed_on": DAY}, {}),
        ("name-reissue-after-final-certification", {"scheme": "10263", "closed_on": DAY - ONE},
         {"scheme": "10263", "closed_on": DAY}),
        ("name-change-without-proof", {"whole": True, "proof": "Passport", "seen_by": 1}, {"whole": False}),
        ("name-change-without-proof", {"whole": True, "proof": "Passport", "seen_on": DAY},
         {"whole": True, "proof": "Passport", "seen_by": 1, "seen_on": DAY}),
        ("name-change-without-proof", {"whole": True, "seen_by": 1, "seen_on": DAY}, {}),
    ],
)  # fmt: skip
def test_each_rule_on_names_speaks_and_is_silent(id, spoken, silent):
    assert BOOK[id](facts(BOOK[id], spoken)) is True
    assert BOOK[id](facts(BOOK[id], silent)) is False


def asked(world, new, *, by="exams_officer", returned=False):
    acting = world.acting(by)
    with acting_as(acting):
        candidate = world.registrations[2].candidate_id
        verdict, made = change_name(candidate, new, returned=returned, at=world.at, by=acting, fresh=fresh())
    return [reason.rule for reason in verdict.refused], made


def proven(world, first, last, by="exams_officer"):
    return NewName(first, last, "deed", world.people[by].pk, world.at.date())


def test_a_correction_is_free_and_seen_by_centre_and_desk(world, as_role):
    row = world.registrations[2]
    officer, place = as_role("exams_officer"), address("centre_change_name", row.candidate_id)
    assert place in officer.get(address("centre_candidate", row.candidate_id)).content.decode()
    response = officer.post(place, {"first_names": " Grace  Ann ", "last_name": "O’Neil"})
    assert response.status_code == 303
    row.candidate.refresh_from_db()
    assert row.candidate.name == "Grace Ann O’Neil"
    assert Charge.objects.count() == 0
    kept = NameChange.objects.get()
    assert (kept.name_before, kept.whole, kept.proof, kept.seen_by) == ("Grace O’Neill", False, "", None)
    event = Event.objects.get(verb="name_corrected")
    assert "Neil" not in str(event.facts)
    told = words(officer.get(address("centre_candidate", row.candidate_id)))
    assert "Names before Grace O’Neill until 23 November 2026" in told
    assert "Name put right" in told
    assert "Grace O’Neill until" in words(as_role("certificates_officer").get(address("desk_registration", row.pk)))
    assert as_role("assessor").get(place).status_code == 403
    assert as_role("examiner_moderator").get(place).status_code == 403


def test_a_whole_name_needs_proof_and_who_saw_it(world, as_role):
    row = world.registrations[2]
    officer, place = as_role("exams_officer"), address("centre_change_name", row.candidate_id)
    new = {"first_names": "Ffion", "last_name": "Prydderch"}
    response = officer.post(place, new)
    assert response.status_code == 422
    assert "no proof of the new one is given" in words(response)
    assert "There is no such day" in words(officer.post(place, new | {"seen_on": "31/2/2026"}))
    seen = {"proof": "deed", "seen_by": world.people["internal_verifier"].pk, "seen_on": "20/11/2026"}
    assert "is yet to come" in words(officer.post(place, new | seen | {"seen_on": "24/11/2026"}))
    assert NameChange.objects.count() == 0
    assert officer.post(place, new | seen).status_code == 303
    told = words(officer.get(address("centre_candidate", row.candidate_id)))
    assert "Deed poll or statutory declaration, seen by Gwenllian ap Rhys-Mbeki on 20 November 2026" in told
    assert "Whole name changed on proof" in told


def test_somebody_else_is_not_reached_by_small_steps(world):
    assert asked(world, NewName("Grace", "Adeyemi"))[0] == []
    assert asked(world, NewName("Folasade", "Adeyemi"))[0] == ["name-change-without-proof"]
    assert asked(world, proven(world, "Folasade", "Adeyemi"))[0] == []
    assert asked(world, NewName("Folasade", "Okafor"))[0] == []
    assert asked(world, NewName("Grace", "O’Neill"))[0] == ["name-change-without-proof"]


def test_proof_is_seen_by_somebody_of_the_centre(world):
    stranger = replace(proven(world, "Ffion", "Prydderch"), seen_by=world.people["examiner_moderator"].pk)
    assert asked(world, stranger)[0] == ["name-change-without-proof"]
    at_desk = proven(world, "Ffion", "Prydderch", "certificates_officer")
    assert asked(world, at_desk)[0] == ["name-change-without-proof"]
    assert asked(world, at_desk, by="certificates_officer")[0] == []


def test_a_name_is_changed_once(world):
    assert asked(world, NewName("Grace", "O’Neil"))[0] == []
    assert asked(world, NewName("Grace", "O’Neil"))[0] == ["name-unchanged"]
    assert asked(world, NewName("Grace", "  "))[0] == ["name-without-last-name"]
    assert NameChange.objects.count() == 1


def due(world):
    row = world.registrations[2]
    award = Award.objects.create(
        centre_id=world.centre, registration=row, scheme_id="09628", awarded_on=world.at.date()
    )
    return Certificate.objects.create(
        number="2345678923456789", centre_id=world.centre, award=award, holder="Grace O’Neill", title="T", level=2,
        organisation="O", awarded_on=world.at.date(), units=[],
    )  # fmt: skip


def printed(world, number=None):
    made = number or due(world).number
    with acting_as(CLOCK):
        assert issue_certificate(made, paper=lambda one: one.holder.encode(), at=world.at, by=CLOCK).allowed
    return Certificate.objects.get(pk=made)


def test_until_it_is_printed_a_certificate_follows_the_name(world):
    made = due(world)
    assert asked(world, NewName("Grace", "O’Neil"))[0] == []
    issued = printed(world, made.number)
    assert issued.holder == "Grace O’Neil"
    assert bytes(issued.document).decode() == "Grace O’Neil"


def test_a_printed_certificate_comes_back_before_the_name_changes(world, as_role):
    row, old = world.registrations[2], printed(world)
    officer, place = as_role("exams_officer"), address("centre_change_name", row.candidate_id)
    shown = words(officer.get(place))
    assert "A certificate with the present name was printed on 23 November 2026." in shown
    assert "Change the name</button>" not in officer.get(place).content.decode()
    assert officer.post(place, {"first_names": "Grace", "last_name": "O’Neil"}).status_code == 422
    desk, at_desk = as_role("certificates_officer"), address("desk_change_name", row.pk)
    new = {"first_names": "Grace", "last_name": "O’Neil"}
    assert "was printed on 23 November 2026" in words(desk.post(at_desk, new))
    assert NameChange.objects.count() == 0
    assert desk.post(at_desk, new | {"returned": "on"}).status_code == 303
    old.refresh_from_db()
    assert (old.state, old.holder, old.revoked_because) == (
        "revoked", "Grace O’Neill", "The original came back and was reissued.",
    )  # fmt: skip
    again = Certificate.objects.get(replaces=old)
    assert (again.state, again.award_id, again.awarded_on) == ("due", old.award_id, old.awarded_on)
    assert printed(world, again.number).holder == "Grace O’Neil"
    text = words(desk.get(address("desk_certificate", again.number)))
    assert f"Replaces {old.number}" in text
    assert f"Replaced by {again.number}" in words(desk.get(address("desk_certificate", old.number)))


def test_the_centre_cannot_say_that_an_original_came_back(world):
    old = printed(world)
    assert asked(world, NewName("Grace", "O’Neil"), returned=True)[0] == ["no-such-move"]
    old.refresh_from_db()
    assert old.state == "issued"


@pytest.mark.parametrize(("last_day", "refused"), [(0, []), (-1, ["name-reissue-after-final-certification"])])
def test_nothing_is_reissued_after_the_last_day_for_certificates(world, last_day, refused):
    old = printed(world)
    Qualification.objects.filter(pk="09628").update(
        last_registration=date(2026, 11, 1), final_certification=world.at.date() + timedelta(days=last_day)
    )
    said, _ = asked(world, NewName("Grace", "O’Neil"), by="certificates_officer", returned=True)
    assert said == refused
    old.refresh_from_db()
    assert old.state == ("issued" if refused else "revoked")


def test_the_database_keeps_names_to_their_records(world):
    row = world.registrations[2]
    with pytest.raises(DatabaseError, match="changes only with a record"), transaction.atomic():
        Candidate.objects.filter(pk=row.candidate_id).update(last_name="Ng")
    whole = NameChange(
        centre_id=world.centre, candidate_id=row.candidate_id, first_names_before="Grace", last_name_before="O’Neill",
        first_names="X", last_name="Y", whole=True, changed_by=world.people["exams_officer"], changed_at=world.at,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="a_whole_name_changes_on_proof"), transaction.atomic():
        whole.save()
    old = printed(world)
    whole.whole = False
    with pytest.raises(DatabaseError, match="name-on-printed-certificate"), transaction.atomic():
        whole.save()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Certificate.objects.filter(pk=old.pk).update(holder="Somebody")
