"""Notices about a scheme: published at the desk, read by everybody, never changed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from conferral.actions.notices import publish_notice
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Notice
from conferral.records.ledger.models import Event
from tests.pages.moderator.test_review import address, words
from tests.world import UNITS

SAID = {
    "title": "Evidence for 09628",
    "text": "Send the candidate’s own work.\n\nCopies of NVQ units are not accepted.",
    "source": "moderation-2012",
    "place": "p2",
}


@pytest.fixture
def desk(as_role):
    return as_role("quality_officer")


def test_a_notice_is_seen_by_everybody_and_where_claims_are_built(world, desk, as_role):
    claim = world.draft(1)
    assert address("desk_publish_notice", "09628") in desk.get(address("desk_scheme", "09628")).content.decode()
    answer = desk.post(address("desk_publish_notice", "09628"), SAID)
    assert (answer.status_code, answer["Location"]) == (303, address("desk_scheme", "09628"))
    told = "Notice of 23 November 2026: Evidence for 09628 Send the candidate’s own work."
    at_desk = words(desk.get(answer["Location"]))
    assert told in at_desk
    assert "Notice published" in at_desk
    assert told in words(as_role("assessor").get(address("centre_claim_units", claim.number, UNITS[0])))
    desk.logout()
    public = words(desk.get(address("qualification", "09628")))
    assert told in public
    assert "paragraph 2" in public
    assert "Notice of" not in words(desk.get(address("qualification", "09629")))
    event = Event.objects.get(verb="notice_published")
    assert event.facts == {"notice": Notice.objects.get().pk, "clause": "moderation-2012 p2"}
    assert event.actor == world.people["quality_officer"].pk


def test_a_day_before_it_was_published_does_not_show_a_notice(world, desk):
    desk.post(address("desk_publish_notice", "09628"), SAID)
    before = {"on": (world.at - timedelta(days=1)).date().isoformat()}
    for name in ("qualification", "desk_scheme"):
        assert "Notice of" not in words(desk.get(address(name, "09628"), before))


def test_a_notice_that_rests_on_no_document_is_this_organisation_s_decision(world, desk):
    desk.post(address("desk_publish_notice", "09628"), SAID | {"source": "", "place": ""})
    assert Notice.objects.get().clause == "house"
    assert "Decided by this organisation" in words(desk.get(address("qualification", "09628")))


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "x" * 201}, {"text": " "}, {"text": "x" * 5001}, {"text": "\x00"}, {"source": "nowhere"}],
)
def test_a_notice_written_wrongly_is_not_published(world, desk, wrong):
    assert desk.post(address("desk_publish_notice", "09628"), SAID | wrong).status_code == 422
    assert not Notice.objects.exists()


def test_a_title_is_published_once_a_day(world, desk):
    desk.post(address("desk_publish_notice", "09628"), SAID)
    again = desk.post(address("desk_publish_notice", "09628"), SAID | {"text": "Something else."})
    assert again.status_code == 422
    assert "A notice with this title was published today" in words(again)
    assert Notice.objects.get().text.startswith("Send")
    assert Event.objects.filter(verb="notice_published").count() == 1


def test_what_is_marked_up_in_a_notice_is_shown_as_it_was_typed(world, desk):
    desk.post(address("desk_publish_notice", "09628"), SAID | {"text": "<script>alert(1)</script>"})
    assert "<script>alert" not in desk.get(address("qualification", "09628")).content.decode()


def test_others_at_the_desk_publish_nothing(world, as_role):
    other = as_role("certificates_officer")
    assert "Publish a notice" not in words(other.get(address("desk_scheme", "09628")))
    assert other.post(address("desk_publish_notice", "09628"), SAID).status_code == 403


def test_a_notice_is_never_changed_and_nobody_else_writes_one(world):
    by = world.acting("quality_officer")
    with acting_as(by):
        publish_notice("09628", title="A", text="B", clause="house", at=world.at, by=by)
    for change in (lambda: Notice.objects.update(text="C"), lambda: Notice.objects.all().delete()):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(world.acting("exams_officer")):
        publish_notice("09628", title="D", text="E", clause="house", at=world.at, by=world.acting("exams_officer"))
