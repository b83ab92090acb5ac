"""The sample of a claim: drawn once, shown with its reasons, extended, and what follows for the rest."""

import pytest
from django.db import DatabaseError, transaction

from conferral.actions.questions import ask_centre
from conferral.actions.reviews import decide_unit
from conferral.actions.samples import confirm_by_sample, draw_sample, extend_sample
from conferral.records.access import acting_as
from conferral.records.claims.models import ClaimedUnit
from conferral.records.moderation.models import UnitDecision
from conferral.records.samples.models import Sample, SampledUnit
from conferral.records.samples.queries import agreements, marks_of
from conferral.rules.sampling import Agreement, draw
from tests.actions.test_journey import receive
from tests.world import fresh


def shown(response, status=200) -> str:
    assert response.status_code == status, response
    return " ".join(response.content.decode().split())


def refusals(verdict) -> list[str]:
    return [reason.rule for reason in verdict.refused]


@pytest.fixture
def claim(world):
    found = world.submitted(count=5)
    receive(world, found)
    return found


def act(world, what, *args, role="examiner_moderator", **words):
    by = world.acting(role)
    with acting_as(by):
        return what(*args, at=world.at, by=by, **words)


def drawn(world, claim, method="fixed", each=1) -> Sample:
    verdict, made = act(world, draw_sample, claim.pk, method, each=each, fresh=fresh())
    assert made is not None, verdict
    return made


def decide_inside(world, claim, **others):
    for one in SampledUnit.objects.filter(sample__claim=claim, claimed_unit__state="claimed").order_by("pk"):
        said = others.pop("first", None) or {"outcome": "confirmed"}
        assert act(world, decide_unit, one.claimed_unit_id, **said).allowed


def test_a_sample_is_drawn_shown_with_its_reasons_and_confirms_the_rest(world, claim, as_role):
    moderator = as_role("examiner_moderator")
    address = f"/moderator/claims/{claim.pk}/sample/"
    page = shown(moderator.get(address))
    assert "By risk, it would be" in page
    assert "15 marks: if 4 or more were wrong, which is over 20 in 100" in page
    assert "Draw a sample" in shown(moderator.get(f"/moderator/claims/{claim.pk}/"))
    assert "Choose how it is drawn" in shown(moderator.post(address, {}), 422)
    assert moderator.post(address, {"method": "fixed", "each": "1"}).status_code == 303
    assert SampledUnit.objects.count() == 3  # one of each of three units
    page = shown(moderator.get(address))
    assert "3 of 15 units" in page
    assert "1 of each assessor and unit" in page
    assert Sample.objects.get().seed in page
    assert "Decide the 3 units inside it first" in page
    review = shown(moderator.get(f"/moderator/claims/{claim.pk}/"))
    assert "3 units, 1 of each assessor and unit" in review
    assert "In the sample: 1 of each assessor and unit." in review
    decide_inside(world, claim)
    assert "Confirm 12 units by sample" in shown(moderator.get(address))
    answer = moderator.post(f"/moderator/claims/{claim.pk}/sample/confirm/")
    assert answer["Location"] == f"/moderator/claims/{claim.pk}/report/"
    assert UnitDecision.objects.filter(by_sample=True, outcome="confirmed").count() == 12
    assert "Confirmed by sample" in shown(as_role("quality_officer").get(f"/desk/awards/claims/{claim.pk}/"))
    centre = shown(as_role("quality_officer").get("/desk/centres/61423/"))
    assert "3 of 3" in centre  # what nobody looked at says nothing of an assessor


def test_what_waits_for_its_centre_is_not_confirmed_by_a_sample(world, claim):
    drawn(world, claim)
    decide_inside(world, claim)
    unit = ClaimedUnit.objects.filter(claim=claim, sampled__isnull=True).first()
    act(world, ask_centre, unit.pk, reason_code="INCOMPLETE", text="Where is task 2?")
    verdict, count = act(world, confirm_by_sample, claim.pk)
    assert verdict.allowed
    assert count == 11
    unit.refresh_from_db()
    assert unit.state == "claimed"


