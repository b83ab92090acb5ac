"""Files that come in parts: cut off, gone on with, never mixed up, and given up in the end."""

import base64
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from conferral.batch.jobs import give_up_files
from conferral.records.evidence.models import EvidenceItem, StoredFile
from conferral.records.evidence.store import Store
from conferral.rules.evidence import KINDS
from tests.pages.centre.test_claims import page, text_of
from tests.pages.centre.test_files import folder, look
from tests.samples import UGLY, pdf

__all__ = ["folder"]
TUS = {"Tus-Resumable": "1.0.0"}
PARTS = "application/offset+octet-stream"


@pytest.fixture
def claim(world):
    return world.submitted(count=1)


def begin(client, claim, content=None, *, name="film.pdf", **more):
    told = {"filename": name, "candidate": str(claim.units.first().registration_id), "fingerprint": "a"} | more
    coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    length = len(pdf() if content is None else content)
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": coded}
    return client.post(reverse("centre_begin_file", args=[claim.pk]), headers=headers)


def send(client, where, content, at, **more):
    headers = TUS | {"Upload-Offset": str(at), "Content-Type": PARTS} | more
    return client.generic("PATCH", where, content, content_type=PARTS, headers=headers)


def offset(client, where):
    answer = client.head(where, headers=TUS)
    assert answer["Cache-Control"] == "no-store"
    return int(answer["Upload-Offset"])


def test_an_upload_that_was_cut_off_goes_on_and_is_kept_whole(as_role, claim, folder):
    client, content = as_role("exams_officer"), pdf(pages=4)
    began = begin(client, claim, content)
    assert began.status_code == 201
    where = began["Location"]
    assert offset(client, where) == 0
    assert send(client, where, content[:300], 0).status_code == 204
    assert offset(client, where) == 300
    assert "film.pdf" in page(client, "centre_files", claim.pk)
    complete = client.post(reverse("centre_complete_upload", args=[claim.pk]))
    assert "A file has not arrived whole" in text_of(complete)
    again = begin(client, claim, content)
    assert again["Location"] == where
    last = send(client, where, content[300:], 300)
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(content)))
    assert client.get(where).json()["state"] == "received"
    assert offset(client, where) == len(content)
    assert send(client, where, b"", len(content)).status_code == 204
    assert look() == [True]
    item = EvidenceItem.objects.get()
    assert Store(folder).path(item.sha256).read_bytes() == content
    assert offset(client, where) == len(content)
    assert client.get(where).json()["state"] == "accepted"
    assert send(client, where, b"", len(content)).status_code == 204
    assert EvidenceItem.objects.count() == 1


def test_a_file_that_was_changed_meanwhile_begins_anew(as_role, claim):
    client = as_role("exams_officer")
    where = begin(client, claim)["Location"]
    send(client, where, pdf()[:10], 0)
    assert begin(client, claim, fingerprint="b")["Location"] != where
    assert begin(client, claim, fingerprint="")["Location"] != where
    assert begin(client, claim, name="other.pdf")["Location"] != where
    assert begin(client, claim)["Location"] == where


def test_a_part_that_does_not_follow_is_not_taken(as_role, claim):
    client = as_role("exams_officer")
    where = begin(client, claim)["Location"]
    send(client, where, pdf()[:10], 0)
    for wrong in (0, 5, 11, 10_000):
        answer = send(client, where, b"x", wrong)
        assert (answer.status_code, answer["Upload-Offset"]) == (409, "10")
    assert send(client, where, pdf()[10:] + b"more", 10).status_code == 413
    assert offset(client, where) == len(pdf())
    assert send(client, where, b"", len(pdf())).status_code == 204
    assert look() == [True]
    assert EvidenceItem.objects.count() == 1


