"""What has happened, in words, drawn from the ledger."""

from dataclasses import dataclass
from datetime import date, datetime

from conferral.pages.templatetags.parts import happened, written
from conferral.records.ledger.models import Event
from conferral.records.people.models import Person

TITLES = {
    "claim_drafted": "Draft begun",
    "claim_submitted": "Claim submitted",
    "criteria_marked": "Work marked against the criteria",
    "marking_checked": "Marking checked by the internal verifier",
    "evidence_received": "File arrived",
    "evidence_added": "File added",
    "evidence_refused": "File refused",
    "evidence_taken_away": "File taken away",
    "unnamed_bytes_removed": "Bytes removed that nothing named",
    "evidence_answers": "Criteria of a file said",
    "file_written_on": "Written on a file",
    "files_signed": "Files signed by the internal verifier",
    "upload_completed": "Upload complete",
    "claim_taken_back": "Claim taken back",
    "claim_withdrawn": "Claim withdrawn",
    "work_despatched": "Work sent",
    "work_received": "Work received",
    "parcel_to_return": "The parcel goes back when it arrives",
    "work_returned": "Parcel sent back",
    "parcel_scanned": "Parcel scanned",
    "work_matched": "Work matched to the claim",
    "claim_with_moderator": "With the moderator",
    "work_opened": "Opened by the moderator",
    "unit_decided": "Unit decided",
    "question_asked": "The moderator asked the centre",
    "question_answered": "The centre answered the moderator",
    "question_withdrawn": "A question withdrawn",
    "question_overtaken": "A question closed without an answer",
    "report_sent": "Feedback report sent",
    "action_answered": "The centre replied to an action",
    "action_met": "An action found met",
    "action_not_met": "An action found not met yet",
    "sample_drawn": "Sample drawn",
    "sample_extended": "Sample extended",
    "confirmed_by_sample": "Units outside the sample confirmed",
    "exercise_set": "Standardisation exercise set",
    "piece_marked": "Piece of work marked",
    "exercise_closed": "Standardisation exercise closed",
    "review_asked": "Review of moderation asked",
    "appeal_asked": "Appeal made",
    "review_acknowledged": "Somebody appointed to decide it",
    "review_decided": "Decided; the desk sends the outcome out",
    "review_issued": "Outcome of the review sent out",
    "appeal_issued": "Outcome of the appeal sent out",
    "review_taken_back": "Taken back, and the fee credited",
    "credited": "Fee credited",
    "claim_processed": "Claim processed",
    "candidate_registered": "Registered",
    "name_corrected": "Name put right",
    "name_changed": "Whole name changed on proof",
    "certificate_reissued": "Certificate reissued",
    "unit_banked": "Unit achieved",
    "unit_carried_over": "Unit carried over from another awarding organisation",
    "award_made": "Qualification awarded",
    "hold_placed": "Hold placed",
    "hold_lifted": "Hold lifted",
    "results_held": "Results held",
    "results_held_no_longer": "Results no longer held",
    "suspicion_reported": "Suspicion reported",
    "suspicion_held": "Answered by a hold",
    "suspicion_closed": "Report closed",
    "certificate_issued": "Certificate issued",
    "certificate_revoked": "Certificate revoked",
    "unmatched_work_logged": "Work without a claim logged",
    "unmatched_work_returned": "Work without a claim returned",
    "upload_registered": "File of registrations processed",
    "centre_entered": "Centre entered",
    "centre_approved": "Approved for a scheme",
    "moderator_allocated": "Moderator allocated",
    "allocations_proposed": "Allocations proposed",
    "proposal_locked": "Proposal locked",
    "proposal_unlocked": "Proposal unlocked",
    "proposal_edited": "Somebody else proposed",
    "proposal_accepted": "Proposal accepted",
    "competence_entered": "Scheme entered of a moderator",
    "competence_withdrawn": "Scheme withdrawn from a moderator",
    "contract_entered": "Contract entered",
    "contract_ended": "Contract ended",
    "contract_changed": "Other number of batches agreed",
    "region_named": "Region of a moderator named",
    "interest_declared": "Interest declared",
    "role_given": "Role given",
    "packs_loaded": "Catalogue loaded",
    "value_replaced": "Value taken over from the Register",
    "absence_entered": "Days away entered",
    "absence_taken_back": "Days away taken back",
    "change_asked": "Another moderator asked for",
    "change_taken_back": "Request for another moderator taken back",
    "change_granted": "Another moderator given",
    "change_declined": "No other moderator given",
    "claim_reallocated": "Given to another moderator",
    "charged": "Fee charged",
    "unit_registered_again": "Registered for a unit again",
    "checkpoint_set": "Checkpoint set",
    "checkpoint_asked": "Asked who expects a result",
    "checkpoint_reminded": "Reminded of the checkpoint",
    "expectations_said": "Said who expects a result",
    "checkpoint_confirmed": "Confirmed who expects a result",
    "letter_acknowledged": "Letter acknowledged",
    "letter_came_back": "Letter came back",
    "contact_named": "Contact named",
    "contact_confirmed": "Contact’s address confirmed",
    "contact_taken_away": "Contact taken away",
    "contact_marked_dead": "Contact’s mail comes back",
    "notice_published": "Notice published",
    "topic_begun": "Topic begun",
    "post_hidden": "Post hidden",
    "report_drafted": "Report drafted",
    "report_section_kept": "Section kept",
    "report_published": "Report published",
    "document_added": "Document announced",
    "document_changed": "What is said of it changed",
    "document_version_published": "Version published",
    "section_linked": "Section linked",
    "section_unlinked": "Link to a section taken away",
    "subject_named": "Schemes of the subject entered",
    "days_for_work_set": "Days set for which work is waited for",
    "centre_reminded": "Reminder sent",
    "courtesy_contact_made": "Centre told of work without a claim",
    "qan_entered": "Qualification number entered",
}


