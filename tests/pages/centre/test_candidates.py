"""Finding candidates, registering one, and the page of one candidate."""

from datetime import date

import pytest

from conferral.actions.candidates import register_upload, stage_upload
from conferral.actions.centres import add_centre
from conferral.actions.registration_files import FileRow
from conferral.records.access import acting_as
from conferral.records.candidates.models import Candidate, Registration
from conferral.records.catalogue.models import Qualification
from tests.actions.test_awards import process, reported
from tests.world import INSTALLER

LIST = "/centre/candidates/"
REGISTER = "/centre/candidates/register/"
ANN = {"scheme": "09628", "uln": "825 034 9856", "first_names": "Ann", "last_name": "O’Neill", "born_on": "14/3/2000"}


@pytest.fixture
def officer(as_role):
    return as_role("exams_officer")


def shown(response) -> str:
    return " ".join(response.content.decode().split())


def register_many(world, count: int) -> None:
    by = world.acting("exams_officer")
    rows = [
        FileRow(line, {"scheme": "09628", "last_name": f"Many{line:03}", "born_on": "1/1/2000"})
        for line in range(2, count + 2)
    ]
    with acting_as(by):
        upload = stage_upload(rows, file_name="m", headings={}, at=world.at, by=by)
        register_upload(upload.pk, at=world.at, by=by)


def test_candidates_are_listed_with_number_scheme_state_and_next_step(officer, world):
    text = shown(officer.get(LIST))
    assert "Muhammad Abdur-Rahman ibn Yusuf al-Khwārizmī" in text
    assert "640 508 8536" in text
    assert "Can finish</strong>" in text
    assert "Claim 3 more units" in text


@pytest.mark.parametrize("asked", ["6405088536", "640 508 8536", "640-508-8536", "adey", "Adeyemi"])
def test_a_candidate_is_found_by_number_or_by_the_beginning_of_the_last_name(officer, world, asked):
    text = shown(officer.get(LIST, {"q": asked}))
    assert "Oluwaseun Adeyemi" in text
    assert "Þórdís" not in text


def test_a_number_that_nobody_has_is_answered_with_what_to_try(officer, world):
    text = shown(officer.get(LIST, {"q": "8250349856"}))
    assert "No candidate at your centre has learner number 825 034 9856. Try the surname." in text


@pytest.mark.parametrize(
    "asked",
    [
        {"before": "x"}, {"before": "9" * 30}, {"before": "²"}, {"q": "\x00"}, {"q": "%"}, {"q": "٣" * 10},
        {"scheme": "zzz"}, {"state": "'"}, {"q": "x" * 101},
    ],
)  # fmt: skip
def test_a_hostile_search_is_answered(officer, world, asked):
    assert officer.get(LIST, asked).status_code == 200


def test_pages_of_50_with_as_many_queries_as_for_two(officer, world, django_assert_max_num_queries):
    with django_assert_max_num_queries(28) as few:
        officer.get(LIST)
    register_many(world, 60)
    with django_assert_max_num_queries(len(few.captured_queries)):
        first = shown(officer.get(LIST))
    assert first.count('scope="row"') == 50
    last = Registration.objects.order_by("-id")[49].pk
    assert f"?before={last}" in first
    second = shown(officer.get(LIST, {"before": last}))
    assert second.count('scope="row"') == 15
    assert "Many061" not in second


