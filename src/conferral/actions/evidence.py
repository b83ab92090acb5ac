"""Evidence that comes as files: begun, arrived, given up; for whom and for what; and complete."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from conferral.actions.consignments import deliver_upload
from conferral.actions.ledger import Done, record
from conferral.actions.looking import Looked, Scanner, clamd
from conferral.actions.moves import move
from conferral.actions.work_letters import tell_of_upload
from conferral.records.catalogue.models import Criterion
from conferral.records.claims.models import Claim, InternalCheck
from conferral.records.evidence.models import EvidenceFor, EvidenceItem, StoredFile
from conferral.records.evidence.queries import units_unverified
from conferral.records.evidence.store import Store
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.evidence import KINDS, REFUSED_KINDS
from conferral.rules.facts import EvidenceFacts, FileFacts
from conferral.rules.file_names import shown_name
from conferral.rules.journeys import STORED_FILE
from conferral.rules.permissions import Acting
from conferral.rules.policies import policy
from conferral.rules.rule import Verdict, judge

MEGABYTE = 1024 * 1024
LOOKING = "conferral.look_into_file"  # the task of a worker


@dataclass(frozen=True)
class Door:
    """What stands at the door: where files are kept, who scans them if anybody, and a lower limit than the policy's."""

    store: Store
    scan: Scanner | None = None
    megabytes: int | None = None

    @property
    def most_megabytes(self) -> int:
        """The largest file, in megabytes."""
        return min(self.megabytes or policy("megabytes_a_file"), policy("megabytes_a_file"))

    @property
    def most(self) -> int:
        """The largest file, in bytes."""
        return self.most_megabytes * MEGABYTE

    @classmethod
    def of(cls, site: Any) -> "Door":
        """The door of a site, by its settings FILES, SCANNER and FILE_MEGABYTES."""
        scan = clamd(site.SCANNER) if site.SCANNER else None
        return cls(Store(Path(site.FILES)), scan, site.FILE_MEGABYTES or None)