# Happens once for each unit or file of a claim: the page tells of it otherwise.
MANY = (
    "unit_decided",
    "evidence_received",
    "evidence_added",
    "evidence_refused",
    "evidence_taken_away",
    "evidence_answers",
    "file_written_on",
)


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    title: str
    when: datetime
    who: str
    detail: str
    rules: list[dict[str, str]]
    facts: dict[str, object]
    place: str
    state: str = "done"


def timeline(*subjects: tuple[str, object], most: int = 50, without: tuple[str, ...] = ()) -> list[Entry]:
    """The newest events on any of the (subject, id) pairs that the reader may see, newest first. Two queries.

    `without` names verbs that the page tells of otherwise.
    """
    found = Event.objects.none()
    for subject, subject_id in subjects:
        found = found | Event.objects.filter(subject=subject, subject_id=str(subject_id))
    return _entries(list(found.exclude(verb__in=without).order_by("-id")[:most]))


def newest_of_centre(centre: str, most: int = 20) -> list[Entry]:
    """The newest events of a centre's stream, newest first. Two queries."""
    return _entries(list(Event.objects.filter(stream=centre).order_by("-seq")[:most]))


def _entries(events: list[Event]) -> list[Entry]:
    names = dict(Person.objects.filter(pk__in={event.actor for event in events}).values_list("pk", "name"))
    return [
        Entry(
            TITLES.get(event.verb, event.verb.replace("_", " ").capitalize()),
            event.at,
            names.get(event.actor, "Conferral" if event.actor is None else "somebody"),
            _detail(event),
            event.rules,
            event.facts,
            f"{event.stream} {event.seq}",
        )
        for event in events
    ]


def _detail(event: Event) -> str:
    facts = event.facts
    parts = [
        facts.get("unit", ""),
        str(facts.get("outcome", "")).replace("_", " "),
        _replaced(facts),
        f"version {facts['version']}" if "version" in facts else "",
        str(facts.get("section", "")),
        f"scheme {facts['scheme']}" if "scheme" in facts and event.subject != "claim" else "",
    ]
    return ", ".join(str(part) for part in parts if part)


def _replaced(facts: dict[str, object]) -> str:
    """The value before and after, and what is cited for the new one."""
    if "field" not in facts:
        return ""
    old, new = (_said(facts[name]) for name in ("old", "new"))
    name = "number" if facts["field"] == "qan" else str(facts["field"]).replace("_", " ")
    return f"{name}: {old}, now {new} ({facts['clause']})"


def _said(value: object) -> str:
    if value in (None, ""):
        return "none"
    try:
        return written(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def lines(entries: list[Entry], at: datetime) -> list[dict[str, str]]:
    """Entries as the timeline part draws them, their moments in words as seen from `at`."""
    return [
        {"title": entry.title, "when": happened(entry.when, at), "who": entry.who, "detail": entry.detail}
        for entry in entries
    ]
