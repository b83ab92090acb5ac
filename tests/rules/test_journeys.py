"""Every state, verb and audience; and the database, which keeps to the same tables."""

import re
from pathlib import Path

import pgtrigger
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from conferral.actions.moves import move, move_all
from conferral.records.access import AUDIENCES
from conferral.records.allocation.models import AllocationRun, ChangeRequest, ProposedAllocation
from conferral.records.appeals.models import Finding, Review
from conferral.records.awards.models import Award, Certificate
from conferral.records.candidates.models import Registration
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment
from conferral.records.evidence.models import StoredFile
from conferral.records.guidance.models import Subject
from conferral.records.holds.models import Hold, HoldReason, Suspicion
from conferral.records.moderation.models import FeedbackReport, RequiredAction
from conferral.records.money.models import Charge
from conferral.records.questions.models import Question
from conferral.records.reports.models import AnnualReport
from conferral.records.standards.models import Exercise
from conferral.rules.journeys import JOURNEYS, MOVE_RULE
from conferral.rules.permissions import Acting
from conferral.rules.rule import BOOK

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
BY_NAME = pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
CELLS = [
    pytest.param(journey, state, verb, audience, id=f"{name}: {verb} when {state} by {audience}")
    for name, journey in JOURNEYS.items()
    for state in journey.states
    for verb in dict.fromkeys(move.verb for move in journey.moves)
    for audience in AUDIENCES
]


@pytest.mark.parametrize(("journey", "state", "verb", "audience"), CELLS)
def test_a_move_is_made_or_refused_with_a_sentence(journey, state, verb, audience):
    moves = [move for move in journey.moves if (move.state, move.verb, move.by) == (state, verb, audience)]
    if moves:
        (made,) = moves
        assert journey.move(state, verb, audience) == made
        assert made.unless or journey.judge(state, verb, by=audience).allowed
        return
    assert journey.move(state, verb, audience) is None
    (reason,) = journey.judge(state, verb, by=audience).refused
    assert reason.rule == MOVE_RULE
    assert re.fullmatch(r"This [a-z ]+ is [a-z ]+, so you can't [a-z ]+\.", reason.text)
    assert len(reason.remedy.split()) >= 4


@BY_NAME
def test_no_path_leads_out_of_a_terminal_state(journey):
    leaving = {move.state for move in journey.moves}
    assert [to for state, to in journey.steps if state not in leaving] == []
    assert {state for state in journey.states if state not in leaving}, "a journey ends somewhere"


@BY_NAME
def test_every_state_is_reached_from_a_start_and_leads_to_an_end(journey):
    ends = set(journey.states) - {move.state for move in journey.moves}
    assert closure(journey.steps, journey.starts) == set(journey.states)
    assert closure([(to, state) for state, to in journey.steps], ends) == set(journey.states)


def closure(steps, reached):
    reached = set(reached)
    while more := {to for state, to in steps if state in reached} - reached:
        reached |= more
    return reached


@BY_NAME
def test_states_and_verbs_are_plain_words_and_the_glossary_has_the_states(journey):
    verbs = {move.verb for move in journey.moves}
    assert [word for word in {*verbs, *journey.states} if not re.fullmatch(r"[a-z]+(_[a-z]+)*", word)] == []
    assert [state for state in journey.states if f"`{journey.name}: {state}`" not in GLOSSARY] == []


@BY_NAME
def test_moves_are_made_by_known_audiences_unless_rules_of_the_book_refuse(journey):
    assert {move.by for move in journey.moves} <= set(AUDIENCES)
    assert {rule for move in journey.moves for rule in move.unless} <= set(BOOK.values())


@BY_NAME
def test_the_diagram_draws_every_move(journey):
    lines = [line.strip() for line in journey.mermaid().splitlines()]
    assert lines[0] == "stateDiagram-v2"
    for made in journey.moves:
        assert f"{made.state} --> {made.to}: {made.verb} ({made.by})" in lines
    assert [line for line in lines if line.startswith("[*]")] == [f"[*] --> {state}" for state in journey.starts]


