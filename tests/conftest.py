"""The world that tests start from: the shipped catalogue, one centre with people, a moderator, a desk."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from tests.world import World, build_world

NOON = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # a Monday


@pytest.fixture
def noon(settings) -> datetime:
    """The moment at which pages, jobs and commands of the test happen."""
    settings.CLOCK = lambda: NOON
    return NOON


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """The database without its housekeeping, which would count rows that a test has undone and then plan for none."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')


@pytest.fixture(scope="session")
def kept() -> list[tuple[World, dict[str, bytes]]]:
    """The world as it was first built, and the rows of each table: putting them back takes a tenth of building it."""
    return []


@pytest.fixture(autouse=True)
def no_job_outlives_its_test(request, django_db_blocker) -> Iterator[None]:
    """Empty the queue after a test that committed: its tables are not Django's, and others count its jobs."""
    yield
    mark = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (mark and mark.kwargs.get("transaction")):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def world(db, noon, kept) -> World:
    """A fresh world, undone after the test. It is built once, by the product's own actions, and then put back."""
    if not kept or not _superuser():
        before = set(_filled())
        built = build_world(noon)
        kept[:] = [(built, {table: _rows(table) for table in _filled() if table not in before})]
        return deepcopy(built)
    built, tables = kept[0]
    with connection.cursor() as cursor:
        # No guard and no foreign key is asked again: these rows passed them all when they were made.
        cursor.execute("SET session_replication_role = replica")
        for table, rows in tables.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(rows)
        cursor.execute("SET session_replication_role = origin")
    return deepcopy(built)


def _superuser() -> bool:
    """Whether the server lets this person put rows back without asking its guards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _filled() -> list[str]:
    """Every table that has rows."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables))
        return [name for (name,) in cursor.fetchall()]


def _rows(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(copy)


@pytest.fixture
def as_role(client, world) -> Iterator:
    """Sign the test client in as one of the world's people, by role."""

    def sign_in(role: str):
        client.force_login(world.people[role])
        return client

    return sign_in


EARLY = date(2010, 1, 1)
