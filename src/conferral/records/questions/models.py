"""What moderators ask centres about one unit of one candidate before they decide on it, and the answers."""

import pgtrigger
from django.db import models
from django.db.models import Q

from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.guards import keeps_to, refuses
from conferral.records.moderation.models import UnitDecision
from conferral.records.people.models import Person
from conferral.rules.journeys import QUESTION

CLOSED = ("withdrawn", "overtaken")
ANSWERED = ("answered", "settled")
LIVE = ("open", "answered")


class Question(models.Model):
    """One question about a claimed unit; one at a time is open. What was asked and answered stays as it was sent.

    `due_on` is the last London day for the answer. `closed_*` say who withdrew it, or decided meanwhile, and when.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="questions")
    claimed_unit = models.ForeignKey(ClaimedUnit, models.PROTECT, related_name="questions")
    reason_code = models.CharField(max_length=30, choices=UnitDecision.Code.choices)
    text = models.TextField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=20, default="open")
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claimed_unit"], condition=Q(state="open"), name="one_open_question_for_a_unit"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_question_has_words"),
            models.CheckConstraint(
                condition=~Q(state__in=ANSWERED)
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="an_answered_question_has_its_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=CLOSED) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="a_closed_question_names_who",
            ),
        ]
        indexes = [
            models.Index(fields=["claim"], name="question_of_claim"),
            models.Index(fields=["due_on", "id"], condition=Q(state__in=LIVE), name="question_live"),
            models.Index(fields=["centre", "due_on"], condition=Q(state="open"), name="question_to_answer"),
        ]
        triggers = [
            *keeps_to(QUESTION),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="as_it_was_asked",
                fields=["centre", "claim", "claimed_unit", "reason_code", "text", "asked_by", "asked_at", "due_on"],
            ),
            refuses(
                "put_by_its_moderator",
                """
                IF NOT EXISTS (SELECT FROM claims_claimedunit u JOIN claims_claim c ON c.id = u.claim_id
                               WHERE u.id = NEW.claimed_unit_id AND c.id = NEW.claim_id
                                 AND c.centre_id = NEW.centre_id AND u.state = 'claimed'
                                 AND c.state = 'with_moderator' AND c.moderator_id = NEW.asked_by_id) THEN
                    RAISE EXCEPTION 'not an undecided unit of a claim with this moderator: claimed unit %',
                        NEW.claimed_unit_id USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            refuses(
                "stays_as_answered",
                """
                IF TG_OP = 'UPDATE' AND OLD.state <> 'open'
                   AND (NEW.answer, NEW.answered_by_id, NEW.answered_at, NEW.closed_by_id, NEW.closed_at)
                       IS DISTINCT FROM
                       (OLD.answer, OLD.answered_by_id, OLD.answered_at, OLD.closed_by_id, OLD.closed_at) THEN
                    RAISE EXCEPTION 'question % is closed and stays as it is', OLD.id
                        USING ERRCODE = 'check_violation';
                END IF;
                IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state = 'answered' AND NOT EXISTS (
                       SELECT FROM centres_membership m
                       WHERE m.person_id = NEW.answered_by_id AND m.centre_id = NEW.centre_id) THEN
                    RAISE EXCEPTION 'question % is answered at its centre', OLD.id USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]
