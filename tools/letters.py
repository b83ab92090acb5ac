"""`python -m tools.letters` writes the list of letters that certificates show, taken from the fonts they are set in.

The list is of the name's own font in its own weight, as it comes with the compiler and so is the same on every machine:
what a fallback font of one machine shows, another may not. A name of letters of one font never falls apart either,
whatever marks stand on them.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import typst

LIST = Path(__file__).resolve().parents[1] / "src/conferral/rules/shown_letters.txt"
HEAD = "# Code points that a certificate shows, in Libertinus Serif Bold. Written by tools/letters.py.\n"
SOURCE = b"""#set page(width: auto, height: auto)
#set text(font: "Libertinus Serif", weight: "bold", lang: "en", fallback: false)
#for letter in json(bytes(sys.inputs.letters)) [|#text(letter)| \\ ]
"""
NOBODYS = "\ue123"  # of the area for private use: no font of ours has a sign for it
AT_ONCE = 2000


def shown() -> list[int]:
    """The code points, in order, that the fonts of a certificate show."""
    asked = [chr(point) for point in range(0x21, sys.maxunicode) if unicodedata.category(chr(point))[0] in "LMNPS"]
    bar, missing = _signs([NOBODYS])[:2]
    found = [letter for start in range(0, len(asked), AT_ONCE)
             for letter in _shown(asked[start : start + AT_ONCE], bar, missing)]  # fmt: skip
    return sorted(map(ord, found))


def _shown(letters: list[str], bar: str, missing: str) -> Iterator[str]:
    """Of some letters those whose signs are drawn. Where letters melt with the bars about them they are asked apart."""
    drawn = _between(_signs(letters), bar)
    if letters == ["|"]:  # the bar itself
        yield from letters
    elif len(drawn) == len(letters):
        yield from (letter for letter, signs in zip(letters, drawn, strict=True) if signs and missing not in signs)
    elif len(letters) > 1:
        half = len(letters) // 2
        yield from _shown(letters[:half], bar, missing)
        yield from _shown(letters[half:], bar, missing)


def _signs(letters: Iterable[str]) -> list[str]:
    """The signs that are drawn, a mark on a letter that can bear it."""
    words = json.dumps(["a" + one if unicodedata.category(one)[0] == "M" else one for one in letters])
    compiler = typst.Compiler(SOURCE, ignore_system_fonts=True)
    drawn = bytes(compiler.compile(format="svg", sys_inputs={"letters": words})).decode()
    return re.findall(r'<use [^>]*href="#(g[^"]*)"', drawn)


def _between(signs: list[str], bar: str) -> list[list[str]]:
    found: list[list[str]] = []
    inside = False
    for sign in signs:
        if sign == bar:
            inside = not inside
            if inside:
                found.append([])
        elif inside:
            found[-1].append(sign)
    return found


def written(points: Iterable[int]) -> str:
    """The list as it is kept: a range of code points to a line."""
    ranges: list[list[int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return HEAD + "".join(f"{a:04X}\n" if a == b else f"{a:04X}-{b:04X}\n" for a, b in ranges)


if __name__ == "__main__":
    LIST.write_text(written(shown()), "ascii")
