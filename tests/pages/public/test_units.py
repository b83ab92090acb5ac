"""Units with their criteria."""

import pytest

from conferral.actions.catalogue import load_packs
from conferral.records.catalogue.models import Criterion, Unit
from conferral.rules.packs import read_pack
from conferral.rules.verbs import COMMAND_VERBS
from tests.pages.moderator.test_review import words as text_of
from tests.world import INSTALLER, load_catalogue

PACK = """
[sources.faq]
title = "Questions"
publisher = "House"
[[unit]]
code = "DEMO-1"
title = "First"
demonstration = true
note = "Made up."
criteria = [{criteria}]
"""
SAY = '{{ number = "1.{n}", outcome = 1, text = "Describe {n}", verb = "describe" }}'


@pytest.fixture
def catalogue(db, noon):
    load_catalogue(noon)


def test_a_unit_lists_each_criterion_with_its_verb_and_what_it_asks(client, catalogue, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page = client.get("/units/DEMO-09628-3/")
    said = text_of(page)
    for one in Criterion.objects.filter(unit="DEMO-09628-3"):
        assert f"{one.number} {one.text} {one.verb} {COMMAND_VERBS.of(one.verb).least}" in said
    assert 'href="/verbs/#verb-explain"' in page.content.decode()
    assert 'id="verb-explain"' in client.get("/verbs/").content.decode()
    assert "written for demonstration" in said


def test_every_verb_of_the_catalogue_is_in_the_glossary(catalogue):
    assert [one.verb for one in Criterion.objects.all() if COMMAND_VERBS.of(one.verb) is None] == []


def test_only_units_of_demonstration_have_criteria_that_no_source_gives(catalogue):
    assert Unit.objects.filter(criteria__isnull=False, demonstration=False).count() == 0


def test_a_unit_without_criteria_says_so_and_an_unknown_one_is_not_found(client, catalogue):
    assert "are not in the catalogue" in text_of(client.get("/units/J/600/1003/"))
    assert client.get("/units/J/600/9999/").status_code == 404


def test_a_criterion_that_a_pack_no_longer_gives_is_kept_and_no_longer_shown(client, db, noon):
    for numbers in ((1, 2, 3), (3, 1)):
        text = PACK.replace("{criteria}", ", ".join(SAY.format(n=n) for n in numbers))
        assert load_packs([read_pack(text, "one.toml")], at=noon, by=INSTALLER) == ()
    kept = Criterion.objects.values_list("number", "current", "place")
    assert set(kept) == {("1.3", True, 1), ("1.1", True, 2), ("1.2", False, 2)}
    assert "Describe 2" not in text_of(client.get("/units/DEMO-1/"))
