"""The first page of a centre, its badges and the Next line."""

from datetime import UTC, datetime, timedelta

import pytest

from conferral.actions.claims import claim_again, withdraw_unmet_claim
from conferral.actions.consignments import log_unmatched_work, record_despatch, return_unmatched_work
from conferral.pages.centre import next as next_line
from conferral.pages.centre.next import Named, Todo, in_order
from conferral.records import cohorts
from conferral.records.access import acting_as
from conferral.records.centres.today import DRAFT, PARCEL, TO_SEND
from conferral.rules.permissions import CLOCK
from tests.actions.test_journey import decide_all, receive, report
from tests.world import fresh

TODAY = "/centre/"


@pytest.fixture
def officer(as_role):
    return as_role("exams_officer")


def shown(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def despatch(world, claim):
    by = world.acting("exams_officer")
    with acting_as(by):
        assert record_despatch(claim.pk, despatched_on=world.at.date(), carrier="RM", at=world.at, by=by).allowed


def test_nothing_needs_a_centre_without_claims(officer, world):
    text = shown(officer.get(TODAY))
    assert "Nothing needs you." in text
    assert "Nothing is with other people." in text


def test_work_to_be_sent_comes_first_with_its_clock_and_the_rule(officer, world):
    draft = world.draft(count=1)
    claim = world.submitted(count=2)
    text = shown(officer.get(TODAY))
    first = text.index(f"Send the work for claim {claim.number}")
    assert first < text.index(f"Finish draft claim {draft.number}")
    assert "1 day" in text
    assert "12:30 tomorrow" in text
    assert "If it has not arrived by the end of Mon 30 November, the claim is withdrawn" in text
    assert "/rules/work-still-in-time/" in text
    assert f"/centre/claims/{claim.number}/despatch/" in text
    assert "2 things need you" in text


def test_work_on_its_way_is_with_others_with_the_day_of_its_result(officer, world):
    claim = world.submitted()
    despatch(world, claim)
    text = shown(officer.get(TODAY))
    assert "Nothing needs you." in text
    assert "In the post since 23 November 2026, not yet logged as received." in text
    assert "Result expected by 14 January 2027." in text
    receive(world, claim)
    assert "With Adaeze Featherstonehaugh-Nkemelu." in shown(officer.get(TODAY))


def test_a_claim_withdrawn_for_missing_work_is_asked_for_until_it_is_claimed_again(officer, world, settings):
    claim = world.submitted()
    late = world.at + timedelta(days=8)
    settings.CLOCK = lambda: late
    with acting_as(CLOCK):
        assert withdraw_unmet_claim(claim.pk, at=late, by=CLOCK).allowed
    assert f"Claim again what was in claim {claim.number}" in shown(officer.get(TODAY))
    by = world.acting("assessor")
    with acting_as(by):
        draft = claim_again(claim.pk, at=late, by=by)
    text = shown(officer.get(TODAY))
    assert "Claim again" not in text
    assert f"Finish draft claim {draft.number}" in text


def test_a_new_feedback_report_is_asked_for_until_it_is_marked_as_read(officer, world):
    claim = world.submitted(count=1)
    receive(world, claim)
    decide_all(world, claim)
    assert report(world, claim).allowed
    assert f"Read the feedback report for claim {claim.number}" in shown(officer.get(TODAY))
    assert officer.post(f"/centre/results/{claim.number}/read/").status_code == 303
    assert "Read the feedback report" not in shown(officer.get(TODAY))


def test_candidates_are_counted_by_scheme_and_readiness_with_links(officer, world):
    world.submitted(count=2)
    text = shown(officer.get(TODAY))
    assert '<a href="/centre/readiness/?scheme=09628&amp;status=ready">2<span' in text
    assert '<a href="/centre/readiness/?scheme=09628&amp;status=can_finish">3<span' in text
    assert 'class="app-share__ready" x="0.0" width="40.0"' in text
    assert "stopped certificating on 31 December 2014" in text


def test_a_centre_with_too_many_open_registrations_is_told_that_they_are_not_counted(officer, world, monkeypatch):
    monkeypatch.setattr(cohorts, "COUNTED", 4)
    text = shown(officer.get(TODAY))
    assert "have no award yet, so they are not counted here" in text
    assert "/centre/readiness/?scheme=09628" in text
    assert "status=ready" not in text


def test_dates_ahead_are_shown_in_their_season(officer, world, settings):
    settings.CLOCK = lambda: datetime(2013, 11, 15, 9, tzinfo=UTC)
    text = shown(officer.get(TODAY))
    assert "Dates to plan for" in text
    assert "Tuesday 31 December 2013" in text
    assert "Last day to register candidates of 10263." in text


def test_an_internal_verifier_is_not_asked_for_what_only_others_may_do(as_role, world):
    world.submitted()
    text = shown(as_role("internal_verifier").get(TODAY))
    assert "Nothing needs you." in text


def test_other_pages_carry_the_next_line_and_badges(officer, world):
    claim = world.submitted()
    text = shown(officer.get("/centre/candidates/"))
    assert f'Send the work for <a href="/centre/claims/{claim.number}/">claim {claim.number}</a>' in text
    assert "by 12:30 tomorrow, in 1 day." in text
    assert text.count('class="app-badge"') == 4
    assert 'class="app-next"' not in shown(officer.get(TODAY))
    assert 'class="app-next"' not in shown(officer.get(f"/centre/claims/{claim.number}/"))


def test_what_needs_the_centre_is_read_by_one_query(world, rf, django_assert_num_queries):
    world.submitted()
    request = rf.get("/centre/candidates/")
    request.at, request.acting = world.at, world.acting("exams_officer")
    with acting_as(request.acting), django_assert_num_queries(1):
        next_line.centre_chrome(request)


def test_as_many_queries_for_forty_claims_as_for_two(officer, world, django_assert_max_num_queries):
    world.draft(count=1)
    despatch(world, world.submitted(count=1))
    with django_assert_max_num_queries(33) as few:
        officer.get(TODAY)
    for _ in range(38):
        world.draft(count=1)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert "40 things" not in shown(officer.get(TODAY))


def test_work_that_came_without_a_claim_is_asked_for_until_it_goes_back(officer, world):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        parcel = log_unmatched_work(world.centre, "Two folders for 09628.", at=world.at, by=by, fresh=fresh())
    text = shown(officer.get(TODAY))
    assert "Make the claim for parcel" in text
    assert "Two folders for 09628." in text
    with acting_as(by):
        assert return_unmatched_work(parcel.pk, at=world.at, by=by).allowed
    assert "Make the claim for parcel" not in shown(officer.get(TODAY))


def test_an_overdue_action_comes_before_what_is_due_later_and_after_work_to_be_sent():
    """The order is that of the moments, but what a claim would be withdrawn for comes first."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    named = Named("Do", "it", "/", "/")
    todos = {
        TO_SEND: [Todo(named, "Send", until=at + timedelta(hours=3))],
        PARCEL: [
            Todo(named, "Claim", until=at + timedelta(days=3)),
            Todo(named, "Reply", until=at - timedelta(days=18)),
        ],
        DRAFT: [Todo(named, "Finish")],
    }
    assert [todo.verb for todo in in_order(todos)] == ["Send", "Reply", "Claim", "Finish"]
