"""How far registrations have come towards their rule of combination: one SQL text for one and for all."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Exists, QuerySet

from conferral.records.awards.completion import best_count
from conferral.records.awards.models import Certificate
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.combinations import structures
from conferral.records.claims.models import Claim
from conferral.records.holds.queries import open_holds_over
from conferral.records.prepared import asked_of

# A row per (registration, pathway, constraint): what is had, after the caps of the groups within, and what is
# needed. A unit counts as the one it is equivalent to, once; where its level is high enough; in each group around
# it, and by its main group in the whole. With `claimed`, units in open claims count as if they were achieved.
# A registration is undecided where something is to be chosen: units that are barred together, a unit of several
# groups, more than a maximum that counts units or credit from elsewhere. Its amounts are then upper bounds.
COMBINATION = """
WITH achieved AS (
    SELECT a.registration_id, r.scheme_id, coalesce(su.counts_as_id, su.unit_id) AS unit_id,
           min(CASE a.origin WHEN 'transfer' THEN 1 ELSE 0 END) AS elsewhere
    FROM (
        SELECT registration_id, unit_id, origin FROM candidates_achievement
        UNION ALL
        SELECT u.registration_id, u.unit_id, 'decision' FROM claims_claimedunit u
        JOIN claims_claim c ON c.id = u.claim_id
        WHERE {claimed} AND u.state IN ('claimed', 'confirmed', 'amended') AND c.state NOT IN ('draft', 'withdrawn')
    ) a
    JOIN candidates_registration r ON r.id = a.registration_id
    JOIN catalogue_schemeunit su ON su.scheme_id = r.scheme_id AND su.unit_id = a.unit_id
    WHERE a.registration_id = ANY(%(registrations)s)
    GROUP BY a.registration_id, r.scheme_id, coalesce(su.counts_as_id, su.unit_id)
), counted AS (
    SELECT a.registration_id, a.scheme_id, a.elsewhere, u.level, coalesce(u.credit, 0) AS credits,
           g.top, g.middle, g.leaf, g.main, g.choice
    FROM achieved a
    JOIN catalogue_groupunit g ON g.scheme_id = a.scheme_id AND g.unit_id = a.unit_id
    JOIN catalogue_unit u ON u.code = a.unit_id
), ways AS (
    SELECT q.code AS scheme_id, coalesce(p.name, '') AS way, coalesce(p.place, 0) AS way_place
    FROM catalogue_qualification q LEFT JOIN catalogue_pathway p ON p.scheme_id = q.code
), lines AS (
    SELECT c.*, w.way, w.way_place, c.id * 4096 + w.way_place AS number
    FROM catalogue_constraint c
    JOIN ways w ON w.scheme_id = c.scheme_id AND c.pathway IN ('', w.way)
), caps AS (
    SELECT l.number, l."group" AS of, m."group", min(m.maximum) AS most
    FROM lines l JOIN lines m ON m.scheme_id = l.scheme_id AND m.way = l.way AND m.measure = l.measure
    WHERE m.maximum IS NOT NULL AND m."group" NOT IN ('', l."group") AND m.level_at_least IS NULL
     AND m.elsewhere = FALSE
    GROUP BY l.number, l."group", m."group"
), amounts AS (
    SELECT k.registration_id, k.top, k.middle, k.leaf, l.number, l.chooses, l.maximum,
           CASE l.measure WHEN 'units' THEN 1 ELSE k.credits END AS amount
    FROM counted k
    JOIN lines l ON l.scheme_id = k.scheme_id
     AND ((l."group" = '' AND k.main) OR (l."group" <> '' AND l."group" IN (k.top, k.middle, k.leaf)))
     AND (l.level_at_least IS NULL OR k.level >= l.level_at_least) AND (l.elsewhere = FALSE OR k.elsewhere = 1)
), leaves AS (
    SELECT a.registration_id, a.number, a.top, a.middle, least(sum(a.amount), min(cap.most)) AS amount
    FROM amounts a
    LEFT JOIN caps cap ON cap.number = a.number AND cap."group" = a.leaf
    GROUP BY a.registration_id, a.number, a.top, a.middle, a.leaf
), middles AS (
    SELECT a.registration_id, a.number, a.top, least(sum(a.amount), min(cap.most)) AS amount
    FROM leaves a
    LEFT JOIN caps cap ON cap.number = a.number AND cap."group" = a.middle AND cap.of IN ('', a.top)
    GROUP BY a.registration_id, a.number, a.top, a.middle
), tops AS (
    SELECT a.registration_id, a.number, least(sum(a.amount), min(cap.most)) AS amount
    FROM middles a
    LEFT JOIN caps cap ON cap.number = a.number AND cap."group" = a.top AND cap.of = ''
    GROUP BY a.registration_id, a.number, a.top
), totals AS (
    SELECT registration_id, number, sum(amount) AS amount FROM tops GROUP BY registration_id, number
), undecided AS (
    SELECT registration_id FROM counted WHERE choice
    UNION
    SELECT a.registration_id FROM achieved a
    JOIN catalogue_barred b ON b.scheme_id = a.scheme_id AND b.unit_id = a.unit_id
    GROUP BY a.registration_id, b.number HAVING count(*) > 1
    UNION
    SELECT registration_id FROM amounts WHERE chooses GROUP BY registration_id, number
    HAVING sum(amount) > min(maximum)
)
SELECT r.id, l.place, l."group", l.measure, l.level_at_least, CAST(coalesce(t.amount, 0) AS integer) AS have,
       l.minimum AS need, l.maximum AS cap, l.pathway, l.elsewhere, l.way, u.registration_id IS NOT NULL AS undecided
