"""What a moderator sees and does with a claim, from the queue to the report."""

import re

import pytest
from django.urls import reverse

from conferral.actions.centres import declare_interest
from conferral.actions.consignments import receive_work, record_despatch
from conferral.actions.reviews import confirm_units, decide_unit
from conferral.records.access import acting_as
from conferral.records.moderation.models import FeedbackReport, UnitDecision
from tests.world import INSTALLER, UNITS


@pytest.fixture
def moderator(as_role):
    return as_role("examiner_moderator")


@pytest.fixture
def claim(world):
    found = world.submitted(count=2)
    by = world.acting("exams_officer")
    with acting_as(by):
        record_despatch(found.pk, despatched_on=world.at.date(), carrier="Royal Mail", at=world.at, by=by)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        receive_work(found.consignments.get().reference, at=world.at, by=by)
    return found


def units_of(claim):
    return list(claim.units.order_by("registration__candidate__last_name", "unit_id"))


def words(response) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&#x27;", "'").replace("&amp;", "&").split())


def address(name, *args):
    return reverse(name, args=args)


def confirm_all(world, claim):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        confirm_units(claim.units.values_list("pk", flat=True), at=world.at, by=by)


def test_the_queue_is_empty_in_a_sentence(moderator):
    text = words(moderator.get(address("moderator_waiting")))
    assert "No claim waits for your review." in text
    assert "No parcel is on its way to you." in text


def test_a_long_queue_goes_on_where_the_page_before_ended(moderator, world, monkeypatch):
    monkeypatch.setattr("conferral.pages.moderator.waiting.SHOWN", 2)
    claims = [world.submitted(count=1, units=(unit,)) for unit in UNITS]
    by = world.acting("examiner_moderator")
    for one in claims:
        with acting_as(by):
            receive_work(one.consignments.get().reference, at=world.at, by=by)
    shown, page = [], address("moderator_waiting")
    while page:
        response = moderator.get(page)
        shown += dict.fromkeys(int(number) for number in re.findall(r"Review claim (\d+)", words(response)))
        on = re.search(r'href="(\?after=\d+)" rel="next"', response.content.decode())
        page = on and address("moderator_waiting") + on[1]
    assert shown == [one.pk for one in claims]
    assert "The oldest" in words(response)
    assert "Review claim" not in words(moderator.get(address("moderator_waiting") + "?after=999999"))


def test_the_queue_says_what_is_expected_by_when_and_why(moderator, claim):
    text = words(moderator.get(address("moderator_waiting")))
    assert f"Review claim {claim.pk}" in text
    assert "2 candidates, 0 of 6 units decided" in text
    assert "Why: the work was sent on Monday 23 November 2026, so the centre expects its report by" in text


def test_a_decided_claim_asks_for_its_report(world, moderator, claim):
    confirm_all(world, claim)
    assert f"Send the report for claim {claim.pk}" in words(moderator.get(address("moderator_waiting")))


def test_somebody_elses_claim_is_not_found(as_role, claim):
    verifier = as_role("external_verifier")
    assert verifier.get(address("moderator_claim", claim.pk)).status_code == 404
    assert verifier.get(address("moderator_report", claim.pk)).status_code == 404


@pytest.mark.parametrize("role", ["exams_officer", "certificates_officer"])
def test_other_audiences_do_not_get_in(as_role, claim, role):
    assert as_role(role).get(address("moderator_waiting")).status_code == 403
    assert as_role(role).post(address("moderator_withdraw", claim.pk)).status_code == 403


def test_the_claim_opens_at_its_first_undecided_unit(moderator, claim):
    text = words(moderator.get(address("moderator_claim", claim.pk)))
    assert "What the centre declares" in text
    assert "Kazimiera Brzęczyszczykiewicz" in text
    assert "Gwenllian ap Rhys-Mbeki" in text
    assert "0 of 3" in text


def test_confirming_saves_and_leads_to_the_next_unit(moderator, claim):
    first, second = units_of(claim)[:2]
    answer = moderator.post(address("moderator_unit", claim.pk, first.pk), {"outcome": "confirmed"})
    assert answer.status_code == 302
    assert answer["Location"] == address("moderator_unit", claim.pk, second.pk)
    first.refresh_from_db()
    assert first.state == "confirmed"


