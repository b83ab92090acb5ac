"""Who is ready, and what is missing: the map, the table in words, the filters and the files."""

import csv
import io
from datetime import date

import pytest
from django.utils.html import strip_tags
from openpyxl import load_workbook

from conferral.actions.centres import add_centre, approve_centre
from conferral.actions.claims import submit_claim
from conferral.actions.marking import Cell, check_internally, mark_criteria
from conferral.actions.names import change_name
from conferral.actions.reviews import decide_unit
from conferral.pages.centre import readiness as page
from conferral.records.access import acting_as
from conferral.records.candidates.models import Candidate, Registration
from conferral.records.candidates.names import NewName
from conferral.records.catalogue.models import Constraint, Qualification
from conferral.records.centres.models import Approval
from conferral.records.claims.models import ClaimedUnit, CriterionMark
from tests.actions.test_awards import process, reported
from tests.actions.test_journey import receive
from tests.records.structures import achieve, load_structures
from tests.world import INSTALLER, UNITS, fresh

READINESS = "/centre/readiness/"
CODE = "90009"
FINAL = date(2027, 1, 29)  # a Friday


@pytest.fixture
def officer(as_role):
    return as_role("exams_officer")


@pytest.fixture
def cohort(world):
    """Four candidates of a scheme with mandatory units, optional ones and a whole: A1 A2 B1 B2 W1 W2."""
    load_structures(world)
    Qualification.objects.filter(pk=CODE).update(last_registration=None, final_certification=FINAL)
    approve_centre(world.centre, CODE, on=date(2010, 1, 1), at=world.at, by=INSTALLER)
    enough = {f"{CODE}-{unit}": False for unit in ("A1", "A2", "B1", "B2", "W1", "W2")}
    almost = {f"{CODE}-{unit}": False for unit in ("A1", "A2", "B1")}
    return achieve(world, [(CODE, enough), (CODE, almost), (CODE, almost), (CODE, {})])


