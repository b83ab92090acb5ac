"""Standardisation: several moderators mark the same pieces of work, and see each other's marks when it is over."""

from django.db import models

from conferral.records.claims.models import ClaimedUnit
from conferral.records.evidence.models import StoredFile
from conferral.records.guards import keeps_to, only_grows, refuses
from conferral.records.moderation.models import OUTCOME_WORDS, UnitDecision
from conferral.records.people.models import Person
from conferral.rules.journeys import EXERCISE


class Exercise(models.Model):
    """Some pieces of work, marked by those invited until it is closed. The row-level policies keep marks apart."""

    title = models.CharField(max_length=100)
    state = models.CharField(max_length=20, default="open")
    answer_by = models.DateField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = keeps_to(EXERCISE)


class Piece(models.Model):
    """One claimed unit in an exercise under a number of its own, with its files, its work as text, or both."""

    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="pieces")
    number = models.PositiveSmallIntegerField()
    claimed_unit = models.ForeignKey(ClaimedUnit, models.PROTECT, related_name="+")
    unit_code = models.CharField(max_length=40)
    work = models.TextField(blank=True)

    class Meta:
        ordering = ["exercise", "number"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "number"], name="piece_number_once"),
            models.UniqueConstraint(fields=["exercise", "claimed_unit"], name="piece_once"),
        ]
        triggers = [only_grows()]


class PieceFile(models.Model):
    """A file behind a piece, under a number in place of its name.

    What showing it needs is copied here, so that whoever marks it reads no row of the evidence, which says whose it is.
    """

    piece = models.ForeignKey(Piece, models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    pages = models.PositiveIntegerField(null=True)
    size = models.BigIntegerField()

    class Meta:
        ordering = ["piece", "number"]
        constraints = [
            models.UniqueConstraint(fields=["piece", "number"], name="file_number_once_in_a_piece"),
            models.UniqueConstraint(fields=["piece", "file"], name="file_once_in_a_piece"),
        ]
        triggers = [
            only_grows(),
            refuses(
                "behind_its_unit",
                """
                IF NOT EXISTS (SELECT FROM standards_piece p
                               JOIN claims_claimedunit u ON u.id = p.claimed_unit_id
                               JOIN claims_claim c ON c.id = u.claim_id AND c.state NOT IN ('draft', 'submitted')
                               JOIN evidence_evidenceitem i ON i.claim_id = u.claim_id
                                AND i.registration_id = u.registration_id
                                AND coalesce(i.unit_id, u.unit_id) = u.unit_id
                               JOIN evidence_storedfile f ON f.id = i.file_id
                               WHERE p.id = NEW.piece_id AND f.id = NEW.file_id AND i.sha256 = NEW.sha256
                                 AND (f.kind, f.size) = (NEW.kind, NEW.size)) THEN
                    RAISE EXCEPTION 'file % is not behind piece %', NEW.file_id, NEW.piece_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    @property
    def label(self) -> str:
        """How the list of a piece names it."""
        return f"File {self.number}"


class Invitation(models.Model):
    """A moderator who marks in an exercise: never one who decided on a piece of it before.

    Invited last, when every piece has its work.
    """

    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="invitations")
    moderator = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exercise", "moderator"], name="invited_once")]
        triggers = [
            only_grows(),
            refuses(
                "marks_blind",
                """
                IF EXISTS (SELECT FROM standards_piece p
                           JOIN moderation_unitdecision d ON d.claimed_unit_id = p.claimed_unit_id
                           WHERE p.exercise_id = NEW.exercise_id AND d.decided_by_id = NEW.moderator_id) THEN
                    RAISE EXCEPTION 'exercise-known-to-marker: person %', NEW.moderator_id
                        USING ERRCODE = 'check_violation';
                END IF;
                IF EXISTS (SELECT FROM standards_piece p WHERE p.exercise_id = NEW.exercise_id AND p.work = ''
                           AND NOT EXISTS (SELECT FROM standards_piecefile f WHERE f.piece_id = p.id)) THEN
                    RAISE EXCEPTION 'a piece shows its work: exercise %', NEW.exercise_id
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]


class BlindMark(models.Model):
    """What one moderator made of one piece. Others can't read it before the exercise is closed."""

    piece = models.ForeignKey(Piece, models.PROTECT, related_name="marks")
    moderator = models.ForeignKey(Person, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=UnitDecision.Outcome.choices)
    reason_code = models.CharField(max_length=30, choices=UnitDecision.Code.choices, null=True)
    words = models.TextField(blank=True)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["piece", "moderator"], name="marked_once")]
        triggers = [
            only_grows(),
            refuses(
                "while_open",
                """
                IF NOT EXISTS (SELECT FROM standards_piece p
                               JOIN standards_exercise e ON e.id = p.exercise_id
                               JOIN standards_invitation i ON i.exercise_id = e.id
                               WHERE p.id = NEW.piece_id AND e.state = 'open'
                                 AND i.moderator_id = NEW.moderator_id) THEN
                    RAISE EXCEPTION 'not invited, or closed: piece %', NEW.piece_id USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    @property
    def in_words(self) -> str:
        """The mark as an outcome."""
        return OUTCOME_WORDS[self.outcome]
