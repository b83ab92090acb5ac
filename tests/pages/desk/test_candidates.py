"""Candidates found by the desk, and units carried over from other awarding organisations."""

from datetime import date

import pytest
from django.urls import reverse

from conferral.actions.awards import issue_certificate
from conferral.batch.certificates import certificate_pdf
from conferral.records.access import acting_as
from conferral.records.awards.models import Certificate
from conferral.records.candidates.models import Achievement
from conferral.rules.permissions import CLOCK
from tests.actions.test_awards import process, reported
from tests.pages.moderator.test_review import address, words
from tests.world import ULNS, UNITS

WHOLE = {"unit": UNITS[0], "awarding_organisation": "Bwrdd Arholi Môn", "originally_on": "28/6/2019"}


@pytest.fixture
def desk(as_role):
    return as_role("certificates_officer")


def test_a_candidate_is_found_by_the_whole_learner_number_only(world, desk):
    found = words(desk.get(address("desk_candidates"), {"q": f" {ULNS[0][:3]} {ULNS[0][3:]} "}))
    assert "Oluwaseun Adeyemi" in found
    assert address("desk_candidates") in desk.get(address("desk_today")).content.decode()
    part = desk.get(address("desk_candidates"), {"q": ULNS[0][:9]})
    assert part.status_code == 422
    assert "Oluwaseun" not in words(part)


@pytest.mark.parametrize("asked", ["", "\x00", "x" * 300, "Adeyemi", "٦٤٠٥٠٨٨٥٣٦"])
def test_anything_else_finds_nobody(desk, world, asked):
    answer = desk.get(address("desk_candidates"), {"q": asked})
    assert answer.status_code in (200, 422)
    assert "Adeyemi " not in words(answer)


def test_the_desk_sees_the_light_that_the_centre_sees(world, desk, as_role):
    row = world.registrations[0]
    found = words(desk.get(address("desk_candidates"), {"q": ULNS[0]}))
    assert "Can finish Registered" in found
    assert "Oluwaseun Adeyemi Can finish Registered" in words(desk.get(address("desk_registration", row.pk)))
    assert "Can finish" in words(as_role("exams_officer").get(address("centre_candidate", row.candidate_id)))
    world.submitted(count=1)
    assert "Ready Registered" in words(as_role("quality_officer").get(address("desk_candidates"), {"q": ULNS[0]}))


def test_finding_takes_few_queries(desk, world, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        desk.get(address("desk_candidates"), {"q": ULNS[0]})


def test_a_unit_carried_over_is_shown_with_who_awarded_it_and_when(world, desk):
    row = world.registrations[0]
    page = address("desk_registration", row.pk)
    assert "No unit achieved yet" in words(desk.get(page))
    assert "3 more units from" in words(desk.get(page))
    answer = desk.post(address("desk_carry_over", row.pk), WHOLE)
    assert (answer.status_code, answer["Location"]) == (303, page)
    text = words(desk.get(page))
    assert "Awarded by Bwrdd Arholi Môn on 28 June 2019" in text
    assert "2 more units from" in text
    assert "Unit carried over from another awarding organisation" in text
    assert Achievement.objects.get().originally_on == date(2019, 6, 28)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"unit": ""}, "Choose the unit"),
        ({"unit": "A/506/2130"}, "Choose a unit from the list"),
        ({"awarding_organisation": " "}, "Enter who awarded the unit"),
        ({"awarding_organisation": "A\nB"}, "Use one line"),
        ({"awarding_organisation": "x" * 201}, "Keep it to 200 characters"),
        ({"originally_on": ""}, "Enter the date of the award"),
        ({"originally_on": "31/2/2019"}, "There is no such day"),
        ({"originally_on": "24/11/2026"}, "that day is still to come"),
    ],
)
def test_what_cannot_be_carried_over_is_refused_with_its_reason_and_kept_in_the_form(world, desk, wrong, said):
    answer = desk.post(address("desk_carry_over", world.registrations[0].pk), WHOLE | wrong)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Achievement.objects.exists()
    if "awarding_organisation" not in wrong:
        assert 'value="Bwrdd Arholi Môn"' in answer.content.decode()


def test_a_unit_is_carried_over_once(world, desk):
    page = address("desk_carry_over", world.registrations[0].pk)
    desk.post(page, WHOLE)
    again = desk.post(page, WHOLE)
    assert again.status_code == 422
    assert "was achieved in this registration on 23 November 2026" in words(again)


@pytest.mark.parametrize("number", [0, 10**30])
def test_an_unknown_registration_is_not_found(desk, world, number):
    assert desk.get(reverse("desk_registration", args=[number])).status_code == 404


def test_others_at_the_desk_see_a_registration_and_cannot_add_to_it(world, as_role):
    desk = as_role("quality_officer")
    row = world.registrations[0]
    assert "Record a unit achieved elsewhere" not in words(desk.get(address("desk_registration", row.pk)))
    assert desk.post(address("desk_carry_over", row.pk), WHOLE).status_code == 403


def test_the_last_unit_awards_and_everybody_who_checks_the_certificate_sees_its_origin(world, desk):
    process(world, reported(world, world.submitted(count=1, units=UNITS[1:])))
    answer = desk.post(address("desk_carry_over", world.registrations[0].pk), WHOLE, follow=True)
    assert "The unit completes 09628" in words(answer)
    certificate = Certificate.objects.get()
    with acting_as(CLOCK):
        paper = lambda one: certificate_pdf(one, address="https://awards.example.org")  # noqa: E731
        assert issue_certificate(certificate.pk, paper=paper, at=world.at, by=CLOCK).allowed
    said = "Awarded by Bwrdd Arholi Môn on 28 June 2019."
    assert said in words(desk.get(address("desk_certificate", certificate.pk)))
    desk.logout()
    assert words(desk.get(address("certificate", certificate.pk))).count(said) == 1
