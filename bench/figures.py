"""One figure of the table, and the table."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
HEADINGS = ("What", "Under which conditions", "Figure", "Goal", "Met")


@dataclass(frozen=True)
class Figure:
    """One measured number with its unit. `met` is None where there is no goal."""

    what: str
    conditions: str
    value: str
    goal: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line of the table."""
        met = {None: "", True: "yes", False: "**no**"}[self.met]
        return self.what, self.conditions, self.value, self.goal, met


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(figure.cells for figure in figures)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def keep(measure: str, report: str, readme: Path = README) -> None:
    """Put the report of one measure between its markers in the README, in place of the last one.

    A measure that has none yet comes last. Reports of other measures stay as they are.
    """
    before, _, rest = readme.read_text("utf-8").partition(BEGIN)
    kept, _, after = rest.partition(END)
    first, last = f"<!-- {measure} -->", f"<!-- end of {measure} -->"
    if first not in kept:
        kept = f"{kept.rstrip()}\n\n{first}\n{last}\n\n"
    above, _, rest = kept.partition(first)
    _, _, below = rest.partition(last)
    readme.write_text(f"{before}{BEGIN}{above}{first}\n\n{report}\n\n{last}{below}{END}{after}", "utf-8")


def p95(seconds: Sequence[float]) -> float:
    """The time within which 95 of 100 stayed (nearest rank)."""
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def rate(number: float, seconds: float, unit: str) -> str:
    """How many a second, to three figures."""
    return f"{number / seconds:,.0f} {unit}/s" if number / seconds >= 100 else f"{number / seconds:.3g} {unit}/s"
