"""Which registrations count alike, so that a rule of combination is worked out once for all of them.

Achieved units are bits in words. Where nothing is to be chosen, only two numbers matter of the units in
the same groups and above the same levels: how many there are, and their credit. Registrations with the same
numbers count alike. Where something is to be chosen, those with the same units do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow
from ibis import Table

from conferral.batch.catalogue import NUMBER, TEXT, table_of
from conferral.rules.combinations import Part, Structure, chooses

WORD = 62  # bits
ONE_UNIT = 1 << 16  # more than all the credit of a scheme


@ibis.udf.scalar.builtin(name="bit_count")
def _bit_count(word: int) -> dt.int8:
    """How many bits are set."""


@ibis.udf.agg.builtin(name="bit_or")
def bits_of(words: int) -> int:
    """Every bit that is set in one of the words at least."""


@dataclass(frozen=True)
class Alike:
    """Bits and masks of some structures. `words` is how many a scheme needs, `kinds` how many kinds of units."""

    structures: Mapping[str, Structure]
    words: int
    kinds: int
    planes: int
    width: int

    @property
    def limits_elsewhere(self) -> bool:
        """Whether it matters in some scheme what was carried over from elsewhere."""
        return any(line.elsewhere for structure in self.structures.values() for line in structure.lines)

    @property
    def mostly_in_one_scheme(self) -> bool:
        """Whether units are in so few schemes that an achievement may be looked up in all of them."""
        listed = [unit for structure in self.structures.values() for unit in places(structure)]
        return len(listed) <= 2 * len(set(listed))

    @property
    def bits(self) -> pyarrow.Table:
        """For each unit of a scheme, its bit: `bit_0` and so on. A unit that counts as another has that one's."""
        columns = {"scheme": TEXT, "unit": TEXT} | {f"bit_{word}": NUMBER for word in range(self.words)}
        rows = (
            (scheme, unit, *self._words(1 << place))
            for scheme, structure in self.structures.items()
            for unit, place in places(structure).items()
        )
        return table_of(columns, rows)

    @property
    def masks(self) -> pyarrow.Table:
        """For each scheme, the bits to count for each kind of units, and those that matter one by one."""
        columns = {"scheme": TEXT} | {f"single_{word}": NUMBER for word in range(self.words)}
        columns |= {name: NUMBER for name, _ in self._counts()}
        return table_of(columns, (self._masks_of(*one) for one in self.structures.items()))

    @property
    def key(self) -> list[str]:
        """The columns in which registrations for the same scheme that count alike agree."""
        single = [f"single_{name}_{word}" for name in ("achieved", "carried") for word in range(self.words)]
        return [f"kind_{kind}" for kind in range(self.kinds)] + (single if self.has_single else [])

    @property
    def has_single(self) -> bool:
        """Whether units matter one by one in some scheme."""
        return not all(kinds_of(structure) for structure in self.structures.values())

    def key_of(self, table: Table, achieved: list[Any], carried: list[Any]) -> dict[str, Any]:
        """The key of each row of a table that has the masks, from its words of achieved and carried units."""
        kinds = {f"kind_{kind}": self._counted(table, kind, achieved) for kind in range(self.kinds)}
        for word in range(self.words) if self.has_single else ():
            kinds[f"single_achieved_{word}"] = achieved[word] & table[f"single_{word}"]
            kinds[f"single_carried_{word}"] = carried[word] & table[f"single_{word}"]
        return kinds

    def _counted(self, table: Table, kind: int, achieved: list[Any]) -> Any:
        """Units and credit of one kind in one number."""
        return reduce(
            add,
            (
                _bit_count(achieved[word] & table[f"mask_{kind}_{plane}_{word}"]).cast("int64") * _worth(plane)
                for plane in range(self.planes)
                for word in range(self.words)
            ),
        )

    def _counts(self) -> Iterator[tuple[str, tuple[int, int, int]]]:
        for kind in range(self.kinds):
            for plane in range(self.planes):
                for word in range(self.words):
                    yield f"mask_{kind}_{plane}_{word}", (kind, plane, word)

    def _masks_of(self, scheme: str, structure: Structure) -> tuple[Any, ...]:
        place, kinds = places(structure), kinds_of(structure)
        every = 0 if kinds else sum({1 << at for at in place.values()})
        masks = [
            [self._words(sum(1 << place[part.unit] for part in kind if _in_plane(part, plane)))
             for plane in range(self.planes)]
            for kind in kinds
        ]  # fmt: skip
        counted = (masks[kind][plane][word] if kind < len(kinds) else 0 for _, (kind, plane, word) in self._counts())
        return scheme, *self._words(every), *counted

    def _words(self, bits: int) -> list[int]:
        return [bits >> self.width * word & (1 << self.width) - 1 for word in range(self.words)]

    def units(self, row: Mapping[str, Any]) -> dict[str, bool]:
        """The units of a sample as they count, with whether each was carried over from elsewhere."""
        achieved, carried = (
            sum(row[f"{name}_{word}"] << self.width * word for word in range(self.words))
            for name in ("achieved", "carried")
        )
        parts = enumerate(self.structures[row["scheme"]].parts)
        return {part.unit: bool(carried >> place & 1) for place, part in parts if achieved >> place & 1}


def alike(structures: Mapping[str, Structure], width: int = WORD) -> Alike:
    """Bits and masks for registrations in these schemes, in words of so many bits."""
    parts = [part for structure in structures.values() for part in structure.parts]
    return Alike(
        structures,
        words=max((-(-len(structure.parts) // width) for structure in structures.values()), default=1) or 1,
        kinds=max((len(kinds_of(structure)) for structure in structures.values()), default=0),
        planes=1 + max((part.credit.bit_length() for part in parts), default=0),
        width=width,
    )


def places(structure: Structure) -> dict[str, int]:
    """The place of each unit's bit. What is in no group has none: it does not count."""
    own = {part.unit: place for place, part in enumerate(structure.parts)}
    return own | {unit: own[root] for unit, root in structure.counts_as if root in own}


def kinds_of(structure: Structure) -> list[list[Part]]:
    """The units by what they count towards; none where each matters by itself."""
    if _chooses(structure) or sum(part.credit for part in structure.parts) >= ONE_UNIT:
        return []
    levels = sorted({line.level_at_least for line in structure.lines if line.level_at_least is not None})
    kinds: dict[Any, list[Part]] = {}
    for part in structure.parts:
        high = tuple(part.level is not None and part.level >= level for level in levels)
        kinds.setdefault((part.paths, high, part.unit if part.once else ""), []).append(part)
    return list(kinds.values())


def _chooses(structure: Structure) -> bool:
    """Whether what counts depends on more than the units' groups, levels and credit."""
    several = any(len(part.paths) > 1 and not part.once for part in structure.parts)
    limited = any(line.elsewhere or chooses(line, structure) for line in structure.lines)
    return several or limited or bool(structure.barred)


def _in_plane(part: Part, plane: int) -> bool:
    """Plane 0 has every unit, plane n those whose credit has the bit n - 1."""
    return plane == 0 or bool(part.credit >> plane - 1 & 1)


def _worth(plane: int) -> int:
    return ONE_UNIT if plane == 0 else 1 << plane - 1
