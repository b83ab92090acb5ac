"""Which units count, and which would finish: exact answers from a mixed integer programme.

The programme is that of `rules.combinations`: a column says that a unit counts in one of its groups, another
how much of its credit does, where a maximum may cut it short. Barred units, maxima and minima are rows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from conferral.records.awards.programme import Programme
from conferral.rules.combinations import Line, Part, Structure

Achieved = Mapping[str, bool]
_Known = frozenset[tuple[str, bool]]
FEWEST_UNITS, FEWEST_CREDITS, CHEAPEST = "fewest_units", "fewest_credits", "cheapest"


class Best(NamedTuple):
    """The best legal way to count what is achieved: a pathway, and what each of its lines then has."""

    pathway: str
    have: dict[int, int]


@dataclass(frozen=True)
class Finish:
    """Units that would finish, in the order of the catalogue, in a pathway ("" when there is only one way)."""

    units: tuple[str, ...]
    credits: int
    cost: int
    pathway: str


def best_count(structure: Structure, achieved: Achieved) -> Best:
    """Count the achieved units so that as little as possible is short, over all pathways.

    `achieved` says of each unit whether it was carried over from elsewhere.
    """
    return _best_count(structure, frozenset(structure.counted(achieved).items()))


def finish(
    structure: Structure, achieved: Achieved, aim: str = FEWEST_UNITS, costs: Mapping[str, int] | None = None
) -> Finish | None:
    """The units that would finish with the fewest units, the fewest credits or at the lowest cost; None if none can.

    A unit without a cost costs 1. Of equally good sets the one with fewer units is taken, then the one that
    comes first in the catalogue.
    """
    known = frozenset(structure.counted(achieved).items())
    priced = tuple((part.unit, (costs or {}).get(part.unit, 1)) for part in structure.parts)
    same_price = len({cost for _, cost in priced}) <= 1 and all(cost > 0 for _, cost in priced)
    return _finish(structure, known, FEWEST_UNITS if aim == CHEAPEST and same_price else aim, priced)


def can_finish(structure: Structure, achieved: Achieved) -> bool:
    """Whether some set of units finishes. What was achieved here never stands in the way."""
    limited = any(line.elsewhere for line in structure.lines)
    carried = {unit: True for unit, elsewhere in structure.counted(achieved).items() if elsewhere and limited}
    return finish(structure, carried) is not None


def out_of_reach(structure: Structure, achieved: Achieved) -> list[tuple[Line, int]]:
    """The lines that stay short even with every unit of the catalogue, each with the most it then has."""
    everything = {part.unit: False for part in structure.parts} | structure.counted(achieved)
    best = best_count(structure, everything)
    lines = {line.place: line for line in structure.lines}
    return [(lines[place], have) for place, have in best.have.items() if have < lines[place].minimum]


@lru_cache(maxsize=20_000)
def _best_count(structure: Structure, achieved: _Known) -> Best:
    found = [_count(structure, pathway, dict(achieved)) for pathway in structure.pathways]
    return min(found, key=lambda one: one[0])[1]


def _count(structure: Structure, pathway: str, achieved: dict[str, bool]) -> tuple[int, Best]:
    model = _Model(structure, pathway, achieved, (part for part in structure.parts if part.unit in achieved))
    shortages = model.write_minima_that_may_be_missed()
    model.programme.minimise(shortages)
    missed = model.programme.total(shortages)
    model.programme.row(shortages, most=missed)
    amounts = Counter[int]()
    for line in model.lines:
        amounts.update(model.terms(line))
    model.programme.minimise({column: -amount for column, amount in amounts.items()})
    have = {line.place: model.programme.total(model.terms(line)) for line in model.lines}
    return missed, Best(pathway, have)


@lru_cache(maxsize=20_000)
def _finish(structure: Structure, achieved: _Known, aim: str, costs: tuple[tuple[str, int], ...]) -> Finish | None:
    found = [_finish_in(structure, pathway, dict(achieved), aim, dict(costs)) for pathway in structure.pathways]
    return min((one for one in found if one), key=lambda one: one[0], default=(None, None))[1]


def _finish_in(
    structure: Structure, pathway: str, achieved: dict[str, bool], aim: str, costs: dict[str, int]
) -> tuple[tuple[int, int], Finish] | None:
    model = _Model(structure, pathway, achieved, structure.parts)
    model.write_minima()
    new = [(place, part) for place, part in enumerate(structure.parts) if part.unit not in achieved]
    wanted = model.weighed({part.unit: _weight(part, aim, costs) for _, part in new})
    if aim != FEWEST_UNITS:
        if not model.programme.minimise(wanted):
            return None
        model.programme.row(wanted, most=model.programme.total(wanted))
    # A unit weighs more than all places together, so that fewer units come before earlier ones.
    in_order = model.weighed({part.unit: len(structure.parts) ** 2 + place for place, part in new})
    if not model.programme.minimise(in_order):
        return None
    taken = [part for _, part in new if model.programme.total(model.weighed({part.unit: 1}))]
    units = tuple(part.unit for part in taken)
    done = Finish(units, sum(part.credit for part in taken), sum(costs[unit] for unit in units), pathway)
    return (model.programme.total(wanted), model.programme.total(in_order)), done


def _weight(part: Part, aim: str, costs: Mapping[str, int]) -> int:
    return {FEWEST_UNITS: 1, FEWEST_CREDITS: part.credit, CHEAPEST: costs[part.unit]}[aim]


class _Model:
    """One pathway of a structure as a programme: which parts count where, and how much of their credit."""

    def __init__(self, structure: Structure, pathway: str, achieved: Mapping[str, bool], parts: Iterable[Part]) -> None:
        self.programme, self.lines = Programme(), structure.lines_of(pathway)
        self.achieved, self.parts = achieved, list(parts)
        self.chosen: dict[str, list[int]] = {}
        self.credit: dict[int, dict[int, int]] = {}
        for part in self.parts:
            self._write_part(part)
        for units in structure.barred:
            self._only_one(column for unit in units for column in self.chosen.get(unit, ()))
        for line in self.lines:
            if line.maximum is not None:
                self.programme.row(self.terms(line), most=line.maximum)

    def _write_part(self, part: Part) -> None:
        self.chosen[part.unit] = [self.programme.column() for _ in part.ways]
        self._only_one(self.chosen[part.unit])
        for column, groups in zip(self.chosen[part.unit], part.ways, strict=True):
            self.credit[column] = {column: part.credit}
            if part.credit and self._may_be_cut(part, groups):
                counted = self.programme.column(part.credit)
                self.programme.row({counted: 1, column: -part.credit}, most=0)
                self.credit[column] = {counted: 1}

    def _may_be_cut(self, part: Part, groups: frozenset[str]) -> bool:
        caps = (line for line in self.lines if line.measure == "credits" and line.maximum is not None)
        return any(line.counts(part, groups, self.achieved.get(part.unit, False)) for line in caps)

    def _only_one(self, columns: Iterable[int]) -> None:
        terms = dict.fromkeys(columns, 1)
        if len(terms) > 1:
            self.programme.row(terms, most=1)

    def terms(self, line: Line) -> dict[int, int]:
        """What counts towards a line, as a sum of columns."""
        found: dict[int, int] = {}
        for part, column, groups in self._places():
            if line.counts(part, groups, self.achieved.get(part.unit, False)):
                found |= {column: 1} if line.measure == "units" else self.credit[column]
        return found

    def _places(self) -> Iterator[tuple[Part, int, frozenset[str]]]:
        for part in self.parts:
            yield from ((part, *place) for place in zip(self.chosen[part.unit], part.ways, strict=True))

    def weighed(self, weights: Mapping[str, int]) -> dict[int, int]:
        """A sum of the weights of the units that count."""
        return {column: weight for unit, weight in weights.items() for column in self.chosen[unit]}

    def write_minima(self) -> None:
        """Every minimum is reached."""
        for line in self.lines:
            if line.minimum:
                self.programme.row(self.terms(line), least=line.minimum)

    def write_minima_that_may_be_missed(self) -> dict[int, int]:
        """Every minimum is reached but for a shortage: a weight of 1 for the column of each."""
        shortages = {}
        for line in self.lines:
            if line.minimum:
                short = self.programme.column(line.minimum)
                self.programme.row(self.terms(line) | {short: 1}, least=line.minimum)
                shortages[short] = 1
        return shortages
