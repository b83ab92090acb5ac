"""Faults in a rule of combination, seen with the units it names."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from conferral.rules.packs.shape import MEASURES, WHOLE, Combination, Constraint, Fault, Group, Unit

Units = Mapping[str, Unit]


def combination_faults(combination: Combination, place: str, units: Units) -> Iterator[Fault]:
    """What is wrong in one combination; amounts are judged only when its names are right."""
    named = [*_group_faults(combination, place, units), *_constraint_faults(combination, place)]
    yield from named or _amount_faults(combination, place, units)


def _group_faults(combination: Combination, place: str, units: Units) -> Iterator[Fault]:
    for name, count in Counter(group.name for group in combination.groups).items():
        if count > 1 or name == WHOLE:
            yield Fault(
                f"{place}, group {name}", f"“{name}” cannot name a group here.", "Choose another name."
            )
    for group in combination.groups:
        yield from _member_faults(group, f"{place}, group {group.name}", units)
    yield from _needed_twice(combination, place)


def _member_faults(group: Group, place: str, units: Units) -> Iterator[Fault]:
    for code in group.units:
        if code not in units:
            yield Fault(place, f"Unit {code} is not described.", "Correct it, or add it as a [[unit]].")
    for code, count in Counter(group.units).items():
        if count > 1:
            yield Fault(place, f"Unit {code} stands {count} times in the group.", "Keep it once.")
    for code in group.unconfirmed:
        if code not in group.units:
            yield Fault(place, f"Unit {code} is unconfirmed but not in the group.", "Add it to units.")


def _needed_twice(combination: Combination, place: str) -> Iterator[Fault]:
    mandatory = [group for group in combination.groups if combination.is_mandatory(group)]
    times = Counter(code for group in mandatory for code in set(group.units))
    for code in sorted(code for code, count in times.items() if count > 1):
        names = " and ".join(group.name for group in mandatory if code in group.units)
        yield Fault(
            f"{place}, unit {code}",
            f"Unit {code} is needed in two mandatory groups: {names}.",
            "Leave it in one of them.",
        )


def _constraint_faults(combination: Combination, place: str) -> Iterator[Fault]:
    names = {WHOLE} | {group.name for group in combination.groups}
    for constraint in combination.constraints:
        where = f"{place}, constraint on {constraint.group}"
        least, most = constraint.minimum, constraint.maximum
        if constraint.group not in names:
            yield Fault(
                where, f"There is no group {constraint.group}.", f"Use one of: {', '.join(sorted(names))}."
            )
        if least is None and most is None:
            yield Fault(where, "It has neither minimum nor maximum.", "Add one of them.")
        if least is not None and most is not None and least > most:
            yield Fault(where, f"The minimum {least} is above the maximum {most}.", "Correct one of them.")


def _amount_faults(combination: Combination, place: str, units: Units) -> Iterator[Fault]:
    for constraint in combination.constraints:
        possible = _possible(combination, constraint, units)
        if constraint.minimum is not None and possible is not None and constraint.minimum > possible:
            yield Fault(
                f"{place}, constraint on {constraint.group}",
                f"The minimum is {constraint.minimum} {constraint.measure}; only {possible} can count.",
                "Lower the minimum, raise a maximum or add the missing units.",
            )
    if _are_apart(combination.groups):
        for measure in MEASURES:
            yield from _minima_above_whole(combination, measure, place)


def _possible(combination: Combination, constraint: Constraint, units: Units) -> int | None:
    """The most that can count towards a constraint; None while that cannot be known."""
    groups = [group for group in combination.groups if constraint.group in (WHOLE, group.name)]
    each = [_possible_in(group, combination, constraint, units) for group in groups]
    if None in each:
        return None
    together = sum(amount for amount in each if amount is not None)
    if not all(group.complete for group in groups):
        return together
    members = {code for group in groups for code in group.units}
    distinct = _total((units[code] for code in members), constraint)
    return together if distinct is None else min(together, distinct)


def _possible_in(group: Group, combination: Combination, wanted: Constraint, units: Units) -> int | None:
    total = _total((units[code] for code in group.units), wanted) if group.complete else None
    caps = [
        constraint.maximum
        for constraint in combination.constraints
        if (constraint.group, constraint.measure) == (group.name, wanted.measure)
        and constraint.level_at_least is None
    ]
    return min((bound for bound in [total, *caps] if bound is not None), default=None)


def _total(members: Iterable[Unit], wanted: Constraint) -> int | None:
    """What the units come to; None when a credit is not known. An unknown level may count."""
    least = wanted.level_at_least or 0
    counted = [unit for unit in members if unit.level is None or unit.level >= least]
    if wanted.measure == "units":
        return len(counted)
    credits = [unit.credit for unit in counted]
    return None if None in credits else sum(credit for credit in credits if credit is not None)


def _are_apart(groups: Iterable[Group]) -> bool:
    times = Counter(code for group in groups for code in group.units)
    return all(count == 1 for count in times.values())


def _minima_above_whole(combination: Combination, measure: str, place: str) -> Iterator[Fault]:
    rows = [constraint for constraint in combination.constraints if constraint.measure == measure]
    minima = sum(max(_minima_of(group, rows), default=0) for group in combination.groups)
    caps = [row.maximum for row in rows if row.group == WHOLE and row.maximum is not None]
    if caps and minima > min(caps):
        yield Fault(
            f"{place}, constraint on {WHOLE}",
            f"The minima of the groups make {minima} {measure}, above the maximum {min(caps)} of the whole.",
            "Lower a minimum or raise the maximum.",
        )


def _minima_of(group: Group, rows: Iterable[Constraint]) -> list[int]:
    return [row.minimum for row in rows if row.group == group.name and row.minimum is not None]