@transaction.atomic
def begin_file(
    claim_id: int, registration: int, written: str, size: int, *,
    unit: str | None = None, fingerprint: str = "", token: str, door: Door, at: datetime, by: Acting,
) -> tuple[Verdict, StoredFile | None]:  # fmt: skip
    """Announce a file of `size` bytes for a candidate in a claim; its bytes follow under `token`.

    With the fingerprint of one that has not arrived whole it is that one, which goes on where it stopped. Refused
    when the claim is not open to its centre, or the file is empty or too large. Raises Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    verdict = judge(evidence_facts(claim, registration), rules_on("evidence"))
    room = door.store.free() - size > policy("megabytes_kept_free") * MEGABYTE
    verdict += judge(file_facts(written, size, door, room=room), rules_on("file"))
    if verdict.refused:
        return verdict, None
    begun = StoredFile.objects.filter(
        claim=claim, registration=registration, state="receiving", written=written[:300], size=size,
        fingerprint=fingerprint[:64],
    ).first()  # fmt: skip
    if begun and fingerprint:
        return verdict, begun
    take_turn(f"file {token}")  # until this is committed no row names the bytes, and yet they stay
    known = unit if unit and claim.units.filter(registration=registration, unit=unit).exists() else None
    return verdict, StoredFile.objects.create(
        token=token, centre_id=claim.centre_id, claim=claim, registration_id=registration, unit_id=known,
        name=shown_name(written), written=written[:300], size=size, fingerprint=fingerprint[:64],
        sent_by_id=by.somebody, begun_at=at,
    )  # fmt: skip


@transaction.atomic
def receive_file(token: str, *, at: datetime, by: Acting) -> StoredFile:
    """All bytes have arrived: the file stands as received, and a worker is asked to look into it.

    Repeated, it changes nothing. Raises StoredFile.DoesNotExist.
    """
    file = StoredFile.objects.select_for_update(of=("self",)).select_related("claim", "registration").get(token=token)
    if file.state == "receiving":
        file.received_at = at
        told = {"file": file.pk, "size": file.size}
        move(STORED_FILE, file, "receive", at=at, by=by, facts=told, event="evidence_received", about=file.claim)
        ask_to_look(file)
    return file


def ask_to_look(file: StoredFile) -> None:
    """Leave a received file to a worker, before anything that can wait. Where that is asked already, nothing.

    The files of a candidate are looked into one after the other: they keep their order, and many don't hold up others.
    """
    task = app.configure_task(
        name=LOOKING, queueing_lock=f"look {file.token}", lock=f"files {file.claim_id} {file.registration_id}",
        priority=10,
    )  # fmt: skip
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(token=file.token)


def _step(file: StoredFile, verb: str, by: Acting) -> None:
    """Move a file without an event of its own. Raises ValueError for a move that the table lacks."""
    made = STORED_FILE.move(file.state, verb, by.audience)
    if made is None:
        raise ValueError(f"A stored file that is {file.state} has no move {verb} by {by.audience}.")
    file.state = made.to
    file.save()


@transaction.atomic
def give_up_file(token: str, *, door: Door, by: Acting) -> None:
    """Take a file off the list that has not arrived whole, or one that was refused. Safe to repeat."""
    file = StoredFile.objects.select_for_update().filter(token=token).first()
    if file is not None and file.state == "receiving":
        door.store.drop(token)
        _step(file, "give_up", by)
    elif file is not None and file.state == "refused":
        file.hidden = True
        file.save(update_fields=["hidden"])


@transaction.atomic
def give_up_overdue(before: datetime, *, door: Door, by: Acting) -> int:
    """Give up the files begun before an instant that have not arrived whole; returns how many. Safe to repeat."""
    overdue = StoredFile.objects.select_for_update(skip_locked=True).filter(state="receiving", begun_at__lt=before)
    files = list(overdue.order_by("pk")[:1000])
    for file in files:
        door.store.drop(file.token)
        _step(file, "give_up", by)
    return len(files)


@transaction.atomic
def take_away_evidence(item_id: int, *, at: datetime, by: Acting) -> Verdict:
    """Take a file from a candidate's work, until the work is sent. Raises EvidenceItem.DoesNotExist."""
    item = EvidenceItem.objects.get(pk=item_id)
    claim = Claim.objects.select_for_update().get(pk=item.claim_id)
    verdict = judge(evidence_facts(claim, item.registration_id), rules_on("evidence"))
    if verdict.allowed:
        _end_checks(item, item.answers.values_list("criterion__unit", flat=True))
        told = {"file": item.file_id, "sha256": item.sha256}
        record([Done("evidence_taken_away", "claim", claim.pk, claim.centre_id, verdict, told)], at=at, by=by)
        item.delete()
    return verdict


@transaction.atomic
def say_what_it_answers(
    item_id: int, unit: str, criteria: Iterable[int], *, at: datetime, by: Acting
) -> Verdict:  # fmt: skip
    """Make a file answer just these criteria of a unit; what it answers of other units stays.

    A criterion of another unit is passed over. A change ends the internal check of the unit. Raises
    EvidenceItem.DoesNotExist.
    """
    item = EvidenceItem.objects.get(pk=item_id)
    claim = Claim.objects.select_for_update().get(pk=item.claim_id)
    verdict = judge(evidence_facts(claim, item.registration_id), rules_on("evidence"))
    if verdict.refused or not claim.units.filter(registration=item.registration_id, unit=unit).exists():
        return verdict
    asked = set(Criterion.objects.filter(unit=unit, pk__in=list(criteria)).values_list("pk", flat=True))
    before = set(item.answers.filter(criterion__unit=unit).values_list("criterion", flat=True))
    if asked != before:
        item.answers.filter(criterion__in=before - asked).delete()
        EvidenceFor.objects.bulk_create(
            EvidenceFor(centre_id=item.centre_id, item=item, criterion_id=one, said_by_id=by.somebody, said_at=at)
            for one in asked - before
        )
        _end_checks(item, [unit])
        told = {"file": item.file_id, "unit": unit, "criteria": len(asked)}
        record([Done("evidence_answers", "claim", claim.pk, claim.centre_id, facts=told)], at=at, by=by)
    return verdict


