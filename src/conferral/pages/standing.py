"""How readiness is shown: its light, its word, and the next step in one phrase."""

from datetime import date
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from conferral.pages.templatetags.parts import written
from conferral.records.readiness import Readiness
from conferral.rules.readiness import AT_RISK, CAN_FINISH, CANNOT_FINISH, READY

# How far a registration has come, as it is told.
STATES = (
    ("registered", "Registered"),
    ("part_achieved", "Part achieved"),
    ("achieved", "Achieved"),
    ("certificated", "Certificated"),
)

LIGHTS = {
    READY: {"state": "ready", "word": "Ready"},
    CAN_FINISH: {"state": "can-finish", "word": "Can finish"},
    AT_RISK: {"state": "at-risk", "word": "At risk"},
    CANNOT_FINISH: {"state": "cannot", "word": "Cannot finish"},
}


def light(one: Readiness) -> dict[str, str]:
    """The sign and the word of a registration."""
    return LIGHTS[one.status]


@cache
def tag(text: str, state: str = "") -> SafeString:
    """A status word with its sign, drawn once: lists show the same few on every row."""
    return SafeString(render_to_string("parts/tag.html", {"text": text, "state": state}).strip())


def light_tag(one: Readiness) -> SafeString:
    """The sign and the word of a registration, drawn."""
    return tag(light(one)["word"], light(one)["state"])


def next_phrase(one: Readiness, on: date) -> str:
    """What comes next in one phrase: of what is missing the whole, else the first."""
    if one.status == CANNOT_FINISH or not one.missing:
        return one.next_step.removesuffix(".")
    whole = (line for line in one.missing if not line.standing.group)
    said = next(whole, one.missing[0]).words
    until = claim_by(one, on)
    return f"Claim {said}{f' by {written(until)}' if until else ''}"


def claim_by(one: Readiness, on: date) -> date | None:
    """The first of the planning date, the last safe day and final certification that is not past."""
    ends = (one.plan_by, one.safe_by, one.registration.scheme.final_certification)
    return next((day for day in ends if day and day >= on), None)


def how_many(one: Readiness) -> dict[str, Any]:
    """Credits achieved of those needed; units where nothing is said of credit."""
    if one.credits_needed:
        return {"have": one.credits, "need": one.credits_needed, "measure": "credits"}
    units = [line.need for line in one.standings if line.measure == "units" and not line.group]
    only = [line.need for line in one.standings] if len(one.standings) == 1 else []
    return {"have": len(one.units), "need": next(iter(units or only), None), "measure": "units"}
