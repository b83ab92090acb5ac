"""Support documents: what is current, what was said before, and what changed since the reader last looked."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from conferral.actions.library import note_reading
from conferral.actions.markdown import html_of
from conferral.pages.chrome import under_library
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Qualification
from conferral.records.guidance.models import DocumentFile, DocumentVersion, Subject, SupportDocument
from conferral.records.guidance.queries import MOST, documents, parts
from conferral.rules.versions import GONE, NEW, Difference, differences

SIGNS = {"new": ("ready", "New"), "changed": ("at-risk", "Changed"), "gone": ("", "No longer there")}
SANDBOX = "sandbox; default-src 'none'"


class Search(forms.Form):
    """Words of a title, and a scheme."""

    words = forms.CharField(
        label="Words in the title",
        required=False,
        max_length=100,
        error_messages={"max_length": "Keep it to 100 characters"},
    )
    scheme = forms.ChoiceField(
        label="Scheme",
        required=False,
        choices=lambda: [("", "All"), *((row.code, str(row)) for row in Qualification.objects.all())],
        error_messages={"invalid_choice": "Choose a scheme of the list"},
    )


def listing(request: HttpRequest) -> HttpResponse:
    """Every document by title, searched by words of it or by scheme."""
    under_library(request)
    form = Search(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"words": "", "scheme": ""}
    reader = request.acting.person if request.acting.roles else None
    with acting_as(request.acting):
        found = list(documents(words=asked["words"], scheme=asked["scheme"], person=reader))
    page = {
        "title": "Support documents",
        "form": form,
        "refused": not form.is_valid(),
        "asked": bool(asked["words"] or asked["scheme"]),
        "rows": [_row(one) for one in found],
        "most": MOST,
        "subjects": list(Subject.objects.all()),
    }
    return render(request, "library/index.html", {"page": page}, status=200 if form.is_valid() else 422)


def _row(document: SupportDocument) -> dict[str, Any]:
    state, text = "", ""
    if not document.current:
        text = "Soon available"
    elif 0 < (getattr(document, "seen", None) or 0) < document.current:
        state, text = "at-risk", "Changed since you looked"
    return {"document": document, "state": state, "text": text, "schemes": list(document.schemes.all())}


def document(request: HttpRequest, id: str) -> HttpResponse:
    """The current version of a document, or that it is to come."""
    under_library(request)
    found = get_object_or_404(SupportDocument, pk=id)
    if not found.current:
        page = {"title": found.title, "document": found}
        return render(request, "library/to_come.html", {"page": page})
    before = None
    if request.acting.roles and request.method == "GET":
        with acting_as(request.acting):
            before = note_reading(id, found.current, at=request.at, by=request.acting)
    return _shown(request, found, found.current, since=before)


def version(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """A version as it was published."""
    return _shown(request, get_object_or_404(SupportDocument, pk=id), number)


def _shown(request: HttpRequest, found: SupportDocument, number: int, *, since: int | None = None) -> HttpResponse:
    under_library(request)
    versions = list(found.versions.select_related("file").defer("file__content")[:100])
    shown = next((one for one in versions if one.number == number), None)
    if shown is None:
        raise Http404(number)
    page = {
        "title": found.title,
        "document": found,
        "schemes": list(found.schemes.all()),
        "version": shown,
        "current": number == found.current,
        "newest": versions[0],
        "file": getattr(shown, "file", None),
        "sections": [{"section": one, "html": html_of(one.text)} for one in shown.sections.all()],
        "versions": versions,
        "since": since if since and since < number else None,
        "missed": [one for one in versions if since and since < one.number <= number],
        "changes_url": f"{reverse('document_changes', args=[found.pk])}?since={since or max(1, number - 1)}",
    }
    return render(request, "library/document.html", {"page": page})


def changes(request: HttpRequest, id: str) -> HttpResponse:
    """What differs between an earlier version and the current one, section by section."""
    under_library(request)
    found = get_object_or_404(SupportDocument, pk=id, current__gt=0)
    asked = request.GET.get("since", "")
    since = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    versions = {one.number: one for one in found.versions.filter(number__in=(since, found.current))}
    if since not in versions:
        raise Http404(since)
    told = differences(parts(versions[since]), parts(versions[found.current]))
    page = {
        "title": f"What changed in {found.title}",
        "document": found,
        "since": versions[since],
        "current": versions[found.current],
        "differences": [_difference(one) for one in told],
        "told": found.versions.filter(number__gt=since),
        "files": _file_changed(versions[since], versions[found.current]),
    }
    return render(request, "library/changes.html", {"page": page})


def _difference(one: Difference) -> dict[str, Any]:
    state, word = SIGNS[one.kind]
    html = html_of(one.part.text) if one.kind in (NEW, GONE) else ""
    return {"part": one.part, "kind": one.kind, "state": state, "word": word, "runs": one.runs, "html": html}


def _file_changed(before: DocumentVersion, after: DocumentVersion) -> str:
    digests = dict(DocumentFile.objects.filter(version__in=(before, after)).values_list("version", "digest"))
    old, new = digests.get(before.pk), digests.get(after.pk)
    if old == new:
        return ""
    return (
        "The file is another one." if old and new else "A file came with it." if new else "There is no file any more."
    )


def file(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """The file of a version, to keep: never shown inside a page, and nothing in it may run here."""
    kept = get_object_or_404(
        DocumentFile.objects.select_related("version"), version__document=id, version__number=number
    )
    response = HttpResponse(bytes(kept.content), content_type=kept.media_type)
    response["Content-Disposition"] = _attachment(kept, id)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _attachment(kept: DocumentFile, id: str) -> str:
    ending = kept.name.rpartition(".")[2].lower()
    ending = ending if ending in ("pdf", "docx", "xlsx", "pptx") else "bin"
    return f'attachment; filename="{id}-version-{kept.version.number}.{ending}"'
