"""Files of evidence in a review: beside the criteria, and the original."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from conferral.pages import evidence
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.evidence.models import EvidenceItem
from conferral.records.evidence.queries import hashes_behind, items_of, signature_on
from conferral.rules.depth import LONGEST


@require_safe
def original(request: HttpRequest, number: int, item: int) -> HttpResponse:
    """The file as it came."""
    return evidence.original(evidence.Bytes.of(item_of(number, item)))


@require_safe
def picture(request: HttpRequest, number: int, item: int, page: int) -> HttpResponse:
    """A page of the file, drawn."""
    return evidence.picture(evidence.Bytes.of(item_of(number, item)), page)


def files_beside(request: HttpRequest, found: Claim, chosen: ClaimedUnit, only: int | None = None) -> dict[str, Any]:
    """The files of the candidate in view: those of the unit first, one of them shown, and who signed them."""
    items = list(items_of(found.pk, chosen.registration_id))
    if not items:
        return {}
    items.sort(key=lambda item: (item.unit_id not in (None, chosen.unit_id), item.place))
    asked = str(only or request.GET.get("file", ""))
    item = next((one for one in items if str(one.pk) == asked), items[0])
    url = reverse("moderator_unit", args=[found.pk, chosen.pk])
    shown = evidence.shown_file(request, item, audience="moderator", url=f"{url}?file={item.pk}&")
    signed = signature_on(found.pk, chosen.registration_id, chosen.unit_id)
    return {
        "tabs": [
            {
                "label": f"{one.label} {one.name}",
                "url": f"{url}?file={one.pk}",
                "current": one == item,
                "detail": one.unit_id if one.unit_id not in (None, chosen.unit_id) else "",
            }
            for one in items
        ],
        "shown": shown,
        "bundle": evidence.bundle_state(found, chosen.registration_id),
        "prefix": f"file={item.pk}&",
        "signed": signed,
        "changed": signed is not None
        and signed.hashes != hashes_behind(found.pk, chosen.registration_id, chosen.unit_id),
        "words": shown["text"][:LONGEST] if shown["as_text"] else "",
    }


def item_of(number: int, item: int) -> EvidenceItem:
    """A file of a claim that is with this moderator. Raises Http404."""
    known = EvidenceItem.objects.select_related("file", "claim", "registration")
    return get_object_or_404(known, pk=item, claim=number)
