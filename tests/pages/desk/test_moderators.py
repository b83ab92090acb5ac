"""What the desk enters of moderators."""

from datetime import date, timedelta

import pytest

from conferral.actions.absences import enter_absence
from conferral.actions.centres import declare_interest
from conferral.records.access import acting_as
from conferral.records.allocation.models import Competence, Contract
from conferral.records.ledger.models import Event
from conferral.records.moderation.models import Moderator
from tests.pages.moderator.test_review import address, words
from tests.world import INSTALLER


@pytest.fixture
def desk(as_role):
    return as_role("allocation_officer")


@pytest.fixture
def person(world):
    return world.people["examiner_moderator"]


def test_schemes_are_entered_and_withdrawn(desk, person):
    page = address("desk_moderator", person.pk)
    assert "No scheme is entered" in words(desk.get(page))
    enter = address("desk_enter_of_moderator", person.pk, "scheme")
    for wrong in ({}, {"scheme-scheme": "00000", "scheme-since": "1/9/2026"}, {"scheme-scheme": "09628",
                  "scheme-since": "31/2/2026"}):  # fmt: skip
        assert desk.post(enter, wrong).status_code == 422
    said = {"scheme-scheme": "09628", "scheme-since": "1/9/2026"}
    assert desk.post(enter, said)["Location"] == page
    assert desk.post(enter, said | {"scheme-since": "1/10/2026"}).status_code == 303
    assert Competence.objects.get().since == date(2026, 9, 1)
    assert "09628" in words(desk.get(address("desk_moderators")))
    for _ in range(2):
        assert desk.post(address("desk_withdraw_scheme", person.pk, "09628")).status_code == 303
    assert not Competence.objects.exists()
    assert Event.objects.filter(verb__startswith="competence_").count() == 2


def test_contracts_are_entered_changed_and_ended(desk, person):
    enter = address("desk_enter_of_moderator", person.pk, "contract")
    said = {"contract-from_on": "1/9/2026", "contract-until_on": "31/8/2027", "contract-most_batches": "12"}
    assert desk.post(enter, said).status_code == 303
    held = Contract.objects.get()
    assert (held.from_on, held.until_on, held.most_batches) == (date(2026, 9, 1), date(2027, 8, 31), 12)
    assert "overlap with the contract that begins on 1 September 2026" in words(desk.post(enter, said))
    backwards = said | {"contract-from_on": "1/9/2029", "contract-until_on": "1/9/2028"}
    assert "before it begins" in words(desk.post(enter, backwards))
    for wrong in ({"contract-most_batches": "-1"}, {"contract-most_batches": "many"}, {"contract-from_on": ""}):
        assert desk.post(enter, said | wrong).status_code == 422
    assert desk.post(enter, said | {"contract-from_on": "1/9/2027", "contract-until_on": ""}).status_code == 303
    assert desk.post(address("desk_contract", held.pk, "most"), {"most_batches": "14"}).status_code == 303
    assert desk.post(address("desk_contract", held.pk, "end"), {"until_on": "1/1/2020"}).status_code == 422
    assert desk.post(address("desk_contract", held.pk, "end"), {"until_on": "31/12/2028"}).status_code == 422
    assert desk.post(address("desk_contract", held.pk, "end"), {"until_on": "31/12/2026"}).status_code == 303
    held.refresh_from_db()
    assert (held.until_on, held.most_batches) == (date(2026, 12, 31), 14)
    assert "14" in words(desk.get(address("desk_moderators")))


def test_a_region_is_told_by_the_postcode_or_named(desk, person):
    page = address("desk_moderator", person.pk)
    assert "Wales, by the postcode" in words(desk.get(page))
    enter = address("desk_enter_of_moderator", person.pk, "region")
    assert desk.post(enter, {"region-region": "atlantis"}).status_code == 422
    assert desk.post(enter, {"region-region": "scotland"}).status_code == 303
    assert Moderator.objects.get(pk=person.pk).region == "scotland"
    assert "Scotland, as entered" in words(desk.get(page))


def test_interests_and_days_away_are_shown(world, desk, person):
    declare_interest(person.pk, "61423", on=world.at.date(), at=world.at, by=INSTALLER)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        enter_absence(world.at.date(), world.at.date() + timedelta(days=3), "holiday", at=world.at, by=by)
    page = words(desk.get(address("desk_moderator", person.pk)))
    assert "61423 Bridgend" in page
    assert "23 November 2026 to 26 November 2026" in page


def test_only_the_allocation_officer_enters_and_the_desk_sees(person, as_role):
    quality = as_role("quality_officer")
    page = words(quality.get(address("desk_moderator", person.pk)))
    assert "Enter a scheme" not in page
    assert quality.post(address("desk_enter_of_moderator", person.pk, "scheme")).status_code == 403
    assert quality.post(address("desk_withdraw_scheme", person.pk, "09628")).status_code == 403
    assert as_role("examiner_moderator").get(address("desk_moderators")).status_code == 403


def test_nobody_by_that_number_and_nothing_by_that_word(desk, person):
    assert desk.get(address("desk_moderator", 10**9)).status_code == 404
    assert desk.post(address("desk_enter_of_moderator", person.pk, "salary")).status_code == 404
    assert desk.get(address("desk_contract", 10**9, "end")).status_code == 404
    for odd in ("x", "99999999999", "-1"):
        assert desk.get(address("desk_moderators"), {"after": odd}).status_code == 200
