"""The first page, the footer's pages and the public's addresses."""

import pytest
from django.urls import reverse

from conferral.records.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("home", "Certificates you can rely on"),
        ("help", "Help and contact"),
        ("accessibility", "Accessibility"),
        ("privacy", "Privacy"),
        ("check_certificate", "Check a certificate"),
        ("rule_book", "Rule book"),
        ("policy_values", "Values the rules count with"),
        ("journeys", "Journeys"),
        ("qualifications", "Qualifications and dates"),
    ],
)
def test_a_stranger_reads_the_public_pages(client, noon, name, heading):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert f"<h1>{heading}</h1>" in answer.content.decode()


def test_somebody_without_a_role_is_told_who_gives_one(client, noon):
    client.force_login(Person.objects.create_user("new@example.org", name="Ola Nordmann-Ní Bhriain"))
    assert "You have no role yet" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("exams_officer", "centre_today"),
        ("examiner_moderator", "moderator_waiting"),
        ("quality_officer", "desk_today"),
    ],
)
def test_work_begins_on_the_first_page_of_the_audience(as_role, role, page):
    assert as_role(role).get("/").url == reverse(page)


def test_somebody_of_a_centre_reads_public_pages_under_the_centres_name(as_role):
    answer = as_role("exams_officer").get(reverse("rule_book"))
    assert "Dysgu yn y Gwaith" in answer.content.decode()
