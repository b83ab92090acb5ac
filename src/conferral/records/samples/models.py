"""Which claimed units a moderator looks at, how they were chosen, and what was added with a reason."""

from django.db import models
from django.db.models import Q

from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.guards import only_grows, refuses
from conferral.records.people.models import Person


class Sample(models.Model):
    """How the sample of a claim was drawn, once: by the method and seed it can be drawn again by anybody."""

    class Method(models.TextChoices):
        ALL = "all", "Every unit"
        FIXED = "fixed", "A fixed number of each assessor and unit"
        RISK = "risk", "By risk, with a stated confidence"

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="sample")
    method = models.CharField(max_length=10, choices=Method.choices)
    each = models.PositiveSmallIntegerField(null=True)
    seed = models.CharField(max_length=40)
    sizes = models.JSONField(default=list)
    drawn_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(method="fixed", each__gte=1) | ~Q(method="fixed") & Q(each__isnull=True),
                name="a_fixed_sample_says_how_many",
            )
        ]
        triggers = [only_grows()]


class SampledUnit(models.Model):
    """One claimed unit in a sample, and why: drawn, or added later with the moderator's reason."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="units")
    claimed_unit = models.OneToOneField(ClaimedUnit, models.PROTECT, related_name="sampled")
    why = models.CharField(max_length=500)
    extended = models.BooleanField(default=False)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        triggers = [
            only_grows(),
            refuses(
                "of_its_claim",
                """
                IF NOT EXISTS (SELECT FROM samples_sample s JOIN claims_claimedunit u ON u.claim_id = s.claim_id
                               WHERE s.id = NEW.sample_id AND u.id = NEW.claimed_unit_id) THEN
                    RAISE EXCEPTION 'claimed unit % is of another claim', NEW.claimed_unit_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]
