"""Every construct of a rule of combination: as it is stored, counted by the one SQL text, and completed."""

import random

import pytest
from django.db import IntegrityError, transaction

from conferral.records.awards.completion import best_count, finish
from conferral.records.awards.queries import standings
from conferral.records.candidates.models import Achievement
from conferral.records.catalogue.combinations import combination_in_words, structures
from conferral.rules.combinations import structure_of
from tests.records.structures import SCHEMES, UNITS, achieve, load_structures, units_of

DIPLOMA = "10379"
A19 = ("A/506/2130", "F/506/2131", "J/506/2132", "A/506/1964", "L/506/1788")
B6 = ("D/506/2119", "T/506/2126")


def some(code, rng):
    """Some units of a structure, a few of them from elsewhere."""
    chosen = [unit for unit in units_of(code) if rng.random() < rng.choice((0.3, 0.6, 0.95))]
    return {unit: rng.random() < 0.25 for unit in chosen}


def short(lines):
    return sum(line.short for line in lines)


def test_what_is_stored_is_what_the_packs_say(world):
    load_structures(world)
    stored = structures(SCHEMES)
    assert stored == {code: structure_of(scheme.combination, UNITS) for code, scheme in SCHEMES.items()}


def test_the_sql_and_the_best_legal_count_agree_on_every_structure(world, django_assert_max_num_queries):
    load_structures(world)
    rng = random.Random(20261122)
    cases = [(code, some(code, rng)) for code in SCHEMES for _ in range(25)]
    numbers = achieve(world, cases)
    with django_assert_max_num_queries(8):
        found = standings(numbers)
    met = 0
    for number, (code, units) in zip(numbers, cases, strict=True):
        structure, lines = structure_of(SCHEMES[code].combination, UNITS), found[number]
        best = best_count(structure, units)
        wanted = {line.place: line.minimum for line in structure.lines}
        least = sum(max(0, wanted[place] - have) for place, have in best.have.items())
        assert (short(lines), {line.pathway for line in lines} - {""} <= {best.pathway}) == (least, True), (code, units)
        met += short(lines) == 0
    assert 60 < met < 240


def test_one_is_counted_as_all_are(world):
    load_structures(world)
    rng = random.Random(7)
    numbers = achieve(world, [(code, some(code, rng)) for code in SCHEMES for _ in range(3)])
    together = standings(numbers)
    assert {number: standings([number])[number] for number in numbers} == together


@pytest.mark.parametrize("code", SCHEMES)
def test_what_finishes_does_finish_and_nothing_in_it_is_spare(world, code):
    structure = structure_of(SCHEMES[code].combination, UNITS)
    rng = random.Random(code)
    for _ in range(8):
        units = some(code, rng)
        found = finish(structure, units)
        if found is None:
            continue
        done = units | dict.fromkeys(found.units, False)
        assert is_met(structure, done)
        for spare in found.units:
            assert not is_met(structure, {unit: elsewhere for unit, elsewhere in done.items() if unit != spare})


def is_met(structure, units):
    best, wanted = best_count(structure, units), {line.place: line.minimum for line in structure.lines}
    return all(have >= wanted[place] for place, have in best.have.items())


