"""Moderators and verifiers, what is allocated to them, their decisions and reports."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from conferral.records.catalogue.models import Qualification, Unit
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.guards import keeps_to, only_grows, refuses
from conferral.records.people.models import Person
from conferral.rules.journeys import REQUIRED_ACTION
from conferral.rules.regions import REGIONS


class Moderator(models.Model):
    """An examiner-moderator or external verifier, and where work is sent to them.

    `region` is empty where the postcode of the address tells it.
    """

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True)
    address = models.TextField()
    region = models.CharField(
        max_length=20, blank=True, default="", choices=[(one.id, one.title) for one in REGIONS.values()]
    )


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
    by_sample = models.BooleanField(default=False)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(by_sample=False) | Q(outcome="confirmed"), name="a_sample_only_confirms")
        ]
        triggers = [
            only_grows(),
            refuses(
                "outside_a_sample",
                """
                IF NEW.by_sample AND NOT EXISTS (
                    SELECT FROM samples_sample s JOIN claims_claimedunit u ON u.claim_id = s.claim_id
                    WHERE u.id = NEW.claimed_unit_id
                      AND NOT EXISTS (SELECT FROM samples_sampledunit i WHERE i.claimed_unit_id = u.id)
                      AND NOT EXISTS (SELECT FROM samples_sampledunit i
                                      JOIN claims_claimedunit k ON k.id = i.claimed_unit_id
                                      WHERE i.sample_id = s.id AND k.state = 'claimed')) THEN
                    RAISE EXCEPTION 'not outside a decided sample: claimed unit %', NEW.claimed_unit_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
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
        return "Confirmed by sample" if self.by_sample else OUTCOME_WORDS[self.outcome]

    @property
    def after_review(self) -> str:
        """The outcome in force where a review or an appeal has changed it, in words; else nothing."""
        stands = self.claimed_unit.state
        return OUTCOME_WORDS[stands] if stands != self.outcome and stands in OUTCOME_WORDS else ""


class FeedbackReport(models.Model):
    """What the moderator tells the centre about one claim. Sent once.

    A claim of which nothing is left is reported by letter: the centre's role then doesn't see the row (R59).
    `actions` is the text of reports sent before actions had rows of their own.
    """

    class Way(models.TextChoices):
        """How the report reaches the centre."""

        PAGES = "pages", "On its pages"
        LETTER = "letter", "By letter"

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="report")
    went_well = models.TextField(blank=True)
    to_improve = models.TextField(blank=True)
    actions = models.TextField(blank=True)
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.PAGES)
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["centre", "-sent_at"], name="report_centre_newest")]
        triggers = [only_grows()]


class RequiredAction(models.Model):
    """Something that a feedback report asks a centre to do by a London day; its answer, and what was found of it.

    What is asked, and by when, stays as it was sent. `unit` is None where several units are concerned. The reason is
    that of a decision, or a remark on how the work came.
    """

    class Remark(models.TextChoices):
        PLASTIC_POCKETS = "PLASTIC_POCKETS", "Work in plastic pockets"

    centre = models.ForeignKey(Centre, models.PROTECT)
    report = models.ForeignKey(FeedbackReport, models.PROTECT, related_name="required")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="required")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    reason_code = models.CharField(max_length=30, choices=[*UnitDecision.Code.choices, *Remark.choices], null=True)
    text = models.CharField(max_length=1000)
    due_on = models.DateField()
    state = models.CharField(max_length=20, default="open")
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    judgement = models.CharField(max_length=1000, blank=True)
    judged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="an_answered_action_has_its_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["met", "not_met"]) | Q(judged_at__isnull=False, judged_by__isnull=False),
                name="a_judged_action_names_who",
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "due_on"], condition=Q(state__in=["open", "not_met"]), name="action_to_do"),
            models.Index(fields=["due_on"], condition=Q(state__in=["open", "not_met"]), name="action_overdue"),
            models.Index(fields=["claim"], condition=Q(state="answered"), name="action_to_judge"),
        ]
        triggers = [
            *keeps_to(REQUIRED_ACTION),
            pgtrigger.ReadOnly(
                name="as_it_was_asked",
                fields=["centre", "report", "claim", "unit", "reason_code", "text", "due_on"],
            ),
            refuses(
                "not_judged_by_its_centre",
                """
                IF EXISTS (SELECT FROM centres_membership m
                           WHERE m.person_id = NEW.judged_by_id AND m.centre_id = NEW.centre_id) THEN
                    RAISE EXCEPTION 'an action is not judged by its own centre: %', NEW.centre_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]
