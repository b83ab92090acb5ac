"""The feedback report from its draft to the last action that was met, by pages, letter and paper."""

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from conferral.actions.feedback import Required, answer_action, judge_action
from conferral.actions.reviews import decide_unit, send_report, withdraw_claim
from conferral.records.access import acting_as
from conferral.records.claims.models import Consignment
from conferral.records.letters.models import Letter
from conferral.records.moderation.models import FeedbackReport, RequiredAction
from tests.actions.test_journey import receive


def shown(response, status=200) -> str:
    assert response.status_code == status, response
    return " ".join(response.content.decode().split())


@pytest.fixture
def claim(world):
    """A claim with one thin answer, every unit decided, whose report is not sent yet."""
    found = world.submitted(count=2)
    receive(world, found)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        for place, unit in enumerate(found.units.order_by("pk")):
            outcome = {"reason_code": "THIN_ANSWER"} if place == 0 else {}
            decide_unit(unit.pk, "not_awarded" if outcome else "confirmed", **outcome, at=world.at, by=by)
    return found


@pytest.fixture
def sent(world, claim):
    """Its report is sent with one action that is due in a week."""
    by = world.acting("examiner_moderator")
    with acting_as(by):
        verdict = send_report(
            claim.pk, went_well="Clear marking.", to_improve="More depth.", at=world.at, by=by,
            required=[Required("Meet about depth.", world.at.date() + timedelta(days=7), reason_code="THIN_ANSWER")],
        )  # fmt: skip
    assert verdict.allowed, verdict
    return RequiredAction.objects.get()


def test_the_draft_comes_from_the_decisions_and_is_sent_as_it_was_edited(as_role, claim):
    moderator = as_role("examiner_moderator")
    page = shown(moderator.get(f"/moderator/claims/{claim.pk}/report/"))
    assert "5 of 6 units were confirmed" in page
    assert "name the point but do not develop it" in page
    assert "Show the candidates and assessors of" in page
    assert "21/12/2026" in page  # twenty working days after 23 November
    more = moderator.post(f"/moderator/claims/{claim.pk}/report/", {"rows": "2", "more": "1", "went_well": "Kept"})
    assert "Action 3" in shown(more)
    assert "Kept" in shown(more)
    late = {"rows": "2", "went_well": "Good", "text-0": "Do it", "due-0": "23/11/2026"}
    assert "leaves the centre no day" in shown(moderator.post(f"/moderator/claims/{claim.pk}/report/", late), 422)
    undated = late | {"due-0": ""}
    assert "say by when" in shown(moderator.post(f"/moderator/claims/{claim.pk}/report/", undated), 422)
    assert not FeedbackReport.objects.exists()
    said = {"rows": "2", "went_well": "Good", "text-0": "Do <it>", "due-0": "30/11/2026", "text-1": "", "due-1": ""}
    assert moderator.post(f"/moderator/claims/{claim.pk}/report/", said).status_code == 302
    asked = RequiredAction.objects.get()
    assert (asked.text, asked.reason_code, f"{asked.due_on}") == ("Do <it>", "THIN_ANSWER", "2026-11-30")
    assert "Do &lt;it&gt;" in moderator.get(f"/moderator/claims/{claim.pk}/report/").content.decode()


def test_a_remark_on_the_parcel_is_asked_of_the_centre_under_its_code(as_role, claim):
    moderator, address = as_role("examiner_moderator"), f"/moderator/claims/{claim.pk}/report/"
    assert "The work came in plastic pockets" in shown(moderator.get(address))
    said = {"rows": "1", "went_well": "Good", "text-0": "", "due-0": "", "remarks": "PLASTIC_POCKETS"}
    assert "checked" in shown(moderator.post(address, said | {"more": "1"}))
    assert moderator.post(address, said).status_code == 302
    asked = RequiredAction.objects.get()
    assert (asked.reason_code, f"{asked.due_on}", asked.unit_id) == ("PLASTIC_POCKETS", "2026-12-21", None)
    assert "Work in plastic pockets" in shown(moderator.get(address))


