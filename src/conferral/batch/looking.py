"""Looking into files that have arrived: by a worker, while nobody waits, and again when that was broken off."""

from collections.abc import Callable
from datetime import datetime

from procrastinate.contrib.django.models import ProcrastinateJob

from conferral.actions.evidence import LOOKING, Door, ask_to_look
from conferral.actions.evidence_kept import Found, begin_looking, find, keep_or_refuse
from conferral.records.access import acting_as
from conferral.records.evidence.models import StoredFile
from conferral.rules.permissions import CLOCK
from conferral.rules.policies import policy

MOST_AT_ONCE = 1000


def look_from(token: str, *, door: Door, clock: Callable[[], datetime]) -> bool:
    """Look into one file and then into those of the same candidate that have arrived since, in their order.

    Returns whether the first is kept now. The jobs of those others then find nothing to do: none of them waits until a
    worker asks for work again, as a job does that another one locks out.
    """
    kept = look(token, door=door, clock=clock)
    while following := _following(token):
        look(following, door=door, clock=clock)
    return kept


def look(token: str, *, door: Door, clock: Callable[[], datetime]) -> bool:
    """Look into one file, and keep or refuse it; returns whether it is kept now. Safe to repeat.

    No lock is held while the file is read. After the last try it is refused unread.
    """
    with acting_as(CLOCK):
        tries = begin_looking(token)
    most, kept = policy("tries_to_look"), False
    if tries:
        try:
            found = Found(broken_off=most) if tries > most else find(token, door=door)
        except FileNotFoundError:
            if not _waits(token):  # another worker was quicker
                return False
            raise
        with acting_as(CLOCK):
            kept = keep_or_refuse(token, found, door=door, at=clock(), by=CLOCK).allowed
    door.store.drop(token)
    return kept


def _waits(token: str) -> bool:
    with acting_as(CLOCK):
        return StoredFile.objects.filter(token=token, state="received").exists()


def _following(token: str) -> str | None:
    """The first file of the same candidate's work that waits."""
    with acting_as(CLOCK):
        file = StoredFile.objects.filter(token=token).first()
        if file is None:
            return None
        theirs = StoredFile.objects.filter(claim=file.claim_id, registration=file.registration_id, state="received")
        return theirs.order_by("received_at", "pk").values_list("token", flat=True).first()


def ask_again() -> int:
    """Ask for every received file that no job stands for any more; returns how many. Safe to repeat."""
    with acting_as(CLOCK):
        jobs = ProcrastinateJob.objects.filter(task_name=LOOKING, status__in=("todo", "doing"))
        asked = {args["token"] for args in jobs.values_list("args", flat=True)}
        waiting = StoredFile.objects.filter(state="received").order_by("received_at", "pk")
        left = [file for file in waiting if file.token not in asked][:MOST_AT_ONCE]
        for file in left:
            ask_to_look(file)
    return len(left)
