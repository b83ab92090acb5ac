"""Who hears about what at a centre, and at which centres nobody would."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from conferral.records.centres.models import Approval, Membership
from conferral.records.letters.models import Contact, Letter, LetterCopy, Purpose
from conferral.rules.days import london_day
from conferral.rules.facts import PurposeFacts
from conferral.rules.letters import INSTEAD


class Addressee(NamedTuple):
    """Who is written to, and where; without an address only the page of letters tells."""

    name: str
    email: str


def living(centre: str, purpose: str, *schemes: str) -> QuerySet[Contact]:
    """A centre's contacts whose mail arrives, for a purpose: those for one of the schemes and those for all schemes."""
    found = Contact.objects.filter(centre=centre, purpose=purpose, taken_away_at=None, bounced_at=None)
    return found.filter(Q(scheme=None) | Q(scheme__in=schemes))


def hears(centre: str, purpose: str, *schemes: str) -> list[Addressee]:
    """Who is written to about a purpose, each address once, in the order in which they were named."""
    found = living(centre, purpose, *schemes).order_by("id")
    named = [Addressee(*one) for one in found.values_list("name", "email")]
    return list({one.email.lower(): one for one in named or instead_of_contacts(centre)}.values())


def instead_of_contacts(centre: str) -> list[Addressee]:
    """Who is written to while nobody is named: the exams officers with an address, else the head of centre.

    An address from which mail to a contact comes back is passed over, as long as anybody has another.
    """
    held = Membership.objects.filter(centre=centre, role__in=INSTEAD, person__is_active=True)
    found = held.exclude(person__email=None).order_by("id").values_list("role", "person__name", "person__email")
    rows = list(found)
    contacts = Contact.objects.filter(centre=centre, taken_away_at=None, bounced_at__isnull=False)
    dead = {email.lower() for email in contacts.values_list("email", flat=True)}
    alive = [row for row in rows if row[2].lower() not in dead] or rows
    for role in INSTEAD:
        if any(one == role for one, *_ in alive):
            return [Addressee(name, email) for one, name, email in alive if one == role]
    return []


def reached(copy: int) -> bool:
    """Whether there is such a copy and it has left."""
    return LetterCopy.objects.filter(pk=copy).exclude(sent_at=None).exists()


def purposes_of(centre: str, day: date) -> list[PurposeFacts]:
    """The facts of each purpose at a centre on a London day, and of each contact whose mail came back. Three queries.

    A purpose has a living contact when somebody hears of it in every scheme that the centre is approved for.
    """
    contacts = list(Contact.objects.filter(centre=centre, taken_away_at=None).order_by("id"))
    approved = Approval.objects.filter(centre=centre, approved_on__lte=day).exclude(ended_on__lt=day)
    schemes = sorted(approved.values_list("scheme", flat=True))
    instead = instead_in_words([one.name for one in instead_of_contacts(centre)])
    facts = []
    for purpose in Purpose:
        heard = {one.scheme_id for one in contacts if one.purpose == purpose and not one.bounced_at}
        silent = [] if None in heard else [scheme for scheme in schemes if scheme not in heard]
        words = purpose.label.lower() + (f" in {', '.join(silent)}" if silent and heard else "")
        facts.append(PurposeFacts(words, living=len(heard) or None if not silent else None, instead=instead))
    return facts + [
        PurposeFacts(
            Purpose(one.purpose).label.lower(), living=1, email=one.email, bounced_on=london_day(one.bounced_at),
            because=one.bounced_because,
        )
        for one in contacts if one.bounced_at
    ]  # fmt: skip


def instead_in_words(names: list[str]) -> str:
    """Those who are written to in place of a contact, as part of a sentence."""
    return " and ".join(names) or "nobody, since no exams officer or head of centre has an address"


# A centre that offers something, and a purpose of which nobody hears in one of its schemes.
_WITHOUT = """
    SELECT centre.number, centre.name, p.purpose,
           EXISTS (SELECT FROM letters_contact c WHERE c.centre_id = centre.number AND c.purpose = p.purpose
                   AND c.taken_away_at IS NULL AND c.bounced_at IS NOT NULL)
    FROM centres_centre centre CROSS JOIN unnest(%(purposes)s::varchar[]) WITH ORDINALITY p (purpose, place)
    WHERE centre.number > %(after)s
      AND EXISTS (
          SELECT FROM centres_approval a
          WHERE a.centre_id = centre.number AND a.approved_on <= %(day)s
            AND (a.ended_on IS NULL OR a.ended_on >= %(day)s)
            AND NOT EXISTS (SELECT FROM letters_contact c
                            WHERE c.centre_id = centre.number AND c.purpose = p.purpose
                              AND c.taken_away_at IS NULL AND c.bounced_at IS NULL
                              AND (c.scheme_id IS NULL OR c.scheme_id = a.scheme_id)))
    ORDER BY centre.number, place LIMIT %(most)s
"""


class WithoutContact(NamedTuple):
    """A purpose of which nobody at a centre hears in some scheme; `dead` when mail to somebody named comes back."""

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
