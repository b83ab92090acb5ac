"""Support documents in their versions and sections, the subjects that schemes belong to, and e-alerts about both."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from conferral.records.catalogue.models import Qualification
from conferral.records.guards import only_grows
from conferral.records.people.models import Person
from conferral.rules.days import london_day


class Subject(models.Model):
    """A field of work under which schemes are told of together: e-alerts, feeds, topics and the yearly report."""

    id = models.SlugField(primary_key=True, max_length=60)
    title = models.CharField(max_length=200)
    schemes = models.ManyToManyField(Qualification, related_name="subjects")

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class SupportDocument(models.Model):
    """A document that helps centres, whatever its version. Without schemes it concerns all.

    `roles` are those that it is written for, none for all; `current` is the number of its newest version, 0 while
    it is to come. A `retired` one is no longer kept up to date, and read only by its address.
    """

    class Kind(models.TextChoices):
        HANDBOOK = "handbook", "Centre handbook"
        TRACKER = "tracker", "Learner progress tracker"
        STUDENT_GUIDE = "student_guide", "Student guide"
        ELECTRONIC = "electronic", "Electronic submissions guidance"
        GLOSSARY = "glossary", "Glossary of terms"
        FAQ = "faq", "Questions and answers"
        OTHER = "other", "Other guidance"

    id = models.SlugField(primary_key=True, max_length=80)
    title = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    summary = models.CharField(max_length=300)
    schemes = models.ManyToManyField(Qualification, related_name="documents", blank=True)
    roles = ArrayField(models.CharField(max_length=30), default=list)
    retired = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    current = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """What a document said from a moment on. Versions count from 1; a later one says what changed."""

    document = models.ForeignKey(SupportDocument, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    what_changed = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["document", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="version_once"),
            models.CheckConstraint(
                condition=Q(number=1) | Q(number__gt=1) & ~Q(what_changed=""), name="a_later_version_says_what_changed"
            ),
        ]
        indexes = [models.Index(fields=["-published_at"], name="version_newest")]
        triggers = [only_grows()]

    @property
    def published_on(self) -> date:
        """The London day of publication."""
        return london_day(self.published_at)


class DocumentSection(models.Model):
    """A part of a version under one heading, in Markdown. Its anchor is the same from version to version."""

    version = models.ForeignKey(DocumentVersion, models.PROTECT, related_name="sections")
    place = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=10, blank=True)
    anchor = models.SlugField(max_length=80)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["version", "place"]
        constraints = [models.UniqueConstraint(fields=["version", "anchor"], name="anchor_once_in_version")]
        triggers = [only_grows()]

    @property
    def inner(self) -> bool:
        """It is a part of the section before it."""
        return "." in self.number


class DocumentFile(models.Model):
    """The file of a version, byte for byte as it was uploaded. Its type was read from its content."""

    version = models.OneToOneField(DocumentVersion, models.PROTECT, primary_key=True, related_name="file")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        triggers = [only_grows()]


class SectionLink(models.Model):
    """A page of the rule book or of the questions that leads to a section of a document."""

    class Kind(models.TextChoices):
        QUESTION = "question", "A question about a qualification that comes to an end"
        RULE = "rule", "A rule"

    document = models.ForeignKey(SupportDocument, models.CASCADE, related_name="links")
    anchor = models.SlugField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=80)

    class Meta:
        ordering = ["kind", "key"]
        constraints = [models.UniqueConstraint(fields=["document", "anchor", "kind", "key"], name="link_once")]
        indexes = [models.Index(fields=["kind", "key"], name="link_from")]


class DocumentReading(models.Model):
    """The version of a document that a person last looked at."""

    document = models.ForeignKey(SupportDocument, models.CASCADE, related_name="readings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "person"], name="reading_once")]


class Subscription(models.Model):
    """A person in one role wants to hear of whatever is published for a subject, or for one scheme."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="subscriptions")
    role = models.CharField(max_length=30)
    subject = models.ForeignKey(Subject, models.CASCADE, null=True)
    scheme = models.ForeignKey(Qualification, models.CASCADE, null=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["subject__title", "scheme"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "subject", "scheme"], name="subscribed_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(subject=None, scheme__isnull=False) | Q(subject__isnull=False, scheme=None),
                name="a_subject_or_a_scheme",
            ),
        ]


class Alert(models.Model):
    """That something was published: a notice, a version of a support document, a report. Without schemes, for all."""

    class Kind(models.TextChoices):
        NOTICE = "notice", "Notice"
        VERSION = "version", "Support document"
        REPORT = "report", "Report to centres"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    path = models.CharField(max_length=200)
    schemes = models.ManyToManyField(Qualification, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="alert_once")]
        indexes = [models.Index(fields=["-published_at", "-id"], name="alert_newest")]
        triggers = [only_grows()]


class AlertCopy(models.Model):
    """The one letter about an alert to one subscriber; `sent_at` is empty until it is written."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="copies")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="one_mail_per_subscriber")]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at=None), name="copy_to_send"),
            models.Index(fields=["person", "-id"], name="copy_of_person"),
        ]
