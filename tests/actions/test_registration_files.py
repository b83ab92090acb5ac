"""Files of registrations as people and spreadsheets write them, and as nobody should."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from conferral.actions.registration_files import MAX_BYTES, csv_file, read_registrations

DEMONSTRATION = Path(__file__).resolve().parent.parent.parent / "packs" / "demo" / "registrations-09628.csv"
HEADINGS = "scheme_code,uln,first_names,last_name,date_of_birth,centre_reference,start_date"
LINE = "09628,6405088536,Zoë,Müller,06/08/1992,CS-002,02/09/2026"


def read(text: str, encoding: str = "utf-8"):
    return read_registrations(text.encode(encoding), "a.csv")


def cells(found) -> list[dict[str, str]]:
    assert found.fault is None, found.fault
    return [row.cells for row in found.rows]


def sheet(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_the_demonstration_file_is_read_with_lines_as_a_spreadsheet_counts_them():
    found = read_registrations(DEMONSTRATION.read_bytes(), DEMONSTRATION.name)
    assert [row.line for row in found.rows] == list(range(2, 42))
    assert found.rows[0].cells["first_names"] == "Aoife"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_spreadsheets_way_of_saving_is_read(encoding, separator, end):
    text = f"{HEADINGS}{end}{LINE}{end}".replace(",", separator)
    (row,) = cells(read(text, encoding))
    assert (row["scheme"], row["last_name"]) == ("09628", "Müller")


def test_a_line_that_names_the_separator_is_not_counted():
    found = read(f"sep=;\r\n{HEADINGS}\r\n{LINE}".replace(",", ";"))
    assert [row.line for row in found.rows] == [2]


def test_blank_lines_count_but_are_not_candidates():
    found = read(f"{HEADINGS}\n\n{LINE}\n,,,,,,\n{LINE}\n\n")
    assert [row.line for row in found.rows] == [3, 5]


def test_text_cells_of_excel_and_guarded_ones_lose_their_guards():
    (row,) = cells(read(f'{HEADINGS}\n="09628","=""6405088536""",\'=Zoë,\'t Hooft,06/08/1992,\'-1,'))
    assert (row["scheme"], row["uln"]) == ("09628", "6405088536")
    assert (row["first_names"], row["last_name"], row["centre_reference"]) == ("=Zoë", "'t Hooft", "-1")


def test_names_are_composed_and_otherwise_kept_as_written():
    (row,) = cells(read(f"{HEADINGS}\n09628,,Zoe\u0308,O’Neill <b>,06/08/1992,,"))
    assert (row["first_names"], row["last_name"]) == ("Zoë", "O’Neill <b>")


def test_headings_are_known_by_other_names_in_any_order_and_case():
    found = read(' Surname ,"Date\nof birth",SCHEME,Shoe size\nMüller,06/08/1992,09628,38')
    assert cells(found) == [{"last_name": "Müller", "born_on": "06/08/1992", "scheme": "09628"}]
    assert found.ignored == ("Shoe size",)
    assert list(found.headings) == ["last_name", "born_on", "scheme"]


