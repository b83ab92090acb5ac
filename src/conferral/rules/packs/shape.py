"""What a qualification pack holds. Texts that are not given are ""; other values are None.

A `clause` names a source of the pack and the place in it ("cco-withdrawal-2013 q2"); it is ""
only in what is marked as demonstration. `decided_by` is "house" where the source is silent or
contradicts itself; `reading` then says what was decided and why.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")

ROUTES = ("postal", "verified", "visiting")
EVIDENCE_KINDS = ("candidate_work", "unit_proof", "automatic")
MEASURES = ("units", "credits")
LEVELS = range(1, 9)
WHOLE = "whole"


@dataclass(frozen=True)
class Fault:
    """Something wrong in a pack, with where it stands and what would mend it."""

    place: str
    text: str
    remedy: str
    outcome: str = "refused"


@dataclass(frozen=True)
class Source:
    """A document that clauses cite. `date` is as exact as the document is: 2012-09, or ""."""

    id: str
    title: str
    publisher: str
    date: str
    address: str


@dataclass(frozen=True)
class Cited(Generic[T]):
    """A value with the clause it rests on."""

    value: T
    clause: str
    reading: str = ""
    decided_by: str = ""


@dataclass(frozen=True)
class Criterion:
    """One assessment criterion of a unit, under its learning outcome."""

    number: str
    outcome: int
    text: str
    verb: str


@dataclass(frozen=True)
class Unit:
    """A unit. `code` is the unit number with its obliques where it has one.

    A demonstration unit stands in for a unit whose number is not known; `note` says for which.
    """

    code: str
    urn: str
    title: str
    level: int | None
    credit: int | None
    glh: int | None
    clause: str
    note: str
    reading: str
    decided_by: str
    demonstration: bool
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class EvidencePolicy:
    """What a centre sends for a scheme, from a day on; without a day, from the beginning."""

    kind: str
    from_on: date | None
    clause: str
    reading: str
    decided_by: str


@dataclass(frozen=True)
class Alternative:
    """What to offer instead of a withdrawn scheme; `scheme` is "" where no code is known."""

    scheme: str
    text: str
    clause: str
    reading: str
    decided_by: str


@dataclass(frozen=True)
class Group:
    """Units that a constraint counts together, with those of the groups that lie `within` it.

    `complete` is False where the source lists more units than could be read; `unconfirmed`
    holds the members that no source for this scheme confirms.
    """

    name: str
    title: str
    units: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    complete: bool
    clause: str
    reading: str
    decided_by: str
    within: str = ""


@dataclass(frozen=True)
class Constraint:
    """How much of a group, or of the whole, must and may count.

    With a pathway it holds in that pathway only; `elsewhere` limits what is carried over from other
    awarding organisations.
    """

    group: str
    measure: str
    level_at_least: int | None
    minimum: int | None
    maximum: int | None
    clause: str
    pathway: str = ""
    elsewhere: bool = False


@dataclass(frozen=True)
class Pathway:
    """One of several ways to complete the qualification: its constraints hold beside those of no pathway."""

    name: str
    title: str
    clause: str


@dataclass(frozen=True)
class Barred:
    """Units of which only one counts."""

    units: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class Equivalent:
    """A unit that counts as another one, once, with the level and credit of that other."""

    unit: str
    counts_as: str
    clause: str


@dataclass(frozen=True)
class Combination:
    """Which sets of units make the qualification.

    A unit listed in several groups counts in one of them; those in `counts_once` count in each of
    their groups, and once in the whole.
    """

    groups: tuple[Group, ...]
    constraints: tuple[Constraint, ...]
    note: str
    demonstration: bool
    pathways: tuple[Pathway, ...] = ()
    barred: tuple[Barred, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()
    counts_once: tuple[str, ...] = ()

    def is_mandatory(self, group: Group, pathway: str = "") -> bool:
        """Every unit of the group is needed, in a pathway or in all: a minimum of as many units as it holds."""
        return group.complete and any(
            constraint.group == group.name
            and constraint.measure == "units"
            and constraint.pathway in ("", pathway)
            and constraint.minimum is not None
            and constraint.minimum >= len(self.members(group)) > 0
            for constraint in self.constraints
        )

    def members(self, group: Group) -> frozenset[str]:
        """The units of a group and of the groups within it. The groups must not lie in a circle."""
        return frozenset(group.units).union(*map(self.members, self.inner(group.name)))

    def inner(self, name: str) -> tuple[Group, ...]:
        """The groups that lie directly within a group, or within none for ""."""
        return tuple(group for group in self.groups if group.within == name)


@dataclass(frozen=True)
class Scheme:
    """A qualification under its five-digit scheme code. A last day is inclusive."""

    code: str
    title: Cited[str]
    level: Cited[int]
    qan: Cited[str] | None
    route: Cited[str]
    last_registration: Cited[date] | None
    final_certification: Cited[date] | None
    evidence: tuple[EvidencePolicy, ...]
    alternatives: tuple[Alternative, ...]
    combination: Combination
    note: str


@dataclass(frozen=True)
class Pack:
    """One file of the catalogue. `faults` are what kept it from being read."""

    name: str
    sources: tuple[Source, ...] = ()
    units: tuple[Unit, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    faults: tuple[Fault, ...] = field(default=())
