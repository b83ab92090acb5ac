"""Files as centres and others send them, good and ugly, made in memory."""

import io
import zipfile

from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_WORDS = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"
)
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_OUTSIDE = (
    '<Relationship Id="r1" TargetMode="External" Target="https://away.example/t.dotm" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"/>'
)


def text(words: str = "I said the delay first, because she had planned her day around it.") -> bytes:
    return words.encode()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "green") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind)
    return written.getvalue()


def pdf(words: str = "Task 2", *, pages: int = 1, action: dict | None = None, **more: bool | str) -> bytes:
    """A PDF with a line of words; `action` runs when it is opened, other words add what they name."""
    made = PdfWriter()
    for _ in range(pages):
        page = made.add_blank_page(300, 200)
        line = DecodedStreamObject()
        line.set_data(f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode("latin-1"))
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        page[NameObject("/Contents")] = made._add_object(line)
        page[NameObject("/Resources")] = _named({"/Font": {"/F1": font}})
    if action:
        made._root_object[NameObject("/OpenAction")] = made._add_object(_named(action))
    if "link" in more:
        made.add_annotation(0, Link(rect=(0, 0, 50, 50), url="https://away.example/"))
    if "on_page" in more:
        made.pages[0][NameObject("/AA")] = _named({"/O": {"/S": "/URI", "/URI": "https://away.example/seen"}})
    if "attached" in more:
        made.add_attachment("payroll.exe", b"MZ")
    if "password" in more:
        made.encrypt("", "owner", algorithm="RC4-128") if more["password"] == "" else made.encrypt(
            str(more["password"]), algorithm="RC4-128"
        )
    written = io.BytesIO()
    made.write(written)
    return written.getvalue()


def _named(plain: dict) -> DictionaryObject:
    return DictionaryObject({NameObject(key): _value(value) for key, value in plain.items()})


def _value(value: object) -> object:
    if isinstance(value, dict):
        return _named(value)
    if isinstance(value, list):
        return ArrayObject([_value(one) for one in value])
    return NameObject(value) if str(value).startswith("/") else TextStringObject(str(value))


