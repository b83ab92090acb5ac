"""What rules are told: one frozen record a subject. `None` means that nothing is known."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class RegistrationFacts:
    """One candidate to be registered for one scheme. Dates are London calendar dates, inclusive.

    `last_active_on` is when the centre last registered anybody for the scheme, else when it was approved;
    `active_until` is the last day on which the approval has then not been idle for too long. What is `unshown` is the
    first letter that no font of a certificate shows.
    """

    scheme: str
    registered_on: date
    scheme_title: str | None = None
    scheme_text: str | None = None
    last_registration: date | None = None
    approved_on: date | None = None
    approval_ended_on: date | None = None
    first_names: str | None = None
    last_name: str | None = None
    first_names_unshown: str | None = None
    last_name_unshown: str | None = None
    uln: str | None = None
    uln_fault: str | None = None
    uln_line: int | None = None
    uln_line_name: str | None = None
    twin_line: int | None = None
    known_as: str | None = None
    born_on: date | None = None
    born_on_text: str | None = None
    starts_on: date | None = None
    starts_on_text: str | None = None
    already_registered_on: date | None = None
    alternatives: str | None = None
    last_active_on: date | None = None
    active_until: date | None = None


@dataclass(frozen=True)
class ClaimFacts:
    """One unit claimed for one candidate. Dates are London calendar dates, inclusive.

    `refused_in` is the claim in which the unit was not awarded, while no further attempt has been paid for.
    """

    scheme: str
    claimed_on: date
    unit: str | None = None
    unit_in_scheme: bool | None = None
    registered_on: date | None = None
    last_registration: date | None = None
    final_certification: date | None = None
    safe_claim: date | None = None
    approved_on: date | None = None
    approval_ended_on: date | None = None
    evidence_needed: str | None = None
    evidence_kind: str | None = None
    assessor: int | None = None
    assessor_at_centre: bool | None = None
    internal_verifier: int | None = None
    achieved_on: date | None = None
    open_claim: int | None = None
    refused_in: int | None = None
    moderator: int | None = None


@dataclass(frozen=True)
class SubmissionFacts:
    """A whole claim about to be submitted.

    `gaps` is None when every known criterion has a mark, else how many have none.
    `gaps_because` is None until the centre says why the claim goes with gaps.
    `earlier_draft` is the centre's oldest claim in the scheme that was begun before this one and not submitted.
    """

    claimed_on: date
    criteria: int | None = None
    gaps: int | None = None
    gaps_because: str | None = None
    scheme: str | None = None
    earlier_draft: int | None = None


@dataclass(frozen=True)
class ConsignmentFacts:
    """The work of one claim on its way. Instants are UTC; `withdraw_after` is the first instant too late."""

    now: datetime
    claim: int | None = None
    claim_state: str | None = None
    send_by: datetime | None = None
    withdraw_after: datetime | None = None
    last_day: date | None = None
    received_at: datetime | None = None
    despatched_on: date | None = None
    submitted_on: date | None = None
    today: date | None = None
    kind: str | None = None
    carrier: str | None = None
    mail_reference: str | None = None
    parts: int | None = None
    link: str | None = None
    link_secure: bool | None = None
    opened_at: datetime | None = None
    work_state: str | None = None
    hand: str | None = None
    scanned_at: datetime | None = None


@dataclass(frozen=True)
class ReviewFacts:
    """One decision by one person on one claimed unit, or (without an outcome) on a whole claim."""

    reviewer: int
    decided_on: date
    scheme: str
    allocated_to: int | None = None
    assessor: int | None = None
    internal_verifier: int | None = None
    interest: bool | None = None
    outcome: str | None = None
    reason_code: str | None = None
    decided_outcome: str | None = None
    final_certification: date | None = None
    undecided: int | None = None
    open_questions: int | None = None


@dataclass(frozen=True)
class CertificateFacts:
    """One award about to be certificated. `unmet` counts the constraints of the combination not yet met."""

    scheme: str
    produced_on: date
    final_certification: date | None = None
    constraints: int | None = None
    unmet: int | None = None
    missing: str | None = None
    certificated_on: date | None = None
    held_on: date | None = None


@dataclass(frozen=True)
class HoldFacts:
    """A hold about to be placed or lifted. `open_since` is of one that is open on the same thing already."""

    text: str | None = None
    because: str | None = None
    open_since: date | None = None
    at_centre: bool | None = None


@dataclass(frozen=True)
class SuspicionFacts:
    """A suspicion about to be reported. `report_by` is the last London day that counts as at once."""

    reported_on: date
    noticed_on: date | None = None
    report_by: date | None = None
    text: str | None = None


@dataclass(frozen=True)
class ClosingFacts:
    """A report of a suspicion about to be settled by somebody at the desk."""

    reported_by: int
    settled_by: int | None = None
    because: str | None = None


@dataclass(frozen=True)
class VisitFacts:
    """One visit to a centre for a scheme. `visit_of_year` counts it: 1 is the first of its year."""

    scheme: str
    visited_on: date
    route: str | None = None
    visit_of_year: int | None = None
    free_visits: int | None = None
    year_begins: date | None = None
    year_ends: date | None = None
    candidates: int | None = None
    least_candidates: int | None = None


@dataclass(frozen=True)
class DirectClaimFacts:
    """A claim that a centre with direct claims status makes without a verifier's word before it."""

    scheme: str
    claimed_on: date
    last_registration: date | None = None
    final_visit_on: date | None = None


