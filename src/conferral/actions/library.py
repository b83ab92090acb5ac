"""The document library: adding support documents and their versions, linking their sections, noting who read what."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from conferral.actions.alerts import announce
from conferral.actions.ledger import Done, record
from conferral.actions.markdown import sections_of
from conferral.records.catalogue.models import Qualification
from conferral.records.guidance.models import (
    DocumentFile,
    DocumentReading,
    DocumentSection,
    DocumentVersion,
    SectionLink,
    Subject,
    SupportDocument,
)
from conferral.rules.book import rules_on
from conferral.rules.facts import VersionFacts
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge

MOST_BYTES = 8 * 1024 * 1024
MOST_CHARACTERS = 200_000
PDF = "application/pdf"
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name, without any folder, and its bytes."""

    name: str
    content: bytes


def media_type(content: bytes) -> str | None:
    """The type of a file by its content: PDF, DOCX, XLSX or PPTX; None for anything else and for macros."""
    if content.startswith(b"%PDF-"):
        return PDF
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inside:
            names = set(inside.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for name, kind in _OFFICE.items() if name in names), None)


@transaction.atomic
def add_document(
    title: str,
    *,
    kind: str,
    summary: str,
    schemes: Sequence[str],
    roles: Sequence[str] = (),
    at: datetime,
    by: Acting,
) -> tuple[SupportDocument, bool]:
    """Announce a support document; it is to come until its first version is published.

    No schemes: it concerns all of them; no roles: it is written for everybody.
    Safe to repeat: a title is added once; the second answer is the document that stands, and False.
    """
    document, new = SupportDocument.objects.get_or_create(
        title=title,
        defaults={"id": _free_id(title), "kind": kind, "summary": summary, "roles": list(roles), "added_at": at},
    )
    if new:
        document.schemes.set(Qualification.objects.filter(pk__in=schemes))
        record([Done("document_added", "document", document.pk, facts={"schemes": sorted(schemes)})], at=at, by=by)
    return document, new


@transaction.atomic
def change_document(
    document: str, *, title: str, kind: str, summary: str, schemes: Sequence[str], roles: Sequence[str],
    retired: bool = False, at: datetime, by: Acting,
) -> bool:  # fmt: skip
    """Correct what is said of a document, or retire it; its versions and its address stay.

    False, and nothing is changed, when another document has the title. Raises SupportDocument.DoesNotExist.
    """
    found = SupportDocument.objects.select_for_update().get(pk=document)
    if SupportDocument.objects.filter(title=title).exclude(pk=document).exists():
        return False
    found.title, found.kind, found.summary = title, kind, summary
    found.roles, found.retired = list(roles), retired
    found.save()
    found.schemes.set(Qualification.objects.filter(pk__in=schemes))
    facts = {"schemes": sorted(schemes), "retired": retired}
    record([Done("document_changed", "document", document, facts=facts)], at=at, by=by)
    return True


def _free_id(title: str) -> str:
    wanted = slugify(title)[:70] or "document"
    taken = set(SupportDocument.objects.filter(pk__startswith=wanted).values_list("pk", flat=True))
    ids = (wanted if count == 1 else f"{wanted}-{count}" for count in range(1, len(taken) + 2))
    return next(id for id in ids if id not in taken)


