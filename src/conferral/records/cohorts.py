"""A centre's open registrations in a scheme: who stands where, unit by unit, and where one more unit helps most."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from conferral.records.candidates.models import Registration
from conferral.records.candidates.queries import registrations_found
from conferral.records.catalogue.combinations import combinations
from conferral.records.catalogue.models import Qualification, SchemeUnit
from conferral.records.claims.marks import drafted
from conferral.records.claims.models import ClaimedUnit
from conferral.records.questions.queries import Asked, asked_about
from conferral.records.readiness import Readiness, readiness_of
from conferral.rules.combinations import Line, Part, Structure
from conferral.rules.readiness import AT_RISK, CAN_FINISH

# A page that everybody opens first counts fewer: two thousand take about a second, five thousand up to three.
COHORT, COUNTED = 5000, 2000
OPEN = ("registered", "part_achieved")
ACHIEVED, CLAIMED, NOT_AWARDED, NOT_STARTED = "achieved", "claimed", "not_awarded", "not_started"
QUESTION = "question"


@dataclass(frozen=True)
class Cohort:
    """The newest open registrations of a scheme, and what their units stand at; `more` when there are others.

    `not_awarded` holds the (registration, unit) that a moderator did not award, whatever came of them later; `asked`
    those of which a moderator asks something; `drafted` says how far they have come in drafts. `assessors` are those
    of the scheme's open registrations by name, and `assessed_by` the assessors that any claim of a registration names.
    """

    scheme: Qualification
    units: tuple[SchemeUnit, ...]
    rows: tuple[Readiness, ...]
    structure: Structure | None
    titles: Mapping[str, str]
    not_awarded: frozenset[tuple[int, str]]
    asked: Mapping[tuple[int, str], Asked]
    drafted: Mapping[tuple[int, str], str]
    assessors: Mapping[int, str]
    assessed_by: Mapping[int, frozenset[int]]
    more: bool

    def stands(self, row: Readiness, unit: str) -> str:
        """How far a unit of a registration has come; one that is in a draft again is where the draft is."""
        if unit in row.units:
            return ACHIEVED
        cell = row.registration.pk, unit
        if unit in row.waiting:
            return QUESTION if cell in self.asked else CLAIMED
        return self.drafted.get(cell) or (NOT_AWARDED if cell in self.not_awarded else NOT_STARTED)

    def asks(self, row: Readiness) -> Asked | None:
        """The question about a registration that is to be answered first."""
        return self._first_asked.get(row.registration.pk)

    @cached_property
    def _first_asked(self) -> dict[int, Asked]:
        soonest_last = sorted(self.asked.items(), key=lambda one: (one[1].due_on, one[1].number), reverse=True)
        return {registration: asked for (registration, _), asked in soonest_last}

    @property
    def to_claim(self) -> list[Readiness]:
        """Those who can still finish and have something to claim."""
        return [row for row in self.rows if row.missing and row.status in (CAN_FINISH, AT_RISK)]

    def having(self, line: Line) -> int:
        """How many have what one line of the combination asks."""
        return sum(1 for row in self.rows for one in row.standings if one.place == line.place and one.met)

    def pushes(self) -> list[tuple[SchemeUnit, int]]:
        """The units that would each, alone, leave nothing missing, with for how many; the most first."""
        if self.structure is None:
            return []
        counted = Counter(unit for row in self.to_claim for unit in finishers(self.structure, row))
        return [(unit, counted[unit.unit_id]) for unit in sorted(self.units, key=lambda one: -counted[one.unit_id])
                if counted[unit.unit_id]]  # fmt: skip


def cohort(centre: str, scheme: Qualification, *, text: str = "", on: date) -> Cohort:
    """The cohort of a scheme on a London day; of a learner number or of last names beginning so."""
    found = list(open_registrations(scheme=scheme.code, text=text).values_list("pk", flat=True)[: COHORT + 1])
    numbers, combined = found[:COHORT], combinations([scheme.code])[scheme.code]
    assessors, assessed_by = _assessors(scheme, numbers)
    refused = ClaimedUnit.objects.filter(registration__in=numbers, state="not_awarded")
    return Cohort(
        scheme=scheme,
        units=tuple(SchemeUnit.objects.filter(scheme=scheme).select_related("unit").order_by("place")),
        rows=tuple(readiness_of(centre, scheme.code, numbers, on=on, finishing=False)),
        structure=combined.structure,
        titles=combined.titles,
        not_awarded=frozenset(refused.values_list("registration", "unit")),
        asked=asked_about(numbers),
        drafted=drafted(numbers),
        assessors=assessors,
        assessed_by=assessed_by,
        more=len(found) > COHORT,
    )


def _assessors(scheme: Qualification, numbers: list[int]) -> tuple[dict[int, str], dict[int, frozenset[int]]]:
    """Everybody whom a claim of an open registration names as assessor, and who they are for each of `numbers`."""
    claimed = ClaimedUnit.objects.filter(
        registration__scheme=scheme, registration__state__in=OPEN, assessor__isnull=False
    )
    named = claimed.order_by("assessor__name", "assessor").values_list("assessor", "assessor__name").distinct()
    found: dict[int, set[int]] = {}
    for registration, assessor in (
        claimed.filter(registration__in=numbers).values_list("registration", "assessor").distinct()
    ):
        found.setdefault(registration, set()).add(assessor)
    return dict(named), {registration: frozenset(people) for registration, people in found.items()}


def open_registrations(*, scheme: str = "", text: str = "") -> QuerySet[Registration]:
    """Registrations that have no award yet, newest first."""
    return registrations_found(text=text, scheme=scheme).filter(state__in=OPEN)


def statuses(centre: str, on: date) -> dict[str, Counter[str]] | None:
    """How many open registrations of each scheme stand where; None when there are too many to count at once."""
    found = list(open_registrations().values_list("pk", flat=True)[: COUNTED + 1])
    if len(found) > COUNTED:
        return None
    counts: dict[str, Counter[str]] = {}
    for row in readiness_of(centre, registrations=found, on=on, finishing=False):
        counts.setdefault(row.registration.scheme_id, Counter())[row.status] += 1
    return counts


def finishers(structure: Structure, row: Readiness) -> list[str]:
    """The units of which each alone leaves nothing missing, as far as no unit counted already has to give way."""
    held = structure.counted(dict.fromkeys((*row.units, *row.waiting), False))
    excluded = {unit for units in structure.barred if held.keys() & units for unit in units}
    have = {one.place: one.have for one in row.standings}
    short = {one.standing.place: one.standing.short for one in row.missing}
    lines = [line for line in structure.lines if line.place in have]
    new = (part for part in structure.parts if part.unit not in held and part.unit not in excluded)
    return [part.unit for part in new if any(_fills(part, groups, lines, have, short) for groups in part.ways)]


def _fills(
    part: Part, groups: frozenset[str], lines: Iterable[Line], have: Mapping[int, int], short: Mapping[int, int]
) -> bool:
    counting = [line for line in lines if line.counts(part, groups, False)]
    amounts = {"units": 1, "credits": part.credit}
    for line in counting:
        if line.maximum is not None:
            room = max(0, line.maximum - have[line.place])
            amounts[line.measure] = min(amounts[line.measure], room)
    if not amounts["units"]:
        return False
    filled = {line.place for line in counting if amounts[line.measure] >= short.get(line.place, 0)}
    return short.keys() <= filled
