"""Reviews of moderation and appeals: what was asked, who decides it, and what they decided.

An appeal is a review of a review: a row of the same kind that names the one before it.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from conferral.records.allocation.models import COMPETENT
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.guards import keeps_to, only_grows, refuses
from conferral.records.moderation.models import OUTCOME_WORDS, UnitDecision
from conferral.records.money.models import Charge
from conferral.records.people.models import Person
from conferral.rules.journeys import REVIEW

# Whoever had a hand in a claim: `{who}` is a person's id and `{claim}` a claim's.
TOOK_PART = """
    EXISTS (SELECT FROM claims_claim c WHERE c.id = {claim}
            AND {who} IN (c.moderator_id, c.made_by_id, c.submitted_by_id))
    OR EXISTS (SELECT FROM claims_claimedunit u WHERE u.claim_id = {claim}
               AND {who} IN (u.assessor_id, u.internal_verifier_id))
    OR EXISTS (SELECT FROM claims_claimedunit u JOIN moderation_unitdecision d ON d.claimed_unit_id = u.id
               WHERE u.claim_id = {claim} AND d.decided_by_id = {who})
    OR EXISTS (SELECT FROM claims_claimedunit u JOIN claims_criterionmark k ON k.claimed_unit_id = u.id
               WHERE u.claim_id = {claim} AND k.marked_by_id = {who})
    OR EXISTS (SELECT FROM claims_claimedunit u JOIN claims_internalcheck k ON k.claimed_unit_id = u.id
               WHERE u.claim_id = {claim} AND k.checked_by_id = {who})
    OR EXISTS (SELECT FROM moderation_feedbackreport r WHERE r.claim_id = {claim} AND r.sent_by_id = {who})
    OR EXISTS (SELECT FROM claims_consignment w WHERE w.claim_id = {claim} AND w.received_by_id = {who})
"""
INTERESTED = "EXISTS (SELECT FROM moderation_interest i WHERE i.moderator_id = {who} AND i.centre_id = {centre})"
AT_CENTRE = "EXISTS (SELECT FROM centres_membership m WHERE m.person_id = {who} AND m.centre_id = {centre})"
IN_REVIEW = """
    EXISTS (SELECT FROM appeals_review b WHERE b.id = {before}
            AND {who} IN (b.reviewer_id, b.appointed_by_id, b.issued_by_id))
