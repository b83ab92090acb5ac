"""Who might be given a centre's work, who is away, and what centres have asked."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from conferral.records.allocation.models import (
    COMPETENT,
    Absence,
    AllocationRun,
    ChangeRequest,
    ProposedAllocation,
    Redirection,
)
from conferral.records.moderation.models import Allocation
from conferral.rules.facts import AllocationFacts
from conferral.rules.policies import policy

# What is the same for every batch, and who touched open work: the set of all batches reads them too (edges.py).
CONTRACT = """
    LEFT JOIN LATERAL (SELECT k.most_batches FROM allocation_contract k
                       WHERE k.moderator_id = m.person_id AND k.days @> %(on)s::date LIMIT 1) contract ON TRUE
"""
AWAY = """
    LEFT JOIN LATERAL (SELECT upper(a.days) - 1 AS until_on FROM allocation_absence a
                       WHERE a.moderator_id = m.person_id AND a.days @> %(on)s::date AND a.taken_back_at IS NULL
                       LIMIT 1) away ON TRUE
"""
TOUCHED = """
    SELECT c.centre_id, c.scheme_id, hand.person_id
    FROM claims_claim c JOIN claims_claimedunit u ON u.claim_id = c.id
    CROSS JOIN LATERAL (VALUES (u.assessor_id), (u.internal_verifier_id)) AS hand (person_id)
    WHERE c.state IN ('submitted', 'with_moderator') AND hand.person_id IS NOT NULL
"""
# One row a moderator: what the rules on allocations are told about giving them one centre's work in one scheme.
# What was never entered of a moderator is unknown (NULL) rather than lacking.
_CHOICES = f"""
    SELECT m.person_id, p.name,
           EXISTS (SELECT FROM moderation_interest i WHERE i.moderator_id = m.person_id AND i.centre_id = %(centre)s),
           EXISTS (SELECT FROM centres_membership s WHERE s.person_id = m.person_id AND s.centre_id = %(centre)s),
           EXISTS (SELECT FROM ({TOUCHED}) touched WHERE centre_id = %(centre)s AND scheme_id = %(scheme)s
                   AND touched.person_id = m.person_id),
           {COMPETENT.format(who="m.person_id", scheme="%(scheme)s", on="%(on)s")},
           CASE WHEN EXISTS (SELECT FROM allocation_contract k WHERE k.moderator_id = m.person_id)
                THEN contract.most_batches IS NOT NULL END,
           away.until_on, away.until_on - %(on)s + 1,
           held.batches + CASE WHEN held.this THEN 0 ELSE 1 END, contract.most_batches
    FROM moderation_moderator m
    JOIN people_person p ON p.id = m.person_id
    {CONTRACT} {AWAY}
    CROSS JOIN LATERAL (SELECT count(*) AS batches,
                               coalesce(bool_or(a.centre_id = %(centre)s AND a.scheme_id = %(scheme)s), FALSE) AS this
                        FROM moderation_allocation a
                        WHERE a.moderator_id = m.person_id AND a.days @> %(on)s::date) held
    WHERE %(moderator)s::bigint IS NULL OR m.person_id = %(moderator)s
    ORDER BY p.name, m.person_id
"""


class Choice(NamedTuple):
    """A moderator who might be given some work, and what that is judged by."""

    moderator: int
    name: str
    facts: AllocationFacts


def choices(centre: str, scheme: str, on: date, *, moderator: int | None = None) -> list[Choice]:
    """Every moderator, or one, with what giving them a centre's work in a scheme on a London day is judged by.

    One query, by name.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, {"centre": centre, "scheme": scheme, "on": on, "moderator": moderator})
        return [
            Choice(
                person,
                name,
                AllocationFacts(
                    scheme=scheme, allocated_on=on, moderator=person, interest=interest, at_centre=at_centre,
                    touched=touched, competent=competent, under_contract=contracted, away_until=until,
                    days_away=days, most_days_away=policy("days_away_waited_for"), batches=batches, most_batches=most,
                ),
            )
            for person, name, interest, at_centre, touched, competent, contracted, until, days, batches, most
            in cursor.fetchall()
        ]  # fmt: skip


