"""`conferral register-import` compares, and changes only what is named."""

import pytest

from conferral.actions.register_import import enter_qan
from conferral.records.catalogue.models import Qualification, RegisterExport
from conferral.records.ledger.models import Event
from tests.actions.test_register_files import REAL
from tests.cli.test_commands import call, say
from tests.world import INSTALLER


@pytest.fixture
def file(world, tmp_path):
    enter_qan("10263", "600/2089/1", "ofqual-register search", at=world.at, by=INSTALLER)
    path = tmp_path / "register.csv"
    path.write_bytes(REAL)
    return str(path)


def test_without_apply_the_difference_is_shown_and_nothing_changes(file):
    before = list(Qualification.objects.values()), Event.objects.count()
    code, report = call("register-import", file, "--dated", "2026-11-20")
    assert code == 0
    assert (report["entries"], report["elsewhere"], report["applied"]) == (10, 9, [])
    assert {"scheme": "10263", "field": "last_registration", "ours": "2013-12-31", "citation": "cco-withdrawal-2013 q1",
            "register": "2023-12-31"} in report["differences"]  # fmt: skip
    assert (list(Qualification.objects.values()), Event.objects.count()) == before
    assert not RegisterExport.objects.exists()
    assert "Nothing was changed." in say("register-import", file)[1]


def test_what_is_named_is_applied_once(file):
    words = ("register-import", file, "--dated", "2026-11-20", "--apply", "credit", "--apply", "10263.title")
    code, report = call(*words)
    assert code == 0
    assert {one["field"] for one in report["applied"]} == {"credit", "title"}
    row = Qualification.objects.get(pk="10263")
    assert (row.credit, row.title) == (12, "Pearson Edexcel Level 1 Award in Warehousing and Storage")
    assert row.cites["credit"]["clause"] == "ofqual-register download of 20 November 2026"
    assert "Applied" not in say(*words)[1]
    assert call(*words)[1]["applied"] == []


def test_dates_that_contradict_each_other_are_refused(file):
    code, report = call("register-import", file, "--apply", "last_registration")
    assert code == 1
    assert "before its last registration" in report["refused"][0]["text"]
    assert Qualification.objects.get(pk="10263").last_registration.year == 2013


def test_a_broken_file_is_refused_with_its_line(file, tmp_path):
    path = tmp_path / "broken.csv"
    path.write_bytes(REAL.replace(b"12/31/2023", b"31/12/2023"))
    code, report = call("register-import", str(path), "--apply", "title")
    assert code == 1
    assert report["refused"][0]["line"] == 4
    assert "Refused: line 4:" in say("register-import", str(path))[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.csv",), "There is no file"),
        (("FILE", "--apply", "note"), "there is no such value"),
        (("FILE", "--apply", "99999.title"), "no scheme has the code 99999"),
        (("FILE", "--dated", "2014-02-31"), "there is no such day"),
        (("FILE", "--dated", "2027-01-01"), "still to come"),
    ],
)
def test_arguments_that_make_no_sense_are_said_in_a_sentence(file, words, told):
    code, output = say("register-import", *(file if word == "FILE" else word for word in words))
    assert code == 2
    assert told in output
