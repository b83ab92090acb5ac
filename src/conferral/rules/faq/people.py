"""Questions 18 to 21: who does what, in which order, and whom to ask."""

from conferral.rules.faq.known import HOUSE, SCHEMES, Known, Link, Said, cited, links, ways
from conferral.rules.policies import policy

_THEN = {
    "postal": "when you claim, the work is sent to the moderator within {hours} hours",
    "verified": "when you claim, the verifier arranges a visit",
    "visiting": "when you claim, the moderator arranges a visit",
}


def administration(known: Known) -> Said:
    """Question 18."""
    help, admin, guide = known.point("help"), known.point("admin_help"), known.point("admin_guide")
    families = [family for family in (known.told.families if known.told else ()) if family.route]
    order = "you make entries, then somebody is allocated to you, and " + _then(known.route)
    facts = {
        "order": ["entries", "allocation", "visits" if known.route != "postal" else "work"],
        "email": admin.email if admin else None,
        "guide": guide.address if guide else None,
    }
    rules = ("claim-without-moderator", "work-sent-late") if known.route == "postal" else ("claim-without-moderator",)
    lead = f"For {SCHEMES}: {order}."
    same = [family.text for family in families if family.route == known.route]
    other = [family for family in families if family.route != known.route]
    text = [lead, *(f"For {name} the order is the same." for name in same)]
    text += [f"Slightly different for {one.text}: {_then(one.route)}." for one in other]
    if help and admin:
        text.append(f"Who explains it: {ways(help)}; {ways(admin)}.")
    if guide:
        text.append(f"In full: {guide.text}, {guide.address}")
    cites = cited(admin) + cited(guide) or (HOUSE,)
    return Said(tuple(text), facts, cites, rules, links(help, admin, guide))


def same_assessor(known: Known) -> Said:
    """Question 19."""
    point = known.point("same_assessor")
    text = (
        "That can’t be promised: who looks at your work is known once you have made entries and somebody is allocated.",
        *((point.text,) if point else ()),
    )
    return Said(text, {"promised": False}, cited(point) or (HOUSE,), ("claim-without-moderator",))


def whom_to_ask(known: Known) -> Said:
    """Question 20."""
    help, managers = known.point("help"), known.point("account_managers")
    facts = {
        "phone": help.phone if help else None,
        "email": help.email if help else None,
        "account_managers": managers.address if managers else None,
    }
    if help is None:
        return Said((f"For {SCHEMES} ask the awarding organisation’s desk.",), facts, (HOUSE,))
    text = [f"{ways(help)}."]
    if managers:
        text.append(f"For your region: {managers.text}, {managers.address}")
    return Said(tuple(text), facts, cited(help) + cited(managers), links=links(help, managers))


def other_providers(known: Known) -> Said:
    """Question 21."""
    point = known.point("other_providers")
    address = point.address if point else known.register
    facts = {"register": address, "others_offer_it": bool(point)}
    look = f"Which ones offer what is in the Register of Regulated Qualifications: {address}"
    if point:
        return Said(
            (point.text, look), facts, cited(point), links=(Link("Register of Regulated Qualifications", address),)
        )
    lead = f"This organisation keeps no list of what others offer in place of {SCHEMES}."
    found = (Link("Register of Regulated Qualifications", address),) if address else ()
    return Said((lead, look), facts, (HOUSE,), links=found)


def _then(route: str) -> str:
    return _THEN[route].format(hours=policy("hours_to_send_work"))
