"""Reading a centre's file of registrations: CSV as Excel and others write it, or XLSX.

Every byte is hostile: what cannot be read is refused whole, with the place and the remedy.
"""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import load_workbook

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 100_000
MAX_SHEET_LINE = 1_048_576  # the last line of a sheet of any spreadsheet
MAX_COLUMNS = 60
MAX_CELL = 200


@dataclass(frozen=True)
class Column:
    """A column of the file: its name in the house, its name for people, and headings it is known by."""

    name: str
    label: str
    headings: tuple[str, ...]
    needed: bool = False


COLUMNS = (
    Column("scheme", "Scheme", ("scheme_code", "scheme", "scheme code", "entry code", "code"), needed=True),
    Column(
        "uln",
        "Learner number",
        ("uln", "learner no", "learner number", "unique learner number", "learner_number"),
    ),
    Column(
        "first_names",
        "First names",
        ("first_names", "first names", "first name", "forenames", "forename", "given name"),
    ),
    Column("last_name", "Last name", ("last_name", "last name", "surname", "family name"), needed=True),
    Column(
        "born_on",
        "Date of birth",
        ("date_of_birth", "date of birth", "d.o.b", "d.o.b.", "dob", "born"),
        needed=True,
    ),
    Column(
        "centre_reference",
        "Your reference",
        ("centre_reference", "centre reference", "your reference", "reference"),
    ),
    Column("starts_on", "Starts", ("start_date", "start date", "starts", "start")),
)
COLUMN = {column.name: column for column in COLUMNS}


@dataclass(frozen=True)
class FileRow:
    """One line of the file. Cells are NFC text without surrounding space; '' is an empty cell."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class FileFault:
    """Why a file can't be used as it is: where, what and how to mend it. Nothing of it is kept."""

    line: int
    column: str
    text: str
    remedy: str
    rule: str = "file-not-readable"


@dataclass(frozen=True)
class FileRead:
    """What was read. With a fault there are no rows; `headings` maps our columns to the file's headings."""

    rows: tuple[FileRow, ...] = ()
    headings: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    fault: FileFault | None = None


class _Unreadable(Exception):
    def __init__(self, text: str, remedy: str, line: int = 1, column: str = "") -> None:
        self.fault = FileFault(line, column, text, remedy)
        super().__init__(text)


def read_registrations(content: bytes, name: str) -> FileRead:
    """Read a file of registrations. Never raises for what the file holds."""
    try:
        if len(content) > MAX_BYTES:
            raise _Unreadable("The file is larger than 20 MB.", "Split it into smaller files.")
        lines = _sheet_lines(content) if content[:4] == b"PK\x03\x04" else _csv_lines(content)
        return _table(lines)
    except _Unreadable as unreadable:
        return FileRead(fault=unreadable.fault)


def _table(lines: Iterator[tuple[int, list[str]]]) -> FileRead:
    number, first = next(lines, (1, []))
    first = [_cell([" ".join(heading.split())], 0, number) for heading in first]
    places, ignored = _places(first, number)
    rows = tuple(_rows(lines, places, len(first)))
    if not rows:
        raise _Unreadable("The file has a heading line and nothing below it.", "Add a line for each candidate.")
    headings = {name: first[place] for name, place in sorted(places.items(), key=lambda item: item[1])}
    return FileRead(rows, headings, ignored)


def _places(headings: list[str], line: int) -> tuple[dict[str, int], tuple[str, ...]]:
    plain = [heading.casefold() for heading in headings]
    if not any(plain):
        raise _Unreadable("The file is empty.", f"Its first line names the columns: {_expected()}.", line)
    places = {}
    for column in COLUMNS:
        place = _place(column, plain, line)
        if place is not None:
            places[column.name] = place
    ignored = tuple(heading for place, heading in enumerate(headings) if heading and place not in places.values())
    return places, ignored


def _place(column: Column, headings: list[str], line: int) -> int | None:
    found = [place for place, heading in enumerate(headings) if heading in column.headings]
    if len(found) > 1:
        raise _Unreadable(f"Two columns are headed {column.label}.", "Keep one of them.", line, column.label)
    if column.needed and not found:
        raise _Unreadable(
            f"There is no column {column.label}.",
            f"The first line names the columns: {_expected()}. Any order will do.",
            line,
            column.label,
        )
    return found[0] if found else None