def latest_run() -> AllocationRun | None:
    """The run whose proposals stand."""
    return AllocationRun.objects.select_related("made_by").order_by("-id").first()


def acceptable(run: int) -> QuerySet[ProposedAllocation]:
    """What of a run may still be accepted, what has waited longest first."""
    return ProposedAllocation.objects.filter(run=run, state__in=("proposed", "locked")).order_by("waiting_since", "id")


def absences(moderators: Iterable[int] | None = None, *, from_on: date) -> QuerySet[Absence]:
    """Absences that last until a London day or longer and were not taken back, the nearest first."""
    found = Absence.objects.filter(taken_back_at=None, days__endswith__gt=from_on)
    found = found.filter(moderator__in=list(moderators)) if moderators is not None else found
    return found.select_related("moderator__person").order_by("days", "id")


def allocations_during(absence: Absence, on: date) -> QuerySet[Allocation]:
    """The allocations of the moderator that hold on a London day or later and meet the days of an absence."""
    held = Allocation.objects.filter(moderator=absence.moderator_id, days__overlap=absence.days)
    held = held.filter(Q(days__upper_inf=True) | Q(days__endswith__gt=on))
    return held.select_related("scheme", "centre").order_by("centre", "scheme")


def allocated(centre: str, scheme: str, on: date) -> Allocation | None:
    """Who looks at a centre's work in a scheme on a London day."""
    held = Allocation.objects.filter(centre=centre, scheme=scheme, days__contains=on)
    return held.select_related("moderator__person").first()


def requests(state: str = "asked") -> QuerySet[ChangeRequest]:
    """Requests for another moderator, the one to be answered soonest first; answered ones newest first."""
    found = ChangeRequest.objects.filter(state=state) if state else ChangeRequest.objects.all()
    order = ("answer_by", "id") if state == "asked" else ("-id",)
    return found.select_related("centre", "scheme", "moderator__person", "given_to__person").order_by(*order)


def redirections(moderator: int) -> QuerySet[Redirection]:
    """What a moderator is to do with parcels whose claims went to somebody else, newest first."""
    found = Redirection.objects.filter(from_moderator=moderator)
    return found.select_related("to_moderator__person", "centre").order_by("-id")


class Loaded(NamedTuple):
    """How many batches a moderator holds, how many more are proposed, and how many are agreed (None: no contract)."""

    moderator: int
    name: str
    held: int
    proposed: int
    most: int | None
    away_until: date | None

    @property
    def scale(self) -> int:
        return max(self.held + self.proposed, self.most or 0, 1)

    @property
    def shares(self) -> tuple[float, float, float | None]:
        """Where in a hundred what is held ends, what is proposed ends, and what is agreed lies."""
        held, both = 100 * self.held / self.scale, 100 * (self.held + self.proposed) / self.scale
        return held, both - held, min(100 * self.most / self.scale, 99) if self.most is not None else None

    @property
    def full(self) -> bool:
        return self.most is not None and self.held + self.proposed >= self.most


_LOAD = f"""
    SELECT m.person_id, p.name, coalesce(held.batches, 0), coalesce(more.batches, 0), contract.most_batches,
           away.until_on
    FROM moderation_moderator m
    JOIN people_person p ON p.id = m.person_id
    {CONTRACT} {AWAY}
    LEFT JOIN (SELECT moderator_id, count(*) AS batches FROM moderation_allocation
               WHERE days @> %(on)s::date GROUP BY moderator_id) held ON held.moderator_id = m.person_id
    LEFT JOIN (SELECT moderator_id, count(*) AS batches FROM allocation_proposedallocation
               WHERE run_id = %(run)s AND state IN ('proposed', 'locked') GROUP BY moderator_id) more
           ON more.moderator_id = m.person_id
    ORDER BY (coalesce(held.batches, 0) + coalesce(more.batches, 0))::float
             / greatest(coalesce(contract.most_batches, 20), 1) DESC, p.name, m.person_id
"""


def load_with(run: int | None, on: date) -> list[Loaded]:
    """Every moderator with what is held on a London day and what a run adds, the fullest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, {"run": run, "on": on})
        return [Loaded(*row) for row in cursor.fetchall()]
