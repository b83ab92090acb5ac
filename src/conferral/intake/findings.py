"""What was found in one file."""

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_TEXT = 500_000  # characters kept for reading and for the depth advice


@dataclass
class Findings:
    """`kind` is told by the content alone, None when it is none we know; `also` is a second format the file is in.

    `acts` says what the file would do by itself when opened, `links` how many links wait for a click. Of an archive:
    `unpacked` bytes, `ratio` of its most packed large entry, `entries`, `depth` of archives in archives.
    """

    kind: str | None = None
    also: str | None = None
    encrypted: bool = False
    damaged: bool = False
    macros: bool = False
    acts: list[str] = field(default_factory=list)
    links: int = 0
    unpacked: int | None = None
    ratio: int | None = None
    entries: int | None = None
    depth: int | None = None
    pages: int | None = None
    text: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Everything, the text cut to what is kept."""
        return asdict(self) | {"text": cut(self.text)}

    def would(self, what: str) -> None:
        """Note once that the file would do something."""
        if what not in self.acts:
            self.acts.append(what)


def cut(pages: list[str]) -> list[str]:
    """The pages as far as `MOST_TEXT` characters reach, without characters that no text has."""
    kept, left = [], MOST_TEXT
    for page in pages:
        kept.append("".join(one for one in page[:left] if one in "\n\t" or one.isprintable()))
        left -= len(page)
        if left <= 0:
            break
    return kept
