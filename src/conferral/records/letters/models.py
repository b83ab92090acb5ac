"""Whom each centre wants to hear about what, the letters that are written to it, and what became of each copy."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Centre
from conferral.records.guards import refuses
from conferral.records.people.models import Person
from conferral.rules.letters import FEES, MODERATION, RESULTS, WITHDRAWALS


class Purpose(models.TextChoices):
    """What a letter to a centre is about."""

    MODERATION = MODERATION, "Moderation"
    FEES = FEES, "Fees"
    WITHDRAWALS = WITHDRAWALS, "Withdrawals of qualifications"
    RESULTS = RESULTS, "Results"


class Contact(models.Model):
    """Somebody whom a centre named to hear about a purpose, in one scheme or in all. Instants are UTC.

    A contact is living while it has not been taken away and its mail has not come back.
    """

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="contacts")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    scheme = models.ForeignKey(Qualification, models.PROTECT, null=True)
    name = models.CharField(max_length=200)
    email = models.EmailField()
    named_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField()
    bounced_at = models.DateTimeField(null=True)
    bounced_because = models.CharField(max_length=300, blank=True)
    taken_away_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "centre", "purpose", "scheme", Lower("email"), condition=Q(taken_away_at=None),
                name="contact_once", nulls_distinct=False,
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["centre", "purpose"], condition=Q(taken_away_at=None), name="contact_of_centre"),
            models.Index(Lower("email"), condition=Q(taken_away_at=None), name="contact_address"),
        ]


class Letter(models.Model):
    """What was written to a centre about a purpose, or to one person. Its text stays as it was written."""

    centre = models.ForeignKey(Centre, models.PROTECT, null=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices, blank=True)
    scheme = models.ForeignKey(Qualification, models.PROTECT, null=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    about_kind = models.CharField(max_length=30, blank=True)
    about_key = models.CharField(max_length=40, blank=True)
    asks_acknowledgement = models.BooleanField(default=False)
    acknowledged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(centre__isnull=False, person=None) | Q(centre=None, person__isnull=False),
                name="a_letter_goes_to_a_centre_or_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "-id"], name="letter_of_centre"),
            models.Index(fields=["person", "-id"], condition=Q(centre=None), name="letter_of_person"),
            models.Index(fields=["about_kind", "about_key"], name="letter_about"),
            models.Index(
                fields=["centre", "written_at"], condition=Q(asks_acknowledgement=True, acknowledged_at=None),
                name="letter_to_acknowledge",
            ),
        ]  # fmt: skip
        triggers = [
            refuses(
                "stays_as_written",
                """
                IF TG_OP = 'UPDATE' AND (
                    (NEW.centre_id, NEW.person_id, NEW.subject, NEW.text, NEW.written_at)
                    IS DISTINCT FROM (OLD.centre_id, OLD.person_id, OLD.subject, OLD.text, OLD.written_at)
                    OR OLD.acknowledged_at IS NOT NULL
                ) THEN
                    RAISE EXCEPTION 'letter % stays as it was written and acknowledged', OLD.id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            )
        ]


class LetterCopy(models.Model):
    """One mail of a letter: to whom, whether it has left, and whether it came back. Instants are UTC."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="copies")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    bounced_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("letter", Lower("email"), name="one_copy_an_address")]
        indexes = [models.Index(fields=["id"], condition=Q(sent_at=None, bounced_at=None), name="copy_waiting")]
