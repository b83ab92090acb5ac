"""How work was sent, in words for the centre, the moderator and the desk."""

from conferral.pages.templatetags.parts import counted
from conferral.records.claims.models import Consignment, CustodyScan


def sent_words(work: Consignment) -> str:
    """By whom or where, as it stands after the day on which the work was sent."""
    if work.kind == Consignment.Kind.EMAIL:
        return f"in {counted(work.parts or 0, 'mail')}, reference {work.mail_reference}"
    if work.kind == Consignment.Kind.EPORTFOLIO:
        return "in an e-portfolio"
    if work.kind == Consignment.Kind.UPLOAD:
        return "by upload"
    return f"with {work.carrier}" if work.carrier else "by post"


def chain(work: Consignment | None) -> list[CustodyScan]:
    """The hands that a parcel has passed through, the first one first. One query."""
    return list(work.scans.select_related("person").order_by("at", "id")) if work else []
