"""Regions: told from a postcode, and how many borders lie between two of them. Read once from `regions.toml`."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from conferral.rules.policies import policy


@dataclass(frozen=True)
class Region:
    """A region, the first parts of the postcodes in it, and its neighbours."""

    id: str
    title: str
    postcodes: tuple[str, ...]
    borders: tuple[str, ...]


def _read() -> dict[str, Region]:
    said = tomllib.loads(files("conferral.rules").joinpath("regions.toml").read_text("utf-8"))
    return {
        id: Region(id, one["title"], tuple(one["postcodes"].split()), tuple(one["borders"]))
        for id, one in said["regions"].items()
    }


def _steps(regions: dict[str, Region]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for start in regions:
        reached, edge, count = {start}, {start}, 0
        while edge:
            found |= {(start, region): count for region in edge}
            edge = {near for region in edge for near in regions[region].borders} - reached
            reached, count = reached | edge, count + 1
    return found


REGIONS = _read()
_OF_POSTCODE = {first: region.id for region in REGIONS.values() for first in region.postcodes}
_STEPS = _steps(REGIONS)
_POSTCODE = re.compile(r"\b(([A-Z]{1,2})[0-9][0-9A-Z]?) ?[0-9][A-Z]{2}\b")


def region_of(address: str, nation: str = "") -> str:
    """The region of an address, by the last postcode in it; empty where it has none that is known.

    A nation that is a region of its own decides alone.
    """
    if nation in REGIONS:
        return nation
    for whole, letters in reversed(_POSTCODE.findall(address.upper())):
        found = _OF_POSTCODE.get(whole) or _OF_POSTCODE.get(letters)
        if found:
            return found
    return ""


def steps_between(one: str, other: str) -> int:
    """How many borders of regions are crossed at least; a house value where a region is not known."""
    return _STEPS[one, other] if one and other else policy("steps_where_a_region_is_unknown")
