"""What the catalogue answers to the rules."""

from datetime import date

from conferral.records.calendar import safe_claim
from conferral.records.catalogue.models import Alternative, EvidencePolicy, Notice, Qualification

NOTICES = 20


def evidence_needed(scheme: str, on: date) -> str | None:
    """The kind of evidence that a scheme takes on a day; None when the catalogue does not say."""
    policies = EvidencePolicy.objects.filter(scheme=scheme).exclude(from_day__gt=on)
    return policies.values_list("kind", flat=True).last()


def alternatives_in_words(scheme: str, on: date) -> str:
    """The alternatives that take registrations on a day, as they are named in a sentence."""
    named = Alternative.objects.filter(scheme=scheme, alternative__isnull=False)
    named = named.exclude(alternative__last_registration__lt=on)
    words = [f"{row.alternative.code} {row.alternative.title}" for row in named.select_related("alternative")]
    return "; ".join(words) or "see Qualifications and dates"


def notices_on(scheme: str, on: date) -> list[Notice]:
    """The newest notices about a scheme as they stood on a day, newest first, `NOTICES` of them at most."""
    return list(Notice.objects.filter(scheme=scheme, published_on__lte=on)[:NOTICES])


def safe_claim_of(scheme: Qualification) -> date | None:
    """The last safe day to claim in a scheme; None when it has no final certification date."""
    return safe_claim(scheme.final_certification, scheme.route)
