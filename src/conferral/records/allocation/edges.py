"""Every batch that waits for a moderator with every moderator: what the rules say of them, and what each would cost.

A batch is the work of one centre in one scheme. Few facts belong to a pair of a batch and a moderator: most are the
moderator's alone or the scheme's with the moderator. Each is read once, in a handful of queries however many batches
wait, and batches of which all facts are the same are held as one kind (ADR 27).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from conferral.records.allocation.columns import Column, spoken
from conferral.records.allocation.queries import AWAY, CONTRACT, TOUCHED
from conferral.rules.book import rules_on
from conferral.rules.policies import policy
from conferral.rules.regions import region_of
from conferral.rules.rule import REFUSED

# First entries, then allocation: a batch waits from its first open registration on, or since its last allocation ended.
_WAITING = """
    SELECT a.centre_id, a.scheme_id, q.route <> 'postal', right(c.address, 40), c.nation, entry.candidates,
           greatest(entry.since, a.approved_on, before.until)
    FROM centres_approval a
    JOIN centres_centre c ON c.number = a.centre_id
    JOIN catalogue_qualification q ON q.code = a.scheme_id
    CROSS JOIN LATERAL (SELECT min(r.registered_on) AS since, count(*) AS candidates FROM candidates_registration r
                        WHERE r.centre_id = a.centre_id AND r.scheme_id = a.scheme_id
                          AND r.state IN ('registered', 'part_achieved')) entry
    CROSS JOIN LATERAL (SELECT max(upper(h.days)) AS until FROM moderation_allocation h
                        WHERE h.centre_id = a.centre_id AND h.scheme_id = a.scheme_id
                          AND h.days << daterange(%(on)s, NULL)) before
    WHERE a.approved_on <= %(on)s AND (a.ended_on IS NULL OR a.ended_on >= %(on)s) AND entry.since <= %(on)s
      AND NOT EXISTS (SELECT FROM moderation_allocation h WHERE h.centre_id = a.centre_id
                      AND h.scheme_id = a.scheme_id AND h.days @> %(on)s::date)
    ORDER BY a.centre_id, a.scheme_id
"""
_MODERATORS = f"""
    SELECT m.person_id, p.name, m.region, right(m.address, 40),
           EXISTS (SELECT FROM allocation_contract k WHERE k.moderator_id = m.person_id), contract.most_batches,
           EXISTS (SELECT FROM allocation_competence k WHERE k.moderator_id = m.person_id),
           away.until_on, coalesce(held.batches, 0), coalesce(ahead.days, 0)
    FROM moderation_moderator m
    JOIN people_person p ON p.id = m.person_id
    {CONTRACT} {AWAY}
    LEFT JOIN (SELECT moderator_id, count(*) AS batches FROM moderation_allocation
               WHERE days @> %(on)s::date GROUP BY moderator_id) held ON held.moderator_id = m.person_id
    LEFT JOIN (SELECT moderator_id, sum(upper(met) - lower(met)) AS days
               FROM (SELECT moderator_id, days * daterange(%(on)s, %(ahead)s) AS met FROM allocation_absence
                     WHERE taken_back_at IS NULL) met
               GROUP BY moderator_id) ahead ON ahead.moderator_id = m.person_id
    ORDER BY m.person_id
"""
_COMPETENT = "SELECT moderator_id, scheme_id FROM allocation_competence WHERE since <= %(on)s"
_INTERESTED = "SELECT moderator_id, centre_id FROM moderation_interest"
_AT_CENTRE = """
    SELECT s.person_id, s.centre_id FROM centres_membership s
    WHERE s.centre_id IS NOT NULL AND s.person_id IN (SELECT person_id FROM moderation_moderator)
"""
_TOUCHED = f"""
    SELECT DISTINCT person_id, touched.centre_id, touched.scheme_id
    FROM ({TOUCHED}) touched JOIN moderation_moderator m USING (person_id)
"""
_KNOWN = """
    SELECT moderator_id, centre_id, min(lower(days)) FROM moderation_allocation
    WHERE lower(days) <= %(on)s GROUP BY moderator_id, centre_id
"""


class Batch(NamedTuple):
    """A centre's work in a scheme that waits for a moderator."""

    centre: str
    scheme: str
    by_visit: bool
    region: str
    candidates: int
    waiting_since: date


