"""Whom a checkpoint concerns, and what the centres have said."""

from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from conferral.records.candidates.models import Registration
from conferral.records.centres.models import Centre
from conferral.records.checkpoints.models import AskedCentre, Checkpoint, Expectation
from conferral.records.cohorts import OPEN
from conferral.records.readiness import Readiness, readiness_of

MOST = 5000  # candidates of one centre at one checkpoint


def concerned(checkpoint: Checkpoint) -> QuerySet[Registration]:
    """The registrations without an award in the checkpoint's schemes, of all centres that may be seen."""
    return Registration.objects.filter(scheme__in=checkpoint.schemes.all(), state__in=OPEN)


def standing(checkpoint: Checkpoint, centre: str, *, on: date, numbers: list[int] | None = None) -> list[Readiness]:
    """Where a centre's candidates at a checkpoint stand on a London day, by scheme and name; 5,000 at most."""
    found = concerned(checkpoint).filter(centre=centre)
    found = found.filter(pk__in=numbers) if numbers is not None else found
    chosen = list(found.order_by("id").values_list("pk", flat=True)[:MOST])
    return readiness_of(centre, registrations=chosen, on=on, finishing=False)


def said(checkpoint: Checkpoint, centre: str) -> dict[int, bool]:
    """What a centre has said of its registrations at a checkpoint."""
    rows = Expectation.objects.filter(checkpoint=checkpoint, centre=centre)
    return dict(rows.values_list("registration", "expected"))


def centres_to_ask(checkpoint: Checkpoint, most: int = 500) -> list[str]:
    """Centres with candidates at the checkpoint that have not been asked yet, by number."""
    asked = AskedCentre.objects.filter(checkpoint=checkpoint)
    found = Centre.objects.filter(pk__in=concerned(checkpoint).values("centre")).exclude(pk__in=asked.values("centre"))
    return list(found.order_by("pk").values_list("pk", flat=True)[:most])


def centres_to_remind(checkpoint: Checkpoint, most: int = 500) -> list[str]:
    """Centres that were asked, have not confirmed and were not reminded."""
    waiting = AskedCentre.objects.filter(checkpoint=checkpoint, confirmed_at=None, reminded_at=None)
    return list(waiting.order_by("centre").values_list("centre", flat=True)[:most])


class Tally(NamedTuple):
    """What one centre has said at a checkpoint: how many candidates it is about, and of how many it said what."""

    centre: str
    name: str
    candidates: int
    expected: int
    not_expected: int
    confirmed_on: date | None

    @property
    def unanswered(self) -> int:
        """Of how many nothing was said, of those who are still without an award."""
        return max(0, self.candidates - self.expected - self.not_expected)


_TALLIES = """
    SELECT centre.number, centre.name,
           (SELECT count(*) FROM candidates_registration r
            WHERE r.centre_id = centre.number AND r.state IN ('registered', 'part_achieved')
              AND r.scheme_id IN (SELECT qualification_id FROM checkpoints_checkpoint_schemes
                                  WHERE checkpoint_id = %(checkpoint)s)),
           count(e.id) FILTER (WHERE e.expected), count(e.id) FILTER (WHERE NOT e.expected),
           (asked.confirmed_at AT TIME ZONE 'Europe/London')::date
    FROM checkpoints_askedcentre asked
    JOIN centres_centre centre ON centre.number = asked.centre_id
    LEFT JOIN checkpoints_expectation e ON e.checkpoint_id = asked.checkpoint_id AND e.centre_id = asked.centre_id
    WHERE asked.checkpoint_id = %(checkpoint)s AND centre.number > %(after)s
      AND (NOT %(waiting)s OR asked.confirmed_at IS NULL)
    GROUP BY centre.number, centre.name, asked.confirmed_at
    ORDER BY centre.number LIMIT %(most)s
"""


def tallies(checkpoint: int, *, waiting: bool = False, after: str = "", most: int = 101) -> list[Tally]:
    """What the asked centres have said, by number; with `waiting` only those that have not confirmed."""
    values = {"checkpoint": checkpoint, "waiting": waiting, "after": after, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, values)
        return [Tally(*row) for row in cursor.fetchall()]


def whole(checkpoint: int) -> dict[str, int]:
    """How many centres were asked and have confirmed, and how many results are expected and not expected."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM checkpoints_askedcentre WHERE checkpoint_id = %(c)s),"
            " (SELECT count(*) FROM checkpoints_askedcentre WHERE checkpoint_id = %(c)s AND confirmed_at IS NOT NULL),"
            " count(*) FILTER (WHERE expected), count(*) FILTER (WHERE NOT expected)"
            " FROM checkpoints_expectation WHERE checkpoint_id = %(c)s",
            {"c": checkpoint},
        )
        return dict(zip(("asked", "confirmed", "expected", "not_expected"), cursor.fetchone(), strict=True))
