"""That the benchmark still runs, in seconds. How fast anything is, no test says."""

import pytest

from bench import judging
from bench.claims import submit_many
from bench.figures import BEGIN, END, HEADINGS, Figure, keep, p95, table
from bench.load import FIRST_CENTRE, counted, fill
from conferral.records.candidates.models import Candidate
from conferral.rules.identifiers import uln_fault


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_one_measure_gives_a_table_with_a_figure_in_each_line():
    lines = table(judging.measure(records=2, rows=50)).splitlines()
    assert cells(lines[0]) == list(HEADINGS)
    assert len(lines) == 5
    assert all(len(cells(line)) == len(HEADINGS) for line in lines)
    assert all(cells(line)[2] for line in lines[2:])


def test_a_missed_goal_stands_out():
    line = table([Figure("p95", "1,000 rows", "2.0", "at most 1.5", False)]).splitlines()[-1]
    assert cells(line) == ["p95", "1,000 rows", "2.0", "at most 1.5", "**no**"]


def test_the_last_report_of_a_measure_replaces_the_one_before_and_no_other(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"Above\n{BEGIN}\n{END}\nBelow\n")
    for measure, report in (("claims", "old"), ("pages", "theirs"), ("claims", "new")):
        keep(measure, report, readme)
    kept = readme.read_text()
    assert "old" not in kept
    assert kept.startswith("Above\n") and kept.endswith(f"{END}\nBelow\n")  # noqa: PT018
    assert kept.index("new") < kept.index("<!-- end of claims -->") < kept.index("theirs")


def test_p95_is_the_nearest_rank():
    assert p95([float(number) for number in range(100, 0, -1)]) == 95.0


@pytest.mark.django_db
def test_loaded_rows_are_what_the_actions_would_have_stored(noon):
    fill(registrations=200, centres=2)
    assert counted() == {"registrations": 200, "claims": 20, "claimed units": 300}
    numbers = Candidate.objects.values_list("uln", flat=True)
    assert [uln for uln in numbers if uln_fault(uln)] == []


@pytest.mark.django_db
def test_claims_are_submitted_over_loaded_rows(noon):
    fill(registrations=80, centres=2, claims=False)
    took = submit_many(centre=1, claims=1, skip=0)
    assert took["ended"] >= took["began"]
    assert Candidate.objects.filter(centre=str(FIRST_CENTRE + 1), registrations__claimedunit__state="claimed").exists()