@dataclass(frozen=True)
class RefundFacts:
    """A fee that somebody asks back, in pence; `fee` is what was paid for."""

    scheme: str
    fee: str | None = None
    asked_pence: int | None = None
    refundable_pence: int | None = None


@dataclass(frozen=True)
class CentreFeeFacts:
    """The annual fee of a centre that falls due on a London day. `entries` counts registrations of the twelve months.

    `spared_until` is the first day on which the fee may fall due; `charged_on` is known once this fee was charged.
    """

    centre: str
    on: date
    due_on: date
    entries_from: date
    entries_until: date
    entries: int | None = None
    approved_on: date | None = None
    spared_until: date | None = None
    pence: int | None = None
    charged_on: date | None = None


@dataclass(frozen=True)
class TransferFacts:
    """One unit achieved with another awarding organisation, to be carried over. Dates are London days."""

    scheme: str
    recorded_on: date
    unit: str | None = None
    unit_in_scheme: bool | None = None
    awarding_organisation: str | None = None
    originally_on: date | None = None
    achieved_on: date | None = None
    awarded_on: date | None = None
    final_certification: date | None = None


@dataclass(frozen=True)
class ReadinessFacts:
    """How far one registration is on one London day. Units in open claims count as achieved.

    `unmet` counts the constraints of the combination not met; `finishable` says whether some set of units
    meets them; `finish_at_the_earliest` is the day by which the missing credits can be worked off.
    """

    scheme: str
    on: date
    constraints: int | None = None
    unmet: int | None = None
    missing: str | None = None
    finishable: bool | None = None
    out_of_reach: str | None = None
    finish_at_the_earliest: date | None = None
    plan_by: date | None = None
    safe_claim: date | None = None
    final_certification: date | None = None
    awarded_on: date | None = None
    alternatives: str | None = None


@dataclass(frozen=True)
class AllocationFacts:
    """A centre's work in a scheme about to be given to a moderator from a London day on.

    `competent` and `under_contract` are None where nothing at all was entered of the moderator; `batches` counts
    what would be held with this one; `days_away` counts from the day on, the last day away included.
    """

    scheme: str
    allocated_on: date
    moderator: int | None = None
    interest: bool | None = None
    at_centre: bool | None = None
    touched: bool | None = None
    competent: bool | None = None
    under_contract: bool | None = None
    away_until: date | None = None
    days_away: int | None = None
    most_days_away: int | None = None
    batches: int | None = None
    most_batches: int | None = None


@dataclass(frozen=True)
class ContractFacts:
    """Days of a contract with a moderator, both inclusive; no last day while none is agreed.

    `known_from` is the first day of another one that has a day in common.
    """

    from_on: date | None = None
    until_on: date | None = None
    known_from: date | None = None


@dataclass(frozen=True)
class ProposalFacts:
    """A proposed allocation about to be decided on, and who else has changed it since it was looked at."""

    state: str
    changed_by: str | None = None
    changed_at: str | None = None


@dataclass(frozen=True)
class AbsenceFacts:
    """Days on which a moderator will be away, both inclusive. `known_from` and `known_until` are those of another."""

    today: date
    from_on: date | None = None
    until_on: date | None = None
    days: int | None = None
    most_days: int | None = None
    known_from: date | None = None
    known_until: date | None = None


@dataclass(frozen=True)
class ChangeFacts:
    """A centre asks for another moderator in a scheme; or the desk answers. `away_until` is of the allocated one."""

    scheme: str
    moderator: int | None = None
    away_until: date | None = None
    reason: str | None = None
    asked_on: date | None = None
    answer_by: date | None = None
    answer: str | None = None


def as_json(facts: Any) -> dict[str, Any]:
    """The facts that are known, for the ledger: dates and instants as ISO text."""
    known = {name: value for name, value in vars(facts).items() if value is not None}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in known.items()}


