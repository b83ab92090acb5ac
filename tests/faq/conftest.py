"""The shipped catalogue with its withdrawals, loaded once for a file of tests."""

import pytest
from django.conf import settings
from django.db import transaction

from conferral.cli.run import load_catalogue


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Packs and withdrawals as they are shipped; gone after the last test of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert [fault for fault in load_catalogue(settings.PACKS) if fault.outcome == "refused"] == []
        yield
        transaction.set_rollback(True)


@pytest.fixture
def catalogue(loaded, db, noon):
    """What one test may read and change without the next one knowing."""
