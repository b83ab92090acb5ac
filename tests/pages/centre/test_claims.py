"""The centre's list of claims, a new one, checking it, and following it to the end."""

from datetime import timedelta

import pytest
from django.urls import reverse

from conferral.actions.claims import say_of_units, start_claim, withdraw_unmet_claim
from conferral.actions.consignments import receive_work, record_despatch
from conferral.actions.reviews import decide_unit, send_report
from conferral.records.access import acting_as
from conferral.records.claims.models import Claim
from conferral.records.claims.queries import Pair
from conferral.records.moderation.models import Allocation
from conferral.rules.permissions import CLOCK
from tests.world import UNITS


def text_of(response):
    return " ".join(response.content.decode().split())


def page(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    return text_of(response)


def drafts(world, count):
    by = world.acting("assessor")
    with acting_as(by):
        return [start_claim("09628", at=world.at, by=by) for _ in range(count)]


def received(world, claim):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        verdict, _ = receive_work(claim.consignments.get().reference, at=world.at, by=by)
    assert verdict.allowed


def decided(world, claim, outcome="confirmed", reason=None):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        for unit in claim.units.all():
            decide_unit(unit.pk, outcome, reason_code=reason, feedback="2.4 is missing", at=world.at, by=by)


def reported(world, claim):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        send_report(claim.pk, went_well="Clear marking", to_improve="", actions="", at=world.at, by=by)


def withdrawn(world, claim):
    with acting_as(CLOCK):
        assert withdraw_unmet_claim(claim.pk, at=world.at + timedelta(days=8), by=CLOCK).allowed


# ---- The list


def test_the_list_says_what_is_next_and_by_when(as_role, world):
    claim = world.submitted(count=2)
    shown = page(as_role("exams_officer"), "centre_claims")
    assert f">{claim.number}</a>" in shown
    assert "2 candidates, 6 units" in shown
    assert "Send the work" in shown
    assert "12:30 tomorrow" in shown


def test_the_list_begins_with_the_first_step(as_role, world):
    shown = page(as_role("exams_officer"), "centre_claims")
    assert "Your centre has made no claim yet" in shown
    assert reverse("centre_new_claim") in shown


def test_the_list_is_filtered_by_state(as_role, world):
    (draft,) = drafts(world, 1)
    claim = world.submitted()
    client = as_role("exams_officer")
    assert (
        reverse("centre_claim", args=[claim.pk]) not in page(client, "centre_claims", state="draft").split("<main")[1]
    )
    assert reverse("centre_claim", args=[draft.pk]) in page(client, "centre_claims", state="draft")
    assert "No claim of your centre is in this state" in page(client, "centre_claims", state="withdrawn")


def test_older_claims_are_on_the_next_page(as_role, world):
    made = drafts(world, 52)
    client = as_role("exams_officer")
    assert f"before={made[2].pk}" in page(client, "centre_claims")
    shown = page(client, "centre_claims", before=made[2].pk)
    assert [f"/claims/{one.pk}/" in shown.split("<table")[1] for one in made[:3]] == [True, True, False]


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1e5", "¹", "", "0"])
def test_a_hostile_page_number_is_passed_over(as_role, world, before):
    page(as_role("exams_officer"), "centre_claims", before=before, state="<b>")


@pytest.mark.parametrize("count", [2, 40])
def test_the_list_asks_as_often_for_many_claims_as_for_few(as_role, world, django_assert_max_num_queries, count):
    drafts(world, count)
    world.submitted()
    client = as_role("exams_officer")
    with django_assert_max_num_queries(24):
        page(client, "centre_claims")


def test_an_internal_verifier_sees_claims_and_starts_none(as_role, world):
    client = as_role("internal_verifier")
    draft = world.draft()
    assert "Start a claim" not in page(client, "centre_claims")
    assert "This claim is a draft" in page(client, "centre_claim", draft.pk)
    assert client.get(reverse("centre_new_claim")).status_code == 403
    assert client.post(reverse("centre_claim_check", args=[draft.pk])).status_code == 403


# ---- A new claim


def test_a_claim_is_started_in_a_scheme_with_candidates(as_role, world):
    client = as_role("assessor")
    response = client.post(reverse("centre_new_claim"), {"scheme": "09628"})
    claim = Claim.objects.get()
    assert response.url == reverse("centre_claim_units", args=[claim.pk, UNITS[0]])


def test_what_cannot_be_claimed_is_said_before_the_claim_is_started(as_role, world):
    shown = page(as_role("assessor"), "centre_new_claim")
    assert "10263 stopped certificating on 31 December 2014" in shown
    assert "Ask which achieved units transfer" in shown
    assert "/rules/claim-after-final-certification/" in shown


@pytest.mark.parametrize("scheme", ["10263", "99999", "", "09628' --"])
def test_a_scheme_that_cannot_be_claimed_starts_nothing(as_role, world, scheme):
    response = as_role("assessor").post(reverse("centre_new_claim"), {"scheme": scheme})
    assert response.status_code == 422
    assert "<title>Error:" in text_of(response)
    assert not Claim.objects.exists()


def test_without_a_moderator_a_draft_may_be_begun_and_the_page_says_that_it_waits(as_role, world):
    Allocation.objects.filter(scheme="09628").delete()
    client = as_role("assessor")
    assert "Nobody has been allocated yet" in page(client, "centre_new_claim")
    assert client.post(reverse("centre_new_claim"), {"scheme": "09628"}).status_code == 302


# ---- Checking and submitting


def test_the_check_says_what_goes_and_submits_it(as_role, world):
    draft = world.draft(count=2)
    client = as_role("assessor")
    shown = page(client, "centre_claim_check", draft.pk)
    assert "Submit 2 candidates, 6 units" in shown
    assert "submit when you are confident of every unit" in shown
    assert "still a draft" not in shown
    response = client.post(reverse("centre_claim_check", args=[draft.pk]))
    assert response.url == reverse("centre_claim", args=[draft.pk])
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_by, draft.submitted_at) == ("submitted", world.people["assessor"], world.at)


