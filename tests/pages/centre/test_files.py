"""Evidence uploaded by a centre: kept, refused with its reason, taken away, complete; and who sees it."""

import hashlib
import socket
import struct
import threading
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from conferral.actions.claims import take_back_claim
from conferral.actions.consignments import record_despatch
from conferral.actions.evidence import LOOKING
from conferral.pages.centre import files
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Criterion
from conferral.records.claims.models import Claim
from conferral.records.evidence.models import EvidenceFor, EvidenceItem, FileText, StoredFile
from conferral.records.evidence.store import Store
from conferral.records.ledger.models import Event
from conferral.records.letters.models import Letter
from conferral.rules.file_names import LONGEST, shown_name
from conferral.rules.permissions import Acting
from tests.pages.centre.test_claims import page, text_of
from tests.samples import UGLY, docx, pdf, picture, text

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """A store of this test's own."""
    settings.FILES = tmp_path / "files"
    return settings.FILES


def look() -> list[bool]:
    """Run the jobs that look into files, in this test's transaction; gives what each returned."""
    said = []
    known = list(StoredFile.objects.values_list("token", flat=True))  # a test that commits leaves its jobs
    jobs = ProcrastinateJob.objects.filter(task_name=LOOKING, status="todo", args__token__in=known)
    for job in jobs.order_by("pk"):
        said.append(app.tasks[LOOKING].func(**job.args))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])
    return said


def send(client, claim, *files, to=0, **more):
    """Send files and have them looked into; gives the answer to the request."""
    answer = only_send(client, claim, *files, to=to, **more)
    look()
    return answer


def refusals(client, claim, to=0):
    """What the page says of a candidate's files."""
    return text_of(client.get(reverse("centre_files", args=[claim.pk]), {"candidate": candidate(claim, to)}))


def candidate(claim, to):
    return list(claim.units.order_by("registration").values_list("registration", flat=True).distinct())[to]


def only_send(client, claim, *files, to=0, **more):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    said = {"candidate": candidate(claim, to), "files": sent} | more
    return client.post(reverse("centre_upload_files", args=[claim.pk]), said)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != "arriving")


def test_files_are_kept_unchanged_under_their_hash(as_role, world, folder):
    claim = world.submitted(count=1)
    centre = as_role("assessor")
    answer = send(centre, claim, ("Task 2.pdf", pdf()), ("photo.jpg", picture("JPEG")), unit="J/600/1003")
    assert answer.status_code == 303
    items = list(EvidenceItem.objects.order_by("place"))
    assert [(item.place, item.name, item.unit_id) for item in items] == [
        (1, "Task 2.pdf", "J/600/1003"),
        (2, "photo.jpg", "J/600/1003"),
    ]
    assert kept(folder) == sorted(item.sha256 for item in items)
    assert Store(folder).path(items[0].sha256).read_bytes() == pdf()
    assert hashlib.sha256(pdf()).hexdigest() == items[0].sha256
    assert {file.state for file in StoredFile.objects.all()} == {"accepted"}
    assert "Task 2" in FileText.objects.get().pages[0]
    shown = page(centre, "centre_files", claim.pk)
    assert "Task 2.pdf" in shown
    assert "1 page" in shown
    assert "not scanned for viruses" in shown


def test_refused_files_come_back_with_reason_remedy_and_rule_and_the_others_are_kept(as_role, world, folder):
    claim = world.submitted(count=1)
    centre = as_role("exams_officer")
    answer = send(centre, claim, ("good.pdf", pdf()), ("macros.docx", UGLY["macros.docm"][0]), ("nothing.pdf", b""))
    at_once = text_of(answer)
    assert answer.status_code == 422
    for words in ("nothing.pdf is empty", "save it again and choose that copy", "file-empty"):
        assert words in at_once, words
    said = refusals(centre, claim)
    for words in ("macros.docx holds macros", "Save it as a document without macros", "file-with-macros"):
        assert words in said, words
    assert [item.name for item in EvidenceItem.objects.all()] == ["good.pdf"]
    assert len(kept(folder)) == 1
    assert not list((folder / "arriving").iterdir())
    token = StoredFile.objects.get(state="refused").token
    centre.post(reverse("centre_give_up_file", args=[claim.pk, token]))
    assert "macros.docx" not in page(centre, "centre_files", claim.pk)


