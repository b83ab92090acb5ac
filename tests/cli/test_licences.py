import json

import pytest

from conferral.cli import licences
from conferral.cli.licences import Party


@pytest.fixture
def house(tmp_path):
    """A small checkout: one Python package that is installed everywhere the tests run, one npm package."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_text(
        "pytest==1 \\\n    --hash=sha256:00\nwinonly==1 ; sys_platform == 'win32' \\\n"
    )
    (tmp_path / "frontend").mkdir()
    lock(tmp_path, {"node_modules/sass": {"license": "MIT"}})
    return tmp_path


def lock(root, packages):
    (root / "frontend" / "package-lock.json").write_text(json.dumps({"packages": {"": {}, **packages}}))


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("(MIT OR GPL-3.0-only)", True),
        ("MIT AND GPL-3.0-only", False),
        ("BSD-3-Clause AND 0BSD AND MIT", True),
        ("LGPL-3.0-only", False),
        ("", False),
    ],
)
def test_every_part_joined_by_and_must_be_allowed_and_one_of_those_joined_by_or(expression, allowed):
    assert licences.is_allowed(expression) is allowed


def test_the_lesser_gpl_is_allowed_only_to_the_libraries_named():
    assert Party(name="psycopg", section="run", licence="LGPL-3.0-only").allowed
    assert not Party(name="psycopg", section="run", licence="GPL-3.0-only").allowed
    assert not Party(name="something", section="run", licence="LGPL-3.0-only").allowed


def test_notice_says_name_licence_and_purpose_and_then_nothing_is_stale(house):
    assert licences.licences(root=house) == 0
    assert "\npytest | MIT | test runner\n" in (house / "NOTICE").read_text()
    assert "\nsass | MIT | compiles the styles\n" in (house / "NOTICE").read_text()
    assert licences.licences(check=True, root=house) == 0


def test_a_package_of_another_platform_keeps_its_line(house):
    (house / "NOTICE").write_text("winonly | BSD-3-Clause | needed by click\n")
    licences.licences(root=house)
    assert "winonly | BSD-3-Clause | needed by click" in (house / "NOTICE").read_text()


def test_a_new_package_makes_notice_stale_without_being_written_by_a_check(house, capsys):
    licences.licences(root=house)
    before = (house / "NOTICE").read_text()
    lock(house, {"node_modules/sass": {"license": "MIT"}, "node_modules/govuk-frontend": {"license": "MIT"}})
    assert licences.licences(check=True, root=house) == 1
    assert "govuk-frontend: NOTICE should say" in capsys.readouterr().err
    assert (house / "NOTICE").read_text() == before


def test_a_package_gone_from_the_lock_makes_notice_stale(house):
    licences.licences(root=house)
    lock(house, {})
    assert licences.check(house) == ["sass: in NOTICE, but in no lock file"]


def test_an_unknown_licence_is_refused_and_nothing_is_written(house, capsys):
    lock(house, {"node_modules/odd": {"license": "SSPL-1.0"}, "node_modules/mute": {}})
    assert licences.licences(root=house) == 1
    said = capsys.readouterr().err
    assert "odd: licence SSPL-1.0 is not allowed" in said
    assert "mute: licence unknown is not allowed" in said
    assert not (house / "NOTICE").exists()


def test_the_licence_of_an_npm_package_is_read_from_the_package_when_the_lock_is_silent(house):
    lock(house, {"node_modules/mute": {}})
    package = house / "frontend" / "node_modules" / "mute" / "package.json"
    package.parent.mkdir(parents=True)
    package.write_text('{"license": "ISC"}')
    assert licences.refused(licences.third_parties(house)) == []


def test_a_package_locked_for_every_platform_must_have_been_read_once(house):
    licences.licences(root=house)
    with (house / "requirements" / "run.txt").open("a") as requirements:
        requirements.write("a-package-nobody-installed==1\n")
    assert licences.check(house) == ["a-package-nobody-installed: locked, but neither installed nor in NOTICE"]


def test_an_installed_conferral_says_that_it_needs_a_checkout(tmp_path, capsys):
    assert licences.licences(root=tmp_path) == 1
    assert "checkout" in capsys.readouterr().err
    assert not (tmp_path / "NOTICE").exists()


def test_nothing_that_conferral_stands_on_has_an_unknown_licence():
    assert licences.refused(licences.third_parties()) == []


def test_notice_is_up_to_date():
    assert licences.check() == []
