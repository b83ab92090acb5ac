"""What the rules refuse when a claim is submitted, that it happens once, and what the database holds by itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import Error, connection, connections, transaction

from conferral.actions.centres import approve_centre
from conferral.actions.claims import (
    Named,
    choose_units,
    judge_if_claimed,
    leave_out_units,
    offers,
    say_of_units,
    start_claim,
    submit_claim,
    take_back_claim,
    write_units,
)
from conferral.actions.consignments import receive_work
from conferral.records.access import acting_as
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Approval
from conferral.records.claims.models import Claim
from conferral.records.claims.queries import Pair
from conferral.records.ledger.models import Event
from conferral.records.moderation.models import Allocation
from tests.actions.test_journey import decide_all, process, receive, report
from tests.world import INSTALLER, UNITS, fresh

UNIT = UNITS[0]


def submit(world, claim, at=None):
    by = world.acting("assessor")
    with acting_as(by):
        verdict = submit_claim(claim.pk, at=at or world.at, by=by, fresh=fresh())
    claim.refresh_from_db()
    return verdict


def refusals(verdict):
    return {reason.rule for reason in verdict.refused}


def first_pair(world):
    return Pair(world.registrations[0].pk, UNIT)


def drafted_with(world, **named):
    """A draft of one unit for one candidate, of which only this is said."""
    by = world.acting("assessor")
    with acting_as(by):
        claim = start_claim("09628", at=world.at, by=by)
        choose_units(claim.pk, [first_pair(world)], at=world.at, by=by)
        say_of_units(claim.pk, [first_pair(world)], **named, at=world.at, by=by)
    return claim


@pytest.fixture
def everything(world):
    return {
        "assessor": world.people["assessor"].pk,
        "internal_verifier": world.people["internal_verifier"].pk,
        "evidence_kind": "candidate_work",
    }


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"assessor": None}, "assessor-not-named"),
        ({"internal_verifier": None}, "verifier-not-named"),
        ({"evidence_kind": None}, "evidence-not-named"),
        ({"evidence_kind": "unit_proof"}, "evidence-type-not-accepted"),
    ],
)
def test_a_unit_of_which_something_is_wrong_or_missing_is_refused(world, everything, changed, rule):
    claim = drafted_with(world, **(everything | changed))
    assert refusals(submit(world, claim)) == {rule}
    assert claim.state == "draft"


def test_nobody_verifies_their_own_assessment(world, everything):
    claim = drafted_with(world, **(everything | {"internal_verifier": everything["assessor"]}))
    assert refusals(submit(world, claim)) == {"verifier-is-assessor"}


def test_the_moderator_is_never_the_assessor(world, everything):
    claim = drafted_with(world, **(everything | {"assessor": world.people["examiner_moderator"].pk}))
    assert refusals(submit(world, claim)) == {"assessor-not-at-centre"}


def test_a_unit_that_waits_in_another_claim_is_refused(world):
    world.submitted(count=1, units=(UNIT,))
    assert refusals(submit(world, world.draft(count=1, units=(UNIT,)))) == {"unit-in-open-claim"}


def test_a_unit_confirmed_but_not_yet_processed_is_refused(world):
    claim = world.submitted(count=1, units=(UNIT,))
    receive(world, claim)
    decide_all(world, claim)
    assert refusals(submit(world, world.draft(count=1, units=(UNIT,)))) == {"unit-in-open-claim"}


def test_a_unit_achieved_already_is_refused(world):
    claim = world.submitted(count=1, units=(UNIT,))
    receive(world, claim)
    decide_all(world, claim)
    report(world, claim)
    process(world, claim)
    assert refusals(submit(world, world.draft(count=1, units=(UNIT,)))) == {"unit-already-achieved"}


def test_a_centre_without_approval_is_refused(world):
    Approval.objects.filter(scheme="09628").update(ended_on=world.at.date() - timedelta(days=1))
    assert refusals(submit(world, world.draft(count=1, units=(UNIT,)))) == {"claim-by-centre-not-approved"}


def test_without_a_moderator_the_draft_waits(world):
    Allocation.objects.filter(scheme="09628").delete()
    assert refusals(submit(world, world.draft(count=1, units=(UNIT,)))) == {"claim-without-moderator"}


def test_a_unit_of_another_scheme_is_refused(world, everything):
    claim = drafted_with(world, **everything)
    claim.units.update(unit="A/506/2130")
    assert refusals(submit(world, claim)) == {"unit-not-in-scheme"}


def test_a_candidate_registered_after_the_day_of_the_claim_is_refused(world):
    Registration.objects.filter(pk=world.registrations[0].pk).update(registered_on=date(2026, 11, 24))
    assert refusals(submit(world, world.draft(count=1, units=(UNIT,)))) == {"claim-without-registration"}


def closes(last_registration, final_certification):
    Qualification.objects.filter(pk="09628").update(
        last_registration=last_registration, final_certification=final_certification
    )


def test_a_candidate_registered_after_the_last_date_is_refused(world):
    closes(date(2026, 11, 22), date(2027, 12, 31))
    assert refusals(submit(world, world.draft(count=1, units=(UNIT,)))) == {"candidate-registered-too-late"}


@pytest.mark.parametrize(
    ("moment", "refused", "warned"),
    [
        (datetime(2027, 6, 30, 22, 59, tzinfo=UTC), set(), {"claim-near-final-certification"}),
        (datetime(2027, 6, 30, 23, 0, tzinfo=UTC), {"claim-after-final-certification"}, set()),
        (datetime(2027, 1, 4, 12, 0, tzinfo=UTC), set(), set()),
    ],
)
def test_final_certification_counts_until_midnight_in_london(world, moment, refused, warned):
    closes(date(2026, 12, 31), date(2027, 6, 30))
    verdict = submit(world, world.draft(count=1, units=(UNIT,)), at=moment)
    assert (refusals(verdict), {reason.rule for reason in verdict.warned}) == (refused, warned)


def test_an_empty_claim_is_refused(world):
    by = world.acting("assessor")
    with acting_as(by):
        claim = start_claim("09628", at=world.at, by=by)
    assert refusals(submit(world, claim)) == {"claim-is-empty"}


def test_submitting_twice_submits_once(world):
    claim = world.submitted()
    assert refusals(submit(world, claim)) == {"no-such-move"}
    assert Event.objects.filter(verb="claim_submitted", subject_id=str(claim.pk)).count() == 1
    assert claim.consignments.count() == 1


def test_what_is_refused_moves_to_a_draft_of_its_own(world):
    claim = world.draft(count=2)
    by = world.acting("assessor")
    with acting_as(by):
        say_of_units(claim.pk, [first_pair(world)], evidence_kind="unit_proof", at=world.at, by=by)
    assert submit(world, claim).allowed
    kept = Claim.objects.get(state="draft")
    assert claim.units.count() == 5
    assert [(unit.registration_id, unit.unit_id) for unit in kept.units.all()] == [first_pair(world)]


def test_a_submitted_claim_can_no_longer_be_changed(world, everything):
    claim = world.submitted()
    by = world.acting("assessor")
    pairs = [first_pair(world)]
    with acting_as(by):
        assert leave_out_units(claim.pk, pairs, at=world.at, by=by).refused
        assert write_units(claim.pk, {pairs[0]: Named(None, None, None)}, [], at=world.at, by=by).refused
        assert choose_units(claim.pk, pairs, at=world.at, by=by).refused
    assert claim.units.count() == 6


def test_a_page_of_a_draft_is_written_as_it_says(world, everything):
    claim = world.draft(count=2, units=(UNIT,))
    first, second, third = (Pair(one.pk, UNIT) for one in world.registrations[:3])
    named = Named(everything["assessor"], None, "unit_proof")
    by = world.acting("assessor")
    with acting_as(by):
        assert write_units(claim.pk, {first: named, third: named}, [second], at=world.at, by=by).allowed
    said = {
        (unit.registration_id, unit.assessor_id, unit.internal_verifier_id, unit.evidence_kind)
        for unit in claim.units.all()
    }
    assert said == {(pair.registration, *named) for pair in (first, third)}


def test_a_candidate_of_another_scheme_or_unknown_is_passed_over(world, everything):
    other = Registration.objects.create(
        centre_id=world.centre, candidate=world.registrations[0].candidate, scheme_id="10379",
        registered_on=world.at.date(),
    )  # fmt: skip
    by = world.acting("assessor")
    with acting_as(by):
        claim = start_claim("09628", at=world.at, by=by)
        strangers = [Pair(other.pk, UNIT), Pair(10**15, UNIT), Pair(world.registrations[0].pk, "no/unit")]
        choose_units(claim.pk, strangers, at=world.at, by=by)
        write_units(claim.pk, dict.fromkeys(strangers, Named(**everything)), [], at=world.at, by=by)
    assert not claim.units.exists()


def test_units_not_chosen_are_judged_without_asking_who_would_be_named(world):
    world.submitted(count=1, units=(UNIT,))
    draft = world.draft(count=0)
    by = world.acting("assessor")
    registrations = [one.pk for one in world.registrations[:2]]
    with acting_as(by):
        judged = judge_if_claimed(draft, registrations, [UNIT], at=world.at)
    assert [refusals(verdict) for _, verdict in judged.values()] == [{"unit-in-open-claim"}, set()]


def test_a_scheme_is_offered_with_what_stands_against_it(world):
    approve_centre("61423", "10379", on=date(2015, 1, 1), at=world.at, by=INSTALLER)
    with acting_as(world.acting("assessor")):
        found = {offer.scheme.pk: offer for offer in offers(world.centre, at=world.at)}
    assert found["09628"].can_start
    assert refusals(found["10263"].verdict) == {"claim-after-final-certification"}
    assert refusals(found["10379"].verdict) == {"claim-without-moderator"}
    assert not found["10379"].can_start, "nobody is registered"


def test_a_claim_without_a_moderator_may_wait_as_a_draft(world):
    Allocation.objects.filter(scheme="09628").delete()
    with acting_as(world.acting("assessor")):
        found = {offer.scheme.pk: offer for offer in offers(world.centre, at=world.at)}
    assert found["09628"].can_start


def test_a_claim_taken_back_and_submitted_again_has_one_live_consignment(world):
    claim = world.submitted()
    by = world.acting("assessor")
    with acting_as(by):
        assert take_back_claim(claim.pk, at=world.at, by=by).allowed
    assert submit(world, claim).allowed
    old, new = claim.consignments.order_by("pk")
    assert (old.state, new.state) == ("cancelled", "awaited")
    moderator = world.acting("examiner_moderator")
    with acting_as(moderator):
        assert receive_work(new.reference, at=world.at, by=moderator)[0].allowed


def at_once(world, claims):
    """Submit each claim from a connection of its own, all at the same moment."""
    gate = Barrier(len(claims))
    by = world.acting("assessor")

    def go(claim):
        try:
            gate.wait(10)
            with acting_as(by):
                return submit_claim(claim.pk, at=world.at, by=by, fresh=fresh())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(claims)) as pool:
        return list(pool.map(go, claims))


def test_two_people_submitting_one_claim_at_once_submit_it_once(transactional_db, world):
    claim = world.draft()
    verdicts = at_once(world, [claim, claim])
    assert sorted(verdict.allowed for verdict in verdicts) == [False, True]
    assert Event.objects.filter(verb="claim_submitted").count() == 1
    assert claim.consignments.count() == 1


def test_two_drafts_with_the_same_unit_submitted_at_once_put_it_into_one_claim(transactional_db, world):
    verdicts = at_once(world, [world.draft(count=1, units=(UNIT,)), world.draft(count=1, units=(UNIT,))])
    assert sorted(refusals(verdict) == {"unit-in-open-claim"} for verdict in verdicts) == [False, True]
    assert Claim.objects.filter(state="submitted").count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE claims_claim SET state = 'processed', submitted_at = made_at, moderator_id = made_by_id"
        " WHERE id = %(claim)s",
        "INSERT INTO claims_claim (centre_id, scheme_id, state, made_by_id, made_at, submitted_at, moderator_id,"
        " gaps_because) SELECT centre_id, scheme_id, 'submitted', made_by_id, made_at, made_at, made_by_id, ''"
        " FROM claims_claim WHERE id = %(claim)s",
        "UPDATE claims_claimedunit SET state = 'claimed', internal_verifier_id = assessor_id"
        " WHERE claim_id = %(claim)s",
        "UPDATE claims_claimedunit SET state = 'confirmed' WHERE claim_id = %(claim)s",
        "UPDATE claims_claim SET state = 'submitted' WHERE id = %(claim)s",
    ],
    ids=[
        "a draft is not processed",
        "a claim is not born submitted",
        "nobody verifies their own assessment",
        "a unit not claimed is not confirmed",
        "a submitted claim has a moment and a moderator",
    ],
)
def test_the_database_refuses_by_itself(world, sql):
    claim = world.draft(count=1)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {"claim": claim.pk})
    claim.refresh_from_db()
    assert claim.state == "draft"