@pytest.mark.parametrize(
    "name",
    ["empty.pdf", "locked.pdf", "cut-off.pdf", "macros.docm", "bomb.docx", "nested.docx", "pdf-and-zip.pdf",
     "script.pdf", "launch.pdf", "sends.pdf"],
)  # fmt: skip
def test_an_ugly_file_leaves_nothing_but_its_refusal(as_role, world, folder, name):
    claim = world.submitted(count=1)
    content, rule = UGLY[name]
    centre = as_role("exams_officer")
    answer = send(centre, claim, (name, content))
    assert rule in (text_of(answer) if rule == "file-empty" else refusals(centre, claim))
    assert not EvidenceItem.objects.exists()
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(as_role, world, folder, settings):
    settings.FILE_MEGABYTES = 1
    claim = world.submitted(count=1)
    answer = send(as_role("exams_officer"), claim, ("film.mp4", bytes(1024 * 1024 + 1)))
    assert answer.status_code == 422
    assert "film.mp4 is larger than 1 MB" in text_of(answer)
    assert not StoredFile.objects.exists()
    assert (
        send(as_role("exams_officer"), claim, ("film.mp4", b"\0\0\0\x18ftypisom" + bytes(1024 * 1024 - 12))).status_code
        == 303
    )


def test_nothing_chosen_is_said_beside_the_field(as_role, world):
    answer = send(as_role("exams_officer"), world.submitted(count=1))
    assert answer.status_code == 422
    assert "Choose at least one file" in text_of(answer)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\work\\Task 2.pdf", "Task 2.pdf"),
        ("x" * 300 + ".pdf", "x" * 115 + "….pdf"),
        ("y" * 300, "y" * 119 + "…"),
        ("evil\u202egnp.pdf", "evil gnp.pdf"),
        ("two\nlines\x00.pdf", "two lines .pdf"),
        ("..pdf", "pdf"),
        ("../..", "unnamed"),
        ("Llŷr.pdf", "Llŷr.pdf"),
    ],
)
def test_a_name_is_shown_without_folders_and_control_characters_and_cut(written, shown):
    assert shown_name(written) == shown
    assert len(shown_name(written)) <= LONGEST


def test_a_name_is_for_showing_only_and_what_was_changed_is_said(as_role, world, folder):
    claim = world.submitted(count=1)
    centre = as_role("exams_officer")
    assert send(centre, claim, ("x" * 200 + ".pdf", pdf())).status_code == 303
    assert EvidenceItem.objects.get().name == "x" * 115 + "….pdf"
    assert "file-name-cleaned" in [reason["rule"] for reason in StoredFile.objects.get().reasons]
    assert kept(folder) == [hashlib.sha256(pdf()).hexdigest()]


def test_the_same_file_stands_once_for_a_candidate_and_is_warned_of_for_another(as_role, world):
    claim = world.submitted(count=2)
    centre = as_role("exams_officer")
    send(centre, claim, ("one.pdf", pdf()))
    send(centre, claim, ("two.pdf", pdf()))
    assert "two.pdf is there already, as file 1, one.pdf" in refusals(centre, claim)
    assert send(centre, claim, ("two.pdf", pdf()), to=1).status_code == 303
    warned = StoredFile.objects.filter(state="accepted").last()
    assert [reason["rule"] for reason in warned.reasons] == ["file-for-another-candidate"]


def test_the_same_file_at_another_centre_is_warned_of_and_the_centre_is_not_told(as_role, world, neighbour_file):
    claim = world.submitted(count=1)
    send(as_role("exams_officer"), claim, ("mine.pdf", pdf()))
    said = page(as_role("exams_officer"), "centre_files", claim.pk)
    assert "The same file as mine.pdf stands for another candidate" in said
    assert "70707" not in said
    with acting_as(world.acting("exams_officer")):
        assert set(EvidenceItem.objects.values_list("centre_id", flat=True)) == {world.centre}


@pytest.fixture
def neighbour_file(world):
    """Another centre's candidate has the same file."""
    from conferral.records.candidates.models import Candidate, Registration
    from conferral.records.centres.models import Centre

    centre = Centre.objects.create(number="70707", name="Prifysgol y Drindod", nation="wales")
    candidate = Candidate.objects.create(centre=centre, last_name="Ng", born_on="2000-01-01")
    registration = Registration.objects.create(
        centre=centre, candidate=candidate, scheme_id="09628", registered_on=world.at.date()
    )
    claim = Claim.objects.create(centre=centre, scheme_id="09628", made_by=world.people["assessor"], made_at=world.at)
    sha256 = hashlib.sha256(pdf()).hexdigest()
    file = StoredFile.objects.create(
        token="ab", centre=centre, claim=claim, registration=registration, name="a", written="a", size=1,
        sent_by=world.people["assessor"], begun_at=world.at,
    )  # fmt: skip
    for state in ("received", "accepted"):
        file.state, file.sha256 = state, sha256
        file.save()
    return EvidenceItem.objects.create(
        centre=centre, claim=claim, registration=registration, candidate=candidate, file=file, sha256=sha256, place=1,
        name="a", added_by=world.people["assessor"], added_at=world.at,
    )  # fmt: skip