PERSONAL = frozenset(
    {
        "first_names",
        "last_name",
        "uln",
        "uln_line_name",
        "known_as",
        "first_names_unshown",
        "last_name_unshown",
        "born_on",
        "born_on_text",
    }
)


def without_personal_data(facts: Any) -> dict[str, Any]:
    """As `as_json`, less what would identify the candidate: the ledger can never be erased."""
    return {name: value for name, value in as_json(facts).items() if name not in PERSONAL}


@dataclass(frozen=True)
class VersionFacts:
    """A version of a support document that is about to be published. `same` compares it with the current one."""

    number: int
    current: int
    text: str | None = None
    file: str | None = None
    what_changed: str | None = None
    same: bool | None = None


@dataclass(frozen=True)
class SubscriptionFacts:
    """Somebody who wants to hear of what is published, in a role."""

    role: str
    role_held: bool | None = None


@dataclass(frozen=True)
class PostFacts:
    """What one person has written and begun lately: posts in ten minutes, topics in 24 hours; and the most allowed."""

    posts_lately: int
    most_posts: int
    topics_lately: int = 0
    most_topics: int = 1
    begun_before: bool | None = None


@dataclass(frozen=True)
class HidingFacts:
    """A post that the desk is about to hide."""

    reason: str | None = None
    hidden_on: date | None = None


@dataclass(frozen=True)
class DraftFacts:
    """A year of a subject of which a report is to be drafted."""

    subject: str
    centres: int
    fewest: int


@dataclass(frozen=True)
class PublicationFacts:
    """A yearly report that is about to go out. Days are London days."""

    ends_on: date
    published_on: date
    sections: int
    unread: int


@dataclass(frozen=True)
class ContactFacts:
    """Somebody whom a centre is about to name for a purpose. `approved_on` is None without approval for `scheme`."""

    purpose: str
    email: str | None = None
    scheme: str | None = None
    approved_on: date | None = None
    named: bool | None = None


@dataclass(frozen=True)
class PurposeFacts:
    """A purpose at a centre: `living` is None when no contact hears of it; and a contact whose mail came back."""

    purpose: str
    living: int | None = None
    instead: str | None = None
    email: str | None = None
    bounced_on: date | None = None
    because: str | None = None


@dataclass(frozen=True)
class CheckpointFacts:
    """A checkpoint about to be set. `candidates` is None when nobody in its schemes is without an award."""

    today: date
    answer_by: date
    candidates: int | None = None


@dataclass(frozen=True)
class ExpectationFacts:
    """What a centre is about to say of one registration at a checkpoint."""

    said_on: date
    answer_by: date
    awarded_on: date | None = None


@dataclass(frozen=True)
class AgainFacts:
    """A further attempt at a unit, about to be registered and charged. `refused_in` as in `ClaimFacts`."""

    scheme: str
    on: date
    unit: str | None = None
    refused_in: int | None = None
    final_certification: date | None = None
    awarded_on: date | None = None


@dataclass(frozen=True)
class NameFacts:
    """A candidate's name about to be changed. `whole` compares with the name as registered or as last proven.

    `seen_by` is None unless it is somebody of those who may see proof. `printed_on` is of a valid certificate that has
    not come back; `scheme` and `closed_on` are of one that has, and would be reissued; `held_on` likewise.
    """

    asked_on: date
    last_name: str | None = None
    first_names_unshown: str | None = None
    last_name_unshown: str | None = None
    changed: bool | None = None
    whole: bool | None = None
    proof: str | None = None
    seen_by: int | None = None
    seen_on: date | None = None
    printed_on: date | None = None
    scheme: str | None = None
    closed_on: date | None = None
    held_on: date | None = None


@dataclass(frozen=True)
class FileFacts:
    """A file that came as evidence, and what was found in it. Found is nothing (None) when it was not looked into.

    `name` is as shown, `written` as it was sent when that differs. `unread` says why nobody could look into it.
    `acts` is what it would do by itself. `threat` is what the scanner calls it, `unscanned` why it gave no answer.
    `broken_off` is how many tries to look into it came to no end; None while there is another try.
    """

    name: str
    size: int
    most: int
    most_megabytes: int
    written: str | None = None
    unread: str | None = None
    kind: str | None = None
    accepted: bool | None = None
    also: str | None = None
    encrypted: bool | None = None
    damaged: bool | None = None
    macros: bool | None = None
    acts: str | None = None
    links: int | None = None
    unpacked_megabytes: int | None = None
    most_unpacked: int | None = None
    times: int | None = None
    most_times: int | None = None
    parts: int | None = None
    most_parts: int | None = None
    depth: int | None = None
    deepest: int | None = None
    threat: str | None = None
    unscanned: str | None = None
    room: bool | None = None
    there_as: str | None = None
    for_another: bool | None = None
    broken_off: int | None = None


