"""A question to the centre: asked, answered, withdrawn, overtaken; by whom, about what, and one at a time."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from conferral.actions.absences import enter_absence
from conferral.actions.changes import ask_for_change, grant_change
from conferral.actions.consignments import receive_work
from conferral.actions.moderators import enter_competence
from conferral.actions.questions import answer_question, ask_centre, withdraw_question
from conferral.actions.reviews import decide_unit, send_report, withdraw_claim
from conferral.records.access import acting_as
from conferral.records.claims.models import Claim
from conferral.records.ledger.models import Event
from conferral.records.letters.models import Letter
from conferral.records.questions.models import Question
from conferral.rules.days import london_day
from conferral.rules.permissions import CLOCK
from tests.world import fresh

HOUR = timedelta(hours=1)


@pytest.fixture
def moderator(world):
    return world.acting("examiner_moderator")


@pytest.fixture
def officer(world):
    return world.acting("exams_officer")


@pytest.fixture
def claim(world, moderator):
    """A claim of one candidate and three units that is with its moderator."""
    claim = world.submitted(count=1)
    reference = claim.consignments.get().reference
    with acting_as(moderator):
        verdict, _ = receive_work(reference, at=world.at + HOUR, by=moderator)
        assert verdict.allowed
    claim.refresh_from_db()
    return claim


@pytest.fixture
def unit(claim):
    return claim.units.order_by("pk").first()


@pytest.fixture
def later(world):
    return world.at + 2 * HOUR


def asked(unit, by, at, text="Where does the candidate explain it?", reason="VERB_NOT_MET"):
    with acting_as(by):
        return ask_centre(unit.pk, reason_code=reason, text=text, at=at, by=by)


def rules(verdict):
    return [reason.rule for reason in verdict.refused]


def test_a_question_is_asked_answered_and_the_unit_decided(world, claim, unit, moderator, officer, later):
    verdict, question = asked(unit, moderator, later)
    assert verdict.allowed
    assert question.state == "open"
    assert (question.due_on - london_day(later)).days >= 3
    letter = Letter.objects.get(about_kind="question", about_key=str(question.pk))
    assert letter.centre_id == world.centre
    assert letter.purpose == "moderation"
    assert letter.scheme_id == "09628"
    assert question.text in letter.text
    assert unit.registration.candidate.name in letter.text
    assert unit.registration.candidate.name not in letter.subject
    with acting_as(officer):
        assert answer_question(question.pk, " On page 9. ", at=later + HOUR, by=officer).allowed
    question.refresh_from_db()
    assert (question.state, question.answer, question.answered_by_id) == ("answered", "On page 9.", officer.person)
    told = Letter.objects.filter(person=moderator.person).last()
    assert "has answered" in told.subject
    assert "On page 9." in told.text
    with acting_as(moderator):
        assert decide_unit(unit.pk, "confirmed", at=later + 2 * HOUR, by=moderator).allowed
    question.refresh_from_db()
    assert question.state == "settled"
    verbs = (
        Event.objects.filter(subject="claim", subject_id=str(claim.pk)).order_by("id").values_list("verb", flat=True)
    )
    assert list(verbs)[-3:] == ["question_asked", "question_answered", "unit_decided"]


def test_a_question_opens_the_claim_so_that_the_centre_cannot_take_it_back(claim, unit, moderator, later):
    asked(unit, moderator, later)
    claim.refresh_from_db()
    assert claim.opened_at == later


def test_the_answer_is_due_in_working_days_of_the_centre(world, claim, unit, moderator, later):
    friday = later.replace(year=2026, month=12, day=24)
    Claim.objects.filter(pk=claim.pk).update(submitted_at=friday)
    _, question = asked(unit, moderator, friday)
    # Christmas Day, the substitute for Boxing Day and two weekends lie between.
    assert question.due_on == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "reason", "rule"),
    [("  ", "INCOMPLETE", "question-without-words"), ("Where?", None, "question-without-reason")],
)
def test_a_question_has_words_and_a_reason(unit, moderator, later, text, reason, rule):
    verdict, question = asked(unit, moderator, later, text, reason)
    assert rules(verdict) == [rule]
    assert question is None
    assert not Question.objects.exists()
    assert not Letter.objects.filter(about_kind="question").exists()


def test_one_question_about_a_unit_is_open_at_a_time_and_the_database_holds_it(unit, moderator, later):
    _, first = asked(unit, moderator, later)
    verdict, second = asked(unit, moderator, later)
    assert rules(verdict) == ["question-still-open"]
    assert second is None
    first._state.adding, first.pk = True, None
    with pytest.raises(IntegrityError, match="one_open_question_for_a_unit"), transaction.atomic():
        first.save(force_insert=True)


def test_after_the_answer_another_question_may_follow(unit, moderator, officer, later):
    _, question = asked(unit, moderator, later)
    with acting_as(officer):
        answer_question(question.pk, "On page 9.", at=later, by=officer)
    assert asked(unit, moderator, later + HOUR)[0].allowed
    assert list(Question.objects.order_by("pk").values_list("state", flat=True)) == ["settled", "open"]


def test_nobody_asks_about_a_decided_unit_or_a_claim_that_is_not_with_them(world, claim, unit, moderator, later):
    with acting_as(moderator):
        decide_unit(unit.pk, "confirmed", at=later, by=moderator)
    assert rules(asked(unit, moderator, later)[0]) == ["unit-already-decided"]
    other = world.acting("external_verifier")
    last = claim.units.order_by("pk").last()
    verdict, _ = ask_centre(last.pk, reason_code="INCOMPLETE", text="Where?", at=later, by=other)
    assert "reviewer-not-allocated" in rules(verdict)


def test_nobody_asks_before_the_work_is_there(world, moderator):
    claim = world.submitted(count=2)
    verdict, _ = asked(claim.units.first(), moderator, world.at)
    assert [reason.text for reason in verdict.refused] == ["This claim is submitted, so you can't ask the centre."]
    assert rules(verdict) == ["no-such-move"]


def test_a_decision_closes_an_open_question_and_the_centre_is_told(unit, moderator, officer, later):
    _, question = asked(unit, moderator, later)
    with acting_as(moderator):
        verdict = decide_unit(unit.pk, "not_awarded", reason_code="VERB_NOT_MET", at=later + HOUR, by=moderator)
    question.refresh_from_db()
    assert verdict.allowed
    assert (question.state, question.closed_by_id, question.closed_at) == ("overtaken", moderator.person, later + HOUR)
    assert "no answer" in Letter.objects.filter(about_kind="question").last().subject
    with acting_as(officer):
        refused = answer_question(question.pk, "On page 9.", at=later + 2 * HOUR, by=officer)
    assert rules(refused) == ["no-such-move"]


def test_the_moderator_withdraws_a_question(unit, moderator, later):
    _, question = asked(unit, moderator, later)
    with acting_as(moderator):
        assert withdraw_question(question.pk, at=later + HOUR, by=moderator).allowed
        assert rules(withdraw_question(question.pk, at=later + HOUR, by=moderator)) == ["no-such-move"]
    question.refresh_from_db()
    assert question.state == "withdrawn"
    assert Letter.objects.filter(about_kind="question", about_key=str(question.pk)).count() == 2


def test_an_answer_has_words_and_may_come_late_with_a_warning(unit, moderator, officer, later):
    _, question = asked(unit, moderator, later)
    after = later + timedelta(days=20)
    with acting_as(officer):
        assert rules(answer_question(question.pk, "  ", at=later, by=officer)) == ["question-answered-without-words"]
        verdict = answer_question(question.pk, "On page 9.", at=after, by=officer)
    assert verdict.allowed
    assert [one.rule for one in verdict.warned] == ["question-answered-late"]


def test_on_the_last_day_an_answer_is_in_time(unit, moderator, officer, later):
    _, question = asked(unit, moderator, later)
    last = later + timedelta(days=(question.due_on - london_day(later)).days)
    with acting_as(officer):
        assert answer_question(question.pk, "On page 9.", at=last, by=officer).reasons == ()


def test_the_report_waits_for_open_questions_and_says_so(claim, unit, moderator, officer, later):
    with acting_as(moderator):
        for one in claim.units.exclude(pk=unit.pk):
            decide_unit(one.pk, "confirmed", at=later, by=moderator)
    asked(unit, moderator, later)
    with acting_as(moderator):
        verdict = send_report(claim.pk, went_well="Well", to_improve="", at=later, by=moderator)
    assert rules(verdict) == ["report-with-undecided-units", "report-with-open-questions"]
    claim.refresh_from_db()
    assert claim.state == "with_moderator"


def test_withdrawing_the_claim_closes_its_questions_by_one_letter(claim, unit, moderator, later):
    _, question = asked(unit, moderator, later)
    with acting_as(moderator):
        assert withdraw_claim(claim.pk, "INCOMPLETE", at=later + HOUR, by=moderator).allowed
    question.refresh_from_db()
    assert question.state == "overtaken"
    assert Letter.objects.filter(about_kind="question").count() == 1


def test_another_moderator_carries_the_question_and_the_former_one_does_not(world, claim, unit, moderator, later):
    _, question = asked(unit, moderator, later)
    officer, desk, other = (world.acting(role) for role in ("exams_officer", "allocation_officer", "external_verifier"))
    day = london_day(later)
    with acting_as(moderator):
        enter_absence(day, day + timedelta(days=60), "illness", at=later, by=moderator)
    enter_competence(other.person, "09628", since=date(2020, 1, 1), at=later, by=desk)
    with acting_as(officer):
        verdict, wish = ask_for_change("09628", "They start work on Monday.", at=later, by=officer)
        assert verdict.allowed, verdict
    with acting_as(desk):
        verdict = grant_change(wish.pk, other.person, at=later + HOUR, by=desk, fresh=fresh())
        assert verdict.allowed, verdict
    with acting_as(moderator):
        assert not Question.objects.exists()
        with pytest.raises(Question.DoesNotExist):
            withdraw_question(question.pk, at=later + HOUR, by=moderator)
    assert "reviewer-not-allocated" in rules(withdraw_question(question.pk, at=later + HOUR, by=moderator))
    second = claim.units.order_by("pk").last()
    verdict, _ = ask_centre(second.pk, reason_code="INCOMPLETE", text="Where?", at=later + HOUR, by=moderator)
    assert "reviewer-not-allocated" in rules(verdict)
    with acting_as(officer):
        assert answer_question(question.pk, "On page 9.", at=later + HOUR, by=officer).allowed
    assert Letter.objects.filter(person=other.person, subject__contains="has answered").exists()
    with acting_as(other):
        assert Question.objects.get().answer == "On page 9."
        assert asked(second, other, later + HOUR)[0].allowed
        assert decide_unit(unit.pk, "confirmed", at=later + 2 * HOUR, by=other).allowed


# What the database refuses, whoever asks


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


INSERT = """
    INSERT INTO questions_question (centre_id, claim_id, claimed_unit_id, reason_code, text, asked_by_id, asked_at,
                                    due_on, state, answer)
    VALUES (%s, %s, %s, 'INCOMPLETE', %s, %s, %s, %s, 'open', '')
