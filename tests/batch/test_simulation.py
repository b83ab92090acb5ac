"""A small season through the real actions: the same for the same seed, and whole afterwards."""

from django.db import connection, transaction

from conferral.batch.simulation import TROUBLES, simulate
from conferral.cli import simulation
from conferral.records.simulated import invariants
from tests.world import load_catalogue

ADDRESS = "https://conferral.example"


def season(claims, seed):
    """A season that is taken back, with the invariants asked before that."""
    with transaction.atomic():
        kept = simulate(claims, seed, address=ADDRESS), invariants()
        transaction.set_rollback(True)
    return kept


def test_a_season_is_the_same_for_the_same_seed_and_breaks_no_invariant(db, noon):
    load_catalogue(noon)
    first, asked = season(60, 3)
    again, _ = season(60, 3)
    assert first.digest == again.digest
    assert first.happened == again.happened
    assert [one for one in asked if one.broken] == []
    assert {one.id for one in asked} == {f"I{n}" for n in range(1, 14)} | {"R19", "R24"}
    assert all(one.rows for one in asked if one.rows is not None and one.id not in ("I8", "I9"))
    for name in ("registered", "claim submitted", "work received", "report sent", "awards", "certificate issued"):
        assert first.happened[name], name
    assert sum(first.happened[name] for name in (*TROUBLES, "as it should")) == 60
    other, _ = season(4, 4)
    assert other.digest != first.digest


def test_an_invariant_that_is_broken_is_counted(world):
    claim = world.submitted(1)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE claims_claimedunit SET state = 'confirmed' WHERE claim_id = %s", [claim.pk])
        cursor.execute("UPDATE claims_claim SET gaps_because = ''")
        cursor.execute("DELETE FROM claims_criterionmark")
        cursor.execute("UPDATE ledger_event SET verb = 'x' WHERE stream = '61423' AND seq = 1")
        cursor.execute("SET session_replication_role = origin")
    broken = {one.id: one.broken for one in invariants() if one.broken}
    assert broken.keys() == {"I6", "I7", "R19"}


def test_a_database_with_centres_is_left_alone_unless_told(world):
    assert "holds 1 centre" in simulation.simulation(2, 1, yes=False)
    found = simulation.simulation(2, 1, yes=True)
    assert found["digest"] in simulation.in_words(found)
    assert not found["broken"]
