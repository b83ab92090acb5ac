"""Rows kept apart by the database: a role per audience, and row-level security under every request.

Each audience's requests and jobs run under a role of its own that can neither sign in nor bypass
policies. `install` is idempotent and runs after migrations, as the owner of the tables.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from conferral.rules.permissions import Acting

AUDIENCES = ("centre", "moderator", "desk", "public", "clock")

_OPEN = (
    "catalogue_source", "catalogue_unit", "catalogue_criterion", "catalogue_qualification", "catalogue_schemeunit",
    "catalogue_groupunit", "catalogue_pathway", "catalogue_barred",
    "catalogue_constraint", "catalogue_evidencepolicy", "catalogue_alternative", "catalogue_withdrawal",
    "catalogue_notice",
    "guidance_subject", "guidance_subject_schemes", "guidance_supportdocument", "guidance_supportdocument_schemes",
    "guidance_documentversion", "guidance_documentsection", "guidance_documentfile", "guidance_sectionlink",
    "guidance_alert", "guidance_alert_schemes",
    "checkpoints_checkpoint", "checkpoints_checkpoint_schemes",
)  # fmt: skip
_STAFF = ("people_person", "centres_centre", "centres_membership", "moderation_moderator")
_BY_CENTRE = (
    "centres_approval", "candidates_candidate", "candidates_registration", "candidates_achievement",
    "candidates_upload", "candidates_uploadrow", "candidates_namechange",
    "claims_claim", "claims_claimedunit", "claims_consignment", "claims_signinnote",
    "claims_courtesycontact", "claims_criterionmark", "claims_internalcheck",
    "claims_custodyscan",
    "evidence_storedfile", "evidence_filetext", "evidence_evidenceitem", "evidence_evidencefor",
    "evidence_annotation", "evidence_filesignature",
    "moderation_allocation", "moderation_interest", "moderation_unitdecision", "moderation_feedbackreport",
    "moderation_requiredaction",
    "questions_question",
    "samples_sample", "samples_sampledunit",
    "appeals_review", "appeals_finding", "appeals_revieweddecision",
    "awards_award", "awards_certificate",
    "allocation_changerequest", "allocation_redirection", "allocation_proposedallocation",
    "letters_contact", "letters_letter", "checkpoints_askedcentre", "checkpoints_expectation",
    "money_charge", "money_attempt", "money_credit",
    "holds_hold", "holds_suspicion",
)  # fmt: skip
_BY_MODERATOR = (
    "allocation_competence", "allocation_contract", "allocation_absence", "allocation_absencereason",
    "allocation_allocationrun",
    "standards_exercise", "standards_piece", "standards_piecefile", "standards_invitation", "standards_blindmark",
)  # fmt: skip
# Nobody but the desk and the clock.
_BY_DESK = ("holds_holdreason",)
_BY_PERSON = ("guidance_documentreading", "guidance_subscription", "guidance_alertcopy")
_BY_LETTER = ("letters_lettercopy",)
# Read by everybody who has a role; a pair says what is seen and what may be written.
_COMMUNITY = ("community_topic", "community_post", "community_hiddenpost")
# A draft is the desk's; what is published is everybody's.
_PUBLISHED = ("reports_annualreport", "reports_annualreport_schemes", "reports_reportsection")
_KEPT = (*_BY_CENTRE, *_BY_MODERATOR, *_BY_DESK, *_BY_PERSON, *_BY_LETTER, *_COMMUNITY, *_PUBLISHED)
_LEDGER = "ledger_event"
# Functions of the owner see all of these: for the chain of the ledger, and for whether a file stands elsewhere too.
_OWNER_READS = (_LEDGER, "evidence_evidenceitem")
_DESK = ("catalogue_registerexport",)

# Settings are read without a sub-select: the planner then knows the value, and how few rows it has.
_OWN_CENTRE = "centre_id = current_setting('conferral.centre', true)"
_ME = "nullif(current_setting('conferral.person', true), '')::bigint"


def _seen(table: str, row: str) -> str:
    """That there is such a row among those of a table that the reader sees.

    Asked as EXISTS, the planner looks a few up one by one and hashes for many. With IN it reads every claim that a
    moderator ever had, for a page of fifty.
    """
    return f"EXISTS (SELECT FROM {table} seen WHERE seen.{row})"


_MY_CLAIMS = _seen("claims_claim", "id = claim_id")
_MY_UNITS = _seen("claims_claimedunit", "id = claimed_unit_id")
_MY_EVIDENCE = _seen("evidence_evidenceitem", "id = item_id")
_MY_REVIEWS = _seen("appeals_review", "id = review_id")
_SENT_OUT = f"{_OWN_CENTRE} AND review_id IN (SELECT id FROM appeals_review WHERE state = 'issued')"
_OWN_SUSPICION = f"(stream = 'organisation' AND subject = 'suspicion' AND actor = {_ME})"
_ASKED_NUMBER = "number = current_setting('conferral.certificate', true)"

# A letter is seen by whom it is to, and by whose doing it was written.
_LETTERS = f"person_id = {_ME} OR written_by_id = {_ME}"
_COPIES = _seen("letters_letter", "id = letter_id")

# What each audience sees of each table, beyond a centre's own rows and the desk's and clock's all.
_MODERATOR = {
    "claims_claim": f"moderator_id = {_ME} OR id IN (SELECT claim_id FROM appeals_review WHERE reviewer_id = {_ME})",
    "claims_claimedunit": _MY_CLAIMS,
    "claims_criterionmark": _MY_UNITS,
    "claims_internalcheck": _MY_UNITS,
    "claims_consignment": f"{_MY_CLAIMS} OR received_by_id = {_ME}",
    # With whom the claim is now; who only holds the parcel does not see how to sign in.
    "claims_signinnote": _seen("claims_consignment", f"id = consignment_id AND {_MY_CLAIMS}"),
    "claims_custodyscan": _seen("claims_consignment", "id = consignment_id"),
    # Once the work is delivered; until then files come and go.
    "evidence_evidenceitem": _seen("claims_claim", "id = claim_id AND seen.state <> 'submitted'"),
    "evidence_evidencefor": _MY_EVIDENCE,
    "evidence_storedfile": _seen("evidence_evidenceitem", "file_id = evidence_storedfile.id"),
    "evidence_filetext": (
        f"{_seen('evidence_evidenceitem', 'file_id = evidence_filetext.file_id')} OR "
        f"{_seen('standards_piecefile', 'file_id = evidence_filetext.file_id')}"
    ),
    "evidence_annotation": f"{_MY_CLAIMS} AND {_seen('evidence_storedfile', 'id = file_id')}",
    "evidence_filesignature": _MY_CLAIMS,
    "claims_courtesycontact": _seen("claims_consignment", "id = consignment_id"),
    "candidates_registration": _seen("claims_claimedunit", "registration_id = candidates_registration.id"),
    "candidates_candidate": _seen("candidates_registration", "candidate_id = candidates_candidate.id"),
    "candidates_achievement": _seen("claims_claimedunit", "registration_id = candidates_achievement.registration_id"),
    "centres_approval": "true",
    "moderation_allocation": f"moderator_id = {_ME}",
    "moderation_interest": f"moderator_id = {_ME}",
    "moderation_unitdecision": _MY_UNITS,
    "moderation_feedbackreport": _MY_CLAIMS,
    "moderation_requiredaction": _MY_CLAIMS,
    # Whoever has the claim now carries its questions; the answer is the centre's.
    "questions_question": (
        _MY_CLAIMS,
        f"{_seen('claims_claim', f'id = claim_id AND seen.moderator_id = {_ME}')} AND state <> 'answered'",
    ),
    # Marks are blind until the exercise is closed.
    "standards_invitation": f"moderator_id = {_ME}",
    "standards_exercise": "id IN (SELECT exercise_id FROM standards_invitation)",
    "standards_piece": "exercise_id IN (SELECT id FROM standards_exercise)",
    "standards_piecefile": "piece_id IN (SELECT id FROM standards_piece)",
    "standards_blindmark": (
        f"moderator_id = {_ME} OR piece_id IN (SELECT p.id FROM standards_piece p JOIN standards_exercise e "
        "ON e.id = p.exercise_id WHERE e.state = 'closed')",
        f"moderator_id = {_ME}",
    ),
    "samples_sample": _MY_CLAIMS,
    "samples_sampledunit": _MY_UNITS,
    "appeals_review": f"reviewer_id = {_ME}",
    "appeals_finding": _MY_REVIEWS,
    "appeals_revieweddecision": _MY_REVIEWS,
    "allocation_competence": f"moderator_id = {_ME}",
    "allocation_contract": f"moderator_id = {_ME}",
    "allocation_absence": f"moderator_id = {_ME}",
    "allocation_absencereason": "absence_id IN (SELECT id FROM allocation_absence)",
    "allocation_redirection": f"from_moderator_id = {_ME} OR to_moderator_id = {_ME}",
    # What they reported themselves, and of holds nothing.
    "holds_suspicion": (
        f"reported_by_id = {_ME}",
        f"reported_by_id = {_ME} AND settled_by_id IS NULL AND {_seen('claims_claim', 'id = claim_id')}",
    ),
    "letters_contact": "centre_id IN (SELECT centre_id FROM moderation_allocation)",
    "letters_letter": _LETTERS,
    "letters_lettercopy": _COPIES,
    _LEDGER: (
        f"actor = {_ME} OR CASE subject WHEN 'claim' THEN {_seen('claims_claim', 'id = subject_id::bigint')} "
        "ELSE false END"
    ),
}
_CENTRE = (
    dict.fromkeys(_BY_CENTRE, _OWN_CENTRE)
    | dict.fromkeys((*_BY_MODERATOR, *_BY_DESK), "false")
    | {
        "allocation_proposedallocation": "false",
        # A centre answers, and asks, withdraws or overtakes nothing.
        "questions_question": (_OWN_CENTRE, f"{_OWN_CENTRE} AND state = 'answered'"),
        # What the moderator writes on a file is read once the report is sent.
        "evidence_annotation": (
            f"{_OWN_CENTRE} AND (NOT by_moderator OR claim_id IN "
            "(SELECT id FROM claims_claim WHERE state IN ('with_awarding_organisation', 'processed')))",
            f"{_OWN_CENTRE} AND NOT by_moderator",
        ),
        # A report on a claim of which nothing is left goes by letter, and not on pages.
        "moderation_feedbackreport": f"{_OWN_CENTRE} AND way = 'pages'",
        # What was decided is told when it goes out.
        "appeals_finding": _SENT_OUT,
        "appeals_revieweddecision": _SENT_OUT,
        # Of suspicions, those of whoever reported them.
        "holds_suspicion": (
            f"{_OWN_CENTRE} AND reported_by_id = {_ME}",
            f"{_OWN_CENTRE} AND reported_by_id = {_ME} AND settled_by_id IS NULL",
        ),
        "letters_letter": f"{_OWN_CENTRE} OR {_LETTERS}",
        "letters_lettercopy": _COPIES,
        # Its own moderators' days away, without why.
        "allocation_absence": "moderator_id IN (SELECT moderator_id FROM moderation_allocation)",
        # A reported suspicion is not written where colleagues read.
        _LEDGER: f"stream = current_setting('conferral.centre', true) OR {_OWN_SUSPICION}",
    }
)
_OWN = dict.fromkeys(_BY_PERSON, f"person_id = {_ME}")
_TALK: dict[str, str | tuple[str, str]] = {
    "community_topic": "true",
    "community_post": (
        f"author_id = {_ME} OR NOT EXISTS (SELECT FROM community_hiddenpost h WHERE h.post_id = community_post.id)",
        f"author_id = {_ME}",
    ),
    "community_hiddenpost": "true",
}
_OUT = {
    "reports_annualreport": "state = 'published'",
    "reports_annualreport_schemes": "annualreport_id IN (SELECT id FROM reports_annualreport)",
    "reports_reportsection": "report_id IN (SELECT id FROM reports_annualreport)",
}
# A subscriber whom a signed link names may stop without signing in.
_PUBLIC = {
    "awards_certificate": f"{_ASKED_NUMBER} AND state <> 'due'",
    "guidance_subscription": f"person_id = {_ME}",
    **_OUT,
}
_ALL = dict.fromkeys((*_KEPT, _LEDGER), "true")
_POLICIES = {
    "centre": _CENTRE | _OWN | _TALK | _OUT,
    "moderator": _MODERATOR | _OWN | _TALK | _OUT,
    "public": _PUBLIC,
    "desk": _ALL | {"guidance_documentreading": _OWN["guidance_documentreading"], "claims_signinnote": "false"},
    "clock": _ALL | {"claims_signinnote": "false"},
}

_DELETABLE = (
    "moderation_allocation",
    "allocation_competence",
    "allocation_contract",
    "claims_claim",
    "claims_claimedunit",
    "claims_criterionmark",
    "claims_internalcheck",
    "evidence_evidenceitem",
    "evidence_evidencefor",
    "candidates_upload",
    "candidates_uploadrow",
    "guidance_subscription",
)
# What others decide, an audience may see and never write.
_ONLY_READ = {
    "centre": (
        "claims_courtesycontact",
        "centres_approval", "candidates_achievement", "moderation_allocation", "moderation_interest",
        "moderation_unitdecision", "moderation_feedbackreport", "awards_award", "awards_certificate",
        "allocation_competence", "allocation_contract", "allocation_absence", "allocation_absencereason",
        "allocation_redirection", "allocation_allocationrun", "allocation_proposedallocation",
        "guidance_alertcopy", "community_hiddenpost", "appeals_finding", "appeals_revieweddecision",
        "samples_sample", "samples_sampledunit", "standards_exercise", "standards_piece", "standards_piecefile",
        "standards_invitation", "standards_blindmark", "holds_hold", "holds_holdreason", *_PUBLISHED,
    ),
    "moderator": (
        "centres_approval", "candidates_candidate", "candidates_registration", "candidates_achievement",
        "claims_signinnote", "claims_courtesycontact", "claims_criterionmark", "claims_internalcheck",
        "evidence_storedfile", "evidence_filetext", "evidence_evidenceitem", "evidence_evidencefor",
        "evidence_filesignature",
        "candidates_upload", "candidates_uploadrow", "moderation_allocation", "awards_award", "awards_certificate",
        "allocation_competence", "allocation_contract", "allocation_changerequest", "allocation_redirection",
        "allocation_allocationrun", "allocation_proposedallocation", "guidance_alertcopy",
        "community_hiddenpost", *_PUBLISHED, "letters_contact", "standards_exercise", "standards_piece",
        "standards_piecefile", "standards_invitation", "holds_hold", "holds_holdreason",
    ),
}  # fmt: skip
_WRITERS = ("centre", "moderator", "desk", "clock")
# The tables outside the domain that a request or a job writes through under its role.
_QUEUE = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)


def _role_sql() -> Iterator[str]:
    for audience in AUDIENCES:
        role = f"conferral_{audience}"
        yield (
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; "
            f"EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        yield (
            f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN "
            f"GRANT {role} TO CURRENT_USER; END IF; END $$"
        )
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
        yield f"GRANT SELECT ON {', '.join(_OPEN)} TO {role}"


def _grant_sql() -> Iterator[str]:
    yield "GRANT SELECT ON awards_certificate TO conferral_public"
    yield f"GRANT SELECT ON {', '.join(_PUBLISHED)} TO conferral_public"
    yield f"GRANT DELETE ON {', '.join(_PUBLISHED[1:])} TO conferral_desk"
    yield "GRANT SELECT, DELETE ON guidance_subscription TO conferral_public"
    tables = ", ".join((*_KEPT, *_STAFF, _LEDGER))
    for audience in _WRITERS:
        role = f"conferral_{audience}"
        yield f"GRANT SELECT, INSERT, UPDATE ON {tables} TO {role}"
        yield f"GRANT DELETE ON {', '.join(_DELETABLE)} TO {role}"
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(_QUEUE)} TO {role}"
        yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"
        yield f"REVOKE UPDATE ON {_LEDGER} FROM {role}"
    for audience, tables_read in _ONLY_READ.items():
        yield f"REVOKE INSERT, UPDATE, DELETE ON {', '.join((*tables_read, *_STAFF))} FROM conferral_{audience}"
    yield f"GRANT INSERT, UPDATE, DELETE ON {', '.join(_OPEN)} TO conferral_desk"
    yield f"GRANT SELECT, INSERT ON {', '.join(_DESK)} TO conferral_desk"


def _policy_sql() -> Iterator[str]:
    for table in (*_KEPT, _LEDGER):
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} {'NO FORCE' if table in _OWNER_READS else 'FORCE'} ROW LEVEL SECURITY"
        for audience, policies in _POLICIES.items():
            yield f"DROP POLICY IF EXISTS {audience} ON {table}"
            if table in policies:
                said = policies[table]
                sees, writes = said if isinstance(said, tuple) else (said, said)
                yield (
                    f"CREATE POLICY {audience} ON {table} TO conferral_{audience} USING ({sees}) WITH CHECK ({writes})"
                )


# Whether the same bytes stand for somebody else, at any centre: yes or no, and nothing of where. The items of
# evidence are read by their owner for this, so their policies bind every role but not the owner.
_FOR_ANOTHER = """
CREATE OR REPLACE FUNCTION evidence_for_another(asked text, candidate bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (SELECT FROM evidence_evidenceitem i WHERE i.sha256 = asked AND i.candidate_id <> candidate)
$$;
REVOKE ALL ON FUNCTION evidence_for_another FROM PUBLIC;
GRANT EXECUTE ON FUNCTION evidence_for_another
    TO conferral_centre, conferral_moderator, conferral_desk, conferral_clock;
"""
_OWNER_FUNCTIONS = """
DO $$ DECLARE f record; BEGIN
    FOR f IN SELECT oid::regprocedure AS signature FROM pg_proc WHERE proname LIKE 'pgtrigger_chained_%' LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public', f.signature);
    END LOOP;
END $$
"""


def install() -> None:
    """Create the roles, grants and policies, or bring them up to date."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*_role_sql(), *_grant_sql(), *_policy_sql(), _FOR_ANOTHER, _OWNER_FUNCTIONS):
            cursor.execute(statement)


_READ_SETTINGS = (
    "SELECT current_setting('role'), coalesce(current_setting('conferral.centre', true), ''),"
    " coalesce(current_setting('conferral.person', true), ''),"
    " coalesce(current_setting('conferral.certificate', true), '')"
)
_SET = (
    "SELECT set_config('role', %s, true), set_config('conferral.centre', %s, true),"
    " set_config('conferral.person', %s, true), set_config('conferral.certificate', %s, true)"
)


@contextmanager
def acting_as(acting: Acting, *, certificate: str = "") -> Iterator[None]:
    """Run one transaction as an audience: rows of others are neither seen nor written.

    `certificate` is the one number that the public asked about. Inside another `acting_as`, that one holds
    again afterwards.
    """
    role = f"conferral_{acting.audience}"
    nested = connection.in_atomic_block
    settings = [role, acting.centre or "", str(acting.person or ""), certificate]
    with transaction.atomic():
        # Alone, the end of the transaction restores them.
        before = _set(settings, read=nested)
        yield
        if nested and not connection.needs_rollback:
            _set(before)


def _set(settings: Sequence[str], *, read: bool = False) -> Sequence[str]:
    """Set the role and whom it acts for; on request give what held before."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_READ_SETTINGS}; {_SET}" if read else _SET, settings)
        return cursor.fetchone() if read else ()
