"""How often the depth advice agrees with answers that a person has labelled."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conferral.rules.depth import advise


@dataclass(frozen=True)
class Labelled:
    """An answer with an assessor's label. Every second one is `held_out`: the advice was not tuned on it."""

    criterion: str
    verb: str
    level: int
    points: int
    text: str
    thin: bool
    held_out: bool

    @property
    def flagged(self) -> bool:
        """The advice finds a ground to call it thin."""
        said = advise(self.text, verb=self.verb, level=self.level, points=self.points, criterion=self.criterion)
        return bool(said)


@dataclass(frozen=True)
class Score:
    """Of so many answers so many are thin; of those `hits` were flagged, and `false_alarms` of the others."""

    answers: int
    thin: int
    hits: int
    false_alarms: int

    @property
    def precision(self) -> float | None:
        """The share of the flagged that are thin; None when none is flagged."""
        flagged = self.hits + self.false_alarms
        return self.hits / flagged if flagged else None

    @property
    def recall(self) -> float | None:
        """The share of the thin that are flagged; None when none is thin."""
        return self.hits / self.thin if self.thin else None


def read_labelled(text: str) -> tuple[Labelled, ...]:
    """The answers of a TOML file of [[asked]] with criterion, verb, level, points, and lists `enough` and `thin`.

    Raises ValueError, with the place and the reason, for text that is none.
    """
    found = []
    for number, asked in enumerate(tomllib.loads(text).get("asked", ()), 1):
        try:
            about = (asked["criterion"], asked["verb"], int(asked["level"]), int(asked.get("points", 1)))
            for label in ("enough", "thin"):
                for place, answer in enumerate(asked[label]):
                    found.append(Labelled(*about, answer, label == "thin", place % 2 == 1))
        except KeyError as missing:
            raise ValueError(f"[[asked]] number {number} has no {missing.args[0]}.") from missing
    if not found:
        raise ValueError("There is no [[asked]] in it.")
    return tuple(found)


def score(answers: Iterable[Labelled]) -> Score:
    """Precision and recall of the advice on these answers."""
    said = Counter((one.thin, one.flagged) for one in answers)
    return Score(said.total(), said[True, True] + said[True, False], said[True, True], said[False, True])
