"""PDF: what it would do by itself, and its text. Structure by pypdf, pages by PDFium."""

from pathlib import Path
from typing import Any

import pypdfium2
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from conferral.intake.findings import MOST_TEXT, Findings

_ACTS = {
    "/JavaScript": "run a script",
    "/Launch": "start another program",
    "/SubmitForm": "send what is filled in to another place",
    "/ImportData": "take in data from another file",
    "/GoToR": "open another file",
    "/GoToE": "open another file",
}
_HOLDS = {
    "/JS": "run a script",
    "/JavaScript": "run a script",
    "/EF": "open another file that is packed in it",
    "/EmbeddedFiles": "open another file that is packed in it",
    "/XFA": "run a script",
    "/RichMedia": "open another file that is packed in it",
}
_BY_ITSELF = ("/OpenAction", "/AA")
OBJECTS_KEPT = 500
DEEPEST = 40


def look(path: Path, found: Findings) -> None:
    """Every object of the file, whether a page uses it or not; then pages and text, unless there is a password."""
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            found.encrypted = True
            return
        _objects(reader, found)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError):
        found.damaged = True
        return
    _pages(path, found)


def _objects(reader: PdfReader, found: Findings) -> None:
    known = [(number, generation) for generation, table in reader.xref.items() for number in table]
    known += [(number, 0) for number in reader.xref_objStm]
    if not known:
        raise ValueError("no object")
    for number, generation in dict.fromkeys(known):
        try:
            seen = reader.get_object(IndirectObject(number, generation, reader))
        except (PyPdfError, ValueError, TypeError):
            continue  # a free or broken entry; what a page needs and is broken, PDFium finds
        _look(seen, found)
        if len(reader.resolved_objects) > OBJECTS_KEPT:
            reader.resolved_objects.clear()


def _look(seen: Any, found: Findings, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(seen, DictionaryObject):
        _look_at_entries(seen, found)
    children = seen.values() if isinstance(seen, DictionaryObject) else seen if isinstance(seen, ArrayObject) else ()
    for child in children:
        if not isinstance(child, IndirectObject):
            _look(child, found, depth + 1)


def _look_at_entries(seen: DictionaryObject, found: Findings) -> None:
    action = seen.get("/S")
    if action in _ACTS:
        found.would(_ACTS[action])
    found.links += action == "/URI"
    if seen.get("/Subtype") in ("/RichMedia", "/FileAttachment", "/Screen", "/Movie", "/3D"):
        found.would(_HOLDS["/EF"])
    for name, what in _HOLDS.items():
        if name in seen:
            found.would(what)
    for name in _BY_ITSELF:
        if name in seen and _fetches(seen[name]):
            found.would("fetch something from another place")


def _fetches(action: Any, depth: int = 0) -> bool:
    """An action, or a table of them, that opens an address without a click."""
    if not isinstance(action, DictionaryObject) or depth > 3:
        return False
    if action.get("/S") == "/URI":
        return True
    return any(_fetches(action[name], depth + 1) for name in action if name != "/Parent")


def _pages(path: Path, found: Findings) -> None:
    try:
        with pypdfium2.PdfDocument(path) as document:
            found.pages = len(document)
            found.text = _text(document)
    except (pypdfium2.PdfiumError, ValueError):
        found.damaged = True
    found.damaged = found.damaged or not found.pages


def _text(document: pypdfium2.PdfDocument) -> list[str]:
    pages, length = [], 0
    for page in document:
        words = page.get_textpage().get_text_bounded().replace("\r\n", "\n")
        pages.append(words)
        length += len(words)
        page.close()
        if length > MOST_TEXT:
            break
    return pages
