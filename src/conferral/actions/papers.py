"""Papers as tagged, archivable PDFs: a template of ours filled with words that anybody may have written."""

import re
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

STANDARDS = ["a-2a", "ua-1"]
# What stands where a sign can't be shown.
INSTEAD = "\N{REPLACEMENT CHARACTER}"
_MOST_SIGNS = 100
_NOT_SHOWN = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed', re.DOTALL)
_NOT_ALLOWED = re.compile(r'codepoint `"\\u\{(?P<hex>[0-9a-f]+)\}"`')
_one_at_a_time = Lock()


@lru_cache(maxsize=64)
def paper(template: Path, name: str, words: str, made: int) -> bytes:
    """A template as PDF/A-2a and PDF/UA-1, with `words`, JSON as it was written, under a name.

    An archivable paper may hold no sign that none of the fonts at hand shows, such as an emoji in a name: it is shown
    as a replacement mark, and what is not allowed at all is left out. The same words and fonts give the same bytes.
    Raises typst.TypstError for any other fault.
    """
    how: Any = {"format": "pdf", "pdf_standards": STANDARDS, "timestamp": made}
    with _one_at_a_time:  # a compiler serves one thread at a time
        for _ in range(_MOST_SIGNS):
            try:
                made_of_words: Any = _compiler(template).compile(sys_inputs={name: words}, **how)
                return bytes(made_of_words)
            except typst.TypstError as fault:
                words = _without(words, fault)
        raise ValueError(f"More than {_MOST_SIGNS} signs of {template.name} can’t be shown.")


def _without(words: str, fault: typst.TypstError) -> str:
    """The words without what a fault is about."""
    shown, allowed = _NOT_SHOWN.search(str(fault)), _NOT_ALLOWED.search(str(fault))
    sign = shown["text"] if shown else chr(int(allowed["hex"], 16)) if allowed else ""
    if not sign or sign not in words:
        raise fault
    return words.replace(sign, INSTEAD if shown else "")


@cache
def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(str(template), root=str(template.parent))
