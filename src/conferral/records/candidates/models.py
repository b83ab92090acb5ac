"""Candidates, their registrations and the units they have achieved."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from conferral.records.catalogue.models import Qualification, Unit
from conferral.records.centres.models import Centre
from conferral.records.guards import keeps_to, only_grows, refuses
from conferral.records.people.models import Person
from conferral.rules.journeys import REGISTRATION
from conferral.rules.names import PROOFS


class Candidate(models.Model):
    """A person at one centre who works towards qualifications. Names are kept as written, in NFC."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    uln = models.CharField(max_length=10, null=True)
    first_names = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100)
    born_on = models.DateField()
    centre_reference = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "uln"], condition=Q(uln__isnull=False), name="learner_number_once_at_centre"
            )
        ]
        indexes = [
            models.Index(fields=["uln"], name="candidate_uln"),
            GinIndex(OpClass(Upper("last_name"), "gin_trgm_ops"), name="candidate_last_name_prefix"),
        ]
        triggers = [
            refuses(
                "name_changes_with_its_record",
                """
                IF TG_OP = 'UPDATE'
                   AND (NEW.first_names, NEW.last_name) IS DISTINCT FROM (OLD.first_names, OLD.last_name)
                   AND NOT EXISTS (SELECT FROM candidates_namechange n WHERE n.candidate_id = NEW.id
                       AND (n.first_names, n.last_name) = (NEW.first_names, NEW.last_name)
                       AND (n.first_names_before, n.last_name_before) = (OLD.first_names, OLD.last_name)) THEN
                    RAISE EXCEPTION 'the name of candidate % changes only with a record of it', NEW.id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """First names and last name as printed on a certificate."""
        return f"{self.first_names} {self.last_name}".strip()


class NameChange(models.Model):
    """A candidate's name put right, or changed as a whole on proof. What was seen is kept; the document is not.

    `seen_on` is a London day.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="names_before")
    first_names_before = models.CharField(max_length=100, blank=True)
    last_name_before = models.CharField(max_length=100)
    first_names = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100)
    whole = models.BooleanField()
    proof = models.CharField(max_length=10, choices=list(PROOFS.items()), blank=True)
    seen_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    seen_on = models.DateField(null=True)
    changed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(whole=False) | (~Q(proof="") & Q(seen_by__isnull=False, seen_on__isnull=False)),
                name="a_whole_name_changes_on_proof",
            )
        ]
        triggers = [
            only_grows(),
            refuses(
                "not_once_printed",
                """
                IF EXISTS (SELECT FROM awards_certificate c JOIN awards_award a ON a.id = c.award_id
                           JOIN candidates_registration r ON r.id = a.registration_id
                           WHERE r.candidate_id = NEW.candidate_id AND c.state = 'issued') THEN
                    RAISE EXCEPTION 'name-on-printed-certificate: candidate %', NEW.candidate_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    @property
    def name_before(self) -> str:
        """The name that was changed."""
        return f"{self.first_names_before} {self.last_name_before}".strip()


class Registration(models.Model):
    """A candidate's place in a scheme. `registered_on` is a London day."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="registrations")
    scheme = models.ForeignKey(Qualification, models.PROTECT)
    attempt = models.PositiveSmallIntegerField(default=1)
    registered_on = models.DateField()
    starts_on = models.DateField(null=True)
    state = models.CharField(max_length=20, default="registered")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "scheme", "attempt"], name="registered_once_for_a_scheme")
        ]
        indexes = [
            models.Index(fields=["centre", "-id"], name="registration_centre_newest"),
            models.Index(fields=["centre", "scheme", "-id"], name="registration_scheme_newest"),
        ]
        triggers = [
            *keeps_to(REGISTRATION),
            refuses(
                "registration_in_time",
                """
                SELECT last_registration INTO last_day FROM catalogue_qualification WHERE code = NEW.scheme_id;
                IF NEW.registered_on > last_day THEN
                    RAISE EXCEPTION 'registration-after-last-date: % closed on %', NEW.scheme_id, last_day
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                declare=[("last_day", "date")],
            ),
        ]


class Achievement(models.Model):
    """A unit achieved within a registration: by a confirmed decision, or carried over from elsewhere.

    What is carried over keeps the awarding organisation and the London day of the original award;
    `achieved_on` is the day from which it counts here.
    """

    class Origin(models.TextChoices):
        DECISION = "decision", "confirmed here"
        TRANSFER = "transfer", "carried over from another awarding organisation"

    centre = models.ForeignKey(Centre, models.PROTECT)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="achievements")
    unit = models.ForeignKey(Unit, models.PROTECT)
    achieved_on = models.DateField()
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.DECISION)
    claimed_unit = models.OneToOneField("claims.ClaimedUnit", models.PROTECT, null=True)
    awarding_organisation = models.CharField(max_length=200, blank=True)
    originally_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "unit"], name="unit_achieved_once"),
            models.CheckConstraint(
                condition=Q(origin="decision", claimed_unit__isnull=False, awarding_organisation="", originally_on=None)
                | Q(origin="transfer", claimed_unit=None, originally_on__isnull=False)
                & Q(originally_on__lte=models.F("achieved_on"))
                & ~Q(awarding_organisation=""),
                name="achieved_here_or_carried_over",
            ),
        ]
        triggers = [
            refuses(
                "traces_to_a_decision",
                """
                IF NEW.origin = 'decision' AND NOT EXISTS (
                    SELECT FROM claims_claimedunit u
                    WHERE u.id = NEW.claimed_unit_id AND u.registration_id = NEW.registration_id
                      AND u.unit_id = NEW.unit_id AND u.state IN ('confirmed', 'amended')
                ) THEN
                    RAISE EXCEPTION 'achievement % does not trace to a confirmed decision', NEW.unit_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]


class Upload(models.Model):
    """A file of registrations as it was read, waiting to be confirmed. Kept as evidence of what was sent."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    made_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    columns = models.JSONField(default=dict)
    registered_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)


class UploadRow(models.Model):
    """One line of an uploaded file: its cells as text, and what they were read as."""

    centre = models.ForeignKey(Centre, models.CASCADE)
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=dict)
    scheme = models.CharField(max_length=20)
    uln = models.CharField(max_length=10, null=True)
    first_names = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    born_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    centre_reference = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "line"], name="line_once_in_upload")]