def test_a_parcel_is_remarked_on_where_there_was_one(as_role, claim):
    Consignment.objects.filter(claim=claim).update(kind="upload")
    moderator, address = as_role("examiner_moderator"), f"/moderator/claims/{claim.pk}/report/"
    assert "plastic" not in shown(moderator.get(address))
    said = {"rows": "1", "went_well": "Good", "text-0": "", "due-0": "", "remarks": "PLASTIC_POCKETS"}
    assert "Choose of the list" in shown(moderator.post(address, said), 422)


def test_a_report_is_withheld_until_every_unit_is_decided(as_role, world, claim):
    page = shown(as_role("exams_officer").get(f"/centre/results/{claim.pk}/"))
    assert "withheld until every unit of the claim is decided" in page
    assert "It is expected by" in page


def test_an_action_is_answered_found_wanting_answered_again_and_met(as_role, world, sent):
    officer = as_role("exams_officer")
    assert "Reply to an action after" in shown(officer.get("/centre/"))
    page = shown(officer.get(f"/centre/results/{sent.claim_id}/"))
    assert "Meet about depth." in page
    address = f"/centre/results/{sent.claim_id}/actions/{sent.pk}/"
    assert "say what your centre has done" in shown(officer.post(address, {"answer": " "}), 422)
    assert officer.post(address, {"answer": "We met on Tuesday."}).status_code == 303
    assert officer.post(address, {"answer": "Again"}).status_code == 422
    assert "Reply to an action" not in shown(officer.get("/centre/"))
    moderator = as_role("examiner_moderator")
    assert "Meet about depth." in shown(moderator.get("/moderator/"))
    judging = f"/moderator/claims/{sent.claim_id}/actions/{sent.pk}/"
    assert "say what is still missing" in shown(moderator.post(judging, {"not_met": "1"}), 422)
    assert moderator.post(judging, {"not_met": "1", "judgement": "Who came?"}).status_code == 303
    officer = as_role("exams_officer")
    assert "Who came?" in shown(officer.get(f"/centre/results/{sent.claim_id}/"))
    assert "Still missing: Who came?" in shown(officer.get("/centre/"))
    assert officer.post(address, {"answer": "All four assessors."}).status_code == 303
    desk = as_role("quality_officer")
    assert "All four assessors." in shown(desk.get(f"/desk/awards/claims/{sent.claim_id}/"))
    assert desk.post(f"/desk/awards/claims/{sent.claim_id}/actions/{sent.pk}/", {"met": "1"}).status_code == 303
    sent.refresh_from_db()
    assert sent.state == "met"
    assert Letter.objects.filter(subject__startswith=f"Claim {sent.claim_id}: an action is").count() == 2


def test_an_overdue_action_stands_at_the_desk_and_at_the_centre(as_role, world, sent, settings):
    settings.CLOCK = lambda: world.at + timedelta(days=7)
    assert "Action overdue" not in shown(as_role("quality_officer").get("/desk/"))
    settings.CLOCK = lambda: world.at + timedelta(days=8)
    assert "Action overdue at centre 61423" in shown(as_role("quality_officer").get("/desk/"))
    officer = as_role("exams_officer")
    assert "12 h 30 min late" in shown(officer.get("/centre/"))
    assert "Overdue" in shown(officer.get(f"/centre/results/{sent.claim_id}/"))


def test_whoever_may_not_answer_or_judge_sees_no_button(as_role, world, sent):
    assert answer(world, sent).allowed
    desk = as_role("certificates_officer")
    assert "Not met yet" not in shown(desk.get(f"/desk/awards/claims/{sent.claim_id}/"))
    refused = desk.post(f"/desk/awards/claims/{sent.claim_id}/actions/{sent.pk}/", {"met": "1"})
    assert refused.status_code == 403


def answer(world, action):
    by = world.acting("exams_officer")
    with acting_as(by):
        return answer_action(action.pk, "We met.", at=world.at, by=by)


