"""Allocations proposed for every batch at once: accepted, edited, locked, proposed again, and refused."""

from datetime import date, timedelta
from time import perf_counter

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from conferral.actions.allocations import accept_proposal, choose_moderator, lock_proposal, propose_allocations
from conferral.actions.candidates import register_candidate
from conferral.actions.centres import add_centre, add_person, allocate, approve_centre, declare_interest
from conferral.actions.moderators import change_most_batches, enter_competence, enter_contract
from conferral.batch import jobs
from conferral.pages.desk import proposals
from conferral.records.access import acting_as
from conferral.records.allocation.models import AllocationRun, Contract, ProposedAllocation
from conferral.records.ledger.models import Event
from conferral.records.letters.models import Letter
from conferral.records.moderation.models import Allocation
from conferral.rules.permissions import Acting
from tests.pages.moderator.test_review import address, words
from tests.world import INSTALLER

ULNS = ("2000000004", "2000000012", "2000000020", "2000000039", "2000000047")


def uln(number):
    """A learner number with its check digit."""
    for nine in range(100000000 + 1000 * number, 10**9):
        left = sum((10 - place) * int(digit) for place, digit in enumerate(str(nine))) % 11
        if left:
            return f"{nine}{10 - left}"
    raise ValueError(number)


def opened(world, number, *schemes, days=3):
    """A centre with a candidate in each scheme, and nobody who looks at the work."""
    add_centre(number, f"Centre {number}", nation="wales", address="Barry CF62 0AA", at=world.at, by=INSTALLER)
    officer = add_person("Office", "exams_officer", centre=number, at=world.at, by=INSTALLER)
    by = Acting("centre", officer.pk, number, ("exams_officer",))
    for place, scheme in enumerate(schemes):
        approve_centre(number, scheme, on=date(2010, 1, 1), at=world.at, by=INSTALLER)
        cells = {"scheme": scheme, "uln": uln(int(number) + 7 * place), "first_names": "A", "last_name": "B",
                 "born_on": "14/03/2000"}  # fmt: skip
        with acting_as(by):
            verdict, made = register_candidate(cells, at=world.at - timedelta(days=days), by=by)
        assert made, verdict


@pytest.fixture
def una(world):
    """Another moderator, agreed for two batches of 09628."""
    person = add_person("Una Ó Sé", "examiner_moderator", email="una@example.org", address="Barry CF62 0AB",
                        at=world.at, by=INSTALLER)  # fmt: skip
    enter_competence(person.pk, "09628", since=date(2010, 1, 1), at=world.at, by=INSTALLER)
    enter_contract(person.pk, date(2010, 1, 1), None, most_batches=2, at=world.at, by=INSTALLER)
    return person


@pytest.fixture
def agreed(world, una):
    """The moderators of the world agreed for no more than they hold, so that Una is left."""
    for role, scheme in (("examiner_moderator", "09628"), ("external_verifier", "10263")):
        enter_competence(world.people[role].pk, scheme, since=date(2010, 1, 1), at=world.at, by=INSTALLER)
        enter_contract(world.people[role].pk, date(2010, 1, 1), None, most_batches=1, at=world.at, by=INSTALLER)


@pytest.fixture
def desk(as_role):
    return as_role("allocation_officer")


def proposed(world, **more):
    by = world.acting("allocation_officer")
    with acting_as(by):
        return propose_allocations(timer=perf_counter, at=world.at, by=by, **more)


def doing(action, world, *arguments, by=None, later=0, seen=0):
    acting = by or world.acting("allocation_officer")
    with acting_as(acting):
        return action(
            *arguments, seen_at=world.at + timedelta(minutes=seen), at=world.at + timedelta(minutes=later), by=acting
        )


def rules(verdict):
    return [one.rule for one in verdict.refused]


