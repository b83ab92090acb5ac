"""The facts that claims are judged by: one SQL text, restricted to a page's rows or a claim's."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Subquery

from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import EvidencePolicy, Qualification, SchemeUnit
from conferral.records.catalogue.queries import evidence_needed, safe_claim_of
from conferral.records.centres.models import Approval, Membership
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.moderation.models import Allocation
from conferral.records.prepared import asked_often
from conferral.rules.facts import ClaimFacts

# What a unit claimed for a candidate is judged by. `pairs` holds the claimed units in question.
CLAIM_FACTS = """
SELECT pairs.registration_id, pairs.unit_id, pairs.assessor_id, pairs.internal_verifier_id, pairs.evidence_kind,
       su.id IS NOT NULL AS unit_in_scheme,
       r.registered_on, a.approved_on, a.ended_on,
       EXISTS (SELECT FROM centres_membership m WHERE m.person_id = pairs.assessor_id
               AND m.centre_id = r.centre_id AND m.role = 'assessor') AS assessor_at_centre,
       ach.achieved_on, other.claim_id AS open_claim, refused.claim_id AS refused_in
FROM pairs
JOIN candidates_registration r ON r.id = pairs.registration_id
LEFT JOIN catalogue_schemeunit su ON su.scheme_id = r.scheme_id AND su.unit_id = pairs.unit_id
LEFT JOIN centres_approval a ON a.centre_id = r.centre_id AND a.scheme_id = r.scheme_id
LEFT JOIN candidates_achievement ach ON ach.registration_id = r.id AND ach.unit_id = pairs.unit_id
LEFT JOIN claims_claimedunit other ON other.registration_id = r.id AND other.unit_id = pairs.unit_id
     AND other.state IN ('claimed', 'confirmed', 'amended') AND other.claim_id IS DISTINCT FROM pairs.claim_id
     AND EXISTS (SELECT FROM claims_claim open WHERE open.id = other.claim_id
                 AND open.state IN ('submitted', 'with_moderator', 'with_awarding_organisation'))
-- Not awarded more often than it was registered again.
LEFT JOIN LATERAL (
    SELECT max(u.claim_id) AS claim_id FROM claims_claimedunit u
    WHERE u.registration_id = r.id AND u.unit_id = pairs.unit_id AND u.state = 'not_awarded'
    HAVING count(*) > (SELECT count(*) FROM money_attempt t
                       WHERE t.registration_id = r.id AND t.unit_id = pairs.unit_id)
) refused ON TRUE
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
                refused_in=row[12],
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


def schemes_of_centre(centre: str, on: date) -> list[tuple[Qualification, bool, ClaimFacts]]:
    """The schemes that a centre is approved for or has candidates in: whether it has any, and what is
    true of every claim made on a day. Two queries."""
    registered = Registration.objects.filter(centre=centre, scheme=OuterRef("pk"))
    allocated = Allocation.objects.filter(centre=centre, scheme=OuterRef("pk"), days__contains=on)
    found = Qualification.objects.annotate(
        has_candidates=Exists(registered), allocated_to=Subquery(allocated.values("moderator")[:1])
    )
    approvals = {row.scheme_id: row for row in Approval.objects.filter(centre=centre)}
    found = found.filter(Q(has_candidates=True) | Q(pk__in=approvals))
    return [(scheme, scheme.has_candidates, _facts_of_scheme(scheme, approvals.get(scheme.pk), on)) for scheme in found]


def _facts_of_scheme(scheme: Qualification, approval: Approval | None, on: date) -> ClaimFacts:
    return ClaimFacts(
        scheme=scheme.code,
        claimed_on=on,
        last_registration=scheme.last_registration,
        final_certification=scheme.final_certification,
        safe_claim=safe_claim_of(scheme),
        approved_on=approval and approval.approved_on,
        approval_ended_on=approval and approval.ended_on,
        moderator=scheme.allocated_to,
    )


