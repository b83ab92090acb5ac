"""`conferral check` finds what is wrong, and nothing where all is well."""

from pathlib import Path

import pytest

from conferral.cli import checks
from conferral.records.ledger.models import Event

ROOT = Path(__file__).parents[2]
GOOD = '[hours]\nvalue = 24\nunit = "hours"\nclause = "house"\nreviewed = 2026-11-22\n'


@pytest.mark.parametrize(
    "found",
    [checks.migrations, lambda: checks.glossary(ROOT), lambda: checks.policy(checks.POLICY),
     lambda: checks.packs(ROOT / "packs"), checks.templates],
    ids=["migrations", "glossary", "policy", "packs", "templates"],
)  # fmt: skip
def test_nothing_is_wrong_with_what_is_shipped(db, found):
    assert list(found()) == []


def test_a_trigger_without_a_migration_is_found(db, monkeypatch):
    monkeypatch.setitem(Event._meta.original_attrs, "triggers", Event._meta.triggers[:1])
    assert [problem.split(":")[0] for problem in checks.migrations()] == [
        "A model or one of its triggers differs from its migrations"
    ]


def test_an_installed_product_says_that_checks_need_a_checkout(tmp_path):
    (problem,) = checks.check(tmp_path)
    assert "checkout" in problem


def test_a_stale_page_is_named_with_what_to_do(tmp_path):
    (tmp_path / "docs").mkdir()
    assert "docs/journeys.md is out of date: run `make docs`." in list(checks.docs(tmp_path))


def test_what_the_glossary_lacks_is_named(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "glossary.md").write_text("| claim | what is claimed | `Claim` |\n")
    found = list(checks.glossary(tmp_path))
    assert "docs/glossary.md has no line for `claim: draft`." in found
    assert "docs/glossary.md has no line for `Claim`." not in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD, []),
        (GOOD.replace("[hours]", "[hours"), ["is no TOML"]),
        (GOOD.replace('clause = "house"\n', ""), ["clause"]),
        (GOOD.replace('"house"', '""'), ["the clause is empty"]),
        (GOOD + 'decided_by = "house"\n', ["how the source was read"]),
        (GOOD + 'readings = "typing slip"\n', ["readings"]),
    ],
)
def test_a_policy_file_says_all_that_it_has_to(tmp_path, text, said):
    (tmp_path / "a.toml").write_text(text)
    found = list(checks.policy(tmp_path))
    assert len(found) == len(said)
    assert all(words in problem for words, problem in zip(said, found, strict=True))


def test_a_pack_that_cannot_be_loaded_is_named_with_its_place(tmp_path):
    (tmp_path / "broken.toml").write_text("[[scheme]]\n")
    assert any(problem.startswith("broken.toml") for problem in checks.packs(tmp_path))


def test_a_template_that_does_not_compile_is_named(tmp_path, monkeypatch, settings):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "odd.html").write_text("{% if %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates"]}]
    monkeypatch.setattr(checks, "PACKAGE", tmp_path)
    (problem,) = checks.templates()
    assert problem.startswith("The template odd.html does not compile")
