"""Files of evidence as they are seen: drawn anew, in words, as the original; written on and signed; and by whom."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from conferral.records.access import acting_as
from conferral.records.claims.models import Claim
from conferral.records.evidence.models import Annotation, EvidenceItem, FileSignature
from conferral.records.evidence.store import Store
from conferral.records.ledger.models import Event
from tests.pages.centre.test_claims import page, text_of
from tests.pages.centre.test_files import folder, send
from tests.samples import docx, pdf, picture, text

__all__ = ["folder"]


@pytest.fixture
def claim(world, as_role):
    """A submitted claim with four files."""
    made = world.submitted(count=1)
    answer = send(
        as_role("exams_officer"), made, ("Task 2.pdf", pdf("Because she had waited", pages=3)),
        ("photo.jpg", picture("JPEG")), ("statement.docx", docx("He said why")), ("call.mp3", b"ID3" + bytes(99)),
    )  # fmt: skip
    assert answer.status_code == 303
    return made


@pytest.fixture
def delivered(claim, as_role):
    """The same, with its moderator."""
    assert as_role("exams_officer").post(reverse("centre_complete_upload", args=[claim.pk])).status_code == 302
    return claim


def item(name):
    return EvidenceItem.objects.get(name=name)


def of(name, claim, audience="moderator", view="original", *more):
    return reverse(f"{audience}_file_{view}", args=[claim.pk, item(name).pk, *more])


def test_the_original_is_an_attachment_from_a_sandbox_and_byte_for_byte_what_was_sent(as_role, delivered):
    for role, audience in (("exams_officer", "centre"), ("examiner_moderator", "moderator")):
        answer = as_role(role).get(of("Task 2.pdf", delivered, audience))
        assert b"".join(answer.streaming_content) == pdf("Because she had waited", pages=3)
        assert answer["Content-Disposition"] == 'attachment; filename="Task 2.pdf"'
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_page_is_drawn_and_kept_for_the_next_who_looks(as_role, delivered, folder):
    moderator = as_role("examiner_moderator")
    answer = moderator.get(of("Task 2.pdf", delivered, "moderator", "picture", 2))
    drawn = b"".join(answer.streaming_content)
    assert drawn.startswith(b"\xff\xd8")
    assert Store(folder).drawn(item("Task 2.pdf").sha256, 2).read_bytes() == drawn
    assert moderator.get(of("Task 2.pdf", delivered, "moderator", "picture", 9)).status_code == 404
    assert moderator.get(of("statement.docx", delivered, "moderator", "picture", 1)).status_code == 404


def test_nobody_else_sees_a_file(as_role, delivered, world):
    for role in ("external_verifier", "certificates_officer"):
        assert as_role(role).get(of("Task 2.pdf", delivered)).status_code in (403, 404)


def test_a_moderator_sees_no_file_before_the_upload_is_complete(as_role, claim):
    assert as_role("examiner_moderator").get(of("Task 2.pdf", claim)).status_code == 404


def test_the_review_shows_a_page_its_words_and_the_other_files(as_role, delivered):
    moderator = as_role("examiner_moderator")
    unit = delivered.units.order_by("unit_id").first()
    url = reverse("moderator_unit", args=[delivered.pk, unit.pk])
    shown = moderator.get(url).content.decode()
    assert of("Task 2.pdf", delivered, "moderator", "picture", 1) in shown
    assert "Page 1 of 3" in shown
    assert "statement.docx" in shown
    said = text_of(moderator.get(f"{url}?file={item('Task 2.pdf').pk}&page=2&as=text"))
    assert "Because she had waited" in said
    assert "He said why" in text_of(moderator.get(f"{url}?file={item('statement.docx').pk}"))
    assert "<audio" in moderator.get(f"{url}?file={item('call.mp3').pk}").content.decode()
    for odd in ("page=0", "page=99", "page=x", "page=99999999999", "file=x", "file=0", "as=text"):
        assert moderator.get(f"{url}?{odd}").status_code == 200


def test_the_words_of_a_file_are_read_for_their_depth(as_role, delivered):
    unit = delivered.units.get(unit="DEMO-09628-3")
    url = reverse("moderator_unit", args=[delivered.pk, unit.pk])
    moderator = as_role("examiner_moderator")
    shown = moderator.get(f"{url}?file={item('statement.docx').pk}")
    assert 'name="answer" value="He said why"' in shown.content.decode()
    criterion = unit.unit.criteria.filter(current=True, verb="explain").first()
    answer = moderator.post(url, {"criterion": criterion.pk, "answer": "He said why", "advise": "1"})
    assert "a person decides" in text_of(answer).lower()


def test_a_file_that_stands_for_another_candidate_is_shown_to_the_moderator(as_role, world):
    claim = world.submitted(count=2)
    centre = as_role("exams_officer")
    for to in (0, 1):
        send(centre, claim, ("same.pdf", pdf()), to=to)
    centre.post(reverse("centre_complete_upload", args=[claim.pk]))
    assert "The same file stands for another candidate" in page(
        as_role("examiner_moderator"), "moderator_claim", claim.pk
    )


def write(client, claim, audience="moderator", **said):
    said = {"page": "2", "words": "Because is missing here."} | said
    return client.post(of("Task 2.pdf", claim, audience, "note"), said)


def test_what_the_moderator_writes_is_read_by_the_centre_once_the_report_is_sent(as_role, delivered, world):
    moderator = as_role("examiner_moderator")
    back = f"{reverse('moderator_claim', args=[delivered.pk])}?page=2"
    answer = write(moderator, delivered, back=back)
    assert answer.url == back
    assert write(moderator, delivered, back="https://away.example/").url.startswith("/moderator/")
    assert "Because is missing here." in page(moderator, "moderator_claim", delivered.pk)
    centre = as_role("exams_officer")
    where = reverse("centre_file", args=[delivered.pk, item("Task 2.pdf").pk])
    assert "Because is missing here." not in text_of(centre.get(where))
    with acting_as(world.acting("exams_officer")):
        assert not Annotation.objects.exists()
    Claim.objects.filter(pk=delivered.pk).update(state="with_awarding_organisation")
    assert "Because is missing here." in text_of(centre.get(where))
    told = Event.objects.filter(verb="file_written_on")
    assert not [event for event in told if "missing" in str(event.facts)]


def test_the_assessor_writes_before_delivery_and_the_moderator_reads_it(as_role, claim):
    centre = as_role("assessor")
    assert write(centre, claim, "centre", words="✓ 2.1 and 2.2").status_code == 302
    assert "2.1 and 2.2" in text_of(centre.get(reverse("centre_file", args=[claim.pk, item("Task 2.pdf").pk])))
    centre.post(reverse("centre_complete_upload", args=[claim.pk]))
    assert "2.1 and 2.2" in page(as_role("examiner_moderator"), "moderator_claim", claim.pk)
    late = write(as_role("assessor"), claim, "centre")
    assert late.status_code == 422
    assert "Nothing can be written on this file now" in text_of(late)


@pytest.mark.parametrize(
    ("said", "reason"), [({"words": "  "}, "There is nothing in the note"), ({"page": "4"}, "There is no page 4")]
)
def test_a_note_that_can_not_be_kept_says_why(as_role, delivered, said, reason):
    answer = write(as_role("examiner_moderator"), delivered, **said)
    assert answer.status_code == 422
    assert reason in text_of(answer)
    assert not Annotation.objects.exists()


def sign(client, claim, unit="J/600/1003"):
    registration = claim.units.first().registration_id
    return client.post(reverse("centre_sign_files", args=[claim.pk]), {"candidate": registration, "unit": unit})


def test_the_named_verifier_signs_the_files_as_they_are(as_role, claim, world):
    assert "3 of 3 units show no internal verification" in page(as_role("exams_officer"), "centre_files", claim.pk)
    assert sign(as_role("internal_verifier"), claim).status_code == 302
    signed = FileSignature.objects.get()
    assert signed.hashes == sorted(EvidenceItem.objects.values_list("sha256", flat=True))
    assert signed.signed_by == world.people["internal_verifier"]
    centre = as_role("exams_officer")
    assert "2 of 3 units show no internal verification" in page(centre, "centre_files", claim.pk)
    send(centre, claim, ("later.txt", text()))
    assert "Files have changed since" in page(centre, "centre_files", claim.pk)
    assert sign(as_role("assessor"), claim).status_code == 403
    centre.post(reverse("centre_complete_upload", args=[claim.pk]))
    unit = claim.units.get(unit="J/600/1003")
    seen = text_of(as_role("examiner_moderator").get(reverse("moderator_unit", args=[claim.pk, unit.pk])))
    assert "signed by Gwenllian ap Rhys-Mbeki" in seen
    assert "files have changed since" in seen


def test_a_verifier_whom_the_claim_does_not_name_signs_nothing(as_role, world):
    draft = world.draft(count=1)
    send(as_role("assessor"), draft, ("one.pdf", pdf()))
    draft.units.update(internal_verifier=None)
    answer = sign(as_role("internal_verifier"), draft)
    assert answer.status_code == 422
    assert "doesn’t name you as internal verifier" in text_of(answer)
    with pytest.raises(DatabaseError, match="not the internal verifier"), transaction.atomic():
        FileSignature.objects.create(
            centre_id=world.centre, claim=draft, registration=world.registrations[0], unit_id="J/600/1003",
            hashes=["0" * 64], signed_by=world.people["internal_verifier"], signed_at=world.at,
        )  # fmt: skip


def test_notes_and_signatures_only_grow(as_role, claim, world):
    write(as_role("assessor"), claim, "centre")
    sign(as_role("internal_verifier"), claim)
    for model in (Annotation, FileSignature):
        for wrong in (lambda rows: rows.update(claim=claim), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
                wrong(model.objects.all())
