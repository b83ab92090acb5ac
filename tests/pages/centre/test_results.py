"""What came of a centre's claims, and the centre's own page."""

import pytest

from conferral.actions.awards import issue_certificate, revoke_certificate
from conferral.actions.reviews import decide_unit
from conferral.records.access import acting_as
from conferral.records.awards.models import Certificate
from conferral.records.ledger.models import Event
from conferral.rules.permissions import CLOCK
from tests.actions.test_journey import decide_all, process, receive, report


@pytest.fixture
def officer(as_role):
    return as_role("exams_officer")


def shown(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def certificated(world) -> Certificate:
    claim = world.submitted(count=1)
    receive(world, claim)
    decide_all(world, claim)
    report(world, claim)
    process(world, claim)
    certificate = Certificate.objects.get()
    with acting_as(CLOCK):
        assert issue_certificate(certificate.pk, paper=lambda _: b"%PDF-1.7 x", at=world.at, by=CLOCK).allowed
    return certificate


def test_without_decided_claims_the_page_says_so(officer, world):
    assert "No claim has been decided yet." in shown(officer.get("/centre/results/"))


def test_a_report_and_each_decision_with_its_reason_are_shown(officer, world):
    claim = world.submitted(count=1)
    receive(world, claim)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        first = claim.units.first()
        decide_unit(first.pk, "not_awarded", reason_code="VERB_NOT_MET", feedback="Say <why>", at=world.at, by=by)
        for unit in claim.units.exclude(pk=first.pk):
            decide_unit(unit.pk, "confirmed", at=world.at, by=by)
    assert report(world, claim).allowed
    text = shown(officer.get("/centre/results/"))
    assert "Depth: the command verb is not met. Say &lt;why&gt;" in text
    assert "2 units confirmed" in text
    assert "Good" in text


def test_a_report_is_marked_as_read_once_for_the_centre(officer, world, certificated):
    claim = certificated.award.registration.achievements.first().claimed_unit.claim_id
    assert "Mark as read" in shown(officer.get("/centre/results/"))
    assert officer.post(f"/centre/results/{claim}/read/").status_code == 303
    assert Event.objects.filter(verb="report_read", subject_id=str(claim)).count() == 1
    assert "Mark as read" not in shown(officer.get("/centre/results/"))
    assert officer.post("/centre/results/999999/read/").status_code == 404
    assert officer.get(f"/centre/results/{claim}/read/").status_code == 405


def test_an_issued_certificate_is_served_as_its_document(officer, certificated):
    response = officer.get(f"/centre/certificates/{certificated.number}/")
    assert response.content == b"%PDF-1.7 x"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="certificate-{certificated.number}.pdf"'
    assert f"/centre/certificates/{certificated.number}/" in shown(officer.get("/centre/results/"))


def test_a_revoked_or_unknown_certificate_is_not_served(officer, world, certificated):
    by = world.acting("certificates_officer")
    with acting_as(by):
        assert revoke_certificate(certificated.number, "a result was corrected", at=world.at, by=by).allowed
    assert officer.get(f"/centre/certificates/{certificated.number}/").status_code == 404
    assert officer.get("/centre/certificates/NOSUCHNUMBER/").status_code == 404
    assert "Revoked on 23 November 2026" in shown(officer.get("/centre/results/"))


def test_the_centres_own_page_names_people_approvals_and_moderators(officer, world):
    text = shown(officer.get("/centre/own/"))
    assert "Rhian Evans-Achterberg" in text
    assert "1 January 2010" in text
    assert "Adaeze Featherstonehaugh-Nkemelu" in text
    assert "Registered, 5 times" in text
