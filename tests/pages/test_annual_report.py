"""The yearly report to centres: what the draft says of a season, what it keeps to itself, and how it goes out."""

import re
from datetime import timedelta
from io import BytesIO
from statistics import median

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from conferral.actions.annual_reports import draft_report, keep_section, publish_report
from conferral.actions.contacts import name_contact
from conferral.batch.jobs import send_alerts, send_letters
from conferral.records.access import acting_as
from conferral.records.guidance.models import Subject
from conferral.records.reports.models import AnnualReport, ReportSection
from conferral.records.reports.season import season
from conferral.rules.annual_report import POINTS, charts, draft
from conferral.rules.permissions import PUBLIC, Acting
from conferral.rules.season import Count, Season, share, suppressed, told
from tests.pages.moderator.test_review import address, words
from tests.season import CODES, FIRST, LAST, POSTAL, SEPTEMBER, TITLES, feed, publish

# Every sentence of the 2012 report: its paragraph, the words it begins with, the points of the draft that make it,
# and what must stand in them.
SAID_IN_2012 = (
    ("p1", "This year has evidenced that", ("most-centres-know-the-qualifications",),
     ["Most centres are familiar", "70%", "40 centres"]),
    ("p1", "... and Moderators have received", ("much-work-was-very-good",), ["very good work", "confirmed 9"]),
    ("p1", "The following points provide guidance", ("guidance-where-something-went-wrong",), ["guidance"]),
    ("p2", "There has been some confusion", ("evidence-was-confused",), ["confusion", "09628", "09629"]),
    ("p2", "Some centres assumed that certification", ("certification-no-longer-follows-by-itself",),
     ["Some centres", "automatically", "NVQ units", "04522 and 04523", "Customer Service Knowledge"]),
    ("p2", "A notice has been put up", ("a-notice-says-what-holds", "proof-of-units-goes-to-the-moderator"),
     ["website", "notice", "1 March 2012", "04522 and 04523", "your moderator", "proof"]),
    ("p2", "Qualifications 09628 and 09629 require", ("candidates-own-work-is-needed",),
     ["09628 and 09629", "Principles of Customer Service", "candidates’ own work"]),
    ("p2", "Copies of unit achievements from", ("copies-of-units-are-not-evidence",),
     ["Copies of NVQ unit achievements", "not accepted as evidence", "09628 and 09629"]),
    ("p3", "It is important that assessors", ("marking-is-shown-on-the-work",), ["Assessors", "show that they marked"]),
    ("p3", "They should annotate the evidence", ("marking-is-shown-on-the-work",), ["annotate", "assessed"]),
    ("p3", "There must also be evidence", ("internal-moderation-is-shown",),
     ["Internal moderation has to be shown to the moderator"]),
    ("p3", "This can be via internal", ("internal-moderation-is-shown",), ["Signatures", "evidence", "checklists"]),
    ("p3", "It does not have to be", ("records-stay-at-the-centre",),
     ["need not be a formal record", "kept at the centre for inspection"]),
    ("p4", "Centres are reminded that once", ("work-follows-within-a-day",), ["send the work", "within 24 hours"]),
    ("p4", "There have been some very long", ("delays-were-long",),
     ["longest delays", "6 weeks", "did not get their results by the time that they wished for",
      "half of them waited 52 days", "in time it was 40"]),
    ("p4", "If claims are uploaded onto", ("claims-without-work-are-withdrawn",), ["no work has arrived", "withdrawn"]),
    ("p4", "This will result in the centre", ("a-withdrawn-claim-is-made-again",),
     ["submit the claim again when it sends the work"]),
    ("p4", "There have also been occasions", ("work-came-without-a-claim",),
     ["received candidates’ work for which no claim had been submitted"]),
    ("p4", "Whenever possible the OCR", ("work-without-a-claim-goes-back",),
     ["Wherever possible the centre was contacted", "correct process", "automatically returned", "until"]),
    ("p5a", "to ensure that the correct", ("the-right-people-hear-of-absences",),
     ["right people at your centre", "when a moderator is unavailable", "41 centres have named nobody"]),
    ("p5a", "The notification from OCR states", ("another-moderator-may-be-asked-for",),
     ["notification says", "change of moderator", "unable to wait for their results"]),
    ("p5b", "not to submit work in", ("no-plastic-pockets",), ["poly-pockets", "cost", "time to remove"]),
    ("p6", "It is important the centres", ("only-complete-work-is-sent",), ["complete evidence only"]),
    ("p6", "There are still some centres", ("only-complete-work-is-sent",), ["Some centres still", "clear gaps"]),
    ("p6", "Candidates will not be awarded", ("incomplete-work-is-not-awarded",),
     ["not awarded a unit", "isn’t complete", "re-registered", "paid for", "further attempts were charged"]),
    ("p7", "It is recommended that centres", ("look-at-the-website",), ["website regularly", "updated information"]),
    ("p7", "A number of new support", ("documents-are-new",), ["New support documents are available", *TITLES]),
    ("p7", "The centre handbook has also", ("documents-were-updated", "documents-are-to-come"),
     ["Updated", "Centre handbook", "Soon available: Questions and answers"]),
    ("p7", "Centres can also sign up", ("sign-up-for-alerts-and-join-in",),
     ["e-alerts", "Customer Service", "online community", "topics"]),
    ("p8", "The majority of candidates within", ("candidates-gave-very-good-evidence",),
     ["majority of candidates", "very good evidence", "knowledge and understanding"]),
    ("p8", "Where weaknesses have occurred", ("weaknesses-came-with-feedback",),
     ["weaknesses", "moderators identified them", "constructive feedback"]),
    ("p8", "Candidates are expected to provide", ("answers-are-complete",), ["complete answers"]),
    ("p8", "One word answers are not", ("answers-are-complete", "the-glossary-says-how-deep"),
     ["One-word answers are not sufficient", "Assessors", "glossary of terms", "level of detail"]),
)  # fmt: skip


