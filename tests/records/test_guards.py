"""What the database refuses, whoever asks it and by whatever way."""

from datetime import timedelta

import pgtrigger
import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from conferral.records.allocation.models import ChangeRequest, ProposedAllocation
from conferral.records.appeals.models import Review
from conferral.records.awards.models import Award, Certificate
from conferral.records.candidates.models import Achievement, Candidate, Registration
from conferral.records.catalogue.models import Qualification
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment
from conferral.records.evidence.models import StoredFile
from conferral.records.holds.models import Hold, Suspicion
from conferral.records.moderation.models import (
    Allocation,
    FeedbackReport,
    Interest,
    Moderator,
    RequiredAction,
    UnitDecision,
)
from conferral.records.questions.models import Question
from conferral.records.reports.models import AnnualReport
from conferral.records.standards.models import Exercise
from conferral.rules.journeys import JOURNEYS

TRAVELS = {model for model, trigger in pgtrigger.registered() if trigger.name == "journey_step"}


@pytest.fixture
def refused():
    """The database refuses what is done inside, with words that match, and nothing else is lost."""

    def check(what, match):
        with pytest.raises(DatabaseError, match=match), transaction.atomic():
            what()

    return check


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def decision(world, unit, by="examiner_moderator"):
    person = by if isinstance(by, int) else world.people[by].pk
    return UnitDecision.objects.create(
        centre_id=world.centre, claimed_unit=unit, outcome="confirmed", decided_by_id=person, decided_at=world.at
    )


def awarded(world, scheme="09628"):
    row = world.registrations[0]
    return Award.objects.create(centre_id=world.centre, registration=row, scheme_id=scheme, awarded_on=world.at.date())


def certificate(world, award, number="2345678923456789"):
    return Certificate.objects.create(
        number=number, centre_id=world.centre, award=award, holder="Grace O’Neill", title="A title", level=2,
        organisation="An organisation", awarded_on=world.at.date(), units=[],
    )  # fmt: skip


def test_everything_that_has_a_state_keeps_to_a_journey():
    with_state = {model for model in apps.get_models() if "state" in {field.name for field in model._meta.fields}
                  and model.__module__.startswith("conferral.")}  # fmt: skip
    assert with_state == TRAVELS == {
        AnnualReport, Claim, ClaimedUnit, Consignment, Registration, Certificate, ChangeRequest, ProposedAllocation,
        StoredFile,
        RequiredAction, Review, Exercise, Question, Hold, Suspicion,
    }  # fmt: skip
    assert len(TRAVELS) == len(JOURNEYS)


def test_every_guard_of_the_models_is_in_the_database(db):
    for model, trigger in pgtrigger.registered():
        installed, _ = trigger.get_installation_status(model)
        assert installed == "INSTALLED", (model, trigger.name)


def test_nobody_is_registered_after_the_last_registration_date(world, refused):
    last = Qualification.objects.get(code="10263").last_registration
    candidate = Candidate.objects.first()

    def register(day):
        return Registration.objects.create(
            centre_id=world.centre, candidate=candidate, scheme_id="10263", registered_on=day
        )

    refused(lambda: register(last + timedelta(days=1)), "registration-after-last-date")
    assert register(last).pk


def test_no_unit_is_achieved_without_a_confirmed_decision(world, refused):
    unit = world.submitted().units.first()

    def bank(unit_code=unit.unit_id):
        return Achievement.objects.create(
            centre_id=world.centre, registration=unit.registration, unit_id=unit_code, achieved_on=world.at.date(),
            claimed_unit=unit,
        )  # fmt: skip

    refused(bank, "does not trace to a confirmed decision")
    ClaimedUnit.objects.filter(pk=unit.pk).update(state="confirmed")
    refused(lambda: bank("DEMO-09628-3" if unit.unit_id != "DEMO-09628-3" else "J/600/1003"), "does not trace")
    achieved = bank()
    refused(bank, "duplicate key")
    refused(achieved.delete, "Cannot delete")


@pytest.mark.parametrize("role", ["assessor", "internal_verifier"])
def test_nobody_decides_on_what_they_assessed_or_verified(world, refused, role):
    unit = world.submitted().units.first()
    refused(lambda: decision(world, unit, role), "reviewer-touched-the-work")


