"""The regulator's download: a real one is understood, and what is broken is refused whole with its line."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from conferral.actions import register_files
from conferral.actions.register_files import HEADINGS, read_register

REAL = (Path(__file__).parent.parent / "data" / "register-export.csv").read_bytes()


def exported(*changes: dict[str, str], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """A download with a line for each of the changes to one whole entry."""
    whole = dict.fromkeys(HEADINGS, "") | {
        "Qualification Number": "500/7707/7",
        "Qualification Title": "A Certificate",
        "Qualification Level": "Level 2",
        "Total Credits": "14",
        "Qualification Status": "Available to learners",
        "Offered In": "England|Northern Ireland",
    }
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(headings)
    rows.writerows([(whole | change).get(heading, "") for heading in headings] for change in changes or ({},))
    return text.getvalue().encode()


def only(**change: str):
    read = read_register(exported({name.replace("_", " "): value for name, value in change.items()}))
    assert read.fault is None, read.fault
    return read.entries[0]


def refused(content: bytes):
    read = read_register(content)
    assert read.fault is not None
    assert read.entries == ()
    assert read.fault.text
    assert read.fault.remedy
    return read.fault


def test_a_real_download_is_read():
    read = read_register(REAL)
    assert read.fault is None
    entries = {entry.qan: entry for entry in read.entries}
    assert len(entries) == 10
    closed = entries["600/2089/1"]
    assert (closed.last_registration, closed.final_certification) == (date(2023, 12, 31), date(2024, 12, 31))
    assert (closed.level, closed.credit, closed.owner) == (1, 12, "Pearson")
    assert closed.offered_in == ("England", "Northern Ireland")
    still_open = entries["600/1946/3"]
    assert (still_open.last_registration, still_open.final_certification) == (None, None)
    assert entries["500/4059/5"].credit is None
    assert entries["500/4011/X"].status == "No longer awarded"
    assert entries["100/2773/7"].title == "EDEXCEL Level 2 NVQ in Distribution Warehousing and Storage Operations"


def test_a_last_day_that_ends_in_summer_time_is_that_day():
    assert {entry.qan: entry for entry in read_register(REAL).entries}["601/6918/7"].final_certification == date(
        2025, 3, 31
    )


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("5/1/2008 12:00:00 AM +00:00", date(2008, 5, 1)),
        ("12/31/2023 11:59:59 PM +00:00", date(2023, 12, 31)),
        ("3/31/2023 10:59:59 PM +00:00", date(2023, 3, 31)),
        ("3/31/2023 11:00:00 PM +00:00", date(2023, 4, 1)),
        ("2/29/2024 12:00:00 PM +01:00", date(2024, 2, 29)),
        ("1/1/2015 12:30:00 am +01:00", date(2014, 12, 31)),
    ],
)
def test_a_moment_is_read_as_its_london_day(written, day):
    assert only(Operational_End_Date=written).last_registration == day


@pytest.mark.parametrize(
    "written",
    ["31/12/2014 12:00:00 AM +00:00", "2/29/2023 12:00:00 AM +00:00", "12/31/2023", "2023-12-31", "soon",
     "1/1/2015 13:00:00 PM +00:00", "1/1/2015 0:00:00 AM +00:00", "1/1/2015 12:61:00 AM +00:00",
     "1/1/0001 12:00:00 AM +00:00",
     "1/1/9999 12:00:00 AM +00:00", "1/1/2015 12:00:00 AM +99:99", "١/1/2015 12:00:00 AM +00:00"],
)  # fmt: skip
def test_an_impossible_date_is_refused_with_its_line_and_column(written):
    fault = refused(exported({}, {"Qualification Number": "500/4011/X", "Certification End Date": written}))
    assert (fault.line, fault.column) == (3, "Certification End Date")
    assert written[:20] in fault.text
    assert "month first" in fault.remedy


def test_none_is_read_as_nothing():
    entry = only(Qualification_Level="None", Offered_In="None", Operational_End_Date="None", Total_Credits="None")
    assert (entry.level, entry.offered_in, entry.last_registration, entry.credit) == (None, (), None, None)


def without(place: int) -> bytes:
    """The closed entry of the real download, with one cell fewer."""
    heading, line = REAL.decode().splitlines()[0], REAL.decode().splitlines()[3].split(",")
    return "\r\n".join([heading, ",".join(line[:place] + line[place + 1 :])]).encode()


def test_a_line_that_lacks_a_cell_is_read_only_where_what_matters_is_in_its_place():
    offered = HEADINGS.index("Offered In")
    for place in range(offered + 1, len(HEADINGS)):
        entry = read_register(without(place)).entries[0]
        assert (entry.status, entry.final_certification) == ("Available to learners", date(2024, 12, 31))
    for place in range(offered + 1):
        fault = read_register(without(place)).fault
        assert fault is not None, HEADINGS[place]
        assert fault.line == 2


@pytest.mark.parametrize("level", ["Entry Level", "Level 1/Level 2", "Level 9", ""])
def test_a_level_that_a_scheme_cannot_have_is_not_known(level):
    assert only(Qualification_Level=level).level is None


@pytest.mark.parametrize("written", ["500/7707/7", "50077077", " 500 7707 7 "])
def test_a_number_is_known_with_or_without_obliques(written):
    assert only(Qualification_Number=written).qan == "500/7707/7"


def test_the_check_character_of_the_register_is_not_questioned():
    assert only(Qualification_Number="123/1234/1").qan == "123/1234/1"


def test_headings_may_differ_in_case_order_and_spaces_and_the_file_may_have_a_mark():
    other = tuple(f" {heading.upper().replace(' ', '  ')} " for heading in reversed(HEADINGS))
    text = exported(headings=HEADINGS).decode().splitlines()
    cells = text[1].split(",")
    assert (
        read_register(b"\xef\xbb\xbf" + f"{','.join(other)}\n{','.join(reversed(cells))}\n".encode()).entries[0].level
        == 2
    )


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (HEADINGS[1:], "There is no column Qualification Number."),
        ((*HEADINGS, "Notes"), "The Register has no column “Notes”."),
        ((*HEADINGS, "Pathways"), "There are two columns Pathways."),
        ((*HEADINGS, ""), "The Register has no column “”."),
        (("a", "b"), "The first line doesn't name the columns of the Register."),
    ],
)
def test_columns_that_are_missing_extra_or_double_refuse_the_file(headings, told):
    assert refused(exported(headings=headings)).text == told


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"", 1, "The first line doesn't name the columns"),
        (b"PK\x03\x04\x00\x00", 1, "not a text file"),
        (exported()[:-2].replace(b"A Certificate", b"Caf\xe9"), 2, "not in UTF-8"),
        (exported().decode().encode("utf-16"), 1, "not a text file"),
        (exported().replace(b"A Certificate", b'"A Certificate'), 2, "don't pair up"),
        (exported().replace(b"A Certificate", b'"A" Certificate'), 2, "don't pair up"),
        (exported().replace(b"A Certificate", b'"A\nCertificate"'), 2, "runs over several lines"),
        (exported().replace(b"A Certificate", b"A\x07Certificate"), 2, "control characters"),
        (exported({}, {"Qualification Title": "x" * 301}), 3, "longer than 300"),
        (exported({}, {"Qualification Title": "x" * 30_000}), 3, "longer than any"),
        (exported({}, {"Qualification Title": "x" * 200_000}), 3, "don't pair up"),
        (exported({"Qualification Title": "None"}), 2, "The Qualification Title of line 2 is empty."),
        (exported({"Qualification Number": ""}), 2, "no qualification number"),
        (exported({"Qualification Number": "ABC/1234/1"}), 2, "no qualification number"),
        (exported({"Total Credits": "-1"}), 2, "no whole number"),
        (exported({"Total Credits": "9" * 5000}), 2, "no whole number"),
        (exported({"Total Credits": "²"}), 2, "no whole number"),
        (exported({}, {"Qualification Number": "50077077"}), 3, "500/7707/7 stands on line 2 and again on line 3."),
        (exported().splitlines()[0], 1, "nothing below it"),
        (exported() + b"one,two\n", 3, "Line 3 has 2 cells; the Register has 33."),
    ],
)
def test_a_broken_file_is_refused_whole_with_its_line(content, line, told):
    fault = refused(content)
    assert told in fault.text
    assert fault.line == line


def test_a_file_that_is_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(register_files, "MAX_BYTES", 100)
    assert "larger than" in refused(REAL).text
    monkeypatch.setattr(register_files, "MAX_BYTES", 10**6)
    monkeypatch.setattr(register_files, "MAX_ROWS", 3)
    assert (refused(REAL).line, refused(REAL).text) == (5, "The file has more than 3 lines.")
