"""How far registrations have come towards their rule of combination: one SQL text for one and for all."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from conferral.records.awards.models import Certificate
from conferral.records.claims.models import Claim

# A row per (registration, constraint): what is had, after caps, and what is needed. A group's maximum caps
# what it lends to the whole; a unit counts where its level is high enough.
COMBINATION = """
WITH banked AS (
    SELECT a.registration_id, su.scheme_id, su."group", u.level, coalesce(u.credit, 0) AS credits
    FROM candidates_achievement a
    JOIN candidates_registration r ON r.id = a.registration_id
    JOIN catalogue_schemeunit su ON su.scheme_id = r.scheme_id AND su.unit_id = a.unit_id
    JOIN catalogue_unit u ON u.code = a.unit_id
    WHERE a.registration_id = ANY(%(registrations)s)
), lent AS (
    SELECT b.registration_id, c.id AS constraint_id, b."group",
           least(
               sum(CASE c.measure WHEN 'units' THEN 1 ELSE b.credits END),
               CASE WHEN c."group" = '' THEN min(cap.maximum) END
           ) AS amount
    FROM banked b
    JOIN catalogue_constraint c ON c.scheme_id = b.scheme_id
     AND c."group" IN ('', b."group") AND (c.level_at_least IS NULL OR b.level >= c.level_at_least)
    LEFT JOIN catalogue_constraint cap ON cap.scheme_id = c.scheme_id AND cap."group" = b."group"
     AND cap."group" <> '' AND cap.measure = c.measure AND cap.maximum IS NOT NULL
    GROUP BY b.registration_id, c.id, b."group"
)
SELECT r.id, c.place, c."group", c.measure, c.level_at_least,
       coalesce(sum(l.amount), 0)::int AS have, c.minimum AS need, c.maximum AS cap
FROM candidates_registration r
JOIN catalogue_constraint c ON c.scheme_id = r.scheme_id
LEFT JOIN lent l ON l.registration_id = r.id AND l.constraint_id = c.id
WHERE r.id = ANY(%(registrations)s)
GROUP BY r.id, c.id
ORDER BY r.id, c.place
"""


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

    @property
    def met(self) -> bool:
        return self.have >= self.need

    @property
    def in_words(self) -> str:
        """What is missing, as a phrase."""
        short, where = self.need - self.have, f" from {self.group}" if self.group else ""
        measure = self.measure if short != 1 else self.measure.removesuffix("s")
        level = f" at level {self.level_at_least} or above" if self.level_at_least else ""
        return f"{short} more {measure}{where}{level}"


def standings(registrations: Iterable[int]) -> dict[int, list[Standing]]:
    """Every constraint of each registration's scheme, in order. A scheme without constraints has no entry."""
    found: dict[int, list[Standing]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COMBINATION, {"registrations": list(registrations)})
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(Standing(*row))
    return found


def to_process() -> QuerySet[Claim]:
    """Reported claims that wait for the desk, oldest first."""
    waiting = Claim.objects.filter(state="with_awarding_organisation").order_by("id")
    return waiting.select_related("centre", "scheme", "report")


def due_certificates() -> QuerySet[Certificate]:
    """Certificates that are due and not printed yet, oldest award first."""
    return Certificate.objects.filter(state="due").select_related("centre").defer("document").order_by("award_id")


def certificates(before: int | None, state: str = "") -> QuerySet[Certificate]:
    """Certificates without their documents, newest award first, from before an award on."""
    found = Certificate.objects.select_related("centre").defer("document").order_by("-award_id", "number")
    found = found.filter(award__lt=before) if before else found
    return found.filter(state=state) if state else found
