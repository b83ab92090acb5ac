"""Subjects: which schemes are told of together."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify

from conferral.actions.library import name_subject
from conferral.pages.desk.documents import GUIDANCE, scheme_choices
from conferral.pages.desk.next import desk_chrome
from conferral.records.guidance.models import Subject

NEW = "new"


class SubjectForm(forms.Form):
    """A subject and its schemes."""

    title = forms.CharField(
        max_length=100, error_messages={"required": "Enter a title", "max_length": "Keep the title to 100 characters"}
    )
    schemes = forms.MultipleChoiceField(
        choices=scheme_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one scheme", "invalid_choice": "Choose schemes of the list"},
    )


def listing(request: HttpRequest) -> HttpResponse:
    """Every subject with its schemes."""
    desk_chrome(request)
    page = {
        "title": "Subjects",
        "subjects": list(Subject.objects.prefetch_related("schemes")),
        "may_keep": request.acting.may("keep_library"),
        "crumbs": [{"label": GUIDANCE, "url": reverse("desk_guidance")}, {"label": "Subjects"}],
    }
    return render(request, "desk/subjects.html", {"page": page})


def subject(request: HttpRequest, id: str) -> HttpResponse:
    """Say which schemes make a subject; `new` adds one, named after its title."""
    found = Subject.objects.filter(pk=id).first()
    initial = {"title": found.title, "schemes": [row.pk for row in found.schemes.all()]} if found else {}
    form = SubjectForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        key = found.pk if found else slugify(said["title"])[:60]
        if found is None and (key in ("", NEW) or Subject.objects.filter(pk=key).exists()):
            form.add_error("title", "There is a subject with this title. Choose another")
        else:
            name_subject(key, title=said["title"], schemes=said["schemes"], at=request.at, by=request.acting)
            response = redirect("desk_subjects")
            response.status_code = 303
            return response
    desk_chrome(request)
    page = {
        "title": f"Schemes of {found.title}" if found else "Add a subject",
        "lead": "E-alerts, feeds, topics and the yearly report go by subject.",
        "form": form,
        "verb": "Keep the subject" if found else "Add the subject",
        "refused": request.method == "POST",
        "crumbs": [
            {"label": GUIDANCE, "url": reverse("desk_guidance")},
            {"label": "Subjects", "url": reverse("desk_subjects")},
            {"label": found.title if found else "Add a subject"},
        ],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)
