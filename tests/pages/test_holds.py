"""Holds and reported suspicions on pages: placed and lifted by the desk, seen as held by others, and no more."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conferral.actions.holds import Reach
from conferral.batch.jobs import award_after_hold, issue_certificates
from conferral.records.awards.models import Certificate
from conferral.records.claims.models import Claim
from conferral.records.holds.models import Hold, Suspicion
from tests.actions.test_awards import process, reported
from tests.actions.test_holds import lift, place, suspect

WHY = ("Two folders are alike", "Evidence in doubt", "evidence_in_doubt")


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def held(world):
    """A claim of two candidates that is reported, with a hold on the first of them."""
    claim = reported(world, world.submitted(count=2))
    place(world, Reach(world.centre, registration=world.registrations[0].pk))
    return claim


def test_the_desk_places_a_hold_from_a_registration_and_lifts_it(world, as_role):
    client, row = as_role("quality_officer"), world.registrations[0]
    assert reverse("desk_place_hold", args=["registration", row.pk]) in text(
        client.get(reverse("desk_registration", args=[row.pk]))
    )
    address = reverse("desk_place_hold", args=["registration", row.pk])
    page = text(client.get(address))
    assert "Oluwaseun Adeyemi in scheme 09628" in page
    assert client.post(address, {"reach": "0", "code": "other", "text": ""}).status_code == 422
    answer = client.post(address, {"reach": "0", "code": "other", "text": "A call from the centre."}, follow=True)
    assert answer.redirect_chain[0][1] == 303
    hold = Hold.objects.get()
    assert hold.registration_id == row.pk
    assert "A call from the centre." in text(answer)
    assert client.post(address, {"reach": "0", "code": "other", "text": "Again."}).status_code == 422
    listed = text(client.get(reverse("desk_holds")))
    assert "Oluwaseun Adeyemi in scheme 09628" in listed
    address = reverse("desk_hold", args=[hold.pk])
    assert client.post(address, {"because": ""}).status_code == 422
    assert client.post(address, {"because": "It was a mistake."}).status_code == 303
    assert Hold.objects.get().state == "lifted"
    assert "It was a mistake." in text(client.get(address))
    assert "No hold is open." in text(client.get(reverse("desk_holds")))
    assert "Lifted" in text(client.get(reverse("desk_holds") + "?state=lifted"))
    assert client.post(address, {"because": "Again"}).status_code == 422


@pytest.mark.parametrize(("on", "count"), [("claim", 3), ("centre", 3)])
def test_a_claim_or_a_centre_offers_what_may_be_held(world, as_role, on, count):
    claim = world.submitted(count=1)
    client, key = as_role("quality_officer"), {"claim": claim.pk, "centre": world.centre}[on]
    address = reverse("desk_place_hold", args=[on, key])
    assert text(client.get(address)).count('type="radio"') == count
    assert client.post(address, {"reach": str(count - 1), "code": "other", "text": "All of it."}).status_code == 303
    assert [(one.claim, one.scheme, one.registration) for one in Hold.objects.all()] == [(None, None, None)]


def test_what_is_to_be_held_is_found_by_a_number(world, as_role):
    claim, client = world.submitted(count=1), as_role("quality_officer")

    def found(number):
        return client.get(reverse("desk_holds"), {"on": number})

    assert found(world.centre).url == reverse("desk_place_hold", args=["centre", world.centre])
    assert found(str(claim.pk)).url == reverse("desk_place_hold", args=["claim", claim.pk])
    assert found("640 508 8536").url == reverse("desk_candidates") + "?q=6405088536"
    assert "Nothing has the number 999999" in text(found("999999"))
    assert client.get("/desk/awards/holds/place/moderator/1/").status_code == 404


@pytest.mark.parametrize("role", ["certificates_officer", "allocation_officer"])
def test_others_at_the_desk_see_holds_and_neither_place_nor_lift(world, as_role, held, role):
    hold, client = Hold.objects.get(), as_role(role)
    page = text(client.get(reverse("desk_hold", args=[hold.pk])))
    assert "A quality officer lifts it." in page
    assert client.post(reverse("desk_hold", args=[hold.pk]), {"because": "So"}).status_code == 403
    assert client.get(reverse("desk_place_hold", args=["centre", world.centre])).status_code == 403


@pytest.mark.parametrize("role", ["exams_officer", "assessor"])
def test_a_centre_sees_that_results_are_held_and_whom_to_ask_and_not_why(world, as_role, held, role):
    client = as_role(role)
    for page in (
        text(client.get(reverse("centre_candidate", args=[world.registrations[0].candidate_id]))),
        text(client.get(reverse("centre_claim", args=[held.pk]))),
        text(client.get(reverse("centre_own"))),
        text(client.get(reverse("centre_today"))),
        text(client.get(reverse("letters"))),
    ):
        assert not [words for words in WHY if words in page]
    page = text(client.get(reverse("centre_candidate", args=[world.registrations[0].candidate_id])))
    assert "Results of this candidate are held since 23 November 2026." in page
    assert "quality office" in page
    assert "are held" not in text(client.get(reverse("centre_candidate", args=[world.registrations[1].candidate_id])))
    assert "Results of Oluwaseun Adeyemi are held" in text(client.get(reverse("centre_claim", args=[held.pk])))


def test_no_certificate_is_promised_while_it_is_held(world, as_role):
    process(world, reported(world, world.submitted(count=2)))
    place(world, Reach(world.centre, registration=world.registrations[0].pk))
    client = as_role("exams_officer")
    listed = text(client.get(reverse("centre_candidates")))
    assert listed.count("Certificate on its way") == 1
    assert listed.count("Results are held") == 1
    page = text(client.get(reverse("centre_candidate", args=[world.registrations[0].candidate_id])))
    assert "Certificate on its way" not in page


def test_a_certificate_that_was_issued_is_said_to_stay_genuine(world, as_role):
    process(world, reported(world, world.submitted(count=1)))
    issue_certificates()
    place(world, Reach(world.centre))
    page = text(as_role("exams_officer").get(reverse("centre_candidate", args=[world.registrations[0].candidate_id])))
    assert "stays genuine" in page


def test_readiness_says_that_results_are_held_instead_of_promising_an_award(world, as_role):
    """Whoever has every unit and no award: the cohort, the list and the candidate say what waits."""
    claim = reported(world, world.submitted(count=2))
    place(world, Reach(world.centre, registration=world.registrations[0].pk))
    process(world, claim)
    client = as_role("exams_officer")
    for address in (
        reverse("centre_candidates"),
        reverse("centre_readiness") + "?scheme=09628",
        reverse("centre_candidate", args=[world.registrations[0].candidate_id]),
    ):
        page = text(client.get(address))
        assert "Results are held: ask the awarding organisation’s quality office" in page, address
        assert "makes the award" not in page, address


def test_the_moderator_sees_nothing_of_why(world, as_role):
    claim = world.submitted(count=1)
    place(world, Reach(world.centre, claim=claim.pk))
    page = text(as_role("examiner_moderator").get(reverse("moderator_claim", args=[claim.pk])))
    assert not [words for words in WHY if words in page]


def test_processing_says_who_is_held(world, as_role, held):
    client = as_role("certificates_officer")
    page = text(client.get(reverse("desk_claim", args=[held.pk])))
    assert "This candidate’s results are held since 23 November 2026." in page
    client.post(reverse("desk_process", args=[held.pk]))
    assert Certificate.objects.count() == 1
    lift(world, Hold.objects.get())
    assert award_after_hold(Hold.objects.get().pk) == 1
    assert issue_certificates() == 2


def test_whoever_checks_a_certificate_is_told_that_it_is_genuine_during_a_hold(world, client):
    process(world, reported(world, world.submitted(count=1)))
    issue_certificates()
    address = reverse("certificate", args=[Certificate.objects.get().pk])
    before = text(client.get(address))
    place(world, Reach(world.centre))
    after = text(client.get(address))
    assert "held" not in after
    assert after.count("Oluwaseun Adeyemi") == before.count("Oluwaseun Adeyemi") > 0


# Suspicions


def told(**more):
    return {"kind": "not_own_work", "text": "Two folders are alike.", "noticed_on": "23/11/2026"} | more


def test_a_centre_reports_and_the_desk_holds(world, as_role):
    claim = world.submitted(count=2)
    client = as_role("exams_officer")
    address = reverse("centre_report_suspicion") + f"?claim={claim.pk}"
    assert address in text(client.get(reverse("centre_claim", args=[claim.pk])))
    assert client.post(address, told(noticed_on="31/2/2026")).status_code == 422
    assert client.post(address, told(noticed_on="24/11/2026")).status_code == 422
    row = world.registrations[1]
    answer = client.post(address, told(candidate=str(row.pk)), follow=True)
    assert answer.redirect_chain[0][1] == 303
    made = Suspicion.objects.get()
    assert (made.claim_id, made.registration_id, made.late) == (claim.pk, row.pk, False)
    assert "Reported in time" in text(answer)
    assert as_role("head_of_centre").get(reverse("centre_suspicion", args=[made.pk])).status_code == 404
    desk = as_role("quality_officer")
    assert f"Suspicion {made.pk} reported at centre {world.centre}" in text(desk.get(reverse("desk_today")))
    assert f"Report&nbsp;{made.pk}" in text(desk.get(reverse("desk_holds")))
    address = reverse("desk_suspicion", args=[made.pk])
    assert "Two folders are alike." in text(desk.get(address))
    assert desk.post(address, {"hold": "1", "reach": "0", "code": "", "text": "So"}).status_code == 422
    said = {"hold": "1", "reach": "0", "code": "suspected_malpractice", "text": "As reported."}
    assert desk.post(address, said).status_code == 303
    assert Hold.objects.get().registration_id == row.pk
    assert "answers it" in text(desk.get(address))
    assert "reported at centre" not in text(desk.get(reverse("desk_today")))
    page = text(as_role("exams_officer").get(reverse("centre_suspicion", args=[made.pk])))
    assert "Results are held" in page
    assert "As reported." not in page


def test_a_moderator_reports_late_and_the_desk_closes_it(world, as_role):
    claim = world.submitted(count=1)
    client = as_role("examiner_moderator")
    address = reverse("moderator_report_suspicion", args=[claim.pk])
    assert address in text(client.get(reverse("moderator_claim", args=[claim.pk])))
    page = text(client.post(address, told(noticed_on="18/11/2026"), follow=True))
    assert "Reported late" in page
    assert "It was to be reported by 19 November 2026." in page
    made = Suspicion.objects.get()
    assert as_role("external_verifier").get(reverse("moderator_suspicion", args=[made.pk])).status_code == 404
    assert as_role("external_verifier").get(address).status_code == 404
    desk, address = as_role("quality_officer"), reverse("desk_suspicion", args=[made.pk])
    assert desk.post(address, {"close": "1", "because": ""}).status_code == 422
    assert desk.post(address, {"close": "1", "because": "One template."}).status_code == 303
    assert "One template." in text(desk.get(address))
    page = text(as_role("examiner_moderator").get(reverse("moderator_suspicion", args=[made.pk])))
    assert "Closed" in page
    assert "One template." not in page
    assert f"Report {made.pk}" in text(as_role("examiner_moderator").get(reverse("moderator_suspicions")))


def test_a_report_stays_with_its_author_when_the_claim_goes_to_another(world, as_role):
    claim = world.submitted(count=1)
    row = world.registrations[0]
    _, made = suspect(world, "examiner_moderator", claim=claim.pk, registration=row.pk)
    Claim.objects.filter(pk=claim.pk).update(moderator=world.people["external_verifier"])
    client = as_role("examiner_moderator")
    page = text(client.get(reverse("moderator_suspicion", args=[made.pk])))
    assert "Two folders are alike." in page
    assert reverse("moderator_claim", args=[claim.pk]) not in page
    assert f"claim {claim.pk}" in text(client.get(reverse("moderator_suspicions")))


def test_a_report_may_be_of_a_candidate_or_the_centre(world, as_role):
    client = as_role("head_of_centre")
    row = world.registrations[0]
    client.post(reverse("centre_report_suspicion") + f"?registration={row.pk}", told(candidate=str(row.pk)))
    client.post(reverse("centre_report_suspicion"), told(kind="conditions"))
    assert list(Suspicion.objects.order_by("id").values_list("registration", "claim")) == [(row.pk, None), (None, None)]
    page = text(client.get(reverse("centre_suspicions")))
    assert "Oluwaseun Adeyemi" in page
    assert as_role("assessor").get(reverse("centre_suspicions")).status_code == 403


def test_only_the_quality_office_answers_a_report(world, as_role):
    _, made = suspect(world)
    client = as_role("certificates_officer")
    address = reverse("desk_suspicion", args=[made.pk])
    assert "A quality officer answers it." in text(client.get(address))
    assert client.post(address, {"close": "1", "because": "So"}).status_code == 403


# How many queries


@pytest.mark.parametrize("name", ["desk_holds", "centre_candidates", "desk_today"])
def test_a_page_asks_the_same_of_the_database_for_one_hold_and_for_many(
    world, as_role, name, django_assert_num_queries
):
    client = as_role("exams_officer" if name.startswith("centre") else "quality_officer")
    place(world, Reach(world.centre, registration=world.registrations[0].pk))
    suspect(world)
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(name))
    for row in world.registrations[1:]:
        suspect(world)
        place(world, Reach(world.centre, registration=row.pk))
    place(world, Reach(world.centre))
    with django_assert_num_queries(len(few)):
        client.get(reverse(name))
