"""Who gets what, at the lowest cost: a flow from batches over kinds of batches to moderators, and the proof.

Batches for which every moderator costs the same are of one kind, and share its ways to the moderators. A moderator
who costs a single batch less than its kind has an own way from that batch. Every further batch of a moderator costs
at least as much as the one before, so the cheapest flow fills in that order. All numbers are whole (ADR 27).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from conferral.records.allocation.apart import flows_apart

FAR = np.int64(2**60)
UNPLACED = -1


class Own(NamedTuple):
    """Ways of single batches: batch, moderator and cost, a place each."""

    batch: np.ndarray
    moderator: np.ndarray
    cost: np.ndarray


class Load(NamedTuple):
    """What further batches of a moderator cost: for `room` of them `cost` each, the cheapest of a moderator first."""

    moderator: np.ndarray
    cost: np.ndarray
    room: np.ndarray


@dataclass(frozen=True)
class Question:
    """A kind for each batch; costs and what is allowed by kind and moderator; and what leaving a batch out costs."""

    kind: np.ndarray
    cost: np.ndarray
    allowed: np.ndarray
    own: Own
    load: Load
    left_out: np.ndarray


@dataclass(frozen=True)
class Answer:
    """The place of the moderator for each batch, or UNPLACED; and whether the prices prove that nothing is better.

    `looked_at` counts the ways from kinds to moderators that were looked at, `rounds` how often the flow was solved.
    """

    moderator: np.ndarray
    proven: bool
    looked_at: int
    rounds: int


def solve(question: Question, *, likely: int) -> Answer:
    """The cheapest answer. Of each kind, `likely` moderators for each batch are looked at first.

    The prices of that answer then say of every other way whether it could make things cheaper; those that could
    are looked at too, until there is none. The same question has the same answer.
    """
    looked_at = _likely(question, likely)
    rounds = 0
    while True:
        rounds += 1
        found = _cheapest(question, looked_at)
        prices = _prices(question, found, looked_at)
        if prices is None:  # the flow wasn't the cheapest of its own ways: never seen, and never called proven
            return Answer(found, False, int(looked_at.sum()), rounds)
        cheaper = _would_help(question, found, prices) & ~looked_at
        if not cheaper.any():
            return Answer(found, True, int(looked_at.sum()), rounds)
        looked_at |= cheaper


def points(question: Question, found: np.ndarray) -> int:
    """What an answer costs, without what is left out."""
    placed = found != UNPLACED
    held = np.bincount(found[placed], minlength=question.cost.shape[1])
    load, before = question.load, _room_before(question.load)
    used = np.clip(held[load.moderator] - before, 0, load.room)
    return int(_cost_of(question, found)[placed].sum() + (used * load.cost).sum())


def _likely(question: Question, likely: int) -> np.ndarray:
    """The cheapest moderators of each kind: as many as have, together, room for its batches so many times over."""
    cost, allowed = question.cost, question.allowed
    size = np.bincount(question.kind, minlength=len(cost))[:, None]
    order = np.argsort(np.where(allowed, cost, FAR), axis=1, kind="stable")
    room = np.bincount(question.load.moderator, question.load.room, minlength=cost.shape[1]).astype(np.int64)
    taken = np.minimum(room[order], size)
    chosen = np.zeros_like(allowed)
    np.put_along_axis(chosen, order, np.cumsum(taken, axis=1) - taken < size * likely, axis=1)
    return chosen & allowed


def _cheapest(question: Question, looked_at: np.ndarray) -> np.ndarray:
    batches, (kinds, moderators) = len(question.kind), question.cost.shape
    first_kind, first_moderator, sink = batches, batches + kinds, batches + kinds + moderators
    every = np.arange(batches)
    own, load = question.own, question.load
    kind, moderator = np.nonzero(looked_at)
    size = np.bincount(question.kind, minlength=kinds)
    one = np.ones_like(every)
    arcs = (
        (own.batch, first_moderator + own.moderator, np.ones_like(own.batch), own.cost),
        (every, first_kind + question.kind, one, np.zeros_like(every)),
        (every, np.full_like(every, sink), one, question.left_out),
        (first_kind + kind, first_moderator + moderator, size[kind], question.cost[kind, moderator]),
        (first_moderator + load.moderator, np.full_like(load.moderator, sink), load.room, load.cost),
    )
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[every], supply[sink] = 1, -batches
    columns = (np.concatenate([np.asarray(arc[place], dtype=np.int64) for arc in arcs]) for place in range(4))
    flows = np.split(flows_apart(*columns, supply), np.cumsum([len(arc[0]) for arc in arcs])[:-1])
    on_own, _, left_out, on_ways, _ = flows
    found = np.full(batches, UNPLACED)
    taken = on_own > 0
    found[own.batch[taken]] = own.moderator[taken]
    by_kind = (found == UNPLACED) & (left_out == 0)
    waiting = every[by_kind][np.argsort(question.kind[by_kind], kind="stable")]
    found[waiting] = np.repeat(moderator, on_ways)
    return found


def _cost_of(question: Question, found: np.ndarray) -> np.ndarray:
    """What each batch costs where it is, its moderator's load apart."""
    cost = np.where(found == UNPLACED, question.left_out, question.cost[question.kind, found])
    own = question.own
    here = found[own.batch] == own.moderator
    cost[own.batch[here]] = own.cost[here]
    return cost


