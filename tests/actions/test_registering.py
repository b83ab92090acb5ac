"""Registering from a file: what is refused, what is registered once, and who is recognised."""

from pathlib import Path

from conferral.actions.candidates import register_upload, stage_upload
from conferral.actions.registration_files import read_registrations
from conferral.records.access import acting_as

DEMONSTRATION = Path(__file__).resolve().parent.parent.parent / "packs" / "demo" / "registrations-09628.csv"


def register(world, content: bytes):
    by = world.acting("exams_officer")
    read = read_registrations(content, "a.csv")
    assert read.fault is None, read.fault
    with acting_as(by):
        upload = stage_upload(read.rows, file_name="a.csv", headings=read.headings, at=world.at, by=by)
        return register_upload(upload.pk, at=world.at, by=by)


def lines(*rows: str) -> bytes:
    return "\n".join(("scheme_code,uln,first_names,last_name,date_of_birth", *rows)).encode()


def refusals(tally):
    return [(one.line.line, reason.rule) for one in tally.refused for reason in one.verdict.refused]


def test_the_demonstration_file_registers_35_and_refuses_five(world):
    tally = register(world, DEMONSTRATION.read_bytes())
    assert (len(tally.accepted) + len(tally.already), len(tally.refused)) == (35, 5)
