"""Support documents: announced, published in versions, read, searched, compared, and linked by section."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from conferral.actions.library import add_document, link_section, media_type, note_reading, publish_version
from conferral.actions.markdown import blocks_of, html_of, sections_of
from conferral.records.access import acting_as
from conferral.records.guidance.models import DocumentFile, DocumentReading, DocumentSection, SupportDocument
from conferral.records.ledger.models import Event
from tests.pages.moderator.test_review import address, words

HANDBOOK = """Opening words.

# 1. About

Two *kinds* of work.

# 3 Assessment {#assessment}

The centre assesses.

## Marking

Mark on the work.

# Results
"""
PDF = b"%PDF-1.7\n% nothing\n"


def zipped(*names):
    with io.BytesIO() as held:
        with zipfile.ZipFile(held, "w") as made:
            for name in names:
                made.writestr(name, "x")
        return held.getvalue()


@pytest.fixture
def published(world):
    """A handbook in two versions for 09628, linked from question 12, and a document to come."""
    by = world.acting("quality_officer")
    with acting_as(by):
        said = {"kind": "handbook", "summary": "How it is done.", "at": world.at, "by": by}
        handbook, _ = add_document("Customer Service handbook", schemes=["09628"], **said)
        publish_version(handbook.pk, text=HANDBOOK, at=world.at, by=by)
        link_section(handbook.pk, "assessment", kind="question", key="12", at=world.at, by=by)
        add_document("Questions of centres", schemes=[], **said)
    return handbook


def second(world, handbook, text=HANDBOOK.replace("The centre assesses.", "The centre assesses and records.")):
    by = world.acting("quality_officer")
    with acting_as(by):
        return publish_version(handbook.pk, text=text, what_changed="Assessment is recorded.", at=world.at, by=by)


def test_the_desk_adds_a_document_and_its_versions(world, as_role):
    desk = as_role("quality_officer")
    said = {"title": "Student guide", "kind": "student_guide", "summary": "For candidates.", "schemes": ["09628"]}
    answer = desk.post(address("desk_add_document"), said)
    assert (answer.status_code, answer["Location"]) == (303, address("desk_document", "student-guide"))
    assert "Soon available" in words(desk.get(address("document", "student-guide")))
    again = desk.post(address("desk_add_document"), said)
    assert again.status_code == 422
    assert "There is a document with this title" in words(again)
    to = address("desk_version", "student-guide")
    nothing = desk.post(to, {"text": " "})
    assert nothing.status_code == 422
    assert "The version has neither a text nor a file." in words(nothing)
    first = {"text": "# One\n\nRead.", "file": SimpleUploadedFile("../guide.pdf", PDF)}
    assert desk.post(to, first).status_code == 303
    assert "# One {#one}" in desk.get(to).content.decode()
    silent = desk.post(to, {"text": "# One\n\nRead all."})
    assert "doesn’t say what changed" in words(silent)
    same = desk.post(to, {"text": "# One\n\nRead.", "what_changed": "x", "file": SimpleUploadedFile("b.pdf", PDF)})
    assert "word for word version 1" in words(same)
    assert desk.post(to, {"text": "# One\n\nRead all.", "what_changed": "All of it."}).status_code == 303
    assert "All of it." in words(desk.get(address("desk_document", "student-guide")))
    verbs = list(Event.objects.filter(subject="document").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["document_added", *["document_version_published"] * 2]
    change = address("desk_change_document", "student-guide")
    assert "No longer kept up to date" in words(desk.get(change))
    said = said | {"title": "Guide for candidates", "schemes": ["09629"], "roles": ["tutor"]}
    assert desk.post(change, said).status_code == 303
    found = SupportDocument.objects.get(pk="student-guide")
    assert (found.title, found.roles, found.current) == ("Guide for candidates", ["tutor"], 2)
    assert [one.pk for one in found.schemes.all()] == ["09629"]
    desk.post(address("desk_add_document"), said | {"title": "Another"})
    assert "Another document has this title" in words(desk.post(change, said | {"title": "Another"}))
    assert desk.post(change, said | {"retired": "on"}).status_code == 303
    assert "Guide for candidates" not in words(desk.get(address("library")))
    assert "Guide for candidates Retired" in words(desk.get(address("desk_guidance")))
    assert "This document is no longer kept up to date" in words(desk.get(address("document", "student-guide")))
    for role in ("certificates_officer", "exams_officer"):
        assert as_role(role).post(to, first).status_code == 403
        assert as_role(role).post(change, said).status_code == 403


def test_everybody_reads_the_current_version_and_the_earlier_ones(
    world, published, client, django_assert_max_num_queries
):
    second(world, published)
    with django_assert_max_num_queries(14):
        now = client.get(address("document", published.pk))
    assert "The centre assesses and records." in words(now)
    assert "What changed in version 2 Assessment is recorded." in words(now)
    assert '<h2 id="assessment-h">2 Assessment</h2>' in now.content.decode()
    assert '<h3 id="marking-h">2.1 Marking</h3>' in now.content.decode()
    earlier = words(client.get(address("document_version", published.pk, 1)))
    assert "This is version 1, and no longer current" in earlier
    assert "assesses and records" not in earlier
    assert client.get(address("document_version", published.pk, 3)).status_code == 404
    assert client.get(address("document", "nowhere")).status_code == 404


def test_a_title_is_searched_by_its_words_and_by_scheme(world, published, client):
    listed = words(client.get(address("library")))
    assert "Customer Service handbook" in listed
    assert "Questions of centres Soon available" in listed
    assert "Customer Service handbook" in words(client.get(address("library"), {"words": "HANDBOOK customer"}))
    other = words(client.get(address("library"), {"scheme": "09629"}))
    assert "Customer Service handbook" not in other
    assert "Questions of centres" in other
    assert "Customer Service handbook Version 1" in words(client.get(address("qualification", "09628")))
    assert "Customer Service handbook" not in words(client.get(address("qualification", "09629")))
    assert "No title has these words" in words(client.get(address("library"), {"words": "%_"}))
    assert client.get(address("library"), {"scheme": "x\x00"}).status_code == 422


def test_a_reader_is_told_what_changed_since_they_last_looked(world, published, as_role):
    page, centre = address("document", published.pk), as_role("exams_officer")
    today = address("centre_today")
    assert "Customer Service handbook Version 1, 23 November 2026, new to you" in words(centre.get(today))
    assert "since you last looked" not in words(centre.get(page))
    assert "New in the library" not in words(centre.get(today))
    second(world, published)
    assert "Version 2, 23 November 2026, you last saw version 1" in words(centre.get(today))
    assert "Changed since you looked" in words(centre.get(address("library")))
    told = words(centre.get(page))
    assert "Changed since you last looked, at version 1 Version 2, 23 November 2026. Assessment is recorded." in told
    assert "since you last looked" not in words(centre.get(page))
    compared = centre.get(address("document_changes", published.pk), {"since": "1"})
    assert "Assessment Changed The centre taken out: assesses. added: assesses and records." in words(compared)
    assert "Marking" not in words(compared)
    for since in ("0", "3", "x", "9" * 30, "²"):
        assert centre.get(address("document_changes", published.pk), {"since": since}).status_code == 404
    with acting_as(world.acting("assessor")):
        assert not DocumentReading.objects.exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            note_reading(published.pk, 1, at=world.at, by=world.acting("exams_officer"))


def test_the_page_of_a_question_leads_to_the_section_of_the_handbook(world, published, client, as_role):
    target = f'href="{address("document", published.pk)}#assessment"'
    question = client.get(address("faq_question", 12))
    assert target in question.content.decode()
    assert "Customer Service handbook, section 2: Assessment" in words(question)
    assert target not in client.get(address("faq_question", 13)).content.decode()
    desk = as_role("quality_officer")
    to = address("desk_link_section", published.pk)
    assert desk.post(to, {"anchor": "marking", "page": "rule:work-sent-late"}).status_code == 303
    assert "section 2.1: Marking" in words(client.get(address("rule", "work-sent-late")))
    assert desk.post(to, {"anchor": "nowhere", "page": "rule:no-such-rule"}).status_code == 422
    second(world, published, "# Marking {#marking}\n\nOnly this.")
    assert target not in client.get(address("faq_question", 12)).content.decode()
    listed = desk.get(address("desk_document", published.pk))
    assert "The current version has no such section" in words(listed)
    for link in published.links.all():
        desk.post(address("desk_unlink_section", link.pk))
    assert not published.links.exists()


def test_a_file_is_given_out_as_it_came_and_opens_nothing_here(world, published, client):
    by = world.acting("quality_officer")
    desk_file = SimpleUploadedFile("../<b>; x=y.pdf", PDF)
    client.force_login(world.people["quality_officer"])
    to = address("desk_version", published.pk)
    assert client.post(to, {"text": "", "what_changed": "A file.", "file": desk_file}).status_code == 303
    client.logout()
    given = client.get(address("document_file", published.pk, 2))
    assert given.content == PDF
    assert given["Content-Disposition"] == 'attachment; filename="customer-service-handbook-version-2.pdf"'
    assert given["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert given["X-Content-Type-Options"] == "nosniff"
    assert client.get(address("document_file", published.pk, 1)).status_code == 404
    assert "Download the file" in words(client.get(address("document", published.pk)))
    client.force_login(world.people["quality_officer"])
    for content in (b"MZ", b"PK\x03\x04 cut off", zipped("xl/workbook.xml", "xl/vbaProject.bin"), zipped("a.html")):
        wrong = client.post(to, {"what_changed": "x", "file": SimpleUploadedFile("a.xlsx", content)})
        assert wrong.status_code == 422
        assert "It is neither PDF nor DOCX" in words(wrong)
    assert media_type(zipped("word/document.xml")).endswith("wordprocessingml.document")
    for model in (DocumentSection, DocumentFile):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            model.objects.all().delete()
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(world.acting("exams_officer")):
        SupportDocument.objects.update(title="Mine")
    assert by.may("keep_library")


HOSTILE = (
    ("<script>alert(1)</script>", "<script"),
    ("<img src=x onerror=alert(1)>", "<img"),
    ("[a](javascript:alert(1))", "<a"),
    ("[a](JaVa&#115;cript:alert(1))", "<a"),
    ("![a](https://e.example/b.png)", "<img"),
    ("[a](data:text/html,x)", "<a"),
    ('[a](https://e.example "x onmouseover=alert(1)")', " onmouseover"),
    ("<style>*{}</style>", "<style"),
)


@pytest.mark.parametrize(("typed", "never"), HOSTILE, ids=[typed for typed, _ in HOSTILE])
def test_what_is_hostile_in_a_text_is_shown_or_left_out_and_never_run(typed, never):
    found = html_of(typed)
    inside = found.replace('title="x onmouseover=alert(1)"', "")
    assert never not in inside


def test_a_text_is_cut_into_numbered_sections():
    found = [
        (one.number, one.anchor, one.title) for one in sections_of(HANDBOOK + "\n# Results\n\n```\n# not one\n```")
    ]
    assert found == [
        ("", "about", ""), ("1", "about-2", "About"), ("2", "assessment", "Assessment"), ("2.1", "marking", "Marking"),
        ("3", "results", "Results"), ("4", "results-2", "Results"),
    ]  # fmt: skip
    assert sections_of("") == ()
    assert html_of("a <i>b</i>") == "<p>a &lt;i&gt;b&lt;/i&gt;</p>\n"
    assert [one.title for one in sections_of("Title\n=====\n\ntext")] == ["Title"]
    with pytest.raises(ValueError, match="headings"):
        sections_of("# x\n" * 301)
    assert html_of("### Deep\n\n| a |\n|---|\n| b |").startswith("<h4>Deep</h4>\n<table>")
    assert blocks_of("One\ntwo **three**\n\n- a\n  - b\n\n1. c") == [
        {"kind": "p", "items": ["One two three"]}, {"kind": "ul", "items": ["a", "b"]}, {"kind": "ol", "items": ["c"]},
    ]  # fmt: skip


def test_the_desk_says_which_schemes_make_a_subject(world, as_role):
    desk = as_role("quality_officer")
    new = address("desk_subject", "new")
    assert desk.post(new, {"title": "Customer Service", "schemes": ["09628"]}).status_code == 303
    assert desk.post(new, {"title": "Customer service", "schemes": ["09628"]}).status_code == 422
    assert desk.post(new, {"title": "New", "schemes": ["09628"]}).status_code == 422
    to = address("desk_subject", "customer-service")
    assert desk.post(to, {"title": "Customer Service", "schemes": ["09628", "09629"]}).status_code == 303
    assert desk.post(to, {"title": "Customer Service"}).status_code == 422
    listed = words(desk.get(address("desk_subjects")))
    assert "09629" in listed
    assert as_role("certificates_officer").get(to).status_code == 403
