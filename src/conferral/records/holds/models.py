"""Holds, why they were placed, and the suspicions of malpractice that centres and moderators report."""

import pgtrigger
from django.db import models
from django.db.models import Q

from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim
from conferral.records.guards import keeps_to, refuses, stays_when
from conferral.records.people.models import Person
from conferral.rules.journeys import HOLD, SUSPICION

_AT_OWN_CENTRE = """
    IF EXISTS (SELECT FROM centres_membership m WHERE m.centre_id = NEW.centre_id
               AND m.person_id = coalesce(NEW.lifted_by_id, NEW.placed_by_id)) THEN
        RAISE EXCEPTION 'hold-at-own-centre: centre %', NEW.centre_id USING ERRCODE = 'check_violation';
    END IF;
"""
# What a row is about lies at its centre.
_AT_ITS_CENTRE = """
    IF (NEW.registration_id IS NOT NULL AND NOT EXISTS (SELECT FROM candidates_registration r
            WHERE r.id = NEW.registration_id AND r.centre_id = NEW.centre_id))
       OR (NEW.claim_id IS NOT NULL AND NOT EXISTS (SELECT FROM claims_claim c
            WHERE c.id = NEW.claim_id AND c.centre_id = NEW.centre_id)) THEN
        RAISE EXCEPTION 'this is not of centre %', NEW.centre_id USING ERRCODE = 'check_violation';
    END IF;
"""


class Suspicion(models.Model):
    """What somebody at a centre or a moderator reports as suspected malpractice. Instants are UTC.

    `report_by` is the last London day that counts as at once. Only who reported it and the desk see the row.
    """

    class Kind(models.TextChoices):
        NOT_OWN_WORK = "not_own_work", "Work that isn’t the candidate’s own"
        HELP = "help", "More help than is allowed"
        RECORDS = "records", "Marks, records or signatures that aren’t true"
        IDENTITY = "identity", "Somebody took another’s place"
        CONDITIONS = "conditions", "Conditions of assessment weren’t kept"
        OTHER = "other", "Something else"

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="+")
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField()
    noticed_on = models.DateField()
    report_by = models.DateField()
    reported_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    late = models.BooleanField()
    state = models.CharField(max_length=20, default="reported")
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_suspicion_says_what_was_seen"),
            models.CheckConstraint(
                condition=Q(state="reported") | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="a_suspicion_is_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(because=""), name="a_suspicion_is_closed_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | ~Q(settled_by=models.F("reported_by")),
                name="a_suspicion_is_settled_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["reported_at"], condition=Q(state="reported"), name="suspicion_waiting"),
            models.Index(fields=["centre", "-id"], name="suspicion_of_centre"),
        ]
        triggers = [
            *keeps_to(SUSPICION),
            refuses("at_its_centre", _AT_ITS_CENTRE + "RETURN NEW;"),
            pgtrigger.ReadOnly(
                name="as_it_was_reported",
                fields=["centre", "claim", "registration", "kind", "text", "noticed_on", "report_by", "reported_by",
                        "reported_at", "late"],
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]  # fmt: skip


class Hold(models.Model):
    """While it is open, nobody whom it covers is awarded or certificated. Why is kept apart, for the desk alone.

    It is on one registration, on everybody in a claim, on a centre's scheme, or (with none of them) on a whole centre.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    scheme = models.ForeignKey(Qualification, models.PROTECT, null=True)
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="holds")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="holds")
    state = models.CharField(max_length=20, default="open")
    placed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scheme=None, registration=None)
                | Q(scheme=None, claim=None)
                | Q(registration=None, claim=None),
                name="a_hold_is_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="a_hold_is_lifted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["centre", "scheme", "registration", "claim"],
                condition=Q(state="open"),
                name="one_open_hold_on_a_thing",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["centre"], condition=Q(state="open"), name="hold_open"),
            models.Index(fields=["state", "-id"], name="hold_newest"),
        ]
        triggers = [
            *keeps_to(HOLD),
            refuses("at_its_centre", _AT_ITS_CENTRE + "RETURN NEW;"),
            refuses("by_somebody_from_elsewhere", _AT_OWN_CENTRE + "RETURN NEW;", on_update=True),
            refuses(
                "lifted_with_a_reason",
                """
                IF NEW.state = 'lifted' AND NOT EXISTS (SELECT FROM holds_holdreason r
                                                        WHERE r.hold_id = NEW.id AND r.lifted_because <> '') THEN
                    RAISE EXCEPTION 'hold-lifted-without-reason: hold %', NEW.id USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
            pgtrigger.ReadOnly(
                name="as_it_was_placed",
                fields=["centre", "scheme", "registration", "claim", "placed_by", "placed_at"],
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]  # fmt: skip

    @property
    def called(self) -> str:
        """What it is on, as it is named in a sentence."""
        if self.registration:
            return f"{self.registration.candidate.name} in scheme {self.registration.scheme_id}"
        if self.claim_id:
            return f"everybody in claim {self.claim_id}"
        return f"everybody in scheme {self.scheme_id}" if self.scheme_id else "everybody at the centre"


class HoldReason(models.Model):
    """Why a hold was placed, and why it was lifted: for the desk alone."""

    class Code(models.TextChoices):
        SUSPECTED_MALPRACTICE = "suspected_malpractice", "Suspected malpractice"
        EVIDENCE_IN_DOUBT = "evidence_in_doubt", "Evidence in doubt"
        IDENTITY_IN_DOUBT = "identity_in_doubt", "Identity in doubt"
        WRONG_RESULT = "wrong_result", "A result looks wrong"
        OTHER = "other", "Something else"

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="reason")
    code = models.CharField(max_length=30, choices=Code.choices)
    text = models.TextField()
    suspicion = models.ForeignKey(Suspicion, models.PROTECT, null=True, related_name="holds")
    lifted_because = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_hold_says_what_it_rests_on")]
        triggers = [
            stays_when(
                "as_it_was_said",
                """
                IF TG_OP = 'DELETE' OR (NEW.hold_id, NEW.code, NEW.text, NEW.suspicion_id)
                    IS DISTINCT FROM (OLD.hold_id, OLD.code, OLD.text, OLD.suspicion_id)
                    OR (OLD.lifted_because <> '' AND NEW.lifted_because <> OLD.lifted_because) THEN
                    RAISE EXCEPTION 'why hold % was placed and lifted is never changed', OLD.hold_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            )
        ]
