"""What a moderator or verifier decides about claimed work, and tells the centre."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from conferral.actions.claims import withdraw_whole
from conferral.actions.feedback import Required, judge_required, make_report, report_of_withdrawal
from conferral.actions.ledger import Done, record
from conferral.actions.moves import move, move_all
from conferral.actions.questions_closed import overtake
from conferral.actions.review_facts import about_claim, first_look, review_facts
from conferral.actions.work_letters import tell_of_outcome
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.moderation.models import UnitDecision
from conferral.records.questions.models import Question
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import ReviewFacts, as_json
from conferral.rules.journeys import CLAIM, CLAIMED_UNIT
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge

VERB_OF = {"confirmed": "confirm", "amended": "amend", "not_awarded": "not_award", "withdrawn": "withdraw"}


@transaction.atomic
def open_visit(claim_id: int, *, at: datetime, by: Acting) -> Verdict:
    """Begin to verify a claim whose work is seen at the centre. Raises Claim.DoesNotExist."""
    claim = Claim.objects.select_for_update().get(pk=claim_id, scheme__route__in=("verified", "visiting"))
    verdict = CLAIM.judge(claim.state, "open_visit", by=by.audience)
    if verdict.allowed:
        claim.opened_at = at
        move(CLAIM, claim, "open_visit", at=at, by=by, verdict=verdict, event="claim_with_moderator")
    return verdict


@transaction.atomic
def open_work(claim_id: int, *, at: datetime, by: Acting) -> bool:
    """Keep when the moderator first looks at the work of a claim: from then on its centre can't take it back.

    True when this was the first look. Safe to repeat. Raises Claim.DoesNotExist.
    """
    return first_look(Claim.objects.select_for_update().get(pk=claim_id), at=at, by=by)


@transaction.atomic
def withdraw_assessor(
    claim_id: int, assessor: int, reason_code: str, *, feedback: str = "", at: datetime, by: Acting
) -> tuple[Verdict, int]:
    """Withdraw every undecided unit of a claim that one assessor marked: all of them, or none when one is refused.

    The centre assesses them again and claims them anew. Returns how many. Raises Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    verdict = CLAIM.judge(claim.state, "withdraw", by=by.audience)
    theirs = claim.units.filter(state="claimed", assessor=assessor).order_by("pk").values_list("pk", flat=True)
    units = list(theirs) if verdict.allowed and claim.state == "with_moderator" else []
    for pk in units:
        verdict = decide_unit(pk, "withdrawn", reason_code=reason_code, feedback=feedback, at=at, by=by)
        if verdict.refused:
            transaction.set_rollback(True)
            return verdict, 0
    return verdict, len(units)


@transaction.atomic
def decide_unit(
    claimed_unit_id: int,
    outcome: str,
    *,
    reason_code: str | None = None,
    feedback: str = "",
    by_sample: bool = False,
    at: datetime,
    by: Acting,
) -> Verdict:
    """Decide one claimed unit, once. A person decides: the facts name who and when.

    `by_sample` says that nobody looked at it: it is confirmed by what was found in the sample.

    A question about the unit that is still open is closed by it.
    Two people deciding at once yield one decision; the second is refused. Raises ClaimedUnit.DoesNotExist.
    """
    # The claim is locked before its unit, in the order in which its centre takes it back.
    claim = Claim.objects.select_for_update().filter(units=claimed_unit_id).first()
    unit = ClaimedUnit.objects.select_for_update(of=("self",)).select_related("claim__scheme").get(pk=claimed_unit_id)
    facts = review_facts(unit, outcome=outcome, reason_code=reason_code, at=at, by=by)
    verdict = judge(facts, rules_on("review"))
    if verdict.allowed and unit.claim.state != "with_moderator":
        verdict += CLAIM.judge(unit.claim.state, "send_report", by=by.audience)
    if verdict.allowed:
        verdict += CLAIMED_UNIT.judge(unit.state, VERB_OF[outcome], by=by.audience)
    if verdict.allowed:
        if claim is not None:
            first_look(claim, at=at, by=by)
            overtake(claim, Question.objects.filter(claimed_unit=unit), at=at, by=by)
        _store(unit, facts, verdict, feedback, by_sample=by_sample, at=at, by=by)
    return verdict


