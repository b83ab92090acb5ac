"""The matrix of criteria: marks, gaps, the check of the internal verifier, and what the moderator makes of it."""

import re

import pytest
from django.db import IntegrityError, transaction

from conferral.actions.claims import choose_units, claim_again, submit_claim, take_back_claim, withdraw_unmet_claim
from conferral.actions.marking import Cell, check_internally, mark_criteria
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Criterion
from conferral.records.claims.marks import marks_missing
from conferral.records.claims.models import Claim, CriterionMark, InternalCheck
from conferral.records.claims.queries import Pair
from conferral.rules.permissions import CLOCK
from tests.pages.moderator.test_review import address
from tests.pages.moderator.test_review import words as text_of
from tests.world import UNITS, fresh

UNIT = "DEMO-09628-3"


def gap(claim, number="1.1"):
    """Take away one mark, as the assessor would."""
    return CriterionMark.objects.filter(claimed_unit__claim=claim, criterion__number=number).order_by("pk").first()


def send(world, claim, **said):
    by = world.acting("assessor")
    with acting_as(by):
        return submit_claim(claim.pk, at=world.at, by=by, fresh=fresh(), **said)


def test_a_draft_with_a_gap_goes_only_with_a_reason_that_the_moderator_reads(world, as_role):
    claim = world.draft(2)
    gap(claim).delete()
    officer = as_role("assessor")
    url = address("centre_claim_check", claim.pk)
    assert "1 of 48 criteria have no mark" in text_of(officer.get(url))
    refused = officer.post(url, {"gaps_because": "  "})
    assert refused.status_code == 422
    assert "1 of 48 criteria have no mark" in text_of(refused)
    assert Claim.objects.get(pk=claim.pk).state == "draft"
    assert officer.post(url, {"gaps_because": "An interview is on the disc."}).status_code == 302
    kept = Claim.objects.get(pk=claim.pk)
    assert (kept.state, kept.gaps_because) == ("submitted", "An interview is on the disc.")
    moderator = as_role("examiner_moderator")
    for name, args in (("moderator_matrix", ()), ("moderator_unit", (kept.units.filter(unit=UNIT).first().pk,))):
        assert "An interview is on the disc." in text_of(moderator.get(address(name, claim.pk, *args)))


def test_a_complete_draft_goes_without_and_a_reason_that_is_not_needed_is_not_kept(world):
    claim = world.draft(1)
    assert send(world, claim, gaps_because="none").allowed
    assert Claim.objects.get(pk=claim.pk).gaps_because == ""


def test_the_assessor_marks_fills_gaps_and_takes_marks_away(world, as_role, django_assert_max_num_queries):
    claim = world.draft(5)
    CriterionMark.objects.all().delete()
    unit = claim.units.filter(unit=UNIT).order_by("pk").first()
    first, second, *rest = Criterion.objects.filter(unit=UNIT)
    page = as_role("assessor")
    url = f"{address('centre_claim_matrix', claim.pk)}?unit={UNIT}"
    with django_assert_max_num_queries(26):
        shown = page.get(url)
    assert len(re.findall(r'name="m-\d+-\d+"', shown.content.decode())) == 5 * 24
    save = f"{address('centre_mark_criteria', claim.pk)}?unit={UNIT}"
    cells = {f"m-{unit.pk}-{one.pk}": "" for one in rest}
    said = cells | {f"m-{unit.pk}-{first.pk}": " p.  7 ", f"m-{unit.pk}-{second.pk}": "", f"all-{unit.pk}": "folder 2"}
    assert page.post(save, said | {"m-x-1": "a", "m-1": "b", f"m-{unit.pk}-999999": "c"}).status_code == 302
    kept = dict(unit.marks.values_list("criterion__number", "reference"))
    assert kept["1.1"] == "p. 7"
    assert set(kept.values()) == {"p. 7", "folder 2"}
    assert marks_missing([unit.pk]) == (24, 0)
    page.post(save, {f"m-{unit.pk}-{first.pk}": ""})
    assert marks_missing([unit.pk]) == (24, 1)
    page.post(save, {f"m-{unit.pk}-{second.pk}": "x" * 500})
    assert len(unit.marks.get(criterion=second).reference) == 40


