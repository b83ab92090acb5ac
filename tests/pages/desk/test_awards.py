"""Claims processed by the desk, and the certificates that come of them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.db import connection
from pypdf import PdfReader

from conferral.actions.awards import issue_certificate
from conferral.actions.contacts import name_contact
from conferral.batch.certificates import certificate_pdf
from conferral.records.access import acting_as
from conferral.records.awards.models import Award, Certificate
from conferral.records.candidates.models import Achievement
from conferral.rules.permissions import CLOCK
from conferral.rules.references import format_reference
from tests.actions.test_awards import process, reported
from tests.pages.moderator.test_review import address, words


@pytest.fixture
def desk(as_role):
    return as_role("certificates_officer")


@pytest.fixture
def claim(world):
    return reported(world, world.submitted(count=2), not_awarded=1)


@pytest.fixture
def issued(world, claim) -> Certificate:
    process(world, claim)
    certificate = Certificate.objects.get()
    with acting_as(CLOCK):
        paper = lambda one: certificate_pdf(one, address=settings.PUBLIC_ADDRESS)  # noqa: E731
        assert issue_certificate(certificate.pk, paper=paper, at=world.at, by=CLOCK).allowed
    certificate.refresh_from_db()
    return certificate


def test_the_preview_names_who_completes_and_what_others_miss(desk, claim):
    text = words(desk.get(address("desk_claim", claim.pk)))
    assert "Make 1 award, bank 5 units" in text
    assert "The rule of combination of 09628 is not met yet" in text
    assert not Achievement.objects.exists()


def test_processing_makes_what_the_preview_said_and_asks_for_the_paper(desk, claim):
    answer = desk.post(address("desk_process", claim.pk))
    assert answer["Location"] == address("desk_claim", claim.pk)
    assert (Award.objects.count(), Achievement.objects.count()) == (1, 5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'conferral.issue_certificates'")
        assert cursor.fetchone()[0] == 1
    assert "1 award made" in words(desk.get(answer["Location"]))
    again = desk.post(address("desk_process", claim.pk))
    assert again.status_code == 422
    assert "no-such-move" in words(again)
    assert Award.objects.count() == 1


def test_a_quality_officer_sees_the_claim_and_does_not_process_it(as_role, claim):
    officer = as_role("quality_officer")
    assert "Make 1 award" not in words(officer.get(address("desk_claim", claim.pk)))
    assert officer.post(address("desk_process", claim.pk)).status_code == 403
    assert officer.get(address("desk_process", claim.pk)).status_code == 403


def test_a_claim_that_is_not_reported_says_who_has_it(world, desk):
    claim = world.submitted(count=1)
    assert "The work is awaited." in words(desk.get(address("desk_claim", claim.pk)))
    assert desk.post(address("desk_process", claim.pk)).status_code == 422
    assert desk.get(address("desk_claim", world.draft().pk)).status_code == 404
    assert desk.get(f"/desk/claims/{'9' * 40}/").status_code == 404


def test_today_shows_what_waits(world, desk, claim):
    text = words(desk.get(address("desk_today")))
    assert f"Process claim {claim.pk}" in text
    process(world, claim)
    number = format_reference(Certificate.objects.get().pk)
    assert f"Certificate {number} is due" in words(desk.get(address("desk_today")))


def test_today_shows_claims_whose_work_is_late(world, desk, settings):
    by = world.acting("exams_officer")
    with acting_as(by):
        for purpose in ("moderation", "fees", "withdrawals", "results"):
            name_contact("61423", purpose, scheme=None, name="x", email="x@example.org", at=world.at, by=by)
    claim = world.submitted(count=1)
    assert "Nothing needs the desk now." in words(desk.get(address("desk_today")))
    settings.CLOCK = lambda: world.at + timedelta(hours=25)
    assert f"No work yet for claim {claim.pk}" in words(desk.get(address("desk_today")))


def test_awards_are_found_by_number_however_it_is_typed(desk, issued):
    found = desk.get(address("desk_awards"), {"number": format_reference(issued.pk).lower()})
    assert found["Location"] == address("desk_certificate", issued.pk)
    assert "No certificate has the number nonsense" in words(desk.get(address("desk_awards"), {"number": "nonsense"}))
    page = words(desk.get(address("desk_awards"), {"state": "issued"}))
    assert issued.holder in page
    assert issued.holder not in words(desk.get(address("desk_awards"), {"state": "due"}))


@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "9" * 60}, {"before": "²"}, {"state": "burnt"},
                                   {"number": "\x00"}])  # fmt: skip
def test_queries_that_make_no_sense_are_passed_over(desk, query):
    assert desk.get(address("desk_awards"), query).status_code == 200


def test_the_paper_is_the_stored_pdf(desk, issued):
    answer = desk.get(address("desk_paper", issued.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert "/StructTreeRoot" in PdfReader(BytesIO(answer.content)).trailer["/Root"]
    assert issued.holder in words(desk.get(address("desk_certificate", issued.pk)))


def test_a_due_certificate_has_no_paper_yet(world, desk, claim):
    process(world, claim)
    number = Certificate.objects.get().pk
    assert desk.get(address("desk_paper", number)).status_code == 404
    assert "It is printed by a job" in words(desk.get(address("desk_certificate", number)))
    assert desk.post(address("desk_revoke", number), {"because": "x"}).status_code == 422


def test_a_certificate_is_revoked_with_a_reason_only(desk, issued):
    page = address("desk_revoke", issued.pk)
    for wrong in ({}, {"because": "  "}, {"because": "x" * 201}):
        assert desk.post(page, wrong).status_code == 422
    issued.refresh_from_db()
    assert issued.state == "issued"
    assert desk.post(page, {"because": "The result was corrected."}).status_code == 302
    issued.refresh_from_db()
    assert (issued.state, issued.revoked_because) == ("revoked", "The result was corrected.")
    assert "The result was corrected." in words(desk.get(address("desk_certificate", issued.pk)))
    assert desk.post(page, {"because": "Again"}).status_code == 422


def test_an_unknown_certificate_is_not_found(desk, world):
    assert desk.get(address("desk_certificate", "NOPE")).status_code == 404
    assert desk.get("/desk/certificates/%00/").status_code == 404


@pytest.mark.parametrize("name", ["desk_today", "desk_awards"])
@pytest.mark.parametrize("count", [1, 5])
def test_the_pages_take_as_many_queries_for_few_as_for_many(world, desk, name, count, django_assert_max_num_queries):
    process(world, reported(world, world.submitted(count=count)))
    with django_assert_max_num_queries(24):
        assert desk.get(address(name)).status_code == 200
