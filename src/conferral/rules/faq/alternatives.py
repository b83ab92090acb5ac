"""Questions 11 to 17: what to offer instead, and what comes with it."""

from conferral.rules.faq.known import (
    HOUSE,
    OPEN,
    SCHEMES,
    Citation,
    Known,
    Other,
    Said,
    Shared,
    cited,
    links,
    listed,
    ways,
)
from conferral.rules.withdrawals import Family

_LOOKED_AT = {
    "postal": "the centre assesses, and the work goes to a moderator by post",
    "verified": "the centre assesses, and an external verifier checks on a visit",
    "visiting": "the centre assesses, and a moderator comes to look",
}
BY_LEVEL = Citation(
    "cco-withdrawal-2013 q11", "Question 11 names families of qualifications and no codes; they are matched by level.",
    "house",
)  # fmt: skip


def what_instead(known: Known) -> Said:
    """Question 11."""
    families = known.told.families if known.told else ()
    facts = {
        "families": [{"text": family.text, "levels": list(family.levels)} for family in families],
        "alternatives": [one.code for one in known.alternatives],
    }
    codes = _codes(known)
    cites = tuple(cite for family in families for cite in cited(family)) + (BY_LEVEL,) * len(codes)
    if families:
        offers = listed([_with_levels(family) for family in families])
        return Said((f"{offers[0].upper()}{offers[1:]}.", *codes), facts, cites)
    if known.alternatives:
        return Said(codes, facts, tuple(Citation(one.clause) for one in known.alternatives))
    if known.phase == OPEN:
        return Said((f"Nothing else is needed: {SCHEMES} can be offered.",), facts)
    return Said((f"No alternative to {SCHEMES} is named.",), facts)


def how_assessed(known: Known) -> Said:
    """Question 12."""
    families = [family for family in (known.told.families if known.told else ()) if family.route]
    handbook = known.point("handbook")
    facts = {
        "route": known.route,
        "families": {family.text: family.route for family in families},
        "alternatives": {one.code: one.route for one in known.alternatives},
    }
    now = f"For {SCHEMES}: {_LOOKED_AT[known.route]}."
    if not families and not known.alternatives:
        return Said((now, _no_alternative(known)), facts, _route(known), _rules(known.route))
    named = [(family.text, family.route) for family in families]
    named = named or [(f"{one.code} {one.title}", one.route) for one in known.alternatives]
    text: tuple[str, ...] = (_in_short(known.route, named), now, *(_compared(known.route, *one) for one in named))
    if handbook:
        text += (f"The detail is in {handbook.text}: {handbook.address}",)
    cites = tuple(cite for family in families for cite in cited(family)) or _route(known)
    return Said(text, facts, cites, _rules(known.route), links(handbook))


def training(known: Known) -> Said:
    """Question 13."""
    return _where(known, "training", "Training for the alternatives is booked here: {}", "training")


def information(known: Known) -> Said:
    """Question 14."""
    return _where(known, "information", "The alternatives are described here: {}", "information")


def carrying_over(known: Known) -> Said:
    """Question 15."""
    units, advice = known.point("shared_units"), known.point("transfer_advice")
    sharing = [family for family in (known.told.families if known.told else ()) if family.shares_units]
    facts = {
        "transfers": bool(sharing or known.alternatives),
        "shared_units": {one.unit: one.alternative for one in known.shared},
        "phone": advice.phone if advice else None,
        "email": advice.email if advice else None,
    }
    if not sharing and not known.alternatives:
        return Said((f"There is nothing to carry over to. {_no_alternative(known)}",), facts)
    into = f", into {listed([family.text for family in sharing], last='or')}" if sharing else ""
    text = [
        f"Yes, unit by unit{into}: a unit achieved in {SCHEMES} that the chosen one has too is transferred.",
        "It keeps the day on which it was achieved. A unit that the alternative doesn’t have stays on record and "
        "counts for nothing in it.",
        *(_shared_with(one) for one in known.shared),
    ]
    if units:
        text.append(f"Which units each alternative has: {units.address}")
    if advice:
        text.append(f"Advice before you transfer: {ways(advice)}.")
    cites = cited(units) + cited(advice) or (HOUSE,)
    return Said(tuple(text), facts, cites, links=links(units, advice))


def approval(known: Known) -> Said:
    """Question 16."""
    point = known.point("approval")
    rules = ("centre-not-approved", "claim-by-centre-not-approved")
    facts = {"apply": True, "address": point.address if point else None}
    text = (
        "Yes: apply for it on-line, for each qualification by itself.",
        f"Approval for {SCHEMES} doesn’t reach further. Until the new approval is given, nobody can be registered.",
    )
    if point is None:
        return Said(text, facts, (HOUSE,), rules)
    return Said((*text, f"The steps are set out here: {point.address}"), facts, cited(point), rules, links(point))


def recognised(known: Known) -> Said:
    """Question 17."""
    body, framework = known.point("sector_body"), known.point("framework")
    facts = {"sector_body": body.text if body else None, "framework": framework.text if framework else None}
    if body is None:
        return Said((f"No sector body is recorded for {SCHEMES} or for an alternative.",), facts)
    text = [f"Yes: {body.text}, the sector body that supports {SCHEMES}, supports the alternatives too."]
    if framework:
        text.append(f"The alternatives are accredited on the {framework.text}.")
    text.append("What one employer makes of a certificate is for that employer to say.")
    return Said(tuple(text), facts, cited(body))


def _where(known: Known, name: str, words: str, subject: str) -> Said:
    point = known.point(name)
    facts = {"address": point.address if point else None}
    if point is None:
        return Said((f"No {subject} page is recorded for {SCHEMES}. {_no_alternative(known)}".strip(),), facts)
    return Said((words.format(point.address),), facts, cited(point), links=links(point))


def _no_alternative(known: Known) -> str:
    if known.alternatives:
        return ""
    if known.phase == OPEN:
        return "No alternative is needed while registrations are taken."
    return "No alternative is named."


def _with_levels(family: Family) -> str:
    if not family.levels:
        return family.text
    first, last = min(family.levels), max(family.levels)
    return f"{family.text} at levels {first} to {last}" if first < last else f"{family.text} at level {first}"


def _codes(known: Known) -> tuple[str, ...]:
    if not known.alternatives:
        return ()
    return (f"In this catalogue, matched by level: {'; '.join(_titled(one) for one in known.alternatives)}.",)


def _titled(one: Other) -> str:
    return f"{one.code} {one.title}{'' if one.takes_registrations else ', which takes no registrations on that day'}"


def _in_short(now: str, named: list[tuple[str, str]]) -> str:
    same = listed([text for text, route in named if route == now])
    other = listed([text for text, route in named if route != now])
    if not same:
        return f"{other}: not in the same way as {SCHEMES}."
    return f"{same}: in the same way as {SCHEMES}.{f' {other}: differently.' if other else ''}"


def _compared(now: str, text: str, route: str) -> str:
    same = "the same" if route == now else "different"
    return f"{text}: {same}, {_LOOKED_AT[route]}."


def _shared_with(one: Shared) -> str:
    doubt = "" if one.confirmed else " (no source at hand confirms it)"
    return f"Shared with {one.alternative}: {one.unit} {one.title}{doubt}."


def _route(known: Known) -> tuple[Citation, ...]:
    return (known.cites["route"],) if "route" in known.cites else ()


def _rules(route: str) -> tuple[str, ...]:
    return ("evidence-type-not-accepted",) if route == "postal" else ()
