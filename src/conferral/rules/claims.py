"""What may be claimed: dates, registration, evidence, and who assessed and verified it."""

from typing import Any

from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, after, before, differs, lacks, present, same


@rule(
    "claim-without-registration",
    subject="claim",
    about="candidate",
    clause="cco-withdrawal-2013 q9",
    refuse="The candidate was not registered for {scheme} when the claim was made.",
    remedy="Register the candidate first, if the scheme still takes registrations.",
    rulebook=("R40",),
)
def claim_without_registration(claim: Any) -> Any:
    """A claim is made for a registered candidate, whatever work was done before."""
    return absent(claim.registered_on) | after(claim.registered_on, claim.claimed_on)


@rule(
    "candidate-registered-too-late",
    subject="claim",
    about="candidate",
    clause="cco-withdrawal-2013 q8 q9",
    needs=("last_registration",),
    refuse="The candidate was registered on {registered_on}; {scheme} took its last registrations on "
    "{last_registration}.",
    remedy="Ask which achieved units transfer to an alternative qualification.",
    reading="A candidate registered on the last registration date is in time: question 1 prevails.",
    decided_by="house",
    rulebook=("R39", "R40"),
)
def candidate_registered_too_late(claim: Any) -> Any:
    """A claim counts only for a candidate registered by the last registration date.

    London calendar dates, the last date included. A scheme without a last date never refuses.
    """
    return after(claim.registered_on, claim.last_registration)


@rule(
    "claim-after-final-certification",
    subject="claim",
    about="claimed_on",
    clause="cco-withdrawal-2013 q2 q8",
    needs=("final_certification",),
    refuse="{scheme} stopped certificating on {final_certification}; this claim was made on {claimed_on}.",
    remedy="Ask which achieved units transfer to an alternative qualification.",
    reading="The source says both that the date 'has not passed' and that claims come 'before' it. "
    "A claim on the date itself is accepted, with a warning.",
    decided_by="house",
    rulebook=("R29", "R39"),
)
def claim_after_final_certification(claim: Any) -> Any:
    """No claim is made after the scheme's final certification date.

    London calendar dates; a claim on the final date is in time. A scheme without one never refuses.
    """
    return after(claim.claimed_on, claim.final_certification)


@rule(
    "claim-near-final-certification",
    subject="claim",
    about="claimed_on",
    outcome=WARNED,
    clause="cco-withdrawal-2013 q2",
    needs=("final_certification",),
    refuse="{scheme} produces its last certificates on {final_certification}. A claim by {safe_claim} is safe; "
    "this one is later.",
    remedy="The claim is accepted. Make sure that everything it needs is complete: after {final_certification} "
    "no certificate can be produced.",
    reading="Safe is the final certification date less the service time of the route: 6 working days when "
    "verified, 35 when moderated by post.",
    decided_by="house",
    rulebook=("R30", "R60"),
)
def claim_near_final_certification(claim: Any) -> Any:
    """A claim that leaves less than the service time before final certification is warned.

    Counted in working days of England. The warning ends where the refusal begins.
    """
    in_time = before(claim.claimed_on, claim.final_certification) | same(claim.claimed_on, claim.final_certification)
    return after(claim.claimed_on, claim.safe_claim) & in_time


@rule(
    "claim-by-centre-not-approved",
    subject="claim",
    about="scheme",
    clause="cco-withdrawal-2013 q16",
    refuse="Your centre has no approval for {scheme} on {claimed_on}.",
    remedy="Ask the awarding organisation's desk about the approval before you claim.",
    rulebook=("R49",),
)
def claim_by_centre_not_approved(claim: Any) -> Any:
    """A centre claims only for schemes it is approved for on that day. First and last day count."""
    return (
        absent(claim.approved_on)
        | before(claim.claimed_on, claim.approved_on)
        | after(claim.claimed_on, claim.approval_ended_on)
    )


@rule(
    "claim-without-moderator",
    subject="claim",
    about="scheme",
    clause="cco-withdrawal-2013 q18 q19",
    refuse="Nobody has been allocated yet to look at your centre's work for {scheme}.",
    remedy="Keep the draft. The desk sees that it is waiting, and tells you when someone is allocated.",
    rulebook=("R51", "R53"),
)
def claim_without_moderator(claim: Any) -> Any:
    """First entries, then allocation, then claims: work needs somebody to go to."""
    return absent(claim.moderator)


@rule(
    "unit-not-in-scheme",
    subject="claim",
    about="unit",
    clause="house",
    needs=("unit",),
    refuse="Unit {unit} does not count in {scheme}.",
    remedy="Choose a unit of the scheme: they are listed under Qualifications and dates.",
)
def unit_not_in_scheme(claim: Any) -> Any:
    """Only units of the scheme can be claimed in it."""
    return lacks(claim.unit_in_scheme)


@rule(
    "unit-already-achieved",
    subject="claim",
    about="unit",
    clause="house",
    needs=("achieved_on",),
    refuse="This candidate achieved {unit} on {achieved_on}.",
    remedy="Leave the unit out: it is banked already and counts.",
)
def unit_already_achieved(claim: Any) -> Any:
    """A unit is banked once for a registration."""
    return present(claim.achieved_on)


@rule(
    "unit-in-open-claim",
    subject="claim",
    about="unit",
    clause="house",
    needs=("open_claim",),
    refuse="{unit} is already in claim {open_claim}, which is not finished.",
    remedy="Wait for its outcome, or take claim {open_claim} back.",
)
def unit_in_open_claim(claim: Any) -> Any:
    """A unit waits in one open claim at a time, so that it has one outcome."""
    return present(claim.open_claim)


