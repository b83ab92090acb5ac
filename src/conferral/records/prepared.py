"""Statements that every page asks: PostgreSQL plans them once in a connection, and then only runs them (ADR 36)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor

# A plan that is kept is made for a page of things, not for a cohort.
FEW = 64


def asked_often(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement whose values are sent apart from it, so that its plan can be kept.

    The plan is made anew when the role, a table or what is known of its rows changes. What changes the plan
    itself, such as a condition that may be absent, is written into the statement: a kept plan does not look at values.
    """
    connection.ensure_connection()
    cursor = Cursor(connection.connection)
    logged = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with connection.wrap_database_errors, logged(cursor) as asked:
        asked.execute(statement, values)
        return list(asked.fetchall())


def asked_of(registrations: Sequence[int], statement: str) -> list[tuple[Any, ...]]:
    """The rows of a statement about `registrations`, which is the name of its one value.

    A page's worth is asked by a plan that is kept; more are planned for as many as there are.
    """
    values = {"registrations": list(registrations)}
    if len(registrations) <= FEW:
        return asked_often(statement, values)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
