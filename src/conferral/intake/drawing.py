"""Drawing a page of a PDF, or a picture, anew: what is shown holds nothing of the file but its pixels."""

import io
from pathlib import Path

from conferral.intake.kinds import kind_of

WIDEST = 1400
QUALITY = 80


def draw(path: Path, page: int) -> bytes:
    """A JPEG of one page, counted from 1. Raises ValueError for a page that is not there or a kind without pages."""
    kind, _ = kind_of(path)
    if kind == "pdf":
        return _page(path, page)
    if kind in ("jpeg", "png", "webp"):
        return _picture(path)
    raise ValueError(kind)


def _page(path: Path, page: int) -> bytes:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        if not 1 <= page <= len(document):
            raise ValueError(page)
        sheet = document[page - 1]
        longest = max(sheet.get_size())
        picture = sheet.render(scale=min(2.5, WIDEST * 1.3 / max(longest, 1))).to_pil()
    return _jpeg(picture)


def _picture(path: Path) -> bytes:
    from PIL import Image, ImageOps

    from conferral.intake.pictures import FORMATS, MOST_PIXELS

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path, formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("RGB", (2 * WIDEST, 2 * WIDEST))
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((WIDEST, WIDEST * 2))
        return _jpeg(picture)


def _jpeg(picture: "object") -> bytes:
    written = io.BytesIO()
    picture.convert("RGB").save(written, "JPEG", quality=QUALITY)  # type: ignore[attr-defined]
    return written.getvalue()
