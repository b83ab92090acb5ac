"""E-alerts: subscribing by subject and scheme, stopping by a signed link, and the same news as a feed."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_POST

from conferral.actions.alerts import stopped_by, subscribe, unsubscribe
from conferral.pages.chrome import under_library
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Qualification
from conferral.records.guidance.models import Alert, AlertCopy, Subject, Subscription

NEWS = 50


def in_words(role: str) -> str:
    return role.replace("_", " ")


class SubscriptionForm(forms.Form):
    """What to hear of, and in which role."""

    about = forms.ChoiceField(
        label="Subject or scheme",
        error_messages={"required": "Choose a subject or a scheme", "invalid_choice": "Choose one of the list"},
    )
    role = forms.ChoiceField(
        label="As",
        error_messages={"required": "Choose a role", "invalid_choice": "Choose one of your roles"},
    )

    def __init__(self, *args: Any, roles: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        subjects = [(f"subject:{row.pk}", row.title) for row in Subject.objects.all()]
        schemes = [(f"scheme:{row.pk}", str(row)) for row in Qualification.objects.all()]
        self.fields["about"].choices = [("", "Choose"), ("Subjects", subjects), ("Schemes", schemes)]
        self.fields["role"].choices = [(role, in_words(role).capitalize()) for role in roles]


def listing(request: HttpRequest) -> HttpResponse:
    """What the person hears of, and what was sent; on POST, subscribe."""
    under_library(request)
    form = SubscriptionForm(request.POST if request.method == "POST" else None, roles=request.acting.roles)
    if request.method == "POST" and form.is_valid():
        kind, _, key = form.cleaned_data["about"].partition(":")
        verdict, _ = subscribe(role=form.cleaned_data["role"], **{kind: key}, at=request.at, by=request.acting)
        if verdict.allowed:
            return _see_other("alerts")
        for reason in verdict.refused:
            form.add_error("role", f"{reason.text} {reason.remedy}")
    person = request.acting.person
    page = {
        "title": "E-alerts",
        "form": form,
        "refused": request.method == "POST",
        "subscriptions": [_told(one) for one in _of(person)],
        "copies": list(AlertCopy.objects.filter(person=person).select_related("alert").order_by("-id")[:20]),
        "address": request.user.email,
        "subjects": list(Subject.objects.all()),
    }
    return render(request, "library/alerts.html", {"page": page}, status=422 if page["refused"] else 200)


def _of(person: int | None) -> QuerySet[Subscription]:
    return Subscription.objects.filter(person=person).select_related("subject", "scheme")


def _told(one: Subscription) -> dict[str, Any]:
    return {"id": one.pk, "about": str(one.subject or one.scheme), "role": in_words(one.role)}


@require_POST
def stop(request: HttpRequest, id: int) -> HttpResponse:
    """Stop hearing of one subject or scheme."""
    if unsubscribe([id], by=request.acting):
        messages.success(request, "Stopped. No more e-alerts come from it.")
    return _see_other("alerts")


@csrf_exempt  # the signed address is what allows it, and a mail reader that posts to it has no cookie
def stop_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Stop without signing in: the link of a mail names whose subscriptions these are.

    A mail reader's own button posts `List-Unsubscribe=One-Click` (RFC 8058) and stops all.
    """
    under_library(request)
    reader = stopped_by(token)
    if reader is None:
        raise Http404(token)
    with acting_as(reader):
        mine = [_told(one) for one in _of(reader.person)]
        if request.method == "POST":
            chosen = "all" if "List-Unsubscribe" in request.POST else request.POST.get("stop", "")
            wanted = [one["id"] for one in mine if chosen in ("all", str(one["id"]))]
            unsubscribe(wanted, by=reader)
            mine = [one for one in mine if one["id"] not in wanted]
            messages.success(request, "Stopped. No more e-alerts come from it.")
    page = {"title": "Stop e-alerts", "subscriptions": mine}
    return render(request, "library/stop_alerts.html", {"page": page})


def news(subject: str) -> QuerySet[Alert]:
    """What was published for a subject, newest first."""
    return Alert.objects.filter(Q(schemes__subjects=subject) | Q(schemes=None)).distinct()


def newest(request: HttpRequest, id: str) -> datetime | None:
    return news(id).values_list("published_at", flat=True).first()


@condition(last_modified_func=newest)
def feed(request: HttpRequest, id: str) -> HttpResponse:
    """The news of a subject as Atom, 50 entries at most."""
    subject = get_object_or_404(Subject, pk=id)
    here = f"{settings.PUBLIC_ADDRESS}{reverse('feed', args=[subject.pk])}"
    made = Atom1Feed(
        title=f"{subject.title}: news of {settings.ORGANISATION}",
        link=f"{settings.PUBLIC_ADDRESS}{reverse('library')}",
        description="Notices, support documents and reports to centres.",
        feed_url=here,
        language="en-GB",
    )
    for one in news(subject.pk)[:NEWS]:
        made.add_item(
            title=f"{one.get_kind_display()}: {one.title}",
            link=f"{settings.PUBLIC_ADDRESS}{one.path}",
            description=one.text,
            unique_id=f"{here}#{one.kind}-{one.pk}",
            pubdate=one.published_at,
            updateddate=one.published_at,
        )
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)


def _see_other(name: str) -> HttpResponseRedirect:
    response = redirect(name)
    response.status_code = 303
    return response
