"""Holds: whom they cover, what they stop, and what waited once they are lifted."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.models import Exists

from conferral.actions.awards import award_what_waited, preview_awards, revoke_certificate
from conferral.actions.centres import add_centre, add_person
from conferral.actions.holds import Reach, lift_hold, place_hold
from conferral.actions.names import change_name
from conferral.actions.suspicions import close_suspicion, report_suspicion
from conferral.batch.jobs import award_after_hold, issue_certificates
from conferral.records.access import acting_as
from conferral.records.awards.models import Award, Certificate
from conferral.records.awards.queries import due_certificates
from conferral.records.candidates.models import Registration
from conferral.records.candidates.names import NewName
from conferral.records.holds.models import Hold, HoldReason, Suspicion
from conferral.records.holds.queries import covered, held_days, held_in_claim, open_holds_over
from conferral.records.ledger.models import Event
from conferral.records.letters.models import Letter
from conferral.records.simulated import invariants
from conferral.rules.days import london_day
from conferral.rules.permissions import CLOCK, Acting
from tests.actions.test_awards import close_scheme, issue, process, refusals, reported
from tests.world import INSTALLER, build_world, fresh


def place(world, reach, at=None, **more):
    by = world.acting("quality_officer")
    with acting_as(by):
        verdict, made = place_hold(
            reach, "evidence_in_doubt", "Two folders are alike.", at=at or world.at, by=by, **more
        )
    assert made, verdict
    return made


def lift(world, hold, because="The centre sent the originals.", at=None):
    by = world.acting("quality_officer")
    with acting_as(by):
        return lift_hold(hold.pk, because, at=at or world.at + timedelta(hours=1), by=by)


def reaches(world, claim):
    row = world.registrations[0]
    return {
        "registration": Reach(world.centre, registration=row.pk),
        "claim": Reach(world.centre, claim=claim.pk),
        "scheme": Reach(world.centre, scheme="09628"),
        "centre": Reach(world.centre),
    }


REACHES = ("registration", "claim", "scheme", "centre")


@pytest.mark.parametrize("reach", REACHES)
def test_while_a_hold_is_open_units_are_banked_and_nothing_is_awarded(world, reach):
    claim = reported(world, world.submitted(count=1))
    hold = place(world, reaches(world, claim)[reach])
    with acting_as(world.acting("certificates_officer")):
        ((_, previewed),) = preview_awards(claim.pk, at=world.at).values()
    assert refusals(previewed) == ["certificate-held"]
    verdict, awards = process(world, claim)
    assert (verdict.allowed, awards) == (True, [])
    row = Registration.objects.get(pk=world.registrations[0].pk)
    assert (row.state, row.achievements.count(), Certificate.objects.count()) == ("part_achieved", 3, 0)
    assert lift(world, hold).allowed
    assert award_after_hold(hold.pk) == 1
    assert award_after_hold(hold.pk) == 0
    assert issue_certificates() == 1
    assert Certificate.objects.get().state == "issued"


def test_what_a_hold_does_not_reach_goes_on(world):
    claim = reported(world, world.submitted(count=2))
    place(world, Reach(world.centre, registration=world.registrations[0].pk))
    place(world, Reach(world.centre, scheme="10263"))
    _, awards = process(world, claim)
    assert [award.registration_id for award in awards] == [world.registrations[1].pk]


def test_a_certificate_that_is_due_waits_and_does_not_stop_the_others(world):
    process(world, reported(world, world.submitted(count=2)))
    hold = place(world, Reach(world.centre, registration=world.registrations[0].pk))
    with acting_as(CLOCK):
        assert due_certificates().count() == 1
    assert issue_certificates() == 1
    due = Certificate.objects.get(state="due")
    assert refusals(issue(due, world.at)) == ["certificate-held"]
    lift(world, hold)
    assert issue_certificates() == 1


def test_two_holds_are_both_lifted_before_anything_is_awarded(world):
    claim = reported(world, world.submitted(count=1))
    first, second = (place(world, reaches(world, claim)[name]) for name in ("registration", "centre"))
    process(world, claim)
    lift(world, first)
    assert award_after_hold(first.pk) == 0
    lift(world, second)
    assert award_after_hold(second.pk) == 1


def test_after_the_last_day_nothing_is_awarded_once_a_hold_is_lifted(world):
    claim = reported(world, world.submitted(count=1))
    hold = place(world, Reach(world.centre))
    process(world, claim)
    close_scheme(london_day(world.at) - timedelta(days=1))
    lift(world, hold)
    assert award_after_hold(hold.pk) == 0


def test_lifting_asks_for_both_jobs_in_its_transaction(world):
    hold = place(world, Reach(world.centre))
    lift(world, hold)
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs ORDER BY 1")
        assert [name for (name,) in cursor.fetchall()] == [
            "conferral.award_after_hold",
            "conferral.issue_certificates",
        ]


def test_an_issued_certificate_stays_genuine_can_be_revoked_and_is_not_reissued(world):
    process(world, reported(world, world.submitted(count=1)))
    issue_certificates()
    hold, by = place(world, Reach(world.centre)), world.acting("certificates_officer")
    issued = Certificate.objects.get()
    with acting_as(by):
        verdict, _ = change_name(
            world.registrations[0].candidate_id, NewName("Oluwaseun", "Adeyemy"), returned=True, at=world.at, by=by,
            fresh=fresh(),
        )  # fmt: skip
    assert refusals(verdict) == ["certificate-held"]
    assert Certificate.objects.get().state == "issued"
    lift(world, hold)
    with acting_as(by):
        verdict, _ = change_name(
            world.registrations[0].candidate_id, NewName("Oluwaseun", "Adeyemy"), returned=True, at=world.at, by=by,
            fresh=fresh(),
        )  # fmt: skip
    assert verdict.allowed
    place(world, Reach(world.centre, scheme="09628"))
    with acting_as(by):
        assert refusals(revoke_certificate(issued.pk, "Wrong", at=world.at, by=by)) == ["no-such-move"]


def test_a_held_certificate_that_was_issued_can_be_revoked(world):
    process(world, reported(world, world.submitted(count=1)))
    issue_certificates()
    place(world, Reach(world.centre))
    by = world.acting("certificates_officer")
    with acting_as(by):
        assert revoke_certificate(Certificate.objects.get().pk, "Not their work", at=world.at, by=by).allowed


# The database


def refused(what, match):
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        what()


@pytest.mark.parametrize("reach", REACHES)
def test_raw_sql_awards_and_certificates_nothing_while_a_hold_is_open(world, reach):
    claim = world.submitted(count=1)
    process(world, reported(world, claim))
    due, award = Certificate.objects.get(), Award.objects.get()
    other = world.registrations[1]
    hold = place(world, reaches(world, claim)[reach])

    def sql(statement, *values):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    refused(lambda: sql("UPDATE awards_certificate SET state = 'issued', issued_on = now(), document = '%%PDF' "
                        "WHERE number = %s", due.pk), "certificate-held")  # fmt: skip
    again = (
        "INSERT INTO awards_certificate (number, centre_id, award_id, state, holder, title, level, organisation, "
        "awarded_on, units, document_sha256, revoked_because) SELECT '3456789234567892', centre_id, award_id, 'due', "
        "holder, title, level, organisation, awarded_on, units, '', '' FROM awards_certificate WHERE number = %s"
    )
    refused(lambda: sql(again, due.pk), "certificate-held")
    sql("UPDATE awards_certificate SET holder = 'Another name' WHERE number = %s", due.pk)
    made = (
        "INSERT INTO awards_award (centre_id, registration_id, scheme_id, awarded_on) VALUES (%s, %s, '09628', now())"
    )
    if reach in ("scheme", "centre"):
        refused(lambda: sql(made, world.centre, other.pk), "certificate-held")
    else:
        sql(made, world.centre, other.pk)
    lift(world, hold)
    refused(lambda: sql(again, due.pk), "one_valid_certificate_an_award")
    assert award.registration_id == world.registrations[0].pk


def test_the_guard_and_the_query_cover_the_same(world):
    """Each reach, asked of each registration."""
    claim = world.submitted(count=2)
    for reach in [*reaches(world, claim).values(), Reach(world.centre, scheme="10263")]:
        hold = place(world, reach)
        numbers = [row.pk for row in world.registrations]
        stopped = set()
        for row in world.registrations:
            try:
                with transaction.atomic():
                    Award.objects.create(
                        centre_id=world.centre, registration=row, scheme_id="09628", awarded_on=world.at.date()
                    )
                    transaction.set_rollback(True)
            except DatabaseError:
                stopped.add(row.pk)
        assert stopped == set(held_days(numbers)) == set(covered(hold).values_list("pk", flat=True))
        over = Registration.objects.filter(Exists(open_holds_over()))
        assert stopped == set(over.values_list("pk", flat=True))
        lift(world, hold)


def test_a_hold_is_on_one_thing_of_its_centre_and_stays_as_it_was_placed(world):
    claim = world.submitted(count=1)
    row, person = world.registrations[0], world.people["quality_officer"]
    known = {"placed_by": person, "placed_at": world.at}
    refused(lambda: Hold.objects.create(centre_id=world.centre, claim=claim, registration=row, **known), "one_thing")
    add_centre("70707", "Elsewhere", nation="wales", at=world.at, by=INSTALLER)
    refused(lambda: Hold.objects.create(centre_id="70707", registration=row, **known), "not of centre")
    hold = place(world, Reach(world.centre, claim=claim.pk))
    refused(lambda: Hold.objects.filter(pk=hold.pk).update(claim=None), "as_it_was_placed|[Cc]annot update")
    refused(lambda: Hold.objects.filter(pk=hold.pk).update(state="lifted", lifted_by=person, lifted_at=world.at),
            "hold-lifted-without-reason")  # fmt: skip
    refused(lambda: HoldReason.objects.filter(hold=hold).update(text="Another"), "never changed")
    refused(lambda: hold.delete(), "[Cc]annot delete")
    refused(lambda: Hold.objects.create(centre_id=world.centre, claim=claim, **known), "one_open_hold")


def test_nobody_holds_or_lifts_at_their_own_centre(world):
    officer = world.people["quality_officer"]
    hold = place(world, Reach(world.centre))
    add_person(officer.name, "assessor", centre=world.centre, email=officer.email, at=world.at, by=INSTALLER)
    with acting_as(world.acting("quality_officer")):
        verdict, made = place_hold(
            Reach(world.centre, scheme="09628"), "other", "A doubt", at=world.at, by=world.acting("quality_officer")
        )
    assert (refusals(verdict), made) == (["hold-at-own-centre"], None)
    assert refusals(lift(world, hold)) == ["hold-at-own-centre"]
    known = {"placed_by": officer, "placed_at": world.at, "centre_id": world.centre}
    refused(lambda: Hold.objects.create(scheme_id="10263", **known), "hold-at-own-centre")


def test_a_hold_says_what_it_rests_on_once_and_a_lifting_why(world):
    by = world.acting("quality_officer")
    with acting_as(by):
        said, _ = place_hold(Reach(world.centre), "other", "  ", at=world.at, by=by)
        assert refusals(said) == ["hold-without-words"]
    hold = place(world, Reach(world.centre))
    with acting_as(by):
        said, _ = place_hold(Reach(world.centre), "other", "Again", at=world.at, by=by)
        assert refusals(said) == ["hold-already-open"]
    assert refusals(lift(world, hold, because=" ")) == ["hold-lifted-without-reason"]
    assert lift(world, hold).allowed
    assert refusals(lift(world, hold)) == ["no-such-move"]
    assert place(world, Reach(world.centre)).pk != hold.pk


def test_the_ledger_and_the_letters_tell_that_and_not_why(world):
    hold = place(world, Reach(world.centre, registration=world.registrations[0].pk))
    lift(world, hold)
    verbs = list(
        Event.objects.filter(subject__in=("hold", "registration")).order_by("id").values_list("verb", flat=True)
    )
    assert verbs[-4:] == ["hold_placed", "results_held", "hold_lifted", "results_held_no_longer"]
    told = str(list(Event.objects.filter(subject="hold").values_list("facts", "rules")))
    letters = list(Letter.objects.filter(about_kind="hold").order_by("id"))
    assert [letter.subject.partition(":")[0] for letter in letters] == [
        "Results are held", "Results are no longer held",
    ]  # fmt: skip
    for words in (told, *(letter.text for letter in letters)):
        assert "alike" not in words
        assert "evidence" not in words.lower()
        assert "originals" not in words


def test_who_of_a_claim_is_held_is_named(world):
    claim = world.submitted(count=2)
    assert held_in_claim(claim.pk) is None
    place(world, Reach(world.centre, registration=world.registrations[0].pk))
    assert held_in_claim(claim.pk) == (london_day(world.at), "Oluwaseun Adeyemi")
    place(world, Reach(world.centre))
    assert held_in_claim(claim.pk).who == "everybody in this claim"


def test_the_invariant_sees_what_was_awarded_during_a_hold(world):
    def broken():
        return {one.id: one.broken for one in invariants()}["I5"]

    hold = place(world, Reach(world.centre), at=world.at - timedelta(hours=1))
    lift(world, hold, at=world.at - timedelta(minutes=1))
    process(world, reported(world, world.submitted(count=1)))
    issue_certificates()
    assert broken() == 0
    place(world, Reach(world.centre, scheme="09628"), at=world.at - timedelta(minutes=5))
    assert broken() == 2


def test_awarding_what_waited_is_a_constant_number_of_statements(world, django_assert_max_num_queries):
    claim = reported(world, world.submitted(count=5))
    hold = place(world, Reach(world.centre))
    process(world, claim)
    lift(world, hold)
    numbers = [row.pk for row in world.registrations]
    with acting_as(CLOCK), django_assert_max_num_queries(20):
        made = award_what_waited(numbers, organisation="An organisation", at=world.at, by=CLOCK, fresh=fresh())
    assert len(made) == 5


# Who sees what


@pytest.mark.parametrize("role", ["exams_officer", "examiner_moderator", "certificates_officer"])
def test_why_is_for_the_desk_alone(world, role):
    claim = world.submitted(count=1)
    place(world, Reach(world.centre, claim=claim.pk))
    seen = {"exams_officer": (1, 0), "examiner_moderator": (0, 0), "certificates_officer": (1, 1)}
    with acting_as(world.acting(role)):
        assert (Hold.objects.count(), HoldReason.objects.count()) == seen[role]


@pytest.mark.parametrize("role", ["exams_officer", "examiner_moderator"])
def test_neither_centre_nor_moderator_places_or_lifts(world, role):
    hold = place(world, Reach(world.centre))
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(world.acting(role)):
        Hold.objects.create(centre_id=world.centre, scheme_id="09628", placed_by=world.people[role], placed_at=world.at)
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(world.acting(role)):
        Hold.objects.filter(pk=hold.pk).update(state="lifted")


# Suspicions


def suspect(world, role="exams_officer", noticed=None, **more):
    by = world.acting(role)
    with acting_as(by):
        return report_suspicion(
            world.centre, "not_own_work", "Two folders are alike.", noticed or london_day(world.at), at=world.at, by=by,
            **more,
        )  # fmt: skip


@pytest.mark.parametrize(("days_ago", "late"), [(0, False), (3, False), (4, True)])
def test_at_once_is_the_same_or_the_next_working_day(world, days_ago, late):
    """The day is a Monday: what was noticed on Friday is in time, what was noticed on Thursday is not."""
    verdict, made = suspect(world, noticed=london_day(world.at) - timedelta(days=days_ago))
    assert made.late is late
    assert [reason.rule for reason in verdict.reasons] == ["suspicion-not-at-once"] * late


def test_what_is_still_to_come_or_says_nothing_is_not_taken(world):
    verdict, _ = suspect(world, noticed=london_day(world.at) + timedelta(days=1))
    assert refusals(verdict) == ["suspicion-noticed-later"]
    by = world.acting("exams_officer")
    with acting_as(by):
        verdict, _ = report_suspicion(world.centre, "other", " ", london_day(world.at), at=world.at, by=by)
    assert refusals(verdict) == ["suspicion-without-words"]
    assert not Suspicion.objects.exists()


def test_only_who_reported_it_and_the_desk_see_a_suspicion(world):
    claim = world.submitted(count=1)
    suspect(world)
    suspect(world, "examiner_moderator", claim=claim.pk)
    seen = {"exams_officer": 1, "head_of_centre": 0, "examiner_moderator": 1, "external_verifier": 0,
            "quality_officer": 2}  # fmt: skip
    for role, count in seen.items():
        with acting_as(world.acting(role)):
            assert Suspicion.objects.count() == count, role
            if role == "head_of_centre":
                assert not Event.objects.filter(subject="suspicion").exists()
    letters = Letter.objects.filter(about_kind="suspicion")
    assert {letter.person_id for letter in letters} == {world.people["quality_officer"].pk}
    assert "alike" not in letters[0].text


def test_a_moderator_reports_only_about_a_claim_that_they_see(world):
    claim = world.submitted(count=1)
    with pytest.raises(DatabaseError, match="not of centre"):
        suspect(world, "external_verifier", claim=claim.pk)
    with pytest.raises(ProgrammingError, match="row-level security"):
        suspect(world, "examiner_moderator")


def test_a_hold_answers_a_suspicion_or_it_is_closed_with_a_reason(world):
    _, first = suspect(world)
    _, second = suspect(world)
    by = world.acting("quality_officer")
    hold = place(world, Reach(world.centre), suspicion=first.pk)
    assert HoldReason.objects.get(hold=hold).suspicion_id == first.pk
    with acting_as(by):
        assert refusals(close_suspicion(first.pk, "Nothing", at=world.at, by=by)) == ["no-such-move"]
        assert refusals(close_suspicion(second.pk, " ", at=world.at, by=by)) == ["suspicion-closed-without-reason"]
        assert close_suspicion(second.pk, "The files are from one template.", at=world.at, by=by).allowed
    assert list(Suspicion.objects.order_by("id").values_list("state", flat=True)) == ["held", "closed"]
    refused(lambda: Suspicion.objects.filter(pk=first.pk).update(text="Other"), "[Cc]annot update")


def test_nobody_settles_what_they_reported(world):
    """Somebody may have a role at a centre and one at the desk."""
    officer = world.people["exams_officer"]
    _, made = suspect(world)
    by = Acting("desk", officer.pk, None, ("quality_officer",))
    with acting_as(by):
        assert refusals(close_suspicion(made.pk, "Nothing", at=world.at, by=by)) == ["suspicion-settled-by-reporter"]
    with pytest.raises(IntegrityError, match="settled_by_another"), transaction.atomic():
        Suspicion.objects.filter(pk=made.pk).update(state="held", settled_by=officer, settled_at=world.at)


# At once


def at_once(*verbs):
    """Each verb in a thread of its own; returns what it gave, or the error."""
    given = {}

    def run(name, verb):
        try:
            given[name] = verb()
        except DatabaseError as error:
            given[name] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    return threads, given


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_an_award_waits_for_a_hold_that_is_being_placed_and_is_then_refused(transactional_db, noon):
    world = build_world(noon)
    row = world.registrations[0]

    def award():
        return Award.objects.create(
            centre_id=world.centre, registration=row, scheme_id="09628", awarded_on=world.at.date()
        )

    with transaction.atomic():
        place(world, Reach(world.centre))
        threads, given = at_once(award)
        threads[0].join(timeout=1)
        assert given == {}
    threads[0].join(timeout=30)
    assert "certificate-held" in str(given[0])


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
@pytest.mark.parametrize("reach", REACHES)
def test_placing_a_hold_and_processing_its_claim_at_once_never_block_each_other(transactional_db, noon, reach):
    world = build_world(noon)
    claim = reported(world, world.submitted(count=3))
    threads, given = at_once(
        lambda: process(world, claim), lambda: place(world, reaches(world, claim)[reach], at=world.at)
    )
    for thread in threads:
        thread.join(timeout=30)
    verdict, awards = given[0]
    assert verdict.allowed
    assert isinstance(given[1], Hold)
    assert len(awards) in (0, 2, 3)