def test_what_is_asked_stays_as_it_was_sent_and_no_centre_judges_its_own(world, sent):
    answer(world, sent)
    for change in ({"text": "Nothing"}, {"due_on": world.at.date()}):
        with pytest.raises(DatabaseError, match="annot update"), transaction.atomic():
            RequiredAction.objects.filter(pk=sent.pk).update(**change)
    with pytest.raises(DatabaseError, match="not judged by its own centre"), transaction.atomic():
        RequiredAction.objects.filter(pk=sent.pk).update(
            state="met", judged_by=world.people["exams_officer"], judged_at=world.at
        )
    by = world.acting("exams_officer")
    with acting_as(by):
        assert judge_action(sent.pk, met=True, at=world.at, by=by).refused


@pytest.mark.parametrize("whole", ["withdrawn with its claim", "unit by unit"])
def test_the_report_on_a_claim_of_which_nothing_is_left_goes_by_letter(as_role, world, whole):
    claim, by = world.submitted(count=1), world.acting("examiner_moderator")
    receive(world, claim)
    with acting_as(by):
        if whole == "unit by unit":
            for unit in claim.units.all():
                decide_unit(unit.pk, "withdrawn", reason_code="WRONG_UNIT", at=world.at, by=by)
            required = [Required("Number each piece of work.", world.at.date() + timedelta(days=9))]
            assert send_report(
                claim.pk, went_well="", to_improve="The work sent belongs to another unit.", required=required,
                at=world.at, by=by,
            ).allowed  # fmt: skip
        else:
            assert withdraw_claim(claim.pk, "WRONG_UNIT", at=world.at, by=by).allowed
    letter = Letter.objects.get(subject=f"Feedback report on claim {claim.pk}")
    assert "The work sent belongs to another unit" in letter.text
    assert "by " in letter.text.partition("What to do, and by when")[2]
    with acting_as(world.acting("exams_officer")):
        assert not FeedbackReport.objects.exists()
    officer = as_role("exams_officer")
    assert "belongs to another unit" not in shown(officer.get("/centre/results/"))
    page = shown(officer.get(f"/centre/results/{claim.pk}/"))
    assert "its report came by letter" in page
    assert "belongs to another unit" not in page
    assert officer.get(f"/centre/results/{claim.pk}/paper/").status_code == 404
    assert "by letter" in shown(as_role("examiner_moderator").get(f"/moderator/claims/{claim.pk}/report/"))


def test_the_report_is_a_tagged_pdf_that_stays_the_same(as_role, world, sent):
    officer = as_role("exams_officer")
    first = officer.get(f"/centre/results/{sent.claim_id}/paper/")
    answer(world, sent)
    assert officer.get(f"/centre/results/{sent.claim_id}/paper/").content == first.content
    reader = PdfReader(io.BytesIO(first.content))
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    told = ("Feedback report on claim", "Meet about depth.", "30 November 2026", "Clear marking.", "Answers too thin")
    assert [words for words in told if words not in text] == []
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert as_role("examiner_moderator").get(f"/moderator/claims/{sent.claim_id}/report/paper/").status_code == 200
    assert as_role("quality_officer").get(f"/desk/awards/claims/{sent.claim_id}/report/").status_code == 200


def test_signs_that_no_font_shows_are_marked_and_keep_no_report_from_being_printed(as_role, world, claim):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        said = "Good \U0001f984 work, \ufeffŁukasz."
        assert send_report(claim.pk, went_well=said, to_improve="", at=world.at, by=by).allowed
    answer = as_role("exams_officer").get(f"/centre/results/{claim.pk}/paper/")
    assert answer.status_code == 200
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Good \ufffd work, Łukasz." in " ".join(text.split())


def test_a_report_of_former_days_stays_readable(as_role, world, claim):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        send_report(claim.pk, went_well="", to_improve="", actions="Initial each page.", at=world.at, by=by)
    officer = as_role("exams_officer")
    assert "Initial each page." in shown(officer.get(f"/centre/results/{claim.pk}/"))
    assert "Initial each page." in shown(officer.get(f"/centre/claims/{claim.pk}/"))
