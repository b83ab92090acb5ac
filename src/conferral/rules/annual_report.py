"""The yearly report to centres as it is drafted from a season: what went well, what goes wrong, how often, what to do.

Each point is one function: it speaks when the season gives it cause and returns "" when not. A person edits the
draft; nothing in it quotes or names anybody. The order is that of the 2012 report.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conferral.rules.policies import policy
from conferral.rules.season import Count, Season, share, suppressed, told

Says = Callable[[Season], str]

SECTIONS = (
    ("year", "The year in brief"),
    ("evidence", "What is taken as evidence"),
    ("marking", "Marking and internal moderation"),
    ("sending", "Claims and the work behind them"),
    ("practical", "When a moderator is away, and packing"),
    ("complete", "Complete work"),
    ("support", "Support documents and news"),
    ("answers", "What candidates show, and how deep an answer goes"),
)
REASONS = {
    "INCOMPLETE": "Incomplete: criteria without evidence",
    "WRONG_EVIDENCE": "Wrong kind of evidence",
    "NOT_ANNOTATED": "Marking not shown on the work",
    "NO_INTERNAL_MOD": "No sign of internal moderation",
    "THIN_ANSWER": "Answers too thin for the criterion",
    "VERB_NOT_MET": "The command verb not met",
    "INCONSISTENT_ASSESSOR": "Assessor’s marking inconsistent",
    "AUTHENTICITY": "Doubt whether it is the candidate’s own work",
    "DUPLICATE": "The same work as another candidate’s",
    "UNREADABLE_FILE": "Could not be read",
    "WRONG_UNIT": "Work for another unit",
}
OUTCOMES = {
    "confirmed": "Confirmed",
    "amended": "Confirmed with an amendment",
    "not_awarded": "Not awarded",
    "withdrawn": "Withdrawn from the claim",
}
DELAYS = {
    "in_time": "Within a day",
    "days": "2 to 7 days later",
    "weeks": "8 to 28 days later",
    "months": "More than 28 days later",
    "never": "Never sent, claim withdrawn",
}


WAYS = {
    "post": "By post or courier",
    "upload": "Uploaded",
    "eportfolio": "In an e-portfolio",
    "email": "By e-mail",
}


@dataclass(frozen=True)
class Point:
    """One thing that a report may say: where, on which clause of the 2012 report it stands, and how."""

    id: str
    section: str
    clause: str
    says: Says


@dataclass(frozen=True)
class Drafted:
    """One section of a draft, in Markdown, with the points it makes."""

    key: str
    heading: str
    text: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """Counts of a kind, each with its share of the longest in percent; None where the count is not told."""

    key: str
    title: str
    counted: str
    rows: tuple[tuple[str, int | None, int], ...]


POINTS: list[Point] = []


def point(section: str, clause: str) -> Callable[[Says], Says]:
    """Enter a function as a point; its name is the point's id."""

    def enter(says: Says) -> Says:
        POINTS.append(Point(says.__name__.replace("_", "-"), section, f"moderation-2012 {clause}", says))
        return says

    return enter


def draft(season: Season) -> tuple[Drafted, ...]:
    """The sections that the season gives cause for, in order. A season in which nothing happened has none."""
    found = []
    for key, heading in SECTIONS:
        said = [(one.id, one.says(season)) for one in POINTS if one.section == key]
        said = [(id, text) for id, text in said if text]
        if said:
            text = "\n\n".join(text for _, text in said)
            found.append(Drafted(key, heading, text, tuple(id for id, _ in said)))
    return tuple(found)


def charts(season: Season) -> tuple[Chart, ...]:
    """Outcomes, reasons, delays and, where there were several, ways of sending; without what is too small to tell."""
    drawn: tuple[Chart, ...] = (
        _chart("outcomes", "What was decided", "units", OUTCOMES, season.outcomes),
        _chart("reasons", "Why units were not simply confirmed", "units", REASONS, season.reasons, most_first=True),
        _chart("delays", "From the claim to sending the work", "claims", DELAYS, season.delays),
    )
    if len(season.ways) > 1:
        drawn = (*drawn, _chart("ways", "How the work came", "claims", WAYS, season.ways, most_first=True))
    return tuple(chart for chart in drawn if chart.rows)


