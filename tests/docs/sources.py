"""What a clause may cite: the sources and places of docs/domain/sources.md."""

import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "docs" / "domain" / "sources.md").read_text("utf-8")
SOURCES = set(re.findall(r"^\| `([a-z0-9-]+)` \|", TEXT, re.MULTILINE))
_COUNTED = {
    id: set(re.findall(r"\| ([pq]\d+[ab]?) \|", section))
    for id, section in re.findall(r"## Places in `([a-z0-9-]+)`(.*?)(?=\n## )", TEXT, re.DOTALL)
}


def known_clause(clause):
    """Whether a clause names a source, and places of it that are counted there."""
    source, *places = clause.split()
    return source in SOURCES and set(places) <= _COUNTED.get(source, set(places))