def test_what_is_refused_says_why(as_role, claim, settings):
    client = as_role("exams_officer")
    content, rule = UGLY["macros.docm"]
    where = begin(client, claim, content, name="macros.docm")["Location"]
    assert send(client, where, content, 0).status_code == 204
    assert look() == [False]
    said = client.get(where).json()
    assert (said["state"], [one["rule"] for one in said["reasons"]]) == ("refused", [rule])
    assert send(client, where, b"", len(content)).status_code == 409
    settings.FILE_MEGABYTES = 1
    large = begin(client, claim, bytes(1024 * 1024 + 1))
    assert large.status_code == 422
    assert [one["rule"] for one in large.json()["reasons"]] == ["file-too-large"]
    assert begin(client, claim, b"").json()["reasons"][0]["rule"] == "file-empty"


def test_the_protocol_is_kept_and_strange_headers_do_no_harm(as_role, claim):
    client = as_role("exams_officer")
    where = begin(client, claim)["Location"]
    assert client.head(where).status_code == 412
    assert client.head(where)["Tus-Version"] == "1.0.0"
    assert client.generic("PATCH", where, b"x", content_type="text/plain", headers=TUS).status_code == 415
    assert send(client, where, b"x", "no number").status_code == 409
    url = reverse("centre_begin_file", args=[claim.pk])
    for odd in ("", "filename", "filename ***", "filename /////w==", ",,,", "candidate eA=="):
        headers = TUS | {"Upload-Length": "9", "Upload-Metadata": odd}
        assert client.post(url, headers=headers).status_code == 422
    assert client.put(where).status_code == 405


def test_nobody_else_goes_on_with_a_file(as_role, claim, world):
    where = begin(as_role("exams_officer"), claim)["Location"]
    assert as_role("internal_verifier").head(where, headers=TUS).status_code == 403
    assert as_role("examiner_moderator").head(where, headers=TUS).status_code == 403
    assert send(as_role("assessor"), where, pdf(), 0).status_code == 204


def test_a_request_without_a_token_against_forgery_is_refused(world, claim):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["exams_officer"])
    assert begin(client, claim).status_code == 403


def test_what_never_came_whole_is_given_up_in_the_end(as_role, claim, world, settings, folder):
    client = as_role("exams_officer")
    where = begin(client, claim)["Location"]
    send(client, where, pdf()[:10], 0)
    settings.CLOCK = lambda: world.at + timedelta(days=7)
    assert give_up_files() == 0
    settings.CLOCK = lambda: world.at + timedelta(days=7, seconds=1)
    assert give_up_files() == 1
    assert StoredFile.objects.get().state == "given_up"
    assert not list((folder / "arriving").iterdir())
    assert "film.pdf" not in page(client, "centre_files", claim.pk)


def test_a_full_disk_is_said_before_a_file_comes(as_role, claim, monkeypatch):
    monkeypatch.setattr(Store, "free", lambda self: 1024)
    answer = begin(as_role("exams_officer"), claim)
    assert [one["rule"] for one in answer.json()["reasons"]] == ["file-without-room"]


def test_every_kind_that_is_taken_fits_its_column():
    assert max(len(kind) for kind in KINDS) <= StoredFile._meta.get_field("kind").max_length


class Meeting(BytesIO):
    """A body that waits, before it is read, for somebody else to begin reading theirs."""

    def __init__(self, content: bytes, gate: Barrier) -> None:
        super().__init__(content)
        self.gate = gate

    def read(self, *size: int) -> bytes:
        with suppress(BrokenBarrierError):
            self.gate.wait(2)
        return super().read(*size)


def test_two_parts_that_come_at_the_same_moment_take_turns(transactional_db, as_role, world, folder):
    claim, content = world.submitted(count=1), pdf(pages=4)
    client = as_role("exams_officer")
    where, gate = begin(client, claim, content)["Location"], Barrier(2)

    def part(_):
        try:
            body = {"wsgi.input": Meeting(content, gate), "CONTENT_LENGTH": str(len(content))}
            theirs = Client()
            theirs.force_login(world.people["exams_officer"])
            return theirs.generic(
                "PATCH", where, b"x", content_type=PARTS, headers=TUS | {"Upload-Offset": "0"}, **body
            ).status_code  # fmt: skip
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(part, range(2))) == [204, 409]
    assert look() == [True]
    assert Store(folder).path(EvidenceItem.objects.get().sha256).read_bytes() == content