def test_a_draft_begun_earlier_is_not_forgotten(as_role, world):
    earlier, later = world.draft(count=1, units=UNITS[:1]), world.draft(count=1, units=UNITS[1:])
    client = as_role("assessor")
    said = f"Claim {earlier.pk} in 09628 was begun earlier and is still a draft"
    assert said in page(client, "centre_claim_check", later.pk)
    assert said not in page(client, "centre_claim_check", earlier.pk)
    assert client.post(reverse("centre_claim_check", args=[later.pk])).status_code == 302


def test_what_cannot_go_is_named_with_its_reason_and_kept_in_a_draft(as_role, world):
    draft = world.draft(count=2)
    by = world.acting("assessor")
    with acting_as(by):
        wrong = Pair(world.registrations[1].pk, UNITS[0])
        say_of_units(draft.pk, [wrong], evidence_kind="unit_proof", at=world.at, by=by)
    client = as_role("assessor")
    shown = page(client, "centre_claim_check", draft.pk)
    assert "1 candidate has units that can’t go" in shown
    assert "can&#x27;t stand in for" in shown
    assert "Submit 2 candidates, 5 units" in shown
    response = client.post(reverse("centre_claim_check", args=[draft.pk]), follow=True)
    kept = Claim.objects.get(state="draft")
    assert f"What could not go is kept in draft {kept.pk}" in text_of(response)


def test_when_nothing_can_go_there_is_no_button_but_three_remedies(as_role, world):
    (draft,) = drafts(world, 1)
    client = as_role("assessor")
    shown = page(client, "centre_claim_check", draft.pk)
    assert "Nothing can go as it stands" in shown
    assert ">Submit " not in shown
    for remedy in ("Tick at least one unit", "Choose other candidates or units", "Leave it for now"):
        assert remedy in shown
    response = client.post(reverse("centre_claim_check", args=[draft.pk]))
    assert response.status_code == 422


def test_submitting_twice_is_refused_with_a_sentence(as_role, world):
    claim = world.submitted()
    client = as_role("assessor")
    response = client.post(reverse("centre_claim_check", args=[claim.pk]))
    assert response.status_code == 422
    assert "This claim is submitted, so you can&#x27;t submit" in text_of(response)


@pytest.mark.parametrize("name", ["centre_claim", "centre_claim_check", "centre_claim_judged", "centre_despatch"])
@pytest.mark.parametrize("number", [404, 10**30])
def test_a_claim_that_is_not_there_is_not_found(as_role, world, name, number):
    assert as_role("exams_officer").get(reverse(name, args=[number])).status_code == 404


@pytest.mark.parametrize("name", ["centre_take_back", "centre_claim_again", "centre_despatch", "centre_claim_check"])
def test_doing_something_to_a_claim_that_is_not_there_finds_nothing(as_role, world, name):
    assert as_role("exams_officer").post(reverse(name, args=[404]), {}).status_code == 404


# ---- Following a claim


def test_a_submitted_claim_says_where_the_work_goes_and_by_when(as_role, world):
    claim = world.submitted()
    shown = page(as_role("exams_officer"), "centre_claim", claim.pk)
    assert "send the work" in shown
    assert "by 12:30 tomorrow" in shown
    assert "4 Upper Cwmrhydyceirw Terrace<br>Machynlleth SY20 0ZZ" in shown
    assert "No plastic pockets" in shown
    assert "If it has not been logged by the end of Monday 30 November 2026" in shown
    assert "5 working days is this organisation’s own reading" in shown
    assert "19 rules judged" in shown


def test_the_facts_that_were_judged_can_be_read(as_role, world):
    claim = world.submitted()
    shown = page(as_role("exams_officer"), "centre_claim_judged", claim.pk)
    assert "verifier-is-assessor" in shown
    assert "Gwenllian ap Rhys-Mbeki" in shown
    assert "Oluwaseun Adeyemi" in shown
    assert "Monday 23 November 2026" in shown


