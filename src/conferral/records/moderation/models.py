"""Moderators and verifiers, what is allocated to them, their decisions and reports."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.guards import only_grows, refuses
from conferral.records.people.models import Person


class Moderator(models.Model):
    """An examiner-moderator or external verifier, and where work is sent to them."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True)
    address = models.TextField()


class Interest(models.Model):
    """A moderator's declared interest in a centre: work from there is never given to them."""

    class Kind(models.TextChoices):
        EMPLOYED = "employed", "Works there, or did in the last five years"
        FAMILY = "family", "Family or a close friend works or studies there"
        BUSINESS = "business", "Business with the centre"
        OTHER = "other", "Another tie"

    moderator = models.ForeignKey(Moderator, models.PROTECT)
    centre = models.ForeignKey(Centre, models.PROTECT)
    declared_on = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["moderator", "centre"], name="interest_once")]


class Allocation(models.Model):
    """Who looks at a centre's work for a scheme, over a range of days. One at a time."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    scheme = models.ForeignKey(Qualification, models.PROTECT)
    moderator = models.ForeignKey(Moderator, models.PROTECT)
    days = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_active_allocation",
                expressions=[
                    ("centre", RangeOperators.EQUAL),
                    ("scheme", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            )
        ]
        triggers = [
            refuses(
                "no_interest",
                """
                IF TG_OP = 'UPDATE' AND NEW.moderator_id = OLD.moderator_id AND NEW.centre_id = OLD.centre_id
                   AND NEW.days <@ OLD.days THEN
                    RETURN NEW;
                END IF;
                IF EXISTS (SELECT FROM moderation_interest i
                           WHERE i.moderator_id = NEW.moderator_id AND i.centre_id = NEW.centre_id) THEN
                    RAISE EXCEPTION 'reviewer-has-interest: centre %', NEW.centre_id
                        USING ERRCODE = 'check_violation';
                END IF;
                IF EXISTS (SELECT FROM centres_membership m
                           WHERE m.person_id = NEW.moderator_id AND m.centre_id = NEW.centre_id) THEN
                    RAISE EXCEPTION 'allocation-at-own-centre: centre %', NEW.centre_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            )
        ]


OUTCOME_WORDS = {
    "confirmed": "Confirmed",
    "amended": "Confirmed with an amendment",
    "not_awarded": "Not awarded",
    "withdrawn": "Withdrawn from the claim",
}


class UnitDecision(models.Model):
    """The one outcome of a claimed unit, who decided it and why."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "Confirm"
        AMENDED = "amended", "Confirm with an amendment"
        NOT_AWARDED = "not_awarded", "Not award"
        WITHDRAWN = "withdrawn", "Withdraw this unit from the claim"

    class Code(models.TextChoices):
        INCOMPLETE = "INCOMPLETE", "Incomplete: criteria without evidence"
        WRONG_EVIDENCE = "WRONG_EVIDENCE", "Wrong kind of evidence"
        NOT_ANNOTATED = "NOT_ANNOTATED", "Marking is not shown on the work"
        NO_INTERNAL_MOD = "NO_INTERNAL_MOD", "No sign of internal moderation"
        THIN_ANSWER = "THIN_ANSWER", "Answers too thin for the criterion"
        VERB_NOT_MET = "VERB_NOT_MET", "Depth: the command verb is not met"
        INCONSISTENT_ASSESSOR = "INCONSISTENT_ASSESSOR", "Assessor's marking is inconsistent"
        AUTHENTICITY = "AUTHENTICITY", "Doubt whether it is the candidate's own work"
        DUPLICATE = "DUPLICATE", "The same work as another candidate's"
        UNREADABLE_FILE = "UNREADABLE_FILE", "Can't be read"
        WRONG_UNIT = "WRONG_UNIT", "Work for another unit"

    centre = models.ForeignKey(Centre, models.PROTECT)
    claimed_unit = models.OneToOneField(ClaimedUnit, models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reason_code = models.CharField(max_length=30, choices=Code.choices, null=True)
    feedback = models.TextField(blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        triggers = [
            only_grows(),
            refuses(
                "kept_apart",
                """
                IF EXISTS (SELECT FROM claims_claimedunit u WHERE u.id = NEW.claimed_unit_id
                           AND NEW.decided_by_id IN (u.assessor_id, u.internal_verifier_id))
                   OR EXISTS (SELECT FROM moderation_interest i
                              WHERE i.moderator_id = NEW.decided_by_id AND i.centre_id = NEW.centre_id) THEN
                    RAISE EXCEPTION 'reviewer-touched-the-work: person %', NEW.decided_by_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    @property
    def in_words(self) -> str:
        """The outcome as something that has been done."""
        return OUTCOME_WORDS[self.outcome]


class FeedbackReport(models.Model):
    """What the moderator tells the centre about one claim. Sent once."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="report")
    went_well = models.TextField(blank=True)
    to_improve = models.TextField(blank=True)
    actions = models.TextField(blank=True)
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["centre", "-sent_at"], name="report_centre_newest")]
        triggers = [only_grows()]
