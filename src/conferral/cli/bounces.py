"""Reports of mail that came back, on the command line."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from conferral.batch.letters import take_report
from conferral.records.access import acting_as
from conferral.rules.permissions import CLOCK

INPUT = "-"
LARGEST = 1_000_000  # octets of one report that are looked at


def read(names: list[str]) -> dict[str, Any] | str:
    """What each report came to, or a sentence when a file is not there. Nothing is flagged then."""
    missing = [name for name in names if name != INPUT and not Path(name).is_file()]
    if missing:
        return f"There is no file {missing[0]}. Give the path of a mail, or - to read one from the input."
    flagged, known, unknown = 0, 0, []
    for name in names:
        with acting_as(CLOCK):
            came = take_report(_octets(name), at=settings.CLOCK())
        flagged += came.new
        known += came.copy is not None and not came.new
        if came.copy is None:
            unknown.append({"file": name, "text": came.why})
    return {"flagged": flagged, "known": known, "unknown": unknown}


def _octets(name: str) -> bytes:
    if name == INPUT:
        return sys.stdin.buffer.read(LARGEST)
    with Path(name).open("rb") as report:
        return report.read(LARGEST)


def in_words(found: dict[str, Any]) -> str:
    """The same for a person at a terminal."""
    lines = [f"{found['flagged']} addresses flagged, {found['known']} known before."]
    lines += [f"{one['file']}: {one['text']}" for one in found["unknown"]]
    return "\n".join(lines)
