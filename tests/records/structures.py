"""The synthetic structures of tests/data/structures in the database, and registrations that have achieved units."""

from datetime import date
from pathlib import Path

import pgtrigger

from conferral.actions.catalogue import load_packs
from conferral.records.candidates.models import Achievement, Candidate, Registration
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.rules.packs import pack_faults, read_pack
from tests.world import INSTALLER

FOLDER = Path(__file__).parent.parent / "data" / "structures"
PACKS = [read_pack(path.read_text("utf-8"), path.name) for path in sorted(FOLDER.glob("*.toml"))]
assert pack_faults(PACKS) == ()
SCHEMES = {scheme.code: scheme for pack in PACKS for scheme in pack.schemes}
UNITS = {unit.code: unit for pack in PACKS for unit in pack.units}
REGISTERED = date(2024, 9, 2)


def load_structures(world):
    """Load them all. No fault is expected, nor any warning."""
    assert load_packs(PACKS, at=world.at, by=INSTALLER) == ()


def units_of(code):
    """The units of a structure, those that count as another one included."""
    return [unit for unit in UNITS if unit.startswith(f"{code}-")]


def achieve(world, registrations):
    """Registrations with units achieved, here (False) or elsewhere (True): (scheme, {unit: elsewhere}) each."""
    people = world.people["assessor"], world.people["internal_verifier"]
    candidates = Candidate.objects.bulk_create(
        Candidate(centre_id=world.centre, last_name=f"Ng{number:04}", born_on=date(2000, 1, 1))
        for number, _ in enumerate(registrations)
    )
    rows = Registration.objects.bulk_create(
        Registration(centre_id=world.centre, candidate=candidate, scheme_id=code, registered_on=REGISTERED)
        for candidate, (code, _) in zip(candidates, registrations, strict=True)
    )
    for row, (code, units) in zip(rows, registrations, strict=True):
        _achieve(world, row, code, units, people)
    return [row.pk for row in rows]


def _achieve(world, row, code, units, people):
    claim = Claim.objects.create(centre_id=world.centre, scheme_id=code, made_by=people[0], made_at=world.at)
    here = [unit for unit, elsewhere in units.items() if not elsewhere]
    with pgtrigger.ignore("claims.ClaimedUnit:journey_start"):
        decided = ClaimedUnit.objects.bulk_create(
            ClaimedUnit(centre_id=world.centre, claim=claim, registration=row, unit_id=unit, state="confirmed",
                        assessor=people[0], internal_verifier=people[1])
            for unit in here
        )  # fmt: skip
    Achievement.objects.bulk_create(
        Achievement(centre_id=world.centre, registration=row, unit_id=one.unit_id, achieved_on=REGISTERED,
                    claimed_unit=one)
        for one in decided
    )  # fmt: skip
    Achievement.objects.bulk_create(
        Achievement(centre_id=world.centre, registration=row, unit_id=unit, achieved_on=REGISTERED, origin="transfer",
                    awarding_organisation="Another Board", originally_on=date(2020, 7, 1))
        for unit, elsewhere in units.items() if elsewhere
    )  # fmt: skip
