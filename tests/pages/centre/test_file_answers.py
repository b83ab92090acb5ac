"""Which file answers which criterion: gaps close, checks end, and files go along with their claim."""

import pytest
from django.urls import reverse

from conferral.actions.claims import claim_again, submit_claim, withdraw_unmet_claim
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Criterion
from conferral.records.claims.marks import matrix, missing_by_unit
from conferral.records.claims.models import Claim, CriterionMark, InternalCheck
from conferral.records.evidence.models import EvidenceFor, EvidenceItem
from conferral.rules.permissions import CLOCK
from tests.pages.centre.test_claims import page
from tests.pages.centre.test_files import folder, send
from tests.samples import docx, pdf
from tests.world import fresh

__all__ = ["folder"]
UNIT = "DEMO-09628-3"


@pytest.fixture
def draft(world, as_role):
    """A draft for one candidate with two files, and no mark for one of its units."""
    claim = world.draft(count=1)
    CriterionMark.objects.filter(claimed_unit__unit=UNIT).delete()
    assert send(as_role("assessor"), claim, ("one.pdf", pdf()), ("two.docx", docx())).status_code == 303
    return claim


def tick(client, claim, ticked):
    row = claim.units.get(unit=UNIT)
    items = list(EvidenceItem.objects.filter(claim=claim).order_by("place"))
    said = {"item": [item.pk for item in items]}
    said |= {f"file-{items[place - 1].pk}": criteria for place, criteria in ticked.items()}
    return client.post(reverse("centre_say_answers", args=[claim.pk, row.registration_id, UNIT]), said)


def criteria():
    return list(Criterion.objects.filter(unit=UNIT, current=True).values_list("pk", flat=True))


def test_files_close_the_gaps_of_a_unit_in_the_matrix(world, as_role, draft):
    centre, all_of_them = as_role("assessor"), criteria()
    assert (UNIT, len(all_of_them), len(all_of_them)) in missing_by_unit(draft.pk)
    assert tick(centre, draft, {1: all_of_them[:3], 2: all_of_them[2:]}).status_code == 302
    assert (UNIT, len(all_of_them), 0) in missing_by_unit(draft.pk)
    (column,) = matrix(draft.pk, UNIT).columns
    assert [[file.place for file in column.files[one]] for one in all_of_them[1:4]] == [[1], [1, 2], [2]]
    shown = page(centre, "centre_claim_matrix", draft.pk)
    assert "F1" in shown
    assert tick(centre, draft, {1: all_of_them[:1]}).status_code == 302
    assert EvidenceFor.objects.count() == 1


def test_a_criterion_of_another_unit_and_a_file_of_another_claim_are_passed_over(world, as_role, draft):
    other = Criterion.objects.exclude(unit=UNIT).first()
    assert tick(as_role("assessor"), draft, {1: [other.pk, "x", criteria()[0]]}).status_code == 302
    assert [one.criterion_id for one in EvidenceFor.objects.all()] == criteria()[:1]


def test_a_change_ends_the_check_of_its_unit_and_of_no_other(world, as_role, draft):
    for unit in draft.units.all():
        InternalCheck.objects.create(
            centre_id=world.centre, claimed_unit=unit, checked_by_id=unit.internal_verifier_id, checked_at=world.at
        )
    tick(as_role("assessor"), draft, {1: criteria()[:1]})
    assert not InternalCheck.objects.filter(claimed_unit__unit=UNIT).exists()
    assert InternalCheck.objects.count() == 2
    tick(as_role("assessor"), draft, {1: criteria()[:1]})
    assert InternalCheck.objects.count() == 2


def test_files_go_along_when_a_withdrawn_claim_is_made_again(world, as_role, draft):
    tick(as_role("assessor"), draft, {1: criteria()})
    by = world.acting("assessor")
    with acting_as(by):
        assert submit_claim(draft.pk, at=world.at, by=by, fresh=fresh()).allowed
    draft.refresh_from_db()
    with acting_as(CLOCK):
        assert withdraw_unmet_claim(draft.pk, at=draft.withdraw_after, by=CLOCK).allowed
    with acting_as(by):
        again = claim_again(draft.pk, at=world.at, by=by)
    assert [item.name for item in again.evidence.order_by("place")] == ["one.pdf", "two.docx"]
    assert EvidenceFor.objects.filter(item__claim=again).count() == len(criteria())
    assert (UNIT, len(criteria()), 0) in missing_by_unit(again.pk)


def test_files_go_along_with_the_part_of_a_claim_that_can_not_go_yet(world, as_role):
    claim = world.draft(count=2)
    for to in (0, 1):
        assert send(as_role("assessor"), claim, (f"{to}.pdf", pdf(f"Task {to}")), to=to).status_code == 303
    second = world.registrations[1].pk
    claim.units.filter(registration=second).update(assessor=None)
    by = world.acting("assessor")
    with acting_as(by):
        assert submit_claim(claim.pk, at=world.at, by=by, fresh=fresh()).allowed
    rest = Claim.objects.exclude(pk=claim.pk).get()
    assert [item.name for item in claim.evidence.all()] == ["0.pdf"]
    assert [item.name for item in rest.evidence.all()] == ["1.pdf"]