CLAIM_SIZES = """
SELECT claim.id, count(unit.*), count(DISTINCT unit.registration_id)
FROM unnest(%(claims)s::bigint[]) AS claim(id),
     LATERAL (SELECT registration_id FROM claims_claimedunit WHERE claim_id = claim.id LIMIT %(most)s) AS unit
GROUP BY claim.id
"""
MOST_COUNTED = 5000


class Size(NamedTuple):
    """How many units and candidates a claim holds; `more` when it was counted no further."""

    units: int = 0
    candidates: int = 0
    more: bool = False


def claim_sizes(claims: Iterable[int]) -> dict[int, Size]:
    """The sizes of the claims of a page, in one query; an empty claim is absent."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SIZES, {"claims": list(claims), "most": MOST_COUNTED + 1})
        rows = cursor.fetchall()
    return {
        claim: Size(min(units, MOST_COUNTED), candidates, units > MOST_COUNTED) for claim, units, candidates in rows
    }


# Each look is one into an index for each claim: joined, all consignments and clones of the centre would be read.
LISTED_CLAIMS = """
SELECT c.id, c.scheme_id, scheme.title, scheme.route, centre.nation, c.state, c.submitted_at,
       CASE WHEN c.state = 'submitted' THEN c.send_by END, CASE WHEN c.state = 'submitted' THEN c.withdraw_after END,
       work.state, work.despatched_on,
       CASE WHEN c.state = 'withdrawn'
            THEN (SELECT again.id FROM claims_claim again WHERE again.cloned_from_id = c.id LIMIT 1) IS NOT NULL
            ELSE FALSE END,
       CASE WHEN c.state = 'with_moderator'
            THEN (SELECT min(q.due_on) FROM questions_question q WHERE q.claim_id = c.id AND q.state = 'open') END,
       size.units, size.candidates
FROM (SELECT * FROM claims_claim WHERE {which} ORDER BY id DESC LIMIT %(rows)s) c
JOIN catalogue_qualification scheme ON scheme.code = c.scheme_id
JOIN centres_centre centre ON centre.number = c.centre_id
LEFT JOIN LATERAL (
    SELECT w.state, w.despatched_on FROM claims_consignment w
    WHERE w.claim_id = c.id AND w.state <> 'cancelled' LIMIT 1
) work ON TRUE
CROSS JOIN LATERAL (
    SELECT count(*) AS units, count(DISTINCT unit.registration_id) AS candidates
    FROM (SELECT registration_id FROM claims_claimedunit WHERE claim_id = c.id LIMIT %(most)s) unit
) size
ORDER BY c.id DESC
"""


class ListedClaim(NamedTuple):
    """What a list shows of a claim. Without work nothing is on its way; counts end at `MOST_COUNTED` and one.

    The days by which work is sent are known while it is awaited: of a claim that is submitted. `answer_by` is the day
    of the moderator's question that is to be answered first.
    """

    number: int
    scheme: str
    title: str
    route: str
    nation: str
    state: str
    submitted_at: datetime | None
    send_by: datetime | None
    withdraw_after: datetime | None
    work: str | None
    despatched_on: date | None
    claimed_again: bool
    answer_by: date | None
    units: int
    candidates: int

    @property
    def size(self) -> Size:
        return Size(min(self.units, MOST_COUNTED), self.candidates, self.units > MOST_COUNTED)


def page_of_claims(states: Iterable[str], before: int | None, most: int) -> list[ListedClaim]:
    """The newest claims in any of the states (none: all), one more than a page to tell whether there are older.

    One statement, and rows rather than models: this is the page that a centre opens most often.
    """
    which = ["state = ANY(%(states)s)"] * bool(states) + ["id < %(before)s"] * (before is not None)
    scope = {"states": list(states), "before": before, "rows": most + 1, "most": MOST_COUNTED + 1}
    return [ListedClaim(*row) for row in asked_often(LISTED_CLAIMS.format(which=" AND ".join(which) or "true"), scope)]


def earlier_draft(claim: Claim) -> int | None:
    """The centre's oldest draft in the scheme of a claim that was begun before it."""
    drafts = Claim.objects.filter(centre=claim.centre_id, scheme=claim.scheme_id, state="draft", pk__lt=claim.pk)
    return drafts.order_by("pk").values_list("pk", flat=True).first()


