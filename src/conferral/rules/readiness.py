"""Whether a registration can still be finished, and how sure that is."""

from collections.abc import Collection, Iterable
from typing import Any

from conferral.rules.rule import NOTED, REFUSED, WARNED, Verdict, rule
from conferral.rules.terms import absent, after, before, lacks, same

READY, CAN_FINISH, AT_RISK, CANNOT_FINISH = "ready", "can_finish", "at_risk", "cannot_finish"
# From the best to the worst.
STATUSES = (READY, CAN_FINISH, AT_RISK, CANNOT_FINISH)


def status_of(verdict: Verdict) -> str:
    """Where a registration stands: a refusal is the end of it, a warning a risk, a note something still to do."""
    return status_for({reason.outcome for reason in verdict.reasons})


def status_for(outcomes: Collection[str]) -> str:
    """The same, by the outcomes of the rules that speak."""
    return next(status for outcome, status in STATUS_OF if outcome in outcomes or not outcome)


STATUS_OF = ((REFUSED, CANNOT_FINISH), (WARNED, AT_RISK), (NOTED, CAN_FINISH), ("", READY))


def worst(statuses: Iterable[str]) -> str:
    """The status that a group of registrations shows; "ready" for none."""
    return max(statuses, key=STATUSES.index, default=READY)


@rule(
    "readiness-after-final-certification",
    subject="readiness",
    clause="cco-withdrawal-2013 q2",
    needs=("final_certification",),
    refuse="The last certificates of {scheme} were produced on {final_certification}, and this registration was "
    "not awarded by then.",
    remedy="Ask which of the achieved units transfer to an alternative: {alternatives}.",
    rulebook=("R29", "R30", "R47"),
)
def readiness_after_final_certification(registration: Any) -> Any:
    """A registration not awarded by the final certification date cannot be finished.

    The date itself counts. A scheme without a final date has none to miss.
    """
    return absent(registration.awarded_on) & after(registration.on, registration.final_certification)


@rule(
    "readiness-out-of-reach",
    subject="readiness",
    clause="house",
    needs=("out_of_reach",),
    refuse="No units of {scheme} complete this registration: {out_of_reach}.",
    remedy="Ask the awarding organisation which achieved units transfer to another qualification.",
)
def readiness_out_of_reach(registration: Any) -> Any:
    """A registration that no units of its scheme complete cannot be finished.

    That happens where too much was carried over from elsewhere, or where the catalogue lacks units.
    """
    return absent(registration.awarded_on) & lacks(registration.finishable)


@rule(
    "readiness-combination-unknown",
    subject="readiness",
    clause="house",
    outcome=WARNED,
    refuse="The catalogue holds no rule of combination for {scheme}, so nobody can say what is missing.",
    remedy="Ask the awarding organisation to enter it: nothing is awarded by guesswork.",
)
def readiness_combination_unknown(registration: Any) -> Any:
    """Where the rule of combination is not known, finishing is at risk."""
    known = absent(registration.constraints) | same(registration.constraints, 0)
    return absent(registration.awarded_on) & known


@rule(
    "readiness-after-safe-claim",
    subject="readiness",
    clause="cco-withdrawal-2013 q2",
    outcome=WARNED,
    needs=("safe_claim", "final_certification"),
    refuse="The last safe day to claim in {scheme} was {safe_claim}: results of a later claim may not come before "
    "{final_certification}.",
    remedy="Claim what is missing today, and tell the awarding organisation that it is urgent.",
    reading="The time that results take by the route of the scheme is kept free before final certification.",
    decided_by="house",
    rulebook=("R30",),
)
def readiness_after_safe_claim(registration: Any) -> Any:
    """A registration that lacks units after the last safe day to claim is at risk, until final certification."""
    in_time = before(registration.on, registration.final_certification) | same(
        registration.on, registration.final_certification
    )
    return after(registration.on, registration.safe_claim) & in_time & after(registration.unmet, 0)


@rule(
    "readiness-after-planned-completion",
    subject="readiness",
    clause="cco-withdrawal-2013 q2",
    outcome=WARNED,
    needs=("plan_by", "missing"),
    refuse="Assessment in {scheme} was to be complete by {plan_by}; this registration lacks {missing}.",
    remedy="Plan the missing units with the assessor now: results take their time.",
    reading="Two months before final certification is advice, so missing it is a risk and not the end.",
    decided_by="house",
    rulebook=("R30",),
)
def readiness_after_planned_completion(registration: Any) -> Any:
    """Assessment is planned to be complete two months before final certification."""
    return after(registration.on, registration.plan_by) & after(registration.unmet, 0)


@rule(
    "readiness-time-too-short",
    subject="readiness",
    clause="house",
    outcome=WARNED,
    needs=("finish_at_the_earliest", "safe_claim", "missing"),
    refuse="This registration lacks {missing}: at the usual pace that takes until {finish_at_the_earliest}, and the "
    "last safe day to claim in {scheme} is {safe_claim}.",
    remedy="Agree a faster plan with the candidate, or ask which achieved units transfer: {alternatives}.",
    reading="A credit stands for ten hours of learning; a candidate is taken to find so many hours a week.",
    decided_by="house",
)
def readiness_time_too_short(registration: Any) -> Any:
    """What is missing has to be worked off by the last safe day to claim."""
    return after(registration.finish_at_the_earliest, registration.safe_claim) & after(registration.unmet, 0)


@rule(
    "readiness-units-missing",
    subject="readiness",
    clause="house",
    outcome=NOTED,
    needs=("missing",),
    refuse="Still missing in {scheme}: {missing}.",
    remedy="Claim units that fill the gap; they are listed with what they come to.",
)
def readiness_units_missing(registration: Any) -> Any:
    """A registration is finished when every constraint of the combination is met."""
    return after(registration.unmet, 0)
