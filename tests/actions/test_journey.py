"""A claim from registration to certificate, through the actions."""

from datetime import timedelta

import pytest

from conferral.actions.awards import issue_certificate, process_claim, revoke_certificate
from conferral.actions.claims import claim_again, submit_claim, take_back_claim, withdraw_unmet_claim
from conferral.actions.consignments import receive_work, record_despatch
from conferral.actions.reviews import decide_unit, open_work, send_report
from conferral.records.access import acting_as
from conferral.records.awards.models import Certificate
from conferral.records.candidates.models import Achievement, Registration
from conferral.rules.permissions import CLOCK
from tests.world import fresh


def receive(world, claim):
    reference = claim.consignments.get().reference
    by = world.acting("examiner_moderator")
    with acting_as(by):
        verdict, _ = receive_work(reference, at=world.at, by=by)
    assert verdict.allowed, verdict


def decide_all(world, claim, outcome="confirmed", reason=None):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        for unit in claim.units.all():
            verdict = decide_unit(unit.pk, outcome, reason_code=reason, at=world.at, by=by)
            assert verdict.allowed, verdict


def report(world, claim):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        return send_report(claim.pk, went_well="Good", to_improve="", actions="", at=world.at, by=by)


def process(world, claim):
    by = world.acting("certificates_officer")
    with acting_as(by):
        return process_claim(claim.pk, organisation="A", at=world.at, by=by, fresh=fresh())


def test_a_claim_travels_from_submission_to_certificate(world):
    claim = world.submitted(count=2)
    by = world.acting("exams_officer")
    with acting_as(by):
        sent = record_despatch(claim.pk, despatched_on=world.at.date(), carrier="Royal Mail", at=world.at, by=by)
    assert sent.allowed
    receive(world, claim)
    decide_all(world, claim)
    assert report(world, claim).allowed
    verdict, awards = process(world, claim)
    assert verdict.allowed
    assert len(awards) == 2
    with acting_as(CLOCK):
        for certificate in Certificate.objects.filter(state="due"):
            assert issue_certificate(certificate.pk, paper=lambda _: b"%PDF", at=world.at, by=CLOCK).allowed
    assert set(Registration.objects.values_list("state", flat=True)) == {"registered", "certificated"}
    by = world.acting("certificates_officer")
    number = Certificate.objects.first().pk
    with acting_as(by):
        assert revoke_certificate(number, "a result was corrected", at=world.at, by=by).allowed
        assert not revoke_certificate(number, "again", at=world.at, by=by).allowed


def test_a_unit_missing_from_the_combination_makes_no_award(world):
    claim = world.submitted(count=1, units=("J/600/1003", "L/601/7638"))
    receive(world, claim)
    decide_all(world, claim)
    report(world, claim)
    _, awards = process(world, claim)
    assert awards == []
    assert Achievement.objects.count() == 2


@pytest.mark.parametrize(("hours", "withdrawn"), [(24, False), (24 * 7 + 11, False), (24 * 7 + 12, True)])
def test_a_claim_without_work_is_withdrawn_after_five_working_days(world, hours, withdrawn):
    """Submitted on Monday 23 November at 12:30; in time until the end of Monday 30 November."""
    claim = world.submitted()
    with acting_as(CLOCK):
        verdict = withdraw_unmet_claim(claim.pk, at=world.at + timedelta(hours=hours), by=CLOCK)
    assert verdict.allowed is withdrawn
    claim.refresh_from_db()
    assert (claim.state == "withdrawn") is withdrawn


def test_a_withdrawn_claim_is_claimed_again_with_its_choices(world):
    claim = world.submitted()
    late = world.at + timedelta(days=8)
    with acting_as(CLOCK):
        withdraw_unmet_claim(claim.pk, at=late, by=CLOCK)
    by = world.acting("assessor")
    with acting_as(by):
        draft = claim_again(claim.pk, at=late, by=by)
        assert claim_again(claim.pk, at=late, by=by) == draft
        assert submit_claim(draft.pk, at=late, by=by, fresh=fresh()).allowed
        assert draft.units.count() == 6


def test_a_claim_is_taken_back_until_the_moderator_opens_it(world):
    claim = world.submitted()
    by = world.acting("assessor")
    with acting_as(by):
        assert take_back_claim(claim.pk, at=world.at, by=by).allowed
        assert submit_claim(claim.pk, at=world.at, by=by, fresh=fresh()).allowed
    claim.refresh_from_db()
    reference = claim.consignments.exclude(state="cancelled").get().reference
    moderator = world.acting("examiner_moderator")
    with acting_as(moderator):
        assert receive_work(reference, at=world.at, by=moderator)[0].allowed
        assert open_work(claim.pk, at=world.at, by=moderator)
    with acting_as(by):
        refused = take_back_claim(claim.pk, at=world.at, by=by)
    assert [reason.rule for reason in refused.refused] == ["claim-not-open-to-centre"]
