"""What is proposed for every batch that waits: what each moderator would cost, the best answer, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

import numpy as np

from conferral.records.allocation.columns import Column
from conferral.records.allocation.edges import Edges, refusals
from conferral.records.allocation.flow import UNPLACED, Answer, Load, Own, Question, points, solve
from conferral.rules.policies import policy
from conferral.rules.regions import steps_between

MOST_DAYS_WAITED = 3650
# Load beyond so many times what is agreed, or taken as agreed, weighs no more.
MOST_TIMES_AGREED = 5


@dataclass(frozen=True)
class Proposal:
    """An answer for some batches. `moderator` is a place for each of them, UNPLACED for none."""

    edges: Edges
    weights: Mapping[str, int]
    locked: Mapping[int, int]
    question: Question
    answer: Answer
    moderator: np.ndarray

    @cached_property
    def cost(self) -> int:
        """The points of what is placed, locked batches apart."""
        return points(self.question, self.answer.moderator)

    @cached_property
    def unplaced(self) -> int:
        return int((self.moderator == UNPLACED).sum())

    @cached_property
    def load(self) -> np.ndarray:
        """How many batches each moderator holds with everything that is proposed."""
        placed = self.moderator[self.moderator != UNPLACED]
        return _held(self.edges) + np.bincount(placed, minlength=len(self.edges.moderators))

    def why(self, batch: int) -> str:
        """What speaks for the proposed moderator of a batch, or in spite of what it is this one."""
        place, one = int(self.moderator[batch]), self.edges.batches[batch]
        person = self.edges.moderators[place]
        since = self._known_since.get((place, one.centre))
        steps = steps_between(one.region, person.region) if one.region and person.region else None
        near = "same region" if steps == 0 else f"{steps} {'region' if steps == 1 else 'regions'} away"
        with_all = f"{self.load[place]} of {person.most} batches" if person.most is not None else ""
        said = [
            f"knows this centre since {since.year}" if since else "new to this centre",
            near if steps is not None else "",
            f"away for {person.days_ahead} of the next {policy('days_of_absence_looked_ahead')} days"
            if person.days_ahead else "",
            f"{with_all} if you accept all" if with_all else "",
        ]  # fmt: skip
        return "; ".join(filter(None, said)).capitalize()

    @cached_property
    def _known_since(self) -> dict[tuple[int, str], object]:
        return {(place, centre): since for place, centre, since in self.edges.known}

    def excluded(self, batch: int) -> dict[str, int]:
        """How many moderators each rule keeps from a batch; under "full" those kept by none, with no room left."""
        kind = self.edges.kind[batch]
        refused = {rule: where[kind] for rule, where in self._refusals.items()}
        counted = {rule: int(where.sum()) for rule, where in refused.items() if where.any()}
        free = len(self.edges.moderators) - int(np.logical_or.reduce(list(refused.values())).sum())
        return counted | ({"full": free} if free else {})

    @cached_property
    def _refusals(self) -> dict[str, np.ndarray]:
        return _refusals(self.edges, _held(self.edges, self.locked))


def propose(edges: Edges, weights: Mapping[str, int], locked: Mapping[int, int]) -> Proposal:
    """The best answer under the weights. `locked` gives batches their moderators, both by place, beforehand.

    A lock that a rule refuses by now is left out. As many batches are placed as can be; where not all can, those
    that have waited longest go first.
    """
    kept = _kept(edges, locked)
    open_ = np.array([index for index in range(len(edges.batches)) if index not in kept], dtype=np.int64)
    asked = ask(edges, weights, _held(edges, kept), open_)
    answer = solve(asked, likely=policy("likely_moderators_for_a_batch"))
    moderator = np.full(len(edges.batches), UNPLACED)
    moderator[open_] = answer.moderator
    for batch, place in kept.items():
        moderator[batch] = place
    return Proposal(edges, weights, kept, asked, answer, moderator)


def _kept(edges: Edges, locked: Mapping[int, int]) -> dict[int, int]:
    """The locks that every rule lets stand, in the order of the batches, each counting for the next."""
    kept: dict[int, int] = {}
    if locked:
        room, refused = _room(edges, _held(edges)), _any(_refusals(edges, _held(edges)))
        for batch, place in sorted(locked.items()):
            if not refused[edges.kind[batch], place] and list(kept.values()).count(place) < room[place]:
                kept[batch] = place
    return kept


def _held(edges: Edges, locked: Mapping[int, int] | None = None) -> np.ndarray:
    held = np.array([one.held for one in edges.moderators], dtype=np.int64)
    np.add.at(held, list((locked or {}).values()), 1)
    return held


def _refusals(edges: Edges, held: np.ndarray) -> dict[str, np.ndarray]:
    return refusals(SimpleNamespace(**(vars(edges.facts) | {"batches": Column(held + 1)})), edges.shape)


def _any(refused: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.logical_or.reduce(list(refused.values()))


def _room(edges: Edges, held: np.ndarray) -> np.ndarray:
    """How many further batches the rules let each moderator hold: the rules are asked of each further one."""
    most = np.array([one.most or 0 for one in edges.moderators], dtype=np.int64)
    further = np.arange(1, min(len(edges.batches), int(most.max(initial=0))) + 2)[:, None]
    said = {"allocated_on": edges.on, "batches": Column(held + further), "most_batches": edges.facts.most_batches}
    facts = SimpleNamespace(**(dict.fromkeys(vars(edges.facts)) | said))
    refused = _any(refusals(facts, (len(further), len(edges.moderators))))
    return np.where(refused.any(axis=0), refused.argmax(axis=0), len(edges.batches))


def ask(
    edges: Edges, weights: Mapping[str, int], held: np.ndarray | None = None, open_: np.ndarray | None = None
) -> Question:
    """The question of the flow: rules and costs of the batches that are `open_`, by place (all, if none are named).

    `held` counts what each moderator holds beforehand, locked batches included.
    """
    held = _held(edges) if held is None else held
    open_ = np.arange(len(edges.batches)) if open_ is None else open_
    kind = edges.kind[open_]
    allowed = ~_any(_refusals(edges, held)) if edges.kinds else np.zeros(edges.shape, dtype=bool)
    by_visit = np.array([one.by_visit for one in edges.kinds], dtype=bool)[:, None]
    days = np.array([one.days_ahead for one in edges.moderators], dtype=np.int64)
    cost = (
        weights["continuity"]
        + np.where(by_visit, weights["travel"], weights["post"]) * _steps(edges)
        + weights["turnaround"] * days
    )
    kind, cost, allowed = _alike(edges, kind, cost, allowed)
    load = _load(edges, weights["even_load"], held)
    batch, place = _known(edges, open_)
    usable = allowed[kind[batch], place]
    batch, place = batch[usable], place[usable]
    own = Own(batch, place, cost[kind[batch], place] - weights["continuity"])
    waited = np.array([(edges.on - edges.batches[one].waiting_since).days for one in open_], dtype=np.int64)
    # One batch more is worth more than everything that placing it could change elsewhere.
    worth = (len(edges.moderators) + 2) * int(cost.max(initial=0) + 1) + int(load.cost.max(initial=0)) + 1
    return Question(kind, cost, allowed, own, load, worth * (1 + np.clip(waited, 0, MOST_DAYS_WAITED)))


def _alike(
    edges: Edges, kind: np.ndarray, cost: np.ndarray, allowed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One kind of those in which the same moderators are allowed at the same cost, whatever keeps the others out."""
    found: dict[tuple[bool, str, bytes], int] = {}
    rows = np.packbits(allowed, axis=1)
    same = [
        found.setdefault((one.by_visit, one.region, row.tobytes()), len(found))
        for one, row in zip(edges.kinds, rows, strict=True)
    ]
    into = np.array(same, dtype=np.int64)
    first = np.unique(into, return_index=True)[1]
    return into[kind], cost[first], allowed[first]


