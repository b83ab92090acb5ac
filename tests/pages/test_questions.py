"""A question to the centre on pages: asked in the decision form, shown as waiting, answered, decided."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from conferral.actions.questions import answer_question, ask_centre
from conferral.actions.reviews import decide_unit
from conferral.records.access import acting_as
from conferral.records.letters.models import Letter
from conferral.records.questions.models import Question
from tests.actions.test_journey import receive
from tests.pages.moderator.test_review import units_of, words

TEXT = "2.3 asks the candidate to explain. Is there more than one word?"


@pytest.fixture
def moderator(as_role):
    return as_role("examiner_moderator")


@pytest.fixture
def claim(world):
    found = world.submitted(count=2)
    receive(world, found)
    return found


@pytest.fixture
def unit(claim):
    return units_of(claim)[0]


@pytest.fixture
def question(world, unit):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        _, made = ask_centre(unit.pk, reason_code="VERB_NOT_MET", text=TEXT, at=world.at, by=by)
    return made


def at(unit):
    return reverse("moderator_unit", args=[unit.claim_id, unit.pk])


def answered(world, question, text="Yes, on page 9."):
    by = world.acting("assessor")
    with acting_as(by):
        assert answer_question(question.pk, text, at=world.at, by=by).allowed


ASK = {"outcome": "ask", "reason_code": "VERB_NOT_MET", "feedback": TEXT}


def test_the_moderator_asks_in_the_decision_form_and_sees_that_the_unit_waits(moderator, claim, unit):
    assert "Ask the centre, then decide" in words(moderator.get(at(unit)))
    answer = moderator.post(at(unit), ASK, follow=True)
    page = words(answer)
    assert "the centre is asked. It answers by Thursday 26 November 2026" in page
    assert answer.context["page"]["chosen"] != unit
    question = Question.objects.get()
    assert (question.text, question.claimed_unit_id) == (TEXT, unit.pk)
    here = moderator.get(at(unit))
    assert "Waits for the centre" in words(here)
    assert "Answer by Thursday 26 November 2026, in 3 days" in words(here)
    assert "Ask the centre, then decide" not in words(here)
    assert [row["sign"]["sign"] for row in here.context["page"]["sample"]].count("?") == 1


def test_a_question_is_drafted_from_its_reason_and_not_from_the_reports_sentence(moderator, unit):
    page = moderator.post(at(unit), {"outcome": "ask", "reason_code": "VERB_NOT_MET", "draft": "1"})
    assert f"A criterion in {unit.unit_id} asks for more than to name or list. Where does" in words(page)
    moderator.post(at(unit), {"outcome": "ask", "reason_code": "VERB_NOT_MET", "feedback": ""})
    assert Question.objects.get().text.startswith(f"A criterion in {unit.unit_id} asks for more")


def test_a_question_without_a_reason_is_refused_on_the_page(moderator, unit):
    page = moderator.post(at(unit), {"outcome": "ask", "reason_code": "", "feedback": "Where?"})
    assert page.status_code == 422
    assert "which doubt it is about" in words(page)


def test_the_answer_is_shown_and_the_moderator_decides_as_usual(world, moderator, unit, question):
    answered(world, question)
    waiting = words(moderator.get(reverse("moderator_waiting")))
    assert "Units to decide after a question" in waiting
    here = moderator.get(at(unit))
    assert "Yes, on page 9." in words(here)
    assert "The centre has answered" in words(here)
    moderator.post(at(unit), {"outcome": "confirmed"})
    assert "Units to decide after a question" not in words(moderator.get(reverse("moderator_waiting")))
    assert "Yes, on page 9." in words(moderator.get(at(unit)))


def test_deciding_without_the_answer_says_that_the_question_is_closed(moderator, unit, question):
    page = words(moderator.post(at(unit), {"outcome": "confirmed"}, follow=True))
    assert "The question about it is closed: the centre is told." in page
    assert "Decided without an answer" in words(moderator.get(at(unit)))


def test_a_question_is_withdrawn_once(moderator, unit, question):
    address = reverse("moderator_withdraw_question", args=[unit.claim_id, question.pk])
    assert "Withdraw the question" in words(moderator.get(at(unit)))
    page = words(moderator.post(address, follow=True))
    assert "Withdrawn. The centre is told that no answer is needed." in page
    assert "Ask the centre, then decide" in page
    assert moderator.post(address).status_code == 422


def test_confirming_the_remaining_leaves_out_what_waits_for_the_centre(moderator, claim, unit, question):
    address = reverse("moderator_confirm_remaining", args=[claim.pk])
    page = moderator.get(address)
    assert "1 unit for which the centre is asked stays undecided." in words(page)
    rest = [one.pk for one in page.context["page"]["units"]]
    assert unit.pk not in rest
    moderator.post(address, {"unit": rest})
    assert [one.state for one in units_of(claim)].count("claimed") == 1
    assert "1 unit waits for the centre" in words(moderator.get(address))
    report = moderator.post(reverse("moderator_report", args=[claim.pk]), {"rows": "0", "went_well": "Good"})
    assert report.status_code == 422
    assert "open questions about units of this claim, 1" in words(report)


def test_saving_passes_over_what_waits_for_the_centre(moderator, claim, unit, question):
    last = units_of(claim)[-1]  # after which the round begins anew at the unit that waits
    page = moderator.post(at(last), {"outcome": "confirmed"}, follow=True)
    assert page.context["page"]["chosen"] == units_of(claim)[1]


def test_with_nothing_else_left_the_claim_opens_at_the_unit_that_waits(moderator, claim, unit, question, world):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        for one in units_of(claim)[1:-1]:
            decide_unit(one.pk, "confirmed", at=world.at, by=by)
    last = units_of(claim)[-1]
    page = moderator.post(at(last), {"outcome": "confirmed"}, follow=True)
    assert page.context["page"]["chosen"] == unit


def test_a_moderator_who_does_not_have_the_claim_is_refused(as_role, claim, unit, question):
    other = as_role("external_verifier")
    assert other.post(at(unit), ASK).status_code == 404
    assert other.post(reverse("moderator_withdraw_question", args=[claim.pk, question.pk])).status_code == 404
    desk = as_role("quality_officer")
    assert desk.post(at(unit), ASK).status_code == 403


# The centre


def test_the_centre_finds_the_question_on_today_its_claim_and_its_candidate_and_answers(as_role, unit, question):
    officer = as_role("exams_officer")
    today = officer.get(reverse("centre_today"))
    assert f"Answer the moderator about {unit.unit_id} in claim {unit.claim_id}" in words(today)
    assert "Answer the moderator by Thu 26 November" in words(officer.get(reverse("centre_claims")))
    address = reverse("centre_question", args=[question.pk])
    for page in (
        reverse("centre_claim", args=[unit.claim_id]),
        reverse("centre_candidate", args=[unit.registration.candidate_id]),
    ):
        shown = officer.get(page)
        assert TEXT in words(shown)
        assert address in shown.content.decode()
    page = officer.get(address)
    assert TEXT in words(page)
    assert "Files can’t be added" in words(page)
    send = reverse("centre_answer_question", args=[question.pk])
    assert officer.post(send, {"answer": "  "}).status_code == 422
    done = officer.post(send, {"answer": "Yes, on page 9."}, follow=True)
    assert "Sent. The moderator decides" in words(done)
    assert officer.post(send, {"answer": "And on page 10."}).status_code == 422
    assert "Answer the moderator about" not in words(officer.get(reverse("centre_today")))


def test_the_letter_leads_to_the_question(as_role, question):
    letter = Letter.objects.get(about_kind="question")
    page = as_role("exams_officer").get(reverse("letter", args=[letter.pk]))
    assert reverse("centre_question", args=[question.pk]) in page.content.decode()


def test_a_neighbour_finds_no_question(world, as_role, question):
    assert as_role("exams_officer").get(reverse("centre_question", args=[question.pk + 1])).status_code == 404


# The map of the cohort


def readiness(client, **asked):
    return client.get(reverse("centre_readiness"), {"scheme": "09628", **asked})


def test_the_map_shows_an_open_question_and_what_is_next(as_role, world, unit, question):
    officer = as_role("exams_officer")
    page = readiness(officer)
    rows = {row["name"]: row for group in page.context["page"]["groups"] for row in group}
    row = rows[unit.registration.candidate.name]
    assert [cell["letter"] for cell in row["cells"]].count("?") == 1
    assert "question open" in words(page)
    assert "Answer the moderator by 26 November 2026 . Answer" in words(page)
    assert reverse("centre_question", args=[question.pk]) in page.content.decode()
    inwords = words(readiness(officer, view="words"))
    assert f"Question open: {unit.unit_id}." in inwords
    answered(world, question)
    after = readiness(officer)
    assert "?" not in [
        cell["letter"] for group in after.context["page"]["groups"] for row in group for cell in row["cells"]
    ]


def test_the_files_show_it_too(as_role, unit, question):
    officer = as_role("exams_officer")
    name = unit.registration.candidate.name
    text = officer.get(reverse("centre_readiness_file", args=["csv"]), {"scheme": "09628"}).content.decode("utf-8-sig")
    (row,) = [row for row in csv.DictReader(io.StringIO(text)) if row["Candidate"] == name]
    assert "?" in row.values()
    assert row["Next"] == "Answer the moderator by 26 November 2026"
    book = officer.get(reverse("centre_readiness_file", args=["xlsx"]), {"scheme": "09628"}).content
    cells = [cell.value for line in load_workbook(io.BytesIO(book)).active for cell in line]
    assert "?" in cells


def test_the_map_asks_the_same_for_one_question_and_for_many(as_role, world, claim, question):
    officer = as_role("exams_officer")
    readiness(officer)
    with CaptureQueriesContext(connection) as one:
        readiness(officer)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        for unit in units_of(claim)[1:]:
            ask_centre(unit.pk, reason_code="INCOMPLETE", text="Where?", at=world.at, by=by)
    with CaptureQueriesContext(connection) as many:
        readiness(officer)
    assert len(one) == len(many)


def test_today_is_the_last_day_in_a_word(as_role, world, settings, unit, question):
    settings.CLOCK = lambda: world.at + timedelta(days=3)
    assert "Answer the moderator today . Answer" in words(readiness(as_role("exams_officer")))
