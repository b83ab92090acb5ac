"""A parcel's way from hand to hand by the code on its cover sheet, and the parcel whose claim was withdrawn."""

import pytest
from django.db import Error, transaction
from django.urls import reverse

from conferral.actions.claims import submit_claim, take_back_claim
from conferral.actions.consignments import record_despatch
from conferral.actions.reviews import withdraw_claim
from conferral.records.access import acting_as
from conferral.records.claims.models import CustodyScan
from conferral.records.letters.models import Letter
from tests.pages.centre.test_claims import page, text_of
from tests.world import fresh


def despatched(world):
    claim = world.submitted(count=1)
    by = world.acting("exams_officer")
    with acting_as(by):
        assert record_despatch(claim.pk, despatched_on=world.at.date(), carrier="A", at=world.at, by=by).allowed
    return claim, claim.consignments.get()


def scan(client, parcel, hand):
    return client.post(reverse("parcel", args=[parcel.reference]), {"hand": hand})


def test_each_hand_scans_once_and_everybody_sees_the_way(world, as_role):
    claim = world.submitted(count=1)
    parcel = claim.consignments.get()
    assert as_role("exams_officer").get(reverse("parcel", args=[parcel.reference.lower()])).status_code == 200
    for role, hand, said in (
        ("exams_officer", "handed_over", "Handed to the carrier"),
        ("quality_officer", "post_room", "post room"),
        ("examiner_moderator", "received", "Received by the moderator"),
    ):
        client = as_role(role)
        assert scan(client, parcel, hand).status_code == 302
        again = scan(client, parcel, hand)
        assert again.status_code == 422
        assert "before on" in text_of(again) or "already been logged" in text_of(again)
        assert said in page(client, "parcel", parcel.reference)
    claim.refresh_from_db()
    assert claim.state == "with_moderator"
    assert [scan.hand for scan in CustodyScan.objects.order_by("id")] == ["handed_over", "post_room", "received"]
    for role, name in (("exams_officer", "centre_claim"), ("certificates_officer", "desk_claim")):
        assert "Handed to the carrier" in page(as_role(role), name, claim.pk)
    with pytest.raises(Error), transaction.atomic():
        CustodyScan.objects.update(hand="returned")


def test_a_wrong_person_learns_nothing(world, as_role, client):
    _, parcel = despatched(world)
    to, none = reverse("parcel", args=[parcel.reference]), reverse("parcel", args=["K7QF3M9X"])
    assert client.get(to).status_code == client.get(none).status_code == 302  # to signing in
    verifier = as_role("external_verifier")
    assert verifier.get(to).status_code == verifier.get(none).status_code == 404
    assert scan(verifier, parcel, "received").status_code == 404
    officer = as_role("exams_officer")
    for hand in ("received", "returned", "post_room", "", "x"):
        assert scan(officer, parcel, hand).status_code == 404
    assert not CustodyScan.objects.exists()


def test_a_claim_withdrawn_while_its_parcel_is_on_the_way_makes_it_a_return(world, as_role):
    claim, parcel = despatched(world)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        assert withdraw_claim(claim.pk, "INCONSISTENT", at=world.at, by=by).allowed
    parcel.refresh_from_db()
    assert parcel.state == "to_return"
    assert "The parcel comes back to you" in page(as_role("exams_officer"), "centre_claim", claim.pk)
    assert "To be sent back when they arrive" in page(as_role("quality_officer"), "desk_parcels")
    moderator = as_role("examiner_moderator")
    assert "To be sent back when they arrive" in page(moderator, "moderator_parcels")
    assert scan(moderator, parcel, "received").status_code == 422
    assert scan(moderator, parcel, "returned").status_code == 302
    assert scan(moderator, parcel, "returned").status_code == 422
    parcel.refresh_from_db()
    assert (parcel.state, parcel.returned_at) == ("returned", world.at)


def test_a_claim_taken_back_and_made_again_waits_for_another_parcel(world, as_role):
    claim, parcel = despatched(world)
    by = world.acting("exams_officer")
    with acting_as(by):
        assert take_back_claim(claim.pk, at=world.at, by=by).allowed
        assert submit_claim(claim.pk, at=world.at, by=by, fresh=fresh()).allowed
    assert sorted(claim.consignments.values_list("state", flat=True)) == ["awaited", "to_return"]
    assert Letter.objects.filter(subject__startswith="Send parcel", person=world.people["examiner_moderator"]).exists()
    assert "send the work" in page(as_role("exams_officer"), "centre_claim", claim.pk)
    assert scan(as_role("quality_officer"), parcel, "returned").status_code == 302
