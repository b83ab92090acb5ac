"""What the demonstration world has to read: subjects, support documents in their versions."""

from datetime import datetime, timedelta

from conferral.actions.alerts import subscribe
from conferral.actions.annual_reports import draft_report, keep_section, publish_report
from conferral.actions.community import begin_topic, hide_post, write_post
from conferral.actions.library import add_document, link_section, name_subject, note_reading, publish_version
from conferral.actions.notices import publish_notice
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Qualification
from conferral.rules.days import end_of_day, london_day
from conferral.rules.permissions import Acting
from conferral.rules.season import Count, Evidence, Season
from conferral.rules.visits import visit_year

SUBJECTS = (
    ("customer-service", "Customer Service",
     ("04522", "04523", "09628", "09629", "03454", "03455", "03456", "10378", "10379", "10380")),
    ("contact-centre-operations", "Contact Centre Operations",
     ("10263", "10264", "10265", "10266", "10267", "10268", "10269")),
)  # fmt: skip
POSTAL = ("04522", "04523", "09628", "09629")
HANDBOOK = """The handbook says how the qualifications are built, assessed and moderated.

# About the qualifications

Each unit has learning outcomes and assessment criteria. A candidate has achieved a unit
when **every** criterion is met.

# Registration

Register candidates before they are assessed. A registration is for the full award or for single units; the fee is not
refunded.

# Assessment {#assessment}

The centre assesses, an internal verifier checks, a moderator reviews.

## What the assessor does

Mark on the work itself where each criterion is met. A mark that isn't on the work doesn't show.

## What the internal verifier does

Sign the work or the checklists that you looked at. A separate form is not needed; keep what you have for inspection.

| Scheme | What goes to the moderator |
|---|---|
| 09628, 09629 | the candidate's own work |
| 04522, 04523 | proof that the NVQ units were achieved |

# Sending the work

1. Submit the claim.
2. Send the work **within 24 hours**.
3. Leave plastic pockets at home.

# Results

Results follow the moderator's report. See [how deep an answer goes](/verbs/).
"""
FIRST_HANDBOOK = HANDBOOK.replace("2. Send the work **within 24 hours**.", "2. Send the work.").replace(
    "## What the internal verifier does\n\nSign the work or the checklists that you looked at. A separate form is not"
    " needed; keep what you have for inspection.\n\n",
    "",
)
GLOSSARY = """# Command verbs

The verb of a criterion says how much an answer gives.

- **Identify, list, state**: name it. One word may do.
- **Describe**: say what it is like, in sentences.
- **Explain**: give a reason for each point. One word is never enough.
- **Analyse, evaluate**: weigh more than one side, and conclude.

# Words of the framework

- **Unit**: the smallest thing that is claimed.
- **Credit**: ten hours of learning.
"""
TRACKER = """# How to use the tracker

One row a candidate, one column a criterion. Fill in the page on which the criterion is met.

# Before you claim

Look for empty cells: a unit with a gap is not awarded.
"""
GUIDE = """# What you do

You collect your own work in your own words. Your assessor marks it, and somebody else checks the marking.

# When is an answer enough?

Read the verb. If it says *explain*, say why.
"""
ELECTRONIC = """# What to send

One PDF a unit is easiest to read. Name it after the unit.

# How it is sent

Choose upload when you submit the claim; the same 24 hours run.
"""
# Title, kind, what it helps with, schemes, then (days before the world's day, text, what changed).
DOCUMENTS = (
    ("Customer Service: centre handbook", "handbook", "How the qualifications are built, assessed and moderated.",
     SUBJECTS[0][2], ((300, FIRST_HANDBOOK, ""),
                      (60, HANDBOOK, "The internal verifier’s signature, and the 24 hours in which work is sent."))),
    ("Learner progress tracker", "tracker", "Shows at a glance which criterion is met where.", POSTAL,
     ((200, TRACKER, ""),)),
    ("Student guide", "student_guide", "For candidates: what evidence is, and when an answer is enough.", POSTAL,
     ((200, GUIDE, ""),)),
    ("Electronic submissions: how to upload work", "electronic", "What files to send, and how.", POSTAL,
     ((90, ELECTRONIC, ""),)),
    ("Glossary of terms", "glossary", "How deep an answer goes, verb by verb.", (), ((250, GLOSSARY, ""),)),
    ("Customer Service: questions and answers", "faq", "What centres ask most.", SUBJECTS[0][2], ()),
)  # fmt: skip
LINKS = (
    ("question", "12", "assessment"),
    ("question", "14", "about-the-qualifications"),
    ("rule", "work-sent-late", "sending-the-work"),
    ("rule", "verifier-not-named", "what-the-internal-verifier-does"),
)
NOTICES = (
    ("09628", "Send the candidate’s own work. Copies of units achieved in the NVQ are not taken as evidence."),
    ("04522", "Send proof of the NVQ units to your moderator. Certification doesn’t follow by itself any more."),
)
TOPICS = (
    ("How do you show internal verification on uploads?", "On paper we initial every page.\n\nWhat do others do?"),
    ("Explain or describe?", "Where do you draw the line for criterion 2.3?"),
)
POSTS = (
    ("We sign the checklist and put it first in the file.", "A signed checklist is enough: see the handbook."),
    ("One of mine, Tom, wrote a single word.", "Describe says what, explain says why: see the command verbs."),
)


