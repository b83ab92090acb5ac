"""A worker killed in the middle of a file: another takes the file up, and it is kept once or refused, never stuck."""

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from conferral.records.evidence.models import EvidenceItem, StoredFile
from conferral.records.evidence.store import Store
from conferral.records.ledger.models import Event
from conferral.rules.policies import policy
from tests.conftest import NOON
from tests.pages.centre.test_files import folder, kept, only_send, refusals
from tests.samples import pdf

__all__ = ["folder"]
BIN = Path(sys.executable).parent
PATIENCE = 60  # seconds


class Scanner:
    """What stands for clamd: it takes each file whole, and answers once it is let."""

    def __init__(self, address: str) -> None:
        self.asked, self.answers = 0, threading.Event()
        self.line = socket.socket(socket.AF_UNIX)
        self.line.bind(address)
        self.line.listen(8)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._answer, args=[self.line.accept()[0]], daemon=True).start()

    def _answer(self, asker: socket.socket) -> None:
        with asker, asker.makefile("rb") as told, suppress(OSError, struct.error):
            assert told.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!L", told.read(4))[0]:
                told.read(size)
            self.asked += 1
            self.answers.wait(PATIENCE)
            asker.sendall(b"stream: OK\0")


@pytest.fixture
def scanner(tmp_path) -> Iterator[Scanner]:
    made = Scanner(str(tmp_path / "clamd"))
    yield made
    made.answers.set()
    made.line.close()


@pytest.fixture
def start_worker(tmp_path, folder) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start the real worker on the database of the test, in a process group of its own."""
    database, running = connection.settings_dict, []
    port = f":{database['PORT']}" if database["PORT"] else ""
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "DATABASE_URL": f"postgresql://{who}@{port}/{database['NAME']}?{urlencode({'host': database['HOST']})}",
        "CONFERRAL_FILES": str(folder),
        "CONFERRAL_AT": f"{NOON:%Y-%m-%d}",
    }

    def start(**more: str) -> subprocess.Popen:
        log = (tmp_path / f"worker-{len(running)}.log").open("w")
        running.append(
            subprocess.Popen(
                [BIN / "conferral", "worker"], env=environment | more, stdout=log, stderr=log, start_new_session=True
            )
        )
        return running[-1]

    yield start
    for process in running:
        kill(process)
    connection.close()


def kill(worker: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(30)


def until(what: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def reading(folder: Path) -> list[int]:
    """How long each process that looks into a file of this store has worked, in hundredths of a second."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"conferral.intake" in words and any(word.startswith(os.fsencode(folder)) for word in words):
                found.append(int((process / "stat").read_text().rpartition(")")[2].split()[11]))
    return found


def stalled() -> None:
    """Let the half minute without a sign of life be over, and the minute in which such jobs are looked for.

    Waited for, both take the next worker 55 to 59 seconds.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
    app.tasks["conferral.retry_stalled_jobs"].defer()


def file() -> StoredFile:
    return StoredFile.objects.get()


def looked_once(folder: Path) -> None:
    """The file is kept, once in every place where it could stand twice."""
    assert (file().state, EvidenceItem.objects.count()) == ("accepted", 1)
    assert Event.objects.filter(verb="evidence_added").count() == 1
    assert kept(folder) == [file().sha256]
    until(lambda: not Store(folder).arriving(file().token).exists())
    until(lambda: not ProcrastinateJob.objects.filter(args__token=file().token, status__in=("todo", "doing")).exists())


def test_what_reads_the_file_ends_with_the_worker_that_asked(transactional_db, as_role, world, folder, start_worker):
    only_send(as_role("exams_officer"), world.submitted(count=1), ("many pages.pdf", pdf(pages=4000)))
    first = start_worker()
    until(lambda: max(reading(folder), default=0) > 100)
    kill(first)
    until(lambda: not reading(folder), 1)
    start_worker()
    stalled()
    until(lambda: file().state != "received", 90)
    assert file().tries == 2
    looked_once(folder)


def test_a_file_that_takes_three_workers_down_is_refused_with_what_to_do(
    transactional_db, as_role, world, folder, scanner, start_worker, tmp_path
):
    claim, centre = world.submitted(count=1), as_role("exams_officer")
    only_send(centre, claim, ("one.pdf", pdf()))
    for count in range(1, policy("tries_to_look") + 1):
        worker = start_worker(CONFERRAL_CLAMD=str(tmp_path / "clamd"))
        if count > 1:
            stalled()
        until(lambda: scanner.asked == count)  # noqa: B023
        kill(worker)
        assert (file().state, file().tries) == ("received", count)
    start_worker(CONFERRAL_CLAMD=str(tmp_path / "clamd"))
    stalled()
    until(lambda: file().state != "received")
    assert (file().state, scanner.asked, EvidenceItem.objects.count()) == ("refused", 3, 0)
    assert "one.pdf could not be looked into: 3 tries were broken off" in refusals(centre, claim)
    assert kept(folder) == []


def test_a_job_that_has_a_follower_does_not_keep_the_others_from_being_taken_up(
    transactional_db, as_role, world, folder, scanner, start_worker, tmp_path
):
    """Killed in the middle of a job of the night as well, the next of which is asked for while that one is stalled."""
    only_send(as_role("exams_officer"), world.submitted(count=1), ("one.pdf", pdf()))
    sweep = app.tasks["conferral.sweep_evidence"]
    first = start_worker(CONFERRAL_CLAMD=str(tmp_path / "clamd"))
    until(lambda: scanner.asked == 1)
    kill(first)
    broken_off = sweep.configure(priority=-1).defer()
    with connection.cursor() as cursor:  # as if it had been in the middle of that one too, which takes no time here
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = "
            "(SELECT worker_id FROM procrastinate_jobs WHERE args->>'token' = %s) WHERE id = %s",
            [file().token, broken_off],
        )
    following = sweep.defer()
    scanner.answers.set()
    start_worker(CONFERRAL_CLAMD=str(tmp_path / "clamd"))
    stalled()
    until(lambda: file().state != "received", 60)
    looked_once(folder)
    until(lambda: ProcrastinateJob.objects.get(pk=following).status == "succeeded")
    assert ProcrastinateJob.objects.get(pk=broken_off).status == "failed"
    assert (file().tries, scanner.asked) == (2, 2)
