"""Names in letters that a certificate shows are taken on every way of entry; of others the letter is named."""

import unicodedata

import pytest

from conferral.actions.candidates import register_candidate, register_upload, stage_upload
from conferral.actions.names import change_name
from conferral.actions.registration_files import read_registrations
from conferral.batch.certificates import certificate_pdf
from conferral.records.access import acting_as
from conferral.records.candidates.models import Candidate
from conferral.records.candidates.names import NewName
from conferral.rules.shown_letters import unshown_letter
from tests.batch.test_certificates import ADDRESS, certificate
from tests.world import fresh
from tools.letters import LIST, shown, written

SHOWN = (
    "Ŵyn Llŷr Gwilym", "Łukasz Brzęczyszczykiewicz", "Nguyễn Thị Ánh", "Adébáyọ̀ Ṣẹ́gun", "Þórdís Guðmundsdóttir",
    "ʿAbd al-Raḥmān al-Khwārizmī", "Fa'alogo O’Neill", "Παπαδόπουλος",
)  # fmt: skip
UNSHOWN = {
    "Ann 𒀀": "“𒀀” (U+12000, cuneiform sign a), letter 5",
    "Tom 😀": "“😀” (U+1F600, grinning face), letter 5",
    "Ṣẹ́王": "“王” (U+738B, cjk unified ideograph-738b), letter 3",
    "Li\u200b": "“\u200b” (U+200B, zero width space), letter 3",
}


def typed(last: str, first: str = "") -> dict[str, str]:
    return {"scheme": "09628", "first_names": first, "last_name": last, "born_on": "1/1/2000"}


def in_a_form(world, name: str) -> list[str]:
    by = world.acting("exams_officer")
    with acting_as(by):
        verdict, made = register_candidate(typed(name), at=world.at, by=by)
    assert (made is None) is bool(verdict.refused)
    return [reason.text for reason in verdict.refused]


def in_a_file(world, name: str) -> list[str]:
    by = world.acting("exams_officer")
    lines = ["scheme_code,uln,first_names,last_name,date_of_birth", f"09628,,,{name},1/1/2000"]
    read = read_registrations("\n".join(lines).encode(), "a.csv")
    with acting_as(by):
        upload = stage_upload(read.rows, file_name="a.csv", headings=read.headings, at=world.at, by=by)
        tally = register_upload(upload.pk, at=world.at, by=by)
    assert len(tally.accepted) + len(tally.refused) == 1
    return [reason.text for one in tally.refused for reason in one.verdict.refused]


def as_a_change(world, name: str) -> list[str]:
    by = world.acting("exams_officer")
    first = world.registrations[2].candidate.first_names
    with acting_as(by):
        new = NewName(first, name)
        verdict, _ = change_name(world.registrations[2].candidate_id, new, at=world.at, by=by, fresh=fresh())
    return [reason.text for reason in verdict.refused]


@pytest.mark.parametrize("enter", [in_a_form, in_a_file, as_a_change])
@pytest.mark.parametrize("name", SHOWN)
def test_a_name_that_a_certificate_shows_is_taken(world, enter, name):
    """Composed or not: a file may hold each mark as a sign of its own."""
    assert enter(world, unicodedata.normalize("NFD", name)) == []
    assert Candidate.objects.filter(last_name=unicodedata.normalize("NFC", name)).exists()


@pytest.mark.parametrize("enter", [in_a_form, in_a_file, as_a_change])
@pytest.mark.parametrize("name", UNSHOWN)
def test_of_a_name_that_no_certificate_shows_the_letter_and_its_place_are_told(world, enter, name):
    assert enter(world, name) == [f"No font of the certificates shows {UNSHOWN[name]} of the last name."]
    assert not Candidate.objects.filter(last_name=name).exists()


def test_it_is_said_beside_the_first_names_too(world, as_role):
    by = world.acting("exams_officer")
    with acting_as(by):
        verdict, _ = register_candidate(typed("Li", "Ann 😀"), at=world.at, by=by)
    (reason,) = verdict.refused
    assert (reason.rule, reason.about) == ("first-names-no-font-shows", "first_names")
    assert reason.text.endswith("letter 5 of the first names.")


def test_the_list_of_letters_is_that_of_the_font():
    assert LIST.read_text("ascii") == written(shown()), "run: python -m tools.letters"


def test_each_letter_of_the_list_is_printed():
    """All at once, each mark on a letter: what the list promises, the paper keeps."""
    ends = [chr(int(end, 16)) for line in LIST.read_text().splitlines()[1:] for end in line.split("-")]
    letters = [letter for letter in ends if unicodedata.is_normalized("NFC", letter)]
    assert not any(map(unshown_letter, letters))
    assert certificate_pdf(certificate(" ".join(f"a{letter}" for letter in letters)), address=ADDRESS)