@transaction.atomic
def publish_version(
    document: str, *, text: str, what_changed: str = "", file: Upload | None = None, at: datetime, by: Acting
) -> tuple[Verdict, DocumentVersion | None]:
    """Publish what a document says from now on, and for good, and tell subscribers.

    The file must have passed `media_type`; ValueError otherwise, and when the text has too many sections.
    Raises SupportDocument.DoesNotExist. Clause: moderation report 2012, paragraph 7.
    """
    found = SupportDocument.objects.select_for_update().get(pk=document)
    sections = sections_of(text)
    digest = hashlib.sha256(file.content).hexdigest() if file else None
    facts = VersionFacts(
        number=found.current + 1,
        current=found.current,
        text=text.strip() or None,
        file=digest,
        what_changed=what_changed.strip() or None,
        same=_same(found, [(one.anchor, one.title, one.text) for one in sections], digest),
    )
    verdict = judge(facts, rules_on("version"))
    if verdict.refused:
        return verdict, None
    version = DocumentVersion.objects.create(
        document=found, number=facts.number, what_changed=what_changed.strip() if facts.number > 1 else "",
        published_at=at, published_by_id=by.person,
    )  # fmt: skip
    DocumentSection.objects.bulk_create(
        DocumentSection(
            version=version, place=place, number=one.number, anchor=one.anchor, title=one.title, text=one.text
        )
        for place, one in enumerate(sections)
    )
    if file and digest:
        _keep(version, file, digest)
    found.current = facts.number
    found.save(update_fields=["current"])
    facts_seen = {"version": facts.number, "digest": digest}
    record([Done("document_version_published", "document", found.pk, verdict=verdict, facts=facts_seen)], at=at, by=by)
    announce(
        "version", f"{found.pk} {version.number}", text=version.what_changed or found.summary,
        title=f"{found.title}, version {version.number}" if version.number > 1 else found.title,
        path=f"/library/{found.pk}/", schemes=list(found.schemes.values_list("pk", flat=True)), roles=found.roles,
        at=at,
    )  # fmt: skip
    return verdict, version


def _same(document: SupportDocument, sections: list[tuple[str, str, str]], digest: str | None) -> bool:
    if not document.current:
        return False
    version = DocumentVersion.objects.get(document=document, number=document.current)
    kept = DocumentFile.objects.filter(version=version).values_list("digest", flat=True).first()
    return kept == digest and list(version.sections.values_list("anchor", "title", "text")) == sections


def _keep(version: DocumentVersion, file: Upload, digest: str) -> None:
    found = media_type(file.content)
    if found is None or len(file.content) > MOST_BYTES:
        raise ValueError(f"{file.name} can't be kept.")
    DocumentFile.objects.create(
        version=version, name=file.name[-200:], media_type=found, digest=digest, size=len(file.content),
        content=file.content,
    )  # fmt: skip


@transaction.atomic
def link_section(document: str, anchor: str, *, kind: str, key: str, at: datetime, by: Acting) -> None:
    """Lead from the page of a question or a rule to a section. Safe to repeat. Clause: withdrawal questions, 12."""
    _, new = SectionLink.objects.get_or_create(document_id=document, anchor=anchor, kind=kind, key=key)
    if new:
        facts = {"anchor": anchor, "kind": kind, "key": key}
        record([Done("section_linked", "document", document, facts=facts)], at=at, by=by)


@transaction.atomic
def unlink_section(link: int, *, at: datetime, by: Acting) -> None:
    """Take such a link away. Safe to repeat."""
    found = SectionLink.objects.filter(pk=link).first()
    if found:
        facts = {"anchor": found.anchor, "kind": found.kind, "key": found.key}
        found.delete()
        record([Done("section_unlinked", "document", found.document_id, facts=facts)], at=at, by=by)


@transaction.atomic
def note_reading(document: str, number: int, *, at: datetime, by: Acting) -> int | None:
    """Remember which version a person looked at; returns the one they had seen before, None for the first time."""
    row, new = DocumentReading.objects.get_or_create(
        document_id=document, person_id=by.somebody, defaults={"number": number, "read_at": at}
    )
    if new:
        return None
    before = row.number
    if number > before:
        row.number, row.read_at = number, at
        row.save(update_fields=["number", "read_at"])
    return before


@transaction.atomic
def name_subject(id: str, *, title: str, schemes: Sequence[str], at: datetime, by: Acting) -> Subject:
    """Say which schemes make a subject; a subject that exists is brought up to that."""
    subject, _ = Subject.objects.update_or_create(pk=id, defaults={"title": title})
    subject.schemes.set(Qualification.objects.filter(pk__in=schemes))
    facts = {"title": title, "schemes": sorted(schemes)}
    record([Done("subject_named", "subject", subject.pk, facts=facts)], at=at, by=by)
    return subject
