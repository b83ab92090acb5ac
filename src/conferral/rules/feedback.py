"""What a feedback report is drafted from, read once from `feedback.toml`; and what actions and answers must say."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, present, same

MOST_IN_FOUR = 3  # so many quarters confirmed are "most"


@dataclass(frozen=True)
class Wording:
    """What a reason drafts: what was found, what may be asked before, what the centre is to do, and in how many days.

    The days are working days of the centre's nation.
    """

    code: str
    sentence: str
    question: str
    action: str
    working_days: int
    clause: str
    reading: str
    decided_by: str


@dataclass(frozen=True)
class Remark:
    """Something about the work as it came that decides nothing: what is ticked, and what the centre is asked to do."""

    code: str
    title: str
    action: str
    working_days: int
    clause: str
    reading: str
    decided_by: str


@dataclass(frozen=True)
class Praise:
    """A sentence of praise, and what the records must show for it."""

    cause: str
    sentence: str
    clause: str


_SAID = tomllib.loads(files("conferral.rules").joinpath("feedback.toml").read_text("utf-8"))
WORDINGS = {one["code"]: Wording(**one) for one in _SAID["reason"]}
REMARKS = {one["code"]: Remark(**one) for one in _SAID["remark"]}
PRAISE = tuple(Praise(**one) for one in _SAID["praise"])


@dataclass(frozen=True)
class Found:
    """One unit that was decided otherwise than confirmed: why, what was written of it, and whom it concerns."""

    unit: str
    code: str | None
    words: str
    candidate: str


@dataclass(frozen=True)
class Standing:
    """What the records show of a claim. `None` where there is nothing to show."""

    decided: int
    confirmed: int
    marked: bool | None = None
    checked: bool | None = None
    in_time: bool | None = None


@dataclass(frozen=True)
class Asked:
    """An action as it is drafted. `unit` is None where it concerns several."""

    code: str
    unit: str | None
    text: str
    working_days: int


def sentence_of(code: str | None, unit: str) -> str:
    """The sentence that a reason drafts for a unit; nothing for none, or for one that has no wording."""
    return WORDINGS[code].sentence.format(unit=unit) if code in WORDINGS else ""


def question_of(code: str | None, unit: str) -> str:
    """The question that a reason drafts about a unit; nothing for none, or for one that has no wording."""
    return WORDINGS[code].question.format(unit=unit) if code in WORDINGS else ""


def drafted_lines(found: Iterable[Found]) -> list[str]:
    """What was found, each wording once with the candidates whom it concerns; the house's where nothing was written."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for one in found:
        words = " ".join(one.words.split()) or sentence_of(one.code, one.unit)
        if words:
            grouped.setdefault((one.unit, words), []).append(one.candidate)
    return [f"{unit}: {words} ({', '.join(dict.fromkeys(names))})" for (unit, words), names in grouped.items()]


def drafted_actions(found: Iterable[Found]) -> list[Asked]:
    """One action a reason, the one due soonest first, naming the units that it concerns."""
    units: dict[str, list[str]] = {}
    for one in found:
        if one.code in WORDINGS:
            units.setdefault(str(one.code), []).append(one.unit)
    asked = [_asked(code, list(dict.fromkeys(named))) for code, named in units.items()]
    return sorted(asked, key=lambda one: one.working_days)


def _asked(code: str, units: Sequence[str]) -> Asked:
    said = WORDINGS[code]
    named = units[0] if len(units) == 1 else f"{', '.join(units[:-1])} and {units[-1]}"
    return Asked(code, units[0] if len(units) == 1 else None, said.action.format(unit=named), said.working_days)


def drafted_praise(standing: Standing) -> list[str]:
    """The sentences of praise for which the records give cause."""
    given = {
        "all_confirmed": standing.confirmed == standing.decided > 0,
        "most_confirmed": standing.decided > standing.confirmed
        and 4 * standing.confirmed >= MOST_IN_FOUR * standing.decided,
        "marked": standing.marked is True,
        "checked": standing.checked is True,
        "in_time": standing.in_time is True,
    }
    words = {"confirmed": standing.confirmed, "decided": standing.decided}
    return [one.sentence.format(**words) for one in PRAISE if given[one.cause]]


@rule(
    "action-without-words",
    subject="required_action",
    about="text",
    clause="moderation-2012 p8",
    refuse="An action doesn’t say what the centre is to do.",
    remedy="Write one sentence that the centre can act on, or take the action away.",
    rulebook=("R24",),
)
def action_without_words(action: Any) -> Any:
    """An action says what the centre is to do."""
    return absent(action.text)


@rule(
    "action-due-too-soon",
    subject="required_action",
    about="due_on",
    clause="house",
    needs=("due_on",),
    refuse="An action is due on {due_on}, which leaves the centre no day for it.",
    remedy="Choose a day after today.",
    rulebook=("R24",),
)
def action_due_too_soon(action: Any) -> Any:
    """An action is due after the day on which it is asked for."""
    return same(action.due_on, action.asked_on) | after(action.asked_on, action.due_on)


@rule(
    "action-without-day",
    subject="required_action",
    about="due_on",
    clause="house",
    refuse="An action doesn’t say by when.",
    remedy="Choose a day after today.",
    rulebook=("R24",),
)
def action_without_day(action: Any) -> Any:
    """An action says by when."""
    return absent(action.due_on)


@rule(
    "action-answered-without-words",
    subject="action_answer",
    about="answer",
    clause="house",
    refuse="The answer doesn’t say what your centre has done.",
    remedy="Write what was done, when and by whom: the moderator reads it.",
    rulebook=("R24",),
)
def action_answered_without_words(action: Any) -> Any:
    """A centre answers an action in words."""
    return absent(action.answer)


@rule(
    "action-not-met-without-reason",
    subject="action_answer",
    about="judgement",
    clause="moderation-2012 p8",
    refuse="It doesn’t say what is still missing.",
    remedy="Write what the centre still has to do.",
    rulebook=("R24",),
)
def action_not_met_without_reason(action: Any) -> Any:
    """Whoever finds an action not met says what is still missing."""
    return present(action.answer) & absent(action.judgement)