@pytest.fixture
def fed(world):
    """The season of 2011/12, and who writes about it."""
    publish(world)
    world.people["chief_moderator"] = chief(world)
    return feed(world)


def chief(world):
    from conferral.actions.centres import add_person
    from tests.world import INSTALLER

    return add_person("Nerys Vaughan", "chief_moderator", email="chief@example.org", at=world.at, by=INSTALLER)


def gathered(world, schemes=POSTAL):
    subject = Subject.objects.get(pk="customer-service")
    with acting_as(world.acting("chief_moderator")):
        return season(subject, schemes, begins_on=FIRST, ends_on=LAST, drafted_on=SEPTEMBER.date())


def test_the_draft_of_a_season_like_2011_makes_every_point_of_the_2012_report(world, fed):
    found = gathered(world)
    sections = draft(found)
    spoken = {id: section for section in sections for id in section.points}
    said = {one.id: one.says(found) for one in POINTS}
    missing = [
        (paragraph, begins, phrase)
        for paragraph, begins, points, phrases in SAID_IN_2012
        for phrase in phrases
        if phrase not in " ".join(said[id] for id in points) or not set(points) <= set(spoken)
    ]
    assert missing == []
    clauses = {one.id: one.clause for one in POINTS}
    assert all(
        clauses[id] == f"moderation-2012 {paragraph}" for paragraph, _, points, _ in SAID_IN_2012 for id in points
    )
    assert set(said) - {id for _, _, points, _ in SAID_IN_2012 for id in points} == {"claims-were-recalled"}
    assert [section.key for section in sections] == [
        "year", "evidence", "marking", "sending", "practical", "complete", "support", "answers"
    ]  # fmt: skip