def shown(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def body(response) -> str:
    return shown(response).partition("<tbody>")[2].partition("<tfoot>")[0]


def test_the_last_safe_day_comes_first_with_its_rule(officer, cohort):
    text = shown(officer.get(READINESS, {"scheme": CODE}))
    assert "claim by <b>Thursday 21 January 2027</b> (6 working days, verified by visit)" in text
    assert "/rules/readiness-after-safe-claim/" in text
    assert text.index("Thursday 21 January 2027") < text.index("<table")


def letters(response):
    rows = (row for group in response.context["page"]["groups"] for row in group)
    return {row["name"]: "".join(cell["letter"] for cell in row["cells"]) for row in rows}


def test_the_map_says_for_each_unit_where_it_stands(officer, cohort):
    cells = letters(officer.get(READINESS, {"scheme": CODE}))
    assert cells["Ng0000"] == "✓✓✓✓✓✓"
    assert cells["Ng0003"] == "······"
    text = body(officer.get(READINESS, {"scheme": CODE}))
    assert '<span class="govuk-visually-hidden">achieved</span>' in text
    assert '<span class="govuk-visually-hidden">not started</span>' in text


def test_what_is_claimed_and_what_was_not_awarded_have_letters_of_their_own(officer, world):
    world.submitted(count=2)
    one, other = world.registrations[:2]
    unit = ClaimedUnit.objects.get(registration=other, unit="L/601/7638")
    receive(world, unit.claim)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        assert decide_unit(unit.pk, "not_awarded", reason_code="not_to_standard", at=world.at, by=by).allowed
    cells = letters(officer.get(READINESS, {"scheme": "09628"}))
    assert cells[one.candidate.name] == "CCC"
    assert sorted(cells[other.candidate.name]) == ["C", "C", "✕"]


def test_a_unit_in_a_draft_is_planned_then_assessed_then_internally_verified_then_claimed(officer, world):
    def stands():
        cells = letters(officer.get(READINESS, {"scheme": "09628"}))
        return cells[world.registrations[0].candidate.name]

    assert stands() == "···"
    claim = world.draft(1, UNITS[-1:])
    (unit,) = claim.units.all()
    last = CriterionMark.objects.filter(claimed_unit=unit).last()
    assert sorted(stands()) == ["A", "·", "·"]
    mark_criteria(claim.pk, {Cell(unit.pk, last.criterion_id): ""}, at=world.at, by=world.acting("assessor"))
    assert sorted(stands()) == ["P", "·", "·"]
    mark_criteria(claim.pk, {Cell(unit.pk, last.criterion_id): "p. 9"}, at=world.at, by=world.acting("assessor"))
    assert check_internally(claim.pk, [unit.pk], at=world.at, by=world.acting("internal_verifier")).allowed
    assert sorted(stands()) == ["V", "·", "·"]
    by = world.acting("assessor")
    with acting_as(by):
        assert submit_claim(claim.pk, at=world.at, by=by, fresh=fresh()).allowed
    assert sorted(stands()) == ["C", "·", "·"]


def test_a_draft_changes_no_readiness_and_its_letters_are_in_words_and_files(officer, world):
    before = officer.get(READINESS, {"scheme": "09628"})
    claim = world.draft(1, UNITS)
    first = claim.units.get(unit=UNITS[0])
    check_internally(claim.pk, [first.pk], at=world.at, by=world.acting("internal_verifier"))
    after = officer.get(READINESS, {"scheme": "09628"})
    for name in ("tallies", "totals", "pushes", "asks", "claim"):
        assert before.context["page"][name] == after.context["page"][name]
    text = shown(officer.get(READINESS, {"scheme": "09628", "view": "words"}))
    assert f"Internally verified: {first.unit_id}." in text
    assert f"Assessed: {UNITS[2]}." in text
    assert f"Planned: {UNITS[1]}." in text  # it has no criteria to assess
    sheet = load_workbook(io.BytesIO(officer.get(f"{READINESS}readiness.xlsx", {"scheme": "09628"}).content)).active
    lines = {line[0]: line for line in sheet.iter_rows(values_only=True)}
    assert sorted(lines[world.registrations[0].candidate.name][7:10]) == ["A", "P", "V"]


def test_the_cohort_is_narrowed_by_the_assessor_whom_a_claim_names_a_draft_included(officer, world):
    person = world.people["assessor"]
    assert "Any assessor" not in shown(officer.get(READINESS, {"scheme": "09628"}))  # there is none to narrow by
    world.draft(2, UNITS[:1])
    everybody = officer.get(READINESS, {"scheme": "09628"})
    assert "Any assessor" in shown(everybody)
    asked = {"scheme": "09628", "assessor": str(person.pk)}
    narrowed = officer.get(READINESS, asked)
    assert len(letters(narrowed)) == 2 < len(letters(everybody))
    links = [one["url"] for kind in ("tallies", "views", "files") for one in narrowed.context["page"][kind]]
    assert all(f"assessor={person.pk}" in url for url in links)
    assert len(officer.get(f"{READINESS}readiness.csv", asked).content.decode().splitlines()) == 3
    other = world.registrations[4].candidate.last_name
    assert letters(officer.get(READINESS, {**asked, "q": other})) == {}
    assert len(letters(officer.get(READINESS, {**asked, "assessor": "'"}))) == len(letters(everybody))


def test_a_unit_that_was_not_awarded_shows_the_draft_in_which_it_is_again(officer, world):
    world.submitted(count=1)
    unit = ClaimedUnit.objects.get(unit=UNITS[2])
    receive(world, unit.claim)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        assert decide_unit(unit.pk, "not_awarded", reason_code="not_to_standard", at=world.at, by=by).allowed
    name = world.registrations[0].candidate.name
    assert sorted(letters(officer.get(READINESS, {"scheme": "09628"}))[name]) == ["C", "C", "✕"]
    world.draft(1, UNITS[2:])
    assert sorted(letters(officer.get(READINESS, {"scheme": "09628"}))[name]) == ["A", "C", "C"]


def test_rows_are_grouped_by_status_with_the_closest_to_trouble_first(officer, cohort):
    groups = officer.get(READINESS, {"scheme": CODE}).context["page"]["groups"]
    assert [{strip_tags(row["tag"]).strip() for row in group} for group in groups] == [{"Can finish"}, {"Ready"}]
    by_name = officer.get(READINESS, {"scheme": CODE, "sort": "name"}).context["page"]["groups"]
    assert [[row["name"] for row in group] for group in by_name] == [["Ng0000", "Ng0001", "Ng0002", "Ng0003"]]
    by_credits = officer.get(READINESS, {"scheme": CODE, "sort": "credits"}).context["page"]["groups"]
    assert [row["amount"]["have"] for row in by_credits[0]] == sorted(
        (row["amount"]["have"] for row in by_credits[0]), reverse=True
    )


def test_after_the_last_safe_day_those_who_lack_units_are_at_risk(officer, cohort):
    Qualification.objects.filter(pk=CODE).update(final_certification=date(2026, 11, 25))
    text = shown(officer.get(READINESS, {"scheme": CODE, "status": "at_risk"}))
    assert "At risk</strong> <b>3</b>" in text
    assert "which has passed" in text
    Qualification.objects.filter(pk=CODE).update(final_certification=date(2026, 11, 20))
    text = shown(officer.get(READINESS, {"scheme": CODE}))
    assert "Cannot finish</strong> <b>4</b>" in text
    assert "stopped certificating on Friday 20 November 2026" in text
    assert "Begin a claim" not in text


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"status": "ready"}, ["Ng0000"]),
        ({"missing": f"{CODE}-B1"}, ["Ng0003"]),
        ({"q": "ng0002"}, ["Ng0002"]),
        ({"q": "nobody"}, []),
        ({"status": "nonsense"}, ["Ng0001", "Ng0002", "Ng0003", "Ng0000"]),
        ({"missing": "'", "sort": "'", "view": "'", "after": "9" * 40}, ["Ng0001", "Ng0002", "Ng0003", "Ng0000"]),
        ({"q": "\x00"}, ["Ng0001", "Ng0002", "Ng0003", "Ng0000"]),
    ],
)
def test_the_cohort_is_narrowed_by_status_unit_and_name(officer, cohort, asked, names):
    response = officer.get(READINESS, {"scheme": CODE, **asked})
    shown(response)
    assert [row["name"] for group in response.context["page"]["groups"] for row in group] == names