# The guard in the database


@pytest.fixture
def rows(world):
    """One row of each thing that travels, complete enough to be in any state."""
    claim = world.submitted(count=1)
    unit = claim.units.first()
    award = Award.objects.create(
        centre_id=world.centre, registration=unit.registration, scheme_id="09628", awarded_on=world.at.date()
    )
    certificate = Certificate.objects.create(
        number="2345678923456789", centre_id=world.centre, award=award, holder="Grace O’Neill", title="A title",
        level=2, organisation="An organisation", awarded_on=world.at.date(), units=[],
        issued_on=world.at.date(), document=b"%PDF",
    )  # fmt: skip
    moderator = claim.moderator_id
    asked = ChangeRequest.objects.create(
        centre_id=world.centre, scheme_id="09628", moderator_id=moderator, reason="A place at university",
        answer_by=world.at, given_to_id=moderator, asked_by=world.people["exams_officer"], asked_at=world.at,
    )  # fmt: skip
    run = AllocationRun.objects.create(made_at=world.at, weights={}, batches=1, cost=0, proven=True)
    proposal = ProposedAllocation.objects.create(
        run=run, centre_id=world.centre, scheme_id="09628", moderator_id=moderator, state="proposed", candidates=3,
        waiting_since=world.at.date(),
    )  # fmt: skip
    report = AnnualReport.objects.create(
        subject=Subject.objects.create(pk="a-subject", title="A subject"), begins_on=world.at.date(),
        ends_on=world.at.date(), drafted_at=world.at, published_at=world.at,
    )  # fmt: skip
    sent = FeedbackReport.objects.create(centre_id=world.centre, claim=claim, sent_by_id=moderator, sent_at=world.at)
    asked_for = RequiredAction.objects.create(
        centre_id=world.centre, report=sent, claim=claim, text="Meet", due_on=world.at.date(), answer="We met.",
        answered_by=world.people["assessor"], answered_at=world.at, judged_by_id=moderator, judged_at=world.at,
    )  # fmt: skip
    with pgtrigger.ignore("questions.Question:put_by_its_moderator"):
        question = Question.objects.create(
            centre_id=world.centre, claim=claim, claimed_unit=claim.units.last(), reason_code="INCOMPLETE",
            text="Where?", asked_by_id=moderator, asked_at=world.at, due_on=world.at.date(), answer="There.",
            answered_by=world.people["assessor"], answered_at=world.at, closed_by_id=moderator, closed_at=world.at,
        )  # fmt: skip
    Question.objects.update(state="withdrawn")
    charged = Charge.objects.create(
        centre_id=world.centre, fee="moderation_review", pence=6000, reason="A review", charged_at=world.at
    )
    review = Review.objects.create(
        centre_id=world.centre, claim=claim, units=["J/600/1003"], reason="We doubt it", charge=charged,
        asked_by=world.people["exams_officer"], asked_at=world.at, acknowledge_by=world.at, answer_by=world.at,
        reviewer=world.people["external_verifier"], appointed_by=world.people["quality_officer"],
        appointed_at=world.at, issued_at=world.at,
    )  # fmt: skip
    with pgtrigger.ignore("appeals.Finding:by_the_reviewer"):
        Finding.objects.create(
            centre_id=world.centre, review=review, outcome="upheld", words="We looked.", decided_at=world.at,
            decided_by=world.people["external_verifier"],
        )  # fmt: skip
    file = StoredFile.objects.create(
        token="ab", centre_id=world.centre, claim=claim, registration=unit.registration, name="a", written="a", size=1,
        sha256="0" * 64, sent_by=world.people["exams_officer"], begun_at=world.at,
    )  # fmt: skip
    exercise = Exercise.objects.create(
        title="Depth", answer_by=world.at.date(), set_by=world.people["quality_officer"], set_at=world.at
    )
    at_desk = world.people["quality_officer"]
    hold = Hold.objects.create(
        centre_id=world.centre, scheme_id="10263", placed_by=at_desk, placed_at=world.at, lifted_by=at_desk,
        lifted_at=world.at,
    )  # fmt: skip
    HoldReason.objects.create(hold=hold, code="other", text="A doubt.", lifted_because="It is settled.")
    suspicion = Suspicion.objects.create(
        centre_id=world.centre, kind="other", text="Alike", noticed_on=world.at.date(), report_by=world.at.date(),
        reported_by=world.people["exams_officer"], reported_at=world.at, late=False, settled_by=at_desk,
        settled_at=world.at, because="Nothing in it.",
    )  # fmt: skip
    return {
        "hold": hold,
        "suspicion": suspicion,
        "stored-file": file,
        "exercise": exercise,
        "question": question,
        "review": review,
        "annual-report": report,
        "required-action": asked_for,
        "change-request": asked,
        "proposed-allocation": proposal,
        "claim": claim,
        "claimed-unit": unit,
        "consignment": claim.consignments.get(),
        "registration": Registration.objects.get(pk=unit.registration_id),
        "certificate": certificate,
    }


