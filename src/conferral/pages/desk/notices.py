"""Publishing a notice about a scheme."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.notices import publish_notice
from conferral.pages.desk.next import desk_chrome
from conferral.pages.public.clauses import HOUSE
from conferral.records.catalogue.models import Qualification, Source


class NoticeForm(forms.Form):
    """What everybody is to know of a scheme, and what it rests on."""

    title = forms.CharField(
        max_length=200,
        error_messages={"required": "Enter a title", "max_length": "Keep the title to 200 characters"},
    )
    text = forms.CharField(
        label="What centres need to know",
        help_text="It can’t be changed afterwards. A correction is another notice.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Enter the text", "max_length": "Keep the text to 5,000 characters"},
    )
    source = forms.ModelChoiceField(
        Source.objects.order_by("title"),
        label="Document that it rests on",
        empty_label="None: this organisation decided it",
        required=False,
        error_messages={"invalid_choice": "Choose a document from the list"},
    )
    place = forms.CharField(
        label="Place in the document",
        help_text="A page, a section or a paragraph.",
        required=False,
        max_length=100,
        error_messages={"max_length": "Keep it to 100 characters"},
    )

    @property
    def clause(self) -> str:
        """The citation of the notice."""
        source = self.cleaned_data["source"]
        return f"{source.pk} {self.cleaned_data['place']}".strip() if source else HOUSE


def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish a notice about a scheme, from today on."""
    scheme = get_object_or_404(Qualification, pk=code)
    form = NoticeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        _, new = publish_notice(
            code, title=said["title"], text=said["text"], clause=form.clause, at=request.at, by=request.acting
        )
        if new:
            response = redirect("desk_scheme", code=code)
            response.status_code = 303
            return response
        form.add_error("title", "A notice with this title was published today. Give this one another title")
    desk_chrome(request)
    page = {
        "title": f"Publish a notice about {scheme.code}",
        "lead": "It is shown at once in public and to centres that build a claim in it; subscribers get an e-alert.",
        "form": form,
        "verb": "Publish the notice",
        "refused": request.method == "POST",
        "crumbs": [
            {"label": "Catalogue", "url": reverse("desk_catalogue")},
            {"label": scheme.code, "url": reverse("desk_scheme", args=[scheme.code])},
            {"label": "Publish a notice"},
        ],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)
