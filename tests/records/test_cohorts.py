"""Where one unit more helps most: what is promised is what counting says, for every synthetic structure."""

from datetime import date
from itertools import pairwise

import pytest

from conferral.records import cohorts
from conferral.records.awards.completion import best_count
from conferral.records.catalogue.combinations import structures
from conferral.records.catalogue.models import Qualification
from conferral.records.cohorts import cohort, finishers, statuses
from conferral.records.readiness import readiness_of
from tests.records.structures import SCHEMES, achieve, load_structures, units_of

ON = date(2026, 3, 2)


@pytest.fixture
def structured(world):
    load_structures(world)
    return world


@pytest.mark.parametrize("code", sorted(SCHEMES))
def test_a_unit_that_is_said_to_finish_does(structured, code):
    units = units_of(code)
    have = [{unit: False for unit in units if unit not in out} for out in pairwise(units)]
    have += [{unit: False for unit in units if unit != out} for out in units]
    numbers = achieve(structured, [(code, one) for one in have])
    structure = structures([code])[code]
    for row in readiness_of(structured.centre, registrations=numbers, on=ON, finishing=False):
        said = set(finishers(structure, row)) if row.missing else set()
        counted = {unit for unit in said if finishes(structure, (*row.units, unit))}
        assert said == counted
        if row.missing and nothing_is_chosen(structure):
            new = {part.unit for part in structure.parts} - set(structure.counted(dict.fromkeys(row.units, False)))
            assert said == {unit for unit in new if finishes(structure, (*row.units, unit))}


def nothing_is_chosen(structure):
    maxima = any(line.maximum is not None for line in structure.lines)
    return not maxima and not structure.barred and all(len(part.ways) == 1 for part in structure.parts)


def finishes(structure, units):
    best = best_count(structure, dict.fromkeys(units, False))
    return all(best.have[line.place] >= line.minimum for line in structure.lines_of(best.pathway))


def test_the_unit_that_helps_most_comes_first(structured):
    mandatory, *others = units_of("90001")
    achieve(structured, [("90001", dict.fromkeys(others, False))] * 3)
    found = cohort(structured.centre, Qualification.objects.get(pk="90001"), on=ON)
    assert [(unit.unit_id, many) for unit, many in found.pushes()][:1] == [(mandatory, 3)]


def test_statuses_are_counted_by_scheme_until_there_are_too_many(structured, monkeypatch):
    achieve(structured, [("90001", {}), ("90001", {}), ("90002", {})])
    counts = statuses(structured.centre, ON)
    assert {code: counts[code].total() for code in ("90001", "90002", "09628")} == {"90001": 2, "90002": 1, "09628": 5}
    monkeypatch.setattr(cohorts, "COUNTED", 7)
    assert statuses(structured.centre, ON) is None


def test_of_a_large_cohort_the_newest_are_shown(structured, monkeypatch):
    numbers = achieve(structured, [("90001", {})] * 3)
    monkeypatch.setattr(cohorts, "COHORT", 2)
    found = cohort(structured.centre, Qualification.objects.get(pk="90001"), on=ON)
    assert found.more
    assert sorted(row.registration.pk for row in found.rows) == numbers[1:]
