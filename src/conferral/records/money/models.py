"""What centres owe, and the further attempts at units that were paid for. Amounts are whole pence."""

from django.db import models
from django.db.models import Q

from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Unit
from conferral.records.centres.models import Centre
from conferral.records.guards import only_grows, refuses
from conferral.records.people.models import Person
from conferral.rules.fee_list import ANNUAL, FEES


class Charge(models.Model):
    """A fee that a centre owes for one reason. It is never changed or taken away; invoices come later."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    fee = models.CharField(max_length=40, choices=[(key, fee.words) for key, fee in FEES.items()])
    pence = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    registration = models.ForeignKey(Registration, models.PROTECT, null=True)
    about_kind = models.CharField(max_length=30, blank=True)
    about_key = models.CharField(max_length=40, blank=True)
    charged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    charged_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["centre", "-id"], name="charge_of_centre")]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "about_key"], condition=Q(fee=ANNUAL), name="annual_fee_once_a_year"
            )
        ]
        triggers = [only_grows()]


class Attempt(models.Model):
    """A further attempt at a unit within a registration, after it was not awarded: registered again, and charged.

    `number` is 2 for the first further one.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="attempts")
    unit = models.ForeignKey(Unit, models.PROTECT)
    number = models.PositiveSmallIntegerField()
    charge = models.OneToOneField(Charge, models.PROTECT)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "unit", "number"], name="attempt_once"),
            models.CheckConstraint(condition=Q(number__gte=2), name="a_further_attempt"),
        ]
        triggers = [
            only_grows(),
            refuses(
                "follows_a_refusal",
                """
                IF (SELECT count(*) FROM claims_claimedunit u WHERE u.registration_id = NEW.registration_id
                    AND u.unit_id = NEW.unit_id AND u.state = 'not_awarded') < NEW.number - 1 THEN
                    RAISE EXCEPTION 'again-without-refusal: unit % was not refused so often', NEW.unit_id
                        USING ERRCODE = 'check_violation';
                END IF;
                IF (SELECT (c.centre_id, c.registration_id) FROM money_charge c WHERE c.id = NEW.charge_id)
                   IS DISTINCT FROM (NEW.centre_id, NEW.registration_id) THEN
                    RAISE EXCEPTION 'attempt without its charge' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]


class Credit(models.Model):
    """A charge given back in full: the fee of a review or an appeal that changed an outcome, or was taken back.

    Nothing gives a registration fee back. The charge stays as it was made.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    charge = models.OneToOneField(Charge, models.PROTECT, related_name="credit")
    pence = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    credited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    credited_at = models.DateTimeField()

    class Meta:
        triggers = [
            only_grows(),
            refuses(
                "credited_for_cause",
                """
                IF NOT EXISTS (SELECT FROM money_charge c WHERE c.id = NEW.charge_id AND c.pence = NEW.pence
                               AND c.centre_id = NEW.centre_id AND c.fee IN ('moderation_review', 'appeal')) THEN
                    RAISE EXCEPTION 'only the whole fee of a review or appeal is credited: charge %', NEW.charge_id
                        USING ERRCODE = 'check_violation';
                END IF;
                IF NOT EXISTS (SELECT FROM appeals_review r
                               LEFT JOIN appeals_finding f ON f.review_id = r.id
                               LEFT JOIN appeals_review a ON a.before_id = r.id
                               LEFT JOIN appeals_finding g ON g.review_id = a.id
                               WHERE r.charge_id = NEW.charge_id
                                 AND (r.state = 'taken_back' OR f.outcome = 'changed' AND r.state = 'issued'
                                      OR g.outcome = 'changed' AND a.state = 'issued')) THEN
                    RAISE EXCEPTION 'nothing was changed or taken back: charge %', NEW.charge_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]