def test_upload_complete_stops_the_clock_and_nothing_is_added_after_it(as_role, world):
    claim = world.submitted(count=2)
    centre = as_role("exams_officer")
    complete = reverse("centre_complete_upload", args=[claim.pk])
    nothing = centre.post(complete)
    assert nothing.status_code == 422
    assert "No file has been uploaded yet" in text_of(nothing)
    send(centre, claim, ("one.pdf", pdf()))
    assert "1 of 2 candidates have no file" in page(centre, "centre_files", claim.pk)
    moderator_may = Acting("moderator", world.people["examiner_moderator"].pk, None, ("examiner_moderator",))
    with acting_as(moderator_may):
        assert not EvidenceItem.objects.exists()
    assert centre.post(complete).status_code == 302
    claim.refresh_from_db()
    work = claim.consignments.get()
    assert (claim.state, work.state, work.kind) == ("with_moderator", "matched", "upload")
    told = Event.objects.get(verb="upload_completed")
    assert told.facts["files"] == 1
    subjects = list(Letter.objects.order_by("pk").values_list("subject", flat=True))[-2:]
    assert subjects == [f"The work for claim {claim.pk} has arrived", f"The work of claim {claim.pk} is uploaded"]
    assert "Files uploaded" in page(centre, "centre_claim", claim.pk)
    with acting_as(moderator_may):
        assert EvidenceItem.objects.count() == 1
        assert StoredFile.objects.count() == 1
    for answer in (
        send(centre, claim, ("two.pdf", pdf("Task 3"))),
        centre.post(reverse("centre_take_away_file", args=[claim.pk, EvidenceItem.objects.get().pk])),
        centre.post(complete),
    ):
        assert answer.status_code == 422
    assert "Nothing can be added or taken away now" in text_of(send(centre, claim, ("two.pdf", pdf("Task 3"))))
    assert EvidenceItem.objects.count() == 1


def test_after_taking_back_files_are_there_and_may_be_changed(as_role, world):
    claim = world.submitted(count=1)
    centre = as_role("exams_officer")
    send(centre, claim, ("one.pdf", pdf()))
    centre.post(reverse("centre_complete_upload", args=[claim.pk]))
    by = world.acting("exams_officer")
    with acting_as(by):
        assert take_back_claim(claim.pk, at=world.at, by=by).allowed
    assert send(centre, claim, ("two.pdf", pdf("Task 3"))).status_code == 303
    item = EvidenceItem.objects.get(place=1)
    assert centre.post(reverse("centre_take_away_file", args=[claim.pk, item.pk])).status_code == 302
    assert [one.name for one in EvidenceItem.objects.all()] == ["two.pdf"]


def test_the_database_itself_keeps_what_was_delivered(as_role, world):
    claim = world.submitted(count=1)
    centre = as_role("exams_officer")
    send(centre, claim, ("one.pdf", pdf()))
    item = EvidenceItem.objects.get()
    by = world.acting("assessor")
    centre.post(reverse("centre_complete_upload", args=[claim.pk]))
    for wrong in (
        lambda: EvidenceItem.objects.filter(pk=item.pk).delete(),
        lambda: EvidenceItem.objects.filter(pk=item.pk).update(name="other"),
        lambda: EvidenceFor.objects.create(
            centre_id=world.centre,
            item=item,
            criterion=Criterion.objects.filter(unit__in=claim.units.values("unit")).first(),
            said_by_id=by.person,
            said_at=world.at,
        ),
    ):
        with pytest.raises(DatabaseError, match="evidence-after-delivery"), transaction.atomic():
            wrong()
    with pytest.raises(DatabaseError, match="what was accepted"), transaction.atomic():
        StoredFile.objects.update(sha256="0" * 64)
    other = world.draft(count=1)
    with pytest.raises(DatabaseError, match="no evidence for claim"), transaction.atomic():
        EvidenceItem.objects.create(
            centre_id=world.centre, claim=other, registration_id=item.registration_id, candidate_id=item.candidate_id,
            file=item.file, sha256="0" * 64, place=1, name="x", added_by=item.added_by, added_at=world.at,
        )  # fmt: skip


