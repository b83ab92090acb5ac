"""What is next for the desk, and the badges of the menu."""

from django.http import HttpRequest
from django.urls import reverse

from conferral.records.awards.queries import to_process
from conferral.records.centres.queries import unplaced
from conferral.records.moderation.queries import bounded
from conferral.rules.days import london_day


def desk_chrome(request: HttpRequest, *, on: int | None = None) -> None:
    """Fill the badges and the Next line; `on` is the claim that the page is about, which is then not named."""
    waiting = to_process()
    request.chrome = {
        "badges": {"Awards": bounded(waiting), "Allocation": bounded(unplaced(london_day(request.at)))},
    }
    first = waiting.first()
    if first and first.pk != on and request.acting.may("process_claims"):
        request.chrome["next"] = {
            "text": "Process",
            "link_text": f"claim {first.pk}",
            "url": reverse("desk_claim", args=[first.pk]),
            "after": "and the others whose report is in.",
        }
