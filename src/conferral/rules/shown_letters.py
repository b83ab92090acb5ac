"""Which letters a certificate shows, and of a name the first that it doesn’t."""

import unicodedata
from functools import cache
from importlib import resources

FILE = "shown_letters.txt"


@cache
def shown_letters() -> frozenset[int]:
    """The code points that a certificate shows, as `python -m tools.letters` took them from the fonts."""
    lines = resources.files(__package__).joinpath(FILE).read_text("ascii").splitlines()
    ranges = [line.split("-") for line in lines if line and not line.startswith("#")]
    return frozenset(point for ends in ranges for point in range(int(ends[0], 16), int(ends[-1], 16) + 1))


def unshown_letter(name: str | None) -> str | None:
    """The first letter of a name that no font of a certificate shows, with its place; None when all are shown.

    Composed (NFC) first, as names are kept: a mark that can't be put together with its letter counts as its own sign.
    A mark doesn't count as a letter of the name when places are counted, and spaces do.
    """
    if not name or (name.isascii() and name.isprintable()):
        return None
    letters = unicodedata.normalize("NFC", name)
    for place, letter in enumerate(letters):
        if ord(letter) not in shown_letters() and not letter.isspace():
            called = unicodedata.name(letter, "a sign without a name").lower()
            before = sum(1 for one in letters[:place] if not unicodedata.combining(one))
            return f"“{letter}” (U+{ord(letter):04X}, {called}), letter {before + 1}"
    return None