def put(row, state):
    """Set a state past the guard."""
    guard = f"{row._meta.app_label}.{row._meta.object_name}:journey_step"
    with pgtrigger.ignore(guard, "claims.ClaimedUnit:changed_by_review"):
        type(row).objects.filter(pk=row.pk).update(state=state)


def accepted(row, state):
    """Whether the guard lets raw SQL write the state; any other fault is an error here."""
    statement = f'UPDATE {row._meta.db_table} SET state = %s WHERE "{row._meta.pk.column}" = %s'
    try:
        # What a review must have decided for that is tried where reviews are.
        with (
            pgtrigger.ignore("claims.ClaimedUnit:changed_by_review"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [state, row.pk])
    except ProgrammingError:
        return False
    return True


@pytest.mark.parametrize("name", JOURNEYS)
def test_raw_sql_moves_a_row_only_where_the_table_has_the_step(rows, name):
    journey, row, wrong = JOURNEYS[name], rows[name], []
    for state in journey.states:
        for to in journey.states:
            put(row, state)
            if accepted(row, to) != (to == state or (state, to) in journey.steps):
                wrong.append((state, to))
    assert wrong == []


@pytest.mark.parametrize("name", JOURNEYS)
def test_raw_sql_reaches_no_state_that_the_table_does_not_know(rows, name):
    assert not accepted(rows[name], "somewhere_else")


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_row_is_first_stored_in_a_state_that_starts_the_journey(rows, name):
    journey, row = JOURNEYS[name], rows[name]
    stored = [state for state in (*journey.states, "somewhere_else") if stored_in(row, state)]
    assert stored == list(journey.starts)


def stored_in(row, state):
    """Whether the guard lets a copy of the row be inserted; what else stands in its way comes later."""
    copy = type(row).objects.get(pk=row.pk)
    copy._state.adding, copy.pk, copy.state = True, None if row._meta.pk.name == "id" else "3456789234567892", state
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError:
        return True
    except ProgrammingError:
        return False
    return True


# The verbs of the actions


def test_a_move_that_the_table_lacks_is_an_error_and_changes_nothing(world, rows):
    claim = rows["claim"]
    with pytest.raises(ValueError, match="no move process"):
        move(JOURNEYS["claim"], claim, "process", at=world.at, by=Acting("desk"), event="claim_processed")
    assert Claim.objects.get(pk=claim.pk).state == "submitted"


def test_all_rows_of_a_query_are_moved_each_from_its_own_state(world, rows):
    by = Acting("clock")
    assert move_all(JOURNEYS["claimed-unit"], ClaimedUnit.objects.all(), "withdraw", by=by) == 3
    assert move_all(JOURNEYS["consignment"], Consignment.objects.all(), "cancel", by=by) == 1
    assert move_all(JOURNEYS["consignment"], Consignment.objects.all(), "cancel", by=by) == 0
