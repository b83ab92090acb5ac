"""What is known of moderators for giving them work, their absences, centres' requests, and proposed allocations.

A pause of an allocation is no state of its own: it follows from the days of an absence (ADR 26).
"""

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, Consignment
from conferral.records.guards import keeps_to, only_grows
from conferral.records.moderation.models import Moderator
from conferral.records.people.models import Person
from conferral.rules.journeys import CHANGE_REQUEST, PROPOSED_ALLOCATION

# Whether a person is competent in a scheme on a day: unknown (NULL) where no scheme at all was entered of them.
COMPETENT = """
    CASE WHEN EXISTS (SELECT FROM allocation_competence k WHERE k.moderator_id = {who})
         THEN EXISTS (SELECT FROM allocation_competence k WHERE k.moderator_id = {who}
                      AND k.scheme_id = {scheme} AND k.since <= {on}) END
"""


class Competence(models.Model):
    """A scheme that a moderator is entered for, from a London day on."""

    moderator = models.ForeignKey(Moderator, models.PROTECT, related_name="competences")
    scheme = models.ForeignKey(Qualification, models.PROTECT)
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["moderator", "scheme"], name="competence_once")]


class Contract(models.Model):
    """Days under contract, and how many batches are held at once at most: a batch is a centre's work in a scheme."""

    moderator = models.ForeignKey(Moderator, models.PROTECT, related_name="contracts")
    days = DateRangeField()
    most_batches = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_contract_at_a_time",
                expressions=[("moderator", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(days__isempty=False), name="a_contract_has_days"),
        ]

    @property
    def from_on(self) -> date:
        return self.days.lower

    @property
    def until_on(self) -> date | None:
        """The last day; None while no end is agreed."""
        return self.days.upper and self.days.upper - timedelta(days=1)


class Absence(models.Model):
    """Days on which a moderator is away. Why is kept apart, from those who need only the days."""

    moderator = models.ForeignKey(Moderator, models.PROTECT, related_name="absences")
    days = DateRangeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_day_away_is_entered_once",
                expressions=[("moderator", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                condition=Q(taken_back_at=None),
            ),
            models.CheckConstraint(
                condition=Q(days__isempty=False, days__lower_inf=False, days__upper_inf=False),
                name="an_absence_begins_and_ends",
            ),
        ]

    @property
    def from_on(self) -> date:
        return self.days.lower

    @property
    def until_on(self) -> date:
        """The last day away."""
        return self.days.upper - timedelta(days=1)


class AbsenceReason(models.Model):
    """Why a moderator is away: for the moderator and the desk alone."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "Holiday"
        ILLNESS = "illness", "Illness"
        FAMILY = "family", "Family"
        OTHER_WORK = "other_work", "Other work"
        OTHER = "other", "Something else"

    absence = models.OneToOneField(Absence, models.PROTECT, primary_key=True, related_name="reason")
    kind = models.CharField(max_length=20, choices=Kind.choices)


class ChangeRequest(models.Model):
    """A centre asks for another moderator in a scheme, because its candidates can't wait. Instants are UTC."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    scheme = models.ForeignKey(Qualification, models.PROTECT)
    moderator = models.ForeignKey(Moderator, models.PROTECT, related_name="+")
    reason = models.TextField()
    state = models.CharField(max_length=20, default="asked")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    given_to = models.ForeignKey(Moderator, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "scheme"], condition=Q(state="asked"), name="one_open_request"),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(given_to__isnull=False), name="a_granted_request_names_a_moderator"
            ),
        ]
        indexes = [models.Index(fields=["answer_by"], condition=Q(state="asked"), name="request_waiting")]
        triggers = keeps_to(CHANGE_REQUEST)


class Redirection(models.Model):
    """What is to be done with a parcel whose claim has gone to another moderator: sent on, or back to the centre."""

    class Way(models.TextChoices):
        FORWARD = "forward", "Send it on to the new moderator"
        RETURN = "return", "Send it back to the centre, which sends it again"

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="redirections")
    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="redirections")
    reference = models.CharField(max_length=8)
    way = models.CharField(max_length=10, choices=Way.choices)
    from_moderator = models.ForeignKey(Moderator, models.PROTECT, related_name="+")
    to_moderator = models.ForeignKey(Moderator, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["from_moderator", "-id"], name="redirection_newest")]
        triggers = [only_grows()]


class AllocationRun(models.Model):
    """One run of the solver over everything that waits for a moderator: its weights, and how good it is.

    `cost` is in points; `proven` says that no other allocation under these weights is better.
    """

    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    weights = models.JSONField()
    batches = models.PositiveIntegerField()
    cost = models.BigIntegerField()
    proven = models.BooleanField()
    thousandths = models.PositiveIntegerField(default=0)

    class Meta:
        triggers = [only_grows()]

    @property
    def seconds(self) -> float:
        """How long building and solving took."""
        return self.thousandths / 1000


class ProposedAllocation(models.Model):
    """What a run proposes for one centre's work in a scheme; without a moderator it could not be placed.

    `candidates` are those registered and not finished. `why` says what the moderator is for this batch; `excluded`
    counts the moderators that each rule keeps out.
    """

    run = models.ForeignKey(AllocationRun, models.PROTECT, related_name="proposals")
    centre = models.ForeignKey(Centre, models.PROTECT)
    scheme = models.ForeignKey(Qualification, models.PROTECT)
    moderator = models.ForeignKey(Moderator, models.PROTECT, null=True, related_name="+")
    instead_of = models.ForeignKey(Moderator, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20)
    candidates = models.PositiveIntegerField()
    waiting_since = models.DateField()
    why = models.CharField(max_length=200, blank=True)
    excluded = models.JSONField(default=dict)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "centre", "scheme"], name="proposed_once_in_a_run"),
            models.CheckConstraint(
                condition=Q(state__in=["unplaced", "replaced"]) | Q(moderator__isnull=False),
                name="a_proposal_names_a_moderator",
            ),
        ]
        indexes = [models.Index(fields=["run", "state", "waiting_since", "id"], name="proposal_queue")]
        triggers = keeps_to(PROPOSED_ALLOCATION)