def test_everything_feasible_is_placed_and_the_rest_is_explained(world, agreed, una, desk):
    opened(world, "70001", "09628", days=3)
    opened(world, "70002", "09628", days=9)
    opened(world, "70003", "09628", "04523", days=5)
    assert "Nothing has been proposed yet" in words(desk.get(address("desk_proposals")))
    assert desk.post(address("desk_propose")).status_code == 303
    run = AllocationRun.objects.get()
    assert run.proven
    assert run.batches == 4
    placed = run.proposals.filter(state="proposed")
    # Two are agreed with Una: those that have waited longest come first.
    assert list(placed.order_by("centre").values_list("centre", "moderator")) == [
        ("70002", una.pk), ("70003", una.pk),
    ]  # fmt: skip
    left = run.proposals.get(state="unplaced", centre="70001")
    assert left.excluded == {"allocation-without-competence": 1, "allocation-beyond-agreed": 2, "full": 1}
    page = words(desk.get(address("desk_proposals")))
    assert "Allocate 4 batches" in page
    assert "2 placed, 2 need you" in page
    assert "Agree on more than 2 batches with Una Ó Sé" in page
    assert "nter 04523 for another moderator" in page
    assert "Proved the best under these weights" in page
    assert "0 + 2 of 2" in page
    assert Event.objects.get(verb="allocations_proposed").facts["unplaced"] == 2


def test_accepting_gives_the_work_and_tells_centre_and_moderator(world, agreed, una, desk):
    opened(world, "70001", "09628")
    opened(world, "70002", "09628")
    run = proposed(world)
    one = run.proposals.get(centre="70001")
    sent = {"run": run.pk, "seen_at": world.at.isoformat()}
    assert desk.post(address("desk_act_on_proposals"), sent | {"verb": "accept"}).status_code == 303
    assert not Allocation.objects.filter(moderator=una.pk).exists()
    assert desk.post(address("desk_act_on_proposals"), sent | {"verb": "accept", "proposal": one.pk}).status_code == 303
    assert Allocation.objects.get(moderator=una.pk).centre_id == "70001"
    assert Letter.objects.filter(person=una, subject__contains="70001").exists()
    assert Letter.objects.filter(centre="70001", subject="09628: Una Ó Sé looks at your work").exists()
    assert desk.post(address("desk_act_on_proposals"), sent | {"verb": "accept_all"}).status_code == 303
    assert Allocation.objects.filter(moderator=una.pk).count() == 2
    assert set(run.proposals.values_list("state", flat=True)) == {"accepted"}
    assert Event.objects.filter(verb="proposal_accepted", stream="70001").exists()
    assert "Everything that was proposed is accepted" in words(desk.get(address("desk_proposals")))


def test_what_the_rules_refuse_by_now_is_not_accepted_and_says_so(world, agreed, una, desk):
    opened(world, "70001", "09628")
    run = proposed(world)
    declare_interest(una.pk, "70001", on=world.at.date(), at=world.at, by=INSTALLER)
    answer = desk.post(
        address("desk_act_on_proposals"), {"run": run.pk, "verb": "accept_all", "seen_at": world.at.isoformat()}
    )
    assert answer.status_code == 422
    assert "has declared an interest in the centre" in words(answer)
    assert run.proposals.get().state == "proposed"
    # And whatever a page or an action does, the database refuses it.
    with pytest.raises(IntegrityError, match="reviewer-has-interest"), transaction.atomic():
        Allocation.objects.create(
            centre_id="70001", scheme_id="09628", moderator_id=una.pk, days=(world.at.date(), None)
        )


def test_nobody_is_proposed_for_work_they_touched_or_have_an_interest_in(world, agreed, una):
    opened(world, "70001", "09628")
    declare_interest(una.pk, "70001", on=world.at.date(), at=world.at, by=INSTALLER)
    assert proposed(world).proposals.get().state == "unplaced"
    # An allocation ended, open work that Una assessed: not hers either.
    claim = world.submitted(count=1)
    claim.units.update(assessor=una.pk)
    change_most_batches(Contract.objects.get(moderator=world.people["examiner_moderator"].pk).pk, 2, at=world.at,
                        by=INSTALLER)  # fmt: skip
    Allocation.objects.filter(centre="61423", scheme="09628").delete()
    mine = proposed(world).proposals.get(centre="61423")
    assert mine.moderator_id == world.people["examiner_moderator"].pk
    with acting_as(world.acting("allocation_officer")):
        verdict = allocate("61423", "09628", una.pk, on=world.at.date(), at=world.at, by=INSTALLER)
    assert rules(verdict) == ["allocation-of-touched-work"]