def test_a_claim_is_taken_back(as_role, world):
    claim = world.submitted()
    client = as_role("assessor")
    assert client.post(reverse("centre_take_back", args=[claim.pk])).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "draft"
    assert client.get(reverse("centre_take_back", args=[claim.pk])).status_code == 405


def test_a_claim_that_is_decided_is_not_taken_back(as_role, world):
    claim = world.submitted()
    received(world, claim)
    decided(world, claim)
    client = as_role("assessor")
    assert "Take back" not in page(client, "centre_claim", claim.pk)
    response = client.post(reverse("centre_take_back", args=[claim.pk]))
    assert response.status_code == 422
    assert "until the moderator opens it" in text_of(response)


def test_decisions_are_shown_once_the_report_is_sent(as_role, world):
    claim = world.submitted(count=1)
    received(world, claim)
    decided(world, claim, "not_awarded", "INCOMPLETE")
    client = as_role("exams_officer")
    before = page(client, "centre_claim", claim.pk)
    assert "There is nothing for you to do" in before
    assert "Not awarded" not in before
    assert "Unit decided" not in before
    reported(world, claim)
    after = page(client, "centre_claim", claim.pk)
    assert "Clear marking" in after
    assert "Not awarded" in after
    assert "Incomplete: criteria without evidence" in after


def test_a_withdrawn_claim_says_why_and_is_claimed_again(as_role, world):
    claim = world.submitted()
    withdrawn(world, claim)
    client = as_role("assessor")
    assert "No work had arrived by the end of Monday 30 November 2026" in page(client, "centre_claim", claim.pk)
    response = client.post(reverse("centre_claim_again", args=[claim.pk]))
    draft = Claim.objects.get(state="draft")
    assert response.url == reverse("centre_claim_units", args=[draft.pk, UNITS[0]])
    assert draft.units.count() == 6
    assert f"draft {draft.pk}" in page(client, "centre_claim", claim.pk)


def test_a_claim_that_is_not_withdrawn_is_not_claimed_again(as_role, world):
    claim = world.submitted()
    assert as_role("assessor").post(reverse("centre_claim_again", args=[claim.pk])).status_code == 404


# ---- Despatch


def test_despatch_is_recorded(as_role, world):
    claim = world.submitted()
    client = as_role("exams_officer")
    assert "23/11/2026" in page(client, "centre_despatch", claim.pk)
    sent = {"despatched_on": "23/11/2026", "carrier": "Royal Mail", "tracking": "AB 12"}
    assert client.post(reverse("centre_despatch", args=[claim.pk]), sent).status_code == 302
    assert claim.consignments.get().tracking == "AB 12"
    assert "Sent on Monday 23 November 2026 with Royal Mail" in page(client, "centre_claim", claim.pk)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("despatched_on", "31/02/2026", "There is no such day"),
        ("despatched_on", "yesterday", "There is no such day"),
        ("despatched_on", "", "Enter the day on which the work was sent"),
        ("despatched_on", "22/11/2026", "Work follows its claim"),
        ("despatched_on", "24/11/2026", "24 November 2026 has not come yet"),
        ("carrier", "", "Enter who carries the work"),
        ("carrier", "x" * 61, "Shorten the carrier"),
        ("tracking", "x" * 61, "Shorten the tracking number"),
    ],
)
def test_a_despatch_that_cannot_be_is_refused_beside_its_field(as_role, world, field, typed, said):
    claim = world.submitted()
    sent = {"despatched_on": "23/11/2026", "carrier": "Royal Mail", "tracking": "", field: typed}
    response = as_role("exams_officer").post(reverse("centre_despatch", args=[claim.pk]), sent)
    assert response.status_code == 422
    assert said in text_of(response)
    assert claim.consignments.get().state == "awaited"


def test_late_despatch_is_warned_and_taken(as_role, world, settings):
    claim = world.submitted()
    settings.CLOCK = lambda: world.at + timedelta(hours=25)
    client = as_role("exams_officer")
    assert "The work was to be sent within 24 hours" in page(client, "centre_despatch", claim.pk)
    sent = {"despatched_on": "24/11/2026", "carrier": "Royal Mail"}
    assert client.post(reverse("centre_despatch", args=[claim.pk]), sent).status_code == 302


def test_despatch_is_recorded_once(as_role, world):
    claim = world.submitted()
    by = world.acting("exams_officer")
    with acting_as(by):
        record_despatch(claim.pk, despatched_on=world.at.date(), carrier="A", at=world.at, by=by)
    client = as_role("exams_officer")
    assert client.get(reverse("centre_despatch", args=[claim.pk])).status_code == 302
    response = client.post(reverse("centre_despatch", args=[claim.pk]), {"despatched_on": "23/11/2026", "carrier": "B"})
    assert response.status_code == 422
    assert claim.consignments.get().carrier == "A"
