"""The ledger only grows, and shows what was done to it."""

from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from conferral.actions.ledger import Done, record
from conferral.records.access import acting_as
from conferral.records.ledger.models import Event
from conferral.records.ledger.queries import broken_links
from conferral.rules.facts import PERSONAL
from conferral.rules.permissions import CLOCK, Acting
from conferral.rules.rule import Verdict

AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
BY = Acting("desk", 7)


def write(count, centre="61423", **facts):
    record([Done("unit_banked", "registration", n, centre, facts=facts) for n in range(count)], at=AT, by=BY)


@contextmanager
def owner_without_guard():
    """What whoever owns the table can do to it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")


def told(links):
    return [str(link) for link in links]


def test_a_chain_counts_from_one_and_follows_from_itself(db):
    write(3)
    write(2, None)
    write(2)
    assert list(Event.objects.filter(stream="61423").order_by("id").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert list(Event.objects.filter(stream="organisation").values_list("seq", flat=True)) == [1, 2]
    assert Event.objects.values("hash").distinct().count() == 7
    assert broken_links() == []


def test_the_whole_world_is_chained(world):
    world.submitted()
    with acting_as(CLOCK):
        assert Event.objects.count() > 10
        assert broken_links() == []


def test_facts_of_every_kind_are_hashed_as_they_are_read_back(db):
    write(1, text="Þórdís “O’Neill” \\ \x7f \u2028", number=1.10, big=10**20, none=None, nested={"b": [1, 2], "a": {}})
    write(1, **{"é": True, "": ""})
    assert broken_links() == []


CHANGES = (
    "at = at + interval '1 microsecond'", "verb = 'unit_lost'", "subject_id = 'x'", "actor = NULL", "actor = 8",
    "facts = '{\"a\": 2}'", "rules = '[1]'", "audience = 'clock'",
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_event_is_found(db, change):
    write(3, a=1)
    with owner_without_guard() as cursor:
        cursor.execute(f"UPDATE ledger_event SET {change} WHERE seq = 2")
    assert told(broken_links()) == ["event 2 of 61423"]


def test_a_changed_event_with_its_hash_mended_is_found_at_the_next_one(db):
    write(3)
    with owner_without_guard() as cursor:
        cursor.execute("UPDATE ledger_event SET hash = repeat('0', 64) WHERE seq = 2")
    assert told(broken_links()) == ["event 2 of 61423", "event 3 of 61423"]


def test_a_removed_event_is_found_in_its_own_chain(db):
    write(4)
    write(3, None)
    with owner_without_guard() as cursor:
        cursor.execute("DELETE FROM ledger_event WHERE stream = '61423' AND seq = 2")
    assert told(broken_links()) == ["event 3 of 61423", "event 4 of 61423"]
    assert broken_links("organisation") == []
    assert len(broken_links("61423")) == 2


def test_an_event_that_was_slipped_in_is_found(db):
    write(2)
    with owner_without_guard() as cursor:
        cursor.execute(
            "INSERT INTO ledger_event (stream, seq, at, verb, subject, subject_id, audience, rules, facts, hash) "
            "VALUES ('61423', 3, now(), 'unit_banked', 'registration', '1', 'desk', '[]', '{}', '')"
        )
    assert told(broken_links()) == ["event 3 of 61423"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_event SET verb = 'x'", "DELETE FROM ledger_event", "UPDATE ledger_event SET hash = ''"],
)
def test_even_the_owner_neither_changes_nor_removes_an_event_by_accident(db, statement):
    write(1)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert broken_links() == []


def test_whoever_writes_an_event_does_not_choose_its_place_or_its_hash(db):
    event = Event.objects.create(stream="61423", seq=99, at=AT, verb="x", subject="claim", subject_id="1", hash="mine")
    event.refresh_from_db()
    assert event.seq == 1
    assert len(event.hash) == 64
    assert broken_links() == []


def test_an_action_that_fails_leaves_no_event(db):
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_an_event_says_which_rules_judged_and_what_each_said(db):
    record([Done("claim_submitted", "claim", 1, verdict=Verdict((), ("a-rule",)))], at=AT, by=BY)
    event = Event.objects.get()
    assert event.rules == [{"rule": "a-rule", "outcome": "passed"}]
    assert (event.actor, event.audience, event.stream) == (7, "desk", "organisation")


def test_the_ledger_holds_nothing_that_names_a_candidate(world):
    world.submitted()
    known = {key for event in Event.objects.all() for key in keys_of(event.facts)}
    assert known & PERSONAL == set()
    text = "".join(str(event.facts) for event in Event.objects.all())
    assert [row.candidate.last_name for row in world.registrations if row.candidate.last_name in text] == []


def keys_of(facts):
    if isinstance(facts, dict):
        return set(facts).union(*(keys_of(value) for value in facts.values()))
    return set().union(*(keys_of(one) for one in facts)) if isinstance(facts, list) else set()


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_make_one_chain():
    together = Barrier(2, timeout=10)

    def writer():
        try:
            together.wait()
            for _ in range(15):
                with transaction.atomic():
                    write(2)
                    write(1, None)
        finally:
            connection.close()

    threads = [Thread(target=writer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(Event.objects.filter(stream="61423").values_list("seq", flat=True)) == list(range(1, 61))
    assert Event.objects.filter(stream="organisation").count() == 30
    assert broken_links() == []
