"""What a change of a candidate's name is judged by."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from conferral.records.awards.models import Certificate
from conferral.records.candidates.models import Candidate, NameChange
from conferral.records.centres.models import Membership
from conferral.records.holds.queries import held_days
from conferral.rules.facts import NameFacts
from conferral.rules.names import PROOFS, whole_name_changed
from conferral.rules.permissions import CENTRE_ROLES, DESK_ROLES, Acting
from conferral.rules.shown_letters import unshown_letter


@dataclass(frozen=True)
class NewName:
    """A name as it is to be, and the proof of it if there is one.

    `proof` is a key of PROOFS or empty; `seen_on` is a London day.
    """

    first_names: str
    last_name: str
    proof: str = ""
    seen_by: int | None = None
    seen_on: date | None = None

    @property
    def parts(self) -> tuple[str, str]:
        """First names and last name in NFC, with one space between words."""
        first, last = (unicodedata.normalize("NFC", part) for part in (self.first_names, self.last_name))
        return " ".join(first.split()), " ".join(last.split())


def printed(candidate: int) -> QuerySet[Certificate]:
    """The valid printed certificates of a candidate, the oldest first."""
    return Certificate.objects.filter(award__registration__candidate=candidate, state="issued").order_by("issued_on")


def proven_name(candidate: Candidate) -> str:
    """The name under which a candidate was registered, or that was last proven."""
    changes = list(NameChange.objects.filter(candidate=candidate).order_by("pk"))
    proven = next((one for one in reversed(changes) if one.whole), None)
    if proven:
        return f"{proven.first_names} {proven.last_name}"
    return changes[0].name_before if changes else candidate.name


def name_facts(candidate: Candidate, new: NewName, *, on: date, returned: bool, by: Acting) -> NameFacts:
    """What a change of name is judged by on a London day. `returned` says that every printed certificate came back."""
    first, last = new.parts
    on_paper = list(printed(candidate.pk).select_related("award__scheme").defer("document"))
    closing = [one.award.scheme for one in on_paper if one.award.scheme.final_certification] if returned else []
    soonest = min(closing, key=lambda scheme: scheme.final_certification or date.max, default=None)
    held = held_days(one.award.registration_id for one in on_paper) if returned else {}
    return NameFacts(
        asked_on=on,
        last_name=last or None,
        first_names_unshown=unshown_letter(first),
        last_name_unshown=unshown_letter(last),
        changed=(first, last) != (candidate.first_names, candidate.last_name),
        whole=whole_name_changed(proven_name(candidate), f"{first} {last}"),
        proof=PROOFS.get(new.proof),
        seen_by=new.seen_by if may_see_proof(new.seen_by, by) else None,
        seen_on=new.seen_on,
        printed_on=on_paper[0].issued_on if on_paper and not returned else None,
        scheme=soonest.code if soonest else None,
        closed_on=soonest.final_certification if soonest else None,
        held_on=min(held.values(), default=None),
    )


def may_see_proof(person: int | None, by: Acting) -> bool:
    """Whether somebody has a role where the name is changed: at the centre, or at the desk."""
    roles = CENTRE_ROLES if by.centre else DESK_ROLES
    return Membership.objects.filter(person=person, centre=by.centre, role__in=roles).exists()
