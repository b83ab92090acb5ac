"""Evidence that has arrived, looked into by a worker: kept, or refused with its reasons."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from conferral.actions.evidence import Door, evidence_facts, file_facts
from conferral.actions.looking import Looked, Scanned, look_into
from conferral.actions.moves import move
from conferral.records.claims.models import Claim
from conferral.records.evidence.models import EvidenceItem, FileText, StoredFile
from conferral.records.evidence.queries import stands_for_another
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.facts import FileFacts
from conferral.rules.journeys import STORED_FILE
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


@dataclass(frozen=True)
class Found:
    """What a worker found of a file: its hash, what is in it, and what the scanner said where there is one.

    `broken_off` is how many tries came to no end; then nothing was found.
    """

    sha256: str = ""
    looked: Looked = Looked()
    scanned: Scanned | None = None
    broken_off: int | None = None


@transaction.atomic
def begin_looking(token: str) -> int:
    """Count another try to look into a file. Returns how many there have been; 0 when it is looked into already.

    Committed before the file is opened: a try that takes the worker down is counted as well. Raises
    StoredFile.DoesNotExist.
    """
    file = StoredFile.objects.select_for_update().get(token=token)
    if file.state != "received":
        return 0
    file.tries += 1
    file.save(update_fields=["tries"])
    return file.tries


def find(token: str, *, door: Door) -> Found:
    """Look into a file that has arrived; slow, and so outside of any transaction. Raises OSError without its bytes."""
    path = door.store.arriving(token)
    return Found(door.store.hash(token), look_into(path), door.scan(path) if door.scan else None)


@transaction.atomic
def keep_or_refuse(token: str, found: Found, *, door: Door, at: datetime, by: Acting) -> Verdict:
    """Keep a file that was looked into as evidence, or refuse it with its reasons.

    What arrived is left where it is, and is dropped once this is committed. Repeated, it changes nothing. Raises
    StoredFile.DoesNotExist.
    """
    file = StoredFile.objects.select_for_update(of=("self",)).select_related("registration").get(token=token)
    if file.state != "received":
        return Verdict()
    claim = Claim.objects.select_for_update().get(pk=file.claim_id)
    file.sha256 = found.sha256
    verdict = judge(evidence_facts(claim, file.registration_id), rules_on("evidence"))
    verdict += judge(_facts(file, found, door), rules_on("file"))
    inside = found.looked.found
    file.kind, file.pages = (inside.get("kind") or "")[:10], inside.get("pages")
    file.reasons = [reason.as_json() for reason in verdict.reasons]
    file.scanned = None if found.scanned is None else True
    told = {"file": file.pk, "sha256": file.sha256, "kind": file.kind, "size": file.size}
    if verdict.refused:
        move(STORED_FILE, file, "refuse", at=at, by=by, verdict=verdict, facts=told, event="evidence_refused",
             about=claim)  # fmt: skip
        return verdict
    take_turn(f"bytes {file.sha256}")  # until this is committed no row names the bytes, and yet they stay
    door.store.keep(token, file.sha256)
    move(STORED_FILE, file, "accept", at=at, by=by, verdict=verdict, facts=told, event="evidence_added", about=claim)
    if any(page.strip() for page in inside.get("text", ())):
        FileText.objects.create(file=file, centre_id=file.centre_id, pages=inside["text"])
    _add(file, at=at)
    return verdict


def _add(file: StoredFile, *, at: datetime) -> EvidenceItem:
    theirs = EvidenceItem.objects.filter(claim=file.claim_id, registration=file.registration_id)
    place = (theirs.aggregate(last=Max("place"))["last"] or 0) + 1
    return EvidenceItem.objects.create(
        centre_id=file.centre_id, claim_id=file.claim_id, registration_id=file.registration_id,
        candidate_id=file.registration.candidate_id, unit_id=file.unit_id, file=file, sha256=file.sha256, place=place,
        name=file.name, added_by_id=file.sent_by_id, added_at=at,
    )  # fmt: skip


def _facts(file: StoredFile, found: Found, door: Door) -> FileFacts:
    same = EvidenceItem.objects.filter(claim=file.claim_id, registration=file.registration_id, sha256=file.sha256)
    there, scanned = same.first(), found.scanned
    return file_facts(
        file.written, file.size, door, looked=found.looked, broken_off=found.broken_off,
        threat=scanned.threat if scanned else None, unscanned=scanned.silent if scanned else None,
        there_as=there and f"file {there.place}, {there.name}",
        for_another=stands_for_another(file.sha256, file.registration.candidate_id),
    )  # fmt: skip
