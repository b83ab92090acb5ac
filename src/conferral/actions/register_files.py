"""Reading the Register of Regulated Qualifications as the regulator lets it be downloaded: a CSV of 33 columns.

Every byte is hostile: a file with one line that can't be read is refused whole, with the place and the remedy.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from conferral.actions.registration_files import FileFault
from conferral.rules.days import london_day
from conferral.rules.identifiers import compact_qan, format_qan, qan_fault

MAX_BYTES = 96 * 1024 * 1024
MAX_ROWS = 250_000
MAX_CELL = 20_000
MAX_CREDIT = 9_999
HEADINGS = (
    "Qualification Number", "Qualification Title", "Owner Organisation Name", "Owner Organisation Acronym",
    "Qualification Level", "Qualification Sub Level", "EQF Level", "Qualification Type", "Total Credits",
    "Qualification SSA", "Qualification Status", "Regulation Start Date", "Operational Start Date",
    "Operational End Date", "Certification End Date", "Minimum Guided Learning Hours",
    "Maximum Guided Learning Hours", "Total Qualification Time", "Guided Learning Hours", "Offered In",
    "Overall Grading Type", "Assessment Methods", "NI Discount Code", "GCE Size Equivalence",
    "GCSE Size Equivalence", "Entitlement Framework Designation", "Grading Scale", "Specialisms", "Pathways",
    "Approved For DEL Funded Programme", "Link To Specification", "CCEA Regulation", "Offered Internationally",
)  # fmt: skip
STATUSES = (
    "Available to learners", "No longer available to new learners", "No longer awarded",
    "Not yet available to learners",
)  # fmt: skip
NATIONS = {"England", "Northern Ireland", "Scotland", "Wales"}
_USED = (
    "Qualification Number", "Qualification Title", "Owner Organisation Name", "Owner Organisation Acronym",
    "Qualification Level", "Qualification Type", "Total Credits", "Qualification Status", "Operational Start Date",
    "Operational End Date", "Certification End Date", "Offered In",
)  # fmt: skip
_COLUMN = {heading.casefold(): heading for heading in HEADINGS}
_MOMENT = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) ([AP]M) ([+-])(\d{2}):(\d{2})", re.I | re.A
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LEVEL = re.compile(r"level ([1-8])", re.I)
_DOWNLOAD = "Download the file again from the Register, and don't save it from a spreadsheet."


@dataclass(frozen=True)
class RegisterEntry:
    """One qualification as the Register has it. Days are London days, inclusive; no day means still open.

    `level` is None where the Register names none from 1 to 8, `credit` where it gives none or 0.
    """

    line: int
    qan: str
    title: str
    owner: str
    kind: str
    level: int | None
    credit: int | None
    status: str
    starts_on: date | None
    last_registration: date | None
    final_certification: date | None
    offered_in: tuple[str, ...]


@dataclass(frozen=True)
class RegisterRead:
    """What was read. With a fault there are no entries."""

    entries: tuple[RegisterEntry, ...] = ()
    fault: FileFault | None = None


class _Unreadable(Exception):
    def __init__(self, text: str, remedy: str, line: int = 1, column: str = "") -> None:
        self.fault = FileFault(line, column, text, remedy)
        super().__init__(text)


def read_register(content: bytes) -> RegisterRead:
    """Read a downloaded Register. Never raises for what the file holds."""
    try:
        return RegisterRead(tuple(_entries(_lines(_text(content)))))
    except _Unreadable as unreadable:
        return RegisterRead(fault=unreadable.fault)


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _Unreadable(
            f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.",
            "Download the qualifications of your own organisation alone.",
        )
    if b"\x00" in content:
        raise _Unreadable("This is not a text file.", _DOWNLOAD)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Unreadable(f"Line {line} is not in UTF-8.", _DOWNLOAD, line) from error


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, each with the number of the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable(f"The double quotes that begin on line {line} don't pair up.", _DOWNLOAD, line) from error


def _entries(lines: Iterator[tuple[int, list[str]]]) -> Iterator[RegisterEntry]:
    line, first = next(lines, (1, []))
    headings = _headings(first, line)
    places = {heading: headings.index(heading) for heading in _USED}
    seen: dict[str, int] = {}
    for count, (line, cells) in enumerate(lines, 1):
        if count > MAX_ROWS:
            raise _Unreadable(f"The file has more than {MAX_ROWS:,} lines.", _DOWNLOAD, line)
        cells = _whole(cells, headings, line)
        _refuse_odd(cells, headings, line)
        entry = _entry(line, {heading: _clean(cells[place]) for heading, place in places.items()})
        if entry.qan in seen:
            raise _Unreadable(
                f"{entry.qan} stands on line {seen[entry.qan]} and again on line {line}.",
                "Keep one of the two lines.",
                line,
                HEADINGS[0],
            )
        seen[entry.qan] = line
        yield entry
    if not seen:
        raise _Unreadable("The file has a heading line and nothing below it.", _DOWNLOAD, line)


def _whole(cells: list[str], headings: list[str], line: int) -> list[str]:
    """The cells of a line. The regulator's own lines of old qualifications lack a cell near their end: what stands
    before is read when it is in its place, which `Qualification Status` and `Offered In` show.
    """
    short = len(headings) - len(cells)
    if short == 0:
        return cells
    offered = HEADINGS.index("Offered In")
    if short > 0 and len(cells) > offered and tuple(headings) == HEADINGS:
        status, nations = cells[HEADINGS.index("Qualification Status")], cells[offered].split("|")
        if status in STATUSES and set(nations) <= NATIONS:
            return cells[: offered + 1] + [""] * (len(headings) - offered - 1)
    raise _Unreadable(
        f"Line {line} has {len(cells)} cells; the Register has {len(headings)}.",
        "Put text that contains a comma into double quotes, or download the file again.",
        line,
    )


def _headings(cells: list[str], line: int) -> list[str]:
    """The headings in the file's order, as the regulator spells them."""
    given = [" ".join(cell.split()) for cell in cells]
    known = [_COLUMN.get(heading.casefold(), "") for heading in given]
    if not any(known):
        raise _Unreadable("The first line doesn't name the columns of the Register.", _DOWNLOAD, line)
    strange = [heading for heading, column in zip(given, known, strict=True) if not column]
    missing = [heading for heading in HEADINGS if heading not in known]
    twice = [heading for heading, count in Counter(known).items() if count > 1 and heading]
    for wrong, text in (
        (twice, "There are two columns {}."),
        (missing, "There is no column {}."),
        (strange, "The Register has no column “{}”."),
    ):
        if wrong:
            named = wrong[0][:60]
            raise _Unreadable(text.format(named), f"The Register has {len(HEADINGS)} columns. {_DOWNLOAD}", line, named)
    return known