@pytest.mark.parametrize(
    ("content", "said", "line"),
    [
        (b"", "The file is empty", 1),
        (b"\n\n , \n", "The file is empty", 3),
        (HEADINGS.encode(), "nothing below it", 1),
        (f"{HEADINGS}\n{LINE}".encode("latin-1"), "Line 2 is not in UTF-8", 2),
        (b"\x00\x01" + HEADINGS.encode(), "not a text file", 1),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "not a text file", 1),
        (b"\xff\xfes", "not in UTF-8", 1),
        (f"{HEADINGS}\n{LINE}\x00".encode("utf-16"), "control characters", 2),
        (f"{HEADINGS}\x00\n{LINE}".encode("utf-16"), "control characters", 1),
        (HEADINGS.replace("last_name", "name").encode() + b"\n", "no column Last name", 1),
        (HEADINGS.replace("uln", "surname").encode() + b"\n", "Two columns are headed Last name", 1),
        (f"{HEADINGS}\n{LINE}\n{LINE},x".encode(), "Line 3 has more cells", 3),
        (f'{HEADINGS}\n{LINE}\n09628,,"Zoë,Müller'.encode(), "double quotes on line 3", 3),
        (f'{HEADINGS}\n09628,,"Zoë"x,Müller'.encode(), "double quotes on line 2", 2),
        (f'{HEADINGS}\n09628,,"Zoë\nAnn",Müller,06/08/1992'.encode(), "control characters", 2),
        (f"{HEADINGS}\n09628,,{'x' * 201},Müller,06/08/1992".encode(), "more than 200 characters", 2),
        (f"{HEADINGS}\n09628,,{'x' * 140_000},Müller,06/08/1992".encode(), "line 2", 2),
        (b"x" * (MAX_BYTES + 1), "larger than 20 MB", 1),
        (b"PK\x03\x04 but no workbook", "can't be opened", 1),
        (b'sep="\na,b', "no column", 1),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_whole_with_its_place_and_remedy(content, said, line):
    found = read_registrations(content, "a.csv")
    assert not found.rows
    assert said in found.fault.text
    assert found.fault.line == line
    assert found.fault.remedy


def test_a_workbook_gives_dates_and_numbers_as_they_are_meant():
    found = read_registrations(
        sheet(
            ["Scheme", "ULN", "Surname", "D.O.B", "Starts"],
            [9628, 6405088536, "Müller", date(1992, 8, 6), datetime(2026, 9, 2, 9, 30)],  # noqa: DTZ001
            [None, None, None, None, None],
            ["09628", 6405088536.0, "'=1+1", "31/02/2001", None],
        ),
        "a.xlsx",
    )
    assert [row.line for row in found.rows] == [2, 4]
    assert cells(found)[0] == {
        "scheme": "9628", "uln": "6405088536", "last_name": "Müller",
        "born_on": "06/08/1992", "starts_on": "02/09/2026",
    }  # fmt: skip
    assert cells(found)[1]["born_on"] == "31/02/2001"


def repacked(content: bytes, change) -> bytes:
    """A workbook with its parts changed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return kept.getvalue()


GOOD = sheet(["scheme", "surname", "dob"], ["09628", "Müller", date(1992, 8, 6)])


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_opened():
    bomb = repacked(GOOD, lambda name, part: b" " * 101 * 1024 * 1024 if "sheet1" in name else part)
    assert len(bomb) < 200_000
    assert "unpacks to more than 100 MB" in read_registrations(bomb, "a.xlsx").fault.text


def test_a_workbook_that_lies_about_its_last_cell_is_read_only_as_far_as_it_has_cells():
    far = repacked(GOOD, lambda name, part: part.replace(b'r="A2"', b'r="A2"').replace(
        b'<row r="2"', b'<row r="2000000000"').replace(b'r="A2"', b'r="XFD2000000000"'))  # fmt: skip
    assert "more lines than a spreadsheet" in read_registrations(far, "a.xlsx").fault.text
    small = repacked(GOOD, lambda name, part: part.replace(b'ref="A1:C2"', b'ref="A1:A1"'))
    assert len(cells(read_registrations(small, "a.xlsx"))) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda name, part: part[: len(part) // 2],
        lambda name, part: b"" if "sheet1" in name else part,
        lambda name, part: b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>' if "workbook" in name else part,
        lambda name, part: part if "Content_Types" not in name else b"<Types/>",
    ],
)
def test_a_damaged_workbook_is_refused_with_a_remedy(change):
    fault = read_registrations(repacked(GOOD, change), "a.xlsx").fault
    assert fault is not None
    assert "XLSX" in fault.remedy or "columns" in fault.remedy


def test_what_is_given_back_cannot_act_as_a_formula_and_is_read_again_as_it_was():
    given = csv_file([HEADINGS.split(","), ["09628", "", "=1+1", "+@x", "06/08/1992", "-1", ""]])
    assert given.startswith(b"\xef\xbb\xbf")
    assert b"'=1+1,'+@x" in given
    (row,) = cells(read_registrations(given, "a.csv"))
    assert (row["first_names"], row["last_name"], row["centre_reference"]) == ("=1+1", "+@x", "-1")