def test_the_last_decision_leads_to_the_report(world, moderator, claim):
    last = units_of(claim)[-1]
    by = world.acting("examiner_moderator")
    with acting_as(by):
        confirm_units([unit.pk for unit in units_of(claim)[:-1]], at=world.at, by=by)
    answer = moderator.post(address("moderator_unit", claim.pk, last.pk), {"outcome": "confirmed"})
    assert answer["Location"] == address("moderator_report", claim.pk)


def test_a_decision_without_reason_comes_back_with_the_rule_and_what_was_typed(moderator, claim):
    unit = units_of(claim)[0]
    answer = moderator.post(address("moderator_unit", claim.pk, unit.pk), {"outcome": "not_awarded", "feedback": "Hm"})
    assert answer.status_code == 422
    text = words(answer)
    assert "The decision doesn't say why." in text.replace("’", "'")
    assert "decision-without-reason" in text
    assert ">Hm</textarea>" in answer.content.decode().replace("\n", "")
    assert not UnitDecision.objects.exists()


@pytest.mark.parametrize("data", [{}, {"outcome": "burn"}, {"outcome": "not_awarded", "reason_code": "NONSENSE"},
                                  {"outcome": "confirmed", "feedback": "x" * 4001}])  # fmt: skip
def test_a_decision_that_makes_no_sense_changes_nothing(moderator, claim, data):
    answer = moderator.post(address("moderator_unit", claim.pk, units_of(claim)[0].pk), data)
    assert answer.status_code == 422
    assert "Error: " in answer.content.decode()
    assert not UnitDecision.objects.exists()


def test_the_reason_drafts_the_feedback_and_nothing_is_saved(moderator, claim):
    unit = units_of(claim)[0]
    said = {"outcome": "not_awarded", "reason_code": "VERB_NOT_MET", "draft": "1"}
    answer = moderator.post(address("moderator_unit", claim.pk, unit.pk), said)
    assert answer.status_code == 200
    assert f"The criterion in {unit.unit_id} asks the candidate to do more than name or list." in words(answer)
    assert not UnitDecision.objects.exists()


def test_feedback_left_empty_is_drafted_from_the_reason(moderator, claim):
    unit = units_of(claim)[0]
    said = {"outcome": "not_awarded", "reason_code": "THIN_ANSWER"}
    moderator.post(address("moderator_unit", claim.pk, unit.pk), said)
    assert unit.unit_id in UnitDecision.objects.get().feedback


def test_a_decided_unit_is_read_only(moderator, claim):
    unit = units_of(claim)[0]
    for _ in range(2):
        answer = moderator.post(address("moderator_unit", claim.pk, unit.pk), {"outcome": "confirmed"})
    assert answer.status_code == 422
    assert "This unit has been decided: confirmed." in words(answer)
    page = moderator.get(address("moderator_unit", claim.pk, unit.pk))
    assert "Save and see next" not in words(page)
    assert "Adaeze Featherstonehaugh-Nkemelu" in words(page)


def test_an_interest_in_the_centre_refuses_the_decision(world, moderator, claim):
    declare_interest(world.people["examiner_moderator"].pk, world.centre, on=world.at.date(), at=world.at, by=INSTALLER)
    answer = moderator.post(address("moderator_unit", claim.pk, units_of(claim)[0].pk), {"outcome": "confirmed"})
    assert answer.status_code == 422
    assert "You have declared an interest in this centre." in words(answer)


def test_units_of_another_claim_are_not_found(world, moderator, claim):
    assert moderator.get(address("moderator_unit", claim.pk, 2**62)).status_code == 404
    assert moderator.get(f"/moderator/claims/{'9' * 40}/").status_code == 404