def archive(entries: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return written.getvalue()


def docx(words: str = "Because the caller had waited.", more: dict[str, bytes] | None = None) -> bytes:
    parts = {"[Content_Types].xml": _TYPES.encode(), "word/document.xml": _WORDS.format(words).encode()}
    return archive(parts | (more or {}))


def docx_that_points_away(kind: str) -> bytes:
    return docx(more={"word/_rels/document.xml.rels": _RELATIONS.format(_OUTSIDE.format(kind)).encode()})


GOOD = {
    "report.pdf": (pdf(), "pdf"),
    "report.docx": (docx(), "docx"),
    "chart.docx": (docx(more={"word/embeddings/book.xlsx": archive({"xl/workbook.xml": b"<x/>"})}), "docx"),
    "photo.jpg": (picture("JPEG"), "jpeg"),
    "photo.png": (picture(), "png"),
    "photo.webp": (picture("WEBP"), "webp"),
    "notes.txt": (text(), "text"),
    "wide.txt": ("\ufeffÞórdís".encode("utf-16"), "text"),
    "call.mp3": (b"ID3\x04\x00" + bytes(200), "mp3"),
    "film.mp4": (b"\x00\x00\x00\x18ftypisom" + bytes(200), "mp4"),
    "call.wav": (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(100), "wav"),
    "photo-named-pdf.pdf": (picture("JPEG"), "jpeg"),
    "goes-to-page.pdf": (pdf(action={"/S": "/GoTo", "/D": "first"}), "pdf"),
}


# The rule that refuses each.
def broken_within(content: bytes, name: bytes) -> bytes:
    """An archive whose entry of this name begins with a block of a kind that there is not."""
    begins = content.index(name) + len(name)
    return content[:begins] + b"\xff" * 4 + content[begins + 4 :]


UGLY = {
    "empty.pdf": (b"", "file-empty"),
    "blank.txt": (b"  \n ", "file-kind-not-taken"),
    "locked.pdf": (pdf(password="s3cret"), "file-with-password"),
    "restricted.pdf": (pdf(password=""), "file-with-password"),
    "cut-off.pdf": (pdf()[:200], "file-damaged"),
    "only-a-head.pdf": (b"%PDF-1.7\n", "file-damaged"),
    "cut-off.docx": (docx()[:-40], "file-kind-not-taken"),
    "wrong-sum.docx": (docx().replace(b"word/document.xml", b"word/documen_.xml", 1), "file-damaged"),
    "broken-within.docx": (broken_within(docx(), b"word/document.xml"), "file-damaged"),
    "cut-off.jpg": (picture("JPEG", (400, 400))[:900], "file-damaged"),
    "locked.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
                    "file-with-password"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "file-kind-not-taken"),
    "macros.docm": (docx(more={"word/vbaProject.bin": b"x"}), "file-with-macros"),
    "macros-named.docx": (docx(more={"word/vbaProject.bin": b"x"}), "file-with-macros"),
    "control.docx": (docx(more={"word/activeX/activeX1.xml": b"<x/>"}), "file-acts-by-itself"),
    "packed.docx": (docx(more={"word/embeddings/oleObject1.bin": b"x"}), "file-acts-by-itself"),
    "template.docx": (docx_that_points_away("attachedTemplate"), "file-acts-by-itself"),
    "bomb.docx": (docx(more={"word/media/a.bmp": bytes(3_000_000)}), "file-unpacks-too-large"),
    "bomb.zip": (archive({"a": bytes(3_000_000)}), "file-unpacks-too-large"),
    "huge.png": (picture("PNG", (14_000, 14_000)), "file-unpacks-too-large"),
    "nested.docx": (docx(more={"word/a.zip": archive({"b.zip": archive({"c.zip": archive({"d": b"d"})})})}),
                    "file-with-archives-within"),
    "nested.zip": (archive({"b.zip": archive({"c.zip": archive({"d": b"d"})})}), "file-with-archives-within"),
    "work.zip": (archive({"work.pdf": pdf()}), "file-kind-not-taken"),
    "pdf-and-zip.pdf": (pdf() + archive({"a.txt": b"a"}), "file-of-two-kinds"),
    "jpeg-and-zip.jpg": (picture("JPEG") + archive({"a.txt": b"a"}), "file-of-two-kinds"),
    "html-and-pdf.pdf": (b"<html><script>alert(1)</script>\n" + pdf(), "file-of-two-kinds"),
    "pdf-and-html.pdf": (pdf().replace(b"\n", b"\n%<script>alert(1)</script>\n", 1), "file-of-two-kinds"),
    "gif-and-pdf.gif": (b"GIF89a/*" + pdf(), "file-of-two-kinds"),
    "script.pdf": (pdf(action={"/S": "/JavaScript", "/JS": "app.alert(1)"}), "file-acts-by-itself"),
    "script-written-oddly.pdf": (
        pdf(action={"/S": "/JavaScript", "/JS": "app.alert(1)"}).replace(b"/JavaScript", b"/J#61vaScript"),
        "file-acts-by-itself",
    ),
    "launch.pdf": (pdf(action={"/S": "/Launch", "/F": "calc.exe"}), "file-acts-by-itself"),
    "sends.pdf": (pdf(action={"/S": "/SubmitForm", "/F": "https://away.example/"}), "file-acts-by-itself"),
    "goes-away.pdf": (pdf(action={"/S": "/GoToR", "/F": "other.pdf"}), "file-acts-by-itself"),
    "calls.pdf": (pdf(action={"/S": "/URI", "/URI": "https://away.example/"}), "file-acts-by-itself"),
    "calls-by-page.pdf": (pdf(on_page=True), "file-acts-by-itself"),
    "carries.pdf": (pdf(attached=True), "file-acts-by-itself"),
    "page.html": (b"<!DOCTYPE html><html><body>Work</body></html>", "file-kind-not-taken"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "file-kind-not-taken"),
    "setup.pdf": (b"MZ" + bytes(100), "file-kind-not-taken"),
    "unknown.bin": (bytes(range(256)), "file-kind-not-taken"),
    "lol.docx": (docx().replace(b"x", b"x"), None),
}  # fmt: skip
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p>&b;</w:p></w:document>'
)
UGLY["lol.docx"] = (
    archive({"[Content_Types].xml": _TYPES.encode(), "word/document.xml": LAUGHS.encode()}), "file-damaged",
)  # fmt: skip
WARNED = {
    "linked.pdf": (pdf(link=True), "file-with-links"),
    "linked.docx": (docx_that_points_away("hyperlink"), "file-with-links"),
}
