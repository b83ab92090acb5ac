"""Depth advice: what makes an answer look too thin for its command verb and level. Nothing is refused by it.

Only the text is read, never whether it is true: an answer can be full and wrong. Source: moderation-2012 p8.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from conferral.rules.verbs import COMMAND_VERBS

LONGEST = 20_000  # characters that are read of one answer; what follows them is left unread
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*%?")
_EDGE = re.compile(r"\n+|;|(?<=[.!?])\s+|(?:^|\s)(?:[-•*–]|\d{1,2}[.)])\s+")
_COMMA = re.compile(r",|\band\b|&|\bor\b")
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "it",
        "its",
        "it's",
        "this",
        "that",
        "these",
        "those",
        "they",
        "them",
        "their",
        "there",
        "he",
        "she",
        "his",
        "her",
        "you",
        "your",
        "we",
        "our",
        "i",
        "my",
        "me",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "might",
        "must",
        "not",
        "no",
        "which",
        "who",
        "what",
        "when",
        "how",
        "why",
        "where",
        "whether",
        "than",
        "then",
        "so",
        "if",
        "but",
        "about",
        "into",
        "out",
        "up",
    ]
)
_FAMILY = {verb: depth.verbs[0] for depth in COMMAND_VERBS.depths for verb in depth.verbs}
_PROSE = ("outline", "describe", "summarise", "explain", "compare", "discuss", "analyse", "assess", "justify", "plan")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Advice:
    """One ground on which an answer looks thin, in a sentence that an assessor can pass on. A person decides."""

    id: str
    text: str


@dataclass(frozen=True)
class Reading:
    """The values by which answers are read, with where they come from."""

    clause: str
    reviewed: date
    reading: str
    decided_by: str
    words: dict[str, dict[str, int]]
    signs: dict[str, list[str]]
    nothing: dict[str, list[str]]


def _read() -> Reading:
    return Reading(**tomllib.loads(files("conferral.rules").joinpath("depth.toml").read_text("utf-8")))


READING = _read()


@dataclass(frozen=True)
class _Answer:
    """An answer taken apart, with what its criterion asks."""

    text: str
    words: tuple[str, ...]
    items: tuple[str, ...]
    verb: str
    family: str
    level: int
    points: int
    criterion: str

    def shows(self, sign: str) -> bool:
        return bool(_pattern(sign).search(self.text))


def advise(answer: str, *, verb: str, level: int | None, points: int = 1, criterion: str = "") -> tuple[Advice, ...]:
    """Why an answer looks too thin for its verb and level: a sentence each, none when nothing was found.

    `level` is 1 to 8, None is read as 2; `points` is how many the criterion asks for. With the text of the
    criterion, an answer that only says it again is found too. A verb that the glossary lacks is read as describe.
    """
    family = _FAMILY.get(verb.strip().lower(), "describe")
    text = re.sub(r"[’‘]", "'", answer[:LONGEST]).strip().lower()
    read = _Answer(
        text, tuple(_WORD.findall(text)), tuple(_items(text)), verb.strip().lower(), family, level or 2,
        max(points, 1), criterion.lower(),
    )  # fmt: skip
    if first := next((found for ground in _ALONE if (found := ground(read))), None):
        return (first,)
    return tuple(found for ground in _TOGETHER if (found := ground(read)))


def least_words(verb: str, level: int | None, points: int = 1) -> int:
    """Fewer words than these are few for a verb at a level, and for each point of a list."""
    values = READING.words[_FAMILY.get(verb.strip().lower(), "describe")]
    least = values["least"] + values["per_level"] * ((level or 2) - 2)
    return max(least, 3) + (points - 1) * (least // 2)


def points_asked(criterion: str) -> int:
    """How many points the text of a criterion asks for: the number after a verb that lists, else 1."""
    if _FAMILY.get(criterion.split(" ")[0].lower(), "") != "list" and not criterion.lower().startswith("give examples"):
        return 1
    said = re.search(r"^\W*(?:\w+\W+){1,2}?(two|three|four|five|six|seven|eight|nine|ten)\b", criterion.lower())
    return _NUMBERS.index(said[1]) if said else 1


def _items(text: str) -> Iterator[str]:
    """The points of an answer: by line, bullet, semicolon and sentence; one alone also by comma and "and"."""
    parts = [part.strip() for part in _EDGE.split(text) if part and _WORD.search(part)]
    if len(parts) == 1:
        parts = [part.strip() for part in _COMMA.split(parts[0]) if _WORD.search(part)]
    yield from parts


@lru_cache(maxsize=64)
def _pattern(sign: str) -> re.Pattern[str]:
    said = (re.escape(one).replace(r"\*", r"\w*") for one in READING.signs[sign])
    return re.compile(rf"(?<!\w)(?:{'|'.join(said)})(?!\w)")


def _content(words: Iterable[str]) -> set[str]:
    """What the words are about: without small words, and cut to their beginnings so that forms of one word agree."""
    return {word[:5] for word in words if word not in _SMALL}


def _blank(read: _Answer) -> Advice | None:
    if not read.words:
        return Advice("blank", "Nothing is answered.")
    bare = " ".join(read.words)
    if bare in READING.nothing["said"] or read.text.strip(" .") in READING.nothing["said"]:
        return Advice("blank", f"“{bare.capitalize()}” stands where the answer belongs.")
    return None


def _one_word(read: _Answer) -> Advice | None:
    if len(read.words) > 1:
        return None
    return Advice("one-word", f"One word where the criterion says “{read.verb}”. {_least(read)}")


def _repeats(read: _Answer) -> Advice | None:
    if len(read.words) < 3 or (len(set(read.words)) > 0.25 * len(read.words) and len(set(read.words)) > 1):
        return None
    return Advice("repeats", "The same words are said again and again.")


def _restates(read: _Answer) -> Advice | None:
    asked = _content(_WORD.findall(read.criterion))
    said = _content(read.words)
    if not asked or len(said - asked) > max(1, len(said) // 4) or len(said & asked) < min(2, len(asked)):
        return None
    return Advice("restates", "The answer says the criterion again and adds nothing to it.")


def _few_points(read: _Answer) -> Advice | None:
    if read.family not in ("list", "give examples") or read.points == 1 or len(read.items) >= read.points:
        return None
    found = _NUMBERS[len(read.items)] if len(read.items) <= 10 else str(len(read.items))
    asked = _NUMBERS[read.points] if read.points <= 10 else str(read.points)
    return Advice("few-points", f"{found.capitalize()} of the {asked} points that are asked for can be seen.")


def _bare_points(read: _Answer) -> Advice | None:
    if read.family != "list" or read.points == 1 or len(read.items) < read.points:
        return None
    bare = sum(len(_WORD.findall(item)) == 1 for item in read.items)
    if 2 * bare <= len(read.items):
        return None
    return Advice("bare-points", "Most points are one word: a few words each would show what is meant.")


def _list(read: _Answer) -> Advice | None:
    if read.family not in _PROSE or len(read.items) < 2:
        return None
    longest = sorted(len(_WORD.findall(item)) for item in read.items)
    if longest[len(longest) // 2] > 4 or len(read.words) >= 3 * least_words(read.verb, read.level):
        return None
    return Advice("list", f"A list where the criterion says “{read.verb}”: it asks for sentences.")


def _few_words(read: _Answer) -> Advice | None:
    least = least_words(read.verb, read.level, read.points if read.family != "list" else 1)
    if len(read.words) >= least:
        return None
    count = f"{len(read.words)} words are few for “{read.verb}” at level {read.level}"
    return Advice("few-words", f"{count}; answers that were enough have {least} or more. {_least(read)}")


def _no_reason(read: _Answer) -> Advice | None:
    if read.family == "explain" and not read.shows("reason"):
        return Advice("no-reason", "It says what, and not why or how: no cause, effect or reason can be seen.")
    return None


def _two_descriptions(read: _Answer) -> Advice | None:
    if read.family != "compare" or (read.shows("difference") and (read.level < 2 or read.shows("likeness"))):
        return None
    missing = "what differs" if not read.shows("difference") else "what is alike"
    return Advice("not-compared", f"The two are told side by side: {missing} cannot be seen.")


def _one_side(read: _Answer) -> Advice | None:
    if read.family != "discuss" or read.shows("other_side"):
        return None
    return Advice("one-side", "One side only: nothing is weighed against it.")


def _not_taken_apart(read: _Answer) -> Advice | None:
    if read.family != "analyse" or (read.shows("parts") and read.shows("reason")):
        return None
    return Advice("told-only", "It tells what happened: how the parts hang together and what follows cannot be seen.")


def _opinion(read: _Answer) -> Advice | None:
    if read.family != "assess":
        return None
    if not read.shows("judgement"):
        return Advice("no-judgement", "No judgement can be seen: what is strong, what is weak, and a conclusion.")
    if not read.shows("evidence"):
        return Advice("opinion", "An opinion: no evidence is given for the judgement.")
    return None


def _choice_alone(read: _Answer) -> Advice | None:
    if read.family != "justify" or read.shows("options"):
        return None
    return Advice("choice-alone", "Why the other options were not taken is not said.")


def _claimed_only(read: _Answer) -> Advice | None:
    if read.family != "demonstrate" or read.shows("record"):
        return None
    return Advice("claimed-only", "It says that it is done: no observation, record or witness is named.")


def _one_occasion(read: _Answer) -> Advice | None:
    if read.family != "plan" or len(_pattern("time").findall(read.text)) >= 2:
        return None
    return Advice("one-occasion", "Steps with their times, or evidence over time, cannot be seen.")


def _general(read: _Answer) -> Advice | None:
    if read.family != "give examples" or read.shows("concrete") or re.search(r"\d", read.text):
        return None
    return Advice("general", "It would fit anywhere: no case from a workplace can be seen.")


def _least(read: _Answer) -> str:
    depth = next(depth for depth in COMMAND_VERBS.depths if depth.verbs[0] == read.family)
    return f"At the least: {depth.least[0].lower()}{depth.least[1:]}."


_Ground = Callable[[_Answer], Advice | None]
# The first of these alone is told: beside it the others would say the same in other words.
_ALONE: tuple[_Ground, ...] = (_blank, _one_word, _repeats, _restates)
_TOGETHER: tuple[_Ground, ...] = (
    _few_points, _bare_points, _list, _few_words, _no_reason, _two_descriptions, _one_side, _not_taken_apart,
    _opinion, _choice_alone, _claimed_only, _one_occasion, _general,
)  # fmt: skip
