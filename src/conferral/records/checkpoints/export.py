"""A checkpoint as rows of text, for a file or a terminal."""

from collections.abc import Iterator
from datetime import datetime

from conferral.records.checkpoints.models import Checkpoint
from conferral.records.checkpoints.queries import Tally, said, standing, tallies
from conferral.records.readiness import Readiness
from conferral.rules.days import london_day

HEADS = ("Centre", "Centre name", "Scheme", "Candidate", "Learner number", "Stands at", "Next", "Result expected")


def lines(checkpoint: Checkpoint, *, at: datetime) -> Iterator[tuple[str, ...]]:
    """A checkpoint as rows of text: every candidate of every asked centre, a centre at a time, heads first."""
    yield HEADS
    after = ""
    while page := tallies(checkpoint.pk, after=after, most=100):
        for centre in page:
            answers = said(checkpoint, centre.centre)
            for row in standing(checkpoint, centre.centre, on=london_day(at)):
                yield _line(centre, row, answers)
        after = page[-1].centre


def _line(centre: Tally, row: Readiness, answers: dict[int, bool]) -> tuple[str, ...]:
    candidate = row.registration.candidate
    answer = answers.get(row.registration.pk)
    return (
        centre.centre, centre.name, row.registration.scheme_id, candidate.name, candidate.uln or "",
        row.status.replace("_", " "), row.next_step, {True: "yes", False: "no", None: "not said"}[answer],
    )  # fmt: skip
