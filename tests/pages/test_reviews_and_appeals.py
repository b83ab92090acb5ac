"""Reviews of moderation and appeals: asked, given to somebody independent, decided, and in force."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connections, transaction

from conferral.actions.appeals import (
    appoint_reviewer,
    ask_appeal,
    ask_review,
    decide_review,
    issue_review,
    take_back_review,
)
from conferral.actions.centres import add_person, declare_interest
from conferral.actions.charges import credit
from conferral.actions.moderators import enter_competence
from conferral.actions.reviews import decide_unit, send_report
from conferral.records.access import acting_as
from conferral.records.appeals.models import Finding, Review, ReviewedDecision
from conferral.records.appeals.queries import choices
from conferral.records.awards.models import Award
from conferral.records.candidates.models import Achievement
from conferral.records.claims.models import ClaimedUnit
from conferral.records.letters.models import Letter
from conferral.records.moderation.models import Interest, Moderator, UnitDecision
from conferral.records.money.models import Charge, Credit
from conferral.rules.permissions import Acting
from tests.actions.test_journey import process, receive
from tests.world import INSTALLER, build_world, fresh

UNIT = "J/600/1003"


def shown(response, status=200) -> str:
    assert response.status_code == status, response
    return " ".join(response.content.decode().split())


def refusals(verdict) -> list[str]:
    return [reason.rule for reason in verdict.refused]


def people(world):
    """A third moderator, a chief moderator and a second quality officer, beside those that the world has."""
    for name, role in (
        ("Una Ó Sé", "second_moderator"),
        ("Nerys Igwe", "chief_moderator"),
        ("Bo Ek", "second_quality"),
    ):
        held = {"second_moderator": "examiner_moderator", "second_quality": "quality_officer"}.get(role, role)
        world.people[role] = add_person(name, held, email=f"{role}@example.org", at=world.at, by=INSTALLER)


def reported(world, outcome="not_awarded"):
    """A reported claim of two candidates, one unit of the first decided otherwise than confirmed."""
    people(world)
    claim, by = world.submitted(count=2), world.acting("examiner_moderator")
    receive(world, claim)
    with acting_as(by):
        for place, unit in enumerate(claim.units.order_by("registration_id", "unit_id")):
            said = {"reason_code": "THIN_ANSWER"} if place == 0 else {}
            decide_unit(unit.pk, outcome if said else "confirmed", **said, at=world.at, by=by)
        assert send_report(claim.pk, went_well="", to_improve="More depth.", at=world.at, by=by).allowed
    claim.refresh_from_db()
    return claim


@pytest.fixture
def claim(world):
    return reported(world)


def doubted(claim) -> ClaimedUnit:
    return claim.units.get(decision__reason_code="THIN_ANSWER")


def act(world, role, what, *args, at=None, **words):
    by = world.acting(role)
    with acting_as(by):
        return what(*args, at=at or world.at, by=by, **words)


def as_person(world, key, role, what, *args, **words):
    audience = "moderator" if "moderator" in role and role != "chief_moderator" else "desk"
    by = Acting(audience, world.people[key].pk, None, (role,))
    with acting_as(by):
        return what(*args, at=world.at, by=by, **words)


def asked(world, claim, **words):
    verdict, made = act(
        world, "exams_officer", ask_review, claim.pk, [doubted(claim).unit_id], "2.3 is there.", **words
    )
    assert made is not None, verdict
    return made


def with_reviewer(world, claim, key="second_moderator"):
    made = asked(world, claim)
    assert act(world, "quality_officer", appoint_reviewer, made.pk, world.people[key].pk).allowed
    return made


def decided(world, claim, outcome="confirmed"):
    made = with_reviewer(world, claim)
    outcomes = {doubted(claim).pk: outcome} if outcome else {}
    said = as_person(
        world, "second_moderator", "examiner_moderator", decide_review, made.pk, outcomes, "2.3 is on page 4."
    )
    assert said.allowed, said
    return made


def issue(world, made, role="quality_officer"):
    return act(world, role, issue_review, made.pk, organisation="An organisation", fresh=fresh())


# Asking


def test_a_centre_asks_follows_and_is_charged_once(as_role, world, claim):
    officer = as_role("exams_officer")
    report = shown(officer.get(f"/centre/results/{claim.pk}/"))
    assert "Ask for a review" in report
    page = shown(officer.get(f"/centre/results/{claim.pk}/review/"))
    assert "until Tuesday 23 February 2027" in page
    assert "£60.00" in page
    address, unit = f"/centre/results/{claim.pk}/review/", doubted(claim).unit_id
    assert "Tick at least one unit" in shown(officer.post(address, {"reason": "Why not"}), 422)
    assert officer.post(address, {"units": [unit], "reason": "2.3 <is> there."}).status_code == 303
    made = Review.objects.get()
    assert made.charge.fee == "moderation_review"
    page = shown(officer.get(f"/centre/reviews/{made.pk}/"))
    assert "2.3 &lt;is&gt; there." in page
    assert "Wednesday 2 December 2026" in page  # seven working days
    assert officer.post(address, {"units": [unit], "reason": "Again"}).status_code == 422
    assert Charge.objects.count() == 1
    assert Letter.objects.filter(subject__contains="is asked").count() == 1
    assert "Review" in shown(as_role("quality_officer").get("/desk/"))


@pytest.mark.parametrize(
    ("units", "reason", "refused"),
    [
        ([], "Why", "review-without-units"),
        (["Z/999/9999"], "Why", "review-without-units"),
        (None, " ", "review-without-reason"),
        (["L/601/7638", "J/600/1003", "DEMO-09628-3"], "Why", "review-of-unchanged-unit"),
    ],
)
def test_what_stands_against_a_review_is_said(world, claim, units, reason, refused):
    verdict, made = act(
        world, "exams_officer", ask_review, claim.pk, [doubted(claim).unit_id] if units is None else units, reason
    )
    assert made is None
    assert refused in refusals(verdict)
    assert not Charge.objects.exists()


@pytest.mark.parametrize(("day", "allowed"), [(22, True), (23, True), (24, False)])
def test_a_review_is_asked_within_three_months_of_the_report(world, claim, day, allowed):
    at = datetime(2027, 2, day, 12, tzinfo=UTC)
    verdict, _ = act(world, "exams_officer", ask_review, claim.pk, [doubted(claim).unit_id], "Why", at=at)
    assert refusals(verdict) == ([] if allowed else ["review-too-late"])


def test_a_claim_without_a_report_is_not_reviewed(world, as_role):
    claim = world.submitted(count=1)
    verdict, _ = act(world, "exams_officer", ask_review, claim.pk, [UNIT], "Why")
    assert "review-before-report" in refusals(verdict)
    page = shown(as_role("exams_officer").get(f"/centre/results/{claim.pk}/review/"))
    assert "There is no report on this claim" in page


def test_a_centre_takes_its_request_back_until_somebody_is_appointed(world, claim, as_role):
    made = asked(world, claim)
    officer = as_role("exams_officer")
    assert officer.post(f"/centre/reviews/{made.pk}/take-back/").status_code == 303
    assert Credit.objects.get().pence == 6000
    assert "Credited in full" in shown(officer.get("/centre/own/fees/"))
    again = with_reviewer(world, claim)
    assert act(world, "exams_officer", take_back_review, again.pk).refused
    assert Credit.objects.count() == 1


# Independence


def test_nobody_who_had_a_part_is_offered_and_the_reason_is_said(world, claim, as_role):
    made = asked(world, claim)
    page = shown(as_role("quality_officer").get(f"/desk/reviews/{made.pk}/"))
    offered, _, excluded = page.partition("Who can’t decide it")
    assert "Una Ó Sé" in offered
    assert "Adaeze Featherstonehaugh-Nkemelu" in excluded
    assert "They decided on this claim" in excluded
    refused = act(world, "quality_officer", appoint_reviewer, made.pk, world.people["examiner_moderator"].pk)
    assert refusals(refused) == ["reviewer-took-part"]
    nobody = act(world, "quality_officer", appoint_reviewer, made.pk, world.people["exams_officer"].pk)
    assert refusals(nobody) == ["reviewer-unknown"]


def store_reviewer(review, person, by):
    Review.objects.filter(pk=review.pk).update(
        state="with_reviewer", reviewer=person, appointed_by=by, appointed_at=review.asked_at
    )


@pytest.mark.parametrize(
    ("who", "match"),
    [
        ("examiner_moderator", "reviewer-took-part"),
        ("assessor", "reviewer-took-part"),
        ("internal_verifier", "reviewer-took-part"),
        ("head_of_centre", "reviewer-at-centre"),
        ("external_verifier", "reviewer-interested"),
        ("quality_officer", "appoint"),
    ],
)
def test_the_database_refuses_a_reviewer_who_is_not_independent(world, claim, who, match):
    made = asked(world, claim)
    verifier = Moderator.objects.get(person=world.people["external_verifier"])
    Interest.objects.create(moderator=verifier, centre_id=world.centre, declared_on=world.at.date())
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        store_reviewer(made, world.people[who], world.people["quality_officer"])
    store_reviewer(made, world.people["second_moderator"], world.people["quality_officer"])


def test_the_words_and_the_database_agree_on_who_is_independent(world, claim):
    """Each person who is offered can be stored, and nobody who isn't."""
    made = asked(world, claim)
    declare_interest(world.people["external_verifier"].pk, world.centre, on=world.at.date(), at=world.at, by=INSTALLER)
    competent_in(world, "second_moderator", "10263")
    competent = add_person("Ife Ọ̀ṣun", "examiner_moderator", email="ife@example.org", at=world.at, by=INSTALLER)
    enter_competence(competent.pk, "09628", since=world.at.date(), at=world.at, by=INSTALLER)
    by = world.people["quality_officer"]
    for one in choices(made, world.at.date(), appointed_by=by.pk):
        facts = one.facts
        apart = not any((facts.took_part, facts.interest, facts.at_centre, facts.in_review))
        fit = apart and facts.competent is not False
        try:
            with transaction.atomic():
                Review.objects.filter(pk=made.pk).update(
                    state="with_reviewer", reviewer=one.person, appointed_by=by, appointed_at=world.at
                )
                transaction.set_rollback(True)
            stored = True
        except DatabaseError:
            stored = False
        assert stored is fit, one.name
    assert {one.facts.competent for one in choices(made, world.at.date(), appointed_by=by.pk)} == {None, False, True}


