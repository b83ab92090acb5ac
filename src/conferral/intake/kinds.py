"""The kind of a file, told by its first bytes; and whether it is of a second kind as well."""

import zipfile
from pathlib import Path
from typing import BinaryIO

from conferral.intake.archives import UNREADABLE

HEAD = 1024
_AT_START = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"OggS", "ogg"),
    (b"\x1aE\xdf\xa3", "webm"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"{\\rtf", "rtf"),
)
_RIFF = {b"WAVE": "wav", b"WEBP": "webp"}
_BRANDS = {b"M4A ": "m4a", b"M4B ": "m4a", b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"avif": "heic"}
_TAGS = (b"<html", b"<!doctype html", b"<script", b"<body", b"<iframe", b"<svg")


def kind_of(path: Path) -> tuple[str | None, str | None]:
    """The kind, and the second kind if there is one. An empty file has neither."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        kind = _first(head) or _text(file, head)
        return kind, _second(file, head, kind)


def _first(head: bytes) -> str | None:
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t \x00")
    if plain.startswith(b"%PDF-"):
        return "pdf"
    for begins, kind in _AT_START:
        if head.startswith(begins):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "mp4")
    return None


def _text(file: BinaryIO, head: bytes) -> str | None:
    """Plain text: whole in UTF-8, or in UTF-16 with its mark, and without a NUL. Tags of a web page make it one."""
    file.seek(0)
    content = file.read(8 * 1024 * 1024)
    if not content.strip():
        return None
    if _is_html(head):
        return "html"
    utf_16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return "text" if "\x00" not in content.decode("utf-16" if utf_16 else "utf-8", errors=_tail(content)) else None
    except UnicodeDecodeError:
        return None


def _tail(content: bytes) -> str:
    """A text longer than was read may end within a character."""
    return "ignore" if len(content) == 8 * 1024 * 1024 else "strict"


def _second(file: BinaryIO, head: bytes, kind: str | None) -> str | None:
    """Readers look for a PDF in the first kilobyte, for an archive at the end; browsers for tags at the start."""
    if kind != "pdf" and b"%PDF-" in head:
        return "pdf"
    if kind not in ("html", "text") and _is_html(head):
        return "html"
    if kind != "zip" and _holds_archive(file):
        return "zip"
    return None


def _is_html(head: bytes) -> bool:
    low = head.lower()
    return any(tag in low for tag in _TAGS)


def _holds_archive(file: BinaryIO) -> bool:
    try:
        return bool(zipfile.is_zipfile(file) and zipfile.ZipFile(file).namelist())
    except UNREADABLE:
        return False
