"""A year of moderation in figures, and which of them may be told without naming anybody.

A season holds true counts. `told` and `hidden` decide what of them is published; nothing here rounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from conferral.rules.policies import policy


@dataclass(frozen=True)
class Count:
    """How many things there were, at how many centres."""

    things: int = 0
    centres: int = 0

    @property
    def known(self) -> bool:
        """There was at least one."""
        return self.things > 0

    @property
    def tellable(self) -> bool:
        """So many, at so many centres, that nobody can be recognised."""
        return self.things >= policy("fewest_things_told") and self.centres >= policy("fewest_centres_told")


@dataclass(frozen=True)
class Evidence:
    """What a scheme takes as evidence at the end of the year, and whether units once certificated by themselves."""

    scheme: str
    title: str
    kind: str
    once_automatic: bool = False


@dataclass(frozen=True)
class Season:
    """Everything that a yearly report is drafted from. Days are London days, both ends inclusive.

    `reasons` counts decided units by reason code, `delays` claims by days from claim to despatch, `ways` by how the
    work came; `sound_centres` centres at which nine units of ten were confirmed, `sound_candidates` candidates all of
    whose units were; `days_waited` the days after which half of the reports were there, for work sent in time and for
    work sent late; `again` further attempts that were paid for; `unnamed` centres that named nobody living to hear of
    moderation.
    """

    subject: str
    begins_on: date
    ends_on: date
    drafted_on: date
    centres: int = 0
    claims: int = 0
    units: int = 0
    candidates: int = 0
    outcomes: Mapping[str, Count] = field(default_factory=dict)
    reasons: Mapping[str, Count] = field(default_factory=dict)
    wrong_evidence: Mapping[str, Count] = field(default_factory=dict)
    sound_centres: int = 0
    sound_candidates: int = 0
    sent: int = 0
    late: Count = Count()
    days_waited: int = 0
    days_waited_late: int = 0
    delays: Mapping[str, Count] = field(default_factory=dict)
    ways: Mapping[str, Count] = field(default_factory=dict)
    longest_delay: int = 0
    unsent: Count = Count()
    claimed_again: int = 0
    unmatched: Count = Count()
    went_back: int = 0
    recalled: Count = Count()
    again: Count = Count()
    reports: Count = Count()
    pockets: Count = Count()
    absences: Count = Count()
    unnamed: int = 0
    asked_for_change: Count = Count()
    evidence: Sequence[Evidence] = ()
    notices: Sequence[tuple[str, date]] = ()
    new_documents: Sequence[str] = ()
    updated_documents: Sequence[str] = ()
    documents_to_come: Sequence[str] = ()
    community: bool = False

    def outcome(self, name: str) -> Count:
        """How many units had an outcome."""
        return self.outcomes.get(name, Count())

    def reason(self, *codes: str) -> Count:
        """How many units were decided for any of these reasons. The centres are those of the commonest one."""
        found = [self.reasons.get(code, Count()) for code in codes]
        return Count(sum(one.things for one in found), max((one.centres for one in found), default=0))


def told(count: Count, things: str, where: str = "at") -> str:
    """A count in words that name nobody: "214 units at 31 centres", or "a few units" when they are too few to say."""
    return f"{count.things:,} {things} {where} {count.centres:,} centres" if count.tellable else f"a few {things}"


def share(part: int, whole: int) -> str:
    """How much of a whole: "84%", or "nearly all" and "hardly any" where the rest would be too few to say."""
    least = policy("fewest_things_told")
    if not whole or part == 0:
        return "none"
    if part == whole:
        return "all"
    if part < least:
        return "hardly any"
    return "nearly all" if whole - part < least else f"{round(100 * part / whole)}%"


def suppressed(counts: Mapping[str, Count], *, whole: bool = True) -> dict[str, int | None]:
    """The counts of a table that may be told; None for one that may not. What never happened is told as 0.

    With `whole` their sum is told elsewhere: then no single one is left out, since the sum would give it away.
    """
    shown = {name: one.things if one.tellable or not one.known else None for name, one in counts.items()}
    left_out = [name for name, value in shown.items() if value is None]
    if whole and len(left_out) == 1:
        others = [name for name, value in shown.items() if value]
        if others:
            shown[min(others, key=lambda name: counts[name].things)] = None
    return shown
