"""Who is signed in: asked by every request, so in two statements whose plans are kept."""

from datetime import datetime
from typing import NamedTuple

from conferral.records.people.models import Person
from conferral.records.prepared import asked_often

_SESSION = """
SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(at)s
"""
_FIELDS = ("id", "password", "last_login", "name", "email", "is_active")
_PERSON = f"""
SELECT m.role, m.centre_id, c.name, {", ".join(f"p.{name}" for name in _FIELDS)}
FROM people_person p
LEFT JOIN centres_membership m ON m.person_id = p.id
LEFT JOIN centres_centre c ON c.number = m.centre_id
WHERE p.id = %(person)s ORDER BY m.id
"""


class Held(NamedTuple):
    """A role that a person holds; for the awarding organisation when there is no centre."""

    role: str
    centre: str | None
    centre_name: str


def session_data(key: str, at: datetime) -> str | None:
    """What a browser session that has not ended at an instant holds, as it is stored."""
    return next((data for (data,) in asked_often(_SESSION, {"key": key, "at": at})), None)


def person_with_roles(number: int) -> tuple[Person, list[Held]] | None:
    """A person and the roles held, in the order in which they were given. None when there is no such person."""
    rows = asked_often(_PERSON, {"person": number})
    if not rows:
        return None
    held = [Held(role, centre, name or "") for role, centre, name, *_ in rows if role]
    return Person.from_db("default", _FIELDS, rows[0][3:]), held
