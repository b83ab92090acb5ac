"""Asking for another moderator, because candidates can't wait for one who is away."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from conferral.actions.changes import ask_for_change, change_facts, take_back_change
from conferral.pages.centre.next import centre_chrome
from conferral.pages.templatetags.parts import written
from conferral.records.allocation.models import ChangeRequest
from conferral.records.allocation.queries import absences, allocated, requests
from conferral.records.catalogue.models import Qualification
from conferral.rules.allocations import change_without_reason
from conferral.rules.book import rules_on
from conferral.rules.days import last_day, london_day
from conferral.rules.rule import Verdict, judge


class ChangeForm(forms.Form):
    """Why the candidates can't wait."""

    reason = forms.CharField(
        label="Why can’t your candidates wait?", help_text="Say what they would miss, and by when.",
        widget=forms.Textarea(attrs={"rows": 4}), max_length=1000,
        error_messages={"required": "Say what would be missed, and by when",
                        "max_length": "Keep it to 1,000 characters"},
    )  # fmt: skip


def change(request: HttpRequest, scheme: str) -> HttpResponse:
    """Show who looks at the work, when they are away and what was asked; on POST, ask for somebody else."""
    found = get_object_or_404(Qualification, pk=scheme)
    form, verdict = ChangeForm(request.POST if request.method == "POST" else None), _judged(request, scheme)
    if request.method == "POST" and form.is_valid():
        verdict, made = ask_for_change(scheme, form.cleaned_data["reason"], at=request.at, by=request.acting)
        if made:
            messages.success(request, f"Asked. The desk answers by {written(last_day(made.answer_by))}.")
            response = redirect("centre_change", scheme)
            response.status_code = 303
            return response
    centre_chrome(request, "Our centre")
    centre, day = request.acting.own_centre, london_day(request.at)
    held = allocated(centre, scheme, day)
    asked = requests().filter(centre=centre, scheme=scheme).first()
    page = {
        "title": f"Another moderator for {scheme}",
        "scheme": found,
        "moderator": held.moderator.person.name if held else "",
        "absences": list(absences([held.moderator_id], from_on=day)) if held else [],
        "asked": asked,
        "answer_by": last_day(asked.answer_by) if asked else None,
        "verdict": verdict if not asked or request.method == "POST" else Verdict(),
        "earlier": list(requests("").filter(centre=centre, scheme=scheme).exclude(state="asked")[:5]),
        "form": form,
        "may_ask": request.acting.may("ask_for_a_change"),
        "refused": request.method == "POST",
    }
    return render(request, "centre/change.html", {"page": page}, status=422 if page["refused"] else 200)


def _judged(request: HttpRequest, scheme: str) -> Verdict:
    """What stands against asking, whatever the reason may be."""
    facts = change_facts(request.acting.own_centre, scheme, None, at=request.at)
    return judge(facts, [rule for rule in rules_on("change") if rule is not change_without_reason])


@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """The centre no longer asks."""
    found = get_object_or_404(ChangeRequest, pk=id)
    verdict = take_back_change(found.pk, at=request.at, by=request.acting)
    if verdict.allowed:
        messages.success(request, "Taken back. The work stays where it is.")
    else:
        messages.error(request, f"{verdict.refused[0].text} {verdict.refused[0].remedy}")
    response = redirect("centre_change", found.scheme_id)
    response.status_code = 303
    return response
