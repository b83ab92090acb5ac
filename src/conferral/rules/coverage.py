"""Which rules, answers, pages and tests carry each of the 80 numbered rules that the product is made to.

Rules say themselves which numbers they carry, and so do the 21 questions; here stands what else does.
"""

from dataclasses import dataclass

from conferral.rules.book import RULES
from conferral.rules.faq import QUESTIONS
from conferral.rules.not_carried import WAITS, WORDS

OWN = 55  # R1 to R55 come from the two documents and must all be true; the others are adopted as far as they concern.


@dataclass(frozen=True)
class Numbered:
    """One numbered rule in a few words, and the pages and tests that show it where no rule or answer does.

    `pages` are names of addresses, `tests` are files and functions. `not_yet` says what is missing.
    """

    number: str
    words: str
    pages: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    not_yet: str = ""


_RULES = "tests/rules/test_rulebook.py"
_ANSWERS = "tests/faq/test_seed_003.py"
_PACKS = "tests/rules/test_packs.py::test_the_routes_and_evidence_are_those_of_the_two_documents"
_REVIEW = "tests/pages/moderator/test_review.py::test_the_reason_drafts_the_feedback_and_nothing_is_saved"
_FROM_PAGES: tuple[Numbered, ...] = (
    Numbered("R4", "04522 and 04523 certificate no longer by themselves", ("qualification",), (_PACKS,)),
    Numbered(
        "R5",
        "Clarified policy is published as a notice",
        ("qualification", "desk_publish_notice"),
        ("tests/pages/desk/test_notices.py::test_a_notice_is_seen_by_everybody_and_where_claims_are_built",),
    ),
    Numbered("R9", "Records of internal moderation stay at the centre for inspection", ("centre_claim",), (_RULES,)),
    Numbered(
        "R16",
        "Notice of a moderator’s absence reaches the right people",
        ("moderator_away", "centre_contacts", "desk_changes", "letter"),
        (
            "tests/pages/test_away.py::test_an_absence_is_told_to_the_right_people_who_acknowledge_it",
            "tests/pages/test_letters.py::test_a_purpose_without_a_living_contact_is_shown_to_centre_and_desk",
        ),
    ),
    Numbered(
        "R17",
        "A centre may ask for another moderator",
        ("centre_change", "desk_change"),
        ("tests/pages/test_away.py::test_a_centre_asks_and_the_work_goes_to_somebody_else_with_its_claims",),
    ),
    Numbered("R18", "No plastic pockets", ("centre_claim", "centre_cover_sheet"), (_RULES,)),
    Numbered(
        "R19",
        "Incomplete evidence is noticed and comes back with its reason",
        ("centre_claim_matrix", "centre_claim_check", "moderator_matrix", "moderator_unit"),
        (
            "tests/pages/centre/test_matrix.py::test_a_draft_with_a_gap_goes_only_with_a_reason_that_the_moderator_reads",
            _REVIEW,
        ),
    ),
    Numbered(
        "R20",
        "Incomplete work is not awarded",
        ("moderator_matrix", "moderator_unit", "journey"),
        (
            "tests/pages/centre/test_matrix.py::test_the_moderator_begins_not_awarded_from_the_matrix_and_the_draft_names_the_gaps",
            "tests/actions/test_reviews.py::test_a_decision_other_than_confirm_gives_its_reason",
        ),
    ),
    Numbered(
        "R21",
        "Another try after that is registered again and paid for",
        ("centre_register_again", "centre_fees", "desk_fees"),
        ("tests/pages/test_fees.py::test_another_attempt_is_registered_and_charged_once",),
    ),
    Numbered(
        "R22",
        "Support documents, with what changed",
        ("library", "document", "document_changes"),
        ("tests/pages/public/test_library.py::test_a_reader_is_told_what_changed_since_they_last_looked",),
    ),
    Numbered(
        "R23",
        "E-alerts and a community for each subject",
        ("alerts", "stop_alerts", "feed", "community", "topic"),
        (
            "tests/pages/test_alerts.py::test_what_is_published_reaches_each_subscriber_once",
            "tests/pages/test_community.py::test_people_of_a_subject_talk",
        ),
    ),
    Numbered(
        "R25",
        "One-word answers are not enough; a person decides",
        ("try_answer", "moderator_unit"),
        (
            "tests/rules/test_depth.py::test_each_ground_is_found_and_said_in_a_sentence",
            "tests/pages/public/test_try_answer.py::test_the_moderator_reads_an_answer_beside_the_unit_without_deciding",
        ),
    ),
    Numbered(
        "R26",
        "The glossary of command verbs says how deep an answer goes",
        ("verbs", "unit", "moderator_unit"),
        (
            "tests/pages/public/test_verbs.py::test_each_verb_says_what_is_enough_and_what_is_too_thin",
            "tests/pages/public/test_units.py::test_a_unit_lists_each_criterion_with_its_verb_and_what_it_asks",
        ),
    ),
    Numbered(
        "R44",
        "Where the handbook says so",
        ("document", "faq_question"),
        ("tests/pages/public/test_library.py::test_the_page_of_a_question_leads_to_the_section_of_the_handbook",),
    ),
    Numbered(
        "R56",
        "A claim has no deadline, but is made when the centre is confident",
        ("centre_claim_check",),
        ("tests/pages/centre/test_claims.py::test_the_check_says_what_goes_and_submits_it",),
    ),
    Numbered(
        "R57",
        "The moderator confirms or amends, then it goes to the awarding organisation and the centre hears",
        ("moderator_unit", "moderator_report"),
        (
            "tests/browser/test_claim_to_certificate.py::test_a_claim_travels_from_submission_to_a_certificate_that_anybody_checks",
        ),
    ),
    Numbered(
        "R74",
        "Whole units carry over, with who awarded them and when",
        ("desk_registration",),
        ("tests/actions/test_transfers.py::test_a_unit_carried_over_keeps_who_awarded_it_and_when",),
    ),
    Numbered(
        "R75",
        "Units of another awarding organisation count",
        ("desk_registration",),
        ("tests/actions/test_transfers.py::test_what_is_carried_over_can_complete_a_qualification",),
    ),
    Numbered(
        "R70",
        "Work is moderated before results; a wrong result is corrected and its certificate revoked",
        ("moderator_unit", "desk_review", "desk_revoke"),
        (
            "tests/actions/test_awards.py::test_an_achievement_traces_to_a_confirmed_decision",
            "tests/pages/desk/test_awards.py::test_a_certificate_is_revoked_with_a_reason_only",
        ),
    ),
    Numbered(
        "R76",
        "A centre with registrations in the year before owes an annual fee, but not in its first year",
        ("centre_fees", "desk_annual_fees"),
        (
            "tests/pages/test_centre_fees.py::test_the_year_of_registrations_includes_its_last_days",
            "tests/pages/test_centre_fees.py::test_a_centre_is_charged_once_a_year",
        ),
    ),
    Numbered(
        "R77",
        "A result needs a valid registration and all units; who is not eligible is always shown",
        ("centre_readiness", "centre_checkpoint", "desk_checkpoint"),
        (
            "tests/pages/centre/test_readiness.py::test_rows_are_grouped_by_status_with_the_closest_to_trouble_first",
            "tests/actions/test_awards.py::test_a_combination_partly_met_awards_nothing_until_the_rest_is_claimed",
        ),
    ),
    Numbered(
        "R58",
        "Work marked inconsistently is withdrawn, assessed again and claimed anew",
        ("moderator_withdraw_assessor", "moderator_withdraw"),
        ("tests/pages/moderator/test_recall.py::test_all_units_of_one_assessor_are_withdrawn_with_a_reason",),
    ),
    Numbered(
        "R59",
        "One feedback report a batch; by letter when the whole claim is withdrawn",
        ("centre_report", "moderator_report", "moderator_withdraw"),
        ("tests/pages/test_feedback_reports.py::test_the_report_on_a_claim_of_which_nothing_is_left_goes_by_letter",),
    ),
    Numbered(
        "R67",
        "A review of moderation, of units for the whole claim, within three months; no charge if changed",
        ("centre_ask_review", "centre_review", "desk_review", "moderator_review"),
        (
            "tests/pages/test_reviews_and_appeals.py::test_a_review_is_asked_within_three_months_of_the_report",
            "tests/pages/test_reviews_and_appeals.py"
            "::test_a_review_is_decided_on_its_page_and_told_only_when_it_is_sent_out",
        ),
    ),
    Numbered(
        "R69",
        "A name is put right freely, changed as a whole on proof, and after printing only with a reissue",
        ("centre_change_name", "desk_change_name"),
        (
            "tests/pages/test_names.py::test_a_correction_is_free_and_seen_by_centre_and_desk",
            "tests/pages/test_names.py::test_a_printed_certificate_comes_back_before_the_name_changes",
        ),
    ),
    Numbered(
        "R73",
        "Appeals are decided independently",
        ("centre_review", "desk_review"),
        (
            "tests/pages/test_reviews_and_appeals.py"
            "::test_an_appeal_is_decided_by_somebody_without_a_part_in_the_review",
            "tests/pages/test_reviews_and_appeals.py::test_the_database_refuses_a_reviewer_who_is_not_independent",
        ),
    ),
    Numbered(
        "R78",
        "Malpractice is reported at once, and certificates are held meanwhile",
        ("centre_report_suspicion", "moderator_report_suspicion", "desk_suspicion", "desk_holds", "desk_hold"),
        (
            "tests/pages/test_holds.py::test_a_centre_reports_and_the_desk_holds",
            "tests/actions/test_holds.py::test_raw_sql_awards_and_certificates_nothing_while_a_hold_is_open",
        ),
    ),
    Numbered(
        "R27",
        "A yearly report to centres on a scheme",
        ("reports", "report", "report_pdf", "desk_report"),
        (
            "tests/pages/test_annual_report.py::test_the_draft_of_a_season_like_2011_makes_every_point_of_the_2012_report",
        ),
    ),
)
_WORDS: dict[str, str] = {
    "R1": "09628 and 09629 take the candidate’s own work",
    "R2": "Copies of NVQ units don’t stand in for it",
    "R3": "04522 and 04523 take proof of NVQ units",
    "R6": "Assessors’ marking is visible",
    "R7": "Internal moderation is shown",
    "R8": "Signatures are enough for that",
    "R10": "Work follows its claim within 24 hours",
    "R11": "Late work makes results late",
    "R12": "A claim without work is withdrawn",
    "R13": "It is then claimed again",
    "R14": "Work without a claim goes back",
    "R15": "It is held back until there is a claim",
    "R24": "Moderators give reasons and feedback",
    "R28": "Last registration of the contact centre schemes",
    "R29": "Final certification of each of them",
    "R30": "Certificates are produced until then; assessment ends two months earlier",
    "R31": "Direct claims are reviewed on a visit before the end",
    "R32": "A final visit beyond the free ones is charged",
    "R33": "Free visits need a least number of candidates",
    "R34": "Direct claims status ends after the final visit",
    "R35": "No difference in Wales and Northern Ireland",
    "R36": "Why a scheme is withdrawn is published",
    "R37": "The sector goes on",
    "R38": "It is this organisation’s decision; the Register names others",
    "R39": "Registered in time, a candidate may try again until the end",
    "R40": "No registration, no claim",
    "R41": "Registration fees are not refundable",
    "R42": "Alternatives are named for each scheme",
    "R43": "How each alternative is assessed",
    "R45": "Training is linked",
    "R46": "Information is linked",
    "R47": "Shared units transfer",
    "R48": "Advice on transfer has an address",
    "R49": "An alternative needs its own approval",
    "R50": "The sector body is named",
    "R51": "Entries, then allocation, then visits",
    "R52": "Who explains the differences in administration",
    "R53": "No assessor is promised before allocation",
    "R54": "Whom to ask, by region too",
    "R55": "Others’ alternatives only through the Register",
    "R60": "Results in 35 working days by post and 6 after a visit",
    "R65": "An entry names its candidate",
    "R66": "An approval that stays idle for two years is asked about",
    "R73": "Who reviews is independent of who decided",
    "R80": "An earlier draft in the same scheme is not forgotten",
}