def registered_for(claim: Claim, before: int | None, most: int, *, chosen: bool) -> list[Registration]:
    """The newest registrations from which a claim chooses, or has chosen; one more than a page."""
    found = Registration.objects.filter(centre=claim.centre_id, scheme=claim.scheme_id)
    found = found.filter(pk__in=claim.units.values("registration")) if chosen else found
    found = found.filter(pk__lt=before) if before else found
    return list(found.select_related("candidate").order_by("-pk")[: most + 1])


def registered_at_most(claim: Claim, most: int) -> int:
    """How many registrations a claim chooses from, counted no further than `most`."""
    found = Registration.objects.filter(centre=claim.centre_id, scheme=claim.scheme_id)
    return found.values("pk")[:most].count()


def units_of_scheme(scheme: str) -> list[SchemeUnit]:
    """The units of a scheme in the order of its groups."""
    return list(SchemeUnit.objects.filter(scheme=scheme).select_related("unit").order_by("place"))


def chosen_units(claim: Claim, registrations: Iterable[int], units: Iterable[str]) -> dict[Pair, ClaimedUnit]:
    """What a draft says of some candidates and units, with the people named."""
    found = claim.units.filter(registration__in=list(registrations), unit__in=list(units))
    rows = found.select_related("assessor", "internal_verifier")
    return {Pair(row.registration_id, row.unit_id): row for row in rows}


def units_in_claim(claim: Claim, registrations: Iterable[int] | None = None) -> list[ClaimedUnit]:
    """What is in a claim, for all or some candidates in the order of registration, with names and decisions."""
    rows = claim.units.select_related("registration__candidate", "unit", "decision")
    rows = rows if registrations is None else rows.filter(registration__in=list(registrations))
    return list(rows.order_by("registration_id", "unit_id"))


def people_of_centre(centre: str, *roles: str) -> dict[str, list[tuple[int, str]]]:
    """Who holds each of some roles at a centre, by name."""
    held = Membership.objects.filter(centre=centre, role__in=roles).order_by("person__name", "person")
    people: dict[str, list[tuple[int, str]]] = {role: [] for role in roles}
    for role, person, name in held.values_list("role", "person", "person__name"):
        people[role].append((person, name))
    return people


def neighbours_of(registration: Registration) -> tuple[int | None, int | None]:
    """The registrations for the same scheme just after and just before this one."""
    found = Registration.objects.filter(centre=registration.centre_id, scheme=registration.scheme_id)
    keys = found.values_list("pk", flat=True)
    newer = keys.filter(pk__gt=registration.pk).order_by("pk").first()
    return newer, keys.filter(pk__lt=registration.pk).order_by("-pk").first()


def candidates_of_claim(claim: Claim, after: int | None, most: int) -> tuple[list[ClaimedUnit], int | None]:
    """The units of a page of candidates in the order of registration, and the last one if more follow. Two queries."""
    keys = claim.units.filter(registration__gt=after) if after else claim.units
    found = list(keys.values_list("registration", flat=True).distinct().order_by("registration")[: most + 1])
    return units_in_claim(claim, found[:most]), found[most - 1] if len(found) > most else None


def named_in_claim(claim: Claim) -> dict[str, list[str]]:
    """Who assessed and who verified the units of a claim. Two queries."""
    return {
        role: list(claim.units.order_by(f"{role}__name").values_list(f"{role}__name", flat=True).distinct())
        for role in ("assessor", "internal_verifier")
    }
