"""Keeping the library: documents, their versions, and the pages that lead to their sections."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from conferral.actions.library import (
    MOST_BYTES,
    MOST_CHARACTERS,
    Upload,
    add_document,
    change_document,
    link_section,
    media_type,
    publish_version,
    unlink_section,
)
from conferral.pages.desk.next import desk_chrome
from conferral.pages.timeline import lines, timeline
from conferral.records.catalogue.models import Qualification
from conferral.records.guidance.models import DocumentSection, SectionLink, SupportDocument
from conferral.records.guidance.queries import documents
from conferral.rules.book import RULES
from conferral.rules.faq import QUESTIONS
from conferral.rules.permissions import ROLES

GUIDANCE = "Guidance"


def scheme_choices() -> list[tuple[str, str]]:
    return [(row.code, str(row)) for row in Qualification.objects.all()]


class DocumentForm(forms.Form):
    """A document to announce."""

    title = forms.CharField(
        max_length=200,
        error_messages={"required": "Enter a title", "max_length": "Keep the title to 200 characters"},
    )
    kind = forms.ChoiceField(
        label="What it is",
        choices=[("", "Choose"), *SupportDocument.Kind.choices],
        error_messages={"required": "Choose what it is", "invalid_choice": "Choose what it is"},
    )
    summary = forms.CharField(
        label="What it helps with",
        help_text="One sentence, shown in the list.",
        max_length=300,
        error_messages={"required": "Say what it helps with", "max_length": "Keep it to 300 characters"},
    )
    schemes = forms.MultipleChoiceField(
        label="Schemes",
        help_text="None ticked: it concerns all of them.",
        required=False,
        choices=scheme_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose schemes of the list"},
    )
    roles = forms.MultipleChoiceField(
        label="Written for",
        help_text="None ticked: for everybody. Only these get an e-alert; everybody can read it.",
        required=False,
        choices=[(role, role.replace("_", " ").capitalize()) for role in ROLES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose roles of the list"},
    )


class ChangeForm(DocumentForm):
    """The same of a document that is there."""

    retired = forms.BooleanField(
        label="No longer kept up to date",
        help_text="It leaves the list and is read only by its address.",
        required=False,
    )


class VersionForm(forms.Form):
    """What a document says from now on."""

    text = forms.CharField(
        label="Text",
        help_text="In Markdown. A line that begins with # opens a section, with ## a part of one; numbers are added.",
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 20, "class": "app-code"}),
        error_messages={"max_length": "Keep the text to 200,000 characters"},
    )
    file = forms.FileField(
        label="File",
        help_text="PDF, DOCX, XLSX or PPTX, at most 8 MB. It is given out as it is.",
        required=False,
        error_messages={"empty": "The file is empty", "invalid": "Choose a file"},
    )
    what_changed = forms.CharField(
        label="What changed",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Keep it to 2,000 characters"},
    )

    def clean_file(self) -> Upload | None:
        file = self.cleaned_data["file"]
        if not file:
            return None
        if file.size > MOST_BYTES:
            raise forms.ValidationError("The file has more than 8 MB. Leave pictures out, or cut it in two documents")
        content = file.read()
        if media_type(content) is None:
            raise forms.ValidationError("It is neither PDF nor DOCX, XLSX or PPTX without macros. Save it as PDF")
        return Upload(file.name, content)


class LinkForm(forms.Form):
    """Which page leads to which section."""

    anchor = forms.ChoiceField(
        label="Section", error_messages={"required": "Choose a section", "invalid_choice": "Choose a section"}
    )
    page = forms.ChoiceField(
        label="Page that leads to it",
        error_messages={"required": "Choose a page", "invalid_choice": "Choose a page of the list"},
        choices=[
            ("", "Choose"),
            ("Questions", [(f"question:{one.number}", f"{one.number}. {one.title}") for one in QUESTIONS]),
            ("Rules", [(f"rule:{one.id}", one.heading) for one in RULES]),
        ],
    )

    def __init__(self, *args: Any, sections: list[DocumentSection], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["anchor"].choices = [
            ("", "Choose"), *((one.anchor, f"{one.number} {one.title}".strip() or "Opening") for one in sections)
        ]  # fmt: skip


def listing(request: HttpRequest) -> HttpResponse:
    """Every document with its current version."""
    desk_chrome(request)
    page = {
        "title": GUIDANCE,
        "documents": list(documents(retired=True)),
        "may_keep": request.acting.may("keep_library"),
    }
    return render(request, "desk/guidance.html", {"page": page})


def add(request: HttpRequest) -> HttpResponse:
    """Announce a document."""
    form = DocumentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found, new = add_document(**form.cleaned_data, at=request.at, by=request.acting)
        if new:
            messages.success(
                request, f"{found.title} is announced as soon available. Publish its first version when it is ready."
            )
            return _see_other("desk_document", found.pk)
        form.add_error(
            "title", "There is a document with this title. Publish a new version of it, or choose another title"
        )
    desk_chrome(request)
    page = {
        "title": "Add a support document",
        "lead": "It is shown as soon available until you publish its first version.",
        "form": form,
        "verb": "Add the document",
        "refused": request.method == "POST",
        "crumbs": [_home(), {"label": "Add a support document"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


def change(request: HttpRequest, id: str) -> HttpResponse:
    """Correct what is said of a document, or retire it."""
    found = get_object_or_404(SupportDocument, pk=id)
    names = ("title", "kind", "summary", "roles", "retired")
    initial = {name: getattr(found, name) for name in names} | {"schemes": [row.pk for row in found.schemes.all()]}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if change_document(id, **form.cleaned_data, at=request.at, by=request.acting):
            return _see_other("desk_document", id)
        form.add_error("title", "Another document has this title. Choose one that says what differs")
    desk_chrome(request)
    page = {
        "title": f"Change what is said of {found.title}",
        "lead": "Its versions stay as they were published, and so does its address.",
        "form": form,
        "verb": "Keep the changes",
        "refused": request.method == "POST",
        "crumbs": [_home(), {"label": found.title, "url": reverse("desk_document", args=[id])}, {"label": "Change"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


def document(request: HttpRequest, id: str) -> HttpResponse:
    """One document: its versions, and the pages that lead to its sections."""
    return _document(request, get_object_or_404(SupportDocument, pk=id))


def _document(request: HttpRequest, found: SupportDocument, form: LinkForm | None = None) -> HttpResponse:
    sections = _sections(found)
    desk_chrome(request)
    page = {
        "title": found.title,
        "document": found,
        "schemes": list(found.schemes.all()),
        "versions": list(found.versions.select_related("published_by")[:100]),
        "links": [_link(one, sections) for one in found.links.all()],
        "form": form or LinkForm(sections=sections),
        "refused": form is not None,
        "may_keep": request.acting.may("keep_library"),
        "entries": lines(timeline(("document", found.pk)), request.at),
        "crumbs": [_home(), {"label": found.title}],
    }
    return render(request, "desk/document.html", {"page": page}, status=422 if page["refused"] else 200)


def _sections(found: SupportDocument) -> list[DocumentSection]:
    return list(DocumentSection.objects.filter(version__document=found, version__number=found.current))


def _link(one: SectionLink, sections: list[DocumentSection]) -> dict[str, Any]:
    section = next((section for section in sections if section.anchor == one.anchor), None)
    if one.kind == SectionLink.Kind.QUESTION:
        page, url = f"Question {one.key}", reverse("faq_question", args=[int(one.key)])
    else:
        page, url = f"Rule {one.key}", reverse("rule", args=[one.key])
    return {"link": one, "section": section, "page": page, "url": url}


def version(request: HttpRequest, id: str) -> HttpResponse:
    """Publish a version; the form starts from the current one."""
    found = get_object_or_404(SupportDocument, pk=id)
    sections = _sections(found)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = VersionForm(*posted, initial={"text": _typed(sections)})
    verdict = None
    if request.method == "POST" and form.is_valid():
        try:
            verdict, made = publish_version(id, **form.cleaned_data, at=request.at, by=request.acting)
        except ValueError as problem:
            form.add_error("text", f"{problem} Keep it to 300, or make two documents of it")
        else:
            if made:
                messages.success(request, f"Version {made.number} of {found.title} is published.")
                return _see_other("desk_document", id)
            for reason in verdict.refused:
                form.add_error(reason.about, f"{reason.text} {reason.remedy}")
    desk_chrome(request)
    number = found.current + 1
    page = {
        "title": f"Publish version {number} of {found.title}" if found.current else f"Publish {found.title}",
        "lead": "It can’t be changed afterwards. A correction is another version; earlier versions stay readable.",
        "form": form,
        "verb": f"Publish version {number}",
        "refused": request.method == "POST",
        "multipart": True,
        "crumbs": [_home(), {"label": found.title, "url": reverse("desk_document", args=[id])}, {"label": "Publish"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


def _typed(sections: list[DocumentSection]) -> str:
    """The sections as the text that they were cut from, each keeping its anchor."""
    return "\n\n".join(
        f"{'##' if one.inner else '#'} {one.title} {{#{one.anchor}}}\n\n{one.text}" if one.title else one.text
        for one in sections
    )


@require_POST
def link(request: HttpRequest, id: str) -> HttpResponse:
    """Lead from a page to a section."""
    found = get_object_or_404(SupportDocument, pk=id)
    form = LinkForm(request.POST, sections=_sections(found))
    if not form.is_valid():
        return _document(request, found, form)
    kind, _, key = form.cleaned_data["page"].partition(":")
    link_section(id, form.cleaned_data["anchor"], kind=kind, key=key, at=request.at, by=request.acting)
    return _see_other("desk_document", id)


@require_POST
def unlink(request: HttpRequest, id: int) -> HttpResponse:
    """Take such a link away."""
    found = get_object_or_404(SectionLink, pk=id)
    unlink_section(id, at=request.at, by=request.acting)
    return _see_other("desk_document", found.document_id)


def _home() -> dict[str, str]:
    return {"label": GUIDANCE, "url": reverse("desk_guidance")}


def _see_other(name: str, *args: Any) -> HttpResponseRedirect:
    response = redirect(name, *args)
    response.status_code = 303
    return response
