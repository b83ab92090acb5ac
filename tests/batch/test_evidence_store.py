"""The store of evidence against its rows: what nothing names is swept out, and what is kept is verified."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connections
from typer.testing import CliRunner

from conferral.actions.evidence import Door, begin_file
from conferral.actions.evidence_kept import begin_looking, find, keep_or_refuse
from conferral.batch.evidence_store import sweep, unnamed
from conferral.batch.jobs import sweep_evidence
from conferral.cli.main import app
from conferral.records.access import acting_as
from conferral.records.evidence.models import EvidenceItem, StoredFile
from conferral.records.evidence.store import Store
from conferral.records.ledger.models import Event
from conferral.rules.permissions import CLOCK
from conferral.rules.policies import policy
from tests.pages.centre.test_files import folder, only_send, send
from tests.samples import pdf, picture

__all__ = ["folder"]
SHA = "ab" * 32


@pytest.fixture
def claim(world):
    return world.submitted(count=1)


@pytest.fixture
def store(folder) -> Store:
    return Store(folder)


def old(path, world, days=3):
    """Let a file have been written some days before the world's moment."""
    then = (world.at - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))


def put(path, content=b"left behind"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def run(*words):
    return CliRunner().invoke(app, ["evidence", *words])


def test_what_no_row_names_is_removed_after_some_days_and_all_else_stays(as_role, claim, world, store):
    centre = as_role("exams_officer")
    send(centre, claim, ("kept.pdf", pdf()))
    only_send(centre, claim, ("looked-into.pdf", pdf("Task 3")))
    send(centre, claim, ("taken-away.png", picture()))
    EvidenceItem.objects.get(name="taken-away.png").delete()
    for lying in store.lying():
        old(lying.path, world, days=400)
    there = {lying.path for lying in store.lying()}
    assert len(there) == 3
    left = [put(store.path(SHA)), put(store.arriving("c" * 32)), put(store.path(SHA).with_name("half"))]
    fresh = put(store.arriving("d" * 32))
    drawn = put(store.drawn(SHA, 1))
    for path in (*left, drawn):
        old(path, world)
    old(fresh, world, days=policy("days_unnamed") - 1)
    told = run("sweep", "--dry-run")
    assert told.exit_code == 0
    assert "3 files that no row names, 33 bytes, would be removed." in told.output
    assert all(path.exists() for path in left)
    assert sweep_evidence.func() == 3
    assert {lying.path for lying in store.lying()} == there | {fresh}
    assert drawn.exists()
    assert sorted(event.facts["name"] for event in Event.objects.filter(verb="unnamed_bytes_removed")) == sorted(
        path.name for path in left
    )
    assert "0 files that no row names" in run("sweep").output


def test_a_refused_and_a_given_up_file_name_nothing(as_role, claim, world, store):
    centre = as_role("exams_officer")
    send(centre, claim, ("nothing.bin", bytes(range(256))))
    file = StoredFile.objects.get(state="refused")
    for path in (put(store.arriving(file.token)), put(store.path(file.sha256))):
        old(path, world)
    assert len(list(sweep(store, at=world.at))) == 2


def meanwhile(under_way, then):
    """Do something while a transaction of another connection has done its work and is not committed."""
    done, go = threading.Event(), threading.Event()

    def transact():
        try:
            with suppress(KeyError):
                under_way(done, go)
        finally:
            done.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(transact)
        assert done.wait(30)
        try:
            then()
        finally:
            go.set()
        running.result(30)


def test_what_a_transaction_under_way_may_still_name_is_not_removed(transactional_db, as_role, world, store):
    claim = world.submitted(count=1)
    only_send(as_role("exams_officer"), claim, ("one.pdf", pdf()))
    token, door = StoredFile.objects.get().token, Door(store)
    by, later = world.acting("exams_officer"), world.at + timedelta(days=4000)

    def keeps(done, go):
        with acting_as(CLOCK):
            begin_looking(token)
        found = find(token, door=door)
        with acting_as(CLOCK):
            keep_or_refuse(token, found, door=door, at=world.at, by=CLOCK)
            done.set()
            go.wait(30)

    def begins(done, go):
        with acting_as(by):
            begin_file(
                claim.pk, claim.units.first().registration_id, "two.pdf", 9, token="e" * 32, door=door, at=world.at,
                by=by,
            )  # fmt: skip
            store.append("e" * 32, [b"two bytes"], most=9)
            done.set()
            go.wait(30)
            raise KeyError("the transaction is undone")

    def nothing_goes():
        assert len(list(unnamed(store, at=later))) == 1
        assert list(sweep(store, at=later)) == []

    meanwhile(keeps, nothing_goes)
    store.drop(token)
    assert list(unnamed(store, at=later)) == []
    meanwhile(begins, nothing_goes)
    assert [gone.name for gone in sweep(store, at=later)] == ["e" * 32]


def test_every_kept_file_is_read_and_what_is_missing_or_changed_is_named(as_role, claim, store, folder):
    send(as_role("exams_officer"), claim, ("one.pdf", pdf()), ("two.pdf", pdf("Task 3")), ("three.png", picture()))
    well = run("verify")
    assert (well.exit_code, well.output) == (0, "All 3 are as they came.\n")
    one, two, three = EvidenceItem.objects.order_by("place")
    store.path(one.sha256).unlink()
    changed = store.path(two.sha256)
    changed.chmod(0o640)
    changed.write_bytes(changed.read_bytes()[:-1] + b"!")
    ill = run("verify")
    assert ill.exit_code == 1
    for item, what in ((one, "missing"), (two, "changed")):
        assert f"{item.sha256}  {what}: file {item.file_id} of claim {claim.pk}\n" in ill.output
    assert three.sha256 not in ill.output
    assert "2 of 3 are not as they came." in ill.output
    assert run("verify", "--json").exit_code == 1
