"""Checking a certificate: what a stranger sees, and what nobody may keep."""

import pytest

from conferral.actions.awards import issue_certificate, revoke_certificate
from conferral.records.access import acting_as
from conferral.records.awards.models import Certificate
from conferral.rules.permissions import CLOCK
from conferral.rules.references import format_reference
from tests.actions.test_journey import decide_all, process, receive, report


@pytest.fixture
def issued(world):
    """The certificate of a candidate with a long name, made by the whole journey."""
    claim = world.submitted(count=2)
    receive(world, claim)
    decide_all(world, claim)
    report(world, claim)
    process(world, claim)
    certificate = Certificate.objects.get(holder__startswith="Þórdís")
    with acting_as(CLOCK):
        assert issue_certificate(certificate.pk, paper=lambda _: b"%PDF", at=world.at, by=CLOCK).allowed
    return certificate


def words(answer) -> str:
    return answer.content.decode()


def test_a_genuine_certificate_shows_what_it_says_and_no_more(client, issued):
    answer = client.get(f"/check/{issued.number}/")
    assert answer.status_code == 200
    assert "This certificate is genuine" in words(answer)
    for said in (issued.holder, issued.title, format_reference(issued.number), "3 units, as printed", "J/600/1003"):
        assert said in words(answer)
    for kept_back in ("8514603069", "2000", "61423", "Bridgend"):
        assert kept_back not in words(answer)


def test_nobody_on_the_way_keeps_the_answer(client, issued):
    answer = client.get(f"/check/{issued.number}/")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"


def test_a_number_as_people_type_it_leads_to_the_one_address(client, issued):
    written = format_reference(issued.number).lower()
    for answer in (client.get(f"/check/{written}/"), client.get("/check/", {"number": f" {written} "})):
        assert answer.status_code == 302
        assert answer.url == f"/check/{issued.number}/"
        assert answer["Cache-Control"] == "private, no-store"


def test_a_revoked_certificate_shows_no_name(client, issued, world):
    by = world.acting("certificates_officer")
    with acting_as(by):
        revoke_certificate(issued.pk, "a result was corrected", at=world.at, by=by)
    answer = client.get(f"/check/{issued.number}/")
    assert answer.status_code == 200
    assert "This certificate has been revoked" in words(answer)
    assert "a result was corrected" in words(answer)
    for kept_back in ("Þórdís", issued.title, "J/600/1003"):
        assert kept_back not in words(answer)


def test_a_certificate_that_is_only_due_is_unknown(client, issued):
    due = Certificate.objects.get(state="due")
    answer = client.get(f"/check/{due.number}/")
    assert answer.status_code == 404
    assert "We know of no such certificate" in words(answer)
    assert due.holder not in words(answer)


def test_a_number_that_was_never_given_is_unknown(client, db, noon):
    answer = client.get("/check/0000000000000000/")
    assert answer.status_code == 404
    assert "We know of no such certificate" in words(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0000000000000001", "The last character doesn&#x27;t fit the others"),
        ("12345", "This one has 5"),
        ("hello world!", "One of these is neither"),
        ("' OR 1=1 --", "One of these is neither"),
        ("ΑΒΓΔ", "One of these is neither"),
    ],
)
def test_a_mistyped_number_is_said_so_before_anything_is_looked_up(
    client, db, noon, typed, said, django_assert_num_queries
):
    answer = client.get("/check/", {"number": typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Error: Check a certificate" in words(answer)
    with django_assert_num_queries(4):  # savepoint, role, role, savepoint
        answer = client.get(f"/check/{typed}/")
    assert answer.status_code == 422
    assert said in words(answer)


def test_an_empty_question_asks_for_the_number(client, db, noon):
    answer = client.get("/check/", {"number": ""})
    assert answer.status_code == 422
    assert "Enter the number printed on the certificate" in words(answer)


def test_a_stranger_reads_one_certificate_and_not_its_neighbour(client, issued, world):
    """The database itself holds back every number that was not asked for."""
    from conferral.rules.permissions import PUBLIC

    with acting_as(CLOCK):
        other = Certificate.objects.get(state="due")
        issue_certificate(other.pk, paper=lambda _: b"%PDF", at=world.at, by=CLOCK)
    with acting_as(PUBLIC, certificate=issued.number):
        assert list(Certificate.objects.values_list("number", flat=True)) == [issued.number]
