"""A claim is its centre's until the moderator opens it; afterwards only the moderator changes it, with a reason."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import Error, connections, transaction
from django.urls import reverse

from conferral.actions.claims import submit_claim, take_back_claim
from conferral.actions.consignments import deliver_upload
from conferral.actions.reviews import decide_unit, open_work
from conferral.records.access import acting_as
from conferral.records.claims.models import Claim
from conferral.records.ledger.models import Event
from conferral.records.moderation.models import UnitDecision
from tests.actions.test_journey import receive
from tests.pages.centre.test_claims import page, text_of
from tests.world import fresh


def test_a_claim_with_the_moderator_is_taken_back_until_it_is_opened(world, as_role):
    claim = world.submitted(count=1)
    receive(world, claim)
    centre = as_role("assessor")
    assert "Nobody has opened it" in page(centre, "centre_claim", claim.pk)
    assert centre.post(reverse("centre_take_back", args=[claim.pk])).status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.consignments.get().state) == ("draft", "to_return")
    assert set(claim.units.values_list("state", flat=True)) == {"chosen"}
    assert "To be sent back" in page(as_role("examiner_moderator"), "moderator_parcels")
    by = world.acting("assessor")
    with acting_as(by):
        assert submit_claim(claim.pk, at=world.at, by=by, fresh=fresh()).allowed
        assert deliver_upload(claim.pk, at=world.at, by=by).allowed
    moderator = as_role("examiner_moderator")
    assert moderator.get(reverse("moderator_claim", args=[claim.pk])).status_code == 200
    assert moderator.get(reverse("moderator_claim", args=[claim.pk])).status_code == 200
    assert Event.objects.filter(verb="work_opened", subject_id=str(claim.pk)).count() == 1
    centre = as_role("assessor")
    assert "Take back claim" not in page(centre, "centre_claim", claim.pk)
    refused = centre.post(reverse("centre_take_back", args=[claim.pk]))
    assert refused.status_code == 422
    assert "until the moderator opens it" in text_of(refused)
    with pytest.raises(Error), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state="draft")


def test_all_units_of_one_assessor_are_withdrawn_with_a_reason(world, as_role):
    claim = world.submitted(count=2)
    other = world.people["exams_officer"].pk
    kept = claim.units.first()
    receive(world, claim)
    moderator = as_role("examiner_moderator")
    to = reverse("moderator_withdraw_assessor", args=[claim.pk])
    by = world.acting("examiner_moderator")
    with acting_as(by):
        assert decide_unit(kept.pk, "confirmed", at=world.at, by=by).allowed
    assert "5 units without a decision" in text_of(moderator.get(to))
    assessor = str(world.people["assessor"].pk)
    for wrong in (
        {"assessor": str(other), "reason_code": "INCOMPLETE"},
        {"assessor": assessor, "reason_code": "X"},
        {},
    ):
        assert moderator.post(to, wrong).status_code == 422
    said = {"assessor": assessor, "reason_code": "INCONSISTENT_ASSESSOR", "feedback": "Marks differ from unit to unit."}
    assert moderator.post(to, said).status_code == 302
    assert sorted(claim.units.values_list("state", flat=True)) == ["confirmed", *["withdrawn"] * 5]
    reasons = UnitDecision.objects.filter(outcome="withdrawn").values_list("reason_code", "feedback").distinct()
    assert list(reasons) == [("INCONSISTENT_ASSESSOR", "Marks differ from unit to unit.")]
    assert "Every unit of this claim is decided" in text_of(moderator.get(to))


def test_taking_back_and_opening_at_once_leave_one_of_them(transactional_db, world):
    claim = world.submitted(count=1)
    receive(world, claim)
    gate = Barrier(2)

    def go(role):
        by = world.acting(role)
        try:
            gate.wait(10)
            with acting_as(by):
                if role == "assessor":
                    return take_back_claim(claim.pk, at=world.at, by=by).allowed
                return Claim.objects.filter(pk=claim.pk).exists() and open_work(claim.pk, at=world.at, by=by)
        except Claim.DoesNotExist:  # taken back in between: no longer this moderator's
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(go, ("assessor", "examiner_moderator")))
    claim.refresh_from_db()
    assert sorted(done) == [False, True]
    assert (claim.state == "draft") == done[0]
    assert (claim.opened_at is None) == done[0]