def test_the_figures_of_a_season_are_those_of_its_records(world, fed, django_assert_num_queries):
    with django_assert_num_queries(22):
        found = gathered(world)
    assert (found.claims, found.units, found.candidates) == tuple(
        fed.counts[name] for name in ("claims", "units", "candidates")
    )
    assert (found.centres, found.sound_centres) == (40, 28)
    assert found.sound_candidates == fed.counts["sound_candidates"]
    assert {code: (one.things, one.centres) for code, one in found.reasons.items()} == {
        code: fed.at(code) for code in CODES
    }
    for name in ("late", "unsent", "unmatched", "recalled", "again", "reports", "pockets"):
        one = getattr(found, name)
        assert (name, one.things, one.centres) == (name, *fed.at(name))
    assert (found.claimed_again, found.went_back, found.longest_delay) == (fed.counts["claimed_again"], 7, 45)
    assert found.days_waited == int(median(days for late, days in fed.waits if not late))
    assert found.days_waited_late == int(median(days for late, days in fed.waits if late))
    bands = {band: (one.things, one.centres) for band, one in found.delays.items()}
    assert bands == {band: fed.at(band) for band in ("in_time", "days", "weeks", "months")} | {
        "never": fed.at("unsent")
    }
    ways = {kind: (one.things, one.centres) for kind, one in found.ways.items()}
    assert ways == {kind: fed.at(kind) for kind in ("post", "upload")}
    assert [chart.key for chart in charts(found)] == ["outcomes", "reasons", "delays", "ways"]
    assert found.sent == found.claims - fed.counts["unsent"]
    assert (found.absences, found.asked_for_change) == (Count(1, 41), Count(6, 6))
    assert found.unnamed == 41
    by = world.acting("exams_officer")
    with acting_as(by):
        said = {"name": "Office", "email": "office@example.org", "at": world.at, "by": by}
        assert name_contact(world.centre, "moderation", scheme="09628", **said).allowed
    assert gathered(world).unnamed == 40
    assert set(found.wrong_evidence) == {"09628", "09629"}
    assert found.new_documents == tuple(sorted(TITLES))
    elsewhere = gathered(world, ["03455"])
    assert (elsewhere.claims, elsewhere.units, elsewhere.reasons) == (0, 0, {})


def test_the_chief_moderator_drafts_edits_and_publishes_and_everybody_reads(world, fed, as_role, settings, client):
    settings.CLOCK = lambda: SEPTEMBER
    as_role("assessor").post(address("alerts"), {"about": "subject:customer-service", "role": "assessor"})
    desk = as_role("chief_moderator")
    to = desk.post(address("desk_draft_report"), {"subject": "customer-service", "year": "2011"})
    assert to.status_code == 303
    report = AnnualReport.objects.get()
    page = desk.get(to["Location"])
    assert "8 sections still to be read and kept" in words(page)
    assert "8 sections are as they were drafted" in words(page)
    assert desk.post(address("desk_publish_report", report.pk)).status_code == 422
    with acting_as(PUBLIC):
        assert not AnnualReport.objects.exists()
    assert client.get(address("report", "customer-service", 2011)).status_code == 404
    for section in report.sections.all():
        where = address("desk_report_section", report.pk, section.key)
        assert desk.post(where, {"heading": "", "text": section.text}).status_code == 422
        kept = {"heading": section.heading, "text": f"{section.text}\n\nRead by *me* <b>now</b>.", "next": "1"}
        assert desk.post(where, kept).status_code == 303
    assert desk.post(address("desk_report_again", report.pk)).status_code == 303
    assert report.sections.exclude(kept_at=None).count() == 8
    assert desk.post(address("desk_publish_report", report.pk)).status_code == 303
    send_alerts()
    send_letters()
    assert [one.subject for one in mail.outbox] == ["Customer Service: report to centres 2011/12"]
    assert f"http://127.0.0.1:8000{address('report', 'customer-service', 2011)}" in mail.outbox[0].body
    client.logout()
    shown = client.get(address("report", "customer-service", 2011))
    assert "Nerys Vaughan, chief moderator, 20 September 2012" in words(shown)
    assert "<em>me</em> &lt;b&gt;now&lt;/b&gt;" in shown.content.decode()
    assert "Incomplete: criteria without evidence" in words(shown)
    assert re.findall(r"Centre \d|Kazimiera|Adaeze", words(shown)) == []
    assert "Customer Service: report to centres 2011/12" in words(client.get(address("reports")))
    assert "Report to centres 2011/12 20 September 2012" in words(client.get(address("qualification", "09628")))
    paper = PdfReader(BytesIO(client.get(address("report_pdf", "customer-service", 2011)).content))
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert "Most centres are familiar" in text
    assert "From the claim to sending the work" in text
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    desk = as_role("chief_moderator")
    assert desk.post(address("desk_report_again", report.pk)).status_code == 422
    where = address("desk_report_section", report.pk, "year")
    assert desk.post(where, {"heading": "Late", "text": "Late"}).status_code == 422
    with pytest.raises(DatabaseError, match="is published"), transaction.atomic():
        ReportSection.objects.update(text="Late")
    assert as_role("quality_officer").get(address("desk_draft_report")).status_code == 403