def test_work_sent_by_post_takes_no_files(as_role, world):
    claim = world.submitted(count=1)
    by = world.acting("exams_officer")
    with acting_as(by):
        record_despatch(claim.pk, despatched_on=world.at.date(), carrier="A", at=world.at, by=by)
    answer = send(as_role("exams_officer"), claim, ("one.pdf", pdf()))
    assert answer.status_code == 422
    assert not EvidenceItem.objects.exists()


def test_a_candidate_who_is_not_in_the_claim_takes_no_files(as_role, world):
    claim = world.submitted(count=1)
    other = world.registrations[3].pk
    answer = as_role("exams_officer").post(
        reverse("centre_upload_files", args=[claim.pk]),
        {"candidate": other, "files": [SimpleUploadedFile("a.pdf", pdf())]},
    )
    assert answer.status_code in (404, 422)
    assert not StoredFile.objects.exists()


class FakeScanner(threading.Thread):
    """clamd at the edge: it takes a stream in parts and knows one threat."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.address = str(path)
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(self.address)
        self.server.listen()

    def run(self) -> None:
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as read:
                assert read.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!L", read.read(4))[0]:
                    content += read.read(length)
                line.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


def test_a_threat_is_refused_where_files_are_scanned_and_none_is_kept_unscanned(as_role, world, settings, tmp_path):
    claim = world.submitted(count=1)
    centre = as_role("exams_officer")
    settings.SCANNER = str(tmp_path / "clamd")
    send(centre, claim, ("one.txt", text()))
    assert "can’t be scanned now" in refusals(centre, claim)
    scanner = FakeScanner(tmp_path / "clamd")
    scanner.start()
    send(centre, claim, ("one.txt", text()))
    send(centre, claim, ("two.txt", EICAR))
    assert "two.txt holds what the scanner knows as Eicar-Test-Signature" in refusals(centre, claim)
    assert [item.file.scanned for item in EvidenceItem.objects.all()] == [True]
    assert "Every file is scanned" in page(centre, "centre_files", claim.pk)
    scanner.server.close()


def test_an_internal_verifier_sees_the_files_and_adds_none(as_role, world):
    claim = world.submitted(count=1)
    send(as_role("exams_officer"), claim, ("one.pdf", pdf()))
    verifier = as_role("internal_verifier")
    assert "one.pdf" in page(verifier, "centre_files", claim.pk)
    assert send(verifier, claim, ("two.docx", docx())).status_code == 403


def test_no_page_of_files_for_work_that_is_seen_on_a_visit(as_role, world):
    by = world.acting("assessor")
    from conferral.actions.claims import start_claim

    with acting_as(by):
        claim = start_claim("10263", at=world.at, by=by)
    assert as_role("exams_officer").get(reverse("centre_files", args=[claim.pk])).status_code == 404


def test_many_files_are_shown_in_stretches_and_none_is_left_out(as_role, world, monkeypatch):
    monkeypatch.setattr(files, "SHOWN", 2)
    claim = world.submitted(count=1)
    centre = as_role("exams_officer")
    send(centre, claim, *((f"{place}.txt", text(f"Work {place}")) for place in range(1, 6)))
    EvidenceItem.objects.get(place=2).delete()
    url = f"{reverse('centre_files', args=[claim.pk])}?candidate={candidate(claim, 0)}"
    first = centre.get(url)
    assert "4 files" in text_of(first)
    seen = [[row["item"].place for row in centre.get(one["url"]).context["page"]["rows"]]
            for one in first.context["page"]["stretches"]]  # fmt: skip
    assert seen == [[1, 3], [4, 5]]
    for odd in ("from=99", "from=4", "from=5"):
        assert [row["item"].place for row in centre.get(f"{url}&{odd}").context["page"]["rows"]] == [4, 5]
    for odd in ("from=0", "from=x", "from=-1", ""):
        assert [row["item"].place for row in centre.get(f"{url}&{odd}").context["page"]["rows"]] == [1, 3]


def test_files_of_a_candidate_are_looked_into_in_their_order_and_others_are_not_held_up(as_role, world):
    claim = world.submitted(count=2)
    centre = as_role("exams_officer")
    for to in (0, 0, 1):
        only_send(centre, claim, (f"{to}.txt", text(f"Work of {to}")), to=to)
    locks = list(ProcrastinateJob.objects.filter(task_name=LOOKING).order_by("pk").values_list("lock", flat=True))
    assert locks[-3:] == [f"files {claim.pk} {candidate(claim, to)}" for to in (0, 0, 1)]
