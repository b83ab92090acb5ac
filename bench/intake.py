"""Looking into files of evidence, as it happens at the door: a process a file, with its limits, and the hash."""

import hashlib
import io
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from bench.figures import Figure, p95, rate
from conferral.actions.looking import look_into
from conferral.site.database import data_folder
from tests.samples import docx, pdf

MEGABYTE = 1024 * 1024


def measure(megabytes: int, times: int) -> Iterator[Figure]:
    """One file after the other, in one process at a time."""
    made = {
        "PDF of pictures": scanned(megabytes),
        "PDF of words": pdf(" ".join(["Because the customer had waited"] * 40), pages=300),
        "DOCX with pictures": docx(more={f"word/media/{n}.jpg": photo(n) for n in range(megabytes)}),
        "JPEG": photo(7, 4000, 3000),
        "video (MP4)": b"\x00\x00\x00\x18ftypisom" + Random(1).randbytes(20 * megabytes * MEGABYTE),
    }
    folder = data_folder() / "intake"
    folder.mkdir(exist_ok=True)
    for what, content in made.items():
        path = folder / "file"
        path.write_bytes(content)
        seconds = [one(path) for _ in range(times)]
        size = len(content) / MEGABYTE
        yield Figure(
            f"Looked into: {what}", f"{size:.1f} MB, {times} times, a process each; p95 {p95(seconds) * 1000:,.0f} ms",
            rate(size * times, sum(seconds), "MB"),
        )  # fmt: skip


def one(path: Path) -> float:
    """Seconds for one file: its hash, and what is in it. Raises AssertionError when it can't be looked into."""
    began = time.perf_counter()
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    looked = look_into(path)
    taken = time.perf_counter() - began
    assert looked.unread is None, looked.unread
    assert not looked.found["damaged"]
    return taken


def photo(seed: int, width: int = 1600, height: int = 1200) -> bytes:
    """A picture with as much in it as a photograph has."""
    noise = Image.frombytes("RGB", (width // 4, height // 4), Random(seed).randbytes(width * height * 3 // 16))
    written = io.BytesIO()
    noise.resize((width, height), Image.Resampling.BICUBIC).save(written, "JPEG", quality=85)
    return written.getvalue()


def scanned(megabytes: int) -> bytes:
    """Pages that are photographs, as a scanner makes them, of about so many megabytes."""
    page = photo(3)
    made = PdfWriter()
    for _ in range(max(1, megabytes * MEGABYTE // len(page))):
        sheet = made.add_blank_page(595, 842)
        image = DecodedStreamObject()
        image.set_data(page)
        image.update({
            NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(1600), NameObject("/Height"): NumberObject(1200),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"), NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        })  # fmt: skip
        line = DecodedStreamObject()
        line.set_data(b"q 595 0 0 842 0 0 cm /I Do Q")
        sheet[NameObject("/Contents")] = made._add_object(line)
        sheet[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/I"): made._add_object(image)})}
        )
    written = io.BytesIO()
    made.write(written)
    return written.getvalue()