def test_nobody_decides_on_or_is_allocated_to_a_centre_in_which_they_have_an_interest(world, refused):
    unit = world.submitted().units.first()
    verifier = Moderator.objects.get(person=world.people["external_verifier"])
    Interest.objects.create(moderator=verifier, centre_id=world.centre, declared_on=world.at.date())
    refused(lambda: decision(world, unit, "external_verifier"), "reviewer-touched-the-work")
    held = Allocation.objects.get(scheme="09628")
    refused(lambda: Allocation.objects.filter(pk=held.pk).update(moderator=verifier), "reviewer-has-interest")


def test_a_decision_is_made_once_and_stays_as_it_was_made(world, refused):
    unit = world.submitted().units.first()
    made = decision(world, unit)
    refused(lambda: decision(world, unit), "duplicate key")
    refused(lambda: UnitDecision.objects.update(outcome="not_awarded"), "Cannot update")
    refused(made.delete, "Cannot update or delete")


def test_a_feedback_report_stays_as_it_was_sent(world, refused):
    sent = FeedbackReport.objects.create(
        centre_id=world.centre, claim=world.submitted(), sent_by=world.people["examiner_moderator"], sent_at=world.at
    )
    refused(lambda: FeedbackReport.objects.update(went_well="All of it"), "Cannot update")
    refused(sent.delete, "Cannot update or delete")


def test_two_moderators_are_not_allocated_at_once(world, refused):
    held = Allocation.objects.get(scheme="09628")
    twice = Allocation(
        centre_id=world.centre, scheme_id="09628", moderator=held.moderator, days=(world.at.date(), None)
    )
    refused(twice.save, "one_active_allocation")


def test_one_open_claim_holds_a_unit_of_a_candidate(world, refused):
    world.submitted(count=1)
    again = world.draft(count=1)
    refused(lambda: again.units.update(state="claimed"), "one_open_claim_for_a_unit")


def test_claimed_work_names_an_assessor_and_another_verifier(world, refused):
    draft = world.draft(count=1)
    draft.units.update(internal_verifier=world.people["assessor"])
    refused(lambda: draft.units.update(state="claimed"), "claimed_work_is_verified_by_somebody_else")
    draft.units.update(internal_verifier=None)
    refused(lambda: draft.units.update(state="claimed"), "claimed_work_is_verified_by_somebody_else")


def test_a_claim_is_not_submitted_without_a_moment_and_a_moderator(world, refused):
    draft = world.draft()
    refused(lambda: Claim.objects.filter(pk=draft.pk).update(state="submitted"), "a_submitted_claim_has_a_moment")


def test_a_parcel_stays_with_its_claim(world, refused):
    first, other = world.submitted(count=1), world.draft(count=1)
    parcel = first.consignments.get()
    refused(lambda: Consignment.objects.filter(pk=parcel.pk).update(claim=other), "belongs to claim")
    refused(lambda: Consignment.objects.filter(pk=parcel.pk).update(claim=None), "belongs to claim")


def test_no_certificate_is_issued_after_the_final_certification_date(world, refused):
    made = certificate(world, awarded(world, "10263"))
    last = Qualification.objects.get(code="10263").final_certification
    issue = "UPDATE awards_certificate SET state = 'issued', document = '\\x25', issued_on = %s WHERE number = %s"
    refused(lambda: sql(issue, last + timedelta(days=1), made.pk), "certificate-after-final-certification")
    sql(issue, last, made.pk)


def test_a_certificate_is_not_issued_without_its_document(world, refused):
    made = certificate(world, awarded(world))
    refused(lambda: Certificate.objects.filter(pk=made.pk).update(state="issued"), "has_its_document")


def test_what_a_certificate_says_is_never_changed(world, refused):
    made = certificate(world, awarded(world))
    Certificate.objects.filter(pk=made.pk).update(holder="Put right before it is printed")
    issued = {"state": "issued", "issued_on": world.at.date(), "document": b"%PDF"}
    Certificate.objects.filter(pk=made.pk).update(**issued)
    for field, value in (("holder", "Somebody else"), ("level", 3), ("units", [1]), ("awarded_on", "2020-01-01")):
        refused(lambda f=field, v=value: Certificate.objects.filter(pk=made.pk).update(**{f: v}), "is never changed")


def test_an_award_has_one_valid_certificate(world, refused):
    award = awarded(world)
    certificate(world, award)
    refused(lambda: certificate(world, award, "3456789234567892"), "one_valid_certificate_an_award")


def test_a_learner_number_is_held_once_at_a_centre(world):
    known = Candidate.objects.exclude(uln=None).first()
    with pytest.raises(IntegrityError, match="learner_number_once_at_centre"), transaction.atomic():
        Candidate.objects.create(centre_id=world.centre, uln=known.uln, last_name="Ng", born_on=known.born_on)
