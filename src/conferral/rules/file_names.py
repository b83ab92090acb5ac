"""The name under which a file is shown: what a person wrote, without what could deceive or harm."""

import unicodedata

LONGEST = 120


def shown_name(written: str) -> str:
    """The last part of the name, composed (NFC), without folders, control or direction characters, at most 120 long.

    The ending is kept when the rest is cut. A name of which nothing is left is shown as `unnamed`.
    """
    last = written.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    plain = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in unicodedata.normalize("NFC", last))
    name = " ".join(plain.split()).lstrip(".")
    if len(name) > LONGEST:
        stem, dot, ending = name.rpartition(".")
        short = len(ending) <= 10 and stem
        name = f"{stem[: LONGEST - len(ending) - 2]}…{dot}{ending}" if short else f"{name[: LONGEST - 1]}…"
    return name or "unnamed"
