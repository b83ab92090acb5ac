"""Which registrations count alike, so that a rule of combination is worked out once for all of them.

Achieved units are bits in words. Where nothing is to be chosen, only two numbers matter of the units in
the same groups and above the same levels: how many there are, and their credit. Registrations with the same
numbers count alike. Where something is to be chosen, those with the same units do.
"""

from collections.abc import Iterable, Mapping
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


@ibis.udf.agg.builtin(name="min_by")
def of_first(word: int, number: int) -> int:
    """The word of the row with the smallest number."""


@dataclass(frozen=True)
class Shape:
    """How some structures are laid out in columns: all that a statement about them depends on.

    `words` is how many words of bits a scheme needs, `summed` how many sums. `single`: units matter one by one in
    some scheme. `elsewhere`: it matters in some scheme what was carried over. `in_one_scheme`: units are in so few
    schemes that an achievement may be looked up in all of them.
    """

    words: int
    summed: int
    single: bool
    elsewhere: bool
    in_one_scheme: bool

    @property
    def bit_columns(self) -> list[str]:
        """The names of the words of bits."""
        return [f"bit_{word}" for word in range(self.words)]

    @property
    def sums(self) -> list[str]:
        """The columns in which the units and credit of all kinds are summed up, several kinds to a number."""
        return [f"kinds_{place}" for place in range(self.summed)]

    @property
    def key(self) -> list[str]:
        """The columns in which registrations for the same scheme that count alike agree."""
        single = [f"single_{name}_{word}" for name in ("achieved", "carried") for word in range(self.words)]
        return self.sums + (single if self.single else [])

    @property
    def units(self) -> list[str]:
        """The columns of the words of units: those achieved, and those of them carried over."""
        return [f"{name}_{word}" for name in ("achieved", "carried") for word in range(self.words)]

    @property
    def bits(self) -> dict[str, pyarrow.DataType]:
        """The columns of the table of bits, a row for each unit of a scheme."""
        columns = {"scheme": TEXT, "unit": TEXT, "number": NUMBER} | dict.fromkeys(self.bit_columns, NUMBER)
        return columns | dict.fromkeys(self.sums, pyarrow.float64())

    @property
    def numbers(self) -> dict[str, pyarrow.DataType]:
        """The columns of the table of schemes."""
        return {"scheme": TEXT, "number": NUMBER} | {f"single_{word}": NUMBER for word in range(self.words)}

    def singles(self, table: Table, achieved: list[Any], carried: list[Any]) -> dict[str, Any]:
        """What matters one by one of each row of a table that has the numbers, from its words."""
        named = (("achieved", achieved), ("carried", carried))
        return {
            f"single_{name}_{word}": words[word] & table[f"single_{word}"]
            for name, words in named
            for word in range(self.words if self.single else 0)
        }

    def any_bit(self, table: Table, words: str) -> Any:
        """Whether a row has one of its own bits in its words of that name."""
        return ibis.or_(*((table[f"{words}_{word}"] & table[f"bit_{word}"]) != 0 for word in range(self.words)))


@dataclass(frozen=True)
class Alike:
    """Bits and sums of some structures. A scheme without a structure has a number and no bits."""

    structures: Mapping[str, Structure]
    schemes: tuple[str, ...]
    shape: Shape
    credit_bits: int
    kind_bits: int
    width: int

    @property
    def bits(self) -> pyarrow.Table:
        """For each unit of a scheme, the scheme's number, the unit's bit, and what it adds to the sums of the key.

        Bits are `bit_0` and so on, sums `kinds_0` and so on. A unit that counts as another has that one's.
        """
        rows = (
            (scheme, unit, number, *self._words(1 << place), *worth[place])
            for number, scheme in enumerate(self.schemes)
            if (structure := self.structures.get(scheme))
            for worth in [self._worth_of(structure)]
            for unit, place in places(structure).items()
        )
        return table_of(self.shape.bits, rows)

    @property
    def numbers(self) -> pyarrow.Table:
        """For each scheme its number, and the bits that matter one by one."""
        return table_of(
            self.shape.numbers,
            ((scheme, number, *self._words(self._single(scheme))) for number, scheme in enumerate(self.schemes)),
        )

    def _single(self, scheme: str) -> int:
        one = self.structures.get(scheme)
        return 0 if one is None or kinds_of(one) else sum({1 << at for at in places(one).values()})

    def _worth_of(self, structure: Structure) -> list[list[float]]:
        """What the unit of each bit adds to the sums: one unit and its credit, in the place of its kind."""
        kinds = [{part.unit for part in kind} for kind in kinds_of(structure)]
        worth = []
        for part in structure.parts:
            sums = [0.0] * self.shape.summed
            for place, kind in enumerate(kinds):
                if part.unit in kind:
                    number, here = divmod(place, _in_a_sum(self.kind_bits))
                    sums[number] += ((1 << self.credit_bits) + part.credit) << self.kind_bits * here
            worth.append(sums)
        return worth

    def _words(self, bits: int) -> list[int]:
        return [bits >> self.width * word & (1 << self.width) - 1 for word in range(self.shape.words)]

    def units(self, row: Mapping[str, Any]) -> dict[str, bool]:
        """The units of a sample as they count, with whether each was carried over from elsewhere."""
        achieved, carried = (
            sum(row[f"{name}_{word}"] << self.width * word for word in range(self.shape.words))
            for name in ("achieved", "carried")
        )
        parts = enumerate(self.structures[row["scheme"]].parts)
        return {part.unit: bool(carried >> place & 1) for place, part in parts if achieved >> place & 1}


def alike(structures: Mapping[str, Structure], schemes: Iterable[str] = (), width: int = WORD) -> Alike:
    """Bits and sums for registrations in these schemes, in words of so many bits; `schemes` may have more of them."""
    summed = [one for one in structures.values() if kinds_of(one)]
    credit = max((_credit(one).bit_length() for one in summed), default=0)
    kind_bits = max(1, credit + max((len(one.parts).bit_length() for one in summed), default=0))
    kinds = max((len(kinds_of(structure)) for structure in structures.values()), default=0)
    listed = [unit for structure in structures.values() for unit in places(structure)]
    shape = Shape(
        words=max((-(-len(structure.parts) // width) for structure in structures.values()), default=1) or 1,
        summed=-(-kinds // _in_a_sum(kind_bits)),
        single=len(summed) < len(structures),
        elsewhere=any(line.elsewhere for structure in structures.values() for line in structure.lines),
        in_one_scheme=len(listed) <= 2 * len(set(listed)),
    )
    return Alike(structures, tuple(dict.fromkeys([*structures, *schemes])), shape, credit, kind_bits, width)


def _in_a_sum(kind_bits: int) -> int:
    """How many kinds one number holds: credit lowest, then units, then the next kind."""
    return max(1, EXACT // kind_bits)


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
