"""Centres, people, allocation and parcels in the desk's hands."""

import pytest

from conferral.actions.centres import declare_interest
from conferral.actions.consignments import log_unmatched_work
from conferral.records.access import acting_as
from conferral.records.centres.models import Approval, Centre, Membership
from conferral.records.moderation.models import Allocation, Moderator
from tests.pages.moderator.test_review import address, words
from tests.world import INSTALLER, fresh

WHOLE = {"number": "70001", "name": "Coleg Llŷn", "nation": "wales", "address": "1 Stryd Fawr\nPwllheli"}


@pytest.fixture
def desk(as_role):
    return as_role("allocation_officer")


def test_a_centre_is_entered_approved_and_allocated(world, desk):
    answer = desk.post(address("desk_add_centre"), WHOLE)
    assert answer["Location"] == address("desk_centre", "70001")
    assert "Not approved for any scheme yet." in words(desk.get(answer["Location"]))
    assert desk.post(address("desk_approve", "70001"), {"scheme": "09628"}).status_code == 302
    assert "Nobody looks at 09628 for centre 70001" in words(desk.get(address("desk_today")))
    moderator = world.people["examiner_moderator"].pk
    assert desk.post(address("desk_allocate", "70001", "09628"), {"moderator": moderator}).status_code == 302
    assert Allocation.objects.get(centre="70001").moderator_id == moderator
    assert "Nobody looks at" not in words(desk.get(address("desk_today")))


def test_many_batches_without_a_moderator_are_one_line_that_leads_to_the_solver(world, desk):
    for number in range(70001, 70004):
        desk.post(address("desk_add_centre"), WHOLE | {"number": str(number)})
        for scheme in ("09628", "10263"):
            assert desk.post(address("desk_approve", str(number)), {"scheme": scheme}).status_code == 302
    shown = desk.get(address("desk_today"))
    assert "Nobody looks at 6 batches" in words(shown)
    assert "Nobody looks at 09628" not in words(shown)
    assert address("desk_proposals") in shown.content.decode()


@pytest.mark.parametrize("wrong", [{"number": ""}, {"number": "7000"}, {"number": "70001\n"}, {"number": "٧٠٠٠١"},
                                   {"number": "61423"}, {"name": ""}, {"name": "x" * 201}, {"nation": "france"},
                                   {"name": "\x00"}])  # fmt: skip
def test_a_centre_entered_wrongly_is_not_stored(desk, wrong):
    before = Centre.objects.count()
    answer = desk.post(address("desk_add_centre"), WHOLE | wrong)
    if wrong == {"number": "70001\n"}:
        assert answer.status_code == 302  # surrounding space is not part of a number
        return
    assert answer.status_code == 422
    assert Centre.objects.count() == before


def test_an_approval_for_no_scheme_is_refused(desk):
    for wrong in ({}, {"scheme": "00000"}, {"scheme": "x" * 300}):
        assert desk.post(address("desk_approve", "61423"), wrong).status_code == 422
    assert Approval.objects.filter(centre="61423").count() == 2


def test_a_person_without_an_address_is_named_and_one_with_it_signs_in(desk):
    page = address("desk_add_person", "61423")
    assert desk.post(page, {"name": "Efa Llŷr", "role": "assessor"}).status_code == 302
    answer = desk.post(page, {"name": "Tom Li", "role": "tutor", "email": "Tutor@Example.org"}, follow=True)
    assert "choose “Forgotten your password” with tutor@example.org" in words(answer)
    held = Membership.objects.filter(centre="61423", role__in=("assessor", "tutor"))
    assert held.filter(person__name="Efa Llŷr", person__email=None).exists()
    assert held.filter(person__email="tutor@example.org").exists()
    for wrong in ({}, {"name": "A", "role": "allocation_officer"}, {"name": "A", "role": "assessor", "email": "a@"}):
        assert desk.post(page, wrong).status_code == 422


def test_a_known_address_keeps_its_name(desk):
    said = {"name": "Another Name", "role": "tutor", "email": "assessor@example.org"}
    answer = desk.post(address("desk_add_person", "61423"), said, follow=True)
    assert "The address belongs to Kazimiera Brzęczyszczykiewicz, who keeps that name." in words(answer)


