"""Building a draft by unit and by candidate, without script."""

import pytest
from django.urls import reverse

from conferral.actions.candidates import register_candidate
from conferral.actions.centres import add_person
from conferral.actions.claims import choose_units, say_of_units, start_claim
from conferral.records.access import acting_as
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.claims.queries import Pair
from tests.world import INSTALLER, UNITS

UNIT = UNITS[0]


@pytest.fixture
def draft(world) -> Claim:
    by = world.acting("assessor")
    with acting_as(by):
        return start_claim("09628", at=world.at, by=by)


@pytest.fixture
def builder(as_role):
    return as_role("assessor")


def by_unit(draft, unit=UNIT):
    return reverse("centre_claim_units", args=[draft.pk, unit])


def by_candidate(draft, registration):
    return reverse("centre_claim_candidate", args=[draft.pk, registration.pk])


def shown(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def row_of(text, key):
    return text.split(f'id="row-{key}"')[1].split('<tr id="row-')[0]


def said(world, key, **changed):
    """What a row posts, its people and evidence as they should be unless changed."""
    named = {
        "assessor": world.people["assessor"].pk,
        "verifier": world.people["internal_verifier"].pk,
        "evidence": "candidate_work",
    } | changed
    return {f"{name}-{key}": value for name, value in named.items()}


def more_candidates(world, count):
    by = world.acting("exams_officer")
    for number in range(count):
        cells = {"scheme": "09628", "uln": "", "first_names": "A", "last_name": f"B {number}", "born_on": "01/02/2001"}
        with acting_as(by):
            _, registration = register_candidate(cells, at=world.at, by=by)
        world.registrations.append(registration)


def test_a_new_draft_shows_everybody_registered_with_what_is_likely_chosen(builder, world, draft):
    text = shown(builder.get(by_unit(draft)))
    assert "0 of 5" in text
    for one in world.registrations:
        assert f'value="{one.pk}" id="tick-{one.pk}"' in text
    row = row_of(text, world.registrations[0].pk)
    assert f'<option value="{world.people["assessor"].pk}" selected>' in row
    assert f'<option value="{world.people["internal_verifier"].pk}" selected>' in row
    assert '<option value="candidate_work" selected>' in row
    assert "checked" not in row


def test_with_several_assessors_nobody_is_chosen_for_an_officer(as_role, world, draft):
    add_person("Tom Li", "assessor", centre=world.centre, email=None, at=world.at, by=INSTALLER)
    text = shown(as_role("exams_officer").get(by_unit(draft)))
    row = row_of(text, world.registrations[0].pk).split('name="verifier-')[0]
    assert "selected" not in row


def test_ticked_rows_are_saved_and_others_left_out(builder, world, draft):
    first, second = world.registrations[:2]
    builder.post(by_unit(draft), {"tick": [first.pk, second.pk], **said(world, first.pk), **said(world, second.pk)})
    assert draft.units.count() == 2
    text = shown(builder.post(by_unit(draft), {"tick": [second.pk], **said(world, second.pk)}, follow=True))
    assert "Draft saved at 12:30." in text
    unit = draft.units.get()
    assert (unit.registration, unit.unit_id, unit.evidence_kind) == (second, UNIT, "candidate_work")
    assert "1 of 5" in text


def test_saving_one_unit_leaves_the_other_units_as_they_are(builder, world):
    draft = world.draft(count=2)
    builder.post(by_unit(draft), {"tick": []})
    assert sorted(set(draft.units.values_list("unit_id", flat=True))) == sorted(UNITS[1:])


def test_what_is_said_for_all_ticked_wins_over_the_rows(builder, world, draft):
    first, second = world.registrations[:2]
    posted = {"tick": [first.pk, second.pk], "set": "1", "all_evidence": "unit_proof"}
    builder.post(by_unit(draft), posted | said(world, first.pk) | said(world, second.pk))
    assert {unit.evidence_kind for unit in draft.units.all()} == {"unit_proof"}
    assert {unit.assessor_id for unit in draft.units.all()} == {world.people["assessor"].pk}


def test_everybody_who_can_be_ticked_is_ticked_at_once(builder, world):
    world.submitted(count=1, units=(UNIT,))
    by = world.acting("assessor")
    with acting_as(by):
        draft = start_claim("09628", at=world.at, by=by)
    builder.post(by_unit(draft), {"tick_all": "1"})
    assert set(draft.units.values_list("registration", flat=True)) == {one.pk for one in world.registrations[1:]}


def test_a_reason_stands_beside_its_row_with_the_way_to_mend_it(builder, world, draft):
    first = world.registrations[0]
    builder.post(by_unit(draft), {"tick": [first.pk], **said(world, first.pk, verifier=world.people["assessor"].pk)})
    draft.units.update(internal_verifier=world.people["assessor"])
    text = shown(builder.get(by_unit(draft)))
    row = row_of(text, first.pk)
    assert "The internal verifier is also the assessor of this unit." in row
    assert f'href="#verifier-{first.pk}"' in row
    assert "checked" in row
    assert "1 candidate has units that can’t be claimed yet" in text


def test_a_unit_in_an_open_claim_cannot_be_ticked_and_says_why(builder, world, draft):
    claim = world.submitted(count=1, units=(UNIT,))
    row = row_of(shown(builder.get(by_unit(draft))), world.registrations[0].pk)
    assert "disabled" in row
    assert f"{UNIT} is already in claim {claim.pk}" in row
    assert reverse("centre_claim", args=[claim.pk]) in row


def test_somebody_named_who_does_not_assess_here_is_shown_and_kept(builder, world, draft):
    first, stranger = world.registrations[0], world.people["examiner_moderator"]
    by = world.acting("assessor")
    with acting_as(by):
        choose_units(draft.pk, [Pair(first.pk, UNIT)], at=world.at, by=by)
        say_of_units(draft.pk, [Pair(first.pk, UNIT)], assessor=stranger.pk, at=world.at, by=by)
    row = row_of(shown(builder.get(by_unit(draft))), first.pk)
    assert f'<option value="{stranger.pk}" selected>{stranger.name}' in row
    assert "does not assess at your centre" in row
    builder.post(by_unit(draft), {"tick": [first.pk], **said(world, first.pk, assessor=stranger.pk)})
    assert draft.units.get().assessor == stranger


@pytest.mark.parametrize(
    "changed",
    [{"assessor": "999999"}, {"assessor": "x" * 500}, {"verifier": "9" * 40}, {"evidence": "gold"}, {"evidence": ""}],
)
def test_a_choice_that_was_not_offered_counts_as_none(builder, world, draft, changed):
    first = world.registrations[0]
    response = builder.post(by_unit(draft), {"tick": [first.pk], **said(world, first.pk, **changed)})
    assert response.status_code == 302
    unit = draft.units.get()
    assert None in (unit.assessor_id, unit.internal_verifier_id, unit.evidence_kind)


def test_a_tick_for_nobody_shown_is_passed_over(builder, world, draft):
    builder.post(by_unit(draft), {"tick": ["999999", "x", "9" * 30, ""]})
    assert not draft.units.exists()


def test_by_candidate_shows_every_unit_of_the_scheme(builder, world, draft):
    one = world.registrations[1]
    text = shown(builder.get(by_candidate(draft, one)))
    assert "Claim by candidate: Þórdís Guðmundsdóttir-Llewelyn" in text
    for unit in UNITS:
        assert f'id="tick-{unit}"' in text
    builder.post(by_candidate(draft, one), {"tick": UNITS[:2], **said(world, UNITS[0]), **said(world, UNITS[1])})
    assert sorted(draft.units.values_list("unit_id", flat=True)) == sorted(UNITS[:2])


def test_the_way_to_the_check_saves_first(builder, world, draft):
    first = world.registrations[0]
    check = reverse("centre_claim_check", args=[draft.pk])
    response = builder.post(by_unit(draft), {"tick": [first.pk], "go": check, **said(world, first.pk)})
    assert response.url == check
    assert draft.units.count() == 1


@pytest.mark.parametrize(
    "go", ["https://elsewhere.example/", "//elsewhere.example", "/account/logout/", "javascript:x"]
)
def test_saving_leads_nowhere_but_to_the_draft(builder, world, draft, go):
    assert builder.post(by_unit(draft), {"go": go}).url == by_unit(draft)


def test_a_submitted_claim_is_no_longer_built(builder, world):
    claim = world.submitted()
    assert builder.get(by_unit(claim)).url == reverse("centre_claim", args=[claim.pk])
    assert builder.post(by_unit(claim), {"tick": []}).url == reverse("centre_claim", args=[claim.pk])
    assert builder.post(by_candidate(claim, world.registrations[0]), {}).status_code == 302
    assert claim.units.count() == 6


@pytest.mark.parametrize("unit", ["A/506/2130", "nothing", "../../etc"])
def test_a_unit_of_another_scheme_is_not_found(builder, world, draft, unit):
    assert builder.get(f"/centre/claims/{draft.pk}/units/{unit}/").status_code == 404


def test_an_internal_verifier_does_not_build_claims(as_role, world, draft):
    verifier = as_role("internal_verifier")
    assert verifier.get(by_unit(draft)).status_code == 403
    assert verifier.post(by_unit(draft), {"tick_all": "1"}).status_code == 403
    assert not ClaimedUnit.objects.exists()


def test_the_summary_says_when_the_work_and_the_results_are_due(builder, world):
    text = shown(builder.get(by_unit(world.draft(count=2))))
    assert "If you submit now (12:30)" in text
    assert "12:30 tomorrow</b>, Tuesday 24 November 2026" in text
    assert "Check and submit 2 candidates" in text


def test_candidates_come_in_pages_of_fifty(builder, world, draft):
    more_candidates(world, 48)
    text = shown(builder.get(by_unit(draft)))
    oldest_shown = world.registrations[3].pk
    assert f"before={oldest_shown}" in text
    text = shown(builder.get(by_unit(draft), {"before": oldest_shown}))
    assert [f"tick-{one.pk}" in text for one in world.registrations[:4]] == [True, True, True, False]


def test_only_those_in_the_draft_are_shown_when_asked(builder, world):
    draft = world.draft(count=2)
    text = shown(builder.get(by_unit(draft), {"show": "draft"}))
    assert [f"tick-{one.pk}" in text for one in world.registrations] == [True, True, False, False, False]


@pytest.mark.parametrize("count", [2, 40])
def test_the_builder_asks_as_often_for_many_candidates_as_for_few(builder, world, django_assert_max_num_queries, count):
    more_candidates(world, count)
    draft = world.draft(count=count)
    for url in (by_unit(draft), by_candidate(draft, world.registrations[1])):
        with django_assert_max_num_queries(34):
            shown(builder.get(url))


@pytest.mark.parametrize("count", [2, 40])
def test_saving_asks_as_often_for_many_rows_as_for_few(builder, world, django_assert_max_num_queries, count):
    more_candidates(world, count)
    draft = world.draft(count=count)
    keys = [one.pk for one in world.registrations]
    posted = {"tick": keys} | {name: value for key in keys for name, value in said(world, key).items()}
    with django_assert_max_num_queries(36):
        assert builder.post(by_unit(draft), posted).status_code == 302
