"""How near registrations are to their award: for one candidate or a whole centre, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from conferral.records.awards.completion import (
    CHEAPEST,
    FEWEST_CREDITS,
    FEWEST_UNITS,
    Finish,
    can_finish,
    finish,
    out_of_reach,
)
from conferral.records.awards.queries import Standing, UnitOf, counting, standings, units_of
from conferral.records.calendar import safe_claim
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.combinations import combinations
from conferral.records.holds.queries import held_days
from conferral.records.prepared import asked_often
from conferral.rules.book import rules_on
from conferral.rules.combinations import Line, Structure, shortage_in_words
from conferral.rules.days import months_before
from conferral.rules.facts import ReadinessFacts
from conferral.rules.holds import ASKED
from conferral.rules.policies import policy
from conferral.rules.readiness import CANNOT_FINISH, READY, status_of
from conferral.rules.rule import Verdict, judge

AIMS = (FEWEST_UNITS, FEWEST_CREDITS, CHEAPEST)
HOURS_A_CREDIT = 10


@dataclass(frozen=True)
class Missing:
    """One constraint that is not met, and by how much."""

    standing: Standing
    words: str


@dataclass(frozen=True)
class Readiness:
    """Where one registration stands on a day, and what would finish it.

    `units` and `credits` are achieved; `waiting` maps a unit in an open claim to that claim. What is missing is
    missing beyond both. `finish` maps each aim to the units that reach it; it is empty when nothing is missing,
    when nothing finishes, or when it was not asked for.
    """

    registration: Registration
    status: str
    verdict: Verdict
    units: tuple[str, ...]
    credits: int
    credits_needed: int | None
    waiting: Mapping[str, int]
    standings: tuple[Standing, ...]
    missing: tuple[Missing, ...]
    finish: Mapping[str, Finish]
    plan_by: date | None
    safe_by: date | None
    could_transfer: bool
    next_step: str


def readiness_of(
    centre: str,
    scheme: str | None = None,
    registrations: Iterable[int] | None = None,
    *,
    on: date,
    costs: Mapping[str, int] | None = None,
    finishing: bool = True,
) -> list[Readiness]:
    """The readiness of a centre's registrations on a London day, by scheme and name.

    `costs` gives the price of units, 1 where it is silent. Without `finishing`, the sets of units that would
    finish are left out: a list with many names needs only the status.
    """
    rows = _registrations(centre, scheme, registrations)
    known = _Known(rows, on=on, costs=costs or {}, finishing=finishing)
    return [known.readiness(row, row.award.awarded_on if hasattr(row, "award") else None) for row in rows]


def readiness_of_listed(rows: list[Registration], *, on: date) -> list[Readiness]:
    """The readiness of registrations that are at hand with their schemes, without the sets that would finish.

    For those that have no award yet.
    """
    known = _Known(rows, on=on, costs={}, finishing=False)
    return [known.readiness(row, None) for row in rows]


def _registrations(centre: str, scheme: str | None, registrations: Iterable[int] | None) -> list[Registration]:
    rows = Registration.objects.filter(centre=centre).select_related("candidate", "scheme", "award")
    rows = rows.filter(scheme=scheme) if scheme else rows
    rows = rows.filter(pk__in=list(registrations)) if registrations is not None else rows
    return list(rows.order_by("scheme", "candidate__last_name", "candidate__first_names", "pk"))


class _Known:
    """What is known of a set of registrations, fetched together."""

    def __init__(self, rows: list[Registration], *, on: date, costs: Mapping[str, int], finishing: bool) -> None:
        numbers, schemes = [row.pk for row in rows], {row.scheme_id for row in rows}
        self.on, self.costs, self.finishing = on, costs, finishing
        self.standings = standings(numbers, claimed=True)
        units = units_of(numbers)
        self.counting = counting(units)
        self.achieved = counting(one for one in units if one.claim is None)
        self.waiting = _waiting(units)
        known = combinations(schemes)
        self.structures = {code: one.structure for code, one in known.items() if one.structure}
        self.titles = {code: one.titles for code, one in known.items()}
        self.alternatives = alternatives(schemes, on)
        # Only of whom an award would be promised.
        self.held = held_days(row.pk for row in rows if all(one.met for one in self.standings.get(row.pk, ())))

    def readiness(self, row: Registration, awarded_on: date | None) -> Readiness:
        facts = self._facts(row, awarded_on)
        verdict = judge(facts, rules_on("readiness"))
        status, missing = status_of(verdict), self._missing(row)
        standing = tuple(self.standings.get(row.pk, ()))
        structure = self.structures.get(row.scheme_id)
        return Readiness(
            registration=row,
            status=status,
            verdict=verdict,
            units=tuple(sorted(self.achieved[row.pk])),
            credits=_credits(structure, self.achieved[row.pk]),
            credits_needed=_credits_needed(standing),
            waiting=self.waiting[row.pk],
            standings=standing,
            missing=missing,
            finish=self._finish(row) if missing and facts.finishable and self.finishing else {},
            plan_by=facts.plan_by,
            safe_by=facts.safe_claim,
            could_transfer=status == CANNOT_FINISH and bool(self.alternatives[row.scheme_id]),
            next_step=self._next_step(row, facts, status),
        )

    def _facts(self, row: Registration, awarded_on: date | None) -> ReadinessFacts:
        scheme, missing = row.scheme, self._missing(row)
        finishable, blocked = self._within_reach(row) if missing and not awarded_on else (True, None)
        return ReadinessFacts(
            scheme=scheme.code,
            on=self.on,
            constraints=len(self.standings.get(row.pk, ())),
            unmet=0 if awarded_on else len(missing),
            missing="; ".join(one.words for one in missing) or None,
            finishable=finishable,
            out_of_reach=blocked,
            finish_at_the_earliest=self._earliest(missing),
            plan_by=plan_by(scheme.final_certification),
            safe_claim=safe_claim(scheme.final_certification, scheme.route),
            final_certification=scheme.final_certification,
            awarded_on=awarded_on,
            alternatives="; ".join(self.alternatives[scheme.code]) or None,
        )

    def _missing(self, row: Registration) -> tuple[Missing, ...]:
        named = self.titles.get(row.scheme_id, {})
        unmet = (standing for standing in self.standings.get(row.pk, ()) if not standing.met)
        return tuple(Missing(one, shortage_in_words(_line(one), one.have, named)) for one in unmet)

    def _within_reach(self, row: Registration) -> tuple[bool, str | None]:
        structure, counting = self.structures[row.scheme_id], self.counting[row.pk]
        if can_finish(structure, counting):
            return True, None
        named = self.titles[row.scheme_id]
        short = (shortage_in_words(line, have, named) for line, have in out_of_reach(structure, counting))
        return False, f"even with every unit of the catalogue, {' and '.join(short)} would be missing"

    def _earliest(self, missing: Iterable[Missing]) -> date:
        short = [one.standing for one in missing if one.standing.measure == "credits"]
        return worked_off_by(max((one.short for one in short), default=0), on=self.on)

    def _finish(self, row: Registration) -> dict[str, Finish]:
        structure, counting = self.structures[row.scheme_id], self.counting[row.pk]
        found = {aim: finish(structure, counting, aim, self.costs) for aim in AIMS}
        return {aim: one for aim, one in found.items() if one}

    def _next_step(self, row: Registration, facts: ReadinessFacts, status: str) -> str:
        claims = sorted(set(self.waiting[row.pk].values()))
        if facts.awarded_on:
            return "Nothing: the qualification is awarded."
        if status == CANNOT_FINISH:
            offered = self.alternatives[row.scheme_id]
            return (
                f"Ask what transfers to {offered[0]}." if offered else "Ask the awarding organisation what transfers."
            )
        if status == READY and claims:
            return f"Wait for the decision on claim {' and '.join(map(str, claims))}."
        if status == READY and row.pk in self.held:
            return f"Results are held: ask {ASKED}."
        if status == READY:
            return "Nothing is missing: the awarding organisation makes the award."
        if not facts.missing:
            return "Ask the awarding organisation for the rule of combination."
        return f"Claim {facts.missing}{_by(facts)}."


def worked_off_by(credits: int, *, on: date) -> date:
    """When missing credits can be worked off from a day on, at the usual pace."""
    return on + timedelta(weeks=ceil(credits * HOURS_A_CREDIT / policy("hours_a_week")))


def plan_by(final_certification: date | None) -> date | None:
    """The day by which assessment is planned to be complete; None for a scheme without a final date."""
    if final_certification is None:
        return None
    return months_before(final_certification, policy("months_before_final_certification"))


def _by(facts: ReadinessFacts) -> str:
    days = (day for day in (facts.plan_by, facts.safe_claim, facts.final_certification) if day and day >= facts.on)
    day = next(days, None)
    return f" by {day.day} {day:%B %Y}" if day else ""


def _line(one: Standing) -> Line:
    return Line(one.place, one.group, one.measure, one.level_at_least, one.need, one.cap, one.pathway, one.elsewhere)


def _credits(structure: Structure | None, achieved: Mapping[str, bool]) -> int:
    """The credit of the achieved units as they count; equivalents once."""
    if structure is None:
        return 0
    counted = structure.counted(achieved)
    return sum(part.credit for part in structure.parts if part.unit in counted)


def _credits_needed(standing: Iterable[Standing]) -> int | None:
    whole = [one.need for one in standing if one.measure == "credits" and not one.group and not one.level_at_least]
    return max(whole, default=0) or None


def _waiting(units: Iterable[UnitOf]) -> dict[int, dict[str, int]]:
    """Each registration's units in open claims that are not processed yet, with the claim."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for one in units:
        if one.claim is not None and one.claim_state != "processed":
            found[one.registration][one.unit] = one.claim
    return found


ALTERNATIVES = """
SELECT a.scheme_id, q.code || ' ' || q.title
FROM catalogue_alternative a JOIN catalogue_qualification q ON q.code = a.alternative_id
WHERE a.scheme_id = ANY(%(schemes)s) AND (q.last_registration IS NULL OR q.last_registration >= %(on)s)
ORDER BY q.code, a.id
"""


def alternatives(schemes: Iterable[str], on: date) -> dict[str, list[str]]:
    """What each scheme recommends instead and still takes registrations, in words."""
    found: dict[str, list[str]] = defaultdict(list)
    for scheme, words in asked_often(ALTERNATIVES, {"schemes": sorted(schemes), "on": on}):
        found[scheme].append(words)
    return found
