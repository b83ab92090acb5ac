"""Awards and the certificates that state them."""

from django.db import models
from django.db.models import Q

from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Qualification
from conferral.records.centres.models import Centre
from conferral.records.guards import keeps_to, not_held, refuses
from conferral.rules.journeys import CERTIFICATE


class Award(models.Model):
    """A qualification achieved: every constraint of its combination was met on that London day."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    registration = models.OneToOneField(Registration, models.PROTECT, related_name="award")
    scheme = models.ForeignKey(Qualification, models.PROTECT)
    awarded_on = models.DateField()

    class Meta:
        triggers = [
            refuses(
                "not_while_held",
                not_held(centre="NEW.centre_id", scheme="NEW.scheme_id", registration="NEW.registration_id")
                + "RETURN NEW;",
            )
        ]


class Certificate(models.Model):
    """What one certificate says, word for word, and where it stands. Its number is random and checkable.

    Until it is printed the holder's name may still be put right. `replaces` is the one that came back before it.
    """

    number = models.CharField(primary_key=True, max_length=16)
    centre = models.ForeignKey(Centre, models.PROTECT)
    award = models.ForeignKey(Award, models.PROTECT, related_name="certificates")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    state = models.CharField(max_length=20, default="due")
    holder = models.CharField(max_length=201)
    title = models.CharField(max_length=300)
    level = models.PositiveSmallIntegerField()
    organisation = models.CharField(max_length=200)
    awarded_on = models.DateField()
    units = models.JSONField()
    issued_on = models.DateField(null=True)
    document = models.BinaryField(null=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    revoked_on = models.DateField(null=True)
    revoked_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="due") | Q(issued_on__isnull=False, document__isnull=False),
                name="an_issued_certificate_has_its_document",
            ),
            models.UniqueConstraint(
                fields=["award"], condition=~Q(state="revoked"), name="one_valid_certificate_an_award"
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "-awarded_on"], name="certificate_centre"),
            models.Index(fields=["state"], condition=Q(state="due"), name="certificate_due"),
        ]
        triggers = [
            *keeps_to(CERTIFICATE),
            refuses(
                "not_while_held",
                f"""
                IF TG_OP = 'UPDATE' AND (NEW.state <> 'issued' OR OLD.state = 'issued') THEN
                    RETURN NEW;
                END IF;
                SELECT a.centre_id, a.scheme_id, a.registration_id INTO held
                FROM awards_award a WHERE a.id = NEW.award_id;
                {not_held(centre="held.centre_id", scheme="held.scheme_id", registration="held.registration_id")}
                RETURN NEW;
                """,
                declare=[("held", "record")],
                on_update=True,
            ),
            refuses(
                "in_time_and_as_awarded",
                """
                SELECT q.final_certification INTO last_day
                FROM awards_award a JOIN catalogue_qualification q ON q.code = a.scheme_id WHERE a.id = NEW.award_id;
                IF NEW.issued_on > last_day AND NEW.state = 'issued' THEN
                    RAISE EXCEPTION 'certificate-after-final-certification: %', last_day
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                declare=[("last_day", "date")],
                on_update=True,
            ),
            refuses(
                "words_are_kept",
                """
                IF TG_OP = 'UPDATE' AND OLD.state <> 'due' AND NEW.holder <> OLD.holder THEN
                    RAISE EXCEPTION 'what certificate % says is never changed', OLD.number
                        USING ERRCODE = 'check_violation';
                END IF;
                IF TG_OP = 'UPDATE' AND (NEW.title, NEW.level, NEW.organisation, NEW.awarded_on, NEW.units,
                    NEW.award_id, NEW.centre_id) IS DISTINCT FROM (OLD.title, OLD.level, OLD.organisation,
                    OLD.awarded_on, OLD.units, OLD.award_id, OLD.centre_id) THEN
                    RAISE EXCEPTION 'what certificate % says is never changed', OLD.number
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]
