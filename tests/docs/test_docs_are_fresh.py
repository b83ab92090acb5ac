"""The pages written from the code say what the code says."""

import shutil
from pathlib import Path

import pytest

from conferral.cli.docs import HEAD, missing_words, pages, settings_read, stale_docs, write_docs
from conferral.rules.book import RULES
from conferral.rules.journeys import JOURNEYS
from conferral.rules.permissions import PERMISSIONS
from conferral.rules.policies import POLICIES

ROOT = Path(__file__).parents[2]


def test_every_generated_page_is_fresh():
    assert [str(path.relative_to(ROOT)) for path in stale_docs(ROOT)] == []


def test_every_setting_permission_and_subject_is_described():
    assert missing_words() == []
    assert {"DATABASE_URL", "CONFERRAL_AT", "CONFERRAL_SECRET"} <= settings_read()


def test_every_rule_has_its_page_with_all_that_is_known_of_it():
    made = pages()
    for rule in RULES:
        page = made[f"docs/rules/{rule.id}.md"]
        assert page.startswith(f"{HEAD}# {rule.heading}\n")
        assert rule.clause in page
        assert rule.reading in page
        assert all(number in page for number in rule.rulebook)
        assert f"[{rule.id}]({rule.id}.md)" in made["docs/rules/README.md"]


@pytest.mark.parametrize(
    ("page", "names"),
    [("rules/policy", POLICIES), ("permissions", PERMISSIONS), ("settings", settings_read())],
)
def test_a_page_names_everything_that_it_lists(page, names):
    text = pages()[f"docs/{page}.md"]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_journey_is_drawn_and_listed():
    text = pages()["docs/journeys.md"]
    assert text.count("```mermaid") == len(JOURNEYS)
    assert [journey.name for journey in JOURNEYS.values() if journey.mermaid() not in text] == []


def test_no_page_names_this_machine():
    assert [name for name, text in pages().items() if str(Path.home()) in text or str(ROOT) in text] == []


def test_what_is_stale_is_written_and_what_is_gone_removed(tmp_path):
    written = write_docs(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in written} == set(pages())
    assert stale_docs(tmp_path) == write_docs(tmp_path) == []
    (tmp_path / "docs" / "journeys.md").write_text("Something else")
    shutil.copy(tmp_path / "docs" / "rules" / "policy.md", tmp_path / "docs" / "rules" / "a-rule-that-is-gone.md")
    changed = ["docs/journeys.md", "docs/rules/a-rule-that-is-gone.md"]
    assert [path.relative_to(tmp_path).as_posix() for path in write_docs(tmp_path)] == changed
    assert stale_docs(tmp_path) == []
    assert not (tmp_path / changed[1]).exists()
