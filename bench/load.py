"""Filling a database by whole sets: centres, people, candidates, registrations, claims and what came of them.

The rows go in as the owner of the tables with their triggers off, so nothing judges or logs them: the ledger
knows, without its chain, only which reports were read, and there are no certificates. For the rest the rows say
what the product's own actions would have stored.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from conferral.cli.run import load_catalogue, prepare
from conferral.cli.world import FIRST_NAMES, LAST_NAMES
from conferral.rules.days import london_day

SCHEME = "09628"
UNITS = ["J/600/1003", "L/601/7638", "DEMO-09628-3"]
FIRST_CENTRE = 20001
REGISTRATIONS_A_CLAIM, CANDIDATES_IN_CLAIM, MODERATORS = 10, 5, 20
OFFICER, VERIFIER = "officer@bench.example", "Internal verifier"

# Persons 2n-1 and 2n belong to the nth centre: the first is its officer and assessor, the second verifies.
PEOPLE = """
INSERT INTO people_person (id, name, email, password, is_active)
SELECT n, CASE WHEN n > 2 * %(centres)s THEN 'Moderator ' WHEN n %% 2 = 1 THEN 'Officer ' ELSE 'Verifier ' END || n,
       CASE n WHEN 1 THEN %(officer)s END, '!', true
FROM generate_series(1, 2 * %(centres)s + %(moderators)s) n;
INSERT INTO moderation_moderator (person_id, address, region)
SELECT n, 'Somewhere', '' FROM generate_series(2 * %(centres)s + 1, 2 * %(centres)s + %(moderators)s) n
"""
CENTRES = """
INSERT INTO centres_centre (number, name, nation, address, telephone)
SELECT (%(first)s + n)::text, 'Training Centre ' || n, 'england', '', '' FROM generate_series(0, %(centres)s - 1) n;
INSERT INTO centres_membership (centre_id, person_id, role)
SELECT (%(first)s + n)::text, 2 * n + held.person, held.role FROM generate_series(0, %(centres)s - 1) n,
       (VALUES (1, 'exams_officer'), (1, 'assessor'), (2, 'internal_verifier')) AS held(person, role);
INSERT INTO centres_approval (centre_id, scheme_id, approved_on)
SELECT number, %(scheme)s, '2010-01-01' FROM centres_centre;
INSERT INTO moderation_allocation (centre_id, scheme_id, moderator_id, days)
SELECT (%(first)s + n)::text, %(scheme)s, 2 * %(centres)s + 1 + n %% %(moderators)s, '[2010-01-01,)'
FROM generate_series(0, %(centres)s - 1) n
"""
# Nine digits in an order that looks like none, each once, with the check digit; a number whose weighted
# sum leaves no remainder is never issued. Neighbouring rows belong to different centres.
WEIGHTED = " + ".join(f"{11 - place} * (nine / {10 ** (9 - place)} %% 10)" for place in range(1, 10))
CANDIDATES = f"""
INSERT INTO candidates_candidate (id, centre_id, uln, first_names, last_name, born_on, centre_reference)
SELECT n + 1, (%(first)s + n %% %(centres)s)::text, uln,
       (%(first_names)s::text[])[1 + n * 7 %% {len(FIRST_NAMES)}],
       (%(last_names)s::text[])[1 + n / {len(FIRST_NAMES)} %% {len(LAST_NAMES)}],
       date '1985-01-01' + (n * 31 %% 7500)::int, ''
FROM (SELECT row_number() OVER (ORDER BY place) - 1 AS n, nine * 10 + 10 - left_over AS uln
      FROM (SELECT place, nine, ({WEIGHTED}) %% 11 AS left_over
            FROM (SELECT place, 100000000 + place * 387420489 %% 899999963 AS nine
                  FROM generate_series(1::bigint, %(registrations)s * 12 / 10 + 10) place) spread) weighted
      WHERE left_over <> 0) numbered