def competent_in(world, key, scheme):
    enter_competence(world.people[key].pk, scheme, since=world.at.date(), at=world.at, by=INSTALLER)


def test_a_review_goes_to_somebody_competent_in_the_scheme(world, claim, as_role):
    made, second = asked(world, claim), world.people["second_moderator"]
    competent_in(world, "second_moderator", "10263")
    page = shown(as_role("quality_officer").get(f"/desk/reviews/{made.pk}/"))
    assert f'<b>{second.name}</b><br><span class="app-quiet app-small">This moderator is not entered for 09628' in page
    said = act(world, "quality_officer", appoint_reviewer, made.pk, second.pk)
    assert refusals(said) == ["allocation-without-competence"]
    with pytest.raises(DatabaseError, match="allocation-without-competence"), transaction.atomic():
        store_reviewer(made, second, world.people["quality_officer"])
    competent_in(world, "second_moderator", "09628")
    assert act(world, "quality_officer", appoint_reviewer, made.pk, second.pk).allowed


def test_who_is_no_longer_fit_when_deciding_does_not_decide_and_what_is_decided_goes_out(world, claim):
    made, second = with_reviewer(world, claim), world.people["second_moderator"]
    competent_in(world, "second_moderator", "10263")
    said = as_person(world, "second_moderator", "examiner_moderator", decide_review, made.pk, {}, "So.")
    assert refusals(said) == ["allocation-without-competence"]
    competent_in(world, "second_moderator", "09628")
    assert as_person(world, "second_moderator", "examiner_moderator", decide_review, made.pk, {}, "So.").allowed
    declare_interest(second.pk, world.centre, on=world.at.date(), at=world.at, by=INSTALLER)
    assert issue(world, made).allowed


