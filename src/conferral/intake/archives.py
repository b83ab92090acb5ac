"""ZIP archives, and so Office files: how large they become, and what is in them."""

import io
import zipfile
import zlib
from pathlib import Path
from typing import IO

from conferral.intake.findings import Findings

PART = 1024 * 1024
COUNTS_FROM = 1024 * 1024  # a small entry may be packed as hard as it likes
OPENED = 64 * 1024 * 1024  # the largest archive within an archive that is opened
DEEPEST = 4
_MIMETYPES = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}


# What the standard library says of an archive that it can't read: the third is a way of packing that it doesn't know.
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError, EOFError)


def measure(file: IO[bytes], found: Findings, depth: int = 0) -> zipfile.ZipFile | None:
    """Add up what an archive holds, itself and what is packed within it; None when it can't be opened.

    Sizes are those that the archive declares: reading an entry ends there, whatever follows.
    """
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except UNREADABLE:
        found.damaged = found.damaged or depth == 0
        return None
    found.depth = max(found.depth or 0, depth)
    found.entries = (found.entries or 0) + len(entries)
    found.unpacked = (found.unpacked or 0) + sum(entry.file_size for entry in entries)
    found.encrypted = found.encrypted or any(entry.flag_bits & 1 for entry in entries)
    large = [entry for entry in entries if entry.file_size > COUNTS_FROM]
    ratios = [entry.file_size // max(entry.compress_size, 1) for entry in large]
    found.ratio = max([found.ratio or 0, *ratios])
    if depth < DEEPEST and not found.encrypted:
        for entry in entries[:10_000]:
            _within(archive, entry, found, depth)
    return archive


def _within(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, found: Findings, depth: int) -> None:
    try:
        with archive.open(entry) as packed:
            if packed.read(4) != b"PK\x03\x04":
                return
        if entry.file_size > OPENED:
            found.depth = max(found.depth or 0, depth + 1)
            return
        measure(io.BytesIO(archive.read(entry)), found, depth + 1)
    except UNREADABLE:
        found.damaged = True


def is_whole(archive: zipfile.ZipFile) -> bool:
    """Every entry unpacks to the size and sum that it declares. Call only once the sizes are known to be bearable."""
    try:
        for entry in archive.infolist():
            with archive.open(entry) as packed:
                while packed.read(PART):
                    pass
    except Exception:  # also zlib’s own errors, and what a broken method or password raises
        return False
    return True


def kind_of_archive(path: Path, archive: zipfile.ZipFile) -> str:
    """Which Office kind an archive is, else just `zip`."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return kind
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
        return _MIMETYPES.get(archive.read("mimetype").decode("ascii", "replace").strip(), "zip")
    return "zip"
