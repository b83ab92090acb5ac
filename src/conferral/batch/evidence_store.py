"""The store of evidence against the rows that name it: what no row names is swept out, what is kept is verified."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from conferral.actions.evidence_bytes import remove_unnamed
from conferral.records.access import acting_as
from conferral.records.evidence.queries import kept_bytes, named
from conferral.records.evidence.store import Lying, Store
from conferral.rules.permissions import CLOCK
from conferral.rules.policies import policy

AT_ONCE = 500


def unnamed(store: Store, *, at: datetime) -> Iterator[Lying]:
    """The bytes that no row names and that have lain there for the days allowed."""
    before = at - timedelta(days=policy("days_unnamed"))
    old = (lying for lying in store.lying() if lying.written_at < before)
    while some := list(islice(old, AT_ONCE)):
        with acting_as(CLOCK):
            known = named(some)
        yield from (lying for lying in some if lying.name not in known)


def sweep(store: Store, *, at: datetime) -> Iterator[Lying]:
    """Remove them, each in a transaction of its own; gives those that are gone."""
    for lying in unnamed(store, at=at):
        with acting_as(CLOCK):
            gone = remove_unnamed(lying, at=at, by=CLOCK)
        if gone:
            yield lying


@dataclass(frozen=True)
class Fault:
    """Kept bytes that are not as they came: what is wrong with them, their hash, and one file and claim of theirs."""

    what: str
    sha256: str
    file: int
    claim: int


def verify(store: Store) -> Iterator[Fault | None]:
    """Read all bytes that are kept, in parts, and compare them with hash and size of their row; None where they agree.

    No transaction is open while they are read.
    """
    last = ""
    while True:
        with acting_as(CLOCK):
            some = kept_bytes(last, AT_ONCE)
        for sha256, size, file, claim in some:
            what = _fault(store, sha256, size)
            yield Fault(what, sha256, file, claim) if what else None
        if len(some) < AT_ONCE:
            return
        last = some[-1][0]


def _fault(store: Store, sha256: str, size: int) -> str:
    try:
        with store.path(sha256).open("rb") as file:
            changed = hashlib.file_digest(file, "sha256").hexdigest() != sha256 or file.tell() != size
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"can’t be read ({error.strerror or type(error).__name__})"
    return "changed" if changed else ""
