"""What is asked of the database after a season: the design's invariants, and everything stored of it as text."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from conferral.records.access import acting_as
from conferral.records.ledger.queries import broken_links
from conferral.rules.permissions import CLOCK, Acting


class Asked(NamedTuple):
    """One invariant: how many rows it was asked of, and how many break it. None: it isn't asked of stored rows."""

    id: str
    words: str
    rows: int | None
    broken: int | None


# Each gives the rows that it is asked of, and those that break it.
_QUESTIONS = (
    (
        "I1", "Nobody decides on work they touched or have an interest in",
        "SELECT count(*), count(*) FILTER (WHERE d.decided_by_id IN (u.assessor_id, u.internal_verifier_id) OR EXISTS "
        "(SELECT FROM moderation_interest i WHERE i.moderator_id = d.decided_by_id AND i.centre_id = d.centre_id)) "
        "FROM moderation_unitdecision d JOIN claims_claimedunit u ON u.id = d.claimed_unit_id",
    ),
    (
        "I2", "Every unit behind a certificate traces to a confirmed decision or a transfer",
        "SELECT count(*), count(*) FILTER (WHERE a.origin = 'decision' AND NOT EXISTS (SELECT FROM "
        "moderation_unitdecision d JOIN claims_claimedunit u ON u.id = d.claimed_unit_id "
        "WHERE u.id = a.claimed_unit_id AND u.registration_id = a.registration_id AND u.unit_id = a.unit_id "
        "AND d.outcome IN ('confirmed', 'amended'))) FROM awards_certificate c "
        "JOIN awards_award w ON w.id = c.award_id "
        "JOIN candidates_achievement a ON a.registration_id = w.registration_id",
    ),
    (
        "I3", "No certificate after final certification",
        "SELECT count(*), count(*) FILTER (WHERE c.issued_on > q.final_certification) FROM awards_certificate c "
        "JOIN awards_award w ON w.id = c.award_id JOIN catalogue_qualification q ON q.code = w.scheme_id",
    ),
    (
        "I4", "No registration after its last date, and no claim before the registration",
        "SELECT count(*), count(*) FILTER (WHERE r.registered_on > q.last_registration OR "
        "r.scheme_id <> c.scheme_id OR r.registered_on > (c.submitted_at AT TIME ZONE 'Europe/London')::date) "
        "FROM claims_claimedunit u JOIN claims_claim c ON c.id = u.claim_id "
        "JOIN candidates_registration r ON r.id = u.registration_id "
        "JOIN catalogue_qualification q ON q.code = r.scheme_id",
    ),
    (
        "I5", "No award and no certificate while a hold is open",
        "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM holds_hold h JOIN awards_award w "
        "ON w.id = made.award_id WHERE h.centre_id = w.centre_id AND (h.scheme_id IS NULL OR h.scheme_id = "
        "w.scheme_id) AND (h.registration_id IS NULL OR h.registration_id = w.registration_id) AND (h.claim_id IS "
        "NULL OR EXISTS (SELECT FROM claims_claimedunit u WHERE u.claim_id = h.claim_id AND u.registration_id = "
        "w.registration_id)) AND made.at > h.placed_at AND made.at < coalesce(h.lifted_at, 'infinity'))) FROM ("
        "SELECT w.id AS award_id, e.at FROM ledger_event e JOIN awards_award w "
        "ON w.registration_id = e.subject_id::bigint WHERE e.verb = 'award_made' UNION ALL "
        "SELECT c.award_id, e.at FROM ledger_event e JOIN awards_certificate c ON c.number = e.subject_id "
        "WHERE e.verb = 'certificate_issued') made",
    ),
    (
        "I6", "A decided unit has one decision, the one that its state says",
        "SELECT count(*), count(*) FILTER (WHERE d.outcome IS DISTINCT FROM u.state) FROM claims_claimedunit u "
        "LEFT JOIN moderation_unitdecision d ON d.claimed_unit_id = u.id "
        "WHERE u.state IN ('confirmed', 'amended', 'not_awarded') OR d.id IS NOT NULL",
    ),
    (
        "I8", "A withdrawn claim leaves no achievement",
        "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM candidates_achievement a "
        "WHERE a.claimed_unit_id = u.id)) FROM claims_claimedunit u WHERE u.state = 'withdrawn'",
    ),
    (
        "I8", "A unit is tried again only after a refusal, and at the fee of a further attempt",
        "SELECT count(*), count(*) FILTER (WHERE c.fee <> 'unit_registration_again' OR c.centre_id <> a.centre_id "
        "OR NOT EXISTS (SELECT FROM claims_claimedunit u WHERE u.registration_id = a.registration_id "
        "AND u.unit_id = a.unit_id AND u.state = 'not_awarded')) FROM money_attempt a "
        "JOIN money_charge c ON c.id = a.charge_id",
    ),
    (
        "I9", "Every charge is above nothing and names what it is for",
        "SELECT count(*), count(*) FILTER (WHERE pence <= 0 OR about_kind = '') FROM money_charge",
    ),
    (
        "I12", "Work is with one claim, waits for one, or went back",
        "SELECT count(*), count(*) FILTER (WHERE (claim_id IS NULL) <> (state IN ('unmatched', 'returned')) OR "
        "claim_id IS NOT NULL AND state <> 'cancelled' AND rank > 1) FROM (SELECT *, row_number() OVER (PARTITION BY "
        "claim_id, state <> 'cancelled' ORDER BY id) AS rank FROM claims_consignment) work",
    ),
    (
        "R24", "A question waits for somebody only about an undecided unit of a claim with its moderator",
        "SELECT count(*), count(*) FILTER (WHERE q.state IN ('open', 'answered') AND (u.state <> 'claimed' OR "
        "c.state <> 'with_moderator')) FROM questions_question q JOIN claims_claimedunit u "
        "ON u.id = q.claimed_unit_id JOIN claims_claim c ON c.id = q.claim_id",
    ),
    (
        "R19", "A claim with gaps says why",
        "SELECT count(*), count(*) FILTER (WHERE c.gaps_because = '' AND EXISTS (SELECT FROM claims_claimedunit u "
        "JOIN catalogue_criterion k ON k.unit_id = u.unit_id AND k.current LEFT JOIN claims_criterionmark m ON "
        "m.claimed_unit_id = u.id AND m.criterion_id = k.id WHERE u.claim_id = c.id AND m.id IS NULL "
        "AND u.evidence_kind = 'candidate_work')) FROM claims_claim c WHERE c.state <> 'draft'",
    ),
)  # fmt: skip
_NOT_OF_ROWS = (
    ("I11", "One by one is all at once: asked by the tests of rules"),
    ("I13", "A rule more never turns a refusal round: asked by the tests of rules"),
)


