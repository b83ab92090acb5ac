"""Faults in a rule of combination, seen with the units it names."""

from collections import Counter
from collections.abc import Iterator, Mapping

from conferral.rules.packs.combination_amounts import amount_faults
from conferral.rules.packs.shape import WHOLE, Combination, Constraint, Fault, Group, Unit

Units = Mapping[str, Unit]
DEEPEST = 3


def combination_faults(combination: Combination, place: str, units: Units) -> Iterator[Fault]:
    """What is wrong in one combination.

    What is needed and how much is judged only when its names are right.
    """
    named = [
        *_group_faults(combination, place, units),
        *_nesting_faults(combination, place),
        *_constraint_faults(combination, place),
        *_pathway_faults(combination, place),
        *_choice_faults(combination, place),
        *_equivalence_faults(combination, place, units),
    ]
    yield from named or _faults_of_what_is_needed(combination, place, units)


def _faults_of_what_is_needed(combination: Combination, place: str, units: Units) -> Iterator[Fault]:
    for pathway in _ways(combination):
        yield from _needed_twice(combination, pathway, place)
        yield from _barred_and_needed(combination, pathway, place)
    yield from amount_faults(combination, place, units)


def _ways(combination: Combination) -> list[str]:
    return [pathway.name for pathway in combination.pathways] or [""]


def _group_faults(combination: Combination, place: str, units: Units) -> Iterator[Fault]:
    for name, count in Counter(group.name for group in combination.groups).items():
        if count > 1 or name == WHOLE:
            yield Fault(f"{place}, group {name}", f"“{name}” cannot name a group here.", "Choose another name.")
    for group in combination.groups:
        yield from _member_faults(group, f"{place}, group {group.name}", units)


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


def _nesting_faults(combination: Combination, place: str) -> Iterator[Fault]:
    within = {group.name: group.within for group in combination.groups}
    for group in combination.groups:
        where = f"{place}, group {group.name}"
        around = list(_chain(group.name, within))
        if group.within and group.within not in within:
            yield Fault(where, f"There is no group {group.within} for it to lie within.", "Correct the name.")
        elif around[-1] in around[:-1]:
            circle = " within ".join(around)
            yield Fault(where, f"The groups lie in a circle: {circle}.", "Take one of them out of the other.")
        elif len(around) > DEEPEST:
            yield Fault(where, f"It lies {len(around)} groups deep.", f"Nest groups at most {DEEPEST} deep.")


def _chain(start: str, onward: Mapping[str, str]) -> Iterator[str]:
    """The names from one to the next, ending with the first that comes again."""
    seen, name = set[str](), start
    while name and name not in seen:
        seen.add(name)
        yield name
        name = onward.get(name, "")
    if name:
        yield name


def _constraint_faults(combination: Combination, place: str) -> Iterator[Fault]:
    names = {WHOLE} | {group.name for group in combination.groups}
    for constraint in combination.constraints:
        where = f"{place}, constraint on {constraint.group}"
        if constraint.group not in names:
            yield Fault(where, f"There is no group {constraint.group}.", f"Use one of: {', '.join(sorted(names))}.")
        yield from _bound_faults(constraint, where)


def _bound_faults(constraint: Constraint, where: str) -> Iterator[Fault]:
    least, most = constraint.minimum, constraint.maximum
    if least is None and most is None:
        yield Fault(where, "It has neither minimum nor maximum.", "Add one of them.")
    if least is not None and most is not None and least > most:
        yield Fault(where, f"The minimum {least} is above the maximum {most}.", "Correct one of them.")
    if constraint.elsewhere and least is not None:
        yield Fault(where, "It asks for a minimum from elsewhere.", "Give what comes from elsewhere a maximum only.")


def _pathway_faults(combination: Combination, place: str) -> Iterator[Fault]:
    names = Counter(pathway.name for pathway in combination.pathways)
    constrained = {constraint.pathway for constraint in combination.constraints}
    for name, count in names.items():
        if count > 1:
            yield Fault(f"{place}, pathway {name}", f"Two pathways are called {name}.", "Choose another name.")
        if name not in constrained:
            yield Fault(
                f"{place}, pathway {name}", "The pathway has no constraint.", "Add one that names it, or drop it."
            )
    for name in sorted(constrained - names.keys() - {""}):
        yield Fault(f"{place}, pathway {name}", f"There is no pathway {name}.", "Add it to pathways.")


def _choice_faults(combination: Combination, place: str) -> Iterator[Fault]:
    listed = Counter(code for group in combination.groups for code in set(group.units))
    for number, barred in enumerate(combination.barred, 1):
        where = f"{place}, barred {number}"
        if len(set(barred.units)) < 2:
            yield Fault(where, "It names fewer than two units.", "Name the units of which only one counts.")
        yield from _not_listed(barred.units, listed, where)
    for code in combination.counts_once:
        if listed[code] < 2:
            where = f"{place}, counts_once"
            yield Fault(where, f"Unit {code} is not in two groups.", "List it in two groups, or take it out here.")


def _not_listed(codes: tuple[str, ...], listed: Counter[str], where: str) -> Iterator[Fault]:
    for code in codes:
        if not listed[code]:
            yield Fault(where, f"Unit {code} is in no group of this combination.", "Correct it, or add it to a group.")


def _equivalence_faults(combination: Combination, place: str, units: Units) -> Iterator[Fault]:
    counts_as = {one.unit: one.counts_as for one in combination.equivalents}
    listed = Counter(code for group in combination.groups for code in group.units)
    for code, count in Counter(one.unit for one in combination.equivalents).items():
        where = f"{place}, equivalents {code}"
        chain = list(_chain(code, counts_as))
        if code not in units:
            yield Fault(where, f"Unit {code} is not described.", "Correct it, or add it as a [[unit]].")
        if count > 1:
            yield Fault(where, f"Unit {code} counts as {count} units.", "Keep one of them.")
        if chain[-1] in chain[:-1]:
            circle = " counts as ".join(chain)
            yield Fault(where, f"The equivalences go in a circle: {circle}.", "Take one of them out.")
        elif not listed[chain[-1]]:
            yield Fault(where, f"Unit {chain[-1]} is in no group of this combination.", "Add it to a group.")
        if listed[code]:
            yield Fault(where, f"Unit {code} counts as another, and is in a group itself.", "Keep one of the two.")


def _needed(combination: Combination, pathway: str) -> list[Group]:
    """The groups of which every unit is needed, or that lie within such a group."""
    found = [group for group in combination.groups if combination.is_mandatory(group, pathway)]
    for group in found:
        found += [inner for inner in combination.inner(group.name) if inner not in found]
    return found


def _needed_twice(combination: Combination, pathway: str, place: str) -> Iterator[Fault]:
    needed = _needed(combination, pathway)
    times = Counter(code for group in needed for code in set(group.units))
    for code in sorted(code for code, count in times.items() if count > 1 and code not in combination.counts_once):
        names = " and ".join(group.name for group in needed if code in group.units)
        yield Fault(
            f"{place}, unit {code}",
            f"Unit {code} is needed in two mandatory groups: {names}.",
            "Leave it in one of them, or add it to counts_once.",
        )


def _barred_and_needed(combination: Combination, pathway: str, place: str) -> Iterator[Fault]:
    needed = {code for group in _needed(combination, pathway) for code in group.units}
    for number, barred in enumerate(combination.barred, 1):
        both = sorted(needed & set(barred.units))
        if len(both) > 1:
            yield Fault(
                f"{place}, barred {number}",
                f"{' and '.join(both)} are mandatory, yet only one of them may count.",
                "Take one of them out of its mandatory group.",
            )
