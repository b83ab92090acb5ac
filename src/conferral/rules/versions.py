"""Comparing two versions of a document, section by section and word by word. Pure text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

NEW, CHANGED, GONE = "new", "changed", "gone"
MOST_WORDS = 3000  # beyond that, comparing word by word takes too long for a page


@dataclass(frozen=True)
class Part:
    """A section as it is compared: its anchor, what it is called, and its text."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Run:
    """Words that stayed, came ("new") or went ("gone")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A section that differs. `runs` is empty when it is too long to compare word by word."""

    part: Part
    kind: str
    runs: tuple[Run, ...] = ()


def differences(before: Sequence[Part], after: Sequence[Part]) -> tuple[Difference, ...]:
    """The sections that are new, changed (title or text) or gone, in the order of the later version, gone ones last."""
    earlier = {part.anchor: part for part in before}
    found = []
    for part in after:
        old = earlier.pop(part.anchor, None)
        if old is None:
            found.append(Difference(part, NEW))
        elif (old.title, old.text) != (part.title, part.text):
            found.append(Difference(part, CHANGED, word_by_word(old.text, part.text)))
    return (*found, *(Difference(part, GONE) for part in earlier.values()))


def word_by_word(before: str, after: str) -> tuple[Run, ...]:
    """What stayed, went and came, with its spaces; () when either text is too long."""
    old, new = (re.findall(r"\S+\s*|^\s+", text) for text in (before, after))
    if max(len(old), len(new)) > MOST_WORDS:
        return ()
    runs = []
    was, now = ([word.rstrip() for word in words] for words in (old, new))
    for kind, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append(Run("", "".join(new[k:m])))
            continue
        runs += [Run(GONE, "".join(old[i:j]))] * (j > i) + [Run(NEW, "".join(new[k:m]))] * (m > k)
    return tuple(runs)
