"""Moderators who are away, and centres whose candidates can't wait."""

from datetime import date, timedelta

import pytest

from conferral.actions.absences import enter_absence, take_back_absence
from conferral.actions.centres import add_person, declare_interest
from conferral.actions.changes import ask_for_change, decline_change, grant_change, take_back_change
from conferral.actions.consignments import Sent, receive_work, record_despatch
from conferral.actions.contacts import name_contact
from conferral.records.access import acting_as
from conferral.records.allocation.models import Absence, ChangeRequest, Competence, Contract, Redirection
from conferral.records.claims.models import Claim
from conferral.records.letters.models import Letter
from conferral.records.moderation.models import Allocation, UnitDecision
from conferral.rules.permissions import Acting
from tests.pages.moderator.test_review import address, words
from tests.world import INSTALLER, fresh

WHY = "They start a course in January that asks for the certificate."


@pytest.fixture
def other(world):
    """Another examiner-moderator, of whom nothing else is entered."""
    return add_person("Una Ó Sé", "examiner_moderator", email="una@example.org", address="1 Sea View\nBarry",
                      at=world.at, by=INSTALLER)  # fmt: skip


def be_away(world, first=3, last=20, role="examiner_moderator"):
    by, day = world.acting(role), world.at.date()
    with acting_as(by):
        return enter_absence(day + timedelta(days=first), day + timedelta(days=last), "illness", at=world.at, by=by)


def ask(world, scheme="09628", reason=WHY):
    by = world.acting("exams_officer")
    with acting_as(by):
        return ask_for_change(scheme, reason, at=world.at, by=by)


def grant(world, request, moderator, **more):
    by = world.acting("allocation_officer")
    with acting_as(by):
        return grant_change(request.pk, moderator, at=world.at, by=by, fresh=fresh(), **more)


def rules(verdict):
    return [one.rule for one in verdict.refused]


def test_an_absence_is_told_to_the_right_people_who_acknowledge_it(world, as_role):
    by = world.acting("exams_officer")
    with acting_as(by):
        name_contact("61423", "moderation", scheme="09628", name="x", email="x@example.org", at=world.at, by=by)
    moderator = as_role("examiner_moderator")
    said = {"from_on": "1/12/2026", "until_on": "10/12/2026", "kind": "illness"}
    assert moderator.post(address("moderator_away"), said).status_code == 303
    letter = Letter.objects.get()
    assert (letter.centre_id, letter.purpose, letter.scheme_id) == ("61423", "moderation", "09628")
    assert [one.email for one in letter.copies.all()] == ["x@example.org"]
    assert "illness" not in (letter.subject + letter.text).lower()
    assert "ask for another moderator" in letter.text
    assert "0 of 1 acknowledged" in words(moderator.get(address("moderator_away")))
    desk = as_role("quality_officer")
    assert "Illness" in words(desk.get(address("desk_changes")))
    assert "Not yet" in words(desk.get(address("desk_changes")))
    officer = as_role("exams_officer")
    shown = words(officer.get(address("centre_own")))
    assert "1 December 2026 to 10 December 2026" in shown
    assert "Illness" not in shown
    officer.post(address("acknowledge_letter", letter.pk))
    assert "Acknowledged" in words(as_role("quality_officer").get(address("desk_changes")))


def test_days_away_are_entered_once_in_order_and_not_in_the_past(world, as_role):
    assert be_away(world)[1]
    assert rules(be_away(world, 10, 30)[0]) == ["absence-entered-twice"]
    assert rules(be_away(world, 40, 30)[0]) == ["absence-ends-before-it-begins"]
    assert rules(be_away(world, -9, -2)[0]) == ["absence-already-over"]
    assert rules(be_away(world, 30, 900)[0]) == ["absence-too-long"]
    bad = as_role("examiner_moderator").post(
        address("moderator_away"), {"from_on": "32/1/2026", "until_on": "", "kind": "x"}
    )
    assert bad.status_code == 422
    assert "Write the day as 24/12/2026" in words(bad)
    assert Absence.objects.count() == 1


def test_an_absence_taken_back_is_told_and_nobody_else_takes_it_back(world, as_role):
    _, absence = be_away(world)
    assert as_role("external_verifier").post(address("moderator_take_back_absence", absence.pk)).status_code == 404
    moderator = as_role("examiner_moderator")
    assert moderator.post(address("moderator_take_back_absence", absence.pk)).status_code == 303
    by = world.acting("examiner_moderator")
    with acting_as(by):
        assert not take_back_absence(absence.pk, at=world.at, by=by)
    assert Letter.objects.count() == 2
    assert "there after all" in Letter.objects.latest("id").subject
    assert rules(ask(world)[0]) == ["change-while-moderator-there"]


