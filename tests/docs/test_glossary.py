import re
from pathlib import Path

import pytest
from django.apps import apps

from conferral.rules.journeys import JOURNEYS
from conferral.rules.permissions import ROLES

ROOT = Path(__file__).parents[2]
TERMS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
]
IN_CODE = {name for cells in TERMS for name in re.findall(r"`([^`]+)`", cells[2])}
MODELS = [m.__name__ for m in apps.get_models() if m.__module__.startswith("conferral.records.")]
STATES = [f"{journey.name}: {state}" for journey in JOURNEYS.values() for state in journey.states]


def test_each_line_gives_a_term_its_meaning_and_its_place_in_code():
    assert [cells for cells in TERMS if len(cells) != 3 or not cells[0] or not cells[1]] == []


@pytest.mark.parametrize("name", [*MODELS, *STATES, *ROLES])
def test_everything_stored_and_every_state_and_role_is_in_the_glossary(name):
    assert name in IN_CODE


def test_the_glossary_names_no_state_that_a_journey_lacks():
    journeys = {journey.name for journey in JOURNEYS.values()}
    assert {name for name in IN_CODE if name.partition(": ")[0] in journeys and ": " in name} == set(STATES)


def test_no_term_has_two_lines():
    terms = [cells[0] for cells in TERMS if cells[0] != "Term"]
    assert sorted(terms) == sorted(set(terms))


def test_every_link_in_the_documents_leads_somewhere():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    ]
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []
