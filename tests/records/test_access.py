"""What each audience sees and writes, under the roles that its requests run in."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from conferral.actions.centres import add_centre, add_person, allocate, approve_centre
from conferral.actions.claims import choose_units, start_claim
from conferral.actions.ledger import Done, record
from conferral.records.access import (
    _BY_CENTRE,
    _BY_DESK,
    _BY_LETTER,
    _BY_MODERATOR,
    _BY_PERSON,
    _COMMUNITY,
    _LEDGER,
    _OWNER_READS,
    _POLICIES,
    _PUBLISHED,
    AUDIENCES,
    acting_as,
    install,
)
from conferral.records.awards.models import Award, Certificate
from conferral.records.candidates.models import Achievement, Candidate, Registration, Upload, UploadRow
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment
from conferral.records.claims.queries import Pair
from conferral.records.ledger.models import Event
from conferral.rules.permissions import CLOCK, PUBLIC, Acting
from tests.conftest import EARLY
from tests.world import INSTALLER

NEIGHBOUR = "70707"
KEPT_APART = (*_BY_CENTRE, *_BY_MODERATOR, *_BY_DESK, *_BY_PERSON, *_BY_LETTER, *_COMMUNITY, *_PUBLISHED, _LEDGER)
# Everybody may see who works where; these are written by the desk alone.
OPEN_STAFF = {"centres_membership"}
NUMBER = "2345678923456789"


@pytest.fixture
def neighbour(world):
    """Another centre, with a candidate, a registration, a claim, a parcel, an upload and events."""
    add_centre(NEIGHBOUR, "Prifysgol y Drindod", nation="wales", at=world.at, by=INSTALLER)
    officer = add_person("Jo Ng", "exams_officer", centre=NEIGHBOUR, email="jo@example.org", at=world.at, by=INSTALLER)
    moderator = add_person("Una Ó Sé", "examiner_moderator", email="una@example.org", at=world.at, by=INSTALLER)
    approve_centre(NEIGHBOUR, "09628", on=EARLY, at=world.at, by=INSTALLER)
    allocate(NEIGHBOUR, "09628", moderator.pk, on=EARLY, at=world.at, by=INSTALLER)
    by = Acting("centre", officer.pk, NEIGHBOUR, ("exams_officer",))
    with acting_as(by):
        candidate = Candidate.objects.create(centre_id=NEIGHBOUR, last_name="Ng", born_on=EARLY)
        registration = Registration.objects.create(
            centre_id=NEIGHBOUR, candidate=candidate, scheme_id="09628", registered_on=EARLY
        )
        claim = start_claim("09628", at=world.at, by=by)
        choose_units(claim.pk, [Pair(registration.pk, "J/600/1003")], at=world.at, by=by)
        Consignment.objects.create(reference="23456789", centre_id=NEIGHBOUR, claim=claim)
        upload = Upload.objects.create(centre_id=NEIGHBOUR, made_by=officer, made_at=world.at, file_name="a.csv")
        UploadRow.objects.create(centre_id=NEIGHBOUR, upload=upload, line=2, scheme="09628")
    return by


def counts(*, tables=KEPT_APART):
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def seen(cursor):
    """The kept-apart tables that the present role may read, with how many rows of them it sees."""
    cursor.execute(
        "SELECT t FROM unnest(%s::text[]) t WHERE has_table_privilege(current_user, t, 'SELECT')", [list(KEPT_APART)]
    )
    return counts(tables=[row[0] for row in cursor.fetchall()])


@contextmanager
def in_role(audience):
    """A role taken without saying for whom."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in ("centre", "person", "certificate"):
            cursor.execute(f"SET LOCAL conferral.{name} = ''")
        cursor.execute(f"SET LOCAL ROLE conferral_{audience}")
        yield cursor
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize("audience", ["centre", "moderator", "public"])
def test_a_role_taken_for_nobody_sees_no_rows(world, neighbour, audience):
    """A moderator sees which centres are approved for what, whoever they are."""
    world.submitted()
    with in_role(audience) as cursor:
        assert {table for table, rows in seen(cursor).items() if rows} <= {"centres_approval"}


def test_a_centre_sees_its_own_rows_and_none_of_its_neighbours(world, neighbour):
    world.submitted()
    with acting_as(world.acting("exams_officer")):
        for model in (Candidate, Registration, Claim, ClaimedUnit, Consignment):
            assert set(model.objects.values_list("centre_id", flat=True)) == {world.centre}
        assert not Upload.objects.filter(centre_id=NEIGHBOUR).exists()
        assert not UploadRow.objects.exists()
        assert set(Event.objects.values_list("stream", flat=True)) == {world.centre}


OWNED = [Candidate, Registration, Claim, ClaimedUnit, Consignment, Upload, UploadRow]


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_a_centre_neither_changes_nor_deletes_nor_takes_over_what_is_its_neighbours(world, neighbour, model):
    theirs = model._base_manager.get(centre_id=NEIGHBOUR)
    by = world.acting("exams_officer")
    with acting_as(by):
        assert model.objects.filter(pk=theirs.pk).update(centre_id=world.centre) == 0
        assert not model.objects.filter(pk=theirs.pk).select_for_update().exists()
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, 'DELETE')", [model._meta.db_table])
        if cursor.fetchone()[0]:
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [theirs.pk])
            assert cursor.rowcount == 0


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_a_centre_stores_nothing_in_its_neighbours_name(world, neighbour, model):
    copy = model._base_manager.get(centre_id=NEIGHBOUR)
    copy._state.adding, copy.pk = True, None
    if model is Consignment:
        copy.reference, copy.claim, copy.state = "34567892", None, "unmatched"
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(world.acting("exams_officer")):
        copy.save(force_insert=True)


def test_a_centre_does_not_give_its_rows_away(world, neighbour):
    claim = world.draft()
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(world.acting("exams_officer")):
        Claim.objects.filter(pk=claim.pk).update(centre_id=NEIGHBOUR)


def test_a_centre_writes_no_event_into_its_neighbours_chain(world, neighbour):
    by = world.acting("exams_officer")
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(by):
        record([Done("claim_submitted", "claim", 1, NEIGHBOUR)], at=world.at, by=by)


def test_a_moderator_sees_only_what_is_allocated_to_them(world, neighbour):
    claim = world.submitted(count=2)
    with acting_as(world.acting("examiner_moderator")):
        assert [one.pk for one in Claim.objects.all()] == [claim.pk]
        assert {unit.claim_id for unit in ClaimedUnit.objects.all()} == {claim.pk}
        assert Consignment.objects.get().claim_id == claim.pk
        assert Candidate.objects.count() == Registration.objects.count() == 2
        assert {event.subject_id for event in Event.objects.all()} == {str(claim.pk)}
        assert not Upload.objects.exists()


def test_a_moderator_to_whom_nothing_is_allocated_sees_nothing(world, neighbour):
    world.submitted()
    with acting_as(world.acting("external_verifier")):
        for model in (Claim, ClaimedUnit, Consignment, Candidate, Registration, Achievement, Event):
            assert not model.objects.exists()


def test_a_moderator_does_not_take_a_claim_of_another(world, neighbour):
    claim = world.submitted()
    verifier = world.acting("external_verifier")
    with acting_as(verifier):
        assert Claim.objects.filter(pk=claim.pk).update(moderator=verifier.person) == 0
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(world.acting("examiner_moderator")):
        Claim.objects.filter(pk=claim.pk).update(moderator=verifier.person)


@pytest.fixture
def certificate(world):
    """A certificate not yet issued."""
    award = Award.objects.create(
        centre_id=world.centre, registration=world.registrations[0], scheme_id="09628", awarded_on=world.at.date()
    )
    return Certificate.objects.create(
        number=NUMBER, centre_id=world.centre, award=award, holder="Grace O’Neill", title="A title", level=2,
        organisation="An organisation", awarded_on=world.at.date(), units=[],
    )  # fmt: skip


def publicly(number):
    with acting_as(PUBLIC, certificate=number):
        return list(Certificate.objects.values_list("number", flat=True))


def test_the_public_sees_the_certificate_it_asked_for_once_that_is_issued(world, certificate):
    assert publicly(NUMBER) == []
    Certificate.objects.update(state="issued", issued_on=world.at.date(), document=b"%PDF")
    assert publicly(NUMBER) == [NUMBER]
    assert publicly("3456789234567892") == publicly("") == publicly("%") == []
    Certificate.objects.update(state="revoked", revoked_on=world.at.date())
    assert publicly(NUMBER) == [NUMBER]


@pytest.mark.parametrize("table", ["candidates_candidate", "claims_claim", "people_person", "ledger_event"])
def test_the_public_may_not_even_ask_for_anything_else(world, table):
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(PUBLIC, certificate=NUMBER):
        counts(tables=[table])


def test_the_public_changes_nothing(world, certificate):
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(PUBLIC, certificate=NUMBER):
        Certificate.objects.update(holder="Somebody else")


@pytest.mark.parametrize("acting", [INSTALLER, CLOCK], ids=["desk", "clock"])
def test_the_desk_and_the_clock_see_every_centre(world, neighbour, acting):
    world.submitted()
    everything = counts()
    with acting_as(acting):
        assert counts() == everything


# Who writes what


def granted(privilege):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grantee, table_name FROM information_schema.role_table_grants "
            "WHERE grantee LIKE 'conferral_%%' AND privilege_type = %s",
            [privilege],
        )
        return {(role.removeprefix("conferral_"), table) for role, table in cursor.fetchall()}


def test_nobody_changes_or_deletes_what_was_written_in_the_ledger(world):
    assert {audience for audience, table in granted("UPDATE") | granted("DELETE") if table == _LEDGER} == set()