def test_the_kept_seed_draws_the_same_sample_again(world, claim):
    made = drawn(world, claim, "risk")
    again = draw(marks_of(claim.pk), made.seed, method="risk")
    assert set(again) == set(made.units.values_list("claimed_unit", flat=True))
    assert made.sizes[0]["marks"] == 15


def test_a_sample_is_drawn_once_and_before_anything_is_decided(world, claim):
    first = claim.units.first()
    assert act(world, decide_unit, first.pk, "confirmed").allowed
    assert refusals(act(world, draw_sample, claim.pk, "all", fresh=fresh())[0]) == ["sample-after-decisions"]


def test_a_second_draw_is_refused(world, claim):
    drawn(world, claim)
    assert "sample-drawn-already" in refusals(act(world, draw_sample, claim.pk, "all", fresh=fresh())[0])


def test_what_is_outside_waits_for_all_that_is_inside(world, claim):
    drawn(world, claim)
    verdict, count = act(world, confirm_by_sample, claim.pk)
    assert (refusals(verdict), count) == (["sample-not-decided"], 0)
    outside = ClaimedUnit.objects.filter(claim=claim, sampled__isnull=True).first()
    with pytest.raises(DatabaseError, match="not outside a decided sample"), transaction.atomic():
        UnitDecision.objects.create(
            centre_id=world.centre, claimed_unit=outside, outcome="confirmed", by_sample=True,
            decided_by=world.people["examiner_moderator"], decided_at=world.at,
        )  # fmt: skip


def test_an_error_in_the_sample_stops_it_until_it_is_extended(world, claim, as_role):
    drawn(world, claim)
    decide_inside(world, claim, first={"outcome": "not_awarded", "reason_code": "THIN_ANSWER"})
    verdict, _ = act(world, confirm_by_sample, claim.pk)
    assert refusals(verdict) == ["sample-found-errors"]
    assert "Kazimiera" in verdict.refused[0].text
    assessor = world.people["assessor"].pk
    moderator, address = as_role("examiner_moderator"), f"/moderator/claims/{claim.pk}/sample/"
    page = shown(moderator.get(address))
    assert "not everything was confirmed, so the rest can’t be confirmed by it" in page
    assert "by sample</button>" not in page
    refused = shown(moderator.post(f"{address}confirm/"), 422)
    assert f'action="{address}" novalidate' in refused  # from here the sample can be extended as well
    assert "Write what you found" in shown(moderator.post(address, {"assessor": assessor}), 422)
    assert moderator.post(address, {"assessor": assessor, "reason": "One answer was thin."}).status_code == 303
    assert SampledUnit.objects.filter(extended=True, why="One answer was thin.").count() == 12
    assert "Added: One answer was thin." in shown(moderator.get(address))
    nothing, _ = act(world, extend_sample, claim.pk, assessor, "More")
    assert refusals(nothing) == ["sample-extended-by-nothing"]
    assert "sample-without-units-outside" in refusals(act(world, confirm_by_sample, claim.pk)[0])


def test_a_sample_stays_as_it_was_drawn(world, claim):
    made = drawn(world, claim)
    with pytest.raises(DatabaseError, match="annot update"), transaction.atomic():
        Sample.objects.filter(pk=made.pk).update(seed="mine")
    with pytest.raises(DatabaseError, match="annot update or delete"), transaction.atomic():
        made.units.all().delete()


def test_a_moderator_without_the_claim_draws_nothing(world, claim):
    with pytest.raises(type(claim).DoesNotExist):
        act(world, draw_sample, claim.pk, "all", role="external_verifier", fresh=fresh())


def test_agreement_counts_what_somebody_looked_at(world, claim):
    drawn(world, claim)
    decide_inside(world, claim, first={"outcome": "withdrawn", "reason_code": "WRONG_UNIT"})
    found = agreements([world.people["assessor"].pk])
    assert [one.agreement for one in found] == [Agreement(2, 3)]
    assert agreements([world.people["assessor"].pk], but=claim.pk) == []
