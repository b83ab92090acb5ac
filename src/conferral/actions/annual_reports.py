"""The yearly report to centres: draft it from a season, edit it section by section, publish it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from conferral.actions.alerts import announce
from conferral.actions.ledger import Done, record
from conferral.records.catalogue.models import Qualification
from conferral.records.guidance.models import Subject
from conferral.records.people.models import Person
from conferral.records.reports.models import AnnualReport, ReportSection
from conferral.rules.annual_report import charts, draft
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import DraftFacts, PublicationFacts
from conferral.rules.journeys import ANNUAL_REPORT
from conferral.rules.permissions import Acting
from conferral.rules.policies import policy
from conferral.rules.rule import Verdict, judge
from conferral.rules.season import Season


@transaction.atomic
def draft_report(
    subject: str, season: Season, *, schemes: Sequence[str], at: datetime, by: Acting
) -> tuple[Verdict, AnnualReport | None]:
    """Draft the report of a year, or draft it again: a section that somebody has kept stays as it is.

    A published report is refused. Raises Subject.DoesNotExist. Clause: the moderation report 2012 itself.
    """
    facts = DraftFacts(season.subject, season.centres, policy("fewest_centres_reported"))
    verdict = judge(facts, rules_on("draft"))
    if verdict.refused:
        return verdict, None
    found = Subject.objects.get(pk=subject)
    report, new = AnnualReport.objects.select_for_update().get_or_create(
        subject=found, begins_on=season.begins_on,
        defaults={"ends_on": season.ends_on, "drafted_at": at, "drafted_by_id": by.person},
    )  # fmt: skip
    if not new:
        verdict += ANNUAL_REPORT.judge(report.state, "draft_again", by=by.audience)
        if verdict.refused:
            return verdict, None
    report.brief, report.charts = _brief(season), _charts(season)
    report.drafted_at, report.drafted_by_id = at, by.person
    report.save()
    report.schemes.set(Qualification.objects.filter(pk__in=schemes))
    _write_sections(report, season)
    facts_seen = {"claims": season.claims, "units": season.units, "centres": season.centres}
    record([Done("report_drafted", "annual_report", report.pk, verdict=verdict, facts=facts_seen)], at=at, by=by)
    return verdict, report


def _write_sections(report: AnnualReport, season: Season) -> None:
    kept = set(report.sections.exclude(kept_at=None).values_list("key", flat=True))
    report.sections.filter(kept_at=None).delete()
    ReportSection.objects.bulk_create(
        ReportSection(
            report=report, place=place, key=one.key, heading=one.heading, text=one.text, points=list(one.points)
        )
        for place, one in enumerate(draft(season))
        if one.key not in kept
    )


def _brief(season: Season) -> list[list[Any]]:
    """The size of the year. Its centres are at least as many as the rule on drafts asks for."""
    least = policy("fewest_things_told")
    counted = (("Centres", season.centres), ("Claims", season.claims), ("Candidates", season.candidates),
               ("Units decided", season.units))  # fmt: skip
    return [[name, count if count >= least else None] for name, count in counted]


def _charts(season: Season) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "title": one.title, "counted": one.counted, "rows": [list(row) for row in one.rows]}
        for one in charts(season)
    ]


@transaction.atomic
def keep_section(section: int, *, heading: str, text: str, at: datetime, by: Acting) -> Verdict:
    """Keep a section of a draft as a person wants it. Raises ReportSection.DoesNotExist."""
    found = ReportSection.objects.select_related("report").get(pk=section)
    report = AnnualReport.objects.select_for_update().get(pk=found.report_id)
    verdict = ANNUAL_REPORT.judge(report.state, "draft_again", by=by.audience)
    if verdict.refused:
        return verdict
    changed = (found.heading, found.text) != (heading, text)
    found.heading, found.text, found.kept_at, found.kept_by_id = heading, text, at, by.person
    found.save()
    facts = {"section": found.key, "changed": changed}
    record([Done("report_section_kept", "annual_report", report.pk, facts=facts)], at=at, by=by)
    return verdict


@transaction.atomic
def publish_report(report: int, *, at: datetime, by: Acting) -> Verdict:
    """Publish a report for good, and tell subscribers. Raises AnnualReport.DoesNotExist."""
    found = AnnualReport.objects.select_for_update().get(pk=report)
    verdict = ANNUAL_REPORT.judge(found.state, "publish", publication_facts(found, london_day(at)), by=by.audience)
    if verdict.refused:
        return verdict
    found.state, found.published_at, found.published_by_id = "published", at, by.person
    found.signature = Person.objects.get(pk=by.somebody).name
    found.recipients = announce(
        "report", str(found.pk), title=title_of(found), text="What went well, what goes wrong, and what to do.",
        path=f"/reports/{found.subject_id}/{found.begins_on.year}/",
        schemes=list(found.schemes.values_list("pk", flat=True)), at=at,
    )  # fmt: skip
    found.save()
    facts = {"recipients": found.recipients}
    record([Done("report_published", "annual_report", found.pk, verdict=verdict, facts=facts)], at=at, by=by)
    return verdict


def publication_facts(report: AnnualReport, on: date) -> PublicationFacts:
    """What is judged when a report is published on a day."""
    sections = list(report.sections.values_list("kept_at", flat=True))
    return PublicationFacts(report.ends_on, on, len(sections), sum(kept is None for kept in sections))


def title_of(report: AnnualReport) -> str:
    """What a report is called: "Customer Service: report to centres 2011/12"."""
    return f"{report.subject.title}: report to centres {report.year}"
