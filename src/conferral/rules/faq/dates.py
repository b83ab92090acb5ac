"""Questions 1, 2, 8 and 9: what the two last dates of a scheme decide."""

from conferral.rules.claims import (
    candidate_registered_too_late,
    claim_after_final_certification,
    claim_without_registration,
)
from conferral.rules.faq.known import CLOSED, OPEN, SCHEMES, Citation, Known, Said, written
from conferral.rules.policies import policy
from conferral.rules.rule import Rule


def last_day_to_register(known: Known) -> Said:
    """Question 1."""
    facts = {"last_registration": known.last_registration, "may_register": known.registration.allowed}
    rules = ("registration-after-last-date",)
    if known.last_registration is None:
        return Said((no_date(known, "last registration date"), "So registrations are taken."), facts, rules=rules)
    verb, after = ("is", "From the day after, nobody new can be registered.")
    if not known.registration.allowed:
        verb, after = "was", "Nobody new can be registered any more."
    text = (
        f"{written(known.last_registration)} {verb} the last day to register candidates for {SCHEMES}.",
        "The day itself counts, until midnight in London. Giving a name to an unnamed place is registering too.",
        after,
        *_shared_by_all(known),
    )
    return Said(text, facts, _cites(known, "last_registration"), rules)


def last_day_to_certificate(known: Known) -> Said:
    """Question 2."""
    facts = {
        "final_certification": known.final_certification,
        "plan_by": known.plan_by,
        "safe_claim": known.safe_claim,
        "may_claim": known.claim.allowed,
    }
    rules = (
        "claim-after-final-certification", "claim-near-final-certification", "certificate-after-final-certification",
    )  # fmt: skip
    if known.final_certification is None or known.plan_by is None or known.safe_claim is None:
        return Said((no_date(known, "final certification date"), "So certificates are produced."), facts, rules=rules)
    months, closed = policy("months_before_final_certification"), known.phase == CLOSED
    text = (
        f"Certificates for {SCHEMES} {'were' if closed else 'are'} produced until "
        f"{written(known.final_certification)}.",
        "The last day itself counts, until midnight in London; after it no certificate can be produced.",
        f"{'The advice was to' if closed else 'Plan to'} have every candidate assessed by {written(known.plan_by)}, "
        f"{months} months earlier. It {'was' if closed else 'is'} no limit.",
        f"A claim made by {written(known.safe_claim)} {'left' if closed else 'leaves'} the {known.service_days} "
        f"working days that it takes; a later one {'was' if closed else 'is'} accepted with a warning until the "
        "last day.",
    )
    return Said(text, facts, _cites(known, "final_certification"), rules)


def resitting(known: Known) -> Said:
    """Question 8."""
    facts = {
        "may_claim": known.claim.allowed,
        "registered_by": known.last_registration,
        "claim_until": known.final_certification,
    }
    deciding = (candidate_registered_too_late, claim_after_final_certification)
    rules, cites = _of_rules(*deciding)
    again = "A unit that was not awarded is claimed again after a paid re-registration, on the same registration."
    if known.last_registration is None:
        lead = f"Yes: no last date stands in the way of {SCHEMES}."
        return Said((lead, "The candidate has to be registered.", again), facts, cites, rules)
    registered = f"The candidate must have been registered by {written(known.last_registration)}."
    if known.final_certification is None:
        return Said((f"Yes, for {SCHEMES} no final certification date stands.", registered, again), facts, cites, rules)
    until = written(known.final_certification)
    if not known.claim.allowed:
        return Said((f"Not any more: claims for {SCHEMES} ended on {until}.", registered), facts, cites, rules)
    text = (
        f"Yes, for {SCHEMES} until {until}.",
        registered,
        "Until the final certification date, and on it, single units and the full qualification can be claimed.",
        again,
    )
    return Said(text, facts, cites, rules)


def never_registered(known: Known) -> Said:
    """Question 9."""
    facts = {
        "may_register": known.registration.allowed,
        "register_by": known.last_registration,
        "claim_until": known.final_certification,
    }
    rules, cites = _of_rules(claim_without_registration, candidate_registered_too_late)
    both = _both_dates(known)
    if known.registration.allowed:
        text = (f"Register the candidate for {SCHEMES} first: without a registration nothing can be claimed.", *both)
    else:
        text = (
            f"Nothing can be claimed for that candidate in {SCHEMES}, however much work is done.",
            *both,
            "Ask which alternative the work could count for.",
        )
    return Said(text, facts, cites, rules)


def no_date(known: Known, date: str) -> str:
    """That a date does not stand, or did not yet stand."""
    if known.announced_later:
        return (
            f"On {written(known.on)} no {date} had been announced for {SCHEMES}; "
            f"the announcement is taken to be of {written(known.announced_later)}."
        )
    return f"No {date} is known for {SCHEMES}."


def _both_dates(known: Known) -> tuple[str, ...]:
    if known.phase == OPEN or known.last_registration is None:
        return ("No last date is known, so registrations are taken.",)
    register = f"Both dates bind: registered by {written(known.last_registration)}"
    claim = f", claimed by {written(known.final_certification)}" if known.final_certification else ""
    return (f"{register}{claim}.",)


def _shared_by_all(known: Known) -> tuple[str, ...]:
    if known.told is None or len(known.told.schemes) < 2 or len(known.told.last_registrations) > 1:
        return ()
    return (f"It is the same for all {len(known.told.schemes)} schemes of this withdrawal.",)


def _cites(known: Known, field: str) -> tuple[Citation, ...]:
    return (known.cites[field],) if field in known.cites else ()


def _of_rules(*rules: Rule) -> tuple[tuple[str, ...], tuple[Citation, ...]]:
    return tuple(one.id for one in rules), tuple(Citation(one.clause, one.reading, one.decided_by) for one in rules)
