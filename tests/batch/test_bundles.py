"""All files of a candidate as one PDF: asked for on a page, made by a worker, with a list of hashes in front."""

from io import BytesIO

from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from conferral.actions.looking import joined
from conferral.batch.jobs import join_files
from conferral.records.evidence.models import EvidenceItem
from tests.pages.centre.test_claims import page
from tests.pages.centre.test_files import folder, send
from tests.pages.test_evidence_files import claim, delivered
from tests.samples import docx, pdf, picture

__all__ = ["claim", "delivered", "folder"]


def whole(client, claim, audience="centre"):
    registration = claim.units.first().registration_id
    return client.get(reverse(f"{audience}_bundle", args=[claim.pk, registration]))


def test_the_files_are_joined_behind_a_list_of_them(as_role, delivered):
    centre = as_role("exams_officer")
    assert whole(centre, delivered).status_code == 404
    registration = delivered.units.first().registration_id
    assert "Make one PDF of these files" in page(centre, "centre_files", delivered.pk)
    assert centre.post(reverse("centre_bundle", args=[delivered.pk, registration])).status_code == 302
    assert centre.post(reverse("centre_bundle", args=[delivered.pk, registration])).status_code == 302
    job = ProcrastinateJob.objects.get(task_name="conferral.join_files")
    assert join_files(**job.args)
    assert "All files as one PDF" in page(centre, "centre_files", delivered.pk)
    for role, audience in (("exams_officer", "centre"), ("examiner_moderator", "moderator")):
        answer = whole(as_role(role), delivered, audience)
        assert answer["Content-Security-Policy"].startswith("sandbox")
        pages = PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
        assert len(pages) == 1 + 3 + 1
        cover = " ".join(pages[0].extract_text().split())
        for item in EvidenceItem.objects.all():
            assert item.sha256[:20] in cover
            assert item.name in cover
        assert "Not joined" in cover
        assert "Because she had waited" in pages[1].extract_text()
        assert len(pages[4].images) == 1


def test_another_file_makes_another_document(as_role, claim):
    centre = as_role("exams_officer")
    assert join_files(claim.pk, claim.units.first().registration_id)
    assert whole(centre, claim).status_code == 200
    send(centre, claim, ("later.pdf", pdf("Task 9")))
    assert whole(centre, claim).status_code == 404


def test_nobody_else_gets_the_document(as_role, claim, world):
    join_files(claim.pk, claim.units.first().registration_id)
    assert whole(as_role("examiner_moderator"), claim, "moderator").status_code == 404
    assert whole(as_role("external_verifier"), claim, "moderator").status_code == 404


def test_what_has_no_pages_can_not_be_joined(tmp_path):
    for name, content in (("a", pdf()), ("b", picture("PNG")), ("c", docx())):
        (tmp_path / name).write_bytes(content)
    made = joined([tmp_path / "a", tmp_path / "b"])
    assert made is not None
    assert len(PdfReader(BytesIO(made)).pages) == 2
    assert joined([tmp_path / "a", tmp_path / "c"]) is None


def test_nothing_is_made_of_nothing(world):
    draft = world.draft(count=1)
    assert join_files(draft.pk, world.registrations[0].pk) is False
