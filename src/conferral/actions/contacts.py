"""Naming who at a centre hears about what."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower

from conferral.actions.ledger import Done, record
from conferral.records.centres.models import Approval
from conferral.records.letters.models import Contact, Purpose
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import ContactFacts
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def name_contact(
    centre: str, purpose: str, *, scheme: str | None, name: str, email: str, at: datetime, by: Acting
) -> Verdict:
    """Name somebody to hear about a purpose, in one scheme or (None) in all. Clause: moderation report 2012."""
    take_turn(f"contacts of {centre}")
    same = Contact.objects.alias(address=Lower("email")).filter(
        centre=centre, purpose=purpose, scheme=scheme, address=email.lower(), taken_away_at=None
    )
    approved = Approval.objects.filter(centre=centre, scheme=scheme, approved_on__lte=london_day(at))
    facts = ContactFacts(
        purpose=Purpose(purpose).label.lower(), email=email, scheme=scheme, named=same.exists(),
        approved_on=approved.values_list("approved_on", flat=True).first() if scheme else None,
    )  # fmt: skip
    verdict = judge(facts, rules_on("contact"))
    if verdict.allowed:
        Contact.objects.create(
            centre_id=centre, purpose=purpose, scheme_id=scheme, name=name, email=email,
            named_by_id=by.person, named_at=at,
        )  # fmt: skip
        _record("contact_named", centre, purpose, at, by)
    return verdict


@transaction.atomic
def confirm_contact(contact: int, *, at: datetime, by: Acting) -> bool:
    """Say that a contact's address is right although mail came back; letters go there again. Safe to repeat."""
    found = Contact.objects.filter(pk=contact, taken_away_at=None).exclude(bounced_at=None).first()
    if found is None:
        return False
    Contact.objects.filter(pk=contact).update(bounced_at=None, bounced_because="", named_at=at)
    _record("contact_confirmed", found.centre_id, found.purpose, at, by)
    return True


@transaction.atomic
def take_contact_away(contact: int, *, at: datetime, by: Acting) -> bool:
    """Somebody hears of a purpose no longer. Safe to repeat."""
    found = Contact.objects.filter(pk=contact, taken_away_at=None).first()
    if found is None:
        return False
    Contact.objects.filter(pk=contact).update(taken_away_at=at)
    _record("contact_taken_away", found.centre_id, found.purpose, at, by)
    return True


@transaction.atomic
def mark_contact_dead(contact: int, because: str, *, at: datetime, by: Acting) -> bool:
    """The desk says that mail to a contact comes back, for example because it heard so by telephone."""
    found = Contact.objects.filter(pk=contact, taken_away_at=None, bounced_at=None).first()
    if found is None:
        return False
    Contact.objects.filter(pk=contact).update(bounced_at=at, bounced_because=" ".join(because.split())[:300])
    _record("contact_marked_dead", found.centre_id, found.purpose, at, by)
    return True


def _record(verb: str, centre: str, purpose: str, at: datetime, by: Acting) -> None:
    record([Done(verb, "centre", centre, centre, facts={"purpose": purpose})], at=at, by=by)
