"""How many marks are looked at, which ones, and what that shows: exact counts, drawn from a seed that is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import comb, sqrt
from typing import Any

from conferral.rules.policies import policy
from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, holds, present

ALL, FIXED, RISK = METHODS = ("all", "fixed", "risk")
Z = 1.959963984540054  # 95% of a normal distribution lie within


@dataclass(frozen=True)
class Marked:
    """One claimed unit that may be looked at: its number, who assessed it, and which unit it is."""

    number: int
    assessor: int
    unit: str


@dataclass(frozen=True)
class Agreement:
    """How often moderators confirmed what an assessor had judged, of the marks that somebody looked at."""

    confirmed: int
    decided: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the rate, after Wilson; from 0 to 1 while nothing is decided."""
        if not self.decided:
            return 0.0, 1.0
        rate, size = self.confirmed / self.decided, self.decided
        middle = rate + Z * Z / (2 * size)
        reach = Z * sqrt(rate * (1 - rate) / size + Z * Z / (4 * size * size))
        whole = 1 + Z * Z / size
        return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


@dataclass(frozen=True)
class Size:
    """How many of an assessor's marks are looked at, and what stays unseen at most. Shares and chances in per cent.

    `wrong` is the least number of wrong marks that is more than the tolerated share.
    """

    marks: int
    sampled: int
    tolerated: int
    confidence: int
    wrong: int


def chance_of_missing(marks: int, wrong: int, sampled: int) -> float:
    """The chance that none of some wrong marks is in a sample drawn without putting back: hypergeometric, exact."""
    return comb(marks - wrong, sampled) / comb(marks, sampled)


def size_for(marks: int, *, tolerated: int, confidence: int) -> Size:
    """The smallest sample that shows a wrong mark with the confidence, if more than the tolerated share are wrong.

    Counted in whole numbers, so that no rounding decides. `marks` is at least 1.
    """
    wrong = marks * tolerated // 100 + 1
    least = next(
        sampled
        for sampled in range(1, marks + 1)
        if 100 * comb(marks - wrong, sampled) <= (100 - confidence) * comb(marks, sampled)
    )
    return Size(marks, least, tolerated, confidence, wrong)


def tolerated_share(known: Agreement) -> int:
    """What share of wrong marks may go unseen, by how far an assessor was agreed with before."""
    if known.decided < policy("marks_to_know_an_assessor"):
        return policy("tolerated_share_usual")
    low, _ = known.interval
    if 100 * known.confirmed < policy("agreement_expected") * known.decided:
        return policy("tolerated_share_at_risk")
    trusted = 100 * low >= policy("agreement_expected")
    return policy("tolerated_share_trusted") if trusted else policy("tolerated_share_usual")


def sizes(marks: Iterable[Marked], known: Mapping[int, Agreement]) -> dict[int, Size]:
    """The size of each assessor's part of a sample by risk."""
    of = _by_assessor(marks)
    confidence = policy("confidence_of_sample")
    return {
        who: size_for(len(theirs), tolerated=tolerated_share(known.get(who, Agreement(0, 0))), confidence=confidence)
        for who, theirs in of.items()
    }


def draw(
    marks: Sequence[Marked], seed: str, *, method: str, each: int = 1, known: Mapping[int, Agreement] | None = None
) -> dict[int, str]:
    """Which marks are looked at, each with why. The same marks and seed give the same sample.

    All of them; `each` of every assessor and unit; or by risk, at least one of every assessor and unit.
    """
    if method == ALL:
        return {one.number: "Every unit is looked at" for one in marks}
    least = each if method == FIXED else 1
    words = f"{least} of each assessor and unit"
    chosen = {one.number: words for group in _groups(marks) for one in _first(group, seed, least)}
    if method == RISK:
        wanted = sizes(marks, known or {})
        for who, theirs in _by_assessor(marks).items():
            left = [one for one in theirs if one.number not in chosen]
            more = wanted[who].sampled - (len(theirs) - len(left))
            chosen |= {one.number: "Drawn by risk" for one in _first(left, seed, max(0, more))}
    return chosen


def _by_assessor(marks: Iterable[Marked]) -> dict[int, list[Marked]]:
    of: dict[int, list[Marked]] = {}
    for one in marks:
        of.setdefault(one.assessor, []).append(one)
    return of


def _groups(marks: Iterable[Marked]) -> list[list[Marked]]:
    of: dict[tuple[int, str], list[Marked]] = {}
    for one in marks:
        of.setdefault((one.assessor, one.unit), []).append(one)
    return list(of.values())


def _first(marks: Iterable[Marked], seed: str, count: int) -> list[Marked]:
    """The first few in an order that only the seed decides."""
    return sorted(marks, key=lambda one: sha256(f"{seed}:{one.number}".encode()).hexdigest())[:count]


@rule(
    "sample-drawn-already",
    subject="sample",
    clause="house",
    refuse="A sample of this claim has been drawn.",
    remedy="Extend it, with a reason. It is never drawn again.",
    reading="Whoever may draw until the sample is convenient has not drawn one.",
    decided_by="house",
)
def sample_drawn_already(sample: Any) -> Any:
    """A sample is drawn once."""
    return holds(sample.drawn)


@rule(
    "sample-after-decisions",
    subject="sample",
    clause="house",
    needs=("decided",),
    refuse="{decided} units of this claim are decided, so a sample would no longer be drawn blind.",
    remedy="Decide the others one by one.",
)
def sample_after_decisions(sample: Any) -> Any:
    """A sample is drawn before anything is decided."""
    return after(sample.decided, 0)


@rule(
    "sample-extended-without-reason",
    subject="sample_extension",
    about="reason",
    clause="house",
    refuse="It doesn’t say why more is looked at.",
    remedy="Write what you found, or what you doubt.",
)
def sample_extended_without_reason(extension: Any) -> Any:
    """Whoever extends a sample says why."""
    return absent(extension.reason)


@rule(
    "sample-extended-by-nothing",
    subject="sample_extension",
    about="added",
    clause="house",
    refuse="Every unit of this assessor is in the sample.",
    remedy="Choose another assessor, or decide what is in the sample.",
)
def sample_extended_by_nothing(extension: Any) -> Any:
    """An extension adds at least one unit."""
    return absent(extension.added)


@rule(
    "sample-not-decided",
    subject="by_sample",
    clause="house",
    needs=("undecided",),
    refuse="{undecided} units of the sample have no decision yet.",
    remedy="Decide them first: what is outside follows from what is inside.",
)
def sample_not_decided(sample: Any) -> Any:
    """Nothing is confirmed by a sample before all of it is decided."""
    return after(sample.undecided, 0)


@rule(
    "sample-without-units-outside",
    subject="by_sample",
    clause="house",
    refuse="Nothing outside the sample waits for a decision.",
    remedy="Write the report: nothing else waits.",
)
def sample_without_units_outside(sample: Any) -> Any:
    """A sample confirms the units outside it, where there are some."""
    return absent(sample.outside)


@rule(
    "sample-found-errors",
    subject="by_sample",
    clause="house",
    needs=("wrong_of",),
    refuse="In the sample of {wrong_of} not everything was confirmed, so the rest can’t be confirmed by it.",
    remedy="Extend the sample by this assessor’s other units, or withdraw them all.",
    rulebook=("R58",),
)
def sample_found_errors(sample: Any) -> Any:
    """The other units of an assessor are confirmed by sample only when every sampled one was confirmed."""
    return present(sample.wrong_of)
