"""Signing in, choosing a place, and the first account of an empty system."""

import pytest
from django.core import mail

from conferral.records.centres.models import Membership
from conferral.records.people.models import Person
from conferral.rules.permissions import DESK_ROLES

FIRST = {
    "name": "Siôn ap Llŷr-O’Hara",
    "email": "Sion@Example.org",
    "password": "lantern gravel oboe",
    "again": "lantern gravel oboe",
}


@pytest.fixture
def token(settings, noon, db):
    settings.FIRST_ACCOUNT_TOKEN = "opens-once"
    return "/first-desk-account/?token=opens-once"


def test_whoever_holds_the_token_makes_the_first_account_and_is_signed_in(client, token):
    answer = client.post(token, FIRST)
    assert (answer.status_code, answer.url) == (303, "/desk/")
    person = Person.objects.get()
    assert person.email == "sion@example.org"
    assert {row.role for row in Membership.objects.filter(person=person)} == set(DESK_ROLES)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.check_password("lantern gravel oboe")


def test_the_first_account_is_made_once(client, token):
    client.post(token, FIRST)
    client.logout()
    assert client.get(token).status_code == 404
    assert client.post(token, FIRST | {"email": "b@example.org"}).status_code == 404
    assert Person.objects.count() == 1


@pytest.mark.parametrize("wrong", ["", "?token=", "?token=opens", "?token=ö"])
def test_without_the_token_there_is_no_such_page(client, token, wrong):
    assert client.get(f"/first-desk-account/{wrong}").status_code == 404


def test_without_a_token_set_no_token_fits(client, token, settings):
    settings.FIRST_ACCOUNT_TOKEN = ""
    assert client.get("/first-desk-account/?token=").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Enter your name"),
        ({"email": "nobody"}, "Enter an address such as"),
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"again": "lantern gravel flute"}, "The two passwords differ"),
    ],
)
def test_a_first_account_with_something_wrong_is_not_made(client, token, changed, said):
    answer = client.post(token, FIRST | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"login": "", "password": ""}, "Enter your e-mail address"),
        ({"login": "nonsense", "password": "x"}, "Enter an address such as"),
        ({"login": "a@example.org", "password": "x"}, "don&#x27;t fit together"),
    ],
)
def test_signing_in_says_what_to_put_right(client, db, noon, typed, said):
    answer = client.post("/account/login/", typed)
    assert said in answer.content.decode()


def test_signing_in_leads_to_the_page_one_came_for(client, token):
    client.post(token, FIRST)
    client.logout()
    answer = client.post(
        "/account/login/", {"login": "sion@example.org", "password": FIRST["password"], "next": "/place/"}
    )
    assert (answer.status_code, answer.url) == (302, "/place/")


def test_nobody_signs_themselves_up(client, db, noon):
    answer = client.post("/account/signup/", {"email": "a@example.org", "password1": "x", "password2": "x"})
    assert "Accounts are made for you" in answer.content.decode()
    assert not Person.objects.exists()


def test_a_forgotten_password_is_set_by_a_link_that_works_once(client, token):
    client.post(token, FIRST)
    client.logout()
    client.post("/account/password/reset/", {"email": "sion@example.org"})
    [message] = mail.outbox
    assert message.subject == "Set a new Conferral password"
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    form = client.get(link, follow=True).redirect_chain[-1][0]
    new = {"password1": "kettle saddle moss", "password2": "kettle saddle moss"}
    assert "Your password is set" in client.post(form, new, follow=True).content.decode()
    assert Person.objects.get().check_password("kettle saddle moss")
    assert "This link no longer works" in client.get(link, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_a_true_mail(client, db, noon):
    answer = client.post("/account/password/reset/", {"email": "who@example.org"}, follow=True)
    assert "Look in your mail" in answer.content.decode()
    assert mail.outbox[0].subject == "No account with this address"


@pytest.fixture
def two_places(as_role, world):
    Membership.objects.create(person=world.people["head_of_centre"], role="quality_officer")
    return as_role("head_of_centre")


def test_somebody_with_two_places_acts_in_the_one_chosen(two_places):
    assert two_places.get("/").url == "/centre/"
    answer = two_places.post("/place/", {"place": "desk:"})
    assert (answer.status_code, answer.url) == (303, "/")
    assert two_places.get("/").url == "/desk/"


def test_a_place_of_somebody_else_cannot_be_chosen(two_places):
    answer = two_places.post("/place/", {"place": "moderator:"})
    assert answer.status_code == 422
    assert "acting" not in two_places.session


def test_only_somebody_with_two_places_is_offered_a_change(as_role, two_places):
    assert "Change place" in two_places.get("/rules/").content.decode()
    assert "Change place" not in as_role("exams_officer").get("/rules/").content.decode()