class Person(NamedTuple):
    """A moderator, and what of them is the same for every batch. `most` is None where nothing is agreed."""

    id: int
    name: str
    region: str
    has_contract: bool
    most: int | None
    has_competence: bool
    away_until: date | None
    held: int
    days_ahead: int


class Kind(NamedTuple):
    """What batches of one kind have in common. Moderators are named by their places."""

    scheme: str
    by_visit: bool
    region: str
    interested: tuple[int, ...]
    inside: tuple[int, ...]
    touching: tuple[int, ...]


@dataclass(frozen=True)
class Edges:
    """Batches, each of a kind; moderators; and the facts of giving a batch of each kind to each moderator.

    The facts are those of `AllocationFacts`, by kind and moderator or by moderator alone; which kind is of which scheme
    is in `kinds`. `known` names a moderator's place, a centre that had this moderator, and since when.
    """

    on: date
    batches: list[Batch]
    moderators: list[Person]
    kinds: list[Kind]
    kind: np.ndarray
    facts: SimpleNamespace
    known: list[tuple[int, str, date]]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.kinds), len(self.moderators)


def gather(on: date) -> Edges:
    """Every batch that waits on a London day with every moderator. Seven queries, however many there are."""
    batches = [
        Batch(centre, scheme, by_visit, region_of(address, nation), candidates, since)
        for centre, scheme, by_visit, address, nation, candidates, since in _rows(_WAITING, on)
    ]
    moderators = [
        Person(id, name, region or region_of(address), *rest)
        for id, name, region, address, *rest in _rows(_MODERATORS, on)
    ]
    place = {one.id: index for index, one in enumerate(moderators)}
    competent, interested, inside, touching = (
        _grouped(_rows(text, on), place) for text in (_COMPETENT, _INTERESTED, _AT_CENTRE, _TOUCHED)
    )
    kinds: dict[Kind, int] = {}
    kind = np.array([
        kinds.setdefault(
            Kind(one.scheme, one.by_visit, one.region, interested[one.centre], inside[one.centre],
                 touching[one.centre, one.scheme]), len(kinds),
        )
        for one in batches
    ], dtype=np.int64)  # fmt: skip
    shape = (len(kinds), len(moderators))
    facts = SimpleNamespace(
        scheme=None, allocated_on=on, moderator=None,
        interest=_places(shape, [one.interested for one in kinds]),
        at_centre=_places(shape, [one.inside for one in kinds]),
        touched=_places(shape, [one.touching for one in kinds]),
        competent=_places(shape, [competent[one.scheme] for one in kinds], [one.has_competence for one in moderators]),
        under_contract=Column([one.most is not None for one in moderators], [one.has_contract for one in moderators]),
        away_until=Column.of([one.away_until for one in moderators], "datetime64[D]"),
        days_away=Column.of([one.away_until and (one.away_until - on).days + 1 for one in moderators], "int64"),
        most_days_away=policy("days_away_waited_for"),
        batches=Column([one.held + 1 for one in moderators]),
        most_batches=Column.of([one.most for one in moderators], "int64"),
    )  # fmt: skip
    known = [(place[moderator], centre, since) for moderator, centre, since in _rows(_KNOWN, on)]
    return Edges(on, batches, moderators, list(kinds), kind, facts, known)


def refusals(facts: SimpleNamespace, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    """For each rule on allocations that may refuse, where it does."""
    return {rule.id: spoken(rule(facts), shape) for rule in rules_on("allocation") if rule.outcome == REFUSED}


def _rows(text: str, on: date) -> list[tuple[Any, ...]]:
    ahead = on + timedelta(days=policy("days_of_absence_looked_ahead"))
    with connection.cursor() as cursor:
        cursor.execute(text, {"on": on, "ahead": ahead})
        return cursor.fetchall()


def _grouped(rows: Iterable[tuple[Any, ...]], place: Mapping[int, int]) -> Mapping[Any, tuple[int, ...]]:
    """The places of moderators by what the rest of each row names."""
    found: dict[Any, list[int]] = defaultdict(list)
    for moderator, *named in rows:
        found[named[0] if len(named) == 1 else tuple(named)].append(place[moderator])
    return defaultdict(tuple, {named: tuple(sorted(places)) for named, places in found.items()})


def _places(shape: tuple[int, int], places: Sequence[tuple[int, ...]], known: Any = True) -> Column:
    values = np.zeros(shape, dtype=bool)
    for row, found in enumerate(places):
        values[row, list(found)] = True
    return Column(values, known)
