"""Samples and agreement rates in words."""

from collections.abc import Iterable
from typing import Any

from conferral.pages.templatetags.parts import counted
from conferral.records.samples.queries import OfAssessor
from conferral.rules.policies import policy

METHOD_WORDS = {"all": "every unit", "fixed": "a fixed number", "risk": "drawn by risk"}


def size_words(marks: int, sampled: int, wrong: int, tolerated: int, confidence: int) -> str:
    """What a sample by risk shows of one assessor."""
    if sampled == marks:
        return f"All of {counted(marks, 'mark')}: with so few, nothing less gives {confidence}% confidence."
    return (
        f"{sampled} of {counted(marks, 'mark')}: if {wrong} or more were wrong, which is over {tolerated} in 100, at "
        f"least one would be seen with {confidence}% confidence."
    )


def agreement_rows(found: Iterable[OfAssessor]) -> list[dict[str, Any]]:
    """How often each assessor is agreed with, with the interval of the rate in whole per cent."""
    rows = []
    for one in found:
        low, high = one.agreement.interval
        rate = 100 * one.agreement.confirmed / one.agreement.decided
        rows.append(
            {
                "name": one.name,
                "counts": f"{one.agreement.confirmed} of {one.agreement.decided}",
                "interval": f"{round(100 * low)} to {round(100 * high)}%",
                "share": round(rate),
                "low": rate < policy("agreement_expected"),
            }
        )
    return rows
