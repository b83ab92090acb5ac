"""The world that tests start from: the shipped catalogue, one centre with people, a moderator, a desk."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from tests.world import World, build_world

NOON = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # a Monday


@pytest.fixture
def noon(settings) -> datetime:
    """The moment at which pages, jobs and commands of the test happen."""
    settings.CLOCK = lambda: NOON
    return NOON


@pytest.fixture
def world(db, noon) -> World:
    """A fresh world, undone after the test."""
    return build_world(noon)


@pytest.fixture
def as_role(client, world) -> Iterator:
    """Sign the test client in as one of the world's people, by role."""

    def sign_in(role: str):
        client.force_login(world.people[role])
        return client

    return sign_in


EARLY = date(2010, 1, 1)