def test_an_appeal_is_heard_by_office_or_by_somebody_competent(world, claim):
    verdict, appeal = act(world, "exams_officer", ask_appeal, upheld_review(world, claim).pk, "Why")
    assert appeal is not None, verdict
    competent_in(world, "external_verifier", "10263")
    who = {"external_verifier": ["allocation-without-competence"], "chief_moderator": []}
    for key, refused in who.items():
        said = as_person(world, "second_quality", "quality_officer", appoint_reviewer, appeal.pk, world.people[key].pk)
        assert refusals(said) == refused


def test_only_the_person_appointed_sees_the_work_and_decides(world, claim, as_role, client):
    made = with_reviewer(world, claim)
    assert as_role("external_verifier").get(f"/moderator/reviews/{made.pk}/").status_code == 404
    client.force_login(world.people["second_moderator"])
    page = shown(client.get(f"/moderator/reviews/{made.pk}/"))
    assert "2.3 is there." in page
    assert "More depth." in page
    assert f"Review {made.pk} of claim {claim.pk}" in shown(client.get("/moderator/"))
    assert shown(client.get(f"/moderator/claims/{claim.pk}/"))
    unit = doubted(claim)
    again = as_person(world, "second_moderator", "examiner_moderator", decide_unit, unit.pk, "confirmed")
    assert "reviewer-not-allocated" in refusals(again)
    for person in ("examiner_moderator", "external_verifier"):
        with pytest.raises(DatabaseError, match="reviewed-by-somebody-else"), transaction.atomic():
            Finding.objects.create(
                centre_id=world.centre, review=made, outcome="upheld", words="No.", decided_at=world.at,
                decided_by=world.people[person],
            )  # fmt: skip


