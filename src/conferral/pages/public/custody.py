"""The short address behind a cover sheet's square code: whoever has the parcel in hand says so."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from conferral.actions.consignments import receive_work, return_unmatched_work, scan_parcel
from conferral.pages.sendings import chain
from conferral.records.claims.models import Consignment, CustodyScan
from conferral.rules.permissions import Acting
from conferral.rules.references import compact_reference, format_reference
from conferral.rules.rule import Verdict

Hand = CustodyScan.Hand
VERBS = {
    Hand.HANDED_OVER: "I hand it to the carrier",
    Hand.POST_ROOM: "It is in our post room",
    Hand.RECEIVED: "I have received it",
    Hand.RETURNED: "I send it back to the centre",
}
CLAIM_PAGES = {"centre": "centre_claim", "moderator": "moderator_claim", "desk": "desk_claim"}


@require_http_methods(["GET", "POST"])
def parcel(request: HttpRequest, reference: str) -> HttpResponse:
    """A parcel's way so far, and what the person who scans it may say. Whoever may not see it learns nothing."""
    work = Consignment.objects.filter(reference=compact_reference(reference)[:8]).select_related("centre").first()
    if work is None:
        raise Http404(reference)
    hands, verdict = may_say(work, request.acting), None
    if request.method == "POST":
        hand = request.POST.get("hand", "")
        if hand not in (*hands, *_own(request.acting)):
            raise Http404(hand)
        verdict = _say(work, hand, request)
        if verdict.allowed:
            messages.success(request, f"Kept: {Hand(hand).label.lower()}.")
            return redirect("parcel", work.reference)
    page = {
        "title": f"Parcel {format_reference(work.reference)}",
        "work": work,
        "hands": [{"value": hand, "label": VERBS[hand]} for hand in hands],
        "chain": chain(work),
        "claim_url": _claim_url(work, request.acting),
        "despatch_url": _despatch_url(work, request.acting),
        "verdict": verdict,
        "refused": verdict is not None,
    }
    return render(request, "public/parcel.html", {"page": page}, status=422 if verdict else 200)


def _own(acting: Acting) -> tuple[Hand, ...]:
    """The hands that somebody of this audience and these roles may be."""
    if acting.audience == "centre":
        return (Hand.HANDED_OVER,)
    if acting.audience == "moderator" and acting.may("log_parcels"):
        return (Hand.RECEIVED, Hand.RETURNED)
    if acting.audience == "desk" and acting.may("manage_centres"):
        return (Hand.POST_ROOM, Hand.RETURNED)
    return ()


def may_say(work: Consignment, acting: Acting) -> list[Hand]:
    """What may be said of a parcel as it stands, by the person who has it in hand."""
    going_back = work.state in ("unmatched", "to_return")
    coming = work.state in ("awaited", "despatched") and work.kind == Consignment.Kind.POST
    scanned = set(work.scans.values_list("hand", flat=True))
    fits = {Hand.HANDED_OVER: coming, Hand.POST_ROOM: coming or going_back, Hand.RECEIVED: coming,
            Hand.RETURNED: going_back}  # fmt: skip
    return [hand for hand in _own(acting) if fits[hand] and hand not in scanned]


def _say(work: Consignment, hand: str, request: HttpRequest) -> Verdict:
    if hand == Hand.RECEIVED:
        return receive_work(work.reference, at=request.at, by=request.acting)[0]
    if hand == Hand.RETURNED:
        return return_unmatched_work(work.pk, at=request.at, by=request.acting)
    return scan_parcel(work.reference, hand, at=request.at, by=request.acting)


def _claim_url(work: Consignment, acting: Acting) -> str:
    return reverse(CLAIM_PAGES[acting.audience], args=[work.claim_id]) if work.claim_id else ""


def _despatch_url(work: Consignment, acting: Acting) -> str:
    """Where a centre records the despatch that is still to be recorded."""
    waits: Any = acting.audience == "centre" and work.claim_id and work.state == "awaited"
    return reverse("centre_despatch", args=[work.claim_id]) if waits and acting.may("send_work") else ""
