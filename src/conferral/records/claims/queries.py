"""The facts that claims are judged by: one SQL text, restricted to a page's rows or a claim's."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from conferral.records.catalogue.models import EvidencePolicy, Qualification
from conferral.records.catalogue.queries import evidence_needed, safe_claim_of
from conferral.records.claims.models import Claim
from conferral.rules.facts import ClaimFacts

# What a unit claimed for a candidate is judged by. `pairs` holds the claimed units in question.
CLAIM_FACTS = """
SELECT pairs.registration_id, pairs.unit_id, pairs.assessor_id, pairs.internal_verifier_id, pairs.evidence_kind,
       su.id IS NOT NULL AS unit_in_scheme,
       r.registered_on, a.approved_on, a.ended_on,
       EXISTS (SELECT FROM centres_membership m WHERE m.person_id = pairs.assessor_id
               AND m.centre_id = r.centre_id AND m.role = 'assessor') AS assessor_at_centre,
       ach.achieved_on, other.claim_id AS open_claim
FROM pairs
JOIN candidates_registration r ON r.id = pairs.registration_id
LEFT JOIN catalogue_schemeunit su ON su.scheme_id = r.scheme_id AND su.unit_id = pairs.unit_id
LEFT JOIN centres_approval a ON a.centre_id = r.centre_id AND a.scheme_id = r.scheme_id
LEFT JOIN candidates_achievement ach ON ach.registration_id = r.id AND ach.unit_id = pairs.unit_id
LEFT JOIN claims_claimedunit other ON other.registration_id = r.id AND other.unit_id = pairs.unit_id
     AND other.state = 'claimed' AND other.claim_id IS DISTINCT FROM pairs.claim_id
ORDER BY pairs.registration_id, pairs.unit_id
"""

PAIRS_OF_CLAIM = """
SELECT claim_id, registration_id, unit_id, assessor_id, internal_verifier_id, evidence_kind
FROM claims_claimedunit WHERE claim_id = %(claim)s
"""

PAIRS_NOT_YET_CLAIMED = """
SELECT %(claim)s::bigint AS claim_id, r.id AS registration_id, u.unit AS unit_id, NULL::bigint AS assessor_id,
       NULL::bigint AS internal_verifier_id, NULL::text AS evidence_kind
FROM candidates_registration r CROSS JOIN unnest(%(units)s::text[]) AS u(unit)
WHERE r.id = ANY(%(registrations)s)
"""


class Pair(NamedTuple):
    """A candidate's registration and a unit."""

    registration: int
    unit: str


def claim_facts(claim: Claim, on: date) -> dict[Pair, ClaimFacts]:
    """The facts of every unit claimed in a claim, as if it were submitted on a London day."""
    return _facts(claim, on, PAIRS_OF_CLAIM, {"claim": claim.pk})


def facts_if_claimed(
    claim: Claim, registrations: Iterable[int], units: Iterable[str], on: date
) -> dict[Pair, ClaimFacts]:
    """The facts of units that might be claimed: with nobody named and no evidence chosen."""
    scope = {"claim": claim.pk, "registrations": list(registrations), "units": list(units)}
    return _facts(claim, on, PAIRS_NOT_YET_CLAIMED, scope)


def _facts(claim: Claim, on: date, pairs: str, scope: dict[str, Any]) -> dict[Pair, ClaimFacts]:
    common = scheme_facts(claim.scheme, on)
    common = replace(common, moderator=claim.moderator_id or allocated_moderator(claim, on))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH pairs AS ({pairs}) {CLAIM_FACTS}", scope)
        return {
            Pair(row[0], row[1]): replace(
                common,
                unit=row[1],
                assessor=row[2],
                internal_verifier=row[3],
                evidence_kind=_in_words(row[4]),
                unit_in_scheme=row[5],
                registered_on=row[6],
                approved_on=row[7],
                approval_ended_on=row[8],
                assessor_at_centre=row[9],
                achieved_on=row[10],
                open_claim=row[11],
            )
            for row in cursor.fetchall()
        }


def scheme_facts(scheme: Qualification, on: date) -> ClaimFacts:
    """What is true of every claim in a scheme made on a day."""
    return ClaimFacts(
        scheme=scheme.code,
        claimed_on=on,
        last_registration=scheme.last_registration,
        final_certification=scheme.final_certification,
        safe_claim=safe_claim_of(scheme),
        evidence_needed=_in_words(evidence_needed(scheme.code, on)),
    )


def allocated_moderator(claim: Claim, on: date) -> int | None:
    """Who is allocated to the claim's centre and scheme on a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT moderator_id FROM moderation_allocation "
            "WHERE centre_id = %s AND scheme_id = %s AND days @> %s::date",
            [claim.centre_id, claim.scheme_id, on],
        )
        found = cursor.fetchone()
    return found[0] if found else None


_EVIDENCE_WORDS = {
    EvidencePolicy.Kind.CANDIDATE_WORK: "the candidate's own work",
    EvidencePolicy.Kind.UNIT_PROOF: "proof of unit achievement",
    EvidencePolicy.Kind.AUTOMATIC: "no evidence",
}


def _in_words(kind: str | None) -> str | None:
    return _EVIDENCE_WORDS[EvidencePolicy.Kind(kind)] if kind else None
