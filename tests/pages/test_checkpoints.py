"""Checkpoints: each centre is asked with its own list, says who expects a result, and the desk sees who has not."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings
from openpyxl import load_workbook
from typer.testing import CliRunner

from conferral.actions.candidates import register_candidate
from conferral.actions.checkpoints import ask_centre, confirm_list, say_expected, set_checkpoint
from conferral.actions.contacts import name_contact
from conferral.batch.jobs import ask_at_checkpoints
from conferral.cli.checkpoints import checkpoint as on_the_command_line
from conferral.cli.main import app
from conferral.records.access import acting_as
from conferral.records.candidates.models import Registration
from conferral.records.checkpoints.models import AskedCentre, Checkpoint, Expectation
from conferral.records.letters.models import Letter
from conferral.rules.permissions import CLOCK
from tests.pages.moderator.test_review import address, words


def set_one(world, schemes=("09628",), days=30):
    by = world.acting("quality_officer")
    with acting_as(by):
        return set_checkpoint("Spring", schemes, world.at.date() + timedelta(days=days), at=world.at, by=by)


@pytest.fixture
def spring(world) -> Checkpoint:
    verdict, made = set_one(world)
    assert made, verdict
    return made


def at(moment):
    return override_settings(CLOCK=lambda: moment)


def test_a_checkpoint_lies_ahead_and_concerns_somebody(world, as_role):
    assert [one.rule for one in set_one(world, days=0)[0].refused] == ["checkpoint-day-not-ahead"]
    assert [one.rule for one in set_one(world, schemes=("10269",))[0].refused] == ["checkpoint-for-nobody"]
    desk = as_role("quality_officer")
    said = {"title": "Spring", "answer_by": "31/02/2027", "schemes": ["09628"]}
    assert "Write the day as 5/3/2027" in words(desk.post(address("desk_add_checkpoint"), said))
    refused = desk.post(address("desk_add_checkpoint"), said | {"answer_by": "1/1/2020"})
    assert refused.status_code == 422
    assert "1 January 2020 is not ahead of us." in words(refused)
    assert desk.post(address("desk_add_checkpoint"), said | {"answer_by": "5/3/2027"}).status_code == 303
    assert Checkpoint.objects.get().schemes.get().code == "09628"
    assert as_role("allocation_officer").post(address("desk_add_checkpoint"), said).status_code == 403


def test_each_centre_is_sent_its_own_list_once_and_reminded_once(world, spring):
    by = world.acting("exams_officer")
    with acting_as(by):
        name_contact("61423", "results", scheme="09628", name="x", email="x@example.org", at=world.at, by=by)
    assert ask_at_checkpoints() == 1
    assert ask_at_checkpoints() == 0
    letter = Letter.objects.get()
    assert [one.email for one in letter.copies.all()] == ["x@example.org"]
    assert letter.subject == "Please confirm who expects a result by 23 December 2026"
    assert "You have 5 without an award: " in letter.text
    for registration in world.registrations:
        assert registration.candidate.name in letter.text
    with at(world.at + timedelta(days=20)):
        assert ask_at_checkpoints() == 0  # Sunday 13 December: the fifth working day before is the 16th
    with at(world.at + timedelta(days=23)):
        assert ask_at_checkpoints() == 1
        assert ask_at_checkpoints() == 0
    assert Letter.objects.filter(subject__startswith="Reminder").count() == 1


def test_a_centre_that_has_confirmed_is_not_reminded(world, spring):
    ask_at_checkpoints()
    by = world.acting("exams_officer")
    with acting_as(by):
        _, filled = confirm_list(spring, at=world.at, by=by)
        assert filled == 5
        assert confirm_list(spring, at=world.at + timedelta(hours=1), by=by)[1] == 0
    assert AskedCentre.objects.get().confirmed_at == world.at
    with at(world.at + timedelta(days=25)):
        assert ask_at_checkpoints() == 0


def test_an_officer_says_it_one_by_one_and_confirms_all_at_once(world, spring, as_role):
    ask_at_checkpoints()
    officer = as_role("exams_officer")
    assert "Confirm who expects a result: Spring" in words(officer.get(address("centre_today")))
    text = words(officer.get(address("centre_checkpoint", spring.pk)))
    assert "5 candidates without an award" in text
    first, second = world.registrations[:2]
    said = {f"expected-{first.pk}": "no", f"expected-{second.pk}": "yes", "expected-999999": "yes", "expected-x": "no"}
    assert officer.post(address("centre_say_expected", spring.pk), said).status_code == 303
    assert dict(Expectation.objects.values_list("registration", "expected")) == {first.pk: False, second.pk: True}
    assert officer.post(
        address("centre_say_expected", spring.pk), {f"expected-{second.pk}": "no", "confirm": "1"}
    ).status_code == 303  # fmt: skip
    assert Expectation.objects.count() == 5
    assert not Expectation.objects.get(registration=second).expected
    assert "Confirmed by Siân" in words(officer.get(address("centre_checkpoint", spring.pk)))
    assert "Confirm who expects" not in words(officer.get(address("centre_today")))
    assert as_role("assessor").post(address("centre_say_expected", spring.pk), said).status_code == 403


def test_the_desk_sees_who_has_not_confirmed_and_takes_everything_away(world, spring, as_role):
    ask_at_checkpoints()
    desk = as_role("quality_officer")
    assert "0 of 1 centre have confirmed by now" in words(desk.get(address("desk_checkpoint", spring.pk)))
    by = world.acting("exams_officer")
    with acting_as(by):
        say_expected(spring, {world.registrations[0].pk: True}, at=world.at, by=by)
    text = words(desk.get(f"{address('desk_checkpoint', spring.pk)}?waiting=1&after=00000"))
    assert "61423" in text
    assert "Not yet" in text
    sheet = load_workbook(BytesIO(desk.get(address("desk_checkpoint_file", spring.pk, "xlsx")).content)).active
    rows = list(sheet.values)
    assert len(rows) == 6
    assert sorted(row[-1] for row in rows[1:]) == ["not said"] * 4 + ["yes"]
    assert desk.get(address("desk_checkpoint_file", spring.pk, "csv")).content.count(b"\r\n") == 6
    assert desk.get(address("desk_checkpoint_file", spring.pk, "pdf")).status_code == 404
    found = on_the_command_line(None)
    assert (found["asked"], found["confirmed"], found["expected"]) == (1, 0, 1)
    assert found["not_confirmed"] == ["61423"]
    assert len(found["candidates"]) == 5
    assert json.loads(CliRunner().invoke(app, ["checkpoint", "--json"]).stdout)["title"] == "Spring"
    assert on_the_command_line(9999) == "There is no checkpoint 9999."


def test_the_desk_sees_who_is_not_ready_and_why_centre_by_centre(world, spring, as_role):
    ask_at_checkpoints()
    world.submitted(count=1)
    desk, place = as_role("quality_officer"), address("desk_checkpoint_centre", spring.pk, world.centre)
    assert place in desk.get(address("desk_checkpoint", spring.pk)).content.decode()
    shown = words(desk.get(place))
    assert "4 of 5 candidates without an award are not ready. The centre has not confirmed." in shown
    assert "Claim 3 more units from Mandatory units." in shown
    assert shown.index("Can finish") < shown.index("Ready")
    assert "Not said" in shown
    by = world.acting("exams_officer")
    with acting_as(by):
        say_expected(spring, {world.registrations[1].pk: False}, at=world.at, by=by)
    assert " No " in words(desk.get(place))
    assert desk.get(address("desk_checkpoint_centre", spring.pk, "99999")).status_code == 404
    assert as_role("exams_officer").get(place).status_code == 403


def test_a_late_word_is_kept_and_one_of_an_awarded_candidate_refused(world, spring):
    by, first = world.acting("exams_officer"), world.registrations[0]
    late = world.at + timedelta(days=40)
    with acting_as(by):
        verdict = say_expected(spring, {first.pk: True}, at=late, by=by)
    assert [one.rule for one in verdict.warned] == ["expectation-after-checkpoint"]
    assert Expectation.objects.get().expected
    from conferral.records.awards.models import Award

    Award.objects.create(centre_id="61423", registration=first, scheme_id="09628", awarded_on=world.at.date())
    Registration.objects.filter(pk=first.pk).update(state="part_achieved")
    Registration.objects.filter(pk=first.pk).update(state="achieved")
    with acting_as(by):
        verdict = say_expected(spring, {first.pk: False}, at=world.at, by=by)
    assert [one.rule for one in verdict.refused] == ["expectation-of-awarded"]
    assert Expectation.objects.get().expected


def test_no_centre_speaks_for_another_not_even_in_sql(world, spring):
    with pytest.raises(IntegrityError, match="is not of centre"), transaction.atomic():
        Expectation.objects.create(
            checkpoint=spring, centre_id="61423", registration_id=0, expected=True,
            said_by=world.people["exams_officer"], said_at=world.at,
        )  # fmt: skip


def test_asking_needs_as_many_queries_for_fifteen_as_for_five(world, spring, django_assert_max_num_queries):
    by = world.acting("exams_officer")
    for number in range(10):
        cells = {"scheme": "09628", "last_name": f"Other{number}", "first_names": "A", "born_on": "14/03/2000"}
        with acting_as(by):
            register_candidate(cells, at=world.at, by=by)
    with acting_as(CLOCK), django_assert_max_num_queries(24):
        assert ask_centre(spring, "61423", at=world.at, by=CLOCK)
    assert "You have 15 without an award" in Letter.objects.get().text