# Deciding


def test_a_review_is_decided_on_its_page_and_told_only_when_it_is_sent_out(world, claim, as_role, client):
    made, unit = with_reviewer(world, claim), doubted(claim)
    client.force_login(world.people["second_moderator"])
    address = f"/moderator/reviews/{made.pk}/"
    assert "Write what you looked at" in shown(client.post(address, {f"outcome-{unit.pk}": "confirmed"}), 422)
    said = {f"outcome-{unit.pk}": "confirmed", "words": "2.3 is on page 4."}
    assert client.post(address, said).status_code == 303
    assert client.post(address, said).status_code == 422
    officer = as_role("exams_officer")
    assert "on page 4" not in shown(officer.get(f"/centre/reviews/{made.pk}/"))
    with acting_as(world.acting("exams_officer")):
        assert not Finding.objects.exists()
        assert not ReviewedDecision.objects.exists()
    unit.refresh_from_db()
    assert unit.state == "not_awarded"
    desk = as_role("quality_officer")
    assert "Send the outcome out" in shown(desk.get(f"/desk/reviews/{made.pk}/"))
    assert desk.post(f"/desk/reviews/{made.pk}/", {"issue": "1"}).status_code == 303
    unit.refresh_from_db()
    assert unit.state == "confirmed"
    assert UnitDecision.objects.get(claimed_unit=unit).outcome == "not_awarded"  # what was decided stays on record
    assert Credit.objects.get().charge == made.charge
    page = shown(as_role("exams_officer").get(f"/centre/reviews/{made.pk}/"))
    assert "2.3 is on page 4." in page
    assert "credited in full" in page
    text = Letter.objects.get(subject__startswith="Outcome of your review").text
    assert "confirmed" in text
    assert "Changed on review" in shown(as_role("exams_officer").get(f"/centre/results/{claim.pk}/"))
    assert "After review: confirmed" in shown(as_role("quality_officer").get(f"/desk/awards/claims/{claim.pk}/"))