def test_somebody_else_is_chosen_and_locked_and_stays_when_all_is_proposed_again(world, una, desk):
    opened(world, "70001", "09628")
    opened(world, "70002", "09628")
    run = proposed(world)
    one = run.proposals.get(centre="70001")
    page = words(desk.get(address("desk_proposal", one.pk)))
    assert "Una Ó Sé, would hold 1 batch of 2 agreed" in page
    other = world.people["external_verifier"].pk if one.moderator_id == una.pk else una.pk
    sent = {"moderator": other, "seen_at": world.at.isoformat()}
    assert desk.post(address("desk_proposal", one.pk), {"moderator": ""}).status_code == 422
    assert desk.post(address("desk_proposal", one.pk), sent).status_code == 303
    one.refresh_from_db()
    assert (one.state, one.moderator_id) == ("locked", other)
    assert "Propose again, keep 1 locked" in words(desk.get(address("desk_proposals")))
    assert desk.post(address("desk_propose")).status_code == 303
    again = AllocationRun.objects.latest("id").proposals.get(centre="70001")
    assert (again.state, again.moderator_id, again.instead_of_id) == ("locked", other, one.instead_of_id)
    one.refresh_from_db()
    assert one.state == "replaced"
    assert "This proposal is settled" in words(desk.get(address("desk_proposal", one.pk)))
    sent = {"run": again.run_id, "seen_at": world.at.isoformat(), "proposal": again.pk, "verb": "unlock"}
    assert desk.post(address("desk_act_on_proposals"), sent).status_code == 303
    again.refresh_from_db()
    assert again.state == "proposed"


def test_somebody_is_found_among_many_by_part_of_a_name(world, agreed, una, desk):
    opened(world, "70001", "09628")
    for place, name in enumerate([*(f"Moderator {n:02}" for n in range(30)), "João Ó Sé", "Małgorzata Øster"]):
        person = add_person(name, "examiner_moderator", email=f"m{place}@example.org", address="Leeds LS8 0ZZ",
                            at=world.at, by=INSTALLER)  # fmt: skip
        enter_competence(person.pk, "09628" if place % 3 else "10263", since=date(2010, 1, 1), at=world.at,
                         by=INSTALLER)  # fmt: skip
    one = proposed(world).proposals.get()
    page = words(desk.get(address("desk_proposal", one.pk)))
    assert "The rules allow 22. The first 20 are listed." in page
    assert page.index(one.moderator.person.name) < page.index("Moderator 01")
    found = words(desk.get(address("desk_proposal", one.pk) + "?who=MALGORZATA+oster"))
    assert "1 of 22 whom the rules allow" in found
    assert "Małgorzata Øster, would hold 1 batch" in found
    assert "Moderator 01" not in found
    kept_out = words(desk.get(address("desk_proposal", one.pk) + "?who=moderator+03"))
    assert "0 of 22 whom the rules allow" in kept_out
    assert "Moderator 03 This moderator is not entered for 09628" in kept_out
    assert desk.post(address("desk_proposal", one.pk), {"moderator": person.pk}).status_code == 303
    one.refresh_from_db()
    assert one.moderator_id == person.pk


def test_an_edit_that_a_rule_refuses_changes_nothing(world, agreed, una, desk):
    opened(world, "70001", "09628")
    one = proposed(world).proposals.get()
    full = world.people["examiner_moderator"].pk
    assert rules(doing(choose_moderator, world, one.pk, full)) == ["allocation-beyond-agreed"]
    answer = desk.post(address("desk_proposal", one.pk), {"moderator": full})
    assert answer.status_code == 422
    assert "Choose one of the list" in words(answer)
    one.refresh_from_db()
    assert (one.state, one.moderator_id) == ("proposed", una.pk)