def test_a_scheme_for_which_the_centre_is_not_approved_is_not_found(officer, cohort):
    assert officer.get(READINESS, {"scheme": "99999"}).status_code == 404
    assert officer.get(f"{READINESS}readiness.exe", {"scheme": CODE}).status_code == 404


def test_without_a_scheme_that_of_the_newest_registration_is_shown(officer, world, cohort):
    first = officer.get(READINESS).context["page"]["scheme"].code
    assert first == CODE
    achieve(world, [("09628", {})])
    assert officer.get(READINESS).context["page"]["scheme"].code == "09628"


def test_the_rule_of_combination_is_told_with_how_many_have_it(officer, cohort):
    text = shown(officer.get(READINESS, {"scheme": CODE}))
    assert "At least 7 credits from group B." in text
    assert "1 of 4" in text


def test_a_scheme_whose_combination_nobody_knows_says_so(officer, cohort):
    Constraint.objects.filter(scheme=CODE).delete()
    text = shown(officer.get(READINESS, {"scheme": CODE}))
    assert "The catalogue holds no rule of combination for this scheme" in text


def test_the_primary_action_leads_to_a_claim_in_that_scheme(officer, world, as_role):
    text = shown(officer.get(READINESS, {"scheme": "09628"}))
    assert "Begin a claim: 5 candidates can finish" in text
    assert "/centre/claims/new/?scheme=09628" in text
    assert 'value="09628"' in shown(officer.get("/centre/claims/new/?scheme=09628"))
    assert "checked" in shown(officer.get("/centre/claims/new/?scheme=09628"))
    assert "Begin a claim" not in shown(as_role("internal_verifier").get(READINESS, {"scheme": "09628"}))


def test_the_same_is_told_in_words(officer, cohort):
    text = body(officer.get(READINESS, {"scheme": CODE, "view": "words"}))
    assert f"Achieved: {CODE}-A1, {CODE}-A2, {CODE}-B1." in text
    assert "Not started: " in text