def _refuse_odd(cells: list[str], headings: list[str], line: int) -> None:
    """A quote that was not closed puts lines together: nothing in the Register is that long or broken into lines."""
    if len(max(cells, key=len)) <= MAX_CELL and not _CONTROL.search("".join(cells)):
        return
    odd = next(place for place, cell in enumerate(cells) if len(cell) > MAX_CELL or _CONTROL.search(cell))
    raise _Unreadable(
        f"A cell of line {line} runs over several lines, holds control characters or is longer than any of the "
        "Register's.",
        "Check that a double quote is closed on that line, or download the file again.",
        line,
        headings[odd],
    )


def _clean(text: str) -> str:
    """The text with single spaces; the Register's `None` and an empty cell are ""."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return "" if text == "None" else text


def _entry(line: int, cells: dict[str, str]) -> RegisterEntry:
    level = _LEVEL.fullmatch(cells["Qualification Level"])
    return RegisterEntry(
        line=line,
        qan=_qan(cells["Qualification Number"], line),
        title=_words(cells, "Qualification Title", line, most=300),
        owner=cells["Owner Organisation Acronym"] or cells["Owner Organisation Name"],
        kind=cells["Qualification Type"],
        level=int(level[1]) if level else None,
        credit=_credit(cells["Total Credits"], line),
        status=_words(cells, "Qualification Status", line, most=60),
        starts_on=_day(cells, "Operational Start Date", line),
        last_registration=_day(cells, "Operational End Date", line),
        final_certification=_day(cells, "Certification End Date", line),
        offered_in=tuple(filter(None, (part.strip() for part in cells["Offered In"].split("|")))),
    )


def _qan(text: str, line: int) -> str:
    """The number with its obliques. Its check character is not questioned: the Register is the authority."""
    if qan_fault(text) in ("blank", "not-a-qan"):
        raise _Unreadable(
            f"Line {line} has no qualification number: “{text[:30]}”.",
            "A qualification number has seven digits and a last digit or X, as 500/7707/7.",
            line,
            HEADINGS[0],
        )
    return format_qan(compact_qan(text))


def _words(cells: dict[str, str], heading: str, line: int, *, most: int) -> str:
    text = cells[heading]
    if not text or len(text) > most:
        said = f"is longer than {most} characters" if text else "is empty"
        raise _Unreadable(f"The {heading} of line {line} {said}.", _DOWNLOAD, line, heading)
    return text


def _credit(text: str, line: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= MAX_CREDIT):
        raise _Unreadable(
            f"The Total Credits of line {line} are no whole number: “{text[:30]}”.", _DOWNLOAD, line, "Total Credits"
        )
    return int(text) or None


def _day(cells: dict[str, str], heading: str, line: int) -> date | None:
    """The London day of a moment such as 12/31/2023 11:59:59 PM +00:00: month first, with the offset from UTC."""
    text = cells[heading]
    if not text:
        return None
    day = _london(text)
    if day is None:
        raise _Unreadable(
            f"The {heading} of line {line} is no day of the Register: “{text[:40]}”.",
            "The Register writes the month first, with time and offset: 12/31/2023 11:59:59 PM +00:00.",
            line,
            heading,
        )
    return day


@lru_cache(maxsize=4096)  # a Register ends most of its qualifications on few days
def _london(text: str) -> date | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    month, day, year, hour, minute, second = (int(found[place]) for place in range(1, 7))
    offset = timedelta(hours=int(found[9]), minutes=int(found[10])) * (-1 if found[8] == "-" else 1)
    if not (1900 <= year <= 2200 and 1 <= hour <= 12 and abs(offset) <= timedelta(hours=14)):
        return None
    hour = hour % 12 + (12 if found[7].upper() == "PM" else 0)
    try:
        return london_day(datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)))
    except ValueError:
        return None
