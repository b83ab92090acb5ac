"""Completion is exact: on small random structures it is compared with every legal choice there is."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from conferral.records.awards.completion import (
    CHEAPEST,
    FEWEST_CREDITS,
    FEWEST_UNITS,
    best_count,
    can_finish,
    finish,
    out_of_reach,
)
from conferral.rules.combinations import Line, Part, Structure

PATHS = [("A",), ("B",), ("P", "C"), ("P", "D"), ("P",)]
GROUPS = ["", "A", "B", "P", "C", "D"]


@st.composite
def structures(draw):
    """Up to four units in up to two of five groups, two of them nested, with up to five lines."""
    size = draw(st.integers(1, 4))
    parts = tuple(
        Part(
            f"U{number}",
            draw(st.sampled_from([None, 1, 2])),
            draw(st.integers(0, 2)),
            tuple(draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=2, unique=True))),
            draw(st.booleans()),
        )
        for number in range(size)
    )
    pathways = draw(st.sampled_from([("",), ("",), ("X", "Y")]))
    lines = tuple(draw(a_line(place, pathways)) for place in range(1, draw(st.integers(1, 5)) + 1))
    pair = st.lists(st.sampled_from([part.unit for part in parts]), min_size=2, max_size=2, unique=True)
    barred = (tuple(sorted(draw(pair))),) if size > 1 and draw(st.booleans()) else ()
    counts_as = (("OLD", "U0"),) if draw(st.booleans()) else ()
    return Structure(parts, lines, pathways, barred, counts_as)


@st.composite
def a_line(draw, place, pathways):
    elsewhere = draw(st.integers(0, 5)) == 0
    least = 0 if elsewhere else draw(st.integers(0, 3))
    capped = elsewhere or least == 0 or draw(st.integers(0, 3)) == 0
    return Line(
        place, draw(st.sampled_from(GROUPS)), draw(st.sampled_from(["units", "credits"])),
        draw(st.sampled_from([None, None, 2])), least,
        draw(st.integers(max(least, 0), least + 2)) if capped else None,
        draw(st.sampled_from(["", *pathways])), elsewhere,
    )  # fmt: skip


ACHIEVED = st.dictionaries(st.sampled_from(["U0", "U1", "U2", "U3", "OLD", "OTHER"]), st.booleans(), max_size=4)
COSTS = st.dictionaries(st.sampled_from(["U0", "U1", "U2", "U3"]), st.integers(0, 4))


def ways_to_count(structure, elsewhere):
    """Every way to count some of the units: each unit's groups and credit, or None."""
    options = [
        [None, *((part, groups, credit) for groups in part.ways for credit in range(part.credit + 1))]
        for part in structure.parts
    ]
    for taken in product(*options):
        counted = [one for one in taken if one]
        units = {part.unit for part, _, _ in counted}
        if all(len(units & set(barred)) < 2 for barred in structure.barred):
            yield counted, units


def amount(line, counted, elsewhere):
    amounts = [
        1 if line.measure == "units" else credit
        for part, groups, credit in counted
        if line.counts(part, groups, elsewhere.get(part.unit, False))
    ]
    return sum(amounts)


def legal(structure, elsewhere):
    """Every legal way to count, with its pathway and what each line then has."""
    for counted, units in ways_to_count(structure, elsewhere):
        for pathway in structure.pathways:
            have = {line: amount(line, counted, elsewhere) for line in structure.lines_of(pathway)}
            if all(line.maximum is None or amount <= line.maximum for line, amount in have.items()):
                yield units, pathway, have


def short(have):
    return sum(max(0, line.minimum - amount) for line, amount in have.items())


@settings(max_examples=150, deadline=None)
@given(structures(), ACHIEVED)
def test_the_best_count_is_the_best_of_all_legal_ones(structure, achieved):
    counted = structure.counted(achieved)
    possible = [(have, pathway) for units, pathway, have in legal(structure, counted) if units <= counted.keys()]
    least = min(short(have) for have, _ in possible)
    best = best_count(structure, achieved)
    lines = {line.place: line for line in structure.lines}
    assert short({lines[place]: have for place, have in best.have.items()}) == least
    assert best.pathway == next(p for p in structure.pathways if least in [short(h) for h, way in possible if way == p])


@settings(max_examples=150, deadline=None)
@given(structures(), ACHIEVED, COSTS, st.sampled_from([FEWEST_UNITS, FEWEST_CREDITS, CHEAPEST]))
def test_what_finishes_is_the_best_of_all_sets_that_do(structure, achieved, costs, aim):
    counted = structure.counted(achieved)
    credits = {part.unit: part.credit for part in structure.parts}
    weigh = {
        FEWEST_UNITS: len,
        FEWEST_CREDITS: lambda units: sum(credits[unit] for unit in units),
        CHEAPEST: lambda units: sum(costs.get(unit, 1) for unit in units),
    }[aim]
    order = {part.unit: place for place, part in enumerate(structure.parts)}

    def merit(units):
        return weigh(units), len(units), sum(order[unit] for unit in units)

    enough = [units - counted.keys() for units, _, have in legal(structure, counted) if not short(have)]
    found = finish(structure, achieved, aim, costs)
    assert (found is None) == (not enough)
    assert can_finish(structure, achieved) == bool(enough)
    if found:
        assert merit(set(found.units)) == min(map(merit, enough))
        assert found.credits == sum(credits[unit] for unit in found.units)
        assert found.cost == sum(costs.get(unit, 1) for unit in found.units)
        assert short_after(structure, achieved, found) == 0
    else:
        assert out_of_reach(structure, achieved)


def short_after(structure, achieved, found):
    best = best_count(structure, dict(achieved) | dict.fromkeys(found.units, False))
    lines = {line.place: line for line in structure.lines}
    return short({lines[place]: have for place, have in best.have.items()})