def test_a_review_that_changes_nothing_keeps_the_fee_and_opens_an_appeal(world, claim):
    made = decided(world, claim, outcome=None)
    assert issue(world, made).allowed
    assert not Credit.objects.exists()
    assert "Every outcome stands" in Letter.objects.get(subject__startswith="Outcome of your review").text
    assert ReviewedDecision.objects.filter(outcome="not_awarded").exists()
    with pytest.raises(DatabaseError, match="nothing was changed"), transaction.atomic():
        credit(made.charge, "A favour", at=world.at, by=world.acting("quality_officer"))


def test_no_registration_fee_is_ever_credited(world, claim):
    owed = Charge.objects.create(
        centre_id=world.centre, fee="unit_registration_again", pence=1200, reason="Again", charged_at=world.at
    )
    with pytest.raises(DatabaseError, match="only the whole fee"), transaction.atomic():
        credit(owed, "A favour", at=world.at, by=world.acting("quality_officer"))


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        ("not_awarded", "withdrawn", True), ("not_awarded", "amended", True), ("withdrawn", "confirmed", True),
        ("amended", "confirmed", True), ("amended", "amended", True), ("amended", "not_awarded", False),
        ("withdrawn", "not_awarded", False), ("amended", "withdrawn", False),
    ],
)  # fmt: skip
def test_a_review_leaves_an_outcome_or_betters_it(world, first, second, allowed):
    claim = reported(world, first)
    made, unit = with_reviewer(world, claim), doubted(claim)
    said = as_person(world, "second_moderator", "examiner_moderator", decide_review, made.pk, {unit.pk: second}, "So.")
    assert refusals(said) == ([] if allowed else ["review-makes-it-worse"])
    if not allowed:
        with pytest.raises(DatabaseError, match="review-makes-it-worse"), transaction.atomic():
            ReviewedDecision.objects.create(
                centre_id=world.centre, review=made, claimed_unit=unit, outcome_before=first, outcome=second,
                decided_by=world.people["second_moderator"], decided_at=world.at,
            )  # fmt: skip
        return
    assert issue(world, made).allowed
    unit.refresh_from_db()
    assert unit.state == second


def test_an_outcome_is_changed_by_a_review_alone(world, claim):
    unit = doubted(claim)
    with pytest.raises(DatabaseError, match="changed by a review alone"), transaction.atomic():
        ClaimedUnit.objects.filter(pk=unit.pk).update(state="confirmed")
    decided(world, claim, "amended")
    with pytest.raises(DatabaseError, match="changed by a review alone"), transaction.atomic():
        ClaimedUnit.objects.filter(pk=unit.pk).update(state="confirmed")
    ClaimedUnit.objects.filter(pk=unit.pk).update(state="amended")


def test_what_a_review_confirms_in_a_processed_claim_is_banked_and_awarded(world, claim):
    unit = doubted(claim)
    process(world, claim)
    assert not Achievement.objects.filter(claimed_unit=unit).exists()
    awards = Award.objects.count()
    assert issue(world, decided(world, claim)).allowed
    assert Achievement.objects.filter(claimed_unit=unit).exists()
    assert Award.objects.count() == awards + 1


def test_nothing_is_confirmed_on_review_after_final_certification(world, claim):
    claim.scheme.final_certification = world.at.date() - timedelta(days=1)
    claim.scheme.save()
    made, unit = with_reviewer(world, claim), doubted(claim)
    said = as_person(
        world, "second_moderator", "examiner_moderator", decide_review, made.pk, {unit.pk: "confirmed"}, "So."
    )
    assert refusals(said) == ["reviewed-after-final-certification"]
    assert as_person(world, "second_moderator", "examiner_moderator", decide_review, made.pk, {}, "So.").allowed


# Appeals


def upheld_review(world, claim):
    """A review that changed nothing, sent out."""
    made = decided(world, claim, outcome=None)
    assert issue(world, made).allowed
    return made


@pytest.fixture
def upheld(world, claim):
    return upheld_review(world, claim)


