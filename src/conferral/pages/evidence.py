"""A file of evidence as centre and moderator see it: a page drawn anew or its words, notes, and the original."""

import os
import tempfile
from contextlib import suppress
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from conferral.actions.looking import picture_of
from conferral.pages.door import door
from conferral.pages.templatetags.parts import counted
from conferral.records.claims.models import Claim
from conferral.records.evidence.bundle import bundle_of
from conferral.records.evidence.models import EvidenceItem, FileText, StoredFile
from conferral.records.evidence.queries import notes_on, stands_for_another
from conferral.records.standards.models import PieceFile
from conferral.rules.evidence import KINDS

TYPES = {
    "pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "mp3": "audio/mpeg",
    "m4a": "audio/mp4", "wav": "audio/wav", "ogg": "audio/ogg", "mp4": "video/mp4", "webm": "video/webm",
}  # fmt: skip
DRAWN = ("pdf", "jpeg", "png", "webp")
HEARD = ("mp3", "m4a", "wav", "ogg")
SEEN = ("mp4", "webm")
_GUARDED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def described(file: StoredFile | PieceFile) -> str:
    """Of which kind a file is, how many pages it has, and how large it is."""
    pages = counted(file.pages, "page") if file.pages and file.kind == "pdf" else ""
    kind = KINDS.get(file.kind, "").split(maxsplit=1)[-1]
    return ", ".join(part for part in (kind, pages, filesizeformat(file.size)) if part)


def row(item: EvidenceItem) -> dict[str, Any]:
    """A file in a list of a candidate's work."""
    return {
        "item": item,
        "about": described(item.file),
        "answers": sorted(one.criterion.number for one in item.answers.all()),
        "reasons": item.file.reasons,
    }


def shown_file(request: HttpRequest, item: EvidenceItem, *, audience: str, url: str) -> dict[str, Any]:
    """One page of a file (`?page=`, the first if none), drawn or (`?as=text`) in words, with what is written on it.

    `url` is the page that shows it and ends where a page number can follow.
    """
    files = [item.claim_id, item.pk]
    shown = paged(request, item.file_id, item.file.kind, item.file.pages, url=url)
    return row(item) | shown | {
        "picture": "" if shown["as_text"] else reverse(f"{audience}_file_picture", args=[*files, shown["page"]]),
        "original": reverse(f"{audience}_file_original", args=files),
        "write": reverse(f"{audience}_file_note", args=files),
        "notes": notes_on(item),
        "for_another": stands_for_another(item.sha256, item.candidate_id),
    }  # fmt: skip


def paged(request: HttpRequest, file: int, kind: str, pages: int | None, *, url: str) -> dict[str, Any]:
    """Which page of a file is asked for, the ways to its neighbours, and its words where they are shown."""
    last = max(pages or 0, 1)
    asked = request.GET.get("page", "")
    page = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    words = FileText.objects.filter(file=file).first()
    drawn = kind in DRAWN
    as_text = not drawn or (request.GET.get("as") == "text" and words is not None)
    said = words.pages if words else []
    return {
        "page": page,
        "pages": last,
        "earlier": f"{url}page={page - 1}" if page > 1 else "",
        "later": f"{url}page={page + 1}" if page < last else "",
        "here": f"{url}page={page}",
        "text": (said[page - 1] if page <= len(said) else "") if as_text else "",
        "other_way": (f"{url}page={page}" if as_text else f"{url}page={page}&as=text") if drawn and words else "",
        "as_text": as_text,
        "heard": kind in HEARD,
        "seen": kind in SEEN,
    }


class Bytes(NamedTuple):
    """What is served of a file: which bytes, of which kind, under which name."""

    sha256: str
    kind: str
    name: str

    @classmethod
    def of(cls, item: EvidenceItem) -> "Bytes":
        return cls(item.sha256, item.file.kind, item.name)


def original(served: Bytes) -> HttpResponse:
    """The bytes as they came, to be kept and not to be shown: an attachment from a sandboxed address."""
    path = door().store.path(served.sha256)
    if not path.exists():
        raise Http404(f"The bytes of {served.name} are not in the store. Its hash is {served.sha256}.")
    kind = TYPES.get(served.kind, "application/octet-stream")
    return FileResponse(path.open("rb"), as_attachment=True, filename=served.name, content_type=kind, headers=_GUARDED)


def picture(served: Bytes, page: int) -> HttpResponse:
    """A page drawn anew by a process of its own, and kept for the next who looks."""
    store = door().store
    kept = store.drawn(served.sha256, page)
    if not kept.exists():
        source = store.path(served.sha256)
        drawn = picture_of(source, page) if served.kind in DRAWN and source.exists() else None
        if drawn is None:
            raise Http404(f"Page {page} of {served.name} can’t be drawn. Download the original.")
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as whole:
            whole.write(drawn)
        os.replace(whole.name, kept)
    headers = _GUARDED | {"Cache-Control": "private, max-age=3600"}
    return FileResponse(kept.open("rb"), content_type="image/jpeg", headers=headers)


def bundle_state(claim: Claim, registration: int) -> dict[str, Any] | None:
    """Whether the files of a candidate lie joined to one PDF; None while there are no files."""
    bundle = bundle_of(claim, registration)
    return bundle and {"ready": door().store.bundle(bundle.key).exists(), "registration": registration}


def bundle_file(claim: Claim, registration: int) -> HttpResponse:
    """The joined files as they are now. Raises Http404 until a worker has made them."""
    bundle = bundle_of(claim, registration)
    if bundle is None or not door().store.bundle(bundle.key).exists():
        raise Http404("The PDF isn’t made yet. Ask for it on the page of the files.")
    name = f"{bundle.words['candidate']}, claim {claim.pk}.pdf"
    file = door().store.bundle(bundle.key).open("rb")
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf", headers=_GUARDED)


def ask_for_bundle(request: HttpRequest, claim: Claim, registration: int) -> None:
    """Leave the joining to a worker; where one is at it already, that one will do."""
    lock = f"join_files {claim.pk} {registration}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        task = app.configure_task(name="conferral.join_files", queueing_lock=lock)
        task.defer(claim=claim.pk, registration=registration)
    messages.success(request, "The PDF is being made. Load the page again in a minute.")