"""
# In brackets: PL/pgSQL ends a condition at its first THEN.
_INCOMPETENT = f"NOT ({COMPETENT})".format(
    who="NEW.reviewer_id",
    scheme="(SELECT c.scheme_id FROM claims_claim c WHERE c.id = NEW.claim_id)",
    on="(NEW.appointed_at AT TIME ZONE 'Europe/London')::date",
)
_REFUSE = "RAISE EXCEPTION '{rule}: person %', NEW.reviewer_id USING ERRCODE = 'check_violation';"
_NAMES = {"who": "NEW.reviewer_id", "claim": "NEW.claim_id", "centre": "NEW.centre_id", "before": "NEW.before_id"}


def _apart() -> str:
    """The guard that nobody decides who isn't independent or competent, each ground by its rule.

    It looks when somebody is appointed and when they decide; what is declared later undoes no decision.
    """
    grounds = (
        ("reviewer-took-part", TOOK_PART),
        ("reviewer-interested", INTERESTED),
        ("reviewer-at-centre", AT_CENTRE),
        ("reviewer-appoints-themselves", "{who} = NEW.appointed_by_id"),
        ("panel-took-part-in-review", IN_REVIEW),
        ("allocation-without-competence", _INCOMPETENT),
    )
    checks = (f"IF {sql.format(**_NAMES)} THEN {_REFUSE.format(rule=rule)} END IF;" for rule, sql in grounds)
    settled = (
        "IF NEW.reviewer_id IS NULL OR (TG_OP = 'UPDATE' AND NEW.reviewer_id IS NOT DISTINCT FROM OLD.reviewer_id "
        "AND NEW.state NOT IN ('with_reviewer', 'decided')) THEN RETURN NEW; END IF;\n"
    )
    return settled + "\n".join(checks) + "\nRETURN NEW;"


class Review(models.Model):
    """A centre asks for units of a moderated claim to be looked at again; or appeals against such a review.

    `units` are the codes, each for every candidate of the claim. `answer_by` and `acknowledge_by` are the first
    instants too late.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="reviews")
    before = models.OneToOneField("self", models.PROTECT, null=True, related_name="appeal")
    units = ArrayField(models.CharField(max_length=40))
    reason = models.TextField()
    state = models.CharField(max_length=20, default="asked")
    charge = models.OneToOneField(Charge, models.PROTECT, related_name="review")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    acknowledge_by = models.DateTimeField()
    answer_by = models.DateTimeField()
    reviewer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    appointed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    appointed_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "taken_back"])
                | Q(reviewer__isnull=False, appointed_by__isnull=False, appointed_at__isnull=False),
                name="a_review_is_with_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_at__isnull=False), name="a_review_goes_out_at_a_moment"
            ),
            models.CheckConstraint(condition=~Q(units=[]) & ~Q(reason=""), name="a_review_says_what_and_why"),
            models.CheckConstraint(condition=~Q(reviewer=F("appointed_by")), name="a_reviewer_is_appointed_by_another"),
        ]
        indexes = [
            models.Index(fields=["centre", "-id"], name="review_of_centre"),
            models.Index(fields=["reviewer", "answer_by"], name="review_of_reviewer"),
            models.Index(fields=["answer_by"], condition=~Q(state__in=["issued", "taken_back"]), name="review_open"),
        ]
        triggers = [
            *keeps_to(REVIEW),
            pgtrigger.ReadOnly(
                name="as_it_was_asked",
                fields=["centre", "claim", "before", "units", "reason", "charge", "asked_by", "asked_at"],
            ),
            refuses("kept_apart", _apart(), on_update=True),
            refuses(
                "decided_by_a_finding",
                """
                IF TG_OP = 'UPDATE' AND NEW.state = 'decided' AND OLD.state <> 'decided'
                   AND NOT EXISTS (SELECT FROM appeals_finding f WHERE f.review_id = NEW.id) THEN
                    RAISE EXCEPTION 'a review is decided by its finding' USING ERRCODE = 'check_violation';
                END IF;
                IF TG_OP = 'UPDATE' AND NEW.reviewer_id IS DISTINCT FROM OLD.reviewer_id
                   AND NEW.state NOT IN ('asked', 'with_reviewer') THEN
                    RAISE EXCEPTION 'who decided a review is never changed' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]

    @property
    def is_appeal(self) -> bool:
        return self.before_id is not None

    @property
    def called(self) -> str:
        """How it is named in a sentence."""
        return "appeal" if self.is_appeal else "review"


_BY_THE_REVIEWER = """
    IF NOT EXISTS (SELECT FROM appeals_review r WHERE r.id = NEW.review_id AND r.state = 'with_reviewer'
                   AND r.reviewer_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'reviewed-by-somebody-else: review %', NEW.review_id USING ERRCODE = 'check_violation';
    END IF;
"""


class Finding(models.Model):
    """What the person appointed decided, with the reasons that the centre reads. Made once, never changed."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "Every outcome stands"
        CHANGED = "changed", "An outcome is changed"

    centre = models.ForeignKey(Centre, models.PROTECT)
    review = models.OneToOneField(Review, models.PROTECT, related_name="finding")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    words = models.TextField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="a_finding_gives_reasons")]
        triggers = [only_grows(), refuses("by_the_reviewer", _BY_THE_REVIEWER + "RETURN NEW;")]


class ReviewedDecision(models.Model):
    """The outcome of one claimed unit after a review or appeal. The newest that was sent out is the one in force.

    The moderator's decision stays as it was made; the state of the claimed unit is the outcome in force, and the
    database lets it leave a decided state only to what such a row says.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    review = models.ForeignKey(Review, models.PROTECT, related_name="decisions")
    claimed_unit = models.ForeignKey(ClaimedUnit, models.PROTECT, related_name="reviewed")
    outcome_before = models.CharField(max_length=20, choices=UnitDecision.Outcome.choices)
    outcome = models.CharField(max_length=20, choices=UnitDecision.Outcome.choices)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "claimed_unit"], name="reviewed_once_in_a_review")]
        triggers = [
            only_grows(),
            refuses(
                "by_the_reviewer",
                _BY_THE_REVIEWER
                + """
                IF NOT EXISTS (SELECT FROM appeals_review r JOIN claims_claimedunit u ON u.claim_id = r.claim_id
                               WHERE r.id = NEW.review_id AND u.id = NEW.claimed_unit_id
                               AND u.unit_id = ANY (r.units) AND u.state = NEW.outcome_before) THEN
                    RAISE EXCEPTION 'claimed unit % is not in this review', NEW.claimed_unit_id
                        USING ERRCODE = 'check_violation';
                END IF;
                IF array_position(ARRAY['not_awarded', 'withdrawn', 'amended', 'confirmed'], NEW.outcome::text)
                   < array_position(ARRAY['not_awarded', 'withdrawn', 'amended', 'confirmed'],
                                    NEW.outcome_before::text) THEN
                    RAISE EXCEPTION 'review-makes-it-worse: claimed unit %', NEW.claimed_unit_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    @property
    def changed(self) -> bool:
        return self.outcome != self.outcome_before

    @property
    def in_words(self) -> str:
        """The outcome as something that has been done."""
        return OUTCOME_WORDS[self.outcome]