def test_a_moderator_is_added_with_the_address_work_is_posted_to(desk):
    page = address("desk_add_staff")
    said = {"name": "New Moderator", "role": "examiner_moderator", "email": "new@example.org"}
    assert desk.post(page, said).status_code == 422
    assert desk.post(page, said | {"address": "2 High Street"}).status_code == 302
    assert Moderator.objects.get(person__email="new@example.org").address == "2 High Street"
    assert "2 High Street" in words(desk.get(address("desk_people")))


def test_an_interest_refuses_the_allocation_with_its_reason(world, desk):
    verifier = world.people["external_verifier"].pk
    page = address("desk_interest")
    assert desk.post(page, {"moderator": verifier, "centre": "99999"}).status_code == 422
    assert desk.post(page, {"moderator": verifier, "centre": "61423"}).status_code == 302
    assert "Tom Li in 61423" in words(desk.get(address("desk_allocation")))
    answer = desk.post(address("desk_allocate", "61423", "09628"), {"moderator": verifier})
    assert answer.status_code == 422
    assert "This moderator has declared an interest in the centre." in words(answer)
    for wrong in ("", "x", "9" * 40, world.people["assessor"].pk):
        assert desk.post(address("desk_allocate", "61423", "09628"), {"moderator": wrong}).status_code == 422


def test_work_of_somebody_with_a_new_interest_goes_to_another(world, desk):
    old, new = (world.people[role].pk for role in ("examiner_moderator", "external_verifier"))
    declare_interest(old, "61423", on=world.at.date(), at=world.at, by=INSTALLER)
    assert desk.post(address("desk_allocate", "61423", "09628"), {"moderator": new}).status_code == 302
    assert Allocation.objects.get(centre="61423", scheme="09628", days__contains=world.at.date()).moderator_id == new


def test_a_parcel_without_a_claim_is_seen_with_its_centre_and_sent_back(world, desk):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        parcel = log_unmatched_work("61423", "One folder", at=world.at, by=by, fresh=fresh())
    text = words(desk.get(address("desk_parcels")))
    assert "One folder" in text
    assert "Bridgend Workplace Learning" in text
    assert desk.post(address("desk_return_parcel", parcel.pk)).status_code == 302
    parcel.refresh_from_db()
    assert parcel.state == "returned"
    assert desk.post(address("desk_return_parcel", parcel.pk)).status_code == 422


def test_who_may_only_read_changes_nothing(as_role, world):
    officer = as_role("certificates_officer")
    for name in ("desk_add_centre", "desk_interest", "desk_add_staff"):
        assert officer.get(address(name)).status_code == 403
    assert officer.post(address("desk_approve", "61423"), {"scheme": "09628"}).status_code == 403
    assert officer.post(address("desk_allocate", "61423", "09628"), {"moderator": 1}).status_code == 403
    for name in ("desk_centres", "desk_people", "desk_catalogue", "desk_allocation", "desk_parcels"):
        assert officer.get(address(name)).status_code == 200


def test_the_catalogue_shows_dates_route_and_evidence(desk):
    text = words(desk.get(address("desk_catalogue")))
    assert "31 December 2013" in text
    assert "moderated by post" in text
    assert "conferral packs load" in text


def test_centres_are_found_by_number_or_name(desk):
    assert "Bridgend" in words(desk.get(address("desk_centres"), {"q": "614"}))
    assert "Bridgend" in words(desk.get(address("desk_centres"), {"q": "workplace"}))
    assert "No centre has “zzz”" in words(desk.get(address("desk_centres"), {"q": "zzz"}))
    for odd in ({"q": "\x00"}, {"q": "%_"}, {"after": "²"}, {"after": "9" * 50}):
        assert desk.get(address("desk_centres"), odd).status_code == 200
    assert desk.get("/desk/centres/%00/").status_code == 404


@pytest.mark.parametrize("count", [2, 60])
def test_lists_take_as_many_queries_for_few_as_for_many(desk, count, django_assert_max_num_queries):
    Centre.objects.bulk_create([Centre(number=f"7{n:04}", name=f"Centre {n}") for n in range(count)])
    Approval.objects.bulk_create(
        [Approval(centre_id=f"7{n:04}", scheme_id="09628", approved_on="2020-01-01") for n in range(count)]
    )
    for name in ("desk_centres", "desk_allocation", "desk_today"):
        with django_assert_max_num_queries(24):
            assert desk.get(address(name)).status_code == 200
    if count > 50:
        assert "Next 50" in words(desk.get(address("desk_centres")))
