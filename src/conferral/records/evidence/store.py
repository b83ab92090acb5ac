"""Where the bytes of evidence lie: whole files under their hash, never overwritten; arriving ones under a token.

Any number of machines may share the folder. What is in the database is written after the bytes are.
"""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PART = 1024 * 1024


class TooLarge(Exception):
    """More came than was announced or is allowed."""


@dataclass(frozen=True)
class Lying:
    """Bytes in the store: `name` is the hash of what is `kept`, and the token of what arrives. UTC."""

    path: Path
    name: str
    kept: bool
    size: int
    written_at: datetime


@dataclass(frozen=True)
class Store:
    """A folder on a file system. Made when it is first written to."""

    folder: Path

    def arriving(self, token: str) -> Path:
        """Where a file lies until it is whole. Raises ValueError for what is no token."""
        if not (token.isascii() and token.isalnum()):
            raise ValueError(token)
        return self.folder / "arriving" / token

    def length(self, token: str) -> int:
        """How many bytes have come so far."""
        path = self.arriving(token)
        return path.stat().st_size if path.exists() else 0

    def append(self, token: str, parts: Iterable[bytes], *, most: int) -> int:
        """Write parts after those that are there, and give the new length. Raises TooLarge, having kept `most`.

        What came before a connection broke is kept.
        """
        path = self.arriving(token)
        path.parent.mkdir(parents=True, exist_ok=True)
        length = self.length(token)
        with path.open("ab") as file:
            for part in parts:
                kept = part[: most - length]
                file.write(kept)
                length += len(kept)
                if len(kept) < len(part):
                    raise TooLarge(token)
        return length

    def hash(self, token: str) -> str:
        """The SHA-256 of an arriving file, read in parts."""
        with self.arriving(token).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def keep(self, token: str, sha256: str) -> Path:
        """Put an arrived file under its hash too. The same bytes are kept once, and what is there is left alone."""
        path = self.path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        source, whole = self.arriving(token), self.arriving(f"{token}copy")
        with source.open("rb") as file:
            os.fsync(file.fileno())
        try:
            os.link(source, path)  # atomic, and refuses to replace
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not path.exists():
                shutil.copyfile(source, whole)
                os.replace(whole, path)
        path.chmod(0o440)
        return path

    def drop(self, token: str) -> None:
        """Forget an arriving file."""
        self.arriving(token).unlink(missing_ok=True)

    def lying(self) -> Iterator[Lying]:
        """All bytes that arrive or are kept, without what may be drawn or joined anew. In no order."""
        for path in self.folder.glob("arriving/*"):
            yield from _lying(path, kept=False)
        for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            yield from _lying(path, kept=True)

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would. Raises ValueError for what is no hash."""
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ValueError(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def free(self) -> int:
        """Bytes that the file system has left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.folder).free

    def bundle(self, key: str) -> Path:
        """Where the joined files of a candidate lie once they were asked for; may be thrown away at any time."""
        return self.folder / "bundles" / self.path(key).name[:2] / f"{key}.pdf"

    def drawn(self, sha256: str, page: int) -> Path:
        """Where a page lies once it has been drawn anew; may be thrown away at any time."""
        return self.folder / "drawn" / self.path(sha256).name[:2] / f"{sha256}-{page}.jpg"


def _lying(path: Path, *, kept: bool) -> Iterator[Lying]:
    """One file, unless it goes in this moment."""
    with suppress(FileNotFoundError):
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            written_at = datetime.fromtimestamp(found.st_mtime, UTC)
            yield Lying(path, path.name, kept, found.st_size, written_at)
