"""Joining PDFs and pictures into one PDF. Pages are taken over; what else a file holds stays behind."""

import io
import json
from pathlib import Path

import pypdfium2

from conferral.intake.drawing import draw
from conferral.intake.kinds import kind_of

LONGEST_SIDE = 842  # points: a picture fits a page of A4


def join(names: Path) -> bytes:
    """The files whose paths a JSON list holds, in its order. Raises ValueError for one that has no pages."""
    whole = pypdfium2.PdfDocument.new()
    for name in json.loads(names.read_text("utf-8")):
        path = Path(name)
        kind, _ = kind_of(path)
        if kind == "pdf":
            with pypdfium2.PdfDocument(path) as document:
                whole.import_pages(document)
        elif kind in ("jpeg", "png", "webp"):
            _picture(whole, draw(path, 1))
        else:
            raise ValueError(kind)
    written = io.BytesIO()
    whole.save(written)
    return written.getvalue()


def _picture(whole: pypdfium2.PdfDocument, content: bytes) -> None:
    image = pypdfium2.PdfImage.new(whole)
    image.load_jpeg(io.BytesIO(content), inline=True)
    width, height = image.get_px_size()
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    page = whole.new_page(width * scale, height * scale)
    image.set_matrix(pypdfium2.PdfMatrix().scale(width * scale, height * scale))
    page.insert_obj(image)
    page.gen_content()
