"""Centres, their approvals and people, and who looks at their work."""

from datetime import date, datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.records.allocation.queries import choices
from conferral.records.centres.models import Approval, Centre, Membership
from conferral.records.moderation.models import Allocation, Interest, Moderator
from conferral.records.people.models import Person
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.permissions import AUDIENCE_OF, Acting
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def add_centre(number: str, name: str, *, nation: str, address: str = "", at: datetime, by: Acting) -> Centre:
    """Enter a centre. Repeated with the same number, it brings name, nation and address up to date."""
    words = {"name": name, "nation": nation, "address": address}
    centre, _ = Centre.objects.update_or_create(number=number, defaults=words)
    record([Done("centre_entered", "centre", number, number)], at=at, by=by)
    return centre


@transaction.atomic
def add_person(
    name: str, role: str, *, centre: str | None = None, email: str | None = None, password: str | None = None,
    address: str = "", at: datetime, by: Acting,
) -> Person:  # fmt: skip
    """Give a person a role, at a centre for a centre's role. A person is known by address, or by name at the centre.

    Without a password nobody can sign in as that person. `address` is where a moderator is sent work.
    """
    person = Person.objects.filter(email=email.lower()).first() if email else None
    if person is None and not email and centre:
        person = Person.objects.filter(name=name, memberships__centre=centre).first()
    if person is None:
        person = Person.objects.create_user(email and email.lower(), password, name=name)
    Membership.objects.get_or_create(person=person, role=role, centre_id=centre)
    if AUDIENCE_OF[role] == "moderator":
        known, _ = Moderator.objects.get_or_create(person=person)
        if address:
            known.address = address
            known.save(update_fields=["address"])
    record([Done("role_given", "person", person.pk, centre, facts={"role": role})], at=at, by=by)
    return person


@transaction.atomic
def approve_centre(centre: str, scheme: str, *, on: date, at: datetime, by: Acting) -> Approval:
    """Approve a centre for a scheme from a London day on. Repeated, the first day stays."""
    approval, _ = Approval.objects.get_or_create(centre_id=centre, scheme_id=scheme, defaults={"approved_on": on})
    record([Done("centre_approved", "centre", centre, centre, facts={"scheme": scheme})], at=at, by=by)
    return approval


@transaction.atomic
def declare_interest(moderator: int, centre: str, *, on: date, at: datetime, by: Acting) -> Interest:
    """Enter that a moderator has an interest in a centre."""
    interest, _ = Interest.objects.get_or_create(moderator_id=moderator, centre_id=centre, defaults={"declared_on": on})
    record([Done("interest_declared", "centre", centre, centre, facts={"moderator": moderator})], at=at, by=by)
    return interest


@transaction.atomic
def allocate(centre: str, scheme: str, moderator: int, *, on: date, at: datetime, by: Acting) -> Verdict:
    """Give a centre's work in a scheme to a moderator from a London day on; an earlier allocation ends then.

    Refused when the moderator has an interest, a role at the centre or touched its open work, is not competent, not
    under contract, away too long or beyond what is agreed. Claims already submitted stay where they are.
    """
    take_turn(f"allocating {centre} {scheme}")
    found = choices(centre, scheme, on, moderator=moderator)
    verdict = judge(found[0].facts, rules_on("allocation")) if found else Verdict()
    if verdict.refused:
        return verdict
    active = Allocation.objects.select_for_update().filter(centre=centre, scheme=scheme, days__contains=on).first()
    if active and active.moderator_id == moderator:
        return Verdict()
    if active:
        _end(active, on)
    Allocation.objects.create(centre_id=centre, scheme_id=scheme, moderator_id=moderator, days=(on, None))
    facts = {"scheme": scheme, "moderator": moderator}
    record([Done("moderator_allocated", "centre", centre, centre, facts=facts)], at=at, by=by)
    return Verdict()


def _end(allocation: Allocation, on: date) -> None:
    if allocation.days.lower == on:
        allocation.delete()
    else:
        allocation.days = (allocation.days.lower, on)
        allocation.save(update_fields=["days"])
