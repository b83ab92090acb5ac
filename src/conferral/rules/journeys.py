"""The journeys of claims, parcels, files, registrations, certificates, reports and the like, as tables of moves."""

from dataclasses import dataclass
from typing import Any

from conferral.rules.allocations import change_declined_without_reason
from conferral.rules.consignments import (
    claim_not_open_to_centre,
    work_already_received,
    work_still_in_time,
)
from conferral.rules.feedback import action_answered_without_words, action_not_met_without_reason
from conferral.rules.guidance import report_without_section, section_not_read, year_not_over
from conferral.rules.moderators import proposal_changed_by_another
from conferral.rules.questions import question_answered_late, question_answered_without_words
from conferral.rules.reviews import report_with_open_questions, report_with_undecided_units
from conferral.rules.rule import REFUSED, Reason, Rule, Verdict, judge


@dataclass(frozen=True)
class Move:
    """From one state by one verb to another, made by one audience, unless a rule refuses."""

    state: str
    verb: str
    to: str
    by: str
    unless: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Journey:
    """A table of moves. `starts` are the states in which a thing may be first stored."""

    name: str
    starts: tuple[str, ...]
    moves: tuple[Move, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table mentions them."""
        named = [*self.starts, *(state for move in self.moves for state in (move.state, move.to))]
        return tuple(dict.fromkeys(named))

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """The pairs of states between which the database lets a row pass."""
        return tuple(dict.fromkeys((move.state, move.to) for move in self.moves if move.state != move.to))

    def move(self, state: str, verb: str, by: str) -> Move | None:
        """The move that this verb makes from this state for this audience, if there is one."""
        named = (move for move in self.moves if (move.state, move.verb) == (state, verb))
        return next((move for move in named if by == move.by), None)

    def judge(self, state: str, verb: str, facts: Any = None, *, by: str) -> Verdict:
        """Whether the verb may be done now, with the reasons of the rules that stand against it."""
        move = self.move(state, verb, by)
        if move is None:
            return Verdict((self._no_such_move(state, verb),), (MOVE_RULE,))
        return judge(facts, move.unless)

    def _no_such_move(self, state: str, verb: str) -> Reason:
        done = verb.replace("_", " ")
        return Reason(
            MOVE_RULE,
            REFUSED,
            f"This {self.name} is {state.replace('_', ' ')}, so you can't {done}.",
            "Open it again to see what can be done now: somebody may have been quicker.",
            "house",
            "",
        )

    def mermaid(self) -> str:
        """The journey as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", *(f"    [*] --> {state}" for state in self.starts)]
        lines += [f"    {move.state} --> {move.to}: {move.verb} ({move.by})" for move in self.moves]
        leaving = {move.state for move in self.moves}
        return "\n".join(lines + [f"    {state} --> [*]" for state in self.states if state not in leaving])


MOVE_RULE = "no-such-move"

CLAIM = Journey(
    "claim",
    ("draft",),
    (
        Move("draft", "change", "draft", "centre"),
        Move("draft", "submit", "submitted", "centre"),
        Move("submitted", "take_back", "draft", "centre", (claim_not_open_to_centre,)),
        Move("with_moderator", "take_back", "draft", "centre", (claim_not_open_to_centre,)),
        Move("submitted", "receive_work", "with_moderator", "moderator"),
        Move("submitted", "deliver_work", "with_moderator", "centre"),
        Move("submitted", "open_visit", "with_moderator", "moderator"),
        Move("submitted", "withdraw_unmet", "withdrawn", "clock", (work_still_in_time, work_already_received)),
        Move("submitted", "withdraw", "withdrawn", "moderator"),
        Move("with_moderator", "withdraw", "withdrawn", "moderator"),
        Move(
            "with_moderator",
            "send_report",
            "with_awarding_organisation",
            "moderator",
            (report_with_undecided_units, report_with_open_questions),
        ),
        Move("with_awarding_organisation", "process", "processed", "desk"),
    ),
)

CLAIMED_UNIT = Journey(
    "claimed unit",
    ("chosen",),
    (
        Move("chosen", "submit", "claimed", "centre"),
        Move("claimed", "take_back", "chosen", "centre"),
        Move("claimed", "confirm", "confirmed", "moderator"),
        Move("claimed", "amend", "amended", "moderator"),
        Move("claimed", "not_award", "not_awarded", "moderator"),
        Move("claimed", "withdraw", "withdrawn", "moderator"),
        Move("claimed", "withdraw", "withdrawn", "clock"),
        # What a review or an appeal betters. The database asks for its decision.
        Move("not_awarded", "withdraw_on_review", "withdrawn", "desk"),
        Move("not_awarded", "amend_on_review", "amended", "desk"),
        Move("not_awarded", "confirm_on_review", "confirmed", "desk"),
        Move("withdrawn", "amend_on_review", "amended", "desk"),
        Move("withdrawn", "confirm_on_review", "confirmed", "desk"),
        Move("amended", "confirm_on_review", "confirmed", "desk"),
    ),
)

CONSIGNMENT = Journey(
    "consignment",
    ("awaited", "unmatched"),
    (
        Move("awaited", "despatch", "despatched", "centre"),
        Move("awaited", "receive", "received", "moderator"),
        Move("despatched", "receive", "received", "moderator"),
        Move("despatched", "deliver", "received", "centre"),
        Move("received", "match", "matched", "moderator"),
        Move("received", "match", "matched", "centre"),
        Move("awaited", "cancel", "cancelled", "centre"),
        Move("awaited", "cancel", "cancelled", "clock"),
        Move("awaited", "cancel", "cancelled", "moderator"),
        Move("matched", "turn_back", "to_return", "centre"),
        Move("matched", "cancel", "cancelled", "centre"),
        Move("despatched", "turn_back", "to_return", "clock"),
        Move("despatched", "turn_back", "to_return", "centre"),
        Move("despatched", "turn_back", "to_return", "moderator"),
        Move("to_return", "return", "returned", "moderator"),
        Move("to_return", "return", "returned", "desk"),
        Move("despatched", "cancel", "cancelled", "clock"),
        Move("despatched", "cancel", "cancelled", "centre"),
        Move("despatched", "cancel", "cancelled", "moderator"),
        Move("awaited", "cancel", "cancelled", "desk"),
        Move("despatched", "cancel", "cancelled", "desk"),
        Move("unmatched", "match", "matched", "moderator"),
        Move("unmatched", "return", "returned", "moderator"),
        Move("unmatched", "return", "returned", "desk"),
        Move("unmatched", "return", "returned", "clock"),
    ),
)

STORED_FILE = Journey(
    "stored file",
    ("receiving",),
    (
        Move("receiving", "receive", "received", "centre"),
        Move("receiving", "give_up", "given_up", "centre"),
        Move("receiving", "give_up", "given_up", "clock"),
        Move("received", "accept", "accepted", "clock"),
        Move("received", "refuse", "refused", "clock"),
    ),
)

REGISTRATION = Journey(
    "registration",
    ("registered",),
    (
        Move("registered", "bank_unit", "part_achieved", "desk"),
        Move("part_achieved", "bank_unit", "part_achieved", "desk"),
        Move("part_achieved", "award", "achieved", "desk"),
        # Once a hold is lifted.
        Move("part_achieved", "award", "achieved", "clock"),
        Move("achieved", "certificate", "certificated", "clock"),
    ),
)

CERTIFICATE = Journey(
    "certificate",
    ("due",),
    (
        Move("due", "issue", "issued", "clock"),
        Move("issued", "revoke", "revoked", "desk"),
    ),
)

CHANGE_REQUEST = Journey(
    "change request",
    ("asked",),
    (
        Move("asked", "grant", "granted", "desk"),
        Move("asked", "decline", "declined", "desk", (change_declined_without_reason,)),
        Move("asked", "take_back", "taken_back", "centre"),
    ),
)

PROPOSED_ALLOCATION = Journey(
    "proposed allocation",
    ("proposed", "locked", "unplaced"),
    (
        Move("proposed", "lock", "locked", "desk", (proposal_changed_by_another,)),
        Move("locked", "unlock", "proposed", "desk", (proposal_changed_by_another,)),
        Move("proposed", "choose", "locked", "desk", (proposal_changed_by_another,)),
        Move("locked", "choose", "locked", "desk", (proposal_changed_by_another,)),
        Move("unplaced", "choose", "locked", "desk", (proposal_changed_by_another,)),
        Move("proposed", "accept", "accepted", "desk", (proposal_changed_by_another,)),
        Move("locked", "accept", "accepted", "desk", (proposal_changed_by_another,)),
        Move("proposed", "replace", "replaced", "desk"),
        Move("locked", "replace", "replaced", "desk"),
        Move("unplaced", "replace", "replaced", "desk"),
    ),
)

ANNUAL_REPORT = Journey(
    "annual report",
    ("draft",),
    (
        Move("draft", "draft_again", "draft", "desk"),
        Move("draft", "publish", "published", "desk", (year_not_over, report_without_section, section_not_read)),
    ),
)

REQUIRED_ACTION = Journey(
    "required action",
    ("open",),
    (
        Move("open", "answer", "answered", "centre", (action_answered_without_words,)),
        Move("not_met", "answer", "answered", "centre", (action_answered_without_words,)),
        Move("answered", "find_met", "met", "moderator"),
        Move("answered", "find_met", "met", "desk"),
        Move("answered", "find_not_met", "not_met", "moderator", (action_not_met_without_reason,)),
        Move("answered", "find_not_met", "not_met", "desk", (action_not_met_without_reason,)),
    ),
)

QUESTION = Journey(
    "question",
    ("open",),
    (
        Move("open", "answer", "answered", "centre", (question_answered_without_words, question_answered_late)),
        Move("open", "withdraw", "withdrawn", "moderator"),
        # The unit is decided, or the whole claim withdrawn, while the centre is still asked.
        Move("open", "overtake", "overtaken", "moderator"),
        # The unit is decided after the answer, or asked about once more: what waits for a moderator stays a short list.
        Move("answered", "settle", "settled", "moderator"),
    ),
)

REVIEW = Journey(
    "review",
    ("asked",),
    (
        Move("asked", "appoint", "with_reviewer", "desk"),
        Move("with_reviewer", "appoint", "with_reviewer", "desk"),
        Move("asked", "take_back", "taken_back", "centre"),
        Move("with_reviewer", "decide", "decided", "moderator"),
        Move("with_reviewer", "decide", "decided", "desk"),
        Move("decided", "issue", "issued", "desk"),
    ),
)

HOLD = Journey("hold", ("open",), (Move("open", "lift", "lifted", "desk"),))

SUSPICION = Journey(
    "suspicion",
    ("reported",),
    (
        Move("reported", "place_hold", "held", "desk"),
        Move("reported", "close", "closed", "desk"),
    ),
)

EXERCISE = Journey("exercise", ("open",), (Move("open", "close", "closed", "desk"),))

JOURNEYS = {
    "claim": CLAIM,
    "claimed-unit": CLAIMED_UNIT,
    "consignment": CONSIGNMENT,
    "stored-file": STORED_FILE,
    "registration": REGISTRATION,
    "certificate": CERTIFICATE,
    "change-request": CHANGE_REQUEST,
    "proposed-allocation": PROPOSED_ALLOCATION,
    "annual-report": ANNUAL_REPORT,
    "required-action": REQUIRED_ACTION,
    "question": QUESTION,
    "review": REVIEW,
    "exercise": EXERCISE,
    "hold": HOLD,
    "suspicion": SUSPICION,
}
