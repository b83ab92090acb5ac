"""All batches with all moderators at once: the facts are those of one batch at a time, in random worlds."""

import random
from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection

from conferral.actions.allocations import weights_of_policy
from conferral.records.allocation.edges import gather
from conferral.records.allocation.models import Absence, Competence, Contract
from conferral.records.allocation.proposal import propose
from conferral.records.allocation.queries import choices
from conferral.records.candidates.models import Candidate, Registration
from conferral.records.centres.models import Approval, Centre, Membership
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.moderation.models import Allocation, Interest, Moderator
from conferral.records.people.models import Person
from conferral.rules.book import rules_on
from conferral.rules.facts import AllocationFacts
from conferral.rules.rule import judge

SCHEMES = ("09628", "09629", "10263")
ADDRESSES = ("Machynlleth SY20 0ZZ", "Leeds LS1 0ZZ", "no postcode", "Belfast BT1 0ZZ", "Truro TR1 0ZZ")


def fill(dice, day, centres=6, moderators=7):
    """A random world, as rows. Some moderators are entered with nothing, some belong to centres, some are away."""
    for number in range(centres):
        Centre.objects.create(number=str(30000 + number), name="x", address=dice.choice(ADDRESSES),
                              nation=dice.choice(["england", "wales"]))  # fmt: skip
    people = [Moderator.objects.create(person=Person.objects.create_user(None, None, name=f"M{one}"),
                                       address=dice.choice(ADDRESSES)) for one in range(moderators)]  # fmt: skip
    for one in people:
        for scheme in SCHEMES:
            if dice.random() < 0.5:
                Competence.objects.create(
                    moderator=one, scheme_id=scheme, since=day + timedelta(days=dice.randint(-2, 1))
                )
        for start in (-400, -20, 30):
            if dice.random() < 0.5:
                days = (day + timedelta(days=start), day + timedelta(days=start + 40))
                Contract.objects.create(moderator=one, most_batches=dice.randint(0, 4), days=days)
        if dice.random() < 0.5:
            start = dice.randint(-5, 30)
            Absence.objects.create(
                moderator=one, entered_by=one.person, entered_at=f"{day}T00:00Z",
                days=(day + timedelta(days=start), day + timedelta(days=start + dice.randint(1, 30))),
                taken_back_at=dice.choice([None, None, f"{day}T00:00Z"]),
            )  # fmt: skip
    for centre in Centre.objects.filter(number__startswith="30"):
        for one in people:
            if dice.random() < 0.15:
                Interest.objects.create(moderator=one, centre=centre, declared_on=day)
            if dice.random() < 0.1:
                Membership.objects.create(person=one.person, centre=centre, role="tutor")
        for scheme in SCHEMES:
            _open(dice, day, centre, scheme, people)
    return people


def _open(dice, day, centre, scheme, people):
    if dice.random() < 0.8:
        Approval.objects.create(centre=centre, scheme_id=scheme, approved_on=day + timedelta(days=dice.randint(-90, 1)))
    if dice.random() < 0.6:
        Allocation.objects.create(centre=centre, scheme_id=scheme, moderator=dice.choice(people),
                                  days=(date(2019, 5, 1), day - timedelta(days=dice.randint(-3, 30))))  # fmt: skip
    if dice.random() < 0.8:
        candidate = Candidate.objects.create(centre=centre, uln=dice.randrange(10**9, 10**10), last_name="x",
                                             born_on=date(1990, 1, 1))  # fmt: skip
        entry = Registration.objects.create(centre=centre, candidate=candidate, scheme_id=scheme,
                                            registered_on=day - timedelta(days=dice.randint(-1, 60)))  # fmt: skip
        if dice.random() < 0.5:
            _claim(dice, day, centre, scheme, people, entry)


def _claim(dice, day, centre, scheme, people, entry):
    reader, hand, other = dice.sample(people, 3)
    claim = Claim.objects.create(
        centre=centre, scheme_id=scheme, state=dice.choice(["draft", "submitted", "with_moderator", "processed"]),
        made_by=reader.person, made_at=f"{day}T00:00Z", moderator=reader.person, submitted_at=f"{day}T00:00Z",
    )  # fmt: skip
    ClaimedUnit.objects.create(centre=centre, claim=claim, registration=entry, unit_id="J/600/1003", state="claimed",
                               assessor=hand.person,
                               internal_verifier=other.person)  # fmt: skip


@pytest.fixture(params=range(8))
def random_world(request, world):
    dice, day = random.Random(request.param), world.at.date()
    with connection.cursor() as cursor:  # rows that no action would store are part of a random world
        cursor.execute("SET session_replication_role = replica")
        fill(dice, day)
        cursor.execute("SET session_replication_role = origin")
    return day


def at(fact, kind, place, shape):
    """One fact of a pair, as a record has it: None where it is not known."""
    if not hasattr(fact, "values"):
        return fact
    value = np.broadcast_to(fact.values, shape)[kind, place]
    known = np.broadcast_to(fact.known, shape)[kind, place]
    return value.item() if known else None


def test_all_at_once_are_the_facts_of_one_at_a_time(random_world):
    day = random_world
    edges = gather(day)
    assert edges.batches
    for index, batch in enumerate(edges.batches):
        kind = edges.kind[index]
        one_by_one = {one.moderator: one.facts for one in choices(batch.centre, batch.scheme, day)}
        assert {one.id for one in edges.moderators} == set(one_by_one)
        for place, person in enumerate(edges.moderators):
            record = one_by_one[person.id]
            known = {field.name: at(getattr(edges.facts, field.name), kind, place, edges.shape)
                     for field in fields(AllocationFacts)}  # fmt: skip
            assert AllocationFacts(**(known | {"scheme": batch.scheme, "moderator": person.id})) == record


def test_a_batch_waits_when_entries_are_there_and_nobody_is_allocated(random_world):
    day = random_world
    waiting = {(one.centre, one.scheme) for one in gather(day).batches}
    for approval in Approval.objects.all():
        key = (approval.centre_id, approval.scheme_id)
        entered = Registration.objects.filter(centre=key[0], scheme=key[1], registered_on__lte=day).exists()
        held = Allocation.objects.filter(centre=key[0], scheme=key[1], days__contains=day).exists()
        assert (key in waiting) == (approval.approved_on <= day and entered and not held)


def test_everything_proposed_is_allowed_and_everything_left_out_could_not_be_placed(random_world):
    day = random_world
    edges = gather(day)
    made = propose(edges, weights_of_policy(), {})
    assert made.answer.proven
    rules = rules_on("allocation")
    for index, batch in enumerate(edges.batches):
        place = int(made.moderator[index])
        verdicts = {one.moderator: judge(one.facts, rules) for one in choices(batch.centre, batch.scheme, day)}
        if place >= 0:
            assert verdicts[edges.moderators[place].id].allowed
            assert made.why(index)
        else:
            refused = [reason.rule for one in verdicts.values() for reason in one.refused]
            counted = made.excluded(index)
            full = counted.pop("full", 0)
            assert counted == {rule: refused.count(rule) for rule in set(refused)}
            assert full == sum(one.allowed for one in verdicts.values())
            free = [one for one in edges.moderators if verdicts[one.id].allowed]
            assert all(made.load[edges.moderators.index(one)] == one.most for one in free)
    agreed = [one.most for one in edges.moderators if one.most is not None]
    assert all(one.most is None or made.load[place] <= max(one.most, one.held)
               for place, one in enumerate(edges.moderators)) or not agreed  # fmt: skip