def test_a_candidate_is_checked_then_registered_once(officer, world):
    checked = officer.post(REGISTER, {**ANN, "step": "check"})
    assert checked.status_code == 200
    assert "Register 1 candidate" in shown(checked)
    assert not Candidate.objects.filter(uln="8250349856").exists()
    done = officer.post(REGISTER, {**ANN, "step": "register"})
    found = Candidate.objects.get(uln="8250349856")
    assert done["Location"] == f"/centre/candidates/{found.pk}/"
    assert "Ann O’Neill is registered for 09628." in shown(officer.get(done["Location"]))
    twice = officer.post(REGISTER, {**ANN, "step": "register"})
    assert twice.status_code == 422
    assert "nobody is registered or charged twice" in shown(twice)
    assert found.registrations.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"uln": "8250349855"}, "uln", "The last digit of the learner number doesn&#x27;t fit the other nine."),
        ({"last_name": " "}, "last_name", "A last name is missing."),
        ({"born_on": "31/2/2000"}, "born_on", "There is no date 31/2/2000."),
        ({"born_on": ""}, "born_on", "A date of birth is missing."),
        ({"born_on": "1/1/2030"}, "born_on", "is after the day of registration"),
        ({"starts_on": "soon"}, "starts_on", "There is no date soon."),
        ({"scheme": "10263"}, "scheme", "10263 took its last registrations on 31 December 2013."),
        ({"scheme": ""}, "scheme", "Choose the scheme"),
        ({"first_names": "x" * 101}, "first_names", "First names can have 100 characters"),
        ({"first_names": "Ann\tLee"}, "first_names", "Use one line, without control characters"),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_what_was_typed_is_kept(officer, world, change, field, said):
    response = officer.post(REGISTER, {**ANN, **change, "step": "check"})
    text = shown(response)
    assert response.status_code == 422
    assert said in text
    assert f'href="#id_{field}' in text
    assert "O’Neill" in text or field == "last_name"
    assert "<title>Error: " in text


def test_a_name_of_one_word_is_warned_of_before_registering(officer, world):
    text = shown(officer.post(REGISTER, {**ANN, "first_names": "", "step": "check"}))
    assert "No first name." in text
    assert "app-reason--warned" in text


def test_details_can_be_changed_after_the_check(officer, world):
    text = shown(officer.post(REGISTER, {**ANN, "step": "change"}))
    assert 'value="O’Neill"' in text


def test_a_closed_scheme_is_shown_with_its_date(officer, world):
    assert "took its last registrations on 31 December 2013" in shown(officer.get(REGISTER))


def test_an_assessor_may_look_but_not_register(as_role, world):
    client = as_role("assessor")
    assert "Register a candidate" not in shown(client.get(LIST))
    assert client.get(REGISTER).status_code == 403


def test_the_page_of_a_candidate_says_what_is_missing_and_what_happened(officer, world):
    claim = world.submitted(count=1)
    found = world.registrations[0].candidate
    text = shown(officer.get(f"/centre/candidates/{found.pk}/"))
    assert "640 508 8536" in text
    assert "3 of 3 units" in text
    assert f'href="/centre/claims/{claim.number}/"' in text
    assert f"Wait for the decision on claim {claim.number}" in text
    assert "Ready</strong>" in text
    assert "Siân Pritchard-Okonkwo" in text


def test_the_page_of_a_candidate_names_the_units_that_would_finish_and_the_last_days(officer, world):
    Qualification.objects.filter(pk="09628").update(final_certification=date(2027, 1, 29))
    found = world.registrations[0].candidate
    text = shown(officer.get(f"/centre/candidates/{found.pk}/"))
    assert "The fewest units that would finish" in text
    assert text.count("would finish") == 1
    assert "J/600/1003" in text
    assert "Last safe day to claim</dt><dd>Tuesday 8 December 2026" in text
    assert "/centre/claims/new/?scheme=09628" in text
    assert "/rules/readiness-units-missing/" in text


def test_a_candidate_at_risk_is_told_why_with_the_rule(officer, world):
    Qualification.objects.filter(pk="09628").update(final_certification=date(2026, 12, 31))
    text = shown(officer.get(f"/centre/candidates/{world.registrations[0].candidate_id}/"))
    assert "At risk</strong>" in text
    assert "/rules/readiness-after-safe-claim/" in text


def test_an_awarded_registration_shows_its_state_instead_of_a_light(officer, world):
    process(world, reported(world, world.submitted(count=1)))
    text = shown(officer.get(LIST, {"q": "6405088536"}))
    assert "Certificate on its way" in text
    assert "app-tag--" not in text
    text = shown(officer.get(f"/centre/candidates/{world.registrations[0].candidate_id}/"))
    assert "Certificate on its way" in text


def test_another_centres_candidate_is_not_found(officer, world):
    add_centre("99999", "Elsewhere", nation="england", at=world.at, by=INSTALLER)
    other = Candidate.objects.create(centre_id="99999", last_name="Other", born_on=date(2000, 1, 1))
    assert officer.get(f"/centre/candidates/{other.pk}/").status_code == 404
    assert officer.get("/centre/candidates/99999999999999999999/").status_code == 404
