"""The shipped catalogue with its withdrawals."""

import pytest
from django.conf import settings

from conferral.cli.run import load_catalogue


@pytest.fixture
def catalogue(db, noon):
    """Packs and withdrawals as they are shipped."""
    assert [fault for fault in load_catalogue(settings.PACKS) if fault.outcome == "refused"] == []
