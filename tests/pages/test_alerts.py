"""E-alerts: who hears of what, once; stopping with and without signing in; the same as a feed."""

import re
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.test import Client

from conferral.actions.alerts import announce, stop_token
from conferral.actions.library import add_document, name_subject, publish_version
from conferral.actions.notices import publish_notice
from conferral.batch.jobs import send_alerts, send_letters
from conferral.records.access import acting_as
from conferral.records.centres.models import Membership
from conferral.records.guidance.models import Alert, AlertCopy, Subscription
from conferral.records.letters.models import Letter
from conferral.records.people.models import Person
from conferral.rules.permissions import PERMISSIONS, ROLES
from tests.pages.moderator.test_review import address, words

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def subject(world):
    by = world.acting("quality_officer")
    with acting_as(by):
        return name_subject(
            "customer-service", title="Customer Service", schemes=["09628", "09629"], at=world.at, by=by
        )


def publish(world, scheme="09628", title="Evidence"):
    by = world.acting("quality_officer")
    with acting_as(by):
        publish_notice(scheme, title=title, text="Own work only.", clause="house", at=world.at, by=by)


def told():
    return sorted((to, one.subject) for one in mail.outbox for to in one.to)


def test_what_is_published_reaches_each_subscriber_once(world, subject, as_role, django_assert_max_num_queries):
    officer = as_role("exams_officer")
    for about in ("subject:customer-service", "scheme:09628", "scheme:09628"):
        assert officer.post(address("alerts"), {"about": about, "role": "exams_officer"}).status_code == 303
    as_role("examiner_moderator").post(address("alerts"), {"about": "scheme:09629", "role": "examiner_moderator"})
    as_role("assessor").post(address("alerts"), {"about": "scheme:09628", "role": "assessor"})
    assert Subscription.objects.count() == 4
    Membership.objects.filter(person=world.people["assessor"]).update(role="tutor")
    publish(world)
    assert AlertCopy.objects.count() == 1
    with acting_as(world.acting("quality_officer")), django_assert_max_num_queries(8):
        announce("report", "x", title="For all", text="", path="/", at=world.at)
    assert announce("report", "x", title="For all", text="", path="/", at=world.at) == 0
    assert send_alerts() == 3
    assert send_alerts() == 0
    assert send_letters() == 3
    assert told() == [
        ("examiner.moderator@example.org", "For all"),
        ("exams.officer@example.org", "09628: Evidence"),
        ("exams.officer@example.org", "For all"),
    ]
    first = mail.outbox[0]
    assert "Own work only." in first.body
    assert f"http://127.0.0.1:8000{address('qualification', '09628')}" in first.body
    page = words(as_role("exams_officer").get(address("alerts")))
    assert "09628: Evidence Notice, 23 November 2026" in page
    assert "Customer Service Exams officer" in page


def test_a_document_reaches_the_roles_that_it_is_written_for(world, subject, as_role):
    for role in ("exams_officer", "assessor"):
        as_role(role).post(address("alerts"), {"about": "subject:customer-service", "role": role})
    by = world.acting("quality_officer")
    with acting_as(by):
        said = {"kind": "glossary", "schemes": ["09629"], "roles": ["assessor"], "at": world.at, "by": by}
        document, _ = add_document("Glossary", summary="Verbs.", **said)
        assert not Alert.objects.exists()
        publish_version(document.pk, text="# A\n\nB", at=world.at, by=by)
        publish_version(document.pk, text="# A\n\nC", what_changed="C, not B.", at=world.at, by=by)
    send_alerts()
    send_letters()
    assert told() == [("assessor@example.org", "Glossary"), ("assessor@example.org", "Glossary, version 2")]
    assert "C, not B." in mail.outbox[-1].body
    paths = set(Alert.objects.values_list("path", flat=True))
    assert paths == {address("document", "glossary")}