def _room_before(load: Load) -> np.ndarray:
    """How much room of its moderator comes before each step of the load."""
    total = np.cumsum(load.room) - load.room
    starts = np.r_[True, load.moderator[1:] != load.moderator[:-1]] if len(total) else np.zeros(0, bool)
    return total - np.maximum.accumulate(np.where(starts, total, 0))


def _dearest(question: Question, found: np.ndarray) -> np.ndarray:
    """Of each kind, what its dearest batch costs at each moderator and, last, left out; less than nothing if none."""
    kinds, moderators = question.cost.shape
    place = np.where(found == UNPLACED, moderators, found)
    dearest = np.full((moderators + 1, kinds), -FAR)
    np.maximum.at(dearest, (place, question.kind), _cost_of(question, found))
    return dearest


def _prices(question: Question, found: np.ndarray, looked_at: np.ndarray) -> np.ndarray | None:
    """A price for each moderator, for being left out and for the end, by which no looked-at change pays; None if none.

    They are shortest ways between moderators, where a step moves one batch; a round trip that gains has no shortest.
    """
    moderators = question.cost.shape[1]
    left_out, end = moderators, moderators + 1
    step = np.full((moderators + 2, moderators + 2), FAR)
    cost, dearest = np.where(looked_at, question.cost, FAR), _dearest(question, found)
    for place in range(moderators + 1):
        here = np.flatnonzero(dearest[place] > -FAR)
        if len(here):
            step[place, :moderators] = (cost[here] - dearest[place, here][:, None]).min(axis=0)
    now, place, own = _cost_of(question, found), np.where(found == UNPLACED, left_out, found), question.own
    np.minimum.at(step, (place[own.batch], own.moderator), own.cost - now[own.batch])
    np.minimum.at(step, (place, np.full_like(place, left_out)), question.left_out - now)
    load = question.load
    left = np.bincount(place, minlength=moderators + 1)[load.moderator] - _room_before(load)
    more, less = left < load.room, left > 0
    np.minimum.at(step, (load.moderator[more], np.full(more.sum(), end)), load.cost[more])
    np.minimum.at(step, (np.full(less.sum(), end), load.moderator[less]), -load.cost[less])
    step[left_out, end] = 0
    if (found == UNPLACED).any():
        step[end, left_out] = 0
    step = np.minimum(step, FAR)
    price = np.zeros(moderators + 2, dtype=np.int64)
    for _ in range(moderators + 3):
        better = np.minimum(price, (price[:, None] + step).min(axis=0))
        if (better == price).all():
            return price
        price = better
    return None


def _would_help(question: Question, found: np.ndarray, prices: np.ndarray) -> np.ndarray:
    """The allowed ways on which some batch of the kind would cost less than where it is, at these prices."""
    moderators = question.cost.shape[1]
    dearest = _dearest(question, found)
    at_most = np.where(dearest > -FAR, dearest - prices[: moderators + 1, None], -FAR).max(axis=0, initial=-FAR)
    return question.allowed & (question.cost - prices[:moderators] < at_most[:, None])
