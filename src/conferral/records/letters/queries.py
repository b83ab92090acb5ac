"""Who hears about what at a centre, and at which centres nobody would."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from conferral.records.centres.models import Membership
from conferral.records.letters.models import Contact, Letter, LetterCopy, Purpose
from conferral.rules.facts import PurposeFacts
from conferral.rules.letters import INSTEAD


class Addressee(NamedTuple):
    """Who is written to, and where; without an address only the page of letters tells."""

    name: str
    email: str


def living(centre: str, purpose: str, scheme: str | None = None) -> QuerySet[Contact]:
    """A centre's contacts whose mail arrives, for a purpose: those for the scheme and those for all schemes."""
    found = Contact.objects.filter(centre=centre, purpose=purpose, taken_away_at=None, bounced_at=None)
    return found.filter(Q(scheme=None) | Q(scheme=scheme))


def hears(centre: str, purpose: str, scheme: str | None = None) -> list[Addressee]:
    """Who is written to about a purpose, each address once, in the order in which they were named."""
    named = [Addressee(*one) for one in living(centre, purpose, scheme).order_by("id").values_list("name", "email")]
    return list({one.email.lower(): one for one in named or instead_of_contacts(centre)}.values())


def instead_of_contacts(centre: str) -> list[Addressee]:
    """Who is written to while nobody is named: the exams officers with an address, else the head of centre."""
    held = Membership.objects.filter(centre=centre, role__in=INSTEAD, person__is_active=True)
    found = held.exclude(person__email=None).order_by("id").values_list("role", "person__name", "person__email")
    rows = list(found)
    for role in INSTEAD:
        if any(one == role for one, *_ in rows):
            return [Addressee(name, email) for one, name, email in rows if one == role]
    return []


def reached(copy: int) -> bool:
    """Whether there is such a copy and it has left."""
    return LetterCopy.objects.filter(pk=copy).exclude(sent_at=None).exists()


def purposes_of(centre: str) -> list[PurposeFacts]:
    """The facts of each purpose at a centre, and of each of its contacts whose mail came back. Two queries."""
    contacts = list(Contact.objects.filter(centre=centre, taken_away_at=None).order_by("id"))
    counts = {purpose: sum(one.purpose == purpose and not one.bounced_at for one in contacts) for purpose in Purpose}
    instead = instead_in_words([one.name for one in instead_of_contacts(centre)])
    facts = [
        PurposeFacts(purpose.label.lower(), living=counts[purpose] or None, instead=instead) for purpose in Purpose
    ]
    return facts + [
        PurposeFacts(
            Purpose(one.purpose).label.lower(), living=counts[Purpose(one.purpose)] or 1, email=one.email,
            bounced_on=one.bounced_at.date(), because=one.bounced_because,
        )
        for one in contacts if one.bounced_at
    ]  # fmt: skip


def instead_in_words(names: list[str]) -> str:
    """Those who are written to in place of a contact, as part of a sentence."""
    return " and ".join(names) or "nobody, since no exams officer or head of centre has an address"


# A centre that offers something, and a purpose of which nobody hears in any scheme.
_WITHOUT = """
    SELECT centre.number, centre.name, purpose,
           EXISTS (SELECT FROM letters_contact c WHERE c.centre_id = centre.number AND c.purpose = p.purpose
                   AND c.taken_away_at IS NULL)
    FROM centres_centre centre CROSS JOIN unnest(%(purposes)s::varchar[]) WITH ORDINALITY p (purpose, place)
    WHERE centre.number > %(after)s
      AND EXISTS (SELECT FROM centres_approval a WHERE a.centre_id = centre.number
                  AND a.approved_on <= %(day)s AND (a.ended_on IS NULL OR a.ended_on >= %(day)s))
      AND NOT EXISTS (SELECT FROM letters_contact c WHERE c.centre_id = centre.number AND c.purpose = p.purpose
                      AND c.taken_away_at IS NULL AND c.bounced_at IS NULL)
    ORDER BY centre.number, place LIMIT %(most)s
"""


class WithoutContact(NamedTuple):
    """A purpose of which nobody at a centre hears; `dead` when the mail of those who are named comes back."""

    centre: str
    name: str
    purpose: str
    dead: bool


def centres_without_contact(day: date, *, after: str = "", most: int = 200) -> list[WithoutContact]:
    """Purposes without a living contact at centres approved for something on a London day, by centre number."""
    values: dict[str, Any] = {"purposes": list(Purpose.values), "after": after, "day": day, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT, values)
        return [WithoutContact(*row) for row in cursor.fetchall()]


def letters(state: str = "", before: int | None = None) -> QuerySet[Letter]:
    """Letters, newest first, older than `before`. `state`: to_acknowledge, came_back, waiting, or any."""
    found = Letter.objects.select_related("centre", "person", "scheme", "acknowledged_by").prefetch_related("copies")
    copies = LetterCopy.objects.filter(letter=OuterRef("pk"))
    only = {
        "to_acknowledge": Q(asks_acknowledgement=True, acknowledged_at=None),
        "came_back": Exists(copies.exclude(bounced_at=None)),
        "waiting": Exists(copies.filter(sent_at=None, bounced_at=None)),
    }
    found = found.filter(only[state]) if state in only else found
    return (found.filter(pk__lt=before) if before else found).order_by("-id")


def to_acknowledge(centre: str, since: datetime) -> QuerySet[Letter]:
    """A centre's letters that ask to be acknowledged and have not been, written since an instant, oldest first."""
    asked = Letter.objects.filter(centre=centre, asks_acknowledgement=True, acknowledged_at=None)
    return asked.filter(written_at__gte=since).order_by("written_at", "id")
