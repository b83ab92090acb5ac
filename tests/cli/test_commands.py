"""The command line answers as the pages do."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conferral.actions.awards import issue_certificate, revoke_certificate
from conferral.cli.main import app
from conferral.records.access import acting_as
from conferral.records.allocation.models import AllocationRun
from conferral.records.awards.models import Certificate
from conferral.records.candidates.models import Registration
from conferral.records.moderation.models import Allocation
from conferral.rules.permissions import CLOCK
from tests.actions.test_journey import decide_all, process, receive, report

DEMONSTRATION = Path(__file__).resolve().parent.parent.parent / "packs" / "demo" / "registrations-09628.csv"


def call(*words: str) -> tuple[int, dict]:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


def say(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.output


def test_35_of_40_are_registered_once_and_each_wrong_row_comes_back(world):
    before = Registration.objects.count()
    words = ("register", str(DEMONSTRATION), "--centre", world.centre)
    _, rehearsed = call(*words, "--dry-run")
    assert Registration.objects.count() == before
    code, first = call(*words)
    assert code == 1
    assert first == rehearsed
    assert first["accepted"] + first["already"] == 35
    assert [(row["line"], row["rule"]) for row in first["refused"]] == [
        (8, "learner-number-check-digit"),
        (15, "date-of-birth-impossible"),
        (22, "learner-number-twice"),
        (29, "registration-after-last-date"),
        (36, "last-name-missing"),
    ]
    assert all(set(row) == {"line", "column", "rule", "text", "remedy"} for row in first["refused"])
    _, second = call(*words)
    assert (second["accepted"], second["already"], second["refused"]) == (0, 35, first["refused"])
    assert Registration.objects.count() == before + first["accepted"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("register", "nowhere.csv", "--centre", "61423"), "There is no file"),
        (("register", str(DEMONSTRATION), "--centre", "99999"), "There is no centre 99999"),
        (("ask", "registration", "--scheme", "10263", "--on", "2014-02-31"), "there is no such day"),
        (("ask", "registration", "--scheme", "99999", "--on", "2014-01-01"), "No scheme has the code 99999"),
        (
            (
                "ask",
                "claim",
                "--scheme",
                "10263",
                "--unit",
                "J/600/1003",
                "--registered",
                "2013-01-01",
                "--on",
                "2014-01-01",
            ),
            "Unit J/600/1003 does not count in 10263.",
        ),
        (("rules", "show", "no-such-rule"), "There is no rule"),
    ],
)
def test_a_wrong_word_is_answered_by_a_sentence_and_exit_code_2(world, words, told):
    code, output = say(*words)
    assert code == 2
    assert told in output
    assert "Traceback" not in output


def test_a_registration_is_refused_the_day_after_the_last_date(world):
    assert call("ask", "registration", "--scheme", "10263", "--on", "2013-12-31") == (
        0,
        {"allowed": True, "reasons": []},
    )
    code, answer = call("ask", "registration", "--scheme", "10263", "--on", "2014-01-01")
    assert code == 1
    assert answer["allowed"] is False
    (reason,) = answer["reasons"]
    assert set(reason) == {"rule", "outcome", "text", "remedy", "clause"}
    assert (reason["rule"], reason["outcome"]) == ("registration-after-last-date", "refused")


@pytest.mark.parametrize(
    ("on", "allowed", "outcomes"),
    [
        ("2014-12-19", True, []),
        ("2014-12-20", True, ["warned"]),
        ("2014-12-31", True, ["warned"]),
        ("2015-01-01", False, ["refused"]),
    ],
)
def test_a_claim_is_warned_near_and_refused_after_final_certification(world, on, allowed, outcomes):
    _, answer = call("ask", "claim", "--scheme", "10263", "--registered", "2013-12-31", "--on", on)
    assert answer["allowed"] is allowed
    assert [reason["outcome"] for reason in answer["reasons"]] == outcomes


def test_the_rule_book_is_listed_and_shown(world):
    _, listed = call("rules")
    assert "claim-after-final-certification" in {rule["rule"] for rule in listed}
    _, shown = call("rules", "show", "claim-after-final-certification")
    assert shown["clause"] == "cco-withdrawal-2013 q2 q8"


def test_a_certificate_is_genuine_then_revoked_and_a_wrong_number_is_said_so(world):
    claim = world.submitted(count=1)
    receive(world, claim)
    decide_all(world, claim)
    report(world, claim)
    process(world, claim)
    number = Certificate.objects.get().number
    assert call("verify-certificate", number)[1]["state"] == "unknown"
    with acting_as(CLOCK):
        issue_certificate(number, paper=lambda _: b"%PDF", at=world.at, by=CLOCK)
    code, found = call("verify-certificate", number.lower())
    assert (code, found["state"], found["holder"]) == (0, "issued", "Oluwaseun Adeyemi")
    desk = world.acting("certificates_officer")
    with acting_as(desk):
        revoke_certificate(number, "a result was corrected", at=world.at, by=desk)
    code, found = call("verify-certificate", number)
    assert (code, found["state"], "holder" in found) == (1, "revoked", False)
    swapped = number[1] + number[0] + number[2:]
    assert call("verify-certificate", swapped if swapped != number else "0" * 15 + "1")[1]["state"] == "mistyped"


def test_allocations_are_proposed_rehearsed_for_another_day_and_accepted(world):
    code, found = call("allocate")
    assert (code, found["batches"], found["proven"]) == (0, [], True)
    assert "Nothing waits for a moderator." in say("allocate")[1]
    Allocation.objects.filter(scheme="09628").delete()
    before = AllocationRun.objects.count()
    code, found = call("allocate", "--on", "2026-12-24")
    assert [(one["centre"], one["scheme"], one["state"]) for one in found["batches"]] == [
        (world.centre, "09628", "proposed")
    ]
    assert AllocationRun.objects.count() == before
    code, told = say("allocate", "--accept", "--on", "2026-12-24")
    assert code == 2
    assert "goes without --on" in told
    code, found = call("allocate", "--accept")
    assert (code, found["refused"], found["batches"][0]["state"]) == (0, [], "accepted")
    assert Allocation.objects.filter(scheme="09628", centre=world.centre).count() == 1
    assert "no such day" in say("allocate", "--on", "2026-02-31")[1]
