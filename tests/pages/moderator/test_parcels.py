"""Parcels in the moderator's hands: logged, matched, returned."""

import pytest
from django.urls import reverse

from conferral.actions.consignments import log_unmatched_work
from conferral.records.access import acting_as
from conferral.records.claims.models import Consignment
from conferral.rules.references import format_reference
from tests.pages.moderator.test_review import address, words
from tests.world import fresh


@pytest.fixture
def moderator(as_role):
    return as_role("examiner_moderator")


@pytest.fixture
def claim(world):
    return world.submitted(count=1)


@pytest.fixture
def parcel(world):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        return log_unmatched_work(world.centre, "One folder, 09628", at=world.at, by=by, fresh=fresh())


def test_the_square_code_fills_the_reference_in(moderator, claim):
    reference = claim.consignments.get().reference
    page = moderator.get(address("moderator_parcels"), {"reference": reference})
    assert f'value="{reference}"' in page.content.decode()
    assert f"{claim.pk}" in words(page)


def test_a_parcel_is_received_as_people_type_its_reference(moderator, claim):
    reference = claim.consignments.get().reference
    answer = moderator.post(address("moderator_receive"), {"reference": f" {format_reference(reference).lower()} "})
    assert answer.status_code == 302
    claim.refresh_from_db()
    assert claim.state == "with_moderator"
    assert f"The work for claim {claim.pk} is logged as received." in words(moderator.get(answer["Location"]))
    again = moderator.post(address("moderator_receive"), {"reference": reference})
    assert again.status_code == 422
    assert "has already been logged" in words(again)


@pytest.mark.parametrize("reference", ["", "K7QF", "K7QF-3M9X", "ÆØÅ", "x" * 400, "\x00"])
def test_a_reference_that_is_none_is_explained(moderator, reference):
    answer = moderator.post(address("moderator_receive"), {"reference": reference})
    assert answer.status_code == 422


def test_an_unknown_reference_can_be_logged_without_a_claim(moderator, parcel):
    answer = moderator.post(address("moderator_receive"), {"reference": parcel.reference})
    assert answer.status_code == 422
    assert "This work belongs to no claim that has been submitted." in words(answer)
    assert address("moderator_parcel_unmatched") in answer.content.decode()


def test_an_external_verifier_logs_no_parcels(as_role):
    verifier = as_role("external_verifier")
    assert "Received" not in words(verifier.get(address("moderator_parcels")))
    assert verifier.post(address("moderator_receive"), {"reference": "K7QF3M9X"}).status_code == 403


def test_work_without_a_claim_is_logged_and_says_when_it_goes_back(moderator):
    page = address("moderator_parcel_unmatched")
    assert moderator.get(page).status_code == 200
    for wrong in ({}, {"centre": "99999", "description": "x"}, {"centre": "abc", "description": "x"},
                  {"description": "x" * 201}):  # fmt: skip
        assert moderator.post(page, wrong).status_code == 422
    assert not Consignment.objects.exists()
    answer = moderator.post(page, {"centre": "61423", "description": "Two folders"})
    assert answer.status_code == 302
    text = words(moderator.get(reverse("moderator_parcels")))
    assert "Two folders" in text
    assert "Wed 25 November" in text
    assert moderator.post(page, {"centre": "", "description": "No name on it"}).status_code == 302
    assert "Centre not known" in words(moderator.get(reverse("moderator_parcels")))


def test_a_parcel_is_matched_to_the_claim_made_since(moderator, parcel, claim):
    page = address("moderator_match_parcel", parcel.pk)
    for wrong in ("", "x", "-1", "9" * 40, str(claim.pk + 1)):
        assert moderator.post(page, {"claim": wrong}).status_code == 422
    answer = moderator.post(page, {"claim": str(claim.pk)})
    assert answer["Location"] == address("moderator_claim", claim.pk)
    parcel.refresh_from_db()
    assert (parcel.state, parcel.claim_id) == ("matched", claim.pk)
    again = moderator.post(page, {"claim": str(claim.pk)})
    assert again.status_code == 422


def test_a_parcel_is_sent_back_once(moderator, parcel):
    assert moderator.post(address("moderator_return_parcel", parcel.pk)).status_code == 302
    parcel.refresh_from_db()
    assert parcel.state == "returned"
    assert moderator.post(address("moderator_return_parcel", parcel.pk)).status_code == 422
    assert moderator.get(address("moderator_return_parcel", parcel.pk)).status_code == 405


@pytest.mark.parametrize("count", [2, 40])
def test_the_page_takes_as_many_queries_for_few_as_for_many(world, moderator, count, django_assert_max_num_queries):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        for number in range(count):
            log_unmatched_work(world.centre, f"Folder {number}", at=world.at, by=by, fresh=fresh())
    with django_assert_max_num_queries(20):
        assert f"Folder {count - 1}" in words(moderator.get(address("moderator_parcels")))