def _chart(
    key: str, title: str, counted: str, words: Mapping[str, str], counts: Mapping[str, Count], *,
    most_first: bool = False,
) -> Chart:  # fmt: skip
    known = {name: counts[name] for name in words if name in counts and counts[name].known}
    shown = suppressed(known)
    longest = max((value for value in shown.values() if value), default=0)
    rows = [
        (words[name], value, round(100 * (value or 0) / longest) if longest else 0) for name, value in shown.items()
    ]
    if most_first:
        rows.sort(key=lambda row: -(row[1] or 0))
    return Chart(key, title, counted, tuple(rows))


def _listed(words: Sequence[str], link: str = "and") -> str:
    *most, last = words
    return f"{', '.join(most)} {link} {last}" if most else last


def _schemes(season: Season, kind: str) -> str:
    codes = [one.scheme for one in season.evidence if one.kind == kind]
    return _listed(codes) if codes else ""


def _of_kind(season: Season, kind: str) -> str:
    """Schemes by title: "09628 and 09629 (Certificate in Principles of Customer Service)"."""
    titles: dict[str, list[str]] = {}
    for one in season.evidence:
        if one.kind == kind:
            titles.setdefault(one.title, []).append(one.scheme)
    return _listed([f"{_listed(codes)} ({title})" for title, codes in titles.items()]) if titles else ""


# The year in brief


@point("year", "p1")
def most_centres_know_the_qualifications(season: Season) -> str:
    if 2 * season.sound_centres <= season.centres:
        return ""
    return (
        f"Most centres are familiar with these qualifications by now: at {share(season.sound_centres, season.centres)} "
        f"of the {season.centres:,} centres that claimed, at least nine units of ten were confirmed."
    )


@point("year", "p1")
def much_work_was_very_good(season: Season) -> str:
    confirmed = season.outcome("confirmed").things
    if 2 * confirmed <= season.units:
        return ""
    return (
        f"Moderators saw very good work. They decided on {season.units:,} units of {season.candidates:,} candidates "
        f"and confirmed {share(confirmed, season.units)} of them as the centre had claimed them."
    )


@point("year", "p1")
def guidance_where_something_went_wrong(season: Season) -> str:
    wrong = any(one.known for one in (*season.reasons.values(), season.late, season.unsent, season.unmatched))
    return "What follows is guidance on what went wrong, how often, and what to do about it." if wrong else ""


# What is taken as evidence


@point("evidence", "p2")
def evidence_was_confused(season: Season) -> str:
    wrong = season.reason("WRONG_EVIDENCE")
    if not wrong.known:
        return ""
    where = sorted(season.wrong_evidence, key=lambda scheme: -season.wrong_evidence[scheme].things)
    return (
        f"There was some confusion about what may be sent as evidence for {_listed(where[:4])}: "
        f"{told(wrong, 'units')} came with the wrong kind."
    )


@point("evidence", "p2")
def certification_no_longer_follows_by_itself(season: Season) -> str:
    once = [one for one in season.evidence if one.once_automatic]
    if not once or not season.reason("WRONG_EVIDENCE").known:
        return ""
    return (
        "Some centres took it that certificates still follow automatically from achieved NVQ units, as they once did "
        f"for {_listed([one.scheme for one in once])} ({once[0].title}). They don’t any more."
    )


@point("evidence", "p2")
def a_notice_says_what_holds(season: Season) -> str:
    if not season.notices:
        return ""
    named = [f"“{title}” of {on.day} {on:%B %Y}" for title, on in season.notices[:3]]
    return f"What holds was put up on this website as a notice: {_listed(named)}."


@point("evidence", "p2")
def proof_of_units_goes_to_the_moderator(season: Season) -> str:
    schemes = _of_kind(season, "unit_proof")
    return f"For {schemes}, send your moderator proof that the NVQ units were achieved." if schemes else ""


@point("evidence", "p2")
def candidates_own_work_is_needed(season: Season) -> str:
    schemes = _of_kind(season, "candidate_work")
    return f"For {schemes}, send the candidates’ own work." if schemes else ""


@point("evidence", "p2")
def copies_of_units_are_not_evidence(season: Season) -> str:
    schemes = _schemes(season, "candidate_work")
    if not schemes or not season.reason("WRONG_EVIDENCE").known:
        return ""
    return f"Copies of NVQ unit achievements are not accepted as evidence for {schemes}."


# Marking and internal moderation


