"""The yearly report to centres: drafted from a season, edited by a person, published once."""

from datetime import date

from django.db import models
from django.db.models import Q

from conferral.records.catalogue.models import Qualification
from conferral.records.guards import keeps_to, stays_when
from conferral.records.guidance.models import Subject
from conferral.records.people.models import Person
from conferral.rules.days import london_day
from conferral.rules.journeys import ANNUAL_REPORT

_PUBLISHED_STAYS = """
    IF EXISTS (SELECT FROM reports_annualreport r WHERE r.id = OLD.report_id AND r.state = 'published') THEN
        RAISE EXCEPTION 'report % is published', OLD.report_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""


class AnnualReport(models.Model):
    """What centres are told of a year in a subject. Both days are London days, inclusive.

    `brief` and `charts` hold only what may be told; `signature` names who published it, as it is shown;
    `recipients` is how many e-alerts that sent.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="reports")
    begins_on = models.DateField()
    ends_on = models.DateField()
    schemes = models.ManyToManyField(Qualification, related_name="+")
    state = models.CharField(max_length=20, default="draft")
    brief = models.JSONField(default=list)
    charts = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    signature = models.CharField(max_length=250, blank=True)
    recipients = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-begins_on", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "begins_on"], name="one_report_a_year"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="a_published_report_has_a_moment"
            ),
        ]
        triggers = keeps_to(ANNUAL_REPORT)

    @property
    def year(self) -> str:
        """The year as people write it: 2011/12."""
        return f"{self.begins_on.year}/{self.ends_on.year % 100:02}"

    @property
    def published_on(self) -> date | None:
        """The London day of publication."""
        return london_day(self.published_at) if self.published_at else None


class ReportSection(models.Model):
    """One section of a report, in Markdown. `kept_at` is when a person last read it and kept it so."""

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="sections")
    place = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    heading = models.CharField(max_length=150)
    text = models.TextField()
    points = models.JSONField(default=list)
    kept_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["report", "place"]
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="section_once_in_report")]
        triggers = [stays_when("published_stays", _PUBLISHED_STAYS)]
