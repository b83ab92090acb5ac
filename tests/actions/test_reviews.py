"""Who may decide, what a decision says, and that one unit has one outcome."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction

from conferral.actions.centres import allocate, declare_interest
from conferral.actions.claims import say_of_units
from conferral.actions.consignments import receive_work
from conferral.actions.reviews import confirm_units, decide_unit, send_report, withdraw_claim
from conferral.records.access import acting_as
from conferral.records.claims.models import Claim
from conferral.records.claims.queries import Pair
from conferral.records.ledger.models import Event
from conferral.records.moderation.models import Allocation, UnitDecision
from conferral.rules.permissions import Acting
from tests.world import INSTALLER, build_world


@pytest.fixture
def claim(world) -> Claim:
    return with_moderator(world, world.submitted(count=2))


def with_moderator(world, claim: Claim) -> Claim:
    by = world.acting("examiner_moderator")
    with acting_as(by):
        verdict, _ = receive_work(claim.consignments.get().reference, at=world.at, by=by)
    assert verdict.allowed, verdict
    claim.refresh_from_db()
    return claim


def decide(world, unit, outcome="confirmed", *, at=None, person=None, **words):
    by = person or world.acting("examiner_moderator")
    with acting_as(by):
        return decide_unit(unit.pk, outcome, at=at or world.at, by=by, **words)


def refusals(verdict) -> list[str]:
    return [reason.rule for reason in verdict.refused]


def store_raw(unit, person: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO moderation_unitdecision"
            " (centre_id, claimed_unit_id, outcome, feedback, decided_by_id, decided_at)"
            " VALUES (%s, %s, 'confirmed', '', %s, now())",
            [unit.centre_id, unit.pk, person],
        )


@pytest.mark.parametrize("role", ["assessor", "internal_verifier"])
def test_nobody_decides_on_what_they_assessed_or_verified(world, role):
    draft = world.draft(count=1)
    moderator = world.people["examiner_moderator"].pk
    by = world.acting("assessor")
    pairs = [Pair(unit.registration_id, unit.unit_id) for unit in draft.units.all()]
    with connection.cursor() as cursor:  # as it might have come from elsewhere: submission refuses it
        cursor.execute("UPDATE claims_claim SET moderator_id = %s WHERE id = %s", [moderator, draft.pk])
    with acting_as(by):
        say_of_units(draft.pk, pairs, at=world.at, by=by, **{role: moderator})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE claims_claim SET state = 'submitted', submitted_at = now() WHERE id = %s", [draft.pk])
        cursor.execute("UPDATE claims_claimedunit SET state = 'claimed' WHERE claim_id = %s", [draft.pk])
        cursor.execute("UPDATE claims_claim SET state = 'with_moderator' WHERE id = %s", [draft.pk])
    unit = draft.units.first()
    assert refusals(decide(world, unit)) == ["reviewer-touched-the-work"]
    with pytest.raises(IntegrityError, match="reviewer-touched-the-work"), transaction.atomic():
        store_raw(unit, moderator)


def test_nobody_decides_at_a_centre_in_which_they_have_an_interest(world, claim):
    moderator = world.people["examiner_moderator"].pk
    declare_interest(moderator, world.centre, on=world.at.date(), at=world.at, by=INSTALLER)
    unit = claim.units.first()
    assert refusals(decide(world, unit)) == ["reviewer-has-interest"]
    with pytest.raises(IntegrityError, match="reviewer-touched-the-work"), transaction.atomic():
        store_raw(unit, moderator)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        assert refusals(withdraw_claim(claim.pk, "INCOMPLETE", at=world.at, by=by)) == ["reviewer-has-interest"]


def test_somebody_to_whom_the_claim_is_not_allocated_does_not_even_see_it(world, claim):
    with pytest.raises(claim.units.model.DoesNotExist):
        decide(world, claim.units.first(), person=world.acting("external_verifier"))


@pytest.mark.parametrize("outcome", ["amended", "not_awarded", "withdrawn"])
def test_a_decision_other_than_confirm_gives_its_reason(world, claim, outcome):
    unit = claim.units.first()
    assert refusals(decide(world, unit, outcome)) == ["decision-without-reason"]
    assert refusals(decide(world, unit, outcome, reason_code="")) == ["decision-without-reason"]
    assert not UnitDecision.objects.exists()
    assert decide(world, unit, outcome, reason_code="INCOMPLETE", feedback="2.3 has no evidence.").allowed
    unit.refresh_from_db()
    assert (unit.state, unit.decision.reason_code) == (outcome, "INCOMPLETE")
    assert Event.objects.filter(verb="unit_decided", subject="claim", subject_id=str(claim.pk)).count() == 1


def test_a_unit_is_decided_once(world, claim):
    unit = claim.units.first()
    assert decide(world, unit).allowed
    again = decide(world, unit, "not_awarded", reason_code="INCOMPLETE")
    assert "unit-already-decided" in refusals(again)
    assert UnitDecision.objects.get().outcome == "confirmed"


def test_nothing_is_decided_while_the_work_is_on_its_way(world):
    claim = world.submitted(count=1)
    assert refusals(decide(world, claim.units.first())) == ["no-such-move"]


@pytest.mark.parametrize(("day", "allowed"), [(30, True), (31, True), (32, False)])
def test_nothing_is_confirmed_after_the_final_certification_date(world, claim, day, allowed):
    claim.scheme.final_certification = datetime(2026, 12, 31, tzinfo=UTC).date()
    claim.scheme.save()
    at = datetime(2026, 12, min(day, 31), 12, tzinfo=UTC) if day < 32 else datetime(2027, 1, 1, tzinfo=UTC)
    confirmed, other = claim.units.all()[:2]
    assert decide(world, confirmed, at=at).allowed is allowed
    assert decide(world, other, "not_awarded", reason_code="INCOMPLETE", at=at).allowed


def test_several_units_are_confirmed_together_or_not_at_all(world, claim):
    by = world.acting("examiner_moderator")
    units = list(claim.units.values_list("pk", flat=True))
    with acting_as(by):
        decide_unit(units[-1], "not_awarded", reason_code="INCOMPLETE", at=world.at, by=by)
        assert "unit-already-decided" in refusals(confirm_units(units, at=world.at, by=by))
        assert UnitDecision.objects.count() == 1
        assert confirm_units(units[:-1], at=world.at, by=by).allowed
    assert claim.units.filter(state="confirmed").count() == len(units) - 1


def test_a_report_waits_for_every_decision(world, claim):
    by = world.acting("examiner_moderator")
    words = {"went_well": "Clear marking", "to_improve": "", "actions": ""}
    with acting_as(by):
        refused = send_report(claim.pk, **words, at=world.at, by=by)
        assert refusals(refused) == ["report-with-undecided-units"]
        assert refused.refused[0].text == "6 claimed units have no decision yet."
        confirm_units(claim.units.values_list("pk", flat=True), at=world.at, by=by)
        assert send_report(claim.pk, **words, at=world.at, by=by).allowed
        assert refusals(send_report(claim.pk, **words, at=world.at, by=by)) == ["no-such-move"]
    claim.refresh_from_db()
    assert claim.state == "with_awarding_organisation"


def test_a_withdrawn_claim_takes_no_decision(world, claim):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        assert withdraw_claim(claim.pk, "INCOMPLETE", at=world.at, by=by).allowed
        assert withdraw_claim(claim.pk, "INCOMPLETE", at=world.at, by=by).refused
    assert decide(world, claim.units.first()).refused
    assert not UnitDecision.objects.exists()


def test_a_moderator_with_a_new_interest_can_be_replaced(world):
    old, new = (world.people[role].pk for role in ("examiner_moderator", "external_verifier"))
    declare_interest(old, world.centre, on=world.at.date(), at=world.at, by=INSTALLER)
    by = world.acting("allocation_officer")
    with acting_as(by):
        assert allocate(world.centre, "09628", new, on=world.at.date(), at=world.at, by=by).allowed
        assert refusals(allocate(world.centre, "09628", old, on=world.at.date(), at=world.at, by=by)) == [
            "allocation-with-interest"
        ]
    with pytest.raises(IntegrityError, match="reviewer-has-interest"), transaction.atomic():
        Allocation.objects.filter(moderator=new).update(moderator=old)


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_two_moderators_deciding_at_once_yield_one_decision(transactional_db, noon):
    world = build_world(noon)
    claim = with_moderator(world, world.submitted(count=1))
    unit, ready, verdicts = claim.units.first(), Barrier(2), []

    def decide_when_both_are_ready(outcome: str) -> None:
        try:
            by: Acting = world.acting("examiner_moderator")
            with acting_as(by):
                ready.wait(timeout=10)
                verdicts.append(decide_unit(unit.pk, outcome, reason_code="INCOMPLETE", at=world.at, by=by))
        finally:
            connections.close_all()

    threads = [Thread(target=decide_when_both_are_ready, args=(outcome,)) for outcome in ("confirmed", "not_awarded")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(verdict.allowed for verdict in verdicts) == [False, True]
    assert UnitDecision.objects.count() == 1
    unit.refresh_from_db()
    assert unit.state == UnitDecision.objects.get().outcome