def test_an_appeal_is_decided_by_somebody_without_a_part_in_the_review(world, claim, upheld, as_role, client):
    officer = as_role("exams_officer")
    assert "Say what was wrong" in shown(officer.post(f"/centre/reviews/{upheld.pk}/appeal/", {}), 422)
    assert officer.post(f"/centre/reviews/{upheld.pk}/appeal/", {"reason": "Page 4 was not read."}).status_code == 303
    appeal = Review.objects.get(before=upheld)
    assert appeal.charge.pence == 15000
    named = {
        one.name: one.facts for one in choices(appeal, world.at.date(), appointed_by=world.people["second_quality"].pk)
    }
    assert named["Una Ó Sé"].in_review  # decided the review
    assert named["Clodagh Ní Dhonnchadha"].in_review  # appointed to it, and sent it out
    assert not named["Nerys Igwe"].in_review
    for who in ("second_moderator", "quality_officer"):
        with pytest.raises(DatabaseError, match="panel-took-part-in-review"), transaction.atomic():
            store_reviewer(appeal, world.people[who], world.people["second_quality"])
    appointed = as_person(
        world, "second_quality", "quality_officer", appoint_reviewer, appeal.pk, world.people["chief_moderator"].pk
    )
    assert appointed.allowed
    client.force_login(world.people["chief_moderator"])
    unit = doubted(claim)
    page = shown(client.get(f"/desk/reviews/{appeal.pk}/"))
    assert "Your decision" in page
    said = {"decide": "1", f"outcome-{unit.pk}": "confirmed", "words": "Page 4 answers it."}
    assert client.post(f"/desk/reviews/{appeal.pk}/", said).status_code == 303
    client.force_login(world.people["second_quality"])
    assert client.post(f"/desk/reviews/{appeal.pk}/", {"issue": "1"}).status_code == 303
    unit.refresh_from_db()
    assert unit.state == "confirmed"
    assert sorted(Credit.objects.values_list("pence", flat=True)) == [6000, 15000]  # the review's fee as well
    page = shown(as_role("exams_officer").get(f"/centre/reviews/{appeal.pk}/"))
    assert "Page 4 answers it." in page
    assert "Appeal for" not in page


@pytest.mark.parametrize(("days", "allowed"), [(29, True), (30, True), (31, False)])
def test_an_appeal_is_made_within_thirty_days(world, upheld, days, allowed):
    verdict, _ = act(world, "exams_officer", ask_appeal, upheld.pk, "Why", at=world.at + timedelta(days=days))
    assert refusals(verdict) == ([] if allowed else ["appeal-too-late"])


def test_there_is_one_appeal_after_the_outcome_of_a_review(world, claim, upheld):
    assert act(world, "exams_officer", ask_appeal, upheld.pk, "Why")[1]
    verdict, _ = act(world, "exams_officer", ask_appeal, upheld.pk, "Why")
    assert refusals(verdict) == ["appeal-asked-already"]


def test_there_is_no_appeal_before_the_outcome(world, claim):
    verdict, _ = act(world, "exams_officer", ask_appeal, with_reviewer(world, claim).pk, "Why")
    assert "appeal-before-review" in refusals(verdict)


def test_a_neighbour_sees_no_review(world, claim):
    made = asked(world, claim)
    with acting_as(Acting("centre", world.people["exams_officer"].pk, "70707", ("exams_officer",))):
        assert not Review.objects.exists()
        with pytest.raises(Review.DoesNotExist):
            take_back_review(made.pk, at=world.at, by=Acting("centre", 1, "70707"))


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_a_review_that_is_decided_twice_at_once_has_one_finding(transactional_db, noon):
    world = build_world(noon)
    claim = reported(world)
    made, unit, ready, verdicts = with_reviewer(world, claim), doubted(claim), Barrier(2), []

    def decide(outcome: str) -> None:
        try:
            ready.wait(timeout=10)
            verdicts.append(
                as_person(world, "second_moderator", "examiner_moderator", decide_review, made.pk,
                          {unit.pk: outcome}, "So.")
            )  # fmt: skip
        finally:
            connections.close_all()

    threads = [Thread(target=decide, args=(outcome,)) for outcome in ("confirmed", "not_awarded")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(verdict.allowed for verdict in verdicts) == [False, True]
    assert Finding.objects.count() == 1