FROM candidates_registration r
JOIN lines l ON l.scheme_id = r.scheme_id
LEFT JOIN totals t ON t.registration_id = r.id AND t.number = l.number
LEFT JOIN undecided u ON u.registration_id = r.id
WHERE r.id = ANY(%(registrations)s)
"""
_IN_ORDER = "ORDER BY r.id, l.way_place, l.place"

# The same of every registration there is, without parameters, for engines that hold sets.
COMBINATION_OF_ALL = COMBINATION.format(claimed="FALSE").replace("= ANY(%(registrations)s)", "IS NOT NULL")


class Standing(NamedTuple):
    """How one registration stands towards one constraint. An empty group is the whole scheme."""

    registration: int
    place: int
    group: str
    measure: str
    level_at_least: int | None
    have: int
    need: int
    cap: int | None
    pathway: str = ""
    elsewhere: bool = False

    @property
    def met(self) -> bool:
        return self.have >= self.need

    @property
    def short(self) -> int:
        """How much is missing."""
        return max(0, self.need - self.have)

    @property
    def in_words(self) -> str:
        """What is missing, as a phrase."""
        short, where = self.need - self.have, f" from {self.group}" if self.group else ""
        measure = self.measure if short != 1 else self.measure.removesuffix("s")
        level = f" at level {self.level_at_least} or above" if self.level_at_least else ""
        return f"{short} more {measure}{where}{level}"


def standings(registrations: Iterable[int], *, claimed: bool = False) -> dict[int, list[Standing]]:
    """Every constraint of each registration's scheme, in order. A scheme without constraints has no entry.

    Of several pathways it is the one that is least short. With `claimed`, what is in an open claim counts
    as if it were achieved. Where something is to be chosen, it is chosen so that as little as possible is short.
    """
    numbers = list(registrations)
    found: dict[int, dict[str, list[Standing]]] = {}
    undecided = set[int]()
    for *row, way, open_choice in asked_of(
        numbers, COMBINATION.format(claimed="TRUE" if claimed else "FALSE") + _IN_ORDER
    ):
        found.setdefault(row[0], {}).setdefault(way, []).append(Standing(*row))
        if open_choice:
            undecided.add(row[0])
    chosen = {number: min(ways.values(), key=_shortage) for number, ways in found.items()}
    return chosen | _chosen(found, undecided, claimed=claimed)


def _shortage(lines: Iterable[Standing]) -> int:
    return sum(line.short for line in lines)


def _chosen(
    found: dict[int, dict[str, list[Standing]]], undecided: set[int], *, claimed: bool
) -> dict[int, list[Standing]]:
    """The best legal count for those for whom something is to be chosen."""
    schemes = dict(Registration.objects.filter(pk__in=undecided).values_list("pk", "scheme")) if undecided else {}
    structure, units = structures(schemes.values()) if schemes else {}, achieved_units(schemes, claimed=claimed)
    chosen = {}
    for number, scheme in schemes.items():
        best = best_count(structure[scheme], units[number])
        lines = found[number][best.pathway]
        chosen[number] = [line._replace(have=best.have[line.place]) for line in lines]
    return chosen


class UnitOf(NamedTuple):
    """A unit of a registration: achieved, and perhaps carried over; or in a claim whose outcome may be an award."""

    registration: int
    unit: str
    elsewhere: bool
    claim: int | None
    claim_state: str


UNITS = """
SELECT registration_id, unit_id, origin = 'transfer', NULL, '' FROM candidates_achievement
WHERE registration_id = ANY(%(registrations)s)
UNION ALL
SELECT u.registration_id, u.unit_id, FALSE, u.claim_id, c.state
FROM claims_claimedunit u JOIN claims_claim c ON c.id = u.claim_id
WHERE u.registration_id = ANY(%(registrations)s) AND u.state IN ('claimed', 'confirmed', 'amended')
  AND c.state NOT IN ('draft', 'withdrawn')
ORDER BY 1, 4, 2
"""


def units_of(registrations: Iterable[int]) -> list[UnitOf]:
    """What registrations have achieved, and what is on the way; in one query, the claims in order."""
    numbers = list(registrations)
    if not numbers:
        return []
    return [UnitOf(*row) for row in asked_of(numbers, UNITS)]


def counting(units: Iterable[UnitOf]) -> dict[int, dict[str, bool]]:
    """The units of each registration, and of each whether it was only ever carried over from elsewhere."""
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for one in units:
        found[one.registration][one.unit] = found[one.registration].get(one.unit, True) and one.elsewhere
    return found


def achieved_units(registrations: Iterable[int], *, claimed: bool = False) -> dict[int, dict[str, bool]]:
    """The units of each registration, and of each whether it was carried over from elsewhere.

    With `claimed`, units in open claims too.
    """
    numbers = list(registrations)
    found = counting(one for one in units_of(numbers) if claimed or one.claim is None)
    return {number: found.get(number, {}) for number in numbers}


def to_process() -> QuerySet[Claim]:
    """Reported claims that wait for the desk, oldest first."""
    waiting = Claim.objects.filter(state="with_awarding_organisation").order_by("id")
    return waiting.select_related("centre", "scheme", "report")


def due_certificates() -> QuerySet[Certificate]:
    """Certificates that are due, not printed yet and under no hold, oldest award first."""
    over = open_holds_over(scheme="award__scheme", registration="award__registration")
    due = Certificate.objects.filter(~Exists(over), state="due")
    return due.select_related("centre").defer("document").order_by("award_id")


def certificates(before: int | None, state: str = "") -> QuerySet[Certificate]:
    """Certificates without their documents, newest award first, from before an award on."""
    found = Certificate.objects.select_related("centre").defer("document").order_by("-award_id", "number")
    found = found.filter(award__lt=before) if before else found
    return found.filter(state=state) if state else found
