"""The catalogue in the desk's hands: as of any day, with numbers, and beside the regulator's Register."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conferral.actions.register_import import compare, enter_qan
from conferral.records.catalogue.models import Qualification, RegisterExport
from conferral.records.ledger.models import Event
from tests.actions.test_register_files import REAL
from tests.pages.moderator.test_review import address, words
from tests.world import INSTALLER

NUMBER = {"qan": "500/7707/7", "source": "ofqual-register", "place": "search of 20 November 2026"}


@pytest.fixture
def desk(as_role):
    return as_role("quality_officer")


@pytest.fixture
def numbered(world):
    for scheme, qan in (("10263", "600/2089/1"), ("09628", "999/9999/9")):
        enter_qan(scheme, qan, "ofqual-register search", at=world.at, by=INSTALLER)


def uploaded(desk, content=REAL, dated="20/11/2026"):
    file = SimpleUploadedFile("register.csv", content)
    return desk.post(address("desk_register"), {"file": file, "dated": dated})


def stored():
    return list(Qualification.objects.order_by("code").values()), Event.objects.count()


def test_a_number_is_entered_with_its_source_and_stands_in_the_history(world, desk):
    answer = desk.post(address("desk_scheme_number", "10263"), NUMBER)
    assert (answer.status_code, answer["Location"]) == (303, address("desk_scheme", "10263"))
    said = words(desk.get(answer["Location"]))
    assert "500/7707/7" in said
    assert "search of 20 November 2026 Entered by Clodagh Ní Dhonnchadha on 23 November 2026" in said
    assert "number: none, now 500/7707/7" in said
    assert "500/7707/7" in words(desk.get("/qualifications/10263/"))


def test_an_odd_check_character_is_told_and_kept(desk):
    answer = desk.post(address("desk_scheme_number", "10263"), NUMBER | {"qan": "500/7707/8"}, follow=True)
    assert "The last character of 500/7707/8 doesn't fit its digits" in words(answer)
    assert Qualification.objects.get(pk="10263").qan == "500/7707/8"


@pytest.mark.parametrize("wrong", [{"qan": ""}, {"qan": "10263"}, {"qan": "x" * 50}, {"qan": "\x00"}, {"source": ""},
                                   {"source": "nowhere"}, {"place": ""}, {"place": "x" * 101}])  # fmt: skip
def test_a_number_entered_wrongly_is_not_stored(desk, wrong):
    before = stored()
    answer = desk.post(address("desk_scheme_number", "10263"), NUMBER | wrong)
    assert answer.status_code == 422
    assert "to put right" in words(answer)
    assert stored() == before


def test_a_scheme_is_shown_as_of_another_day_without_its_forms(desk):
    said = words(desk.get(address("desk_scheme", "04522"), {"on": "2012-08-31"}))
    assert "Shown as of Friday 31 August 2012" in said
    assert re.search(r"Before 1 September 2012: nothing: [^:]*In force", said)
    assert "Nothing can be entered while another day is shown." in said
    assert "Keep the number" not in said
    said = words(desk.get(address("desk_scheme", "04522")))
    assert re.search(r"From 1 September 2012: proof[^:]*In force", said)
    assert "Keep the number" in said


def test_nothing_is_entered_while_another_day_is_shown(desk):
    before = stored()
    answer = desk.post(address("desk_scheme_number", "10263") + "?on=2015-01-01", NUMBER)
    assert answer.status_code == 422
    assert "Nothing can be entered while another day is shown." in words(answer)
    assert stored() == before


def test_what_happened_later_is_not_shown_on_an_earlier_day(desk, numbered):
    assert "Qualification number entered" in words(desk.get(address("desk_scheme", "10263")))
    assert "Qualification number entered" not in words(desk.get(address("desk_scheme", "10263"), {"on": "2026-11-22"}))


@pytest.mark.parametrize(
    ("on", "stands"),
    [
        ("2013-12-31", "Open"),
        ("2014-01-01", "Certification only"),
        ("2014-12-31", "Certification only"),
        ("2015-01-01", "Closed"),
    ],
)
def test_the_list_shows_another_day_and_keeps_it_in_its_links(desk, on, stands):
    answer = desk.get(address("desk_catalogue"), {"on": on})
    page = answer.content.decode()
    row = next(row for row in page.split("<tr>") if "/desk/catalogue/10263/" in row)
    assert f"{stands}</strong>" in row
    links = re.findall(r'href="(/desk/catalogue/\d[^"]*)"', page)
    assert links
    assert all(link.endswith(f"?on={on}") for link in links)
    assert "Compare with the Register" not in words(answer)


def test_a_download_is_compared_and_only_what_is_ticked_is_taken_over(world, desk, numbered):
    before = stored()
    answer = uploaded(desk)
    assert answer.status_code == 303
    said = words(desk.get(answer["Location"]))
    parts = ["10 entries in the Register as downloaded on 20 November 2026; 9 entries of no scheme here"]
    for part in (*parts, "31 December 2013", "31 December 2023", "question 1", "in England and Northern Ireland"):
        assert part in said
    assert "09628" in said[said.index("Not in this download") : said.index("Without a qualification number")]
    assert stored() == before
    tick = next(one.tick for one in compare(RegisterExport.objects.get()).differences if one.field == "credit")
    done = desk.post(answer["Location"], {"tick": tick}, follow=True)
    assert "1 value taken over" in words(done)
    row = Qualification.objects.get(pk="10263")
    assert (row.credit, row.last_registration.year) == (12, 2013)
    assert "credit: none, now 12" in words(desk.get(address("desk_scheme", "10263")))
    again = desk.post(answer["Location"], {"tick": tick}, follow=True)
    assert "Nothing was changed" in words(again)


def test_dates_that_contradict_each_other_come_back_ticked_with_the_reason(desk, numbered):
    page = uploaded(desk)["Location"]
    ticks = [one.tick for one in compare(RegisterExport.objects.get()).differences if one.field == "last_registration"]
    before = stored()
    answer = desk.post(page, {"tick": ticks})
    assert answer.status_code == 422
    assert "before its last registration on 31 December 2023" in words(answer)
    assert " checked>" in answer.content.decode()
    assert stored() == before


def test_nothing_ticked_and_ticks_of_nothing_change_nothing(desk, numbered):
    page = uploaded(desk)["Location"]
    before = stored()
    assert desk.post(page, {}).status_code == 422
    assert desk.post(page, {"tick": ["10263.title.0"]}).status_code == 422
    assert desk.post(page, {"tick": ["\x00", "x" * 5000]}).status_code == 303
    assert stored() == before


@pytest.mark.parametrize(
    ("content", "dated", "told"),
    [
        (REAL.replace(b"12/31/2023", b"31/12/2023"), "20/11/2026", "Line 4, column Operational End Date."),
        (b"\x00\x01", "20/11/2026", "This is not a text file."),
        (b"", "20/11/2026", "The file is empty"),
        (REAL, "", "Enter the day of the download"),
        (REAL, "24/11/2026", "That day is still to come."),
        (REAL, "31/02/2026", "There is no day 31/02/2026."),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_not_kept(desk, numbered, content, dated, told):
    answer = uploaded(desk, content, dated)
    assert answer.status_code == 422
    assert told in words(answer)
    assert not RegisterExport.objects.exists()


def test_only_who_looks_after_quality_changes_the_catalogue(as_role, numbered):
    other = as_role("allocation_officer")
    assert "Keep the number" not in words(other.get(address("desk_scheme", "10263")))
    assert "Compare with the Register" not in words(other.get(address("desk_catalogue")))
    assert other.post(address("desk_scheme_number", "10263"), NUMBER).status_code == 403
    assert other.get(address("desk_register")).status_code == 403


def test_addresses_of_nothing_are_not_found(desk):
    for path in ("/desk/catalogue/99999/", "/desk/catalogue/register/1/", f"/desk/catalogue/register/{9**40}/"):
        assert desk.get(path).status_code == 404
    assert desk.post(reverse("desk_scheme_number", args=["99999"]), NUMBER).status_code == 404


def test_pages_take_few_queries(desk, numbered, django_assert_max_num_queries):
    page = uploaded(desk)["Location"]
    for path in (page, address("desk_catalogue"), address("desk_scheme", "10263"), address("desk_register")):
        with django_assert_max_num_queries(30):
            assert desk.get(path).status_code == 200
