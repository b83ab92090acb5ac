"""Which registrations count alike, so that a rule of combination is worked out once for all of them.

Achieved units are bits in words. Where nothing is to be chosen, only two numbers matter of the units in
the same groups and above the same levels: how many there are, and their credit. Registrations with the same
numbers count alike. Where something is to be chosen, those with the same units do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow
from ibis import Table

from conferral.batch.catalogue import NUMBER, TEXT, table_of
from conferral.rules.combinations import Part, Structure, chooses

WORD = 62  # bits
EXACT = 52  # bits up to which a double counts exactly, with one to spare


@ibis.udf.scalar.builtin(name="bit_count")
def bit_count(word: int) -> dt.int8:
    """How many bits are set."""


@ibis.udf.agg.builtin(name="bit_or")
def bits_of(words: int) -> int:
    """Every bit that is set in one of the words at least."""


@dataclass(frozen=True)
class Alike:
    """Bits and sums of some structures. `words` is how many a scheme needs, `kinds` how many kinds of units."""

    structures: Mapping[str, Structure]
    words: int
    kinds: int
    credit_bits: int
    kind_bits: int
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
        """For each unit of a scheme, the scheme's number, the unit's bit, and what it adds to the sums of the key.

        Bits are `bit_0` and so on, sums `kinds_0` and so on. A unit that counts as another has that one's.
        """
        columns = {"scheme": TEXT, "unit": TEXT, "number": NUMBER} | dict.fromkeys(self.bit_columns, NUMBER)
        columns |= {name: pyarrow.float64() for name in self.sums}
        rows = (
            (scheme, unit, number, *self._words(1 << place), *worth[place])
            for number, (scheme, structure) in enumerate(self.structures.items())
            for worth in [self._worth_of(structure)]
            for unit, place in places(structure).items()
        )
        return table_of(columns, rows)

    @property
    def numbers(self) -> pyarrow.Table:
        """For each scheme its number, and the bits that matter one by one."""
        columns = {"scheme": TEXT, "number": NUMBER} | {f"single_{word}": NUMBER for word in range(self.words)}
        rows = (
            (scheme, number, *self._words(0 if kinds_of(one) else sum({1 << at for at in places(one).values()})))
            for number, (scheme, one) in enumerate(self.structures.items())
        )
        return table_of(columns, rows)

    @property
    def bit_columns(self) -> list[str]:
        """The names of the words of bits."""
        return [f"bit_{word}" for word in range(self.words)]

    @property
    def sums(self) -> list[str]:
        """The columns in which the units and credit of all kinds are summed up, several kinds to a number."""
        return [f"kinds_{place}" for place in range(-(-self.kinds // self.in_a_sum))]

    @property
    def in_a_sum(self) -> int:
        """How many kinds one number holds: credit lowest, then units, then the next kind."""
        return max(1, EXACT // self.kind_bits)

    @property
    def key(self) -> list[str]:
        """The columns in which registrations for the same scheme that count alike agree."""
        single = [f"single_{name}_{word}" for name in ("achieved", "carried") for word in range(self.words)]
        return self.sums + (single if self.has_single else [])

    @property
    def has_single(self) -> bool:
        """Whether units matter one by one in some scheme."""
        return not all(kinds_of(structure) for structure in self.structures.values())

    def singles(self, table: Table, achieved: list[Any], carried: list[Any]) -> dict[str, Any]:
        """What matters one by one of each row of a table that has the numbers, from its words."""
        named = (("achieved", achieved), ("carried", carried))
        return {
            f"single_{name}_{word}": words[word] & table[f"single_{word}"]
            for name, words in named
            for word in range(self.words if self.has_single else 0)
        }

    def _worth_of(self, structure: Structure) -> list[list[float]]:
        """What the unit of each bit adds to the sums: one unit and its credit, in the place of its kind."""
        kinds = [{part.unit for part in kind} for kind in kinds_of(structure)]
        worth = []
        for part in structure.parts:
            sums = [0.0] * len(self.sums)
            for place, kind in enumerate(kinds):
                if part.unit in kind:
                    here = self.kind_bits * (place % self.in_a_sum)
                    sums[place // self.in_a_sum] += ((1 << self.credit_bits) + part.credit) << here
            worth.append(sums)
        return worth

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
    """Bits and sums for registrations in these schemes, in words of so many bits."""
    summed = [one for one in structures.values() if kinds_of(one)]
    credit = max((_credit(one).bit_length() for one in summed), default=0)
    return Alike(
        structures,
        words=max((-(-len(structure.parts) // width) for structure in structures.values()), default=1) or 1,
        kinds=max((len(kinds_of(structure)) for structure in structures.values()), default=0),
        credit_bits=credit,
        kind_bits=max(1, credit + max((len(one.parts).bit_length() for one in summed), default=0)),
        width=width,
    )


def _credit(structure: Structure) -> int:
    return sum(part.credit for part in structure.parts)


def places(structure: Structure) -> dict[str, int]:
    """The place of each unit's bit. What is in no group has none: it does not count."""
    own = {part.unit: place for place, part in enumerate(structure.parts)}
    return own | {unit: own[root] for unit, root in structure.counts_as if root in own}


def kinds_of(structure: Structure) -> list[list[Part]]:
    """The units by what they count towards; none where each matters by itself."""
    if _chooses(structure) or _credit(structure).bit_length() + len(structure.parts).bit_length() > EXACT // 2:
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
