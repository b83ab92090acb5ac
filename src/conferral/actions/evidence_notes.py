"""What is written on files and signed: by the centre before the work is sent, by the moderator while it is seen."""

from datetime import datetime

from django.db import transaction

from conferral.actions.evidence import evidence_facts
from conferral.actions.ledger import Done, record
from conferral.records.claims.models import Claim
from conferral.records.evidence.models import Annotation, EvidenceItem, FileSignature
from conferral.records.evidence.queries import hashes_behind
from conferral.rules.book import rules_on
from conferral.rules.facts import NoteFacts, SignatureFacts
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def write_on_file(item_id: int, words: str, page: int | None, *, at: datetime, by: Acting) -> Verdict:
    """Write on a page of a file, or on the whole of it. What is written stays. Raises EvidenceItem.DoesNotExist."""
    item = EvidenceItem.objects.select_related("file").get(pk=item_id)
    claim = Claim.objects.select_for_update().get(pk=item.claim_id)
    said = " ".join(words.split())[:1000]
    facts = NoteFacts(by.audience, claim.state.replace("_", " "), said or None, page, item.file.pages or None)
    verdict = judge(facts, rules_on("note"))
    if verdict.allowed:
        Annotation.objects.create(
            centre_id=claim.centre_id, claim=claim, file=item.file, page=page, words=said,
            by_moderator=by.audience == "moderator", made_by_id=by.somebody, made_at=at,
        )  # fmt: skip
        told = {"file": item.file_id} | ({"page": page} if page else {})
        record([Done("file_written_on", "claim", claim.pk, claim.centre_id, verdict, told)], at=at, by=by)
    return verdict


@transaction.atomic
def sign_files(claim_id: int, registration: int, unit: str, *, at: datetime, by: Acting) -> Verdict:
    """Sign, as the internal verifier named for it, the files behind a unit of a candidate as they are now.

    Repeated without a change of files it signs again, which does no harm. Raises Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    named = claim.units.filter(registration=registration, unit=unit, internal_verifier=by.somebody).exists()
    hashes = hashes_behind(claim_id, registration, unit)
    verdict = judge(evidence_facts(claim, registration), rules_on("evidence"))
    verdict += judge(SignatureFacts(unit, named, len(hashes) or None), rules_on("signature"))
    if verdict.allowed:
        FileSignature.objects.create(
            centre_id=claim.centre_id, claim=claim, registration_id=registration, unit_id=unit, hashes=hashes,
            signed_by_id=by.somebody, signed_at=at,
        )  # fmt: skip
        told = {"unit": unit, "files": len(hashes), "sha256": hashes}
        record([Done("files_signed", "claim", claim.pk, claim.centre_id, verdict, told)], at=at, by=by)
    return verdict
