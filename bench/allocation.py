"""Allocating every batch that waits: facts and costs of all pairs, the flow with its proof, and other ways to it."""

import resource
import time
from collections.abc import Iterator
from typing import Any

from bench import home
from bench.figures import Figure

TIMES_EDGES = 2


def measure(sizes: list[list[int]]) -> Iterator[Figure]:
    """Each size in databases and processes of their own, so that memory is each one's own."""
    for batches, moderators in sizes:
        database = f"allocation_{batches}"
        home.call("bench.allocation_world:load", database=database, batches=batches, moderators=moderators)
        found = home.call("bench.allocation:ours", database=database)
        greedy = home.call("bench.allocation:greedily", database=database)
        whole = home.call("bench.allocation:every_pair", database=database)
        yield from _figures(f"{batches:,} batches, {moderators:,} moderators", found, greedy, whole)


def _figures(size: str, ours: dict[str, Any], greedy: dict[str, Any], whole: dict[str, Any]) -> Iterator[Figure]:
    edges, solving = ours["edges"], ours["solving"]
    yield Figure("Facts, rules and costs of all pairs", f"{size}; {ours['kinds']:,} kinds of batches", f"{edges:.2f} s")
    yield Figure(
        "The best allocation, proved", f"{size}; {ours['looked_at']:,} of {ours['ways']:,} ways looked at in "
        f"{ours['rounds']} rounds; proven: {'yes' if ours['proven'] else 'no'}", f"{solving:.2f} s",
    )  # fmt: skip
    yield Figure(
        "Solving, times building the edges", size, f"{solving / edges:.2f}", f"at most {TIMES_EDGES}",
        solving <= TIMES_EDGES * edges,
    )  # fmt: skip
    yield Figure("Peak memory of that", size, f"{ours['megabytes']:,.0f} MB")
    yield Figure("Proposed in all, as the page does", f"{size}; proposals written and logged", f"{ours['whole']:.1f} s")
    yield Figure(
        "Points against the optimum", f"{size}; every pair a way of its own: {whole['seconds']:.1f} s, "
        f"{whole['megabytes']:,.0f} MB, {whole['points']:,} points, {whole['unplaced']:,} left out",
        f"{ours['points'] / max(1, whole['points']):.4f}", "the optimum",
        (ours["total"], ours["proven"]) == (whole["total"], True),
    )  # fmt: skip
    yield Figure(
        "A greedy pass", f"{size}; {greedy['unplaced']:,} left out against {ours['unplaced']:,}, {greedy['points']:,} "
        f"points against {ours['points']:,}, a batch placed {greedy['each']:.1f} against {ours['each']:.1f}",
        f"{greedy['seconds']:.2f} s",
    )  # fmt: skip


def _asked() -> Any:
    from django.conf import settings

    from conferral.actions.allocations import weights_of_policy
    from conferral.records.access import acting_as
    from conferral.records.allocation.edges import gather
    from conferral.records.allocation.proposal import ask
    from conferral.rules.days import london_day
    from conferral.rules.permissions import CLOCK

    with acting_as(CLOCK):
        edges = gather(london_day(settings.CLOCK()))
    return ask(edges, weights_of_policy())


def _said(question: Any, found: Any) -> dict[str, Any]:
    from conferral.records.allocation.flow import UNPLACED, points

    left = found == UNPLACED
    cost = points(question, found)
    return {
        "points": cost, "unplaced": int(left.sum()), "total": cost + int(question.left_out[left].sum()),
        "each": cost / max(1, len(found) - int(left.sum())),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def ours(times: int = 3) -> dict[str, Any]:
    """The product: the best of some times, after the first has imported everything; then as the page does it."""
    from django.conf import settings

    from conferral.actions.allocations import propose_allocations
    from conferral.records.access import acting_as
    from conferral.records.allocation.flow import solve
    from conferral.rules.permissions import CLOCK
    from conferral.rules.policies import policy

    _asked()
    edges_in, solved_in = [], []
    for _ in range(times):
        began = time.perf_counter()
        question = _asked()
        edges_in.append(time.perf_counter() - began)
        began = time.perf_counter()
        answer = solve(question, likely=policy("likely_moderators_for_a_batch"))
        solved_in.append(time.perf_counter() - began)
    said = _said(question, answer.moderator)
    began = time.perf_counter()
    with acting_as(CLOCK):
        propose_allocations(timer=time.perf_counter, at=settings.CLOCK(), by=CLOCK)
    return said | {
        "edges": min(edges_in), "solving": min(solved_in), "whole": time.perf_counter() - began,
        "kinds": len(question.cost), "proven": answer.proven, "looked_at": answer.looked_at, "rounds": answer.rounds,
        "ways": int(question.allowed.sum()),
    }  # fmt: skip


def greedily() -> dict[str, Any]:
    """What has waited longest first, each to whom it costs least with the load at that moment."""
    import numpy as np

    from conferral.records.allocation.flow import FAR, UNPLACED

    question = _asked()
    began = time.perf_counter()
    moderators = question.cost.shape[1]
    steps = [[] for _ in range(moderators)]
    for person, cost, room in zip(*(column.tolist() for column in question.load), strict=True):
        steps[person] += [cost] * room
    own = {}
    for batch, person, cost in zip(*(column.tolist() for column in question.own), strict=True):
        own.setdefault(batch, []).append((person, cost))
    further = np.array([each[0] if each else FAR for each in steps])
    taken, found = [0] * moderators, np.full(len(question.kind), UNPLACED)
    masked = np.where(question.allowed, question.cost, FAR)
    for batch in np.argsort(-question.left_out, kind="stable").tolist():
        cost = masked[question.kind[batch]].copy()
        for person, cheaper in own.get(batch, ()):
            cost[person] = cheaper
        cost = np.where(further >= FAR, FAR, cost + further)
        person = int(cost.argmin())
        if cost[person] < FAR:
            found[batch] = person
            taken[person] += 1
            left = steps[person][taken[person] :]
            further[person] = left[0] if left else FAR
    return _said(question, found) | {"seconds": time.perf_counter() - began}


def every_pair() -> dict[str, Any]:
    """Without kinds and without likely ones: an arc for each pair that the rules allow, by OR-Tools alone."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    from conferral.records.allocation.flow import UNPLACED

    question = _asked()
    began = time.perf_counter()
    batches, moderators = len(question.kind), question.cost.shape[1]
    cost = question.cost[question.kind].astype(np.int32)
    cost[question.own.batch, question.own.moderator] = question.own.cost
    batch, person = np.nonzero(question.allowed[question.kind])
    flow, sink, load = min_cost_flow.SimpleMinCostFlow(), batches + moderators, question.load
    add = flow.add_arcs_with_capacity_and_unit_cost
    ways = add(batch, batches + person, np.ones_like(batch), cost[batch, person].astype(np.int64))
    every = np.arange(batches)
    add(every, np.full_like(every, sink), np.ones_like(every), question.left_out)
    add(batches + load.moderator, np.full_like(load.moderator, sink), load.room, load.cost)
    flow.set_nodes_supplies(np.append(every, sink), np.append(np.ones_like(every), -batches))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("not solved")
    taken = flow.flows(ways) > 0
    found = np.full(batches, UNPLACED)
    found[batch[taken]] = person[taken]
    return _said(question, found) | {"seconds": time.perf_counter() - began, "total": flow.optimal_cost()}
