"""Who is ready, who can still finish, what is missing, by when: as records and on the command line."""

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from conferral.cli.main import app
from conferral.records.access import acting_as
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Constraint, Qualification
from conferral.records.readiness import plan_by, readiness_of
from conferral.rules.readiness import status_of, worst
from conferral.rules.rule import BOOK, Verdict
from tests.actions.test_awards import process, reported
from tests.records.structures import achieve, load_structures
from tests.world import UNITS

FINAL = date(2026, 12, 31)
SAFE = date(2026, 12, 21)  # six working days before, Christmas between
PLAN = date(2026, 10, 31)
EARLY = date(2026, 3, 2)
ONE = timedelta(days=1)


@pytest.fixture
def structured(world):
    load_structures(world)
    return world


def one(world, code, units, on, **more):
    have = {f"{code}-{unit.rstrip('+')}": unit.endswith("+") for unit in units.split()}
    numbers = achieve(world, [(code, have)])
    (found,) = readiness_of(world.centre, registrations=numbers, on=on, **more)
    return found


@pytest.mark.parametrize(
    ("on", "status", "rules"),
    [
        (EARLY, "can_finish", "units-missing"),
        (PLAN, "can_finish", "units-missing"),
        (PLAN + ONE, "at_risk", "after-planned-completion units-missing"),
        (date(2026, 12, 7), "at_risk", "after-planned-completion units-missing"),
        (date(2026, 12, 8), "at_risk", "after-planned-completion time-too-short units-missing"),
        (SAFE, "at_risk", "after-planned-completion time-too-short units-missing"),
        (SAFE + ONE, "at_risk", "after-safe-claim after-planned-completion time-too-short units-missing"),
        (FINAL, "at_risk", "after-safe-claim after-planned-completion time-too-short units-missing"),
        (FINAL + ONE, "cannot_finish",
         "after-final-certification after-planned-completion time-too-short units-missing"),
    ],
)  # fmt: skip
def test_the_status_changes_the_day_after_each_date(structured, on, status, rules):
    found = one(structured, "90009", "A1 A2 B1", on)
    assert found.status == status
    assert [reason.rule.removeprefix("readiness-") for reason in found.verdict.reasons] == rules.split()
    assert (found.plan_by, found.safe_by) == (PLAN, SAFE)


def test_what_is_missing_is_said_with_the_sets_that_finish(structured):
    found = one(structured, "90009", "A1 A2 B1", EARLY, costs={"90009-W1": 9000, "90009-B2": 100, "90009-W2": 200})
    assert [(line.standing.short, line.words) for line in found.missing] == [
        (2, "2 more credits from group B"),
        (3, "3 more credits"),
    ]
    assert {aim: found.finish[aim].units for aim in found.finish} == {
        "fewest_units": ("90009-W1",),
        "fewest_credits": ("90009-W2",),
        "cheapest": ("90009-W2",),
    }
    assert found.finish["cheapest"].cost == 200
    assert (found.units, found.credits) == (("90009-A1", "90009-A2", "90009-B1"), 12)
    assert found.next_step == "Claim 2 more credits from group B; 3 more credits by 31 October 2026."


def test_too_much_from_elsewhere_cannot_be_finished_and_may_transfer(structured):
    found = one(structured, "90011", "A1+ A2+ A3+ B1+ B2+", EARLY)
    assert (found.status, found.could_transfer, found.finish) == ("cannot_finish", False, {})
    assert "even with every unit of the catalogue, 10 more credits" in found.verdict.reasons[0].text
    Qualification.objects.filter(pk="90001").update(last_registration=None)
    found = one(structured, "90011", "A1+ A2+ A3+ B1+ B2+", EARLY)
    assert found.could_transfer
    assert found.next_step == "Ask what transfers to 90001 Structure 1: mandatory-and-optional."


def test_a_scheme_whose_combination_is_not_known_is_at_risk(structured):
    Constraint.objects.filter(scheme="90009").delete()
    found = one(structured, "90009", "A1", EARLY)
    assert (found.status, found.missing, found.finish) == ("at_risk", (), {})


def test_a_registration_moves_from_claim_to_award(world):
    def found():
        with acting_as(world.acting("exams_officer")):
            return readiness_of(world.centre, "09628", [world.registrations[0].pk], on=world.at.date())[0]

    assert (found().status, found().units) == ("can_finish", ())
    claim = world.submitted(count=1)
    waiting = found()
    assert (waiting.status, waiting.units, waiting.missing) == ("ready", (), ())
    assert waiting.waiting == dict.fromkeys(UNITS, claim.pk)
    assert waiting.next_step == f"Wait for the decision on claim {claim.pk}."
    process(world, reported(world, claim))
    assert (found().status, len(found().units), found().waiting) == ("ready", 3, {})
    assert found().next_step == "Nothing: the qualification is awarded."


