"""What is banked, awarded and certificated, and what the database keeps as it was."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from conferral.actions.awards import issue_certificate, preview_awards, process_claim, revoke_certificate
from conferral.actions.consignments import receive_work
from conferral.actions.reviews import confirm_units, decide_unit, send_report
from conferral.records.access import acting_as
from conferral.records.awards.models import Award, Certificate
from conferral.records.candidates.models import Achievement, Registration
from conferral.records.catalogue.models import Qualification
from conferral.records.claims.models import Claim
from conferral.records.ledger.models import Event
from conferral.rules.permissions import CLOCK
from tests.world import UNITS, fresh


def reported(world, claim: Claim, *, not_awarded: int = 0) -> Claim:
    """A claim decided and reported: all confirmed but the first few."""
    by = world.acting("examiner_moderator")
    units = list(claim.units.order_by("pk").values_list("pk", flat=True))
    with acting_as(by):
        receive_work(claim.consignments.get().reference, at=world.at, by=by)
        for unit in units[:not_awarded]:
            assert decide_unit(unit, "not_awarded", reason_code="INCOMPLETE", at=world.at, by=by).allowed
        assert confirm_units(units[not_awarded:], at=world.at, by=by).allowed
        assert send_report(claim.pk, went_well="Good", to_improve="", actions="", at=world.at, by=by).allowed
    return claim


def process(world, claim, at=None):
    by = world.acting("certificates_officer")
    with acting_as(by):
        return process_claim(claim.pk, organisation="Example Awards", at=at or world.at, by=by, fresh=fresh())


def preview(world, claim, at=None):
    with acting_as(world.acting("certificates_officer")):
        return preview_awards(claim.pk, at=at or world.at)


def issue(certificate, at):
    with acting_as(CLOCK):
        return issue_certificate(certificate.pk, paper=lambda _: b"%PDF", at=at, by=CLOCK)


def close_scheme(on: date) -> None:
    Qualification.objects.filter(code="09628").update(final_certification=on, last_registration=None)


def refusals(verdict) -> list[str]:
    return [reason.rule for reason in verdict.refused]


def test_a_claim_is_processed_once(world):
    claim = reported(world, world.submitted(count=1))
    verdict, awards = process(world, claim)
    assert verdict.allowed
    assert len(awards) == 1
    again, none = process(world, claim)
    assert refusals(again) == ["no-such-move"]
    assert none == []
    assert Achievement.objects.count() == len(UNITS)
    assert Certificate.objects.count() == 1
    assert Event.objects.filter(verb="award_made").count() == 1


def test_processing_asks_for_the_certificates_in_the_same_transaction(world):
    claim = reported(world, world.submitted(count=1))
    process(world, claim)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'conferral.issue_certificates'")
        assert cursor.fetchone()[0] == 1


def test_the_preview_says_what_processing_does_and_leaves_nothing_behind(world):
    claim = reported(world, world.submitted(count=2), not_awarded=1)
    before = Event.objects.count()
    said = preview(world, claim)
    assert not Achievement.objects.exists()
    assert Event.objects.count() == before
    short, complete = claim.units.order_by("pk").first().registration_id, world.registrations[1].pk
    assert [refusals(said[pk][1]) for pk in (short, complete)] == [["combination-not-met"], []]
    assert said[short][0].missing
    _, awards = process(world, claim)
    assert [award.registration_id for award in awards] == [complete]


def test_a_combination_partly_met_awards_nothing_until_the_rest_is_claimed(world):
    first = reported(world, world.submitted(count=1, units=UNITS[:2]))
    assert process(world, first)[1] == []
    assert Registration.objects.get(pk=world.registrations[0].pk).state == "part_achieved"
    assert not Award.objects.exists()
    second = reported(world, world.submitted(count=1, units=UNITS[2:]))
    assert [refusals(verdict) for _, verdict in preview(world, second).values()] == [[]]
    assert len(process(world, second)[1]) == 1


def test_a_unit_that_another_claim_banked_meanwhile_is_banked_once(world):
    first = reported(world, world.submitted(count=1, units=UNITS[:1]))
    again = world.draft(count=1, units=UNITS[:2])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE claims_claim SET state = 'submitted', submitted_at = now(), moderator_id = %s "
                       "WHERE id = %s", [first.moderator_id, again.pk])  # fmt: skip
        cursor.execute("UPDATE claims_claimedunit SET state = 'claimed' WHERE claim_id = %s", [again.pk])
        cursor.execute("UPDATE claims_claimedunit SET state = 'confirmed' WHERE claim_id = %s", [again.pk])
        for state in ("with_moderator", "with_awarding_organisation"):
            cursor.execute("UPDATE claims_claim SET state = %s WHERE id = %s", [state, again.pk])
    assert process(world, first)[0].allowed
    assert process(world, again)[0].allowed
    assert Achievement.objects.count() == 2
    assert Event.objects.filter(verb="unit_banked").count() == 2


def test_processing_needs_as_many_queries_for_five_candidates_as_for_two(world, django_assert_max_num_queries):
    claim = reported(world, world.submitted(count=5))
    with django_assert_max_num_queries(40):
        process(world, claim)


@pytest.mark.parametrize(("days_after", "allowed"), [(-1, True), (0, True), (1, False)])
def test_nothing_is_awarded_or_printed_after_the_final_certification_date(world, days_after, allowed):
    claim = reported(world, world.submitted(count=1))
    close_scheme(world.at.date())
    at = world.at + timedelta(days=days_after)
    assert len(process(world, claim, at=at)[1]) == int(allowed)


def test_a_due_certificate_is_not_printed_late(world):
    claim = reported(world, world.submitted(count=1))
    close_scheme(world.at.date())
    process(world, claim)
    certificate = Certificate.objects.get()
    assert refusals(issue(certificate, world.at + timedelta(days=1))) == ["certificate-after-final-certification"]
    with pytest.raises(IntegrityError, match="certificate-after-final-certification"), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(
            state="issued", issued_on=world.at.date() + timedelta(days=1), document=b"x"
        )
    assert issue(certificate, world.at).allowed
    assert issue(certificate, world.at).refused


@pytest.fixture
def issued(world) -> Certificate:
    process(world, reported(world, world.submitted(count=1)))
    certificate = Certificate.objects.get()
    assert issue(certificate, world.at).allowed
    certificate.refresh_from_db()
    return certificate


def test_the_document_is_stored_with_its_hash(issued):
    assert issued.document_sha256 == sha256(b"%PDF").hexdigest()
    assert Registration.objects.get(pk=issued.award.registration_id).state == "certificated"


@pytest.mark.parametrize(
    "change", ["holder = 'Somebody Else'", "title = 'x'", "level = 3", "units = '[]'", "awarded_on = '2020-01-01'",
               "organisation = 'x'"],
)  # fmt: skip
def test_what_a_certificate_says_is_never_changed(issued, change):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE awards_certificate SET {change} WHERE number = %s", [issued.pk])


def test_a_revoked_certificate_stays_revoked(world, issued):
    by = world.acting("certificates_officer")
    with acting_as(by):
        assert revoke_certificate(issued.pk, "The result was corrected.", at=world.at, by=by).allowed
    with pytest.raises(DatabaseError, match=r"journey|transition"), transaction.atomic():
        Certificate.objects.filter(pk=issued.pk).update(state="issued")


@pytest.mark.parametrize("change", ["UPDATE ledger_event SET verb = 'nothing'", "DELETE FROM ledger_event"])
def test_the_ledger_only_grows(issued, change):
    with pytest.raises(DatabaseError, match=r"only_grows|Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


CHAIN = """
SELECT seq, hash = encode(sha256(convert_to(jsonb_build_array(
           coalesce(lag(hash) OVER (PARTITION BY stream ORDER BY seq), ''), stream, seq, extract(epoch FROM at), verb,
           subject, subject_id, actor, audience, rules, facts)::text, 'UTF8')), 'hex'),
       seq = row_number() OVER (PARTITION BY stream ORDER BY seq)
FROM ledger_event
"""


def test_each_event_is_chained_to_the_one_before(issued):
    with connection.cursor() as cursor:
        cursor.execute(CHAIN)
        events = cursor.fetchall()
    assert len(events) > 20
    assert all(hashed and in_order for _, hashed, in_order in events)


def test_an_event_altered_behind_the_ledgers_back_breaks_the_chain(issued):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_event SET verb = 'nothing_happened' WHERE verb = 'award_made'")
        cursor.execute(CHAIN)
        assert not all(hashed for _, hashed, _ in cursor.fetchall())


def test_an_achievement_traces_to_a_confirmed_decision(world):
    claim = world.submitted(count=1)
    unit = claim.units.first()
    with pytest.raises(IntegrityError, match="does not trace"), transaction.atomic():
        Achievement.objects.create(
            centre_id=unit.centre_id, registration_id=unit.registration_id, unit_id=unit.unit_id,
            achieved_on=world.at.date(), claimed_unit=unit,
        )  # fmt: skip
    assert not claim.units.filter(unit=F("registration__achievements__unit")).exists()
