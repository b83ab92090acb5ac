"""What is found in files, by the process that looks into them; what the rules make of it; and its bounds."""

import os
import subprocess
import sys
import time

import pytest

from conferral.actions.evidence import Door, file_facts
from conferral.actions.looking import Looked, look_into, picture_of
from conferral.records.evidence.store import Store
from conferral.rules.book import rules_on
from conferral.rules.rule import judge
from tests.samples import GOOD, UGLY, WARNED, docx, pdf, picture, text


@pytest.fixture
def looked(tmp_path):
    def look(content: bytes, **limits: int) -> Looked:
        path = tmp_path / "file"
        path.write_bytes(content)
        return look_into(path, **limits)

    return look


def said(tmp_path, content: bytes, looked: Looked):
    return judge(file_facts("work.pdf", len(content), Door(Store(tmp_path)), looked=looked), rules_on("file"))


@pytest.mark.parametrize("name", UGLY)
def test_an_ugly_file_is_refused_by_its_rule(tmp_path, looked, name):
    content, rule = UGLY[name]
    found = looked(content)
    assert rule in [reason.rule for reason in said(tmp_path, content, found).refused], found


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_known_by_its_content_and_kept(tmp_path, looked, name):
    content, kind = GOOD[name]
    found = looked(content)
    assert found.found["kind"] == kind
    assert said(tmp_path, content, found).reasons == ()


@pytest.mark.parametrize("name", WARNED)
def test_a_link_that_waits_for_a_click_is_warned_of(tmp_path, looked, name):
    content, rule = WARNED[name]
    verdict = said(tmp_path, content, looked(content))
    assert verdict.allowed
    assert [reason.rule for reason in verdict.warned] == [rule]


def test_words_are_read_page_by_page(looked):
    assert [page.strip() for page in looked(pdf("Because it rained", pages=2)).found["text"]] == [
        "Because it rained"
    ] * 2
    assert looked(docx("Þórdís said why")).found["text"] == ["Þórdís said why"]
    assert looked(text("plain")).found["text"] == ["plain"]


def test_a_file_that_takes_too_much_memory_or_time_is_refused_with_a_sentence(tmp_path, looked):
    content = picture("PNG", (9000, 9000))
    found = looked(content, megabytes=80)
    assert "memory" in (found.unread or "")
    (refusal,) = said(tmp_path, content, found).refused
    assert refusal.rule == "file-not-read"
    found = looked(picture("PNG", (9999, 9999), "blue"), seconds=1, megabytes=2000)
    assert found.unread is None or "longer than 1 seconds" in found.unread


def test_a_process_that_hangs_is_ended(tmp_path, monkeypatch):
    """The file is a pipe that nobody writes to: opening it waits for ever."""
    os.mkfifo(tmp_path / "pipe")
    began = time.monotonic()
    assert "longer than" in (look_into(tmp_path / "pipe", seconds=1).unread or "")
    assert time.monotonic() - began < 15


def test_the_process_that_looks_knows_neither_django_nor_the_product():
    asked = (
        "import sys, conferral.intake.checking, conferral.intake.drawing, conferral.intake.pdf;"
        "import conferral.intake.office, conferral.intake.pictures;"
        "print(sorted(m for m in sys.modules if m.startswith(('django', 'conferral'))))"
    )
    named = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert "django" not in named
    assert all("conferral.intake" in name or name.strip("' []\n") == "conferral" for name in named.split(","))


def test_the_process_that_looks_gets_no_settings_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen = {}
    real = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *words, **more: seen.update(more) or real(*words, **more))
    (tmp_path / "file").write_bytes(text())
    assert look_into(tmp_path / "file").found["kind"] == "text"
    assert set(seen["env"]) == {"PATH", "LANG"}


def test_a_page_is_drawn_anew(tmp_path):
    (tmp_path / "file").write_bytes(pdf(pages=2))
    first = picture_of(tmp_path / "file", 2)
    assert first is not None
    assert first.startswith(b"\xff\xd8")
    assert picture_of(tmp_path / "file", 3) is None
    (tmp_path / "file").write_bytes(picture("JPEG"))
    assert picture_of(tmp_path / "file", 1)
    (tmp_path / "file").write_bytes(docx())
    assert picture_of(tmp_path / "file", 1) is None
