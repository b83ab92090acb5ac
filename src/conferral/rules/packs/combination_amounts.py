"""Amounts in a rule of combination that cannot be met together."""

from collections.abc import Iterable, Iterator, Mapping

from conferral.rules.packs.shape import MEASURES, WHOLE, Combination, Constraint, Fault, Group, Unit

Units = Mapping[str, Unit]


def amount_faults(combination: Combination, place: str, units: Units) -> Iterator[Fault]:
    """Minima that no set of units reaches, or that do not go together. The combination's names must be right."""
    found: list[Fault] = []
    for pathway in [pathway.name for pathway in combination.pathways] or [""]:
        rows = [row for row in combination.constraints if row.pathway in ("", pathway) and not row.elsewhere]
        found += _Amounts(combination, rows, units).faults(place)
    yield from dict.fromkeys(found)


class _Amounts:
    """The constraints that hold together in one pathway, with the units they count."""

    def __init__(self, combination: Combination, rows: list[Constraint], units: Units) -> None:
        self.combination, self.rows, self.units = combination, rows, units

    def faults(self, place: str) -> Iterator[Fault]:
        for row in self.rows:
            possible = self._possible(row)
            if row.minimum is not None and possible is not None and row.minimum > possible:
                yield Fault(
                    f"{place}, constraint on {row.group}",
                    f"The minimum is {row.minimum} {row.measure}; only {possible} can count.",
                    "Lower the minimum, raise a maximum or add the missing units.",
                )
        if not self.combination.counts_once:
            for measure in MEASURES:
                yield from self._minima_above_maximum(measure, place)

    def _possible(self, wanted: Constraint) -> int | None:
        """The most that can count towards a constraint; None while that cannot be known."""
        groups = [group for group in self.combination.groups if wanted.group == group.name]
        if wanted.group == WHOLE:
            groups = list(self.combination.inner(""))
        together = _sum(self._possible_in(group, wanted) for group in groups)
        if together is None or not all(self._complete(group) for group in groups):
            return together
        members = frozenset[str]().union(*map(self.combination.members, groups))
        distinct = _total((self.units[code] for code in members), wanted)
        return together if distinct is None else min(together, distinct)

    def _possible_in(self, group: Group, wanted: Constraint) -> int | None:
        total = _total((self.units[code] for code in group.units), wanted) if group.complete else None
        inner = [self._possible_in(one, wanted) for one in self.combination.inner(group.name)]
        together = _sum([total, *inner])
        return min((bound for bound in [together, *self._caps(group, wanted)] if bound is not None), default=None)

    def _caps(self, group: Group, wanted: Constraint) -> list[int | None]:
        return [
            row.maximum
            for row in self.rows
            if (row.group, row.measure) == (group.name, wanted.measure) and row.level_at_least is None
        ]

    def _complete(self, group: Group) -> bool:
        return group.complete and all(map(self._complete, self.combination.inner(group.name)))

    def _minima_above_maximum(self, measure: str, place: str) -> Iterator[Fault]:
        for name in (WHOLE, *(group.name for group in self.combination.groups)):
            rows = [row for row in self.rows if (row.group, row.measure) == (name, measure)]
            most = min((row.maximum for row in rows if row.maximum is not None), default=None)
            minima = self._needed_within(name, measure)
            if most is not None and minima > most:
                owner = "whole" if name == WHOLE else "group"
                yield Fault(
                    f"{place}, constraint on {name}",
                    f"The minima of the groups make {minima} {measure}, above the maximum {most} of the {owner}.",
                    "Lower a minimum or raise the maximum.",
                )

    def _needed_within(self, name: str, measure: str) -> int:
        inner = self.combination.inner("" if name == WHOLE else name)
        return sum(max(self._minimum(one, measure), self._needed_within(one.name, measure)) for one in inner)

    def _minimum(self, group: Group, measure: str) -> int:
        rows = (row for row in self.rows if (row.group, row.measure) == (group.name, measure))
        return max((row.minimum for row in rows if row.minimum is not None), default=0)


def _sum(amounts: Iterable[int | None]) -> int | None:
    known = list(amounts)
    return None if None in known else sum(amount for amount in known if amount is not None)


def _total(members: Iterable[Unit], wanted: Constraint) -> int | None:
    """What the units come to; None when a credit is not known. An unknown level may count."""
    least = wanted.level_at_least or 0
    counted = [unit for unit in members if unit.level is None or unit.level >= least]
    if wanted.measure == "units":
        return len(counted)
    return _sum(unit.credit for unit in counted)
