"""Qualifications and dates, each value with its source."""

import re

import pytest

from conferral.records.catalogue.models import Qualification
from conferral.records.ledger.models import Event
from tests.pages.moderator.test_review import words as text_of
from tests.records.structures import SCHEMES, load_structures
from tests.world import load_catalogue


@pytest.fixture
def catalogue(db, noon):
    load_catalogue(noon)


def test_the_list_shows_every_scheme_with_its_dates(client, catalogue, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        said = client.get("/qualifications/").content.decode()
    for code in Qualification.objects.values_list("code", flat=True):
        assert f"/qualifications/{code}/" in said
    for day in ("31 December 2013", "19 December 2014", "31 December 2014"):
        assert day in said


def test_a_scheme_says_where_each_value_comes_from(client, catalogue):
    said = client.get("/qualifications/10263/").content.decode()
    for words in ("Wednesday 31 December 2014", "question 2", "Inclusive: it is the last day", "For demonstration"):
        assert words in said


def test_a_real_combination_is_told_in_sentences(client, catalogue):
    said = client.get("/qualifications/10379/").content.decode()
    for words in ("At least 45 credits in all", "At most 7 credits from", "J/506/2132"):
        assert words in said
    assert "For demonstration" not in said


def test_pathways_barred_units_equivalents_and_what_counts_once_are_told(client, world):
    load_structures(world)
    said = {code: text_of(client.get(f"/qualifications/{code}/")) for code in SCHEMES}
    together = " ".join(said.values())
    for words in ("Pathway ", " only one counts.", " counts as ", " and once in all.", " carried over from elsewhere"):
        assert words in together
    assert all("What makes the qualification" in one and "Not known, so nothing" not in one for one in said.values())


def test_a_unit_that_stands_in_for_another_is_marked(client, catalogue):
    assert "Demonstration unit" in client.get("/qualifications/09628/").content.decode()


@pytest.mark.parametrize(
    "code", ["04522", "04523", "09628", "09629", "10263", "10266", "10269", "10378", "10379", "10381"]
)
def test_every_scheme_has_a_page_in_few_queries(client, catalogue, code, django_assert_max_num_queries):
    with django_assert_max_num_queries(26):
        assert client.get(f"/qualifications/{code}/").status_code == 200


@pytest.mark.parametrize("code", ["99999", "abc", "9628"])
def test_a_scheme_that_does_not_exist_has_no_page(client, catalogue, code):
    assert client.get(f"/qualifications/{code}/").status_code == 404


def shown(client, code, on):
    return text_of(client.get(f"/qualifications/{code}/", {"on": on}))


@pytest.mark.parametrize(
    ("on", "stands", "registering", "claiming", "left"),
    [
        ("2013-12-30", "Open on Monday 30 December 2013", "Allowed", "Allowed", "31 December 2013, tomorrow"),
        ("2013-12-31", "Open on Tuesday 31 December 2013", "Allowed", "Allowed", "31 December 2013, today"),
        ("2014-01-01", "Certification only on Wednesday 1 January 2014", "Refused", "Allowed", "2013, yesterday"),
        ("2014-12-31", "Certification only on", "Refused", "Allowed, with a warning", "31 December 2014, today"),
        ("2015-01-01", "Closed on Thursday 1 January 2015", "Refused", "Refused", "31 December 2014, yesterday"),
    ],
)
def test_a_scheme_is_shown_as_of_another_day(client, catalogue, on, stands, registering, claiming, left):
    said = shown(client, "10263", on)
    assert stands in said
    assert left in said
    assert f"Registering a candidate {registering}" in said
    registered = "30 December 2013" if on == "2013-12-30" else "31 December 2013"
    assert f"Claiming for a candidate registered on {registered} {claiming} " in said
    assert "Nothing is saved while another day is shown. Back to today" in said


@pytest.mark.parametrize(
    ("on", "holds"),
    [("2012-08-31", "Before 1 September 2012: nothing"), ("2012-09-01", "From 1 September 2012: proof")],
)
@pytest.mark.parametrize("code", ["04522", "04523"])
def test_the_evidence_in_force_is_that_of_the_day(client, catalogue, code, on, holds):
    said = shown(client, code, on)
    assert said.count("In force") == 1
    assert "September" not in said[said.index(holds) + len(holds) : said.index("In force")]


def test_today_is_shown_without_a_banner_and_the_banner_leads_back_to_it(client, catalogue):
    assert "Back to today" not in text_of(client.get("/qualifications/10263/"))
    assert "Back to today" not in shown(client, "10263", "2026-11-23")
    page = client.get("/qualifications/10263/?on=2015-01-01").content.decode()
    assert '<a href="/qualifications/10263/">Back to today</a>' in page


def test_links_between_schemes_keep_the_day(client, catalogue):
    for path in ("/qualifications/", "/qualifications/10263/"):
        page = client.get(path, {"on": "1/1/2015"}).content.decode()
        links = set(re.findall(r'href="(/qualifications/[^"]*)"', page)) - {path, "/qualifications/"}
        assert links
        assert all(link.endswith("?on=2015-01-01") for link in links), links
    assert "/faq/?scheme=10263&amp;on=2015-01-01" in page


def test_a_day_long_gone_is_told_without_counting(client, catalogue):
    assert "days ago" not in text_of(client.get("/qualifications/10263/"))
    assert "31 December 2014, in 365 days" in shown(client, "10263", "2013-12-31")


@pytest.mark.parametrize("on", ["2015-02-31", "yesterday", "9" * 50, "\x00", "1/1/0001"])
def test_what_is_no_day_is_told_and_today_is_shown(client, catalogue, on):
    for path in ("/qualifications/", "/qualifications/10263/"):
        answer = client.get(path, {"on": on})
        assert answer.status_code == 422
        assert "Back to today" not in text_of(answer)
    assert client.get("/qualifications/10263/", {"on": ""}).status_code == 200


def test_showing_another_day_stores_nothing(client, catalogue):
    before = list(Qualification.objects.values()), Event.objects.count()
    shown(client, "10263", "2015-01-01")
    assert (list(Qualification.objects.values()), Event.objects.count()) == before
