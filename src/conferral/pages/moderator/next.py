"""What is next for a moderator, and the badges of the menu."""

from django.http import HttpRequest
from django.urls import reverse

from conferral.pages.templatetags.parts import in_days, weekday
from conferral.records.moderation.queries import awaited, bounded, report_by, under_review, with_progress


def moderator_chrome(request: HttpRequest, *, on: int | None = None) -> None:
    """Fill the badges and the Next line; `on` is the claim that the page is about, which is then not named."""
    person = request.acting.person
    claims, parcels = under_review(person), awaited(person)
    request.chrome = {"badges": {"Waiting for me": bounded(claims), "Parcels": bounded(parcels)}}
    first = with_progress(claims[:1]).first()
    if first and first.pk != on:
        day = report_by(first)
        request.chrome["next"] = {
            "text": "Send the report for",
            "link_text": f"claim {first.pk}",
            "url": reverse("moderator_claim", args=[first.pk]),
            "after": f"by {weekday(day)}, {in_days(day, request.at)}.",
        }
