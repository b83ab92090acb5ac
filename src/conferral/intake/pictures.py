"""Pictures: whether they are whole, and how large they become."""

from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from conferral.intake.findings import Findings

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 100_000_000  # more are not drawn; 300 MB once unpacked
Image.MAX_IMAGE_PIXELS = None  # we look at the size before anything is unpacked
ImageFile.LOAD_TRUNCATED_IMAGES = False


def look(path: Path, found: Findings) -> None:
    """Unpack a picture once, unless its size says that it is a trap."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            pixels = picture.width * picture.height
            found.unpacked, found.pages = pixels * 3, 1
            if pixels <= MOST_PIXELS:
                picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        found.damaged = True
