"""Taking turns: what two transactions must not do at once, though no row of theirs is the same."""

from django.db import connection


def take_turn(what: str) -> None:
    """Wait until no other transaction does `what`; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"turn {what}"])


def try_turn(what: str) -> bool:
    """Take the turn if no other transaction does `what` now; returns whether it was taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"turn {what}"])
        return bool(cursor.fetchone()[0])
