"""Visits and direct claims: which visits are free, and what the end of a scheme asks of direct claims."""

from datetime import date
from typing import Any

from conferral.rules.policies import policy
from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, after, before, present, same


def visit_year(day: date) -> tuple[date, date]:
    """The first and the last day of the year in which a visit on `day` is counted."""
    begins = policy("first_month_of_visit_year")
    first = date(day.year - (day.month < begins), begins, 1)
    return first, date.fromordinal(date(first.year + 1, begins, 1).toordinal() - 1)


@rule(
    "visit-in-postal-scheme",
    subject="visit",
    about="scheme",
    clause="moderation-2012 p4",
    needs=("route",),
    refuse="The work of {scheme} goes to a moderator by post; nobody visits for it.",
    remedy="Claim, and send the work within 24 hours.",
    rulebook=("R43",),
)
def visit_in_postal_scheme(visit: Any) -> Any:
    """A scheme that is moderated by post has no visits."""
    return same(visit.route, "postal")


@rule(
    "visit-beyond-free-allowance",
    subject="visit",
    about="visited_on",
    outcome=WARNED,
    clause="cco-withdrawal-2013 q3",
    needs=("visit_of_year", "free_visits"),
    refuse="This is visit {visit_of_year} for {scheme} between {year_begins} and {year_ends}; {free_visits} are free.",
    remedy="The visit can be arranged. A fee is charged for it, also when it is the final one.",
    reading="A year is the academic year, from 1 September to 31 August.",
    decided_by="house",
    rulebook=("R32",),
)
def visit_beyond_free_allowance(visit: Any) -> Any:
    """Two visits a year are free; each further one is charged, a final visit included."""
    return after(visit.visit_of_year, visit.free_visits)


@rule(
    "visit-to-few-candidates",
    subject="visit",
    about="scheme",
    outcome=WARNED,
    clause="cco-withdrawal-2013 q3",
    needs=("candidates", "least_candidates"),
    refuse="Free visits are for centres with at least {least_candidates} candidates for {scheme}; "
    "yours has {candidates}.",
    remedy="The visit can be arranged. A fee may be charged for it: ask before you agree the day.",
    reading="The document gives no number. Ten candidates registered for the scheme are taken.",
    decided_by="house",
    rulebook=("R33",),
)
def visit_to_few_candidates(visit: Any) -> Any:
    """Free visits are subject to a least number of candidates; a small centre may be charged."""
    return before(visit.candidates, visit.least_candidates)


@rule(
    "direct-claim-without-final-visit",
    subject="direct_claim",
    about="claimed_on",
    clause="cco-withdrawal-2013 q3",
    needs=("last_registration",),
    refuse="No external verifier has reviewed the portfolios of {scheme} on a final visit; its last registrations "
    "were taken on {last_registration}.",
    remedy="Arrange the final visit. What the verifier has reviewed is accepted.",
    reading="Asked for once the last registration date is past: until then another visit comes in its turn.",
    decided_by="house",
    rulebook=("R31",),
)
def direct_claim_without_final_visit(direct_claim: Any) -> Any:
    """Direct claims of a closing scheme are accepted only after a verifier has visited and reviewed the portfolios.

    Of a scheme without a last registration date nothing is asked.
    """
    return after(direct_claim.claimed_on, direct_claim.last_registration) & absent(direct_claim.final_visit_on)


@rule(
    "direct-claims-after-final-visit",
    subject="direct_claim",
    about="claimed_on",
    clause="cco-withdrawal-2013 q3",
    needs=("final_visit_on",),
    refuse="The final visit for {scheme} was on {final_visit_on}, and direct claims status ended with it.",
    remedy="Ask the external verifier to authorise the claim, or the desk for another visit.",
    reading="The status is taken away by the verifier's word after the visit; a claim on the day of the visit is "
    "still direct.",
    decided_by="house",
    rulebook=("R34",),
)
def direct_claims_after_final_visit(direct_claim: Any) -> Any:
    """After the final visit to a closing scheme no claim is direct any more."""
    return present(direct_claim.last_registration) & after(direct_claim.claimed_on, direct_claim.final_visit_on)