WHERE n < %(registrations)s;
INSERT INTO candidates_registration (id, centre_id, candidate_id, scheme_id, attempt, registered_on, starts_on, state)
SELECT id, centre_id, id, %(scheme)s, 1, %(today)s::date - (id %% 700)::int - 1, NULL, 'registered'
FROM candidates_candidate
"""
# The claims of a centre take its candidates ten by ten and claim for the first five of each ten. They go back
# four years, and only the newest of each centre are still open: its pages look alike however many came before.
CLAIMS = """
INSERT INTO claims_claim (id, centre_id, scheme_id, state, made_by_id, made_at, submitted_by_id, submitted_at,
                          send_by, withdraw_after, moderator_id, ended_at, gaps_because)
SELECT n + 1, (%(first)s + centre)::text, %(scheme)s, state, 2 * centre + 1, made_at,
       CASE WHEN sent THEN 2 * centre + 1 END, CASE WHEN sent THEN made_at END,
       CASE WHEN sent THEN made_at + interval '1 day' END, CASE WHEN sent THEN made_at + interval '7 days' END,
       CASE WHEN sent THEN 2 * %(centres)s + 1 + centre %% %(moderators)s END,
       CASE state WHEN 'withdrawn' THEN made_at + interval '7 days' END, ''
FROM (SELECT n, centre, state, state <> 'draft' AS sent, made_at
      FROM (SELECT n, n %% %(centres)s AS centre,
                   (CASE WHEN n >= %(claims)s - %(recent)s * %(centres)s THEN %(states)s::text[]
                    ELSE %(old_states)s::text[] END)[1 + (n / %(centres)s * 7 + n %% %(centres)s) %% 20] AS state,
                   %(today)s::timestamptz - (%(claims)s - n) * interval '4 years' / %(claims)s AS made_at
            FROM generate_series(0, %(claims)s - 1) n) placed) dated;
INSERT INTO claims_consignment (reference, centre_id, claim_id, state, kind, carrier, tracking, mail_reference, link,
                                received_at, received_by_id, description)
SELECT upper(lpad(to_hex(id), 8, '0')), centre_id, id,
       CASE state WHEN 'submitted' THEN 'awaited' WHEN 'withdrawn' THEN 'cancelled' ELSE 'matched' END,
       'post', '', '', '', '',
       CASE WHEN state NOT IN ('submitted', 'withdrawn') THEN submitted_at + interval '1 day' END,
       CASE WHEN state NOT IN ('submitted', 'withdrawn') THEN moderator_id END, ''
FROM claims_claim WHERE state <> 'draft';
INSERT INTO moderation_feedbackreport (centre_id, claim_id, went_well, to_improve, actions, way, sent_by_id, sent_at)
SELECT centre_id, id, 'Clear annotation throughout.', '', '', 'pages', moderator_id, submitted_at + interval '9 days'
FROM claims_claim WHERE state IN ('with_awarding_organisation', 'processed');
INSERT INTO ledger_event (stream, seq, at, verb, subject, subject_id, actor, audience, rules, facts, hash)
SELECT centre_id, row_number() OVER (PARTITION BY centre_id ORDER BY id), submitted_at + interval '10 days',
       'report_read', 'claim', id::text, made_by_id, 'centre', '[]', '{}', ''
FROM claims_claim WHERE state = 'processed'
"""
STATES = (
    ["draft", "submitted", "with_moderator", "with_moderator", "with_awarding_organisation", "withdrawn"]
    + ["processed"] * 14
)  # fmt: skip
OLD_STATES = ["withdrawn"] + ["processed"] * 19
RECENT_CLAIMS = 60
UNITS_OF_CLAIMS = """
INSERT INTO claims_claimedunit (centre_id, claim_id, registration_id, unit_id, assessor_id, internal_verifier_id,
                                evidence_kind, state)
