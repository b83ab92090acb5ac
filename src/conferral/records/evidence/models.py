"""Files that come as evidence, for whom and for which criteria they stand."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from conferral.records.candidates.models import Candidate, Registration
from conferral.records.catalogue.models import Criterion, Unit
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim
from conferral.records.guards import keeps_to, only_grows, refuses, stays_when
from conferral.records.people.models import Person
from conferral.rules.journeys import STORED_FILE


class StoredFile(models.Model):
    """A file that a centre sent for a candidate in a claim. Its bytes lie unchanged in the store, under their hash.

    `name` is as shown, `written` as it was sent. Of a refused file only this row is kept, with the `reasons`.
    `scanned` is None where no scanner is configured. `fingerprint` is what the browser knows a file by when it is
    chosen again. `tries` counts how often a worker began to look into it. Instants are UTC.
    """

    token = models.CharField(max_length=32, unique=True)
    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, default="receiving")
    name = models.CharField(max_length=120)
    written = models.CharField(max_length=300)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=10, blank=True)
    pages = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list)
    scanned = models.BooleanField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(sha256__regex="^[0-9a-f]{64}$"),
                name="a_file_that_is_kept_has_a_hash",
            ),
        ]
        indexes = [
            models.Index(fields=["claim", "state"], name="storedfile_claim"),
            models.Index(fields=["sha256"], condition=Q(state="accepted"), name="storedfile_hash"),
            models.Index(fields=["begun_at"], condition=Q(state="receiving"), name="storedfile_arriving"),
            models.Index(fields=["received_at"], condition=Q(state="received"), name="storedfile_looked_into"),
        ]
        triggers = [
            *keeps_to(STORED_FILE),
            refuses(
                "bytes_stay",
                """
                IF OLD.state = 'accepted' AND (NEW.sha256, NEW.size, NEW.kind, NEW.centre_id)
                   IS DISTINCT FROM (OLD.sha256, OLD.size, OLD.kind, OLD.centre_id) THEN
                    RAISE EXCEPTION 'what was accepted is not changed: file %', OLD.id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]


class FileText(models.Model):
    """The words of a file, page by page, as they were read when it arrived: for searching and the depth advice."""

    file = models.OneToOneField(StoredFile, models.CASCADE, primary_key=True, related_name="words")
    centre = models.ForeignKey(Centre, models.PROTECT)
    pages = ArrayField(models.TextField())

    class Meta:
        triggers = [only_grows()]


_WHILE_OPEN = """
    IF NOT EXISTS (
        SELECT FROM claims_claim c WHERE c.id = {claim} AND (c.state = 'draft' OR c.state = 'submitted' AND NOT EXISTS (
            SELECT FROM claims_consignment w WHERE w.claim_id = c.id AND w.state NOT IN ('awaited', 'cancelled')))
    ) THEN
        RAISE EXCEPTION 'evidence-after-delivery: claim %', {claim} USING ERRCODE = 'check_violation';
    END IF;
"""
_CLAIM_OF_ITEM = "(SELECT i.claim_id FROM evidence_evidenceitem i WHERE i.id = {row}.item_id)"


class EvidenceItem(models.Model):
    """An accepted file as the work of one candidate in one claim. `place` counts from 1 within both: file 3 of Efa.

    Added and taken away until the work of the claim is sent.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="items")
    sha256 = models.CharField(max_length=64)
    place = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "registration", "sha256"], name="a_file_once_for_a_candidate"),
            models.UniqueConstraint(fields=["claim", "registration", "place"], name="a_place_once_for_a_candidate"),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="evidenceitem_hash"),
            models.Index(fields=["centre", "claim"], name="evidenceitem_centre"),
        ]
        triggers = [
            refuses(
                "of_its_claim",
                _WHILE_OPEN.format(claim="NEW.claim_id")
                + """
                IF NOT EXISTS (SELECT FROM claims_claim c JOIN candidates_registration r ON r.id = NEW.registration_id
                               WHERE c.id = NEW.claim_id AND c.centre_id = NEW.centre_id
                               AND r.centre_id = NEW.centre_id AND r.scheme_id = c.scheme_id
                               AND r.candidate_id = NEW.candidate_id)
                   OR NOT EXISTS (SELECT FROM evidence_storedfile f WHERE f.id = NEW.file_id AND f.state = 'accepted'
                                  AND f.sha256 = NEW.sha256 AND f.centre_id = NEW.centre_id) THEN
                    RAISE EXCEPTION 'file % is no evidence for claim %', NEW.file_id, NEW.claim_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
            stays_when("kept_after_delivery", _WHILE_OPEN.format(claim="OLD.claim_id") + "RETURN COALESCE(NEW, OLD);"),
        ]

    @property
    def label(self) -> str:
        """How a cell of the matrix names it."""
        return f"F{self.place}"


class EvidenceFor(models.Model):
    """A file answers a criterion of a unit that is claimed for its candidate."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    item = models.ForeignKey(EvidenceItem, models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "criterion"], name="answered_once_by_a_file")]
        triggers = [
            refuses(
                "of_a_claimed_unit",
                _WHILE_OPEN.format(claim=_CLAIM_OF_ITEM.format(row="NEW"))
                + """
                IF NOT EXISTS (
                    SELECT FROM evidence_evidenceitem i
                    JOIN claims_claimedunit u ON u.claim_id = i.claim_id AND u.registration_id = i.registration_id
                    JOIN catalogue_criterion k ON k.unit_id = u.unit_id
                    WHERE i.id = NEW.item_id AND k.id = NEW.criterion_id
                ) THEN
                    RAISE EXCEPTION 'criterion % is of no unit claimed for the candidate', NEW.criterion_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
            stays_when(
                "kept_after_delivery",
                _WHILE_OPEN.format(claim=_CLAIM_OF_ITEM.format(row="OLD")) + "RETURN COALESCE(NEW, OLD);",
            ),
        ]


class Annotation(models.Model):
    """What somebody wrote on a page of a file (None: on the whole of it). Only added, never changed.

    The centre reads its moderator's once the report is sent. Bound to the file, so that it outlives taking it away.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="annotations")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="annotations")
    page = models.PositiveIntegerField(null=True)
    words = models.CharField(max_length=1000)
    by_moderator = models.BooleanField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="an_annotation_says_something")]
        indexes = [models.Index(fields=["file", "page"], name="annotation_file")]
        triggers = [only_grows()]


class FileSignature(models.Model):
    """The internal verifier named for a unit of a candidate signed the files behind it: `hashes`, sorted, are theirs.

    Never changed: files added later are not signed, and pages say so.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="file_signatures")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    hashes = ArrayField(models.CharField(max_length=64))
    signed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(hashes=[]), name="a_signature_is_on_something")]
        indexes = [models.Index(fields=["claim", "registration", "unit", "-id"], name="filesignature_unit")]
        triggers = [
            only_grows(),
            refuses(
                "by_the_named_verifier",
                _WHILE_OPEN.format(claim="NEW.claim_id")
                + """
                IF NOT EXISTS (SELECT FROM claims_claimedunit u WHERE u.claim_id = NEW.claim_id
                               AND u.registration_id = NEW.registration_id AND u.unit_id = NEW.unit_id
                               AND u.internal_verifier_id = NEW.signed_by_id) THEN
                    RAISE EXCEPTION 'not the internal verifier of unit % in claim %', NEW.unit_id, NEW.claim_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]