def fill_library(at: datetime, *, by: Acting, readers: list[Acting]) -> None:
    """Publish subjects and support documents; the readers saw what there was 100 days ago, and subscribed."""
    known = set(Qualification.objects.values_list("code", flat=True))
    handbook = ""
    with acting_as(by):
        for id, title, schemes in SUBJECTS:
            name_subject(id, title=title, schemes=sorted(known & set(schemes)), at=at - timedelta(days=300), by=by)
        for title, kind, summary, schemes, versions in DOCUMENTS:
            announced = at - timedelta(days=300)
            document, _ = add_document(
                title, kind=kind, summary=summary, schemes=sorted(known & set(schemes)), at=announced, by=by
            )
            for days, text, changed in versions:
                publish_version(document.pk, text=text, what_changed=changed, at=at - timedelta(days=days), by=by)
            handbook = handbook or document.pk
        for kind, key, anchor in LINKS:
            link_section(handbook, anchor, kind=kind, key=key, at=at, by=by)
    for reader in readers:
        with acting_as(reader):
            note_reading(handbook, 1, at=at - timedelta(days=100), by=reader)
            subscribe(role=reader.roles[0], subject=SUBJECTS[0][0], at=at - timedelta(days=100), by=reader)
    _talk(at, readers, by)
    with acting_as(by):
        for scheme, text in NOTICES:
            publish_notice(
                scheme, title="What is taken as evidence", text=text, clause="moderation-2012 p2",
                at=at - timedelta(days=30), by=by,
            )  # fmt: skip


def _talk(at: datetime, readers: list[Acting], desk: Acting) -> None:
    """A topic with an answer, and one that the desk had to look at."""
    asks, answers = readers[:2]
    for by, days in ((asks, 20), (answers, 4)):
        title, text = TOPICS[days == 4]
        with acting_as(by):
            _, topic = begin_topic(SUBJECTS[0][0], title=title, text=text, at=at - timedelta(days=days), by=by)
        if topic is None:
            raise ValueError(title)
        for writer, post in ((answers, POSTS[days == 4][0]), (desk, POSTS[days == 4][1])):
            with acting_as(writer):
                _, made = write_post(topic.pk, text=post, at=at - timedelta(days=days - 1), by=writer)
        if days == 4 and made:
            first = topic.posts.filter(author=answers.somebody).last()
            with acting_as(desk):
                hide_post(first.pk, reason="It named a candidate.", at=at - timedelta(days=3), by=desk)


def _year(at: datetime, ago: int) -> Season:
    """A year in invented figures: the demonstration world itself is too young and too small to have had one."""
    first, last = (day.replace(year=day.year - ago) for day in visit_year(london_day(at)))
    titles = [title for title, *_ in DOCUMENTS]
    return Season(
        SUBJECTS[0][1], first, last, london_day(at), centres=61, claims=842, units=5240, candidates=1930,
        outcomes={"confirmed": Count(4716, 61), "amended": Count(104, 22), "not_awarded": Count(367, 29),
                  "withdrawn": Count(53, 6)},
        reasons={"INCOMPLETE": Count(171, 21), "WRONG_EVIDENCE": Count(96, 13), "NOT_ANNOTATED": Count(74, 16),
                 "NO_INTERNAL_MOD": Count(58, 12), "THIN_ANSWER": Count(88, 19), "VERB_NOT_MET": Count(31, 9),
                 "AUTHENTICITY": Count(2, 1), "UNREADABLE_FILE": Count(4, 3)},
        wrong_evidence={"09628": Count(61, 9), "09629": Count(35, 6)}, sound_centres=47, sound_candidates=1605,
        sent=815, late=Count(193, 27), longest_delay=45, days_waited=34, days_waited_late=58, again=Count(212, 27),
        unsent=Count(27, 11), claimed_again=23,
        delays={"in_time": Count(622, 58), "days": Count(121, 24), "weeks": Count(58, 14), "months": Count(14, 6),
                "never": Count(27, 11)},
        ways={"post": Count(577, 49), "upload": Count(214, 23), "eportfolio": Count(22, 4), "email": Count(2, 1)},
        unmatched=Count(38, 17), went_back=21, recalled=Count(19, 12), reports=Count(815, 61), pockets=Count(26, 14),
        absences=Count(9, 33), unnamed=8, asked_for_change=Count(7, 7),
        evidence=tuple(
            Evidence(code, title, kind, kind == "unit_proof")
            for codes, title, kind in (
                (POSTAL[:2], "Certificate in Customer Service Knowledge", "unit_proof"),
                (POSTAL[2:], "Certificate in Principles of Customer Service", "candidate_work"),
            )
            for code in codes
        ),
        notices=(("What is taken as evidence", first.replace(month=11)),),
        new_documents=tuple(titles[1:5]), updated_documents=(titles[0],), documents_to_come=(titles[5],),
        community=True,
    )  # fmt: skip


def report_last_year(at: datetime, *, by: Acting) -> None:
    """Publish last year's report; the one of the year before was begun and never finished."""
    before, made = _year(at, 2), _year(at, 1)
    at = min(at, end_of_day(made.ends_on) + timedelta(days=20, hours=10))
    with acting_as(by):
        _, unfinished = draft_report(SUBJECTS[0][0], before, schemes=POSTAL, at=at, by=by)
        _, report = draft_report(SUBJECTS[0][0], made, schemes=POSTAL, at=at, by=by)
        if report is None or unfinished is None:
            raise ValueError("The reports were not drafted.")
        for section in (*unfinished.sections.all()[:3], *report.sections.all()):
            keep_section(section.pk, heading=section.heading, text=section.text, at=at, by=by)
        verdict = publish_report(report.pk, at=at, by=by)
    if verdict.refused:
        raise ValueError(verdict.refused[0].text)
