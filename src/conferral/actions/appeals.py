"""Reviews of moderation and appeals: asked, appointed, decided and sent out, each in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from conferral.actions.awards import bank_changed
from conferral.actions.charges import charge, credit
from conferral.actions.claims import Fresh
from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_centre, write_to_person
from conferral.actions.moves import move, move_all
from conferral.records.appeals.models import Finding, Review, ReviewedDecision
from conferral.records.appeals.queries import Choice, appeal_facts, choices, clocks, request_facts, units_in
from conferral.records.calendar import bank_holidays
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.turns import take_turn
from conferral.rules.appeals import RANKS
from conferral.rules.book import rules_on
from conferral.rules.days import last_day, london_day, working_days_after
from conferral.rules.facts import ReviewedFacts, as_json
from conferral.rules.fee_list import APPEAL, in_pounds
from conferral.rules.fee_list import REVIEW as REVIEW_FEE
from conferral.rules.journeys import CLAIMED_UNIT, REVIEW
from conferral.rules.letters import RESULTS
from conferral.rules.permissions import Acting
from conferral.rules.policies import policy
from conferral.rules.rule import Reason, Verdict, judge

VERB_OF = {"withdrawn": "withdraw_on_review", "amended": "amend_on_review", "confirmed": "confirm_on_review"}


@transaction.atomic
def ask_review(
    claim_id: int, units: Iterable[str], reason: str, *, at: datetime, by: Acting
) -> tuple[Verdict, Review | None]:
    """Ask for units of a reported claim to be looked at again, each for every candidate; the fee is charged.

    Said again, it is refused and nothing is charged twice. Raises Claim.DoesNotExist.
    """
    take_turn(f"review of {claim_id}")
    claim = Claim.objects.select_related("report", "scheme", "centre").get(pk=claim_id, centre=by.own_centre)
    wanted = sorted(set(units))
    facts = request_facts(claim, wanted, reason, at=at)
    verdict = judge(facts, rules_on("asked_review"))
    if verdict.refused:
        return verdict, None
    owed = charge(
        claim.centre_id, REVIEW_FEE, reason=f"Review of {', '.join(wanted)} in claim {claim.pk}",
        about=("claim", str(claim.pk)), at=at, by=by,
    )  # fmt: skip
    made = Review.objects.create(
        centre_id=claim.centre_id, claim=claim, units=wanted, reason=reason.strip(), charge=owed,
        asked_by_id=by.somebody, asked_at=at, **clocks(london_day(at), claim.centre.nation, appeal=False),
    )  # fmt: skip
    _asked(made, verdict, as_json(facts), at=at, by=by)
    return verdict, made


@transaction.atomic
def ask_appeal(review_id: int, reason: str, *, at: datetime, by: Acting) -> tuple[Verdict, Review | None]:
    """Appeal against a review whose outcome has gone out; the fee is charged. Raises Review.DoesNotExist."""
    take_turn(f"appeal against {review_id}")
    known = Review.objects.select_related("claim__scheme", "centre")
    review = known.get(pk=review_id, centre=by.own_centre, before=None)
    facts = appeal_facts(review, reason, at=at)
    verdict = judge(facts, rules_on("asked_appeal"))
    if verdict.refused:
        return verdict, None
    owed = charge(
        review.centre_id, APPEAL, reason=f"Appeal against review {review.pk} of claim {review.claim_id}",
        about=("claim", str(review.claim_id)), at=at, by=by,
    )  # fmt: skip
    made = Review.objects.create(
        centre_id=review.centre_id, claim=review.claim, before=review, units=review.units, reason=reason.strip(),
        charge=owed, asked_by_id=by.somebody, asked_at=at,
        **clocks(london_day(at), review.centre.nation, appeal=True),
    )  # fmt: skip
    _asked(made, verdict, as_json(facts), at=at, by=by)
    return verdict, made


def _asked(made: Review, verdict: Verdict, facts: dict[str, object], *, at: datetime, by: Acting) -> None:
    told = facts | {"claim": made.claim_id, "units": len(made.units)}
    event = f"{made.called}_asked"
    record([Done(event, "review", made.pk, made.centre_id, verdict, told)], at=at, by=by)
    record([Done(event, "claim", made.claim_id, made.centre_id)], at=at, by=by)
    _tell(
        made, f"Your {made.called} {made.pk} of claim {made.claim_id} is asked",
        f"Units: {', '.join(made.units)}. {in_pounds(made.charge.pence)} is charged, and credited in full if an "
        f"outcome changes. Somebody who had no part in the claim is appointed by {_day(made.acknowledge_by)}; the "
        f"outcome is expected by {_day(made.answer_by)}. Keep the work as it was moderated: don’t return it to the "
        "candidates.",
        at=at, by=by,
    )  # fmt: skip


@transaction.atomic
def take_back_review(review_id: int, *, at: datetime, by: Acting) -> Verdict:
    """The centre no longer asks: open until somebody is appointed, and the fee is credited.

    Raises Review.DoesNotExist.
    """
    found = _locked(review_id, centre=by.own_centre)
    verdict = REVIEW.judge(found.state, "take_back", by=by.audience)
    if verdict.allowed:
        move(REVIEW, found, "take_back", at=at, by=by, verdict=verdict, event="review_taken_back")
        credit(found.charge, f"{found.called.capitalize()} {found.pk} taken back", at=at, by=by)
    return verdict


@transaction.atomic
def appoint_reviewer(review_id: int, reviewer: int, *, at: datetime, by: Acting) -> Verdict:
    """Give a review or appeal to somebody independent; again, to somebody else, while it isn't decided.

    Centre and reviewer are written to. Raises Review.DoesNotExist.
    """
    found = _locked(review_id)
    verdict = REVIEW.judge(found.state, "appoint", by=by.audience)
    named = choices(found, london_day(at), appointed_by=by.person, person=reviewer)
    verdict += _judged(named)
    if verdict.refused:
        return verdict
    found.reviewer_id, found.appointed_by_id, found.appointed_at = reviewer, by.person, at
    move(REVIEW, found, "appoint", at=at, by=by, verdict=verdict, facts={"reviewer": reviewer},
         event="review_acknowledged")  # fmt: skip
    days = policy("working_days_to_send_sample")
    sent_by = working_days_after(london_day(at), days, bank_holidays(found.centre.nation))
    _tell(
        found, f"Your {found.called} {found.pk} of claim {found.claim_id} is with {named[0].name}",
        f"{named[0].name} had no part in the claim. Send the work of {', '.join(found.units)} as it was moderated, if "
        f"you have it, by {sent_by:%A} {sent_by:%-d} {sent_by:%B %Y}. The outcome is expected by "
        f"{_day(found.answer_by)}.", at=at, by=by,
    )  # fmt: skip
    write_to_person(
        reviewer, subject=f"{found.called.capitalize()} {found.pk}: claim {found.claim_id} of centre {found.centre_id}",
        text=f"You are appointed to decide it, by {_day(found.answer_by)}. Units: {', '.join(found.units)}. If you "
        "know of anything that ties you to the centre or its people, tell the desk at once.",
        about=("review", str(found.pk)), at=at, by=by,
    )  # fmt: skip
    return verdict


def _judged(named: list[Choice]) -> Verdict:
    """What stands against the one person named, or that they are nobody who decides reviews."""
    if not named:
        return Verdict((_NOBODY,), (_NOBODY.rule,))
    return judge(named[0].facts, rules_on("reviewer"))


_NOBODY = Reason(
    "reviewer-unknown", "refused", "This person can’t decide reviews.", "Choose one of the list.", "house", "reviewer"
)


@transaction.atomic
def decide_review(review_id: int, outcomes: Mapping[int, str], words: str, *, at: datetime, by: Acting) -> Verdict:
    """Decide every unit of a review or appeal: it stands, or gets better. A person decides, once.

    Whoever has stopped being independent or competent since they were appointed doesn't.
    `outcomes` says what some claimed units are changed to; the others stand. The centre hears of it when the desk
    sends it out. Raises Review.DoesNotExist.
    """
    found = _locked(review_id)
    verdict = REVIEW.judge(found.state, "decide", by=by.audience)
    if found.appointed_at and found.reviewer_id == by.person:
        day = london_day(found.appointed_at)
        verdict += _judged(choices(found, day, appointed_by=found.appointed_by_id, person=by.person))
    units = units_in(found)
    for unit in units:
        facts = ReviewedFacts(
            reviewer=by.somebody, decided_on=london_day(at), scheme=found.claim.scheme_id, appointed=found.reviewer_id,
            unit=unit.unit_id, outcome=_changed(unit, outcomes), words=words.strip() or None,
            rank=RANKS.get(outcomes.get(unit.pk, unit.state)), rank_before=RANKS.get(unit.state),
            final_certification=found.claim.scheme.final_certification,
        )  # fmt: skip
        verdict += judge(facts, rules_on("reviewed"))
    verdict = Verdict(tuple(dict.fromkeys(verdict.reasons)), tuple(dict.fromkeys(verdict.judged)))
    if verdict.refused:
        return verdict
    changed = any(outcomes.get(unit.pk, unit.state) != unit.state for unit in units)
    Finding.objects.create(
        centre_id=found.centre_id, review=found, words=words.strip(), decided_by_id=by.somebody, decided_at=at,
        outcome=Finding.Outcome.CHANGED if changed else Finding.Outcome.UPHELD,
    )  # fmt: skip
    ReviewedDecision.objects.bulk_create(
        ReviewedDecision(
            centre_id=found.centre_id, review=found, claimed_unit=unit, outcome_before=unit.state,
            outcome=outcomes.get(unit.pk, unit.state), decided_by_id=by.somebody, decided_at=at,
        )
        for unit in units
    )  # fmt: skip
    move(REVIEW, found, "decide", at=at, by=by, verdict=verdict, event="review_decided")
    return verdict


def _changed(unit: ClaimedUnit, outcomes: Mapping[int, str]) -> str | None:
    said = outcomes.get(unit.pk)
    return said if said != unit.state else None


@transaction.atomic
def issue_review(review_id: int, *, organisation: str, at: datetime, by: Acting, fresh: Fresh) -> Verdict:
    """Send the outcome out: from now on it is the one in force, and the centre is told.

    Changed units move to what was decided. In a processed claim they are banked and complete awards made. When
    anything changed, the fee is credited, and with an appeal that of the review before it. Raises Review.DoesNotExist.
    """
    found = _locked(review_id)
    verdict = REVIEW.judge(found.state, "issue", by=by.audience)
    if verdict.refused:
        return verdict
    claim = Claim.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=found.claim_id)
    changed = [one for one in found.decisions.select_related("claimed_unit__registration__candidate") if one.changed]
    for one in changed:
        move_all(CLAIMED_UNIT, ClaimedUnit.objects.filter(pk=one.claimed_unit_id), VERB_OF[one.outcome], by=by)
    found.issued_by_id, found.issued_at = by.person, at
    facts = {"outcome": found.finding.outcome, "changed": len(changed)}
    move(REVIEW, found, "issue", at=at, by=by, verdict=verdict, facts=facts, event="review_issued")
    record([Done(f"{found.called}_issued", "claim", claim.pk, claim.centre_id, facts=facts)], at=at, by=by)
    if changed:
        if claim.state == "processed":
            bank_changed(claim, organisation=organisation, at=at, by=by, fresh=fresh)
        _give_back(found, at=at, by=by)
    _tell_outcome(found, changed, at=at, by=by)
    return verdict


def _give_back(found: Review, *, at: datetime, by: Acting) -> None:
    reason = f"{found.called.capitalize()} {found.pk} changed an outcome of claim {found.claim_id}"
    credit(found.charge, reason, at=at, by=by)
    if found.before and not hasattr(found.before.charge, "credit"):
        credit(found.before.charge, reason, at=at, by=by)


def _tell_outcome(found: Review, changed: list[ReviewedDecision], *, at: datetime, by: Acting) -> None:
    lines = [
        f"- {one.claimed_unit.registration.candidate.name}, {one.claimed_unit.unit_id}: {one.in_words.lower()}"
        for one in changed
    ]
    what = "These outcomes are changed:\n" + "\n".join(lines) if changed else "Every outcome stands as it was."
    fee = "The fee is credited in full." if changed else "The fee stands."
    further = (
        f"You may appeal within {policy('days_to_appeal')} days." if not found.is_appeal else "Nothing further is open."
    )
    _tell(
        found, f"Outcome of your {found.called} {found.pk} of claim {found.claim_id}",
        f"{what}\n\nReasons\n{found.finding.words}\n\n{fee} {further}", at=at, by=by,
    )  # fmt: skip
    if found.claim.moderator_id:
        write_to_person(
            found.claim.moderator_id, subject=f"Outcome of {found.called} {found.pk} of claim {found.claim_id}",
            text=f"{what}\n\nReasons\n{found.finding.words}", about=("review", str(found.pk)), at=at, by=by,
        )  # fmt: skip


def _tell(found: Review, subject: str, text: str, *, at: datetime, by: Acting) -> None:
    write_to_centre(
        found.centre_id, RESULTS, scheme=found.claim.scheme_id, subject=subject, text=text,
        about=("review", str(found.pk)), at=at, by=by,
    )  # fmt: skip


def _day(until: datetime) -> str:
    day = last_day(until)
    return f"{day:%A} {day:%-d} {day:%B %Y}"


def _locked(review_id: int, **known: object) -> Review:
    rows = Review.objects.select_for_update(of=("self",)).select_related("claim__scheme", "centre", "before")
    return rows.get(pk=review_id, **known)