def test_centres_moderators_and_the_public_write_neither_the_catalogue_nor_who_works_where(db):
    written = granted("INSERT") | granted("UPDATE") | granted("DELETE")
    staff = ("catalogue_", "people_", "centres_membership", "centres_centre", "moderation_moderator")
    assert {audience for audience, table in written if table.startswith(staff)} <= {"desk", "clock"}


def test_the_public_writes_nothing(db):
    assert [table for audience, table in granted("INSERT") | granted("UPDATE") if audience == "public"] == []


@pytest.mark.parametrize(
    ("audience", "table"),
    [("centre", table) for table in ("moderation_unitdecision", "moderation_feedbackreport", "awards_award",
                                     "awards_certificate", "candidates_achievement", "moderation_allocation",
                                     "centres_approval")]
    + [("moderator", table) for table in ("candidates_candidate", "candidates_registration", "candidates_achievement",
                                          "awards_award", "awards_certificate", "moderation_allocation",
                                          "centres_approval")],
)  # fmt: skip
def test_an_audience_does_not_write_what_others_decide(db, audience, table):
    assert {(audience, table)} & (granted("INSERT") | granted("UPDATE") | granted("DELETE")) == set()


# What the database knows of it


def rows_of(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_every_table_of_a_centre_is_kept_apart(db):
    """A new table with a centre is covered, or this says which is not."""
    with_centre = rows_of(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'centre_id' AND table_schema = 'public'"
    )
    assert {table for (table,) in with_centre} - OPEN_STAFF == set(_BY_CENTRE)


def test_every_table_kept_apart_has_its_policies_in_force(db):
    tables = rows_of("SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = ANY(%s)",
                     list(KEPT_APART))  # fmt: skip
    assert {name: (on, forced) for name, on, forced in tables} == {
        table: (True, table not in _OWNER_READS) for table in KEPT_APART
    }
    policies = rows_of("SELECT tablename, policyname, roles, qual IS NOT NULL, with_check IS NOT NULL FROM pg_policies")
    expected = {(table, audience) for audience, tables in _POLICIES.items() for table in tables}
    assert {(table, name) for table, name, *_ in policies} == expected
    assert [name for _, name, roles, *_ in policies if roles != [f"conferral_{name}"]] == []
    assert all(using and check for *_, using, check in policies)


@pytest.mark.parametrize("audience", ["centre", "desk", "clock"])
def test_an_audience_has_a_policy_on_every_table_kept_apart(audience):
    assert set(_POLICIES[audience]) == set(KEPT_APART)


def test_no_audience_signs_in_or_passes_by_the_policies(db):
    roles = rows_of(
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'conferral_%%'"
    )
    mine = [row for row in roles if row[0].removeprefix("conferral_") in AUDIENCES]
    assert {row[1:] for row in mine} == {(False, False, False)}
    assert len(mine) == len(AUDIENCES)


def test_installing_twice_is_the_same_as_once(db):
    before = rows_of("SELECT * FROM pg_policies ORDER BY tablename, policyname")
    install()
    assert rows_of("SELECT * FROM pg_policies ORDER BY tablename, policyname") == before


def test_a_role_is_given_back_even_when_the_request_fails(world):
    with pytest.raises(DatabaseError), acting_as(PUBLIC), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM claims_claim")
    assert rows_of("SELECT current_user = session_user") == [(True,)]


def test_one_inside_another_gives_the_outer_one_back(world, neighbour):
    world.submitted()
    with acting_as(world.acting("exams_officer")):
        with acting_as(CLOCK):
            assert Claim.objects.filter(centre=NEIGHBOUR).exists()
        assert set(Claim.objects.values_list("centre_id", flat=True)) == {world.centre}
        assert rows_of("SELECT current_user") == [("conferral_centre",)]


def test_what_is_tried_and_rolled_back_gives_the_role_back(world):
    with acting_as(world.acting("exams_officer")):
        Upload.objects.create(centre_id=world.centre, made_at=world.at, file_name="a.csv")
        transaction.set_rollback(True)
    assert rows_of("SELECT current_user = session_user") == [(True,)]
    assert not Upload.objects.exists()


@pytest.mark.parametrize("own", [20, 4000])
def test_the_claim_list_is_read_by_an_index_in_a_small_centre_as_in_a_big_one(world, neighbour, own):
    """A centre's few claims are not looked for among the thousands of another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO claims_claim (centre_id, scheme_id, state, made_by_id, made_at, gaps_because) SELECT "
            "CASE WHEN n <= %s THEN %s ELSE %s END, '09628', 'draft', %s, now(), '' FROM generate_series(1, 5000) n",
            [own, world.centre, NEIGHBOUR, neighbour.person],
        )
        cursor.execute("ANALYZE claims_claim")
    with acting_as(world.acting("exams_officer")):
        plan = Claim.objects.order_by("-id")[:25].explain(analyze=True)
    assert "Index" in plan
    assert "Seq Scan" not in plan
    assert "Rows Removed by Filter" not in plan or own > 25