SELECT c.centre_id, c.id, r.id, unit, c.made_by_id, c.made_by_id + 1, 'candidate_work',
       CASE c.state WHEN 'draft' THEN 'chosen' WHEN 'submitted' THEN 'claimed' WHEN 'with_moderator' THEN 'claimed'
                    WHEN 'withdrawn' THEN 'withdrawn' ELSE 'confirmed' END
FROM claims_claim c
CROSS JOIN generate_series(0, %(candidates_in_claim)s - 1) place
CROSS JOIN unnest(%(units)s::text[]) unit
JOIN candidates_registration r
  ON r.id = ((c.id - 1) / %(centres)s * %(registrations_a_claim)s + place) * %(centres)s + (c.id - 1) %% %(centres)s + 1
ORDER BY c.id, r.id, unit;
INSERT INTO moderation_unitdecision (centre_id, claimed_unit_id, outcome, feedback, by_sample, decided_by_id,
                                     decided_at)
SELECT u.centre_id, u.id, 'confirmed', '', FALSE, c.moderator_id, c.submitted_at + interval '9 days'
FROM claims_claimedunit u JOIN claims_claim c ON c.id = u.claim_id WHERE u.state = 'confirmed';
INSERT INTO candidates_achievement (centre_id, registration_id, unit_id, achieved_on, claimed_unit_id, origin,
                                    awarding_organisation)
SELECT u.centre_id, u.registration_id, u.unit_id, (c.submitted_at + interval '12 days')::date, u.id, 'decision', ''
FROM claims_claimedunit u JOIN claims_claim c ON c.id = u.claim_id WHERE c.state = 'processed';
UPDATE candidates_registration SET state = 'part_achieved'
WHERE id IN (SELECT registration_id FROM candidates_achievement)
"""
NUMBERED = ("people_person", "candidates_candidate", "candidates_registration", "claims_claim")


def load(registrations: int, centres: int, *, claims: bool = True, moderators: int = MODERATORS) -> dict[str, int]:
    """Make the schema and fill it, with a claim for every ten registrations; returns how many rows there are."""
    prepare()
    fill(registrations, centres, claims=claims, moderators=moderators)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return counted()


def fill(registrations: int, centres: int, *, claims: bool = True, moderators: int = MODERATORS) -> None:
    """The rows alone, into empty tables, in one transaction."""
    known = scope(registrations, centres, london_day(settings.CLOCK())) | {"moderators": moderators}
    load_catalogue(settings.PACKS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (PEOPLE, CENTRES, CANDIDATES, *((CLAIMS, UNITS_OF_CLAIMS) if claims else ())):
            cursor.execute(statement, known)
        cursor.execute("SET LOCAL session_replication_role = origin")
        for name in NUMBERED:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {name}", [name])


def scope(registrations: int, centres: int, today: date) -> dict[str, Any]:
    """What the statements are told."""
    return {
        "registrations": registrations, "centres": centres, "claims": registrations // REGISTRATIONS_A_CLAIM,
        "today": today, "scheme": SCHEME, "units": UNITS, "states": STATES, "old_states": OLD_STATES,
        "recent": RECENT_CLAIMS, "first": FIRST_CENTRE,
        "moderators": MODERATORS, "officer": OFFICER, "first_names": list(FIRST_NAMES), "last_names": list(LAST_NAMES),
        "registrations_a_claim": REGISTRATIONS_A_CLAIM, "candidates_in_claim": CANDIDATES_IN_CLAIM,
    }  # fmt: skip


def counted() -> dict[str, int]:
    """How many rows there are of each kind."""
    tables = {
        "registrations": "candidates_registration",
        "claims": "claims_claim",
        "claimed units": "claims_claimedunit",
    }
    with connection.cursor() as cursor:
        rows = {}
        for kind, name in tables.items():
            cursor.execute(f"SELECT count(*) FROM {name}")
            rows[kind] = cursor.fetchone()[0]
    return rows
