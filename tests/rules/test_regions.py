"""Regions by postcode, and how far apart they are."""

import pytest

from conferral.rules.policies import policy
from conferral.rules.regions import REGIONS, region_of, steps_between


@pytest.mark.parametrize(("address", "nation", "region"), [
    ("4 Upper Terrace\nMachynlleth SY20 0ZZ", "", "wales"),
    ("Shrewsbury SY1 1AA", "", "west-midlands"),
    ("SY1 Road 20\nBath BA1 1AA\nUnited Kingdom", "", "south-west"),
    ("london e15 0aa", "england", "london"),
    ("Leeds LS1 0ZZ", "scotland", "scotland"),
    ("Belfast BT10AA", "", "northern-ireland"),
    ("No postcode", "england", ""),
    ("XX1 1XX", "", ""),
    ("", "", ""),
])  # fmt: skip
def test_a_postcode_or_a_nation_tells_the_region(address, nation, region):
    assert region_of(address, nation) == region


def test_steps_are_the_same_both_ways_and_neighbours_are_one_apart():
    for one in REGIONS:
        assert steps_between(one, one) == 0
        for other in REGIONS:
            assert steps_between(one, other) == steps_between(other, one)
            assert (steps_between(one, other) == 1) == (other in REGIONS[one].borders)
    assert steps_between("wales", "london") == 3
    assert steps_between("", "wales") == policy("steps_where_a_region_is_unknown")


def test_no_postcode_lies_in_two_regions():
    every = [first for region in REGIONS.values() for first in region.postcodes]
    assert len(every) == len(set(every))