def test_a_signed_link_stops_e_alerts_without_signing_in(world, subject, as_role, client):
    for about in ("subject:customer-service", "scheme:10263", "scheme:09628"):
        as_role("assessor").post(address("alerts"), {"about": about, "role": "assessor"})
    as_role("exams_officer").post(address("alerts"), {"about": "scheme:09628", "role": "exams_officer"})
    publish(world)
    send_alerts()
    send_letters()
    client.logout()
    mine = next(one for one in mail.outbox if one.to == ["assessor@example.org"])
    link = re.search(r"http://127.0.0.1:8000(/alerts/stop/\S+)", mine.body)[1]
    assert mine.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mine.extra_headers["List-Unsubscribe"] == f"<http://127.0.0.1:8000{link}>"
    page = client.get(link)
    assert "Stop Customer Service" in words(page)
    assert Subscription.objects.count() == 4
    theirs = Subscription.objects.get(person=world.people["exams_officer"]).pk
    client.post(link, {"stop": theirs})
    assert Subscription.objects.count() == 4
    client.post(link, {"stop": Subscription.objects.get(scheme="10263").pk})
    assert Subscription.objects.count() == 3
    mail_reader = Client(enforce_csrf_checks=True)
    assert "You get no e-alerts." in words(mail_reader.post(link, {"List-Unsubscribe": "One-Click"}))
    assert [one.person for one in Subscription.objects.all()] == [world.people["exams_officer"]]
    for wrong in (stop_token(1)[:-1], "x", "1:2:3"):
        assert client.get(address("stop_alerts", wrong)).status_code == 404
    signed_in = as_role("assessor")
    assert signed_in.post(address("stop_alert", theirs)).status_code == 303
    assert Subscription.objects.count() == 1
    assert as_role("exams_officer").post(address("stop_alert", theirs)).status_code == 303
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"about": "scheme:99999"}, {"about": "person:1"}, {"role": "head_of_centre"}, {"about": ""}, {"role": "\x00"}],
)
def test_nobody_subscribes_to_nothing_or_in_anothers_role(world, subject, as_role, wrong):
    said = {"about": "scheme:09628", "role": "assessor"} | wrong
    assert as_role("assessor").post(address("alerts"), said).status_code == 422
    assert not Subscription.objects.exists()
    assert PERMISSIONS["subscribe"] == ROLES


def test_many_copies_are_written_in_few_statements(world, subject, as_role, django_assert_max_num_queries):
    as_role("assessor").post(address("alerts"), {"about": "scheme:09628", "role": "assessor"})
    publish(world, title="Two\nlines")
    alert = Alert.objects.get()
    people = Person.objects.bulk_create(Person(name=f"P{n}", email=f"p{n}@example.org") for n in range(600))
    AlertCopy.objects.bulk_create(AlertCopy(alert=alert, person=one) for one in people)
    with django_assert_max_num_queries(32):
        assert send_alerts() == 601
    assert Letter.objects.filter(about_kind="alert").count() == 601
    assert "09628: Two lines" in words(as_role("assessor").get(address("letters")))


def test_the_news_of_a_subject_is_a_feed(world, subject, client):
    publish(world, title="<b>Evidence</b> & more")
    publish(world, scheme="10263", title="Elsewhere")
    answer = client.get(address("feed", "customer-service"))
    assert answer["Content-Type"].startswith("application/atom+xml")
    tree = ElementTree.fromstring(answer.content)  # noqa: S314
    assert [entry.find(f"{ATOM}title").text for entry in tree.iter(f"{ATOM}entry")] == [
        "Notice: 09628: <b>Evidence</b> & more"
    ]
    assert tree.find(f"{ATOM}entry/{ATOM}link").get("href") == "http://127.0.0.1:8000/qualifications/09628/"
    again = client.get(address("feed", "customer-service"), headers={"If-Modified-Since": answer["Last-Modified"]})
    assert again.status_code == 304
    assert client.get(address("feed", "nothing")).status_code == 404
    assert address("feed", "customer-service") in client.get(address("library")).content.decode()
