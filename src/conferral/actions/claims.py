"""What a centre does with a claim, and what the clock does when its work does not come."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from conferral.actions.evidence_carried import carry_evidence, leave_behind
from conferral.actions.ledger import Done, record
from conferral.actions.moves import move, move_all
from conferral.actions.work_letters import tell_of_reminder, tell_of_return, tell_of_submission, tell_of_withdrawal
from conferral.records.calendar import remind_at, send_by, withdraw_after
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Qualification, Unit
from conferral.records.claims.marks import marks_missing
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment, CriterionMark, InternalCheck
from conferral.records.claims.queries import (
    Pair,
    allocated_moderator,
    claim_facts,
    earlier_draft,
    facts_if_claimed,
    schemes_of_centre,
)
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import ClaimFacts, ConsignmentFacts, SubmissionFacts, as_json
from conferral.rules.journeys import CLAIM, CLAIMED_UNIT, CONSIGNMENT
from conferral.rules.permissions import Acting
from conferral.rules.references import CONSIGNMENT_LENGTH, reference_from
from conferral.rules.rule import REFUSED, Reason, Verdict, judge

Fresh = Callable[[int], bytes]

EMPTY_CLAIM = Reason(
    "claim-is-empty",
    REFUSED,
    "Nothing is claimed yet.",
    "Tick at least one unit for one candidate.",
    "house",
    "unit",
)

# What a reason is about decides where it is said: once for the whole claim, or beside a unit of a candidate;
# and of a unit not chosen yet, only what no choice of people or evidence would put right.
ABOUT_SCHEME = frozenset({"scheme", "claimed_on"})
ABOUT_CHOICES = frozenset({"assessor", "internal_verifier", "evidence_kind"})
MAY_WAIT_IN_DRAFT = frozenset({"claim-without-moderator"})


class Named(NamedTuple):
    """Who assessed and who verified a unit, and the kind of evidence for it. None: not said yet."""

    assessor: int | None
    internal_verifier: int | None
    evidence_kind: str | None


@dataclass(frozen=True)
class Offer:
    """A scheme in which a centre might claim, with what stands against every claim in it."""

    scheme: Qualification
    has_candidates: bool
    verdict: Verdict

    @property
    def can_start(self) -> bool:
        """A draft is worth beginning: nothing refuses it, or only what may be settled while it waits."""
        return self.has_candidates and all(reason.rule in MAY_WAIT_IN_DRAFT for reason in self.verdict.refused)


def offers(centre: str, *, at: datetime) -> list[Offer]:
    """The schemes that a centre is approved for or has candidates in, with what the rules say of claiming."""
    rules = [rule for rule in rules_on("claim") if rule.about in ABOUT_SCHEME]
    found = schemes_of_centre(centre, london_day(at))
    return [Offer(scheme, candidates, judge(facts, rules)) for scheme, candidates, facts in found]


@transaction.atomic
def start_claim(scheme: str, *, at: datetime, by: Acting) -> Claim:
    """Begin a draft for one scheme at the acting centre. Raises Qualification.DoesNotExist."""
    claim = Claim.objects.create(centre_id=by.own_centre, scheme_id=scheme, made_by_id=by.somebody, made_at=at)
    record([Done("claim_drafted", "claim", claim.pk, by.centre)], at=at, by=by)
    return claim


@transaction.atomic
def choose_units(claim_id: int, pairs: Iterable[Pair], *, at: datetime, by: Acting) -> Verdict:
    """Put units of candidates into a draft. One that is in it already stays as it is."""
    claim, verdict = _draft(claim_id, by)
    if verdict.allowed:
        units = [_chosen(claim, pair) for pair in _of_scheme(claim, pairs)]
        ClaimedUnit.objects.bulk_create(units, ignore_conflicts=True)
    return verdict


@transaction.atomic
def leave_out_units(claim_id: int, pairs: Iterable[Pair], *, at: datetime, by: Acting) -> Verdict:
    """Take units of candidates out of a draft. One that is not in it is passed over."""
    claim, verdict = _draft(claim_id, by)
    if verdict.allowed:
        _leave_out(claim, pairs)
    return verdict


@transaction.atomic
def say_of_units(
    claim_id: int,
    pairs: Iterable[Pair],
    *,
    assessor: int | None = None,
    internal_verifier: int | None = None,
    evidence_kind: str | None = None,
    at: datetime,
    by: Acting,
) -> Verdict:
    """Name assessor, internal verifier or kind of evidence for units of a draft; what is None stays as it was."""
    claim, verdict = _draft(claim_id, by)
    said = {
        "assessor_id": assessor,
        "internal_verifier_id": internal_verifier,
        "evidence_kind": evidence_kind,
    }
    said = {name: value for name, value in said.items() if value is not None}
    if verdict.allowed and said:
        for unit, registrations in _by_unit(pairs).items():
            claim.units.filter(unit_id=unit, registration_id__in=registrations).update(**said)
    return verdict


@transaction.atomic
def write_units(
    claim_id: int, chosen: Mapping[Pair, Named], left_out: Iterable[Pair], *, at: datetime, by: Acting
) -> Verdict:
    """Make a draft say just this of some units: who is named for those chosen, and which are left out.

    Units of the draft in neither stay as they are. A registration of another scheme or centre is passed over.
    """
    claim, verdict = _draft(claim_id, by)
    if verdict.allowed:
        _leave_out(claim, left_out)
        ClaimedUnit.objects.bulk_create(
            [_chosen(claim, pair, chosen[pair]) for pair in _of_scheme(claim, chosen)],
            update_conflicts=True,
            unique_fields=["claim", "registration", "unit"],
            update_fields=["assessor", "internal_verifier", "evidence_kind"],
        )
    return verdict


def _chosen(claim: Claim, pair: Pair, named: Named = Named(None, None, None)) -> ClaimedUnit:
    return ClaimedUnit(
        centre_id=claim.centre_id, claim=claim, registration_id=pair.registration, unit_id=pair.unit,
        assessor_id=named.assessor, internal_verifier_id=named.internal_verifier, evidence_kind=named.evidence_kind,
    )  # fmt: skip


def _of_scheme(claim: Claim, pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs whose registration is the centre's own in this scheme: the database checks no more than that it is."""
    pairs = list(pairs)
    own = Registration.objects.filter(centre_id=claim.centre_id, scheme_id=claim.scheme_id)
    registrations = set(own.filter(pk__in={pair.registration for pair in pairs}).values_list("pk", flat=True))
    units = set(Unit.objects.filter(pk__in={pair.unit for pair in pairs}).values_list("pk", flat=True))
    return [pair for pair in pairs if pair.registration in registrations and pair.unit in units]