def _expected() -> str:
    return ", ".join(column.headings[0] for column in COLUMNS)


def _rows(lines: Iterator[tuple[int, list[str]]], places: dict[str, int], width: int) -> Iterator[FileRow]:
    filled = ((line, cells) for line, cells in lines if any(cells))
    for count, (line, cells) in enumerate(filled, 1):
        if count > MAX_ROWS:
            raise _Unreadable(f"The file has more than {MAX_ROWS:,} lines.", "Split it into smaller files.", line)
        if any(cells[width:]):
            raise _Unreadable(
                f"Line {line} has more cells than the heading line.",
                "Put text that contains the separator into double quotes.",
                line,
            )
        yield FileRow(line, {name: _cell(cells, place, line) for name, place in places.items()})


def _cell(cells: list[str], place: int, line: int) -> str:
    text = unicodedata.normalize("NFC", cells[place]).strip() if place < len(cells) else ""
    if len(text) > MAX_CELL or any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise _Unreadable(
            f"A cell of line {line} holds more than {MAX_CELL} characters, or control characters.",
            "Check that a double quote is closed on that line, and that no cell runs over two lines.",
            line,
        )
    return text


def _csv_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text, separator = _separated(_decoded(content))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 0
    try:
        for line, cells in enumerate(reader, 1):
            if cells:
                yield line, [_as_text(cell) for cell in cells]
    except csv.Error as error:
        raise _Unreadable(
            f"The double quotes on line {line + 1} don't pair up.",
            "A double quote inside a cell is written twice, and the cell is put in double quotes.",
            line + 1,
        ) from error


def _separated(text: str) -> tuple[str, str]:
    """The lines and what separates their cells. A line `sep=;` says so, and no spreadsheet counts it."""
    first, _, rest = text.partition("\n")
    said = first.rstrip("\r").lower().removeprefix("sep=")
    if said != first and len(said) == 1 and said in _SEPARATORS:
        return rest, said
    return text, max(_SEPARATORS, key=first.count)


def _as_text(cell: str) -> str:
    """Excel's ="0123" means the text 0123; an apostrophe before =, +, - or @ says that it is text."""
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


_FORMULA = tuple("=+-@")
_SEPARATORS = ",;\t|"


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"\x00" in content:
        raise _Unreadable("This is not a text file.", "Save the sheet as “CSV UTF-8” or as XLSX.")
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Unreadable(
            f"Line {line} is not in UTF-8, so names with accents would be damaged.",
            "Save the sheet again as “CSV UTF-8” or as XLSX.",
            line,
        ) from error


def _sheet_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _refuse_bomb(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size may be wrong
        for line, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
            if line > MAX_SHEET_LINE:
                raise _Unreadable("The sheet has more lines than a spreadsheet can have.", _SAVE_AGAIN, line)
            if any(cell is not None for cell in row):
                yield line, _trimmed([_sheet_text(cell) for cell in row])
    except _Unreadable:
        raise
    except Exception as error:  # the library raises whatever a broken part makes it stumble on
        raise _Unreadable("This workbook can't be opened.", _SAVE_AGAIN) from error


_SAVE_AGAIN = "Save it again as XLSX without a password, or as “CSV UTF-8”."


def _refuse_bomb(content: bytes) -> None:
    """A small workbook may unpack to gigabytes: its stated sizes are added up before anything is unpacked.

    A part that is larger than stated is cut off where it was to end, and its checksum then refuses it.
    """
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _Unreadable("This workbook can't be opened.", _SAVE_AGAIN) from error
    if unpacked > MAX_UNPACKED:
        raise _Unreadable(
            f"The workbook unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB.",
            "Copy the registrations alone into a new workbook.",
        )


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _sheet_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date | datetime):
        return f"{cell.day:02}/{cell.month:02}/{cell.year:04}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def csv_file(lines: Iterable[Iterable[str]]) -> bytes:
    """Lines of cells as a CSV file that spreadsheets open with its accents; no cell can act as a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_not_a_formula(cell) for cell in cells] for cells in lines)
    return text.getvalue().encode("utf-8-sig")


def _not_a_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*_FORMULA, "\t", "\r")) else cell
