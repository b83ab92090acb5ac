"""What the rules are told of whoever looks at a claim, and the first look itself."""

from datetime import datetime

from conferral.actions.ledger import Done, record
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.moderation.models import Interest, UnitDecision
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import ReviewFacts
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


def review_facts(
    unit: ClaimedUnit, *, at: datetime, by: Acting, outcome: str | None = None, reason_code: str | None = None
) -> ReviewFacts:
    """What the rules are told of a decision on one unit."""
    decided = UnitDecision.objects.filter(claimed_unit=unit).first()
    return ReviewFacts(
        reviewer=by.somebody,
        decided_on=london_day(at),
        scheme=unit.claim.scheme_id,
        allocated_to=unit.claim.moderator_id,
        assessor=unit.assessor_id,
        internal_verifier=unit.internal_verifier_id,
        interest=Interest.objects.filter(moderator=by.person, centre=unit.centre_id).exists(),
        outcome=outcome,
        reason_code=reason_code or None,
        decided_outcome=decided.outcome.replace("_", " ") if decided else None,
        final_certification=unit.claim.scheme.final_certification,
    )


def about_claim(claim: Claim, *, at: datetime, by: Acting) -> Verdict:
    """What stands against a moderator's doing anything about a claim."""
    facts = ReviewFacts(
        reviewer=by.somebody,
        decided_on=london_day(at),
        scheme=claim.scheme_id,
        allocated_to=claim.moderator_id,
        interest=Interest.objects.filter(moderator=by.person, centre=claim.centre_id).exists(),
    )
    return judge(facts, rules_on("review"))


def first_look(claim: Claim, *, at: datetime, by: Acting) -> bool:
    """Keep when the moderator first looked at a locked claim; True when this was it."""
    if claim.state != "with_moderator" or claim.opened_at is not None:
        return False
    claim.opened_at = at
    claim.save(update_fields=["opened_at"])
    record([Done("work_opened", "claim", claim.pk, claim.centre_id)], at=at, by=by)
    return True
