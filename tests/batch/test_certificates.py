"""The certificate as a document that people, screen readers and telephones can read."""

from datetime import date
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from conferral.batch.certificates import certificate_pdf, certificate_picture
from conferral.records.awards.models import Certificate

ADDRESS = "https://awards.example.org"
NUMBER = "7QFK3M9XD2WC84TN"
UNITS = [
    {"code": "J/600/1003", "title": "Customer service knowledge", "level": 2, "credit": 4},
    {"code": "DEMO-09628-3", "title": "Demonstration unit", "level": None, "credit": None},
]


def certificate(holder="Þórdís Guðmundsdóttir", **words) -> Certificate:
    said = {
        "title": "Certificate in Principles of Customer Service", "level": 2, "awarded_on": date(2026, 11, 23),
        "organisation": "Cambrian & Marches Awards", "units": UNITS,
    }  # fmt: skip
    return Certificate(number=NUMBER, holder=holder, **(said | words))


def read(paper: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(BytesIO(paper))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_it_is_tagged_titled_and_in_english():
    reader, _ = read(certificate_pdf(certificate(), address=ADDRESS))
    root = reader.trailer["/Root"]
    assert "/StructTreeRoot" in root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Certificate 7QFK-3M9X-D2WC-84TN: Certificate in Principles of Customer Service"
    about = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert "<pdfaid:part>2</pdfaid:part>" in about


def test_a_unit_carried_over_says_who_awarded_it_and_when():
    elsewhere = UNITS[0] | {"awarded_by": "Bwrdd Arholi Môn", "originally_on": "2019-06-28"}
    _, text = read(certificate_pdf(certificate(units=[elsewhere, UNITS[1]]), address=ADDRESS))
    assert "Customer service knowledge Awarded by Bwrdd Arholi Môn on 28 June 2019. 2 4" in text
    assert text.count("Awarded by") == 2


def test_it_says_what_was_awarded_to_whom_when_and_where_to_check_it():
    reader, text = read(certificate_pdf(certificate(), address=ADDRESS))
    assert len(reader.pages) == 1
    for words in ("Þórdís Guðmundsdóttir", "Level 2", "23 November 2026", "7QFK-3M9X-D2WC-84TN",
                  "Cambrian & Marches Awards", "J/600/1003", "Customer service knowledge"):  # fmt: skip
        assert words in text
    assert f"{ADDRESS}/check/{NUMBER}/" in text.replace(" ", "")
    assert "None" not in text


def test_the_square_code_leads_to_the_check():
    picture = Image.open(BytesIO(certificate_picture(certificate(), address=ADDRESS)))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [f"{ADDRESS}/check/{NUMBER}/"]


def test_the_square_code_has_words_for_those_who_do_not_see_it():
    reader, _ = read(certificate_pdf(certificate(), address=ADDRESS))
    assert f"Square code that leads to {ADDRESS}/check/{NUMBER}/" in _alternatives(reader)


def _alternatives(reader: PdfReader) -> list[str]:
    found, open_, seen = [], [reader.trailer["/Root"]["/StructTreeRoot"]], 0
    while open_ and seen < 5000:
        item, seen = open_.pop().get_object(), seen + 1
        if not isinstance(item, dict):
            continue
        if "/Alt" in item:
            found.append(str(item["/Alt"]))
        kids = item.get("/K", [])
        open_ += kids if isinstance(kids, list) else [kids]
    return [words for words in found if words]


@pytest.mark.parametrize(
    "holder",
    [
        "Wiśniewski", "Nguyễn Thị Ánh", "Ŵyn Llŷr Gwilym", "Muhammad ibn Yusuf al-Khwārizmī", "Grace O’Neill",
        "Fa'alogo", "#panic()", '"; #panic("no") //', "back\\slash \\u{41} $x$", "*not bold* _nor this_ @here <label>",
    ],
)  # fmt: skip
def test_a_name_is_printed_letter_by_letter(holder):
    _, text = read(certificate_pdf(certificate(holder), address=ADDRESS))
    assert holder.replace(" ", "") in text.replace(" ", "").replace("\n", "")


def test_a_name_over_two_lines_or_of_201_letters_is_printed_whole():
    _, text = read(certificate_pdf(certificate("Ann\nLee"), address=ADDRESS))
    assert "Ann Lee" in text
    _, text = read(certificate_pdf(certificate("W" * 201), address=ADDRESS))
    assert text.count("W") >= 201
    _, text = read(certificate_pdf(certificate("Wolfeschlegel " * 14), address=ADDRESS))
    assert text.count("Wolfeschlegel") == 14


def test_forty_units_go_on_a_second_page():
    many = [{"code": f"U/{n:03}/0001", "title": "A unit " * 12, "level": 2, "credit": 3} for n in range(40)]
    reader, text = read(certificate_pdf(certificate(units=many), address=ADDRESS))
    assert len(reader.pages) > 1
    assert "U/039/0001" in text


def test_the_same_words_give_the_same_bytes():
    assert certificate_pdf(certificate(), address=ADDRESS) == certificate_pdf(certificate(), address=ADDRESS)