def test_an_awarded_registration_stays_ready_after_the_final_date(world):
    process(world, reported(world, world.submitted(count=1)))
    Qualification.objects.filter(pk="09628").update(final_certification=world.at.date())
    awarded, other = (
        readiness_of(world.centre, registrations=[row.pk], on=world.at.date() + ONE)[0]
        for row in world.registrations[:2]
    )
    assert (awarded.status, other.status) == ("ready", "cannot_finish")


def test_a_centre_needs_as_many_queries_for_sixty_as_for_six(structured, django_assert_num_queries):
    few = achieve(structured, [("90009", {"90009-W1": False})] * 6)
    many = achieve(structured, [("90012", {"90012-OLD1": True, "90012-W1": False})] * 60)
    with django_assert_num_queries(8):
        readiness_of(structured.centre, registrations=few, on=EARLY)
    with django_assert_num_queries(8):
        readiness_of(structured.centre, registrations=many, on=EARLY)


def test_a_list_may_leave_out_what_would_finish(structured):
    found = one(structured, "90009", "A1", EARLY, finishing=False)
    assert found.missing
    assert found.finish == {}


def test_nobody_is_registered(world):
    assert readiness_of("61423", "10263", on=EARLY) == []
    assert readiness_of("61423", registrations=[], on=EARLY) == []


@pytest.mark.parametrize("day", ["2014-12-31", "2015-12-31", "2016-12-31", "2024-04-30"])
def test_completion_is_planned_two_months_before(day):
    final = date.fromisoformat(day)
    assert plan_by(final) == {4: date(2024, 2, 29), 12: date(final.year, 10, 31)}[final.month]
    assert plan_by(None) is None


def test_a_group_shows_the_worst_of_its_members():
    assert [worst([]), worst(["ready", "at_risk", "can_finish"]), worst(["cannot_finish", "ready"])] == [
        "ready",
        "at_risk",
        "cannot_finish",
    ]
    assert status_of(Verdict()) == "ready"
    assert {rule.outcome for rule in BOOK.values() if rule.subject == "readiness"} == {"refused", "warned", "noted"}


def call(*words):
    result = CliRunner().invoke(app, ["readiness", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_command_prints_what_the_records_say(structured):
    (number,) = achieve(structured, [("90009", {"90009-A1": False, "90009-A2": False, "90009-B1": False})])
    result = call("--centre", structured.centre, "--scheme", "90009", "--on", "2026-03-02", "--json")
    (said,) = json.loads(result.stdout)
    assert result.exit_code == 0
    assert said | {"reasons": []} == {
        "registration": number,
        "candidate": "Ng0000",
        "uln": None,
        "scheme": "90009",
        "status": "can_finish",
        "could_transfer": False,
        "achieved": {"units": 3, "credits": 12},
        "waiting": {},
        "missing": [
            {"pathway": None, "group": "B", "measure": "credits", "level_at_least": None, "have": 5, "need": 7,
             "short": 2, "text": "2 more credits from group B"},
            {"pathway": None, "group": None, "measure": "credits", "level_at_least": None, "have": 12, "need": 15,
             "short": 3, "text": "3 more credits"},
        ],
        "finish": {
            "fewest_units": {"units": ["90009-W1"], "credits": 4, "cost": 1, "pathway": None},
            "fewest_credits": {"units": ["90009-W2"], "credits": 3, "cost": 1, "pathway": None},
            "cheapest": {"units": ["90009-W1"], "credits": 4, "cost": 1, "pathway": None},
        },
        "plan_by": "2026-10-31",
        "safe_by": "2026-12-21",
        "final_certification": "2026-12-31",
        "next_step": "Claim 2 more credits from group B; 3 more credits by 31 October 2026.",
        "reasons": [],
    }  # fmt: skip
    assert [reason["rule"] for reason in said["reasons"]] == ["readiness-units-missing"]


def test_the_command_answers_for_the_whole_centre_in_words(world):
    lines = call("--centre", world.centre).output.splitlines()
    assert len(lines) == Registration.objects.filter(centre=world.centre).count() == 5
    assert all("Can finish" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--centre", "99999"), "There is no centre 99999"),
        (("--centre", "61423", "--scheme", "99999"), "No scheme has the code 99999"),
        (("--centre", "61423", "--on", "2014-02-31"), "there is no such day"),
    ],
)
def test_what_is_not_known_is_a_sentence_and_exit_code_two(world, words, told):
    result = call(*words)
    assert result.exit_code == 2
    assert told in result.output
