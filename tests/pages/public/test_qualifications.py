"""Qualifications and dates, each value with its source."""

import pytest

from conferral.records.catalogue.models import Qualification
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


def test_a_unit_that_stands_in_for_another_is_marked(client, catalogue):
    assert "Demonstration unit" in client.get("/qualifications/09628/").content.decode()


@pytest.mark.parametrize(
    "code", ["04522", "04523", "09628", "09629", "10263", "10266", "10269", "10378", "10379", "10381"]
)
def test_every_scheme_has_a_page_in_few_queries(client, catalogue, code, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert client.get(f"/qualifications/{code}/").status_code == 200


@pytest.mark.parametrize("code", ["99999", "abc", "9628"])
def test_a_scheme_that_does_not_exist_has_no_page(client, catalogue, code):
    assert client.get(f"/qualifications/{code}/").status_code == 404
