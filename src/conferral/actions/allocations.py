"""Proposed allocations: worked out for every batch that waits, locked, edited, and accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.db import transaction

from conferral.actions.centres import allocate
from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_centre, write_to_person
from conferral.actions.moves import move
from conferral.records.allocation.models import AllocationRun, ProposedAllocation
from conferral.records.allocation.queries import choices, latest_run
from conferral.records.people.models import Person
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import LONDON, london_day
from conferral.rules.facts import ProposalFacts
from conferral.rules.journeys import MOVE_RULE, PROPOSED_ALLOCATION
from conferral.rules.letters import MODERATION
from conferral.rules.moderators import proposal_changed_by_another
from conferral.rules.permissions import Acting
from conferral.rules.policies import policy
from conferral.rules.rule import Verdict, judge

if TYPE_CHECKING:
    from conferral.records.allocation.proposal import Proposal

OPEN = ("proposed", "locked", "unplaced")
WEIGHTS = ("continuity", "even_load", "travel", "post", "turnaround")


def weights_of_policy() -> dict[str, int]:
    """The weights where the desk says nothing else."""
    return {name: policy(f"weight_of_{name}") for name in WEIGHTS}


@transaction.atomic
def propose_allocations(
    weights: Mapping[str, int] | None = None, *, on: date | None = None, timer: Callable[[], float], at: datetime,
    by: Acting,
) -> AllocationRun:  # fmt: skip
    """Propose a moderator for every batch that waits, in place of what was proposed before; locks are kept.

    A lock that a rule refuses by now is not kept: its batch is proposed anew. `on` is the London day for which the
    rules are asked, the day of `at` if none is given; `timer` gives seconds, to tell how long it took. Raises
    RuntimeError without the extra `allocation`.
    """
    take_turn("proposing allocations")
    before = latest_run()
    locked = list(before.proposals.filter(state="locked")) if before else []
    began = timer()
    made = _solved(on or london_day(at), dict(weights or weights_of_policy()), locked)
    run = AllocationRun.objects.create(
        made_by_id=by.person, made_at=at, weights=dict(made.weights), batches=len(made.edges.batches), cost=made.cost,
        proven=made.answer.proven, thousandths=round((timer() - began) * 1000),
    )  # fmt: skip
    _replace(before, at=at, by=by)
    ProposedAllocation.objects.bulk_create(_rows(run, made, locked), batch_size=2000)
    facts = {"batches": run.batches, "unplaced": made.unplaced, "points": run.cost, "proven": run.proven}
    record([Done("allocations_proposed", "allocation_run", run.pk, facts=facts)], at=at, by=by)
    return run


def _solved(on: date, weights: dict[str, int], locked: list[ProposedAllocation]) -> Proposal:
    if find_spec("ortools") is None:
        raise RuntimeError("Proposing needs OR-Tools: install conferral with its extra `allocation`.")
    from conferral.records.allocation.edges import gather
    from conferral.records.allocation.proposal import propose

    edges = gather(on)
    batch = {(one.centre, one.scheme): place for place, one in enumerate(edges.batches)}
    person = {one.id: place for place, one in enumerate(edges.moderators)}
    kept = {
        batch[one.centre_id, one.scheme_id]: person[one.moderator_id]
        for one in locked
        if one.moderator_id and (one.centre_id, one.scheme_id) in batch
    }
    return propose(edges, weights, kept)


def _replace(before: AllocationRun | None, *, at: datetime, by: Acting) -> None:
    if before:
        for state in OPEN:
            before.proposals.filter(state=state).update(state="replaced", changed_by=by.person, changed_at=at)


def _rows(run: AllocationRun, made: Proposal, locked: list[ProposedAllocation]) -> list[ProposedAllocation]:
    edited = {(one.centre_id, one.scheme_id): one for one in locked}
    rows = []
    for place, batch in enumerate(made.edges.batches):
        given = int(made.moderator[place])
        lock = edited.get((batch.centre, batch.scheme)) if place in made.locked else None
        rows.append(
            ProposedAllocation(
                run=run, centre_id=batch.centre, scheme_id=batch.scheme, candidates=batch.candidates,
                waiting_since=batch.waiting_since,
                moderator_id=made.edges.moderators[given].id if given >= 0 else None,
                state="unplaced" if given < 0 else "locked" if lock else "proposed",
                why=made.why(place) if given >= 0 else "",
                excluded={} if given >= 0 else made.excluded(place),
                instead_of_id=lock.instead_of_id if lock else None,
                changed_by_id=lock.changed_by_id if lock else None,
                changed_at=lock.changed_at if lock else None,
            )
        )  # fmt: skip
    return rows


@transaction.atomic
def lock_proposal(id: int, *, seen_at: datetime, at: datetime, by: Acting) -> Verdict:
    """Keep a proposal when everything is proposed again. Raises ProposedAllocation.DoesNotExist."""
    return _moved(id, "lock", "proposal_locked", seen_at=seen_at, at=at, by=by)


@transaction.atomic
def unlock_proposal(id: int, *, seen_at: datetime, at: datetime, by: Acting) -> Verdict:
    """Let a proposal change again. Raises ProposedAllocation.DoesNotExist."""
    return _moved(id, "unlock", "proposal_unlocked", seen_at=seen_at, at=at, by=by)


@transaction.atomic
def choose_moderator(id: int, moderator: int, *, seen_at: datetime, at: datetime, by: Acting) -> Verdict:
    """Propose somebody else for a batch, and lock that. Refused as the allocation itself would be.

    Raises ProposedAllocation.DoesNotExist.
    """
    found, verdict = _judged(id, "choose", seen_at=seen_at, by=by)
    if verdict.allowed:
        chosen = choices(found.centre_id, found.scheme_id, london_day(at), moderator=moderator)
        verdict += judge(chosen[0].facts, rules_on("allocation")) if chosen else Verdict()
    if verdict.refused:
        return verdict
    found.instead_of_id = found.instead_of_id or found.moderator_id
    found.moderator_id, found.why = moderator, "Chosen by hand"
    _move(found, "choose", "proposal_edited", verdict, at=at, by=by)
    return verdict


@transaction.atomic
def accept_proposal(id: int, *, seen_at: datetime, at: datetime, by: Acting) -> Verdict:
    """Give the batch to the proposed moderator from today on, and tell the centre and the moderator.

    Judged as any allocation is, by what holds now. Raises ProposedAllocation.DoesNotExist.
    """
    found, verdict = _judged(id, "accept", seen_at=seen_at, by=by)
    if verdict.allowed and found.moderator_id:
        verdict += allocate(found.centre_id, found.scheme_id, found.moderator_id, on=london_day(at), at=at, by=by)
    if verdict.refused:
        return verdict
    _move(found, "accept", "proposal_accepted", verdict, at=at, by=by)
    _tell(found, at=at, by=by)
    return verdict


def _moved(id: int, verb: str, event: str, *, seen_at: datetime, at: datetime, by: Acting) -> Verdict:
    found, verdict = _judged(id, verb, seen_at=seen_at, by=by)
    if verdict.allowed:
        _move(found, verb, event, verdict, at=at, by=by)
    return verdict


def _judged(id: int, verb: str, *, seen_at: datetime, by: Acting) -> tuple[ProposedAllocation, Verdict]:
    """The proposal, locked, and whether the verb may be done; whoever was quicker is named."""
    locked = ProposedAllocation.objects.select_for_update(of=("self",))
    found = locked.select_related("changed_by", "moderator").get(pk=id)
    other = found.changed_by if found.changed_by_id != by.person else None
    since = found.changed_at if other and found.changed_at and found.changed_at > seen_at else None
    facts = ProposalFacts(
        found.state,
        changed_by=other.name if other and since else None,
        changed_at=f"{since.astimezone(LONDON):%H:%M on %-d %B}" if since else None,
    )
    verdict = PROPOSED_ALLOCATION.judge(found.state, verb, facts, by=by.audience)
    if verdict.judged == (MOVE_RULE,):
        verdict = judge(facts, (proposal_changed_by_another,)) + verdict
    return found, verdict


def _move(found: ProposedAllocation, verb: str, event: str, verdict: Verdict, *, at: datetime, by: Acting) -> None:
    found.changed_by_id, found.changed_at = by.person, at
    facts: dict[str, Any] = {"scheme": found.scheme_id, "moderator": found.moderator_id}
    move(PROPOSED_ALLOCATION, found, verb, at=at, by=by, event=event, verdict=verdict, facts=facts)


def _tell(found: ProposedAllocation, *, at: datetime, by: Acting) -> None:
    name = Person.objects.get(pk=found.moderator_id).name
    about = ("proposal", str(found.pk))
    write_to_centre(
        found.centre_id, MODERATION, scheme=found.scheme_id, subject=f"{found.scheme_id}: {name} looks at your work",
        text=f"From today on {name} looks at your work in {found.scheme_id}. The address for parcels stands on each "
        "cover sheet.", about=about, at=at, by=by,
    )  # fmt: skip
    write_to_person(
        found.moderator_id or 0, subject=f"Centre {found.centre_id}, {found.scheme_id}: yours from today on",
        text="You look at this work from today on.", about=about, at=at, by=by,
    )  # fmt: skip