@transaction.atomic
def confirm_units(claimed_unit_ids: Iterable[int], *, at: datetime, by: Acting) -> Verdict:
    """Confirm several units together: all of them, or none when one is refused. Raises ClaimedUnit.DoesNotExist."""
    verdict = Verdict()
    for pk in sorted(claimed_unit_ids):
        verdict = decide_unit(pk, "confirmed", at=at, by=by)
        if verdict.refused:
            transaction.set_rollback(True)
            break
    return verdict


def _store(
    unit: ClaimedUnit, facts: ReviewFacts, verdict: Verdict, feedback: str, *, by_sample: bool, at: datetime, by: Acting
) -> None:
    UnitDecision.objects.create(
        centre_id=unit.centre_id, claimed_unit=unit, outcome=str(facts.outcome), reason_code=facts.reason_code,
        feedback=feedback, by_sample=by_sample, decided_by_id=by.somebody, decided_at=at,
    )  # fmt: skip
    move_all(CLAIMED_UNIT, ClaimedUnit.objects.filter(pk=unit.pk), VERB_OF[str(facts.outcome)], by=by)
    told = as_json(facts) | {"registration": unit.registration_id, "unit": unit.unit_id}
    record([Done("unit_decided", "claim", unit.claim_id, unit.centre_id, verdict, told)], at=at, by=by)


@transaction.atomic
def withdraw_claim(
    claim_id: int, reason_code: str, *, words: str = "", action: str = "", at: datetime, by: Acting
) -> Verdict:
    """Withdraw a whole claim: no outcome is recorded for its undecided units, and its report goes by letter.

    Without `words` and `action` the report says what its reason drafts. Raises Claim.DoesNotExist.
    """
    seen = Claim.objects.select_for_update(of=("self",)).select_related("scheme", "centre")
    claim = seen.get(pk=claim_id)
    verdict = CLAIM.judge(claim.state, "withdraw", by=by.audience)
    verdict += about_claim(claim, at=at, by=by)
    if verdict.allowed:
        overtake(claim, Question.objects.filter(claim=claim), tell=False, at=at, by=by)
        withdraw_whole(claim, "withdraw", at=at, by=by, verdict=verdict, told={"reason_code": reason_code})
        report_of_withdrawal(claim, reason_code, words=words, action=action, at=at, by=by)
    return verdict


@transaction.atomic
def send_report(
    claim_id: int, *, went_well: str, to_improve: str, actions: str = "", required: Sequence[Required] = (),
    at: datetime, by: Acting,
) -> Verdict:  # fmt: skip
    """Send the feedback report, which passes the claim on to the awarding organisation.

    Refused while a unit has no decision. Where every unit was withdrawn the report goes by letter.
    Raises Claim.DoesNotExist. Source: moderation-2012 p8.
    """
    claim = Claim.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=claim_id)
    facts = ReviewFacts(
        reviewer=by.somebody,
        decided_on=london_day(at),
        scheme=claim.scheme_id,
        undecided=claim.units.filter(state="claimed").count(),
        open_questions=claim.questions.filter(state="open").count(),
    )
    verdict = CLAIM.judge(claim.state, "send_report", facts, by=by.audience) + about_claim(claim, at=at, by=by)
    verdict += judge_required(required, at=at)
    if verdict.allowed:
        nothing_left = not claim.units.exclude(state="withdrawn").exists()
        make_report(
            claim, went_well=went_well, to_improve=to_improve, actions=actions, required=required,
            by_letter=nothing_left, at=at, by=by,
        )  # fmt: skip
        move(
            CLAIM,
            claim,
            "send_report",
            at=at,
            by=by,
            verdict=verdict,
            facts=as_json(facts),
            event="report_sent",
        )
        if not nothing_left:
            tell_of_outcome(claim, at=at, by=by)
    return verdict
