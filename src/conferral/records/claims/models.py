"""Claims, the units claimed in them, and the consignments that carry the work."""

from django.db import models
from django.db.models import F, Q

from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Criterion, EvidencePolicy, Qualification, Unit
from conferral.records.centres.models import Centre
from conferral.records.guards import keeps_to, only_grows, refuses, stays_when
from conferral.records.people.models import Person
from conferral.rules.journeys import CLAIM, CLAIMED_UNIT, CONSIGNMENT


class Claim(models.Model):
    """A centre's statement that named candidates have achieved named units. Instants are UTC."""

    id = models.BigAutoField(primary_key=True)
    centre = models.ForeignKey(Centre, models.PROTECT)
    scheme = models.ForeignKey(Qualification, models.PROTECT)
    state = models.CharField(max_length=30, default="draft")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    send_by = models.DateTimeField(null=True)
    withdraw_after = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    moderator = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    cloned_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="clones")
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    gaps_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False, moderator__isnull=False),
                name="a_submitted_claim_has_a_moment_and_a_moderator",
            ),
            models.CheckConstraint(
                condition=~Q(state="draft", opened_at__isnull=False), name="an_opened_claim_is_no_draft"
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "-id"], name="claim_centre_newest"),
            models.Index(fields=["moderator", "state", "submitted_at", "id"], name="claim_moderator_queue"),
            models.Index(fields=["state", "id"], name="claim_state"),
            models.Index(fields=["centre", "state", "-id"], name="claim_centre_state_newest"),
            models.Index(fields=["centre", "send_by", "id"], condition=Q(state="submitted"), name="claim_work_to_send"),
            models.Index(fields=["centre", "ended_at"], condition=Q(state="withdrawn"), name="claim_work_missed"),
            models.Index(fields=["withdraw_after"], condition=Q(state="submitted"), name="claim_work_awaited"),
            models.Index(fields=["send_by", "id"], condition=Q(state="submitted"), name="claim_work_overdue"),
            models.Index(
                fields=["remind_at"], condition=Q(state="submitted", reminded_at=None), name="claim_to_remind"
            ),
        ]
        triggers = [
            *keeps_to(CLAIM),
            refuses(
                "moderator_kept_apart",
                """
                IF NEW.moderator_id IS NULL
                   OR TG_OP = 'UPDATE' AND NEW.moderator_id IS NOT DISTINCT FROM OLD.moderator_id THEN
                    RETURN NEW;
                END IF;
                IF EXISTS (SELECT FROM claims_claimedunit u WHERE u.claim_id = NEW.id
                           AND NEW.moderator_id IN (u.assessor_id, u.internal_verifier_id))
                   OR EXISTS (SELECT FROM moderation_interest i
                              WHERE i.moderator_id = NEW.moderator_id AND i.centre_id = NEW.centre_id) THEN
                    RAISE EXCEPTION 'reviewer-touched-the-work: person %', NEW.moderator_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]

    @property
    def number(self) -> int:
        """The number by which centre, moderator and desk call the claim."""
        return self.id


class ClaimedUnit(models.Model):
    """One unit claimed for one candidate, with who assessed and who internally verified it."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="units")
    registration = models.ForeignKey(Registration, models.PROTECT)
    unit = models.ForeignKey(Unit, models.PROTECT)
    assessor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    internal_verifier = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    evidence_kind = models.CharField(max_length=20, choices=EvidencePolicy.Kind.choices, null=True)
    state = models.CharField(max_length=20, default="chosen")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "registration", "unit"], name="unit_once_in_claim"),
            models.UniqueConstraint(
                fields=["registration", "unit"],
                condition=Q(state="claimed"),
                name="one_open_claim_for_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(state="chosen")
                | Q(assessor__isnull=False, internal_verifier__isnull=False) & ~Q(assessor=F("internal_verifier")),
                name="claimed_work_is_verified_by_somebody_else",
            ),
        ]
        indexes = [models.Index(fields=["registration", "unit"], name="claimedunit_registration")]
        triggers = [
            *keeps_to(CLAIMED_UNIT),
            refuses(
                "changed_by_review",
                """
                IF TG_OP = 'UPDATE' AND OLD.state IN ('confirmed', 'amended', 'not_awarded', 'withdrawn')
                   AND NEW.state <> OLD.state AND NOT EXISTS (
                       SELECT FROM appeals_revieweddecision d JOIN appeals_review r ON r.id = d.review_id
                       WHERE d.claimed_unit_id = NEW.id AND d.outcome = NEW.state AND d.outcome_before = OLD.state
                         AND r.state IN ('decided', 'issued')) THEN
                    RAISE EXCEPTION 'a decided outcome is changed by a review alone: claimed unit %', NEW.id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
            refuses(
                "no_question_left_open",
                """
                IF TG_OP = 'UPDATE' AND OLD.state = 'claimed' AND NEW.state <> 'claimed' AND EXISTS (
                       SELECT FROM questions_question q WHERE q.claimed_unit_id = NEW.id AND q.state = 'open') THEN
                    RAISE EXCEPTION 'a question about claimed unit % is open', NEW.id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
            refuses(
                "paid_for_again",
                """
                IF TG_OP = 'UPDATE' AND OLD.state = 'chosen' AND NEW.state = 'claimed' AND
                   (SELECT count(*) FROM claims_claimedunit u WHERE u.registration_id = NEW.registration_id
                    AND u.unit_id = NEW.unit_id AND u.state = 'not_awarded')
                   > (SELECT count(*) FROM money_attempt t WHERE t.registration_id = NEW.registration_id
                      AND t.unit_id = NEW.unit_id) THEN
                    RAISE EXCEPTION 'unit-to-be-registered-again: %', NEW.unit_id USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]


_WHILE_DRAFT = """
    IF NOT EXISTS (SELECT FROM claims_claimedunit u JOIN claims_claim c ON c.id = u.claim_id
                   WHERE u.id = {row}.claimed_unit_id AND c.state = 'draft') THEN
        RAISE EXCEPTION 'marks are made while a claim is a draft: claimed unit %', {row}.claimed_unit_id
            USING ERRCODE = 'check_violation';
    END IF;
"""


class CriterionMark(models.Model):
    """The centre's assessor says where in a candidate's work a criterion is met: `reference` is a page or a file.

    Marks are made and changed while the claim is a draft. A criterion without one is a gap.
    """

    centre = models.ForeignKey(Centre, models.PROTECT)
    claimed_unit = models.ForeignKey(ClaimedUnit, models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40)
    marked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claimed_unit", "criterion"], name="mark_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="a_mark_says_where"),
        ]
        triggers = [
            refuses(
                "mark_of_its_unit",
                _WHILE_DRAFT.format(row="NEW")
                + """
                IF NOT EXISTS (SELECT FROM claims_claimedunit u JOIN catalogue_criterion k ON k.unit_id = u.unit_id
                               WHERE u.id = NEW.claimed_unit_id AND k.id = NEW.criterion_id) THEN
                    RAISE EXCEPTION 'criterion % is of another unit', NEW.criterion_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
            stays_when("kept_after_draft", _WHILE_DRAFT.format(row="OLD") + "RETURN COALESCE(NEW, OLD);"),
        ]


class InternalCheck(models.Model):
    """The internal verifier of a claimed unit has checked its marking. It holds for the person who is named then."""

    centre = models.ForeignKey(Centre, models.PROTECT)
    claimed_unit = models.OneToOneField(ClaimedUnit, models.CASCADE, related_name="internal_check")
    checked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        triggers = [
            refuses(
                "checked_by_the_named_verifier",
                """
                IF NOT EXISTS (SELECT FROM claims_claimedunit u
                               WHERE u.id = NEW.claimed_unit_id AND u.internal_verifier_id = NEW.checked_by_id) THEN
                    RAISE EXCEPTION 'not the internal verifier of claimed unit %', NEW.claimed_unit_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            )
        ]


class Consignment(models.Model):
    """The work behind a claim on its way, or a parcel that came without a claim. Instants are UTC."""

    class Kind(models.TextChoices):
        """How the work comes to the moderator."""

        POST = "post", "By post or courier"
        EMAIL = "email", "By e-mail"
        EPORTFOLIO = "eportfolio", "In an e-portfolio"
        UPLOAD = "upload", "Uploaded here"

    reference = models.CharField(max_length=8, unique=True)
    centre = models.ForeignKey(Centre, models.PROTECT, null=True)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="consignments")
    state = models.CharField(max_length=20, default="awaited")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.POST)
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    mail_reference = models.CharField(max_length=80, blank=True)
    parts = models.PositiveSmallIntegerField(null=True)
    link = models.CharField(max_length=500, blank=True)
    despatched_on = models.DateField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    return_after = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(claim__isnull=False) | Q(state__in=["unmatched", "returned"]),
                name="work_without_a_claim_goes_back",
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=~Q(state__in=["cancelled", "to_return", "returned"]),
                name="one_consignment_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(kind="post", mail_reference="", parts__isnull=True, link="")
                | Q(kind="email", parts__gte=1, carrier="", link="") & ~Q(mail_reference="")
                | Q(kind="eportfolio", link__startswith="https://", carrier="", mail_reference="", parts__isnull=True)
                | Q(kind="upload", carrier="", mail_reference="", parts__isnull=True, link=""),
                name="work_says_what_its_kind_needs",
            ),
        ]
        indexes = [
            models.Index(fields=["received_by", "state", "id"], name="consignment_received_by"),
            models.Index(fields=["return_after"], condition=Q(state="unmatched"), name="consignment_waiting"),
            models.Index(fields=["id"], condition=Q(state="to_return"), name="consignment_to_return"),
            models.Index(
                fields=["state", "id"], condition=Q(state__in=["awaited", "despatched"]), name="consignment_queues"
            ),
        ]
        triggers = [
            *keeps_to(CONSIGNMENT),
            refuses(
                "kept_with_its_claim",
                """
                IF OLD.claim_id IS NOT NULL AND NEW.claim_id IS DISTINCT FROM OLD.claim_id THEN
                    RAISE EXCEPTION 'consignment % belongs to claim %', OLD.reference, OLD.claim_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
                on_update=True,
            ),
        ]


class SignInNote(models.Model):
    """How the moderator gets into an e-portfolio. Only the centre and the moderator who holds the claim see it."""

    consignment = models.OneToOneField(Consignment, models.CASCADE, primary_key=True, related_name="sign_in_note")
    centre = models.ForeignKey(Centre, models.PROTECT)
    text = models.CharField(max_length=500)


class CourtesyContact(models.Model):
    """The desk told a centre that its work lies here without a claim: who was reached, when and how."""

    class How(models.TextChoices):
        """By which way the centre was reached."""

        TELEPHONE = "telephone", "By telephone"
        MAIL = "mail", "By e-mail"
        LETTER = "letter", "By letter"

    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="courtesy_contacts")
    centre = models.ForeignKey(Centre, models.PROTECT, null=True)
    reached = models.CharField(max_length=100)
    how = models.CharField(max_length=10, choices=How.choices)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        triggers = [only_grows()]


class CustodyScan(models.Model):
    """A parcel passed through somebody's hands: who scanned its cover sheet, when, and as what."""

    class Hand(models.TextChoices):
        """What the person who scans does with the parcel, in the order of its way."""

        HANDED_OVER = "handed_over", "Handed to the carrier"
        POST_ROOM = "post_room", "In the awarding organisation’s post room"
        RECEIVED = "received", "Received by the moderator"
        RETURNED = "returned", "Sent back to the centre"

    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="scans")
    centre = models.ForeignKey(Centre, models.PROTECT, null=True)
    hand = models.CharField(max_length=12, choices=Hand.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consignment", "hand"], name="each_hand_scans_once")]
        triggers = [only_grows()]