def test_the_named_verifier_checks_and_a_changed_mark_ends_the_check(world, as_role):
    claim = world.draft(2)
    units = list(claim.units.filter(unit=UNIT).order_by("pk"))
    verifier = as_role("internal_verifier")
    url = address("centre_check_marking", claim.pk)
    assert verifier.post(url, {"checked": [one.pk for one in units]}).status_code == 302
    assert "Gwenllian ap Rhys-Mbeki" in text_of(verifier.get(f"{address('centre_claim_matrix', claim.pk)}?unit={UNIT}"))
    mark = units[0].marks.first()
    mark_criteria(claim.pk, {Cell(units[0].pk, mark.criterion_id): "p. 99"}, at=world.at, by=world.acting("assessor"))
    assert list(InternalCheck.objects.values_list("claimed_unit", flat=True)) == [units[1].pk]
    claim.units.update(internal_verifier=world.people["exams_officer"])
    assert verifier.post(url, {"checked": [units[0].pk]}).status_code == 422
    assert verifier.post(url, {"checked": ["-1", "x"]}).status_code == 422
    assert as_role("assessor").post(url).status_code == 403


def test_the_database_keeps_marks_with_their_draft_and_checks_with_their_verifier(world):
    claim = world.draft(1)
    unit = claim.units.get(unit=UNIT)
    other = Criterion.objects.filter(unit="DEMO-09629-2").first()
    who = {"centre_id": world.centre, "claimed_unit": unit}
    with pytest.raises(IntegrityError, match="of another unit"), transaction.atomic():
        CriterionMark.objects.create(
            **who, criterion=other, reference="p", marked_by=world.people["assessor"], marked_at=world.at
        )
    with pytest.raises(IntegrityError, match="not the internal verifier"), transaction.atomic():
        InternalCheck.objects.create(**who, checked_by=world.people["assessor"], checked_at=world.at)
    send(world, claim)
    for change in (lambda mark: mark.delete(), lambda mark: mark.save()):
        with pytest.raises(IntegrityError, match="while a claim is a draft"), transaction.atomic():
            change(unit.marks.first())
    assert mark_criteria(claim.pk, {}, at=world.at, by=world.acting("assessor")).refused
    assert check_internally(claim.pk, [unit.pk], at=world.at, by=world.acting("internal_verifier")).refused


def test_marks_go_over_when_a_claim_is_taken_back_or_claimed_again(world):
    claim, by = world.draft(2), world.acting("assessor")
    check_internally(
        claim.pk, claim.units.values_list("pk", flat=True), at=world.at, by=world.acting("internal_verifier")
    )
    send(world, claim)
    assert take_back_claim(claim.pk, at=world.at, by=by).allowed
    assert marks_missing(list(claim.units.values_list("pk", flat=True))) == (48, 0)
    send(world, claim)
    claim.refresh_from_db()
    assert withdraw_unmet_claim(claim.pk, at=claim.withdraw_after, by=CLOCK).allowed
    again = claim_again(claim.pk, at=world.at, by=by)
    assert marks_missing(list(again.units.values_list("pk", flat=True))) == (48, 0)
    assert InternalCheck.objects.filter(claimed_unit__claim=again).count() == again.units.count()
    assert choose_units(again.pk, [Pair(world.registrations[0].pk, UNITS[0])], at=world.at, by=by).allowed


def test_the_moderator_begins_not_awarded_from_the_matrix_and_the_draft_names_the_gaps(world, as_role):
    claim = world.draft(2)
    gap(claim, "2.4").delete()
    send(world, claim, gaps_because="It was recorded.")
    claim.refresh_from_db()
    reference = claim.consignments.get().reference
    moderator = as_role("examiner_moderator")
    moderator.post(address("moderator_receive"), {"reference": reference})
    Claim.objects.filter(pk=claim.pk, state="submitted").update(state="with_moderator")
    page = text_of(moderator.get(f"{address('moderator_matrix', claim.pk)}?unit={UNIT}"))
    assert "1 of 48 missing" in page
    assert "Draft “not awarded: incomplete”" in page
    unit = claim.units.get(unit=UNIT, registration=world.registrations[0])
    said = {"outcome": "not_awarded", "reason_code": "INCOMPLETE", "draft": 1}
    drafted = moderator.post(address("moderator_unit", claim.pk, unit.pk), said)
    assert "Missing: 2.4." in text_of(drafted)
    assert 'value="not_awarded"' in drafted.content.decode()
    assert not hasattr(unit, "decision")


def test_a_matrix_of_an_unknown_unit_or_another_centre_is_not_found(world, as_role):
    claim = world.draft(1)
    page = as_role("assessor")
    assert page.get(f"{address('centre_claim_matrix', claim.pk)}?unit=none").status_code == 404
    assert page.get(address("centre_claim_matrix", 999_999)).status_code == 404
    shown = page.get(f"{address('centre_claim_matrix', claim.pk)}?unit={UNITS[0]}&from=-1")
    assert "are not in the catalogue" in text_of(shown)
