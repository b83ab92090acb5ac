"""Office files: macros, what they would fetch or run by themselves, and the text of a DOCX."""

import zipfile
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from conferral.intake.findings import MOST_TEXT, Findings

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RUNS = ("DDEAUTO", "DDE ", "INCLUDETEXT", "INCLUDEPICTURE")


def look(archive: zipfile.ZipFile, kind: str, found: Findings) -> None:
    """Read the parts of an Office file; one that can't be read makes it damaged."""
    try:
        _parts(archive, found)
        if kind == "docx":
            found.text = _pages_of_text(archive, found)
    except (ParseError, DefusedXmlException, KeyError, zipfile.BadZipFile, UnicodeDecodeError, ValueError):
        found.damaged = True


def _parts(archive: zipfile.ZipFile, found: Findings) -> None:
    for name in archive.namelist():
        low = name.lower()
        if "vbaproject" in low or low.startswith(("basic/", "scripts/")) or "/macrosheets/" in low:
            found.macros = True
        if "/activex/" in low:
            found.would("run an ActiveX control")
        if "/embeddings/" in low and low.endswith(".bin"):
            found.would("open another file that is packed in it")
        if low.endswith(".rels"):
            _relations(archive.read(name), found)
    if "[Content_Types].xml" in archive.namelist() and b"macroenabled" in archive.read("[Content_Types].xml").lower():
        found.macros = True


def _relations(content: bytes, found: Findings) -> None:
    for relation in ElementTree.fromstring(content):
        if relation.get("TargetMode") == "External":
            if str(relation.get("Type", "")).endswith("/hyperlink"):
                found.links += 1
            else:
                found.would("fetch a part of itself from another place")


def _pages_of_text(archive: zipfile.ZipFile, found: Findings) -> list[str]:
    """The words of the document, paragraph by paragraph: a DOCX does not know its pages."""
    lines: list[str] = []
    length = 0
    with archive.open("word/document.xml") as part:
        for _, element in ElementTree.iterparse(part):
            if element.tag == f"{_WORD}instrText" and any(word in (element.text or "").upper() for word in _RUNS):
                found.would("fetch a part of itself from another place")
            if element.tag == f"{_WORD}p" and length < MOST_TEXT:
                line = "".join(one.text or "" for one in element.iter(f"{_WORD}t"))
                lines.append(line)
                length += len(line) + 1
            if element.tag in (f"{_WORD}p", f"{_WORD}tbl"):
                element.clear()
    return ["\n".join(line for line in lines if line)]