@dataclass(frozen=True)
class Covered:
    """One numbered rule with everything that carries it."""

    number: str
    words: str
    rules: tuple[str, ...]
    questions: tuple[int, ...]
    pages: tuple[str, ...]
    tests: tuple[str, ...]
    not_yet: str
    waits: str

    @property
    def covered(self) -> bool:
        """Something that exists carries it."""
        return bool(self.rules or self.questions or self.pages)


def coverage() -> tuple[Covered, ...]:
    """R1 to R80 in order. What is adopted from elsewhere and not carried, or not whole, says what it waits for."""
    named = {one.number: one for one in _FROM_PAGES}
    return tuple(_covered(f"R{number}", named.get(f"R{number}")) for number in range(1, 81))


def not_covered() -> tuple[str, ...]:
    """The numbers from the two documents that nothing carries yet."""
    return tuple(one.number for one in coverage()[:OWN] if not one.covered)


def _covered(number: str, named: Numbered | None) -> Covered:
    rules = tuple(rule.id for rule in RULES if number in rule.rulebook)
    questions = tuple(one.number for one in QUESTIONS if number in one.rulebook)
    tests = (_RULES,) * bool(rules) + (_ANSWERS,) * bool(questions) + (named.tests if named else ())
    return Covered(
        number,
        named.words if named else _WORDS.get(number) or WORDS.get(number, ""),
        rules,
        questions,
        named.pages if named else (),
        tests,
        named.not_yet if named else "",
        WAITS.get(number, ""),
    )