def test_all_remaining_are_confirmed_after_a_preview_that_names_them(moderator, claim):
    first = units_of(claim)[0]
    moderator.post(address("moderator_unit", claim.pk, first.pk), {"outcome": "withdrawn", "reason_code": "INCOMPLETE"})
    preview = words(moderator.get(address("moderator_confirm_remaining", claim.pk)))
    assert "Confirm 5 units of claim" in preview
    assert "Þórdís Guðmundsdóttir-Llewelyn" in preview
    seen = [unit.pk for unit in units_of(claim)[1:]]
    answer = moderator.post(address("moderator_confirm_remaining", claim.pk), {"unit": seen})
    assert answer["Location"] == address("moderator_report", claim.pk)
    assert UnitDecision.objects.filter(outcome="confirmed").count() == 5


@pytest.mark.parametrize("units", [[], ["x"], ["9" * 40], ["²"]])
def test_nothing_is_confirmed_that_was_not_seen(moderator, claim, units):
    answer = moderator.post(address("moderator_confirm_remaining", claim.pk), {"unit": units})
    assert answer.status_code == 422
    assert not UnitDecision.objects.exists()


def test_the_report_is_drafted_from_the_decisions_and_sent(world, moderator, claim):
    units = units_of(claim)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        for unit in units[:2]:
            decide_unit(unit.pk, "not_awarded", reason_code="THIN_ANSWER", feedback="More depth.", at=world.at, by=by)
    assert "4 units have no decision yet" in words(moderator.get(address("moderator_report", claim.pk)))
    refused = moderator.post(address("moderator_report", claim.pk), {"went_well": "Good"})
    assert refused.status_code == 422
    assert "report-with-undecided-units" in words(refused)
    with acting_as(by):
        confirm_units([unit.pk for unit in units[2:]], at=world.at, by=by)
    text = words(moderator.get(address("moderator_report", claim.pk)))
    assert f"{units[0].unit_id}: More depth." in text
    answer = moderator.post(address("moderator_report", claim.pk), {"went_well": "Clear marking <b>"})
    assert answer.status_code == 302
    claim.refresh_from_db()
    assert claim.state == "with_awarding_organisation"
    sent = moderator.get(address("moderator_report", claim.pk))
    assert "Clear marking &lt;b&gt;" in sent.content.decode()
    assert "The report is sent." in words(moderator.get(address("moderator_claim", claim.pk)))
    assert moderator.post(address("moderator_report", claim.pk), {"went_well": "Twice"}).status_code == 422
    assert FeedbackReport.objects.count() == 1


def test_an_empty_report_is_not_sent(world, moderator, claim):
    confirm_all(world, claim)
    answer = moderator.post(address("moderator_report", claim.pk), {"went_well": " "})
    assert answer.status_code == 422
    assert "The report says nothing yet." in words(answer)


def test_a_claim_is_withdrawn_with_its_reason_and_then_read_only(moderator, claim):
    assert moderator.post(address("moderator_withdraw", claim.pk), {}).status_code == 422
    page = words(moderator.get(address("moderator_withdraw", claim.pk)))
    assert "6 units without a decision leave nothing behind" in page
    answer = moderator.post(address("moderator_withdraw", claim.pk), {"reason_code": "INCOMPLETE"})
    assert answer.status_code == 302
    claim.refresh_from_db()
    assert claim.state == "withdrawn"
    assert "This claim was withdrawn." in words(moderator.get(address("moderator_claim", claim.pk)))
    again = moderator.post(address("moderator_withdraw", claim.pk), {"reason_code": "INCOMPLETE"})
    assert again.status_code == 422


@pytest.mark.parametrize("count", [2, 5])
def test_the_review_takes_as_many_queries_for_few_as_for_many(world, moderator, count, django_assert_max_num_queries):
    found = world.submitted(count=count, units=UNITS)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        receive_work(found.consignments.get().reference, at=world.at, by=by)
    with django_assert_max_num_queries(35):
        assert moderator.get(address("moderator_claim", found.pk)).status_code == 200


def test_the_review_tells_what_has_happened_to_the_claim(moderator, claim):
    text = words(moderator.get(address("moderator_unit", claim.pk, units_of(claim)[0].pk)))
    told = text.partition("What has happened")[2]
    places = [told.index(one) for one in ("With the moderator", "Work received", "Work sent", "Claim submitted")]
    assert places == sorted(places)  # the newest first
    assert "Fee" not in told
