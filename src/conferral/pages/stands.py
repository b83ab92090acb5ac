"""How a registration stands towards one constraint of its combination, in words."""

from collections.abc import Mapping

from conferral.records.awards.queries import Standing


def counted_from(one: Standing, titles: Mapping[str, str]) -> str:
    """What the constraint counts: a group by its title, all, what was carried over, or what is at a level."""
    where = titles.get(one.group, one.group) if one.group else "Whole qualification"
    if one.elsewhere:
        where = f"{where}, carried over from elsewhere" if one.group else "Carried over from elsewhere"
    level = f" at level {one.level_at_least} or above" if one.level_at_least else ""
    return f"{where}{level}"


def counted_so_far(one: Standing) -> str:
    """How much counts, of how much, and how much can count at most."""
    if one.need:
        most = f", {one.cap} at most" if one.cap is not None else ""
        return f"{one.have} of {one.need} {one.measure}{most}"
    return f"{one.have} of at most {one.cap} {one.measure}" if one.cap is not None else f"{one.have} {one.measure}"
