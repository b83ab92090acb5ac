"""Choosing one of many people without script: a few of those whom the rules allow, and the rest by part of a name."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest

from conferral.records.allocation.queries import Choice
from conferral.rules.book import rules_on
from conferral.rules.facts import AllocationFacts
from conferral.rules.policies import policy
from conferral.rules.rule import judge

# Letters that no decomposition takes apart.
_ASUNDER = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "œ": "oe", "æ": "ae", "’": "'"})
SHOWN = 20
# Fewer are read at a glance.
FILTERED = 12


@dataclass(frozen=True)
class Choosing:
    """Whom a page lists: `allowed` may be chosen, each with words beside the name; `excluded` not, each with why.

    Lists are cut at `SHOWN`; `who` narrows both to names that hold it, accents or not.
    """

    who: str
    allowed: Sequence[tuple[int, str]]
    excluded: Sequence[tuple[str, str]]
    first: int | None = None

    @property
    def found(self) -> list[tuple[int, str]]:
        """Those allowed whose names hold what was looked for, whoever stands already in front."""
        found = [one for one in self.allowed if self._holds(one[1])]
        return sorted(found, key=lambda one: one[0] != self.first)

    @property
    def shown(self) -> list[tuple[int, str]]:
        return self.found[:SHOWN]

    @property
    def kept_out(self) -> list[dict[str, str]]:
        """Those not allowed, as many as are shown."""
        return [{"name": name, "why": why} for name, why in self._kept_out[:SHOWN]]

    @property
    def more_kept_out(self) -> int:
        return max(0, len(self._kept_out) - SHOWN)

    @property
    def _kept_out(self) -> list[tuple[str, str]]:
        return [one for one in self.excluded if self._holds(one[0])]

    @property
    def filtered(self) -> bool:
        """Whether there are so many that looking for a name helps."""
        return bool(self.who) or len(self.allowed) > FILTERED or len(self.excluded) > SHOWN

    def narrow(self, field: forms.ChoiceField) -> None:
        """Let a field take everybody allowed, and show those found."""
        field.choices = self.allowed
        field.widget.choices = self.shown

    def _holds(self, name: str) -> bool:
        return _plain(self.who) in _plain(name)


def who_may_take(named: Iterable[Choice], request: HttpRequest, *, first: int | None = None) -> Choosing:
    """Those who may take a batch, whoever has most room first; and those whom a rule on allocations keeps out."""
    judged = [(one, judge(one.facts, rules_on("allocation"))) for one in named]
    allowed = sorted((one for one, said in judged if said.allowed), key=_room)
    return Choosing(
        request.GET.get("who", "").strip()[:100],
        [(one.moderator, f"{one.name}, {_load(one.facts)}") for one in allowed],
        [(one.name, " ".join(reason.text for reason in said.refused)) for one, said in judged if said.refused],
        first,
    )


def _room(one: Choice) -> tuple[float, str]:
    """The share of what is agreed that would be held; where nothing is agreed, that by which a proposal weighs it."""
    most = one.facts.most_batches
    weighed = policy("batches_where_none_are_agreed") if most is None else most
    return (one.facts.batches or 0) / (weighed or 1), one.name


def _load(facts: AllocationFacts) -> str:
    most = f" of {facts.most_batches} agreed" if facts.most_batches is not None else ""
    return f"would hold {facts.batches} {'batch' if facts.batches == 1 else 'batches'}{most}"


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold()).translate(_ASUNDER)
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())
