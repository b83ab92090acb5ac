"""Registering from a file: what is refused, what is registered once, and who is recognised."""

from datetime import date
from pathlib import Path

import pytest

from conferral.actions.candidates import judge_candidate, register_candidate, register_upload, stage_upload
from conferral.actions.centres import approve_centre
from conferral.actions.registration_files import read_registrations
from conferral.records.access import acting_as
from conferral.records.candidates.models import Candidate, Registration, Upload
from conferral.records.ledger.models import Event
from tests.world import INSTALLER

DEMONSTRATION = Path(__file__).resolve().parent.parent.parent / "packs" / "demo" / "registrations-09628.csv"


@pytest.fixture
def approved_for_diploma(world):
    approve_centre(world.centre, "10379", on=date(2014, 1, 1), at=world.at, by=INSTALLER)


def register(world, content: bytes):
    by = world.acting("exams_officer")
    read = read_registrations(content, "a.csv")
    assert read.fault is None, read.fault
    with acting_as(by):
        upload = stage_upload(read.rows, file_name="a.csv", headings=read.headings, at=world.at, by=by)
        return register_upload(upload.pk, at=world.at, by=by)


def lines(*rows: str) -> bytes:
    return "\n".join(("scheme_code,uln,first_names,last_name,date_of_birth", *rows)).encode()


def refusals(tally):
    return [(one.line.line, reason.rule) for one in tally.refused for reason in one.verdict.refused]


def test_the_demonstration_file_registers_35_and_refuses_five(world):
    tally = register(world, DEMONSTRATION.read_bytes())
    assert (len(tally.accepted) + len(tally.already), len(tally.refused)) == (35, 5)


def test_the_same_file_again_registers_nobody(world):
    register(world, DEMONSTRATION.read_bytes())
    before = Registration.objects.count(), Candidate.objects.count()
    tally = register(world, DEMONSTRATION.read_bytes())
    assert (len(tally.accepted), len(tally.already), len(tally.refused)) == (0, 35, 5)
    assert (Registration.objects.count(), Candidate.objects.count()) == before


def test_the_same_candidate_twice_in_a_file_is_entered_once(world):
    tally = register(
        world,
        lines(
            "09628,,Ann,Twice,1/1/2000",
            "09628,,Ann,Twice,1/1/2000",
            "09628,8250349856,Bea,Twice,1/1/2000",
            "09628,8250349856,Bea,Twice,1/1/2000",
        ),
    )
    assert refusals(tally) == [(3, "candidate-twice-in-file"), (5, "candidate-twice-in-file")]
    assert Candidate.objects.filter(last_name="Twice").count() == 2


def test_one_candidate_is_registered_for_two_schemes_by_one_file(world, approved_for_diploma):
    tally = register(world, lines("09628,8250349856,Ann,Both,1/1/2000", "10379,8250349856,Ann,Both,1/1/2000"))
    assert len(tally.accepted) == 2
    assert Candidate.objects.get(last_name="Both").registrations.count() == 2


def test_a_number_already_used_above_for_another_scheme_still_belongs_to_one_person(world, approved_for_diploma):
    tally = register(world, lines("09628,8250349856,Ann,First,1/1/2000", "10379,8250349856,Bea,Second,2/2/2000"))
    assert refusals(tally) == [(3, "learner-number-twice")]


def test_only_a_line_that_can_be_registered_holds_its_learners_place(world):
    tally = register(
        world,
        lines(
            "09628,8250349856,Ann,A,31/2/2000",
            "09628,8250349856,Bea,B,1/1/2000",
            "09628,8250349856,Cai,C,1/1/2000",
        ),
    )
    assert refusals(tally) == [(2, "date-of-birth-impossible"), (4, "learner-number-twice")]


def test_a_scheme_code_that_lost_its_zero_is_read_and_said(world):
    tally = register(world, lines("9628,,Ann,Zero,1/1/2000", "9999,,Bea,Unknown,1/1/2000"))
    assert [reason.rule for one in tally.accepted for reason in one.verdict.warned] == ["scheme-code-without-zero"]
    assert refusals(tally) == [(3, "scheme-unknown")]
    assert Candidate.objects.get(last_name="Zero").registrations.get().scheme_id == "09628"


def test_a_learner_number_that_a_spreadsheet_shortened_is_never_guessed_at(world):
    tally = register(world, lines("09628,7.53E+09,Ann,Short,1/1/2000"))
    assert refusals(tally) == [(2, "learner-number-shortened")]


def test_judging_one_candidate_writes_nothing_and_agrees_with_registering(world):
    by = world.acting("exams_officer")
    cells = {"scheme": "09628", "uln": "", "first_names": "Zoe\u0308", "last_name": "New", "born_on": "1/1/2000"}
    with acting_as(by):
        before = Event.objects.count()
        judged = judge_candidate(cells, at=world.at, by=by)
        assert judged.allowed
        assert (Upload.objects.count(), Event.objects.count()) == (0, before)
        verdict, registration = register_candidate(cells, at=world.at, by=by)
        again, none = register_candidate(cells, at=world.at, by=by)
    assert verdict == judged
    assert registration.candidate.first_names == "Zoë"
    assert none is None
    assert [reason.rule for reason in again.refused] == ["candidate-already-registered"]


def test_registering_an_upload_twice_counts_once(world):
    by = world.acting("exams_officer")
    read = read_registrations(DEMONSTRATION.read_bytes(), "a.csv")
    with acting_as(by):
        upload = stage_upload(read.rows, file_name="a.csv", headings=read.headings, at=world.at, by=by)
        register_upload(upload.pk, at=world.at, by=by)
        first = Upload.objects.get(pk=upload.pk).outcome
        events = Event.objects.count()
        register_upload(upload.pk, at=world.at, by=by)
        assert Upload.objects.get(pk=upload.pk).outcome == first == {"accepted": 30, "already": 5, "refused": 5}
        assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("last_on", "told"),
    [(date(2024, 11, 23), False), (date(2024, 11, 22), True), (None, True)],  # the day itself is London's 23 November
)
def test_an_approval_that_stayed_idle_for_two_years_is_asked_about(world, last_on, told):
    Registration.objects.filter(scheme="09628").delete()
    if last_on:
        known = Candidate.objects.first()
        Registration.objects.create(
            centre_id=world.centre, candidate=known, scheme_id="09628", registered_on=last_on, attempt=1
        )
    (one,) = register(world, lines("09628,,Ann,Idle,1/1/2000")).accepted
    warned = {reason.rule: reason.text for reason in one.verdict.warned}
    assert ("approval-idle" in warned) == told
    if told:
        since = "22 November 2024" if last_on else "1 January 2010"
        assert warned["approval-idle"] == f"Your centre has registered nobody for 09628 since {since}."
