"""What a rule is: one decorated function with its sentence, remedy, clause and dates in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from conferral.rules.days import london_day
from conferral.rules.terms import after, before, present, same

REFUSED, WARNED, NOTED = "refused", "warned", "noted"
PASSED, NOT_APPLICABLE, NOT_IN_FORCE = "passed", "not applicable", "not in force"


@dataclass(frozen=True)
class Reason:
    """Why one rule spoke, in words for the person whom it concerns."""

    rule: str
    outcome: str
    text: str
    remedy: str
    clause: str
    about: str

    def as_json(self) -> dict[str, str]:
        """The reason as the command line and the API print it."""
        return {
            "rule": self.rule,
            "outcome": self.outcome,
            "text": self.text,
            "remedy": self.remedy,
            "clause": self.clause,
        }


@dataclass(frozen=True)
class Rule:
    """A policy said once. Call it with one frozen record of facts, or with an Ibis table of them."""

    id: str
    subject: str
    outcome: str
    clause: str
    refuse: str
    remedy: str
    about: str
    dated_by: str
    since: date | None
    until: date | None
    needs: tuple[str, ...]
    reading: str
    decided_by: str
    rulebook: tuple[str, ...]
    decide: Callable[[Any], Any]

    @property
    def heading(self) -> str:
        """The obligation as a sentence: the first line of the function's docstring."""
        return (self.decide.__doc__ or "").strip().splitlines()[0]

    @property
    def explanation(self) -> str:
        """The rest of the docstring: bounds, and what absence means."""
        lines = (self.decide.__doc__ or "").strip().splitlines()[1:]
        return " ".join(line.strip() for line in lines).strip()

    def __call__(self, facts: Any) -> Any:
        """Whether the rule speaks: a bool for a record, a boolean column for a table."""
        spoken = self.decide(facts)
        for fact in self.needs:
            spoken = spoken & present(getattr(facts, fact))
        day = getattr(facts, self.dated_by) if self.dated_by else None
        if self.since is not None:
            spoken = spoken & (after(day, self.since) | same(day, self.since))
        if self.until is not None:
            spoken = spoken & (before(day, self.until) | same(day, self.until))
        return spoken

    def standing(self, facts: Any) -> str:
        """How the rule stands towards one record: its outcome, or why it did not speak."""
        day = getattr(facts, self.dated_by) if self.dated_by else None
        if before(day, self.since) or after(day, self.until):
            return NOT_IN_FORCE
        if not all(present(getattr(facts, fact)) for fact in self.needs):
            return NOT_APPLICABLE
        return self.outcome if self(facts) else PASSED

    def reason(self, facts: Any) -> Reason:
        """The sentence and remedy, with this record's facts written into them."""
        known = Words(facts)
        return Reason(
            self.id,
            self.outcome,
            self.refuse.format_map(known),
            self.remedy.format_map(known),
            self.clause,
            self.about,
        )


class Words:
    """The facts of one record as they are written in sentences: London days in full, absence as 'none'."""

    def __init__(self, facts: Any) -> None:
        self.facts = facts

    def __getitem__(self, name: str) -> str:
        value = getattr(self.facts, name)
        if isinstance(value, datetime):
            value = london_day(value)
        if isinstance(value, date):
            return f"{value.day} {value:%B %Y}"
        return "none" if value is None else str(value)


@dataclass(frozen=True)
class Verdict:
    """What all the rules of a subject said of one record."""

    reasons: tuple[Reason, ...] = ()
    judged: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """No rule refused. Warnings and notes do not refuse."""
        return not self.refused

    @property
    def refused(self) -> tuple[Reason, ...]:
        """The reasons that refuse."""
        return tuple(reason for reason in self.reasons if reason.outcome == REFUSED)

    @property
    def warned(self) -> tuple[Reason, ...]:
        """The reasons that only warn or note."""
        return tuple(reason for reason in self.reasons if reason.outcome != REFUSED)

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(self.reasons + other.reasons, self.judged + other.judged)

    def as_json(self) -> dict[str, Any]:
        """The verdict as the command line and the API print it."""
        return {"allowed": self.allowed, "reasons": [reason.as_json() for reason in self.reasons]}


BOOK: dict[str, Rule] = {}


def rule(
    id: str,
    *,
    subject: str,
    clause: str,
    refuse: str,
    remedy: str,
    about: str = "",
    outcome: str = REFUSED,
    dated_by: str = "",
    since: date | None = None,
    until: date | None = None,
    needs: tuple[str, ...] = (),
    reading: str = "",
    decided_by: str = "",
    rulebook: tuple[str, ...] = (),
) -> Callable[[Callable[[Any], Any]], Rule]:
    """Enter a function into the book as a rule.

    `about` names the fact (and so the form field or file column) that the refusal stands beside;
    `needs` the facts without which the rule does not apply; `since` and `until` are inclusive days,
    measured by the fact named in `dated_by`; `rulebook` the numbers of the design's rules it carries.
    """

    def enter(decide: Callable[[Any], Any]) -> Rule:
        if id in BOOK or id != decide.__name__.replace("_", "-"):
            raise ValueError(f"Rule {id}: the id must be new and match its function's name.")
        if (since or until) and not dated_by:
            raise ValueError(f"Rule {id}: days in force need the fact that they are measured by, in dated_by.")
        BOOK[id] = Rule(
            id, subject, outcome, clause, refuse, remedy, about, dated_by, since, until,
            needs, reading, decided_by, rulebook, decide,
        )  # fmt: skip
        return BOOK[id]

    return enter


def judge(facts: Any, rules: Iterable[Rule]) -> Verdict:
    """What the rules say of one record: every reason, in the order of the rules."""
    rules = tuple(rules)
    return Verdict(
        tuple(rule.reason(facts) for rule in rules if rule(facts)),
        tuple(rule.id for rule in rules),
    )
