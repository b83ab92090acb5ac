"""The sentence that each reason drafts for the feedback report. A person edits it: the centre reads it."""

from conferral.records.moderation.models import UnitDecision

Code = UnitDecision.Code

DRAFTS: dict[str, str] = {
    Code.INCOMPLETE: (
        "Some criteria of {unit} have no evidence. Name the criterion beside each piece of work, fill the "
        "gaps and claim the unit again."
    ),
    Code.WRONG_EVIDENCE: (
        "The evidence for {unit} is of a kind that this scheme does not take. Send the kind that the claim "
        "page names for the scheme."
    ),
    Code.NOT_ANNOTATED: (
        "The marking of {unit} is not shown on the work. Write beside each answer which criterion it meets, "
        "with the assessor’s initials and the date."
    ),
    Code.NO_INTERNAL_MOD: (
        "Nothing in {unit} shows that it was internally moderated. Add the internal verifier’s signature, the "
        "date and what was sampled."
    ),
    Code.THIN_ANSWER: (
        "The answers in {unit} name the point but do not develop it. A sentence or two with an example from "
        "the candidate’s workplace would meet the criterion."
    ),
    Code.VERB_NOT_MET: (
        "The criterion in {unit} asks the candidate to do more than name or list. Where it says explain, a "
        "sentence with “because” and an example would meet it."
    ),
    Code.INCONSISTENT_ASSESSOR: (
        "Similar answers in {unit} were marked differently. Assess the unit again against the same standard, "
        "let the internal verifier compare, then claim it again."
    ),
    Code.AUTHENTICITY: (
        "It is not clear that the work for {unit} is the candidate’s own. Add the signed statement of "
        "authenticity and how the assessor satisfied themselves of it."
    ),
    Code.DUPLICATE: (
        "The work for {unit} is the same as another candidate’s. Each candidate’s answers are to be in their "
        "own words; find out how this came about before the unit is claimed again."
    ),
    Code.UNREADABLE_FILE: "The work for {unit} can’t be read. Send it again as a legible copy, or in a common format.",
    Code.WRONG_UNIT: (
        "The work sent belongs to another unit than {unit}. Send the work for this unit, or claim the unit "
        "that the work is for."
    ),
}


def draft(code: str | None, unit: str) -> str:
    """The draft for a reason, or nothing for none."""
    return DRAFTS[code].format(unit=unit) if code in DRAFTS else ""
