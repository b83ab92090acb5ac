"""Days in a term by which centres confirm who expects a result, and what they said."""

from django.db import models
from django.db.models import Q

from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Centre
from conferral.records.guards import refuses
from conferral.records.people.models import Person


class Checkpoint(models.Model):
    """A London day, inclusive, by which the centres of some schemes confirm who expects a result."""

    title = models.CharField(max_length=100)
    schemes = models.ManyToManyField(Qualification, related_name="checkpoints")
    answer_by = models.DateField()
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-answer_by", "-id"]

    def __str__(self) -> str:
        return self.title


class AskedCentre(models.Model):
    """A centre that has been asked at a checkpoint, by a letter with its own list; and whether it has confirmed."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="asked")
    centre = models.ForeignKey(Centre, models.PROTECT)
    asked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "centre"], name="asked_once")]
        indexes = [models.Index(fields=["centre", "checkpoint"], condition=Q(confirmed_at=None), name="asked_waiting")]


class Expectation(models.Model):
    """Whether a centre expects a result for one registration at a checkpoint."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="expectations")
    centre = models.ForeignKey(Centre, models.PROTECT)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    expected = models.BooleanField()
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "registration"], name="said_once")]
        indexes = [models.Index(fields=["checkpoint", "centre"], name="expectation_of_centre")]
        triggers = [
            refuses(
                "of_its_centre",
                """
                IF (SELECT r.centre_id FROM candidates_registration r WHERE r.id = NEW.registration_id)
                   IS DISTINCT FROM NEW.centre_id THEN
                    RAISE EXCEPTION 'registration % is not of centre %', NEW.registration_id, NEW.centre_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            )
        ]
