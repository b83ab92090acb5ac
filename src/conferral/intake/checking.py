"""Looking into one file, by its kind."""

from pathlib import Path

from conferral.intake import archives, kinds
from conferral.intake.findings import MOST_TEXT, Findings

OFFICE = ("docx", "xlsx", "pptx", "odt", "ods", "odp")
MOST_UNPACKED = 2 * 1024**3  # an archive that says it becomes larger is not unpacked here
MOST_RATIO = 1000
_PASSWORD = "EncryptedPackage".encode("utf-16-le")


def check(path: Path) -> Findings:
    """What is in the file. Raises nothing for a strange one; memory and time are bound from outside."""
    found = Findings()
    found.kind, found.also = kinds.kind_of(path)
    if found.kind == "pdf":
        from conferral.intake import pdf

        pdf.look(path, found)
    elif found.kind in ("jpeg", "png", "webp"):
        from conferral.intake import pictures

        pictures.look(path, found)
    elif found.kind == "zip":
        _archive(path, found)
    elif found.kind == "ole":
        with path.open("rb") as file:
            found.encrypted = _PASSWORD in file.read(4 * 1024 * 1024)
    elif found.kind == "text":
        with path.open("rb") as file:
            found.text = [_decoded(file.read(4 * MOST_TEXT))]
    return found


def _archive(path: Path, found: Findings) -> None:
    with path.open("rb") as file:
        archive = archives.measure(file, found)
        if archive is None or found.encrypted:
            return
        found.kind = archives.kind_of_archive(path, archive)
        if found.kind not in OFFICE or (found.unpacked or 0) > MOST_UNPACKED or (found.ratio or 0) > MOST_RATIO:
            return
        found.damaged = found.damaged or not archives.is_whole(archive)
        if not found.damaged:
            from conferral.intake import office

            office.look(archive, found.kind, found)


def _decoded(content: bytes) -> str:
    coded = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content.decode(coded, errors="ignore")
