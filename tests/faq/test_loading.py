"""Packs and withdrawals are loaded together, or nothing of either."""

import shutil

import pytest
from django.conf import settings

from conferral.cli.run import load_catalogue
from conferral.records.catalogue.models import Qualification, Withdrawal


@pytest.mark.parametrize("broken", ["withdrawals/contact-centre-2013.toml", "contact-centre-operations.toml"])
@pytest.mark.django_db
def test_nothing_is_half_loaded(tmp_path, noon, broken):
    shutil.copytree(settings.PACKS, tmp_path / "packs")
    with (tmp_path / "packs" / broken).open("a") as file:
        file.write("\nnonsense = 1\n")
    faults = load_catalogue(tmp_path / "packs")
    assert [fault.outcome for fault in faults] == ["refused"]
    assert not Qualification.objects.exists()
    assert not Withdrawal.objects.exists()
