"""Rules of combination as they are judged: what counts where, and each line in words.

What counts: of the achieved units, some are counted, each with as much of its credit as may count. A unit
counts in one of the groups that list it (in all of them when it counts once), and in the groups around those.
Of barred units one counts. No maximum is exceeded: credit beyond it is left out, and where a maximum counts
units, whole units are. The combination is met when the counted units reach every minimum of no pathway and of
one pathway. Having more than is asked never does harm. An unknown credit counts as none, an unknown level as
below every level.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from conferral.rules.packs.shape import WHOLE, Combination, Unit


@dataclass(frozen=True)
class Part:
    """A unit as it counts. A path names the groups around it, from the outermost; one for each listing group.

    `once`: it counts in every path, and once in the whole. Otherwise it counts in one path.
    """

    unit: str
    level: int | None
    credit: int
    paths: tuple[tuple[str, ...], ...]
    once: bool = False

    @property
    def ways(self) -> tuple[frozenset[str], ...]:
        """The sets of groups in which it can count."""
        if self.once:
            return (frozenset(name for path in self.paths for name in path),)
        return tuple(frozenset(path) for path in self.paths)


@dataclass(frozen=True)
class Line:
    """One constraint. The group "" is the whole; no maximum means no cap; the pathway "" means all of them."""

    place: int
    group: str
    measure: str
    level_at_least: int | None
    minimum: int
    maximum: int | None
    pathway: str = ""
    elsewhere: bool = False

    def counts(self, part: Part, groups: frozenset[str], elsewhere: bool) -> bool:
        """Whether a part that counts in those groups counts towards this line."""
        high = self.level_at_least is None or (part.level is not None and part.level >= self.level_at_least)
        return high and (not self.group or self.group in groups) and (elsewhere or not self.elsewhere)


@dataclass(frozen=True)
class Structure:
    """The whole rule of combination of a scheme. `counts_as` pairs a unit with the one as which it counts."""

    parts: tuple[Part, ...]
    lines: tuple[Line, ...]
    pathways: tuple[str, ...] = ("",)
    barred: tuple[tuple[str, ...], ...] = ()
    counts_as: tuple[tuple[str, str], ...] = ()

    def lines_of(self, pathway: str) -> tuple[Line, ...]:
        """The lines that hold together in one pathway, in order."""
        return tuple(line for line in self.lines if line.pathway in ("", pathway))

    def counted(self, achieved: Mapping[str, bool]) -> dict[str, bool]:
        """The achieved units as they count, with whether each was carried over from elsewhere.

        What was achieved here and elsewhere counts as achieved here; what is in no group does not count.
        """
        stands_for, known = dict(self.counts_as), {part.unit for part in self.parts}
        found: dict[str, bool] = {}
        for unit, elsewhere in achieved.items():
            root = stands_for.get(unit, unit)
            if root in known:
                found[root] = found.get(root, True) and elsewhere
        return found


def structure_of(combination: Combination, units: Mapping[str, Unit]) -> Structure:
    """The structure that a pack without refused faults describes."""
    paths = paths_of(combination)
    return Structure(
        parts=tuple(
            Part(code, units[code].level, units[code].credit or 0, found, code in combination.counts_once)
            for code, found in paths.items()
        ),
        lines=tuple(
            Line(
                place, "" if row.group == WHOLE else row.group, row.measure, row.level_at_least,
                row.minimum or 0, row.maximum, row.pathway, row.elsewhere,
            )
            for place, row in enumerate(combination.constraints, 1)
        ),
        pathways=tuple(pathway.name for pathway in combination.pathways) or ("",),
        barred=tuple(tuple(sorted(barred.units)) for barred in combination.barred),
        counts_as=tuple(sorted(roots_of(combination).items())),
    )  # fmt: skip


def paths_of(combination: Combination) -> dict[str, tuple[tuple[str, ...], ...]]:
    """For each unit in a group, the paths to it, in the order of the pack."""
    within = {group.name: group.within for group in combination.groups}
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for group in combination.groups:
        path = tuple(reversed(list(_around(group.name, within))))
        for code in group.units:
            found[code] = (*found.get(code, ()), path)
    return found


def roots_of(combination: Combination) -> dict[str, str]:
    """For each unit that counts as another, the one at the end of the chain."""
    counts_as = {one.unit: one.counts_as for one in combination.equivalents}
    return {code: list(_around(code, counts_as))[-1] for code in counts_as}


def _around(name: str, onward: Mapping[str, str]) -> Iterator[str]:
    while name:
        yield name
        name = onward.get(name, "")


def chooses(line: Line, structure: Structure) -> bool:
    """Whether having more than the line's maximum leaves a choice of what counts.

    Where it does not, as much as the maximum counts, highest level first, and no other line suffers.
    """
    if line.maximum is None:
        return False
    plain = line.measure == "credits" and line.level_at_least is None and bool(line.group) and not line.elsewhere
    flat = all(len(path) == 1 for part in structure.parts for path in part.paths)
    return not plain or not flat or any(part.once for part in structure.parts)


def group_in_words(name: str, titles: Mapping[str, str]) -> str:
    """A group as it is named in a sentence: by its letter, else by its title."""
    return f"group {name}" if len(name) <= 2 else titles.get(name) or name


def line_in_words(line: Line, titles: Mapping[str, str]) -> str:
    """What one line asks, as a sentence. The pathway is not said."""
    bounds = []
    if line.minimum:
        bounds.append(f"at least {_amount(line.minimum, line.measure)}")
    if line.maximum is not None:
        bounds.append(f"at most {_amount(line.maximum, line.measure)}")
    level = f" at level {line.level_at_least} or above" if line.level_at_least else ""
    carried = " carried over from elsewhere" if line.elsewhere else ""
    where = f" from {group_in_words(line.group, titles)}" if line.group else "" if line.elsewhere else " in all"
    words = f"{' and '.join(bounds) or f'any {line.measure}'}{level}{carried}{where}"
    return f"{words[0].upper()}{words[1:]}."


def structure_in_words(structure: Structure, titles: Mapping[str, str]) -> list[str]:
    """The whole combination, a sentence a line; `titles` names its groups and pathways."""
    said = [line_in_words(line, titles) for line in structure.lines if not line.pathway]
    said += _nested(structure, titles)
    ways = [titles.get(pathway, pathway) for pathway in structure.pathways if pathway]
    said += [f"One pathway is enough: {_listed(ways, 'or')}."] if len(ways) > 1 else []
    for pathway in filter(None, structure.pathways):
        lines = (line_in_words(line, titles) for line in structure.lines if line.pathway == pathway)
        said += [f"Pathway {titles.get(pathway, pathway)}: {words}" for words in lines]
    said += [f"Of {_listed(units)} only one counts." for units in structure.barred]
    said += [f"{unit} counts as {root}." for unit, root in structure.counts_as]
    for part in structure.parts:
        groups = _listed([group_in_words(path[-1], titles) for path in part.paths])
        if part.once:
            said.append(f"{part.unit} counts in {groups}, and once in all.")
        elif len(part.paths) > 1:
            said.append(f"{part.unit} counts in one of {groups}.")
    return said


def _nested(structure: Structure, titles: Mapping[str, str]) -> list[str]:
    """A sentence for each group that has others within it; what counts in those counts in it too."""
    inner: dict[str, dict[str, None]] = {}
    for path in (path for part in structure.parts for path in part.paths):
        for outer, group in pairwise(path):
            inner.setdefault(outer, {})[group_in_words(group, titles)] = None
    named = [(_listed(found), len(found), group_in_words(outer, titles)) for outer, found in inner.items()]
    return [
        f"{found[0].upper()}{found[1:]} {'lies' if count == 1 else 'lie'} within {outer} and "
        f"{'counts' if count == 1 else 'count'} in it too."
        for found, count, outer in named
    ]


def shortage_in_words(line: Line, have: int, titles: Mapping[str, str]) -> str:
    """What a line is short of, as a phrase."""
    where = f" from {group_in_words(line.group, titles)}" if line.group else ""
    level = f" at level {line.level_at_least} or above" if line.level_at_least else ""
    short = line.minimum - have
    return f"{short} more {line.measure if short != 1 else line.measure.removesuffix('s')}{where}{level}"


def _amount(count: int, measure: str) -> str:
    return f"{count} {measure if count != 1 else measure.removesuffix('s')}"


def _listed(words: Iterable[str], joined: str = "and") -> str:
    *first, last = words
    return f"{', '.join(first)} {joined} {last}" if first else last