def _steps(edges: Edges) -> np.ndarray:
    regions = sorted({one.region for one in (*edges.kinds, *edges.moderators)})
    index = {region: place for place, region in enumerate(regions)}
    table = np.array([[steps_between(one, other) for other in regions] for one in regions], dtype=np.int64)
    kinds = [index[one.region] for one in edges.kinds]
    people = [index[one.region] for one in edges.moderators]
    return table[np.ix_(kinds, people)] if regions else np.zeros(edges.shape, dtype=np.int64)


def _known(edges: Edges, open_: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Open batches, by their place among the open ones, with the moderators whom their centre knows."""
    by_centre: dict[str, list[int]] = {}
    for place, centre, _ in edges.known:
        by_centre.setdefault(centre, []).append(place)
    pairs = [
        (index, place) for index, batch in enumerate(open_) for place in by_centre.get(edges.batches[batch].centre, ())
    ]
    found = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _load(edges: Edges, weight: int, held: np.ndarray) -> Load:
    """What each further batch of a moderator weighs: in proportion to what is agreed, so each more than the last."""
    agreed = np.array([one.most or policy("batches_where_none_are_agreed") for one in edges.moderators], dtype=np.int64)
    room = np.minimum(_room(edges, held), len(edges.batches))
    steps = np.minimum(room, MOST_TIMES_AGREED * agreed)
    place = np.repeat(np.arange(len(steps)), steps)
    further = np.arange(len(place)) - np.repeat(np.cumsum(steps) - steps, steps) + 1
    cost = weight * (held[place] + further) // agreed[place]
    each = np.ones_like(place)
    last = np.flatnonzero(np.r_[place[1:] != place[:-1], True]) if len(place) else np.zeros(0, dtype=np.int64)
    each[last] += (room - steps)[place[last]]
    return Load(place, cost, each)