"""


def test_raw_sql_asks_only_as_the_moderator_of_an_undecided_unit(world, claim, unit, moderator, later):
    other = world.submitted(count=2).units.first()
    day = london_day(later)
    with pytest.raises(DatabaseError, match="not an undecided unit of a claim with this moderator"):
        sql(INSERT, world.centre, claim.pk, unit.pk, "Where?", world.people["external_verifier"].pk, later, day)
    with pytest.raises(DatabaseError, match="not an undecided unit"):
        sql(INSERT, world.centre, claim.pk, other.pk, "Where?", moderator.person, later, day)
    with pytest.raises(DatabaseError, match="not an undecided unit"):
        sql(INSERT, world.centre, other.claim_id, other.pk, "Where?", moderator.person, later, day)
    with pytest.raises(DatabaseError, match="a_question_has_words"):
        sql(INSERT, world.centre, claim.pk, unit.pk, "", moderator.person, later, day)
    with acting_as(moderator):
        decide_unit(unit.pk, "confirmed", at=later, by=moderator)
    with pytest.raises(DatabaseError, match="not an undecided unit"):
        sql(INSERT, world.centre, claim.pk, unit.pk, "Where?", moderator.person, later, day)


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("UPDATE questions_question SET text = 'Something else'", "Cannot update"),
        ("UPDATE questions_question SET due_on = due_on + 9", "Cannot update"),
        ("DELETE FROM questions_question", "Cannot delete"),
        ("UPDATE questions_question SET state = 'answered'", "question .* is answered at its centre"),
        ("UPDATE questions_question SET state = 'withdrawn'", "a_closed_question_names_who"),
        ("UPDATE claims_claimedunit SET state = 'confirmed'", "a question about claimed unit .* is open"),
    ],
)
def test_raw_sql_changes_no_question_and_leaves_none_behind(unit, moderator, later, statement, match):
    asked(unit, moderator, later)
    with pytest.raises(DatabaseError, match=match):
        sql(statement)


def test_an_answer_stays_as_it_was_given(unit, moderator, officer, later):
    _, question = asked(unit, moderator, later)
    with pytest.raises(DatabaseError, match="an_answered_question_has_its_answer"):
        sql("UPDATE questions_question SET state = 'answered', answered_by_id = %s", officer.person)
    with acting_as(officer):
        answer_question(question.pk, "On page 9.", at=later, by=officer)
    with pytest.raises(DatabaseError, match="stays as it is"):
        sql("UPDATE questions_question SET answer = 'On page 10.'")


# Who sees and writes what


def test_a_centre_answers_and_neither_asks_nor_closes(world, claim, unit, moderator, officer, later):
    asked(unit, moderator, later)
    day = london_day(later)
    with acting_as(officer):
        assert Question.objects.count() == 1
        with pytest.raises(DatabaseError, match="row-level security"):
            sql(
                "UPDATE questions_question SET state = 'withdrawn', closed_at = now(), closed_by_id = %s",
                moderator.person,
            )
        with pytest.raises(DatabaseError):
            sql(INSERT, world.centre, claim.pk, claim.units.last().pk, "Where?", moderator.person, later, day)


def test_a_moderator_does_not_answer_for_the_centre(unit, moderator, officer, later):
    asked(unit, moderator, later)
    with acting_as(moderator), pytest.raises(DatabaseError, match="row-level security"):
        sql(
            "UPDATE questions_question SET state = 'answered', answer = 'So', answered_at = now(), answered_by_id = %s",
            officer.person,
        )


def test_others_see_no_question_but_the_desk_and_the_clock_do(world, unit, moderator, later):
    _, question = asked(unit, moderator, later)
    with acting_as(world.acting("external_verifier")):
        assert not Question.objects.exists()
    for by in (world.acting("quality_officer"), CLOCK):
        with acting_as(by):
            assert Question.objects.get() == question