def test_a_lock_that_a_rule_refuses_by_now_is_proposed_anew(world, agreed, una):
    opened(world, "70001", "09628")
    one = proposed(world).proposals.get()
    assert doing(lock_proposal, world, one.pk).allowed
    declare_interest(una.pk, "70001", on=world.at.date(), at=world.at, by=INSTALLER)
    assert proposed(world).proposals.get().state == "unplaced"


def test_two_at_once_the_second_hears_who_was_quicker(world, agreed, una, desk):
    opened(world, "70001", "09628")
    one = proposed(world).proposals.get()
    colleague = add_person("Nerys Vaughan-Igwe", "allocation_officer", email="n@example.org", at=world.at, by=INSTALLER)
    other = Acting("desk", colleague.pk, None, ("allocation_officer",))
    assert doing(lock_proposal, world, one.pk, by=other, later=2).allowed
    verdict = doing(accept_proposal, world, one.pk, seen=1, later=3)
    assert rules(verdict) == ["proposal-changed-by-another"]
    assert (
        verdict.refused[0].text == "Nerys Vaughan-Igwe changed this at 12:32 on 23 November, after you opened the page."
    )
    assert doing(accept_proposal, world, one.pk, seen=3, later=3).allowed
    quicker = doing(accept_proposal, world, one.pk, by=other, seen=2, later=4)
    assert rules(quicker) == ["proposal-changed-by-another", "no-such-move"]
    assert "Efa Llŷr Gwilym changed this" in quicker.refused[0].text
    assert Allocation.objects.filter(moderator=una.pk).count() == 1


def test_who_else_is_working_on_the_proposals_is_named(world, agreed, una, desk):
    opened(world, "70001", "09628")
    one = proposed(world).proposals.get()
    colleague = add_person("Nerys Vaughan-Igwe", "allocation_officer", email="n@example.org", at=world.at, by=INSTALLER)
    doing(lock_proposal, world, one.pk, by=Acting("desk", colleague.pk, None, ("allocation_officer",)), later=-5)
    assert "Nerys Vaughan-Igwe is working on these proposals too" in words(desk.get(address("desk_proposals")))


def test_nothing_to_allocate(world, desk):
    assert desk.post(address("desk_propose"), follow=True).status_code == 200
    run = AllocationRun.objects.get()
    assert (run.batches, run.cost, run.proven) == (0, 0, True)
    assert "Nothing waits" in words(desk.get(address("desk_proposals")))


def test_nothing_can_be_placed(world, agreed, una, desk):
    opened(world, "70001", "04523")
    desk.post(address("desk_propose"))
    page = words(desk.get(address("desk_proposals")))
    assert "No batch could be placed." in page
    assert "3 not entered for the scheme" in page


def test_weights_decide_and_wrong_ones_are_refused(world, una, desk):
    """Una is in the centre's region; the other one knows the centre from another scheme."""
    knows = world.people["examiner_moderator"].pk
    opened(world, "70001", "09628", "04522")
    allocate("70001", "04522", knows, on=world.at.date() - timedelta(days=90), at=world.at, by=INSTALLER)
    given = dict.fromkeys(("continuity", "even_load", "travel", "post", "turnaround"), 0)
    assert desk.post(address("desk_weights"), given | {"continuity": 50}).status_code == 303
    one = AllocationRun.objects.latest("id").proposals.get()
    assert one.moderator_id == knows
    assert one.why.startswith("Knows this centre since 2026")
    assert desk.post(address("desk_weights"), given | {"even_load": 100}).status_code == 303
    assert AllocationRun.objects.latest("id").proposals.get().moderator_id != knows
    for wrong in ({"continuity": -1}, {"continuity": "x"}, {"continuity": 10**9}, {"continuity": ""}):
        answer = desk.post(address("desk_weights"), given | wrong)
        assert answer.status_code == 422
        assert "Enter a whole number from 0 to 1,000" in words(answer)


