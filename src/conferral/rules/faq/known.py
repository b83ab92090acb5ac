"""What an answer is made from, and what it is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from conferral.rules.rule import Verdict
from conferral.rules.withdrawals import Family, Point

# Stands in a sentence for the scheme or schemes that are asked about; a sentence must be right for one and for many.
SCHEMES = "{schemes}"
OPEN, ANNOUNCED, CLAIMS_ONLY, CLOSED = "open", "announced", "claims only", "closed"


@dataclass(frozen=True)
class Citation:
    """Where a value comes from, and how this organisation read it."""

    clause: str
    reading: str = ""
    decided_by: str = ""


@dataclass(frozen=True)
class Told:
    """What an announced withdrawal tells centres."""

    id: str
    title: str
    announced_on: date
    schemes: tuple[str, ...]
    last_registrations: frozenset[date | None]
    points: Mapping[str, Point]
    families: tuple[Family, ...]


@dataclass(frozen=True)
class Other:
    """A recommended scheme of the catalogue, and whether it takes registrations on the day that is asked about."""

    code: str
    title: str
    route: str
    takes_registrations: bool
    clause: str


@dataclass(frozen=True)
class Shared:
    """A unit that counts in the scheme and in an alternative; not every membership has a source."""

    unit: str
    title: str
    alternative: str
    confirmed: bool


@dataclass(frozen=True)
class Known:
    """What catalogue and rules know of one scheme on one London day.

    Dates that were announced only later are absent; `announced_later` then says when.
    """

    scheme: str
    title: str
    level: int
    route: str
    on: date
    registration: Verdict
    claim: Verdict
    last_registration: date | None = None
    final_certification: date | None = None
    plan_by: date | None = None
    safe_claim: date | None = None
    service_days: int = 0
    announced_later: date | None = None
    told: Told | None = None
    cites: Mapping[str, Citation] = field(default_factory=dict)
    alternatives: tuple[Other, ...] = ()
    shared: tuple[Shared, ...] = ()
    register: str = ""

    @property
    def phase(self) -> str:
        """Where the scheme stands: open, announced, claims only or closed."""
        if self.last_registration is None:
            return OPEN
        if self.on <= self.last_registration:
            return ANNOUNCED
        in_time = self.final_certification is None or self.on <= self.final_certification
        return CLAIMS_ONLY if in_time else CLOSED

    def point(self, name: str) -> Point | None:
        """What centres are told under a name, if anything is."""
        return self.told.points.get(name) if self.told else None


@dataclass(frozen=True)
class Link:
    """Where to go on."""

    text: str
    address: str


@dataclass(frozen=True)
class Said:
    """An answer before the schemes are written into it. The first sentence is the short answer."""

    text: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    cites: tuple[Citation, ...] = ()
    rules: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


HOUSE = Citation("house")


def written(day: date) -> str:
    """31 December 2013."""
    return f"{day.day} {day:%B %Y}"


def listed(words: Iterable[str], *, last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def cited(point: Point | Family | None) -> tuple[Citation, ...]:
    """The citation of what centres are told."""
    return (Citation(point.clause, point.reading, point.decided_by),) if point else ()


def ways(point: Point) -> str:
    """How to reach somebody: the name, then telephone and e-mail."""
    return f"{point.text}: {listed([way for way in (point.phone, point.email) if way], last='or')}"


def links(*points: Point | None) -> tuple[Link, ...]:
    """The addresses, e-mail and telephone of what centres are told."""
    found = []
    for point in filter(None, points):
        if point.address:
            found.append(Link(point.text or point.address, point.address))
        if point.phone:
            found.append(Link(f"{point.text}, {point.phone}", f"tel:{point.phone.replace(' ', '')}"))
        if point.email:
            found.append(Link(f"{point.text}, {point.email}", f"mailto:{point.email}"))
    return tuple(found)
