"""Reading a centre's file of registrations: CSV as Excel and others write it, or XLSX.

Every byte is hostile: what cannot be read is refused whole, with the place and the remedy.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
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
    Column("uln", "Learner number", ("uln", "learner no", "learner number", "unique learner number", "learner_number")),
    Column("first_names", "First names", ("first_names", "first names", "first name", "forenames", "forename", "given name")),
    Column("last_name", "Last name", ("last_name", "last name", "surname", "family name"), needed=True),
    Column("born_on", "Date of birth", ("date_of_birth", "date of birth", "d.o.b", "d.o.b.", "dob", "born"), needed=True),
    Column("centre_reference", "Your reference", ("centre_reference", "centre reference", "your reference", "reference")),
    Column("starts_on", "Starts", ("start_date", "start date", "starts", "start")),
)  # fmt: skip
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
    places, ignored = _places(first, number)
    rows = tuple(_rows(lines, places, len(first)))
    if not rows:
        raise _Unreadable(
            "The file has a heading line and nothing below it.", "Add a line for each candidate."
        )
    return FileRead(rows, {name: first[place] for name, place in places.items()}, ignored)


def _places(headings: list[str], line: int) -> tuple[dict[str, int], tuple[str, ...]]:
    plain = [heading.casefold().strip() for heading in headings]
    if not any(plain):
        raise _Unreadable("The file is empty.", f"Its first line names the columns: {_expected()}.", line)
    places: dict[str, int] = {}
    for column in COLUMNS:
        found = [place for place, heading in enumerate(plain) if heading in column.headings]
        if len(found) > 1:
            raise _Unreadable(
                f"Two columns are headed {column.label}.", "Keep one of them.", line, column.label
            )
        if found:
            places[column.name] = found[0]
        elif column.needed:
            raise _Unreadable(
                f"There is no column {column.label}.",
                f"The first line names the columns: {_expected()}. Any order will do.",
                line,
                column.label,
            )
    ignored = tuple(
        heading for place, heading in enumerate(headings) if heading and place not in places.values()
    )
    return places, ignored


def _expected() -> str:
    return ", ".join(column.headings[0] for column in COLUMNS)


def _rows(lines: Iterator[tuple[int, list[str]]], places: dict[str, int], width: int) -> Iterator[FileRow]:
    for count, (line, cells) in enumerate(lines, 1):
        if count > MAX_ROWS:
            raise _Unreadable(
                f"The file has more than {MAX_ROWS:,} lines.", "Split it into smaller files.", line
            )
        if not any(cells):
            continue
        if len(cells) > width and any(cells[width:]):
            raise _Unreadable(
                f"Line {line} has more cells than the heading line.",
                "Put text that contains the separator into double quotes.",
                line,
            )
        yield FileRow(line, {name: _cell(cells, place, line) for name, place in places.items()})


def _cell(cells: list[str], place: int, line: int) -> str:
    text = unicodedata.normalize("NFC", cells[place]).strip() if place < len(cells) else ""
    if len(text) > MAX_CELL or any(unicodedata.category(character) == "Cc" for character in text):
        raise _Unreadable(
            f"A cell of line {line} holds more than {MAX_CELL} characters, or control characters.",
            "Check that a double quote is closed on that line.",
            line,
        )
    return text


def _csv_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        text, separator = "\n" + text.split("\n", 1)[-1], first.strip()[4]
    else:
        separator = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begun = False
    try:
        line = 1
        for cells in reader:
            if begun or any(cells):
                begun = True
                yield line, [_as_text(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable(
            f"Line {reader.line_num} can't be split into cells ({error}).",
            "A double quote inside a cell is written twice, and the cell is put in double quotes.",
            reader.line_num,
        ) from error


def _as_text(cell: str) -> str:
    """Excel's ="0123" means the text 0123."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell


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
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise _Unreadable(
            "This workbook can't be opened.", "Save it again as XLSX without a password, or as “CSV UTF-8”."
        ) from error
    for line, row in enumerate(rows, 1):
        if line > 1 or any(row):
            yield line, [_sheet_text(cell) for cell in row]


def _sheet_text(cell: object) -> str:
    if isinstance(cell, date | datetime):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