@dataclass(frozen=True)
class EvidenceFacts:
    """A claim to which files are about to be added, or whose upload is about to be complete.

    `work_state` is None while the claim is a draft; `candidate_claimed` None when no candidate was named.
    """

    claim_state: str
    work_state: str | None = None
    candidate_claimed: bool | None = None
    files: int | None = None
    arriving: int | None = None
    looked_into: int | None = None
    without_files: int | None = None
    candidates: int | None = None
    unsigned: int | None = None
    units: int | None = None


@dataclass(frozen=True)
class NoteFacts:
    """Something that is about to be written on a file, by the centre or the moderator of its claim."""

    writer: str
    claim_state: str
    words: str | None = None
    page: int | None = None
    pages: int | None = None


@dataclass(frozen=True)
class SignatureFacts:
    """An internal verifier is about to sign the files behind a unit. `named` is whether the claim names them for it."""

    unit: str
    named: bool
    files: int | None = None


@dataclass(frozen=True)
class ActionFacts:
    """An action that a feedback report asks of a centre; later the centre's answer, and what was found of it."""

    asked_on: date
    due_on: date | None = None
    text: str | None = None
    answer: str | None = None
    judgement: str | None = None


@dataclass(frozen=True)
class QuestionFacts:
    """A moderator's question to a centre about one unit of one candidate; later its answer.

    `open_since` is when the question was asked that is still open about this unit, and `due_on` its last day.
    """

    asked_on: date
    unit: str | None = None
    text: str | None = None
    reason_code: str | None = None
    open_since: date | None = None
    due_on: date | None = None
    answer: str | None = None
    answered_on: date | None = None


@dataclass(frozen=True)
class ReviewRequestFacts:
    """A review of moderation about to be asked. `unchanged` and `reviewed` name a unit that can't be in it."""

    asked_on: date
    reported_on: date | None = None
    last_day: date | None = None
    units: int | None = None
    reason: str | None = None
    unchanged: str | None = None
    reviewed: str | None = None


@dataclass(frozen=True)
class AppealFacts:
    """An appeal about to be made against a review. `issued_on` is when its outcome went out."""

    asked_on: date
    issued_on: date | None = None
    last_day: date | None = None
    reason: str | None = None
    appealed_on: date | None = None


@dataclass(frozen=True)
class ReviewerFacts:
    """Somebody about to be appointed to a review or appeal of a claim in a scheme, and what they had to do with it.

    `competent` is None where no scheme at all was entered of the person.
    """

    reviewer: int
    scheme: str
    appointed_by: int | None = None
    competent: bool | None = None
    took_part: bool | None = None
    interest: bool | None = None
    at_centre: bool | None = None
    in_review: bool | None = None


@dataclass(frozen=True)
class ReviewedFacts:
    """What a review or an appeal is about to say of one unit of one candidate. Ranks as in `rules.appeals`."""

    reviewer: int
    decided_on: date
    scheme: str
    appointed: int | None = None
    unit: str | None = None
    outcome: str | None = None
    rank: int | None = None
    rank_before: int | None = None
    words: str | None = None
    final_certification: date | None = None


@dataclass(frozen=True)
class SampleFacts:
    """A claim of which a sample is about to be drawn."""

    drawn: bool | None = None
    decided: int | None = None


@dataclass(frozen=True)
class ExtensionFacts:
    """A sample about to be extended by the other units of an assessor. `added` is None when there is none."""

    reason: str | None = None
    added: int | None = None


@dataclass(frozen=True)
class BySampleFacts:
    """Units outside a sample about to be confirmed. `wrong_of` names an assessor of whom the sample was not clean."""

    undecided: int | None = None
    outside: int | None = None
    wrong_of: str | None = None


@dataclass(frozen=True)
class ExerciseFacts:
    """A standardisation exercise about to be set. `knows` names a moderator who decided on a piece of it.

    `without_files` is the code of a unit that is to be marked from files and has none that stay.
    """

    set_on: date
    answer_by: date
    moderators: int
    pieces: int | None = None
    without_files: str | None = None
    knows: str | None = None


@dataclass(frozen=True)
class MarkFacts:
    """A moderator's mark on one piece of an exercise. `outcome_before` is what they said of it already."""

    outcome: str | None = None
    reason_code: str | None = None
    outcome_before: str | None = None
