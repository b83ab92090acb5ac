"""What anybody may see of a certificate whose number they know."""

from conferral.records.awards.models import Certificate

PRINTED = (
    "number", "state", "holder", "title", "level", "organisation", "awarded_on", "units",
    "issued_on", "revoked_on", "revoked_because",
)  # fmt: skip


def certificate_as_printed(number: str) -> Certificate | None:
    """The words of an issued or revoked certificate, without its document; None when there is none."""
    return Certificate.objects.exclude(state="due").only(*PRINTED).filter(number=number).first()