def test_many_are_left_to_a_worker(world, agreed, una, desk, monkeypatch):
    opened(world, "70001", "09628")
    opened(world, "70002", "09628")
    monkeypatch.setattr(proposals, "AT_ONCE_BATCHES", 1)
    monkeypatch.setattr(proposals, "AT_ONCE_ACCEPTED", 1)
    for _ in range(2):
        assert desk.post(address("desk_propose")).status_code == 303
    job = ProcrastinateJob.objects.get(task_name=jobs.propose_for_all.name)
    assert "being worked out" in words(desk.get(address("desk_proposals")))
    assert jobs.propose_for_all.func(**job.args) == 2
    run = AllocationRun.objects.get()
    assert run.made_by_id == world.people["allocation_officer"].pk
    sent = {"run": run.pk, "seen_at": world.at.isoformat(), "verb": "accept_all"}
    assert desk.post(address("desk_act_on_proposals"), sent).status_code == 303
    job = ProcrastinateJob.objects.get(task_name=jobs.accept_all.name)
    assert jobs.accept_all.func(**job.args) == 2
    assert jobs.accept_all.func(**job.args) == 0
    assert Allocation.objects.filter(moderator=una.pk).count() == 2
    assert {jobs.propose_for_all.name, jobs.accept_all.name} <= set(app.tasks)


def test_pages_of_proposals_follow_each_other_and_lose_none(world, una, desk, monkeypatch):
    monkeypatch.setattr(proposals, "PAGE", 2)
    monkeypatch.setattr(proposals, "SHOWN_UNPLACED", 1)
    for number in range(70001, 70006):
        opened(world, str(number), "09628", days=number % 3)
    for number in (70006, 70007):
        opened(world, str(number), "04523")
    for person in (*world.people.values(), una):
        if hasattr(person, "moderator"):
            enter_competence(person.pk, "09628", since=date(2010, 1, 1), at=world.at, by=INSTALLER)
    proposed(world)
    seen, url = [], address("desk_proposals")
    while url:
        page = desk.get(url).context["page"]
        seen += [row["one"].centre_id for row in page["rows"]]
        url = address("desk_proposals") + page["next_url"] if page["next_url"] else ""
    assert sorted(seen) == ["70001", "70002", "70003", "70004", "70005"]
    first = desk.get(address("desk_proposals")).context["page"]
    second = desk.get(address("desk_proposals") + first["cant_next_url"]).context["page"]
    assert {first["cant"][0]["one"].centre_id, second["cant"][0]["one"].centre_id} == {"70006", "70007"}
    assert not second["cant_next_url"]
    for odd in ("x", "2026-13-01_1", "_", "2026-11-01_x", "9999-12-31_99999999999999999999"):
        assert desk.get(address("desk_proposals"), {"after": odd, "unplaced": odd}).status_code == 200


def test_only_the_desk_sees_and_only_the_allocation_officer_decides(world, agreed, una, as_role):
    opened(world, "70001", "09628")
    run = proposed(world)
    quality = as_role("quality_officer")
    page = words(quality.get(address("desk_proposals")))
    assert "Una Ó Sé" in page
    assert "Propose again" not in page
    assert quality.post(address("desk_propose")).status_code == 403
    assert quality.post(address("desk_act_on_proposals"), {"run": run.pk, "verb": "accept_all"}).status_code == 403
    for role in ("exams_officer", "examiner_moderator"):
        assert as_role(role).get(address("desk_proposals")).status_code == 403
        with acting_as(world.acting(role)):
            assert not ProposedAllocation.objects.exists()
            assert not AllocationRun.objects.exists()


def test_the_pages_ask_no_more_when_there_is_more(world, agreed, una, desk, django_assert_max_num_queries):
    for number in range(70001, 70007):
        opened(world, str(number), "09628")
    proposed(world)
    with django_assert_max_num_queries(36):
        desk.get(address("desk_proposals"))
