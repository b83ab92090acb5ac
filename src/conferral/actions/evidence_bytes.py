"""Bytes in the store that no row names: after a crash, or a transaction that was undone."""

from datetime import datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.records.evidence.queries import named
from conferral.records.evidence.store import Lying
from conferral.records.turns import try_turn
from conferral.rules.permissions import Acting


@transaction.atomic
def remove_unnamed(lying: Lying, *, at: datetime, by: Acting) -> bool:
    """Remove bytes from the store that no row names; returns whether they are gone. Safe to repeat.

    Bytes that a transaction under way has put there, and may name at its end, stay.
    """
    turn = f"bytes {lying.name}" if lying.kept else f"file {lying.name}"
    if not try_turn(turn) or named([lying]):
        return False
    lying.path.unlink(missing_ok=True)
    told = {"name": lying.name, "size": lying.size, "kept": lying.kept}
    record([Done("unnamed_bytes_removed", "bytes", lying.name[:60], facts=told)], at=at, by=by)
    return True
