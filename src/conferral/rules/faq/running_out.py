"""Questions 3 to 7 and 10: direct claims, nations, reasons, and money, while a scheme comes to an end."""

from conferral.rules.faq.dates import no_date
from conferral.rules.faq.known import CLOSED, HOUSE, OPEN, SCHEMES, Citation, Known, Link, Said, cited, links, written
from conferral.rules.fees import refundable
from conferral.rules.policies import POLICIES, policy
from conferral.rules.visits import visit_year

_VISITS = ("free_visits_a_year", "candidates_for_free_visits", "first_month_of_visit_year")


def direct_claims(known: Known) -> Said:
    """Question 3."""
    if known.route == "postal":
        lead = f"Nothing: direct claims play no part in {SCHEMES}."
        by_post = "The work goes to a moderator by post, and nobody visits."
        return Said((lead, by_post), {"visits": False}, _route(known), ("visit-in-postal-scheme",))
    begins, ends = visit_year(known.on)
    facts = {
        "visits": True,
        "free_visits": policy("free_visits_a_year"),
        "least_candidates": policy("candidates_for_free_visits"),
        "year_begins": begins,
        "year_ends": ends,
        "final_visit": known.phase != OPEN,
        "final_visit_charged": known.phase != OPEN,
    }
    rules = ("visit-beyond-free-allowance", "visit-to-few-candidates")
    if known.phase == OPEN:
        no_visit = (no_date(known, "last date"), "So no final visit falls due.", *_allowance(known))
        return Said(no_visit, facts, _route(known) + _policies(*_VISITS), rules)
    text: tuple[str, ...] = (
        f"The last dates of {SCHEMES} stay the same, and an external verifier has to visit before the end.",
        "Every portfolio is quality-assured in full: what is claimed under direct claims status is accepted only "
        "once the verifier has visited and reviewed it.",
        *_allowance(known),
        "A centre that has used its free visits arranges a final one and is charged a fee for it.",
        "After the final visit the verifier tells us to take the direct claims status away.",
    )
    if known.phase == CLOSED and known.final_certification:
        text = (
            f"Direct claims for {SCHEMES} ended with the last certificates, on {written(known.final_certification)}.",
            "Every portfolio was quality-assured in full: what was claimed under direct claims status was accepted "
            "only once the verifier had visited and reviewed it.",
            "A centre that had used its free visits arranged a final one and was charged a fee for it.",
            "After the final visit the verifier told us to take the direct claims status away.",
        )
    ending = ("direct-claim-without-final-visit", "direct-claims-after-final-visit")
    return Said(text, facts, _policies(*_VISITS), ending + rules)


def nations(known: Known) -> Said:
    """Question 4."""
    point = known.point("nations")
    text = (
        f"No: for {SCHEMES} everything is the same in Wales and Northern Ireland.",
        "The dates are the same in every nation. Only bank holidays differ where working days are counted.",
    )
    return Said(text, {"same_in": ["Wales", "Northern Ireland"], "different": False}, cited(point) or (HOUSE,))


def why(known: Known) -> Said:
    """Question 5."""
    point = known.point("reason")
    facts = {"withdrawn": known.told is not None, "reason": point.text if point else None}
    if known.told is None:
        return Said(_not_withdrawn(known), facts)
    if point is None:
        return Said((f"No reason is recorded for withdrawing {SCHEMES}.",), facts)
    return Said((point.text,), facts, cited(point))


def sector(known: Known) -> Said:
    """Question 6."""
    point = known.point("sector")
    facts = {
        "sector_continues": True if known.told is None or point else None,
        "goes_on": point.text if point else None,
    }
    if known.told is None:
        return Said(_not_withdrawn(known), facts)
    others = [other for other in known.alternatives if other.takes_registrations]
    going = (
        (f"On {written(known.on)} these took registrations: {', '.join(f'{one.code} {one.title}' for one in others)}.",)
        if others
        else ()
    )
    if point is None:
        return Said((f"Nothing is recorded about the rest of the sector of {SCHEMES}.", *going), facts)
    return Said(("No. " + point.text, *going), facts, cited(point))


def other_organisations(known: Known) -> Said:
    """Question 7."""
    decision, register = known.point("decision"), known.point("register")
    address = register.address if register else known.register
    facts = {"decided_by": decision.text if decision else None, "register": address}
    look = f"Look for other providers in the Register of Regulated Qualifications: {address}"
    known_links = links(register) if register else _register_link(address)
    if known.told is None:
        return Said((*_not_withdrawn(known), look), facts, links=known_links)
    lead = (
        f"No: it is the decision of {decision.text}, for its own qualifications."
        if decision
        else f"Nothing is recorded about others who offer the same as {SCHEMES}."
    )
    return Said((lead, look), facts, cited(decision) + cited(register), links=known_links)


def unused_places(known: Known) -> Said:
    """Question 10."""
    facts = {"refundable": refundable(100) > 0, "per_cent_kept": policy("percent_of_registration_fee_kept")}
    text = (
        f"No: a registration fee for {SCHEMES} is not refundable, for a full award or for a unit.",
        "That holds for unnamed places that are never used, even if nobody looked at any work for them. "
        "As nothing is credited, there is no period for claiming it and no form.",
    )
    return Said(text, facts, _policies("percent_of_registration_fee_kept"), ("registration-fee-not-refundable",))


def _not_withdrawn(known: Known) -> tuple[str, ...]:
    if known.announced_later:
        return (no_date(known, "withdrawal"),)
    if known.phase == OPEN:
        return (f"No withdrawal of {SCHEMES} is announced.",)
    return (f"The catalogue gives last dates for {SCHEMES}, and no announcement with reasons.",)


def _allowance(known: Known) -> tuple[str, ...]:
    begins, ends = visit_year(known.on)
    return (
        f"{_counted(policy('free_visits_a_year'))} visits a year are free, counted from {written(begins)} to "
        f"{written(ends)}, for a centre with at least {policy('candidates_for_free_visits')} candidates; "
        "a smaller centre may be charged.",
    )


def _counted(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four"}.get(number, str(number))


def _policies(*names: str) -> tuple[Citation, ...]:
    found = [POLICIES[name] for name in names]
    return tuple(Citation(one.clause, one.reading, one.decided_by) for one in found)


def _route(known: Known) -> tuple[Citation, ...]:
    return (known.cites["route"],) if "route" in known.cites else ()


def _register_link(address: str) -> tuple[Link, ...]:
    return (Link("Register of Regulated Qualifications", address),) if address else ()