def _leave_out(claim: Claim, pairs: Iterable[Pair]) -> None:
    for unit, registrations in _by_unit(pairs).items():
        claim.units.filter(unit_id=unit, registration_id__in=registrations).delete()


def _by_unit(pairs: Iterable[Pair]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = {}
    for pair in pairs:
        grouped.setdefault(pair.unit, []).append(pair.registration)
    return grouped


def judge_claim(claim: Claim, *, at: datetime) -> dict[Pair, tuple[ClaimFacts, Verdict]]:
    """What the rules say of each unit in a claim if it were submitted now."""
    rules = rules_on("claim")
    facts = claim_facts(claim, london_day(at))
    return {pair: (known, judge(known, rules)) for pair, known in facts.items()}


def judge_if_claimed(
    claim: Claim, registrations: Iterable[int], units: Iterable[str], *, at: datetime
) -> dict[Pair, tuple[ClaimFacts, Verdict]]:
    """What stands against putting units of candidates into a draft, whoever is named and whatever is sent."""
    rules = [rule for rule in rules_on("claim") if rule.about not in ABOUT_CHOICES | ABOUT_SCHEME]
    facts = facts_if_claimed(claim, registrations, units, london_day(at))
    return {pair: (known, judge(known, rules)) for pair, known in facts.items()}


@transaction.atomic
def submit_claim(claim_id: int, *, gaps_because: str = "", at: datetime, by: Acting, fresh: Fresh) -> Verdict:
    """Submit the units of a draft that nothing refuses; the others move into a new draft.

    Refused when no unit can go, and when criteria have no mark unless `gaps_because` says why. The clock for
    sending the work starts at `at`. Safe to repeat: a submitted claim is refused, not changed. Raises
    Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update(of=("self",)).select_related("scheme", "centre").get(pk=claim_id)
    verdict = CLAIM.judge(claim.state, "submit", by=by.audience)
    if verdict.refused:
        return verdict
    take_turn(f"claiming at {claim.centre_id}")
    judged = judge_claim(claim, at=at)
    good = {pair: both for pair, both in judged.items() if both[1].allowed}
    if not good:
        refusals = tuple(reason for _, said in judged.values() for reason in said.refused)
        return Verdict(refusals or (EMPTY_CLAIM,), (EMPTY_CLAIM.rule,))
    whole = submission_facts(claim, good, gaps_because=gaps_because, at=at)
    complete = judge(whole, rules_on("submission"))
    if complete.refused:
        return complete
    claim.gaps_because = whole.gaps_because or "" if whole.gaps else ""
    _keep_all_but(claim, good.keys(), at=at, by=by)
    _submit(claim, good, complete, gaps=whole.gaps, at=at, by=by, fresh=fresh)
    return _summary(good.values()) + complete


def submission_facts(claim: Claim, going: Iterable[Pair], *, gaps_because: str = "", at: datetime) -> SubmissionFacts:
    """How complete the units of a draft are that can go, and which draft in the scheme was begun before it."""
    chosen = set(going)
    units = [one.pk for one in claim.units.all() if Pair(one.registration_id, one.unit_id) in chosen]
    criteria, gaps = marks_missing(units)
    reason = " ".join(gaps_because.split())[:500]
    return SubmissionFacts(
        london_day(at), criteria or None, gaps or None, reason or None, claim.scheme_id, earlier_draft(claim)
    )


def _submit(
    claim: Claim, good: dict[Pair, tuple[ClaimFacts, Verdict]], complete: Verdict, *,
    gaps: int | None, at: datetime, by: Acting, fresh: Fresh,
) -> None:  # fmt: skip
    claim.submitted_at, claim.submitted_by_id = at, by.person
    claim.moderator_id = allocated_moderator(claim, london_day(at))
    if not claim.scheme.by_visit:
        start_clock(claim, at)
        open_consignment(claim, fresh)
    move_all(CLAIMED_UNIT, claim.units.all(), "submit", by=by)
    facts: dict[str, Any] = {"units": [as_json(known) | pair._asdict() for pair, (known, _) in good.items()]}
    if gaps:
        facts["gaps"] = gaps
    move(
        CLAIM,
        claim,
        "submit",
        at=at,
        by=by,
        verdict=_summary(good.values()) + complete,
        facts=facts,
        event="claim_submitted",
    )
    tell_of_submission(claim, claim.consignments.filter(state="awaited").first(), at=at, by=by)


def start_clock(claim: Claim, at: datetime) -> None:
    """Set until when the work of a claim is to be sent, when its centre is reminded, and how long it is waited for."""
    nation = claim.centre.nation
    claim.send_by = send_by(at)
    claim.withdraw_after = withdraw_after(at, nation, claim.scheme.days_for_work)
    claim.remind_at, claim.reminded_at = remind_at(claim.send_by, nation), None


def open_consignment(claim: Claim, fresh: Fresh) -> None:
    """Begin to wait for the work of a claim, under a new reference. Call inside the verb's transaction."""
    reference = reference_from(fresh(8), CONSIGNMENT_LENGTH)
    Consignment.objects.create(reference=reference, centre_id=claim.centre_id, claim=claim)


def _keep_all_but(claim: Claim, good: Iterable[Pair], *, at: datetime, by: Acting) -> None:
    going = set(good)
    kept = [unit for unit in claim.units.all() if Pair(unit.registration_id, unit.unit_id) not in going]
    if kept:
        draft = start_claim(claim.scheme_id, at=at, by=by)
        ClaimedUnit.objects.filter(pk__in=[unit.pk for unit in kept]).update(claim=draft)
        carry_evidence(claim, draft, [(unit.registration_id, unit.unit_id) for unit in kept])
        leave_behind(claim)


def _summary(judged: Iterable[tuple[ClaimFacts, Verdict]]) -> Verdict:
    """Each reason once, however many units it concerns."""
    verdicts = [verdict for _, verdict in judged]
    reasons = {(reason.rule, reason.text): reason for verdict in verdicts for reason in verdict.reasons}
    return Verdict(tuple(reasons.values()), verdicts[0].judged if verdicts else ())


@transaction.atomic
def take_back_claim(claim_id: int, *, at: datetime, by: Acting) -> Verdict:
    """Make a submitted claim a draft again, until the moderator has opened it. Raises Claim.DoesNotExist.

    Its parcel, on the way or with the moderator, goes back; other work is looked at no more.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    verdict = CLAIM.judge(claim.state, "take_back", work_facts(claim, at=at), by=by.audience)
    if verdict.allowed:
        turn_back_parcel(claim, at=at, by=by)
        cancel_consignment(claim, by=by)
        move_all(CLAIMED_UNIT, claim.units.all(), "take_back", by=by)
        claim.submitted_at = claim.submitted_by = claim.moderator = None
        claim.send_by = claim.withdraw_after = claim.remind_at = claim.reminded_at = None
        move(CLAIM, claim, "take_back", at=at, by=by, verdict=verdict, event="claim_taken_back")
    return verdict


@transaction.atomic
def withdraw_unmet_claim(claim_id: int, *, at: datetime, by: Acting) -> Verdict:
    """Withdraw a claim whose work has not reached the moderator in the working days allowed.

    Safe to repeat: a claim already withdrawn is refused, not changed. Raises Claim.DoesNotExist.
    Source: moderation-2012 p4.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    facts = work_facts(claim, at=at)
    verdict = CLAIM.judge(claim.state, "withdraw_unmet", facts, by=by.audience)
    if verdict.allowed:
        withdraw_whole(claim, "withdraw_unmet", at=at, by=by, verdict=verdict, told=as_json(facts))
    return verdict


def withdraw_whole(
    claim: Claim, verb: str, *, at: datetime, by: Acting, verdict: Verdict, told: dict[str, Any]
) -> None:
    """End a claim without an outcome: its undecided units leave nothing behind. Call inside the verb's transaction."""
    move_all(CLAIMED_UNIT, claim.units.filter(state="claimed"), "withdraw", by=by)
    turn_back_parcel(claim, at=at, by=by)
    cancel_consignment(claim, by=by)
    claim.ended_at = at
    move(CLAIM, claim, verb, at=at, by=by, verdict=verdict, facts=told, event="claim_withdrawn")
    tell_of_withdrawal(claim, for_want_of_work=verb == "withdraw_unmet", at=at, by=by)


@transaction.atomic
def remind_of_work(claim_id: int, *, at: datetime, by: Acting) -> bool:
    """Remind a centre once that the work of a claim is due and not recorded as sent; True when it was.

    Never before the claim's moment of reminding, which is on a working day. Safe to repeat. Source: moderation-2012 p4.
    """
    claim = Claim.objects.select_for_update(of=("self",)).select_related("scheme", "centre").get(pk=claim_id)
    due = claim.state == "submitted" and claim.remind_at and claim.remind_at <= at and claim.reminded_at is None
    if not due or not claim.consignments.filter(state="awaited").exists():
        return False
    claim.reminded_at = at
    claim.save(update_fields=["reminded_at"])
    record([Done("centre_reminded", "claim", claim.pk, claim.centre_id)], at=at, by=by)
    tell_of_reminder(claim, at=at, by=by)
    return True


@transaction.atomic
def claim_again(claim_id: int, *, at: datetime, by: Acting) -> Claim:
    """A fresh draft with the choices of a withdrawn claim, less units not awarded. Repeated, it gives the same draft.

    Raises Claim.DoesNotExist when there is no such withdrawn claim. Source: moderation-2012 p4.
    """
    old = Claim.objects.select_for_update().get(pk=claim_id, state="withdrawn")
    begun = old.clones.filter(state="draft").first()
    if begun:
        return begun
    draft = start_claim(old.scheme_id, at=at, by=by)
    draft.cloned_from = old
    draft.save(update_fields=["cloned_from"])
    again = ClaimedUnit.objects.bulk_create(
        [
            ClaimedUnit(
                centre_id=unit.centre_id, claim=draft, registration_id=unit.registration_id, unit_id=unit.unit_id,
                assessor_id=unit.assessor_id, internal_verifier_id=unit.internal_verifier_id,
                evidence_kind=unit.evidence_kind,
            )
            for unit in old.units.exclude(state="not_awarded")
        ]
    )  # fmt: skip
    carry_evidence(old, draft, [(unit.registration_id, unit.unit_id) for unit in again])
    _keep_marks(old, {(unit.registration_id, unit.unit_id): unit for unit in again})
    return draft


def _keep_marks(old: Claim, again: Mapping[tuple[int, str], ClaimedUnit]) -> None:
    """The work is the same, so where it meets each criterion, and who checked that, goes over to the new draft."""
    CriterionMark.objects.bulk_create(
        CriterionMark(
            centre_id=mark.centre_id, claimed_unit=unit, criterion_id=mark.criterion_id, reference=mark.reference,
            marked_by_id=mark.marked_by_id, marked_at=mark.marked_at,
        )
        for mark in CriterionMark.objects.filter(claimed_unit__claim=old).select_related("claimed_unit")
        if (unit := again.get((mark.claimed_unit.registration_id, mark.claimed_unit.unit_id)))
    )  # fmt: skip
    InternalCheck.objects.bulk_create(
        InternalCheck(
            centre_id=check.centre_id, claimed_unit=unit, checked_by_id=check.checked_by_id,
            checked_at=check.checked_at,
        )
        for check in InternalCheck.objects.filter(claimed_unit__claim=old).select_related("claimed_unit")
        if (unit := again.get((check.claimed_unit.registration_id, check.claimed_unit.unit_id)))
        and unit.internal_verifier_id == check.checked_by_id
    )  # fmt: skip


def work_facts(claim: Claim, *, at: datetime) -> ConsignmentFacts:
    """Where the work of a claim is, for the rules."""
    work = claim.consignments.exclude(state="cancelled").last()
    deadline = claim.withdraw_after
    return ConsignmentFacts(
        now=at,
        claim=claim.pk,
        claim_state=claim.state.replace("_", " "),
        send_by=claim.send_by,
        withdraw_after=deadline,
        last_day=london_day(deadline - timedelta(seconds=1)) if deadline else None,
        received_at=work.received_at if work else None,
        opened_at=claim.opened_at,
        submitted_on=london_day(claim.submitted_at) if claim.submitted_at else None,
        today=london_day(at),
    )


def turn_back_parcel(claim: Claim, *, at: datetime, by: Acting) -> None:
    """A parcel on its way for a claim that waits no longer goes back when it arrives, and its moderator is told."""
    there = ("despatched", "matched") if by.audience == "centre" else ("despatched",)
    parcel = claim.consignments.filter(state__in=there, kind=Consignment.Kind.POST).first()
    if parcel is not None:
        move(CONSIGNMENT, parcel, "turn_back", at=at, by=by, event="parcel_to_return", about=claim)
        tell_of_return(claim, parcel, at=at, by=by)


def cancel_consignment(claim: Claim, *, by: Acting) -> None:
    """Stop waiting for the work that a claim announced. Call inside the verb's transaction."""
    waiting = ("awaited", "despatched", "matched") if by.audience == "centre" else ("awaited", "despatched")
    move_all(CONSIGNMENT, claim.consignments.filter(state__in=waiting), "cancel", by=by)


def _draft(claim_id: int, by: Acting) -> tuple[Claim, Verdict]:
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    return claim, CLAIM.judge(claim.state, "change", by=by.audience)