CASES = [
    ("90002", "A1 A2 A4 B1 B2", True, "of three units of A the two with most credit count: 4 + 7 + 6 + 2 = 19"),
    ("90002", "A1 A2 A3 B1 B2", False, "two units of A of 4 credits each: 4 + 4 + 6 + 2 = 16"),
    ("90003", "A1 A2 C1 C2 C3 D1 D2", True, "9 credits of D count as 7: 10 + 12 + 7"),
    ("90003", "A1 A2 C1 C2 D1 D2", False, "10 + 6 + 7 = 23"),
    ("90005", "X1 X2 Y1 Z1", False, "14 of 15 credits in all, but 6 of X and 4 of Z at level 2"),
    ("90005", "X1 X2 Y1 Z1 P1", True, "two more at level 2, in the place of Y1's"),
    ("90006", "K1 K2 S1 S2", True, "the sales pathway"),
    ("90006", "K1 K2 S1 T1 T2", False, "half of either pathway"),
    ("90006", "K1 K2 T1 T2 T3", True, "the support pathway: 7 + 9"),
    ("90007", "M1 O1 O2 O4", True, "O1 or O2 counts beside O4: 4 + 5 of O, 5 at level 3"),
    ("90007", "M1 O1 O2 O5", False, "4 + 2 of O"),
    ("90008", "OLD1 OLDER1 A1", False, "all three are A1"),
    ("90008", "OLDER1 A3", True, "A1 through two older units, and A3: 4 + 5"),
    ("90009", "A1 W1 B1 B2 W2", True, "W1 fills A, W2 is for either"),
    ("90009", "A2 B1 W1", False, "W1 cannot fill both A and B"),
    ("90010", "A1 B1 W1 O1", True, "W1 serves both groups: 3 + 5 + 4 + 3"),
    ("90010", "A1 B1 W1", False, "its credit counts once: 12 of 15"),
    ("90011", "A1+ A2+ B1 A3", True, "six of eight credits from elsewhere: 6 + 5 + 6"),
    ("90011", "A1+ A2+ B1 B2", False, "6 + 8 of 16"),
    ("90011", "B1+ B2+ A1 A2 A3", True, "one unit of B from elsewhere: 5 + 14"),
    ("90013", "L1 L2 M2 O1 O2", False, "6 credits of L count as 4, so M and T have 6 of 7"),
    ("90013", "L1 L2 M1 O1 O2", True, "4 of L and 3 more are the 7 that M may give: 7 + 9"),
    ("90013", "L1 L2 M1 M2 T1 O2", True, "M gives 7 of 9, T 10 of 11: 10 + 4"),
    ("90013", "L1 L2 M1 M2 T1", False, "T gives 10 of 14"),
    ("90012", "OLD1 K2 C3 D2 W1 E1 C1", True, "the way of the house or of the trade"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "units", "met", "because"), CASES, ids=[f"{c[0]} {c[3]}" for c in CASES])
def test_worked_cases(world, code, units, met, because):
    load_structures(world)
    have = {f"{code}-{unit.rstrip('+')}": unit.endswith("+") for unit in units.split()}
    (number,) = achieve(world, [(code, have)])
    assert all(line.met for line in standings([number])[number]) == met, standings([number])[number]


def test_the_level_two_diploma_is_completed_with_the_fewest_units_and_credits(world):
    structure = structures([DIPLOMA])[DIPLOMA]
    have = dict.fromkeys((*A19, *B6), False)
    fewest, smallest = finish(structure, have), finish(structure, have, "fewest_credits")
    # 25 are had: 20 more from C, whose largest units have 5, 4 and 3 credits.
    assert (len(fewest.units), fewest.credits) == (6, 20)
    assert (len(smallest.units), smallest.credits) == (6, 20)
    assert combination_in_words(DIPLOMA)[:7] == [
        "At least 45 credits in all.",
        "At least 45 credits at level 2 or above in all.",
        "At least 19 credits from group A.",
        "At least 5 units from group A.",
        "At least 3 credits from group B.",
        "At least 16 credits from group C.",
        "At most 7 credits from group D.",
    ]


def test_nested_groups_and_pathways_are_said_in_words(world):
    load_structures(world)
    nested, pathways = combination_in_words("90005"), combination_in_words("90006")
    assert "Group X and group Y lie within group T and count in it too." in nested
    assert "Group Z lies within group Y and counts in it too." in nested
    assert "One pathway is enough: Selling to customers or Supporting customers." in pathways
    assert not [line for line in combination_in_words(DIPLOMA) if "within" in line or "pathway" in line.lower()]


def test_the_cheapest_set_is_not_always_the_smallest(world):
    structure = structures([DIPLOMA])[DIPLOMA]
    have = dict.fromkeys((*A19, B6[0]), False)
    dear = {"A/506/2158": 5000} | dict.fromkeys(("H/506/2154", "K/506/2155", "L/506/2133"), 100)
    assert "A/506/2158" in finish(structure, have).units
    assert "A/506/2158" not in finish(structure, have, "cheapest", dear).units


def test_what_is_carried_over_says_from_whom_and_when(world):
    load_structures(world)
    (number,) = achieve(world, [("90011", {"90011-A1": True})])
    kept = Achievement.objects.get(registration=number)
    assert (kept.awarding_organisation, kept.claimed_unit) == ("Another Board", None)
    for change in ({"awarding_organisation": ""}, {"originally_on": None}, {"origin": "decision"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Achievement.objects.filter(pk=kept.pk).update(**change)