def invariants() -> list[Asked]:
    """Every invariant asked of all that is stored, in the order of the design."""
    found = [Asked(id, words, None, None) for id, words in _NOT_OF_ROWS]
    with acting_as(CLOCK), connection.cursor() as cursor:
        for id, words, question in _QUESTIONS:
            cursor.execute(question)
            found.append(Asked(id, words, *cursor.fetchone()))
        cursor.execute("SELECT count(*) FROM ledger_event")
        found.append(Asked("I7", "The ledger’s chains are whole", cursor.fetchone()[0], len(broken_links())))
        cursor.execute("SELECT centre_id FROM claims_claim GROUP BY centre_id ORDER BY centre_id LIMIT 20")
        centres = [centre for (centre,) in cursor.fetchall()]
    found.append(_only_own(centres))
    return sorted(found, key=lambda one: (one.id[0], int(one.id[1:])))


def _only_own(centres: Sequence[str]) -> Asked:
    seen = strange = 0
    for centre in centres:
        with acting_as(Acting("centre", None, centre)), connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(*) FILTER (WHERE centre_id <> %s) FROM claims_claimedunit", [centre])
            rows, foreign = cursor.fetchone()
            seen, strange = seen + rows, strange + foreign
    return Asked("I10", "A centre sees its own rows only", seen, strange)


# Numbers that a database counts up differ from run to run; what they stand for does not.
_STORED = """
    SELECT concat_ws(' ', ca.uln, u.unit_id, c.state, c.submitted_at AT TIME ZONE 'UTC', u.state, d.outcome,
                     d.reason_code, d.decided_at AT TIME ZONE 'UTC', a.achieved_on, w.awarded_on,
                     t.number, length(c.gaps_because),
                     (SELECT count(*) FROM claims_criterionmark m WHERE m.claimed_unit_id = u.id))
    FROM claims_claimedunit u
    JOIN claims_claim c ON c.id = u.claim_id
    JOIN candidates_registration r ON r.id = u.registration_id
    JOIN candidates_candidate ca ON ca.id = r.candidate_id
    LEFT JOIN moderation_unitdecision d ON d.claimed_unit_id = u.id
    LEFT JOIN candidates_achievement a ON a.claimed_unit_id = u.id
    LEFT JOIN awards_award w ON w.registration_id = r.id
    LEFT JOIN money_attempt t ON t.registration_id = r.id AND t.unit_id = u.unit_id
    WHERE u.centre_id = ANY(%(centres)s)
    UNION ALL
    SELECT concat_ws(' ', 'work', reference, state, despatched_on, received_at AT TIME ZONE 'UTC')
    FROM claims_consignment WHERE centre_id = ANY(%(centres)s)
    UNION ALL
    SELECT concat_ws(' ', 'certificate', number, state) FROM awards_certificate WHERE centre_id = ANY(%(centres)s)
    UNION ALL
    SELECT concat_ws(' ', 'hold', h.centre_id, h.state, h.placed_at AT TIME ZONE 'UTC', h.lifted_at AT TIME ZONE 'UTC')
    FROM holds_hold h WHERE h.centre_id = ANY(%(centres)s)
    UNION ALL
    SELECT concat_ws(' ', 'suspicion', centre_id, state, noticed_on, late) FROM holds_suspicion
    WHERE centre_id = ANY(%(centres)s)
    UNION ALL
    SELECT concat_ws(' ', 'event', stream, verb, count(*)) FROM ledger_event WHERE stream = ANY(%(centres)s)
    GROUP BY stream, verb
    ORDER BY 1
"""


def digest_rows(centres: Sequence[str]) -> list[str]:
    """What is stored of these centres' claims, decisions, awards and work, a line each, in one order."""
    with connection.cursor() as cursor:
        cursor.execute(_STORED, {"centres": list(centres)})
        return [line for (line,) in cursor.fetchall()]