def _end_checks(item: EvidenceItem, units: Iterable[str]) -> None:
    InternalCheck.objects.filter(
        claimed_unit__claim=item.claim_id, claimed_unit__registration=item.registration_id,
        claimed_unit__unit__in=set(units),
    ).delete()  # fmt: skip


@transaction.atomic
def complete_upload(claim_id: int, *, at: datetime, by: Acting) -> Verdict:
    """All work of a claim is uploaded: it is with its moderator, and nothing is added any more.

    The ledger keeps how many files there are and one hash over all of theirs. Raises Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    verdict = judge_upload(claim)
    if verdict.refused:
        return verdict
    verdict += deliver_upload(claim_id, at=at, by=by)
    if verdict.allowed:
        hashes = sorted(claim.evidence.values_list("sha256", flat=True))
        told = {"files": len(hashes), "sha256": hashlib.sha256("\n".join(hashes).encode()).hexdigest()}
        record([Done("upload_completed", "claim", claim.pk, claim.centre_id, verdict, told)], at=at, by=by)
        tell_of_upload(claim, len(hashes), at=at, by=by)
    return verdict


def judge_upload(claim: Claim) -> Verdict:
    """What stands against saying that all is uploaded."""
    there = set(claim.evidence.values_list("registration", flat=True))
    claimed = set(claim.units.values_list("registration", flat=True))
    files = StoredFile.objects.filter(claim=claim)
    arriving, looked_into = (files.filter(state=state).count() for state in ("receiving", "received"))
    unsigned, units = units_unverified(claim.pk)
    facts = replace(
        evidence_facts(claim), unsigned=unsigned or None, units=units, files=claim.evidence.count() or None,
        arriving=arriving or None, looked_into=looked_into or None,
        without_files=len(claimed - there) or None, candidates=len(claimed),
    )  # fmt: skip
    return judge(facts, rules_on("upload"))


def evidence_facts(claim: Claim, registration: int | None = None) -> EvidenceFacts:
    """Whether files may be added to a claim, or to the work of one of its candidates."""
    work = claim.consignments.exclude(state="cancelled").last()
    claimed = None if registration is None else claim.units.filter(registration=registration).exists()
    return EvidenceFacts(claim.state.replace("_", " "), work.state if work else None, claimed)


def file_facts(written: str, size: int, door: Door, *, looked: Looked | None = None, **more: Any) -> FileFacts:
    """What the rules are told of a file: its name and size, and what was found in it."""
    name = shown_name(written)
    looked = looked or Looked()
    found, kind = looked.found, looked.found.get("kind")
    facts = FileFacts(
        name, size, door.most, door.most_megabytes, unread=looked.unread,
        written=" ".join(written.split())[:300] if name != written else None, **more,
    )  # fmt: skip
    if not found or not size:
        return facts
    protected = kind == "ole" and found["encrypted"]
    unpacked = found["unpacked"]
    return replace(
        facts,
        kind=(KINDS | REFUSED_KINDS).get(kind or "", "of a kind we don’t know"),
        accepted=None if protected else kind in KINDS,
        also=found["also"] and (KINDS | REFUSED_KINDS)[found["also"]],
        encrypted=found["encrypted"], damaged=found["damaged"], macros=found["macros"],
        acts=" and ".join(found["acts"]) or None, links=found["links"] or None,
        unpacked_megabytes=None if unpacked is None else unpacked // MEGABYTE,
        most_unpacked=policy("megabytes_unpacked"),
        times=found["ratio"], most_times=policy("times_unpacked"),
        parts=found["entries"], most_parts=policy("parts_of_a_file"),
        depth=found["depth"], deepest=policy("archives_in_a_file"),
    )  # fmt: skip
