"""Registering from a file, in the browser."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conferral.records.candidates.models import Candidate, Registration, Upload

DEMONSTRATION = Path(__file__).resolve().parents[3] / "packs" / "demo" / "registrations-09628.csv"
UPLOAD = "/centre/candidates/upload/"
HEADINGS = "scheme_code,uln,first_names,last_name,date_of_birth"


@pytest.fixture
def officer(as_role):
    return as_role("exams_officer")


def send(client, content: bytes | str, name: str = "a.csv", **extra):
    content = content.encode() if isinstance(content, str) else content
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content), **extra})


def previewed(client, content: bytes | str, name: str = "a.csv", **extra) -> str:
    """Upload a file that can be read; the address of its preview."""
    response = send(client, content, name, **extra)
    assert response.status_code == 303, response.content.decode()
    return response["Location"]


def shown(response) -> str:
    return " ".join(response.content.decode().split())


def test_35_of_40_rows_are_previewed_registered_once_and_the_rest_given_back(officer, world):
    before = Registration.objects.count()
    url = previewed(officer, DEMONSTRATION.read_bytes(), "registrations-09628.csv")
    text = shown(officer.get(url))
    assert "30 of 40 rows can be registered now" in text
    assert "Register 30 candidates" in text
    assert "Download the 5 refused rows" in text
    assert "There is no date 31/02/2001." in text
    assert Registration.objects.count() == before
    assert officer.post(url, {"step": "register"}).status_code == 303
    assert officer.post(url, {"step": "register"}).status_code == 303
    assert Registration.objects.count() == before + 30
    text = shown(officer.get(url))
    assert "30 candidates registered" in text
    assert "Register 30" not in text


def test_the_same_file_again_has_nothing_to_register(officer, world):
    url = previewed(officer, DEMONSTRATION.read_bytes())
    officer.post(url)
    text = shown(officer.get(previewed(officer, DEMONSTRATION.read_bytes())))
    assert "0 of 40 rows can be registered now" in text
    assert 'value="register"' not in text


def test_refused_rows_come_back_as_the_same_file_with_reasons_and_can_be_sent_again(officer, world):
    text = "Surname;Shoe size;DOB;Scheme;ULN\n=cmd|'/c calc'!A1;38;31/02/2001;09628;\nGood;39;1/1/2000;09628;\n"
    url = previewed(officer, text, "../../x “é”.csv")
    assert "Not used and not kept: Shoe size" in shown(officer.get(url))
    response = officer.get(f"{url}refused.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert ".." not in response["Content-Disposition"]
    assert response.content.startswith(b"\xef\xbb\xbf")
    heading, row = csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))
    assert heading == ["Surname", "DOB", "Scheme", "ULN", "what_is_wrong", "what_to_do"]
    assert row[:3] == ["'=cmd|'/c calc'!A1", "31/02/2001", "09628"]
    assert row[4] == "There is no date 31/02/2001."
    corrected = response.content.replace(b"31/02/2001", b"28/02/2001", 1)
    again = officer.get(previewed(officer, corrected))
    assert "1 of 1 row can be registered now" in shown(again)


def test_a_corrected_file_ends_the_asking_for_the_refused_rows(officer, world):
    first = previewed(officer, f"{HEADINGS}\n09628,,Ann,Lee,31/2/2000\n")
    officer.post(first)
    assert "Put right 1 row of" in shown(officer.get("/centre/"))
    page = shown(officer.get(first))
    number = first.rstrip("/").split("/")[-1]
    assert f"/centre/candidates/upload/?corrects={number}" in page
    officer.post(previewed(officer, f"{HEADINGS}\n09628,,Ann,Lee,28/2/2000\n", corrects=number))
    assert "Put right" not in shown(officer.get("/centre/"))


def test_refused_rows_can_be_left_out_for_good(officer, world):
    url = previewed(officer, f"{HEADINGS}\n09628,,Ann,Lee,31/2/2000\n")
    officer.post(url)
    officer.post(url, {"step": "leave"})
    assert "Put right" not in shown(officer.get("/centre/"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (f"{HEADINGS}\n", "nothing below it"),
        (f"{HEADINGS}\n09628,,Zoë,Müller,1/1/2000".encode("latin-1"), "not in UTF-8"),
        (b"\x00\x01\x02", "not a text file"),
        ("scheme_code,uln\n09628,", "There is no column Last name."),
        (f'{HEADINGS}\n09628,,"Ann,Lee,1/1/2000', "don&#x27;t pair up"),
        (b"PK\x03\x04nothing", "can&#x27;t be opened"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_place_and_remedy(officer, world, content, said):
    response = send(officer, content)
    assert response.status_code == 422
    text = shown(response)
    assert said in text
    assert "<title>Error: " in text
    assert Upload.objects.count() == 0


def test_choosing_no_file_is_said_beside_the_field(officer, world):
    response = officer.post(UPLOAD, {})
    assert response.status_code == 422
    assert "Choose a file" in shown(response)


def test_a_file_of_more_than_20_megabytes_is_refused(officer, world):
    response = send(officer, HEADINGS.encode() + b"\n" + b"x" * (20 * 1024 * 1024))
    assert response.status_code == 422
    assert "larger than 20 MB" in shown(response)


def test_names_with_markup_apostrophes_and_accents_are_shown_and_kept_as_written(officer, world):
    url = previewed(
        officer, f"{HEADINGS}\n09628,,<b>Zoë</b>,O’Neill-D'Angelo,1/1/2000\n09628,,,Fa'alogo Two,1/1/2000\n"
    )
    text = shown(officer.get(url))
    assert "&lt;b&gt;Zoë&lt;/b&gt;" in text
    assert "No first name." in text
    officer.post(url)
    assert Candidate.objects.filter(first_names="<b>Zoë</b>", last_name="O’Neill-D'Angelo").exists()


def test_a_lost_zero_is_put_back_and_said(officer, world):
    text = shown(officer.get(previewed(officer, f"{HEADINGS}\n9628,,Ann,Lee,1/1/2000\n")))
    assert "9628 was read as 09628" in text
    assert "Register 1 candidate" in text


def test_many_refused_rows_are_summed_up_by_reason_and_only_200_are_listed(
    officer, world, django_assert_max_num_queries
):
    rows = "\n".join(f"09628,,Ann,Lee{number},31/2/2000" for number in range(300))
    url = previewed(officer, f"{HEADINGS}\n{rows}\n")
    with django_assert_max_num_queries(30):
        text = shown(officer.get(url))
    assert "By reason" in text
    assert text.count('data-label="Your file says"') == 200


@pytest.mark.parametrize("path", ["999999", "99999999999999999999999"])
def test_an_upload_that_is_not_there_is_not_found(officer, world, path):
    assert officer.get(f"/centre/candidates/uploads/{path}/").status_code == 404
    assert officer.get(f"/centre/candidates/uploads/{path}/refused.csv").status_code == 404


def test_an_assessor_may_not_upload(as_role, world):
    assert as_role("assessor").get(UPLOAD).status_code == 403


def test_the_file_to_fill_in_is_read_by_its_own_headings(officer, world):
    content = officer.get("/centre/candidates/upload/registrations.csv").content
    row = b"09628,,Ann,Lee,1/1/2000,,\n"
    assert "1 of 1 row can be registered now" in shown(officer.get(previewed(officer, content + row)))