@rule(
    "unit-to-be-registered-again",
    subject="claim",
    about="unit",
    clause="moderation-2012 p6",
    needs=("refused_in",),
    refuse="{unit} was not awarded in claim {refused_in}, and has not been registered again since.",
    remedy="Register the candidate for the unit again, on the candidate's page. The fee is shown first.",
    rulebook=("R20", "R21"),
)
def unit_to_be_registered_again(claim: Any) -> Any:
    """After a unit was not awarded, another attempt is registered and paid for first."""
    return present(claim.refused_in)


@rule(
    "evidence-not-named",
    subject="claim",
    about="evidence_kind",
    clause="moderation-2012 p2",
    refuse="The claim doesn't say what evidence will be sent for {unit}.",
    remedy="Choose the kind of evidence for this candidate and unit.",
    rulebook=("R1", "R3"),
)
def evidence_not_named(claim: Any) -> Any:
    """Every claimed unit says what kind of evidence supports it."""
    return absent(claim.evidence_kind)


@rule(
    "evidence-type-not-accepted",
    subject="claim",
    about="evidence_kind",
    clause="moderation-2012 p2",
    needs=("evidence_needed", "evidence_kind"),
    refuse="In {scheme}, {evidence_kind} can't stand in for {evidence_needed}.",
    remedy="Send {evidence_needed}. Proof of NVQ units is accepted in 04522 and 04523 only.",
    rulebook=("R1", "R2", "R3"),
)
def evidence_type_not_accepted(claim: Any) -> Any:
    """Each scheme takes one kind of evidence: candidates' own work, or proof of unit achievement.

    The scheme's policy on the day of the claim decides.
    """
    return differs(claim.evidence_kind, claim.evidence_needed)


@rule(
    "assessor-not-named",
    subject="claim",
    about="assessor",
    clause="moderation-2012 p3",
    refuse="No centre assessor is named for {unit}.",
    remedy="Name the person at your centre who assessed the work.",
    rulebook=("R6",),
)
def assessor_not_named(claim: Any) -> Any:
    """Every claimed unit names the centre assessor who marked it."""
    return absent(claim.assessor)


@rule(
    "assessor-not-at-centre",
    subject="claim",
    about="assessor",
    clause="house",
    needs=("assessor",),
    refuse="The person named as assessor of {unit} does not assess at your centre.",
    remedy="Name the centre's own assessor. The moderator's name never goes here.",
)
def assessor_not_at_centre(claim: Any) -> Any:
    """The assessor of a unit is an assessor of the claiming centre, never the moderator."""
    return present(claim.assessor) & lacks(claim.assessor_at_centre)


@rule(
    "verifier-not-named",
    subject="claim",
    about="internal_verifier",
    clause="moderation-2012 p3",
    refuse="No internal verifier is named for {unit}.",
    remedy="Name who checked the marking. Signatures on the work or its checklist are enough as evidence.",
    rulebook=("R7", "R8"),
)
def verifier_not_named(claim: Any) -> Any:
    """Every claimed unit has been internally moderated, and says by whom."""
    return absent(claim.internal_verifier)


@rule(
    "verifier-is-assessor",
    subject="claim",
    about="internal_verifier",
    clause="moderation-2012 p3",
    needs=("assessor", "internal_verifier"),
    refuse="The internal verifier is also the assessor of this unit.",
    remedy="Choose another internal verifier. Nobody verifies their own decision.",
    reading="The report asks for internal moderation of the assessor's marking; checking oneself is none.",
    decided_by="house",
    rulebook=("R7",),
)
def verifier_is_assessor(claim: Any) -> Any:
    """The internal verifier of a unit is not its assessor."""
    return same(claim.assessor, claim.internal_verifier)


@rule(
    "claim-with-gaps",
    subject="submission",
    about="criteria",
    clause="moderation-2012 p7",
    refuse="{gaps} of {criteria} criteria have no mark that says where the work meets them.",
    remedy="Name the page for each of them in the matrix, or say why the claim goes without.",
    reading="Only complete evidence is submitted. The product cannot see a parcel, so a centre that has its reason may "
    "go on; the moderator reads the reason.",
    decided_by="house",
    rulebook=("R19",),
)
def claim_with_gaps(submission: Any) -> Any:
    """A claim whose criteria are not all marked goes only with a reason.

    Criteria of the candidate's own work count, where the catalogue knows them.
    """
    return present(submission.gaps) & absent(submission.gaps_because)


@rule(
    "claim-went-with-gaps",
    subject="submission",
    about="criteria",
    outcome=WARNED,
    clause="moderation-2012 p7",
    refuse="The claim goes with {gaps} of {criteria} criteria unmarked, because: “{gaps_because}.”",
    remedy="The moderator reads your reason. A unit whose work is not complete is not awarded.",
    rulebook=("R19", "R20"),
)
def claim_went_with_gaps(submission: Any) -> Any:
    """The reason for gaps is kept with the claim, for the moderator."""
    return present(submission.gaps) & present(submission.gaps_because)


@rule(
    "earlier-claim-not-submitted",
    subject="submission",
    outcome=WARNED,
    clause="house",
    needs=("earlier_draft",),
    refuse="Claim {earlier_draft} in {scheme} was begun earlier and is still a draft.",
    remedy="Nothing stops this claim. Submit the earlier one too, or delete it if it isn’t needed.",
    reading="Another awarding organisation lets a new claim begin only when earlier ones are submitted. Here several "
    "assessors claim at once, so it is said and not refused.",
    decided_by="house",
    rulebook=("R80",),
)
def earlier_claim_not_submitted(submission: Any) -> Any:
    """A draft begun earlier in the same scheme is not forgotten."""
    return present(submission.earlier_draft)
