"""Letters: written in the transaction of what they tell of, sent by a job, acknowledged, or come back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.db.models.functions import Lower

from conferral.actions.ledger import Done, record
from conferral.records.letters.models import Contact, Letter, LetterCopy
from conferral.records.letters.queries import Addressee, hears, reached
from conferral.records.people.models import Person
from conferral.rules.permissions import Acting

_COPY = "conferral.letter-copy"


@transaction.atomic
def write_to_centre(
    centre: str, purpose: str, *, scheme: str | None = None, schemes: Sequence[str] = (), subject: str, text: str,
    about: tuple[str, str] = ("", ""),
    asks_acknowledgement: bool = False, at: datetime, by: Acting,
) -> int:  # fmt: skip
    """Write to those whom a centre named for a purpose: moderation, fees, withdrawals or results.

    Contacts for the scheme, or for any of several `schemes`, and those for all schemes hear; where none is living, the
    exams officers do, else the head of centre. `about` names what the letter tells of, for example ("claim", "17").
    The letter stands on the page of letters even when nobody has an address. Returns how many mails will leave.
    """
    letter = Letter.objects.create(
        centre_id=centre, purpose=purpose, scheme_id=scheme, subject=_one_line(subject), text=text,
        about_kind=about[0], about_key=about[1], asks_acknowledgement=asks_acknowledgement,
        written_by_id=by.person, written_at=at,
    )  # fmt: skip
    return _address(letter, hears(centre, purpose, *schemes, *filter(None, [scheme])))


@transaction.atomic
def write_to_person(
    person: int, *, subject: str, text: str, about: tuple[str, str] = ("", ""), at: datetime, by: Acting
) -> int:
    """Write to one person; the letter stands on their page of letters. Returns how many mails will leave: 0 or 1."""
    letter = Letter.objects.create(
        person_id=person, subject=_one_line(subject), text=text, about_kind=about[0], about_key=about[1],
        written_by_id=by.person, written_at=at,
    )  # fmt: skip
    return _address(letter, [Addressee(one.name, one.email or "") for one in Person.objects.filter(pk=person)])


@transaction.atomic
def write_to_persons(
    texts: Mapping[int, str], *, subject: str, about: tuple[str, str] = ("", ""), at: datetime, by: Acting
) -> int:
    """Write to many people in a few statements, each with a text of their own; returns how many mails will leave."""
    letters = Letter.objects.bulk_create(
        Letter(
            person_id=person, subject=_one_line(subject), text=text, about_kind=about[0], about_key=about[1],
            written_by_id=by.person, written_at=at,
        )
        for person, text in texts.items()
    )  # fmt: skip
    people = Person.objects.in_bulk(texts)
    readers = [(letter, people[letter.person_id]) for letter in letters if letter.person_id in people]
    copies = [LetterCopy(letter=letter, name=one.name, email=one.email) for letter, one in readers if one.email]
    LetterCopy.objects.bulk_create(copies)
    return len(copies)


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:200]


def _address(letter: Letter, addressees: list[Addressee]) -> int:
    copies = [LetterCopy(letter=letter, name=one.name, email=one.email) for one in addressees if one.email]
    LetterCopy.objects.bulk_create(copies)
    return len(copies)


@transaction.atomic
def acknowledge(letter: int, *, at: datetime, by: Acting) -> bool:
    """Say that a letter that asks for it has been read; True when nobody had said so. Safe to repeat."""
    found = Letter.objects.filter(pk=letter, asks_acknowledgement=True, acknowledged_at=None, centre=by.own_centre)
    if not found.update(acknowledged_by=by.somebody, acknowledged_at=at):
        return False
    record([Done("letter_acknowledged", "letter", letter, by.centre)], at=at, by=by)
    return True


@transaction.atomic
def note_left(copies: list[int], *, at: datetime, by: Acting) -> int:
    """Remember which mails have left; returns how many."""
    return LetterCopy.objects.filter(pk__in=copies, sent_at=None).update(sent_at=at)


@transaction.atomic
def note_not_taken(copy: int, because: str, *, at: datetime, by: Acting) -> None:
    """Remember that a relay would not take a mail this time; the job tries it again."""
    LetterCopy.objects.filter(pk=copy).update(tries=_tries(copy) + 1, tried_at=at, bounced_because=because[:300])


def _tries(copy: int) -> int:
    return LetterCopy.objects.values_list("tries", flat=True).get(pk=copy)


@transaction.atomic
def note_came_back(copy: int, because: str, *, at: datetime, by: Acting) -> bool:
    """A mail came back, or a person says that it did: the copy and every contact with its address are flagged.

    True when that was not known. Safe to repeat.
    """
    found = LetterCopy.objects.select_for_update(of=("self",)).select_related("letter").get(pk=copy)
    if found.bounced_at is not None:
        return False
    found.bounced_at, found.bounced_because = at, _one_line(because)[:300]
    found.save(update_fields=["bounced_at", "bounced_because"])
    dead = Contact.objects.alias(address=Lower("email")).filter(
        address=found.email.lower(), centre=found.letter.centre_id, taken_away_at=None, bounced_at=None,
        named_at__lte=found.letter.written_at,
    )  # fmt: skip
    dead.update(bounced_at=at, bounced_because=found.bounced_because)
    record([Done("letter_came_back", "letter", found.letter_id, found.letter.centre_id)], at=at, by=by)
    return True


def copy_token(copy: int) -> str:
    """What names a copy in the identity of its mail, so that nobody else can say that it came back."""
    return signing.dumps(copy, salt=_COPY).replace(":", ".")


def copy_of(token: str) -> int | None:
    """The copy that a token names; None when it was not made here, or the copy is not there."""
    try:
        number = int(signing.loads(token.replace(".", ":"), salt=_COPY))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return number if reached(number) else None