@point("marking", "p3")
def marking_is_shown_on_the_work(season: Season) -> str:
    bare = season.reason("NOT_ANNOTATED")
    if not bare.known:
        return ""
    return (
        "Assessors need to show that they marked the work: annotate it where each criterion is met. On "
        f"{told(bare, 'units')} nothing showed that the evidence had been assessed."
    )


@point("marking", "p3")
def internal_moderation_is_shown(season: Season) -> str:
    missing = season.reason("NO_INTERNAL_MOD")
    if not missing.known:
        return ""
    return (
        "Internal moderation has to be shown to the moderator too; there was no sign of it on "
        f"{told(missing, 'units')}. Signatures of the internal verifier on the candidates’ evidence and on "
        "checklists are enough."
    )


@point("marking", "p3")
def records_stay_at_the_centre(season: Season) -> str:
    if not season.reason("NO_INTERNAL_MOD").known:
        return ""
    return (
        "It need not be a formal record of internal moderation, as long as these are there and are kept at the centre "
        "for inspection."
    )


# Claims and the work behind them


@point("sending", "p4")
def work_follows_within_a_day(season: Season) -> str:
    if not (season.late.known or season.unsent.known):
        return ""
    hours = policy("hours_to_send_work")
    return f"Once a claim is submitted, send the work to the moderator **within {hours} hours**."


@point("sending", "p4")
def delays_were_long(season: Season) -> str:
    if not season.late.known:
        return ""
    longest = f" The longest delays were over {_weeks(season.longest_delay)}." if season.longest_delay > 14 else ""
    part = f", {share(season.late.things, season.sent)} of all that was sent" if season.late.tellable else ""
    return f"The work of {told(season.late, 'claims')} was sent later{part}.{longest} {_waited(season)}"


def _waited(season: Season) -> str:
    """What late sending did to the results. The spans are medians, and told when enough centres are behind them."""
    less = "These centres did not get their results by the time that they wished for"
    if not season.late.tellable or season.days_waited_late <= season.days_waited:
        return f"{less}."
    return (
        f"{less}: half of them waited {season.days_waited_late} days or more for the report, counted from the claim; "
        f"where the work came in time it was {season.days_waited}."
    )


def _weeks(days: int) -> str:
    """A span long enough to name no one case: whole weeks, from two on."""
    return f"{days // 7} weeks"


@point("sending", "p4")
def claims_without_work_are_withdrawn(season: Season) -> str:
    if not season.unsent.known:
        return ""
    days = policy("working_days_until_withdrawal")
    return (
        f"When no work has arrived by the end of the {_ordinal(days)} working day, the claim is withdrawn. That "
        f"happened to {told(season.unsent, 'claims')}."
    )


