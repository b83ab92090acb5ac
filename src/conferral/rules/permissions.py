"""Who may do what: roles, the audience each belongs to, and the permissions of each."""

from dataclasses import dataclass

CENTRE_ROLES = ("head_of_centre", "exams_officer", "tutor", "assessor", "internal_verifier")
MODERATOR_ROLES = ("examiner_moderator", "external_verifier")
DESK_ROLES = ("entries_officer", "allocation_officer", "quality_officer", "certificates_officer", "chief_moderator")
ROLES = CENTRE_ROLES + MODERATOR_ROLES + DESK_ROLES

_AUDIENCES = {"centre": CENTRE_ROLES, "moderator": MODERATOR_ROLES, "desk": DESK_ROLES}
AUDIENCE_OF = {role: audience for audience, roles in _AUDIENCES.items() for role in roles}

PERMISSIONS: dict[str, tuple[str, ...]] = {
    "see_centre": CENTRE_ROLES,
    "register_candidates": ("head_of_centre", "exams_officer"),
    "correct_names": ("head_of_centre", "exams_officer"),
    "build_claims": ("head_of_centre", "exams_officer", "tutor", "assessor"),
    "submit_claims": ("head_of_centre", "exams_officer", "tutor", "assessor"),
    "send_work": ("head_of_centre", "exams_officer", "tutor", "assessor"),
    "verify_internally": ("internal_verifier",),
    "follow_parcels": ("head_of_centre", "exams_officer", "tutor", "assessor", *MODERATOR_ROLES, *DESK_ROLES),
    "ask_for_a_change": ("head_of_centre", "exams_officer"),
    "name_contacts": ("head_of_centre", "exams_officer"),
    "confirm_expectations": ("head_of_centre", "exams_officer"),
    "read_letters": ROLES,
    "see_work": MODERATOR_ROLES,
    "say_when_away": MODERATOR_ROLES,
    "answer_actions": ("head_of_centre", "exams_officer", "tutor", "assessor", "internal_verifier"),
    "answer_questions": ("head_of_centre", "exams_officer", "tutor", "assessor", "internal_verifier"),
    "ask_for_review": ("head_of_centre", "exams_officer"),
    "log_parcels": ("examiner_moderator",),
    "decide_units": MODERATOR_ROLES,
    "see_desk": DESK_ROLES,
    "allocate": ("allocation_officer",),
    "manage_centres": ("quality_officer", "allocation_officer"),
    "set_checkpoints": ("entries_officer", "quality_officer"),
    "handle_letters": ("quality_officer", "entries_officer", "allocation_officer"),
    "manage_catalogue": ("quality_officer",),
    "publish_notices": ("quality_officer",),
    "keep_library": ("quality_officer",),
    "subscribe": ROLES,
    "discuss": ROLES,
    "set_exercises": ("quality_officer", "chief_moderator"),
    "mark_exercises": MODERATOR_ROLES,
    "appoint_reviewers": ("quality_officer", "chief_moderator"),
    "hear_appeals": ("quality_officer", "chief_moderator"),
    "decide_reviews": MODERATOR_ROLES,
    "judge_actions": (*MODERATOR_ROLES, "quality_officer", "chief_moderator"),
    "write_reports": ("chief_moderator",),
    "hide_posts": ("quality_officer",),
    "process_claims": ("certificates_officer", "entries_officer"),
    "amend_names": ("certificates_officer", "entries_officer"),
    "carry_over_units": ("certificates_officer", "entries_officer"),
    "report_suspicions": ("head_of_centre", "exams_officer", *MODERATOR_ROLES),
    "place_holds": ("quality_officer",),
    "revoke_certificates": ("certificates_officer", "quality_officer"),
}


@dataclass(frozen=True)
class Acting:
    """A person in the roles of one audience; at one centre when the audience is `centre`.

    The public, the clock's jobs and the installer act without a person.
    """

    audience: str
    person: int | None = None
    centre: str | None = None
    roles: tuple[str, ...] = ()

    @property
    def somebody(self) -> int:
        """The person who acts. Raises ValueError when nobody does."""
        if self.person is None:
            raise ValueError(f"Nobody acts for the {self.audience}.")
        return self.person

    @property
    def own_centre(self) -> str:
        """The centre at which the person acts. Raises ValueError when there is none."""
        if self.centre is None:
            raise ValueError("Nobody acts at a centre.")
        return self.centre

    def may(self, permission: str) -> bool:
        """Whether one of the roles carries the permission. Raises KeyError when there is no such one."""
        return any(role in PERMISSIONS[permission] for role in self.roles)


PUBLIC = Acting("public")
CLOCK = Acting("clock")
