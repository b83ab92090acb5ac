"""What centres owe, and which units wait to be registered again."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from conferral.records.candidates.models import Registration
from conferral.records.money.models import Charge
from conferral.rules.facts import AgainFacts

# Units not awarded more often than they were registered again, and not achieved since.
_TO_REGISTER_AGAIN = """
    SELECT u.registration_id, u.unit_id, max(u.claim_id)
    FROM claims_claimedunit u
    WHERE u.registration_id = ANY(%(registrations)s) AND u.state = 'not_awarded'
      AND NOT EXISTS (SELECT FROM candidates_achievement a
                      WHERE a.registration_id = u.registration_id AND a.unit_id = u.unit_id)
    GROUP BY u.registration_id, u.unit_id
    HAVING count(*) > (SELECT count(*) FROM money_attempt t
                       WHERE t.registration_id = u.registration_id AND t.unit_id = u.unit_id)
    ORDER BY 1, 2
"""


class Refused(NamedTuple):
    """A unit of a registration that was not awarded and waits to be registered again; the claim where that was."""

    registration: int
    unit: str
    claim: int


def to_register_again(registrations: Iterable[int]) -> list[Refused]:
    """The units of some registrations that can be claimed only after they are registered again. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_REGISTER_AGAIN, {"registrations": list(registrations)})
        return [Refused(*row) for row in cursor.fetchall()]


def again_facts(registration: Registration, unit: str, on: date) -> AgainFacts:
    """What a further attempt at a unit is judged by on a London day."""
    refused = {one.unit: one.claim for one in to_register_again([registration.pk])}
    return AgainFacts(
        scheme=registration.scheme_id,
        on=on,
        unit=unit,
        refused_in=refused.get(unit),
        final_certification=registration.scheme.final_certification,
        awarded_on=registration.award.awarded_on if hasattr(registration, "award") else None,
    )


def charges(centre: str = "", before: int | None = None) -> QuerySet[Charge]:
    """Charges that may be seen, newest first, of one centre or all; older than `before`."""
    found = Charge.objects.select_related("centre", "registration__candidate", "registration__scheme", "credit")
    found = found.filter(centre=centre) if centre else found
    return (found.filter(pk__lt=before) if before else found).order_by("-id")