def test_a_centre_asks_and_the_work_goes_to_somebody_else_with_its_claims(world, other, as_role):
    waiting, sent, arrived = (world.submitted(count=1, units=(unit,)) for unit in UNITS)
    for claim in (sent, arrived):
        by = world.acting("exams_officer")
        with acting_as(by):
            record_despatch(claim.pk, despatched_on=world.at.date(), carrier="Post", at=world.at, by=by)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        receive_work(arrived.consignments.get().reference, at=world.at, by=by)
    be_away(world)
    officer = as_role("exams_officer")
    assert officer.post(address("centre_change", "09628"), {"reason": ""}).status_code == 422
    assert officer.post(address("centre_change", "09628"), {"reason": WHY}).status_code == 303
    assert "The desk answers by the end of Thursday 26 November 2026" in words(
        officer.get(address("centre_change", "09628"))
    )
    request = ChangeRequest.objects.get()
    assert rules(ask(world)[0]) == ["change-already-asked"]
    desk = as_role("allocation_officer")
    assert "Another moderator asked for: 09628 at 61423" in words(desk.get(address("desk_today")))
    page = words(desk.get(address("desk_change", request.pk)))
    assert "Una Ó Sé, would hold 1 batch" in page
    parcel = sent.consignments.get()
    moved = desk.post(
        address("desk_change", request.pk), {"grant": "1", "moderator": other.pk, f"way-{parcel.pk}": "return"}
    )
    assert moved.status_code == 303
    assert set(Claim.objects.values_list("moderator", flat=True)) == {other.pk}
    assert dict(Redirection.objects.values_list("claim", "way")) == {sent.pk: "return", arrived.pk: "forward"}
    assert sorted(sent.consignments.values_list("state", flat=True)) == ["awaited", "cancelled"]
    assert waiting.consignments.get().state == "awaited"
    assert "hours began anew" in words(as_role("exams_officer").get(address("centre_claim", sent.pk)))
    assert "hours began anew" not in words(as_role("exams_officer").get(address("centre_claim", waiting.pk)))
    assert Allocation.objects.filter(scheme="09628", days__contains=world.at.date()).get().moderator_id == other.pk
    told = Letter.objects.exclude(person=None).exclude(about_kind="claim").order_by("id")
    assert [one.person_id for one in told] == [
        world.people["examiner_moderator"].pk, other.pk,
    ]  # fmt: skip
    before = as_role("examiner_moderator")
    shown = words(before.get(address("moderator_parcels")))
    assert "back to the centre" in shown
    assert "send it on to Una Ó Sé" in shown
    unit = arrived.units.get()
    late = before.post(address("moderator_unit", arrived.pk, unit.pk), {"outcome": "confirmed"})
    assert late.status_code == 404
    assert f"Claim {arrived.pk} isn’t with you." in words(late)
    assert UnitDecision.objects.count() == 0


def test_work_that_is_no_parcel_goes_along_and_mails_are_forwarded(world, other, as_role):
    mailed, held = (world.submitted(count=1, units=(unit,)) for unit in UNITS[:2])
    by = world.acting("exams_officer")
    with acting_as(by):
        for claim, sent in (
            (mailed, Sent(kind="email", mail_reference="Two mails", parts=2)),
            (held, Sent(kind="eportfolio", link="https://portfolio.example/1", sign_in="Guest")),
        ):
            verdict = record_despatch(claim.pk, despatched_on=world.at.date(), sent=sent, at=world.at, by=by)
            assert verdict.allowed, verdict
    be_away(world)
    letter = Letter.objects.get(about_kind="absence", scheme="09628")
    assert address("centre_change", "09628") in as_role("exams_officer").get(f"/letters/{letter.pk}/").content.decode()
    _, request = ask(world)
    page = words(as_role("allocation_officer").get(address("desk_change", request.pk)))
    assert "Parcel" not in page
    assert f"Claim {mailed.pk}, by e-mail: the moderator before forwards the mails" in page
    assert f"Claim {held.pk}, in an e-portfolio: the work goes along by itself" in page
    assert grant(world, request, other.pk).allowed
    assert not Redirection.objects.exists()
    before, after = (Letter.objects.filter(person=one).latest("id").text
                     for one in (world.people["examiner_moderator"], other))  # fmt: skip
    assert f"Forward to {other.name} the mails with the work of these claims: {mailed.pk}." in before
    assert "parcels" not in before
    assert f"The mails of these are forwarded to you: {mailed.pk}." in after


UNITS = ("J/600/1003", "L/601/7638", "DEMO-09628-3")


def test_whom_the_rules_keep_out_is_shown_with_the_reason_and_refused(world, other, as_role):
    be_away(world)
    _, request = ask(world)
    verifier = world.people["external_verifier"].pk
    day = world.at.date()
    declare_interest(verifier, "61423", on=day, at=world.at, by=INSTALLER)
    Competence.objects.create(moderator_id=other.pk, scheme_id="10263", since=date(2010, 1, 1))
    Contract.objects.create(moderator_id=other.pk, days=(date(2010, 1, 1), None), most_batches=0)
    Absence.objects.create(moderator_id=other.pk, days=(day, day + timedelta(days=30)), entered_by=other,
                           entered_at=world.at)  # fmt: skip
    assert rules(grant(world, request, verifier)) == ["allocation-with-interest"]
    assert rules(grant(world, request, other.pk)) == [
        "allocation-without-competence", "allocation-while-away", "allocation-beyond-agreed",
    ]  # fmt: skip
    text = words(as_role("allocation_officer").get(address("desk_change", request.pk)))
    assert "Nobody may take this work over" in text
    assert "has declared an interest in the centre" in text
    assert ChangeRequest.objects.get().state == "asked"


def test_a_request_is_declined_with_a_reason_or_taken_back(world, other):
    be_away(world)
    _, request = ask(world)
    by = world.acting("allocation_officer")
    with acting_as(by):
        assert rules(decline_change(request.pk, " ", at=world.at, by=by)) == ["change-declined-without-reason"]
        assert decline_change(request.pk, "They are back in three days.", at=world.at, by=by).allowed
    assert Letter.objects.latest("id").text == "They are back in three days."
    assert grant(world, request, other.pk).refused
    _, request = ask(world)
    by = world.acting("exams_officer")
    with acting_as(by):
        assert take_back_change(request.pk, at=world.at, by=by).allowed
        assert take_back_change(request.pk, at=world.at, by=by).refused
    assert rules(ask(world, reason="")[0]) == ["change-without-reason"]


def test_another_centre_sees_neither_request_nor_absence_of_strangers(world):
    be_away(world)
    ask(world)
    with acting_as(Acting("centre", world.people["exams_officer"].pk, "70707", ("exams_officer",))):
        assert not ChangeRequest.objects.exists()
        assert not Absence.objects.exists()