def _ordinal(number: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return words[number - 1] if 1 <= number <= len(words) else f"{number}th"


@point("sending", "p4")
def a_withdrawn_claim_is_made_again(season: Season) -> str:
    if not season.unsent.known:
        return ""
    again = share(season.claimed_again, season.unsent.things)
    done = f" This year {again} of them were." if season.unsent.tellable and season.claimed_again else ""
    return f"The centre then has to submit the claim again when it sends the work to be moderated.{done}"


@point("sending", "p4")
def work_came_without_a_claim(season: Season) -> str:
    if not season.unmatched.known:
        return ""
    return (
        f"Moderators also received candidates’ work for which no claim had been submitted: "
        f"{told(season.unmatched, 'parcels')}."
    )


@point("sending", "p4")
def work_without_a_claim_goes_back(season: Season) -> str:
    if not season.unmatched.known:
        return ""
    enough = season.unmatched.tellable and season.went_back >= policy("fewest_things_told")
    back = f", as {season.went_back:,} parcels were" if enough else ""
    return (
        "Wherever possible the centre was contacted first. The correct process, though, is that the work is "
        f"automatically returned{back}, until there is a claim for it. Claim first, then send."
    )


@point("sending", "p4")
def claims_were_recalled(season: Season) -> str:
    if not season.recalled.tellable:
        return ""
    return (
        f"{told(season.recalled, 'claims')} were taken back by the centre before the "
        "moderator opened them. Check a claim before you submit it: each of these began its 24 hours twice."
    )


# When a moderator is away, and packing


@point("practical", "p5a")
def the_right_people_hear_of_absences(season: Season) -> str:
    if not season.absences.known:
        return ""
    affected = f"{season.absences.centres:,} centres" if season.absences.tellable else "some centres"
    nobody = f" {season.unnamed:,} centres have named nobody." if season.unnamed >= policy("fewest_things_told") else ""
    return (
        "Make sure that the right people at your centre are told when a moderator is unavailable: this year it "
        f"concerned {affected}.{nobody} Name them among your [contacts](/centre/own/contacts/)."
    )


@point("practical", "p5a")
def another_moderator_may_be_asked_for(season: Season) -> str:
    if not season.absences.known:
        return ""
    asked = f" {season.asked_for_change.things:,} requests were made." if season.asked_for_change.tellable else ""
    return (
        "The notification says that a centre may ask for a change of moderator when its candidates are unable to wait "
        f"for their results.{asked}"
    )


@point("practical", "p5b")
def no_plastic_pockets(season: Season) -> str:
    if not season.pockets.known:
        return ""
    seen = f" Moderators remarked on it in {season.pockets.things:,} reports." if season.pockets.tellable else ""
    return (
        "Leave poly-pockets out. They cost your centre money, and it takes moderators time to remove them before they "
        f"can moderate the work.{seen}"
    )


# Complete work


@point("complete", "p6")
def only_complete_work_is_sent(season: Season) -> str:
    gaps = season.reason("INCOMPLETE")
    if not gaps.known:
        return ""
    return (
        "Submit complete evidence only. Some centres still send work with clear gaps in the candidates’ responses: "
        f"{told(gaps, 'units')}."
    )


@point("complete", "p6")
def incomplete_work_is_not_awarded(season: Season) -> str:
    if not season.reason("INCOMPLETE").known:
        return ""
    lost = season.outcome("not_awarded")
    counted = f" This year {told(lost, 'units')} were not awarded, for this and other reasons." * lost.known
    again = f" {season.again.things:,} further attempts were charged." if season.again.tellable else ""
    return (
        "A candidate is not awarded a unit whose work isn’t complete. To submit it again, the candidate has to be "
        f"re-registered, and that has to be paid for.{counted}{again}"
    )


# Support documents and news


@point("support", "p7")
def look_at_the_website(season: Season) -> str:
    changed = (*season.new_documents, *season.updated_documents, *season.documents_to_come)
    return "Look at this website regularly for updated information on the qualifications." if changed else ""


@point("support", "p7")
def documents_are_new(season: Season) -> str:
    return f"New support documents are available: {_listed(season.new_documents)}." if season.new_documents else ""


@point("support", "p7")
def documents_were_updated(season: Season) -> str:
    if not season.updated_documents:
        return ""
    return f"Updated, with what changed: {_listed(season.updated_documents)}."


@point("support", "p7")
def documents_are_to_come(season: Season) -> str:
    return f"Soon available: {_listed(season.documents_to_come)}." if season.documents_to_come else ""


@point("support", "p7")
def sign_up_for_alerts_and_join_in(season: Season) -> str:
    if not (season.new_documents or season.updated_documents or season.documents_to_come):
        return ""
    join = " or join the [online community](/community/) and its topics" if season.community else ""
    return f"You can sign up to [e-alerts](/alerts/) for {season.subject}{join}."


# What candidates show, and how deep an answer goes


@point("answers", "p8")
def candidates_gave_very_good_evidence(season: Season) -> str:
    if 2 * season.sound_candidates <= season.candidates:
        return ""
    return (
        "The majority of candidates gave very good evidence of their knowledge and understanding: all units of "
        f"{share(season.sound_candidates, season.candidates)} of the candidates were confirmed."
    )


@point("answers", "p8")
def weaknesses_came_with_feedback(season: Season) -> str:
    weak = any(one.known for one in season.reasons.values())
    if not weak or not season.reports.known:
        return ""
    return (
        "Where there were weaknesses, moderators identified them and gave centres constructive feedback: "
        f"{told(season.reports, 'reports', 'to')} were sent."
    )


@point("answers", "p8")
def answers_are_complete(season: Season) -> str:
    thin = season.reason("THIN_ANSWER", "VERB_NOT_MET")
    if not thin.known:
        return ""
    return (
        "Candidates are expected to give complete answers. One-word answers are not sufficient: in "
        f"{told(thin, 'units')} answers fell short of what the criterion asks for."
    )


@point("answers", "p8")
def the_glossary_says_how_deep(season: Season) -> str:
    if not season.reason("THIN_ANSWER", "VERB_NOT_MET").known:
        return ""
    return "Assessors find in the [glossary of terms](/verbs/) which level of detail each command verb requires."