def test_more_than_200_come_in_words_and_in_pages_of_50(officer, cohort, monkeypatch):
    monkeypatch.setattr(page, "WHOLE", 3)
    monkeypatch.setattr(page, "PAGE", 3)
    first = officer.get(READINESS, {"scheme": CODE})
    assert first.context["page"]["view"] == "words"
    names = [row["name"] for group in first.context["page"]["groups"] for row in group]
    assert names == ["Ng0001", "Ng0002", "Ng0003"]
    second = officer.get(first.context["page"]["older_url"])
    assert [row["name"] for group in second.context["page"]["groups"] for row in group] == ["Ng0000"]
    assert second.context["page"]["older_url"] == ""
    assert "app-map" in shown(officer.get(READINESS, {"scheme": CODE, "view": "map"}))


def test_who_has_an_award_is_not_shown(officer, world):
    process(world, reported(world, world.submitted(count=1)))
    text = body(officer.get(READINESS, {"scheme": "09628"}))
    assert world.registrations[0].candidate.last_name not in text
    assert world.registrations[2].candidate.last_name in text


def test_files_hold_letters_and_no_cell_acts_as_a_formula(officer, cohort, world):
    registration = Registration.objects.get(pk=cohort[1])
    Candidate.objects.filter(pk=registration.candidate_id).update(centre_reference="+44")
    new, by = NewName("=HYPERLINK(1)", "Ng0001"), world.acting("exams_officer")
    with acting_as(by):
        assert change_name(registration.candidate_id, new, at=world.at, by=by, fresh=fresh())[1]
    response = officer.get(f"{READINESS}readiness.csv", {"scheme": CODE})
    assert "readiness-90009-2026-11-23.csv" in response["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Candidate", "Learner number", "Your reference", "Status"]
    (row,) = (row for row in rows if "HYPERLINK" in row[0])
    assert row[0] == "'=HYPERLINK(1) Ng0001"
    assert row[2] == "'+44"
    assert dict(zip((cell.split()[0] for cell in rows[0][7:13]), row[7:13], strict=True)) == {
        f"{CODE}-{unit}": letter for unit, letter in zip(("A1", "A2", "B1", "B2", "W1", "W2"), "✓✓✓···", strict=True)
    }
    sheet = load_workbook(io.BytesIO(officer.get(f"{READINESS}readiness.xlsx", {"scheme": CODE}).content)).active
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    numbers = {"Achieved", "Needed"}
    for heading, *below in sheet.iter_cols():
        expected = "n" if heading.value in numbers else "s"
        assert {cell.data_type for cell in below if cell.value is not None} <= {expected}
    assert "=HYPERLINK(1) Ng0001" in [cell.value for cell in cells]
    assert sheet.max_row == 5


def test_files_are_narrowed_as_the_page_is(officer, cohort):
    response = officer.get(f"{READINESS}readiness.csv", {"scheme": CODE, "status": "ready"})
    assert len(response.content.decode().splitlines()) == 2


def test_as_many_queries_for_forty_as_for_four(officer, world, cohort, django_assert_max_num_queries):
    with django_assert_max_num_queries(45) as few:
        officer.get(READINESS, {"scheme": CODE})
    achieve(world, [(CODE, {f"{CODE}-A1": False})] * 36)
    with django_assert_max_num_queries(len(few.captured_queries)):
        text = shown(officer.get(READINESS, {"scheme": CODE}))
    assert "40 of 40 candidates" in text


def test_as_many_queries_for_many_in_drafts_as_for_one(officer, world, django_assert_max_num_queries):
    world.draft(1)
    with django_assert_max_num_queries(45) as few:
        officer.get(READINESS, {"scheme": "09628"})
    world.draft(5)
    achieve(world, [("09628", {})] * 10)  # so that a query for each of those in the cohort would show
    with django_assert_max_num_queries(len(few.captured_queries)):
        cells = letters(officer.get(READINESS, {"scheme": "09628"}))
    assert "APP" in {"".join(sorted(one)) for one in cells.values()}


def test_another_centres_candidates_are_not_in_it(officer, cohort, world):
    add_centre("99999", "Elsewhere", nation="england", at=world.at, by=INSTALLER)
    Registration.objects.filter(pk=cohort[0]).update(centre_id="99999")
    assert "3 of 3 candidates" in shown(officer.get(READINESS, {"scheme": CODE}))


def test_a_centre_without_a_scheme_is_told_who_approves_it(as_role, world):
    Approval.objects.all().delete()
    client = as_role("exams_officer")
    assert "not approved for a scheme yet" in shown(client.get(READINESS))
    assert client.get(f"{READINESS}readiness.csv").status_code == 404