def test_a_report_waits_for_the_end_of_its_year_and_for_enough_centres(world, as_role, settings):
    publish(world)
    world.people["chief_moderator"] = chief(world)
    feed(world, centres=4, troubled=1)
    settings.CLOCK = lambda: SEPTEMBER
    desk = as_role("chief_moderator")
    few = desk.post(address("desk_draft_report"), {"subject": "customer-service", "year": "2011"})
    assert few.status_code == 422
    assert "4 centres claimed in Customer Service that year, and a report needs 5." in words(few)
    assert desk.post(address("desk_draft_report"), {"subject": "x", "year": "1066"}).status_code == 422
    by = world.acting("chief_moderator")
    with acting_as(by):
        made = Season("Customer Service", FIRST, LAST, LAST, centres=9, claims=9, units=9)
        _, report = draft_report("customer-service", made, schemes=["09628"], at=SEPTEMBER, by=by)
        early = publish_report(report.pk, at=SEPTEMBER - timedelta(days=20), by=by)
        assert [reason.rule for reason in early.refused] == ["year-not-over", "report-without-section"]
        with pytest.raises(ReportSection.DoesNotExist):
            keep_section(0, heading="x", text="x", at=SEPTEMBER, by=by)
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(Acting("centre", 1, world.centre)):
        AnnualReport.objects.update(state="published")


EMPTY = Season("Customer Service", FIRST, LAST, LAST)


def test_a_year_in_which_nothing_happened_says_nothing():
    assert draft(EMPTY) == ()
    assert charts(EMPTY) == ()


def test_what_could_be_recognised_is_not_told_as_a_number():
    few = {code: Count(3, 1) for code in CODES}
    made = Season(
        "Customer Service", FIRST, LAST, LAST, centres=9, claims=9, units=90, candidates=30,
        outcomes={"confirmed": Count(72, 9), "not_awarded": Count(18, 4)}, reasons=few,
        wrong_evidence={"09628": Count(3, 1)}, claimed_again=1,
        sound_centres=8, sound_candidates=29, sent=9, late=Count(2, 1), longest_delay=13, unsent=Count(1, 1),
        unmatched=Count(4, 2), went_back=4, recalled=Count(4, 4), reports=Count(4, 4), pockets=Count(1, 1),
        absences=Count(1, 1), asked_for_change=Count(1, 1), delays={"in_time": Count(7, 7), "never": Count(1, 1)},
    )  # fmt: skip
    text = " ".join(section.text for section in draft(made))
    numbers = {
        int(one) for one in re.findall(r"\d+", re.sub(r"0\d{4}|24 hours|9 centres|90 units|30 candidates", "", text))
    }
    assert numbers <= {18, 4, 80}, text
    assert "a few units came with the wrong kind" in text
    assert "nearly all of the 9 centres" in text
    assert "taken back" not in text
    shown = {chart.key: {label: value for label, value, _ in chart.rows} for chart in charts(made)}
    assert set(shown["reasons"].values()) == {None}
    assert set(shown["delays"].values()) == {None}  # one alone would follow from the sum
    assert told(Count(5, 2), "units") == "a few units"
    assert told(Count(1214, 31), "units") == "1,214 units at 31 centres"
    assert [share(part, 100) for part in (0, 1, 4, 5, 95, 96, 100)] == [
        "none", "hardly any", "hardly any", "5%", "95%", "nearly all", "all"
    ]  # fmt: skip
    assert suppressed({"a": Count(9, 9), "b": Count(2, 2), "c": Count(7, 7), "d": Count()}) == {
        "a": 9, "b": None, "c": None, "d": 0
    }  # fmt: skip
