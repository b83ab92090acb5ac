"""Putting a candidate's name right, and reissuing the certificates that bear the old one."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from conferral.actions.claims import Fresh
from conferral.actions.ledger import Done, record
from conferral.actions.moves import move
from conferral.records.awards.models import Certificate
from conferral.records.candidates.models import Candidate, NameChange
from conferral.records.candidates.names import NewName, name_facts, printed
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import without_personal_data
from conferral.rules.journeys import CERTIFICATE
from conferral.rules.permissions import Acting
from conferral.rules.references import CERTIFICATE_LENGTH, reference_from
from conferral.rules.rule import Verdict, judge

CAME_BACK = "The original came back and was reissued."


@transaction.atomic
def change_name(
    candidate: int, new: NewName, *, returned: bool = False, at: datetime, by: Acting, fresh: Fresh
) -> tuple[Verdict, NameChange | None]:
    """Put a candidate's name right, or change it as a whole on proof. Nothing is charged. Source: amendments.

    `returned` says that every printed certificate is back at the desk: each is then revoked, and a certificate of the
    same award falls due with the new name. Only the desk can say so. Raises Candidate.DoesNotExist.
    """
    found = Candidate.objects.select_for_update().get(pk=candidate)
    facts = name_facts(found, new, on=london_day(at), returned=returned, by=by)
    verdict = judge(facts, rules_on("name"))
    if returned and printed(found.pk).exists():
        verdict += CERTIFICATE.judge("issued", "revoke", by=by.audience)
    if verdict.refused:
        return verdict, None
    on_paper = list(printed(found.pk).select_for_update(of=("self",))) if returned else []
    for one in on_paper:
        one.revoked_on, one.revoked_because = london_day(at), CAME_BACK
        move(CERTIFICATE, one, "revoke", at=at, by=by, event="certificate_revoked")
    first, last = new.parts
    made = NameChange.objects.create(
        centre_id=found.centre_id, candidate=found,
        first_names_before=found.first_names, last_name_before=found.last_name, first_names=first, last_name=last,
        whole=bool(facts.whole), proof=new.proof if facts.proof else "", seen_by_id=facts.seen_by,
        seen_on=facts.seen_on, changed_by_id=by.somebody, changed_at=at,
    )  # fmt: skip
    found.first_names, found.last_name = first, last
    found.save(update_fields=["first_names", "last_name"])
    told = without_personal_data(replace(facts, proof=None)) | {"change": made.pk}
    event = "name_changed" if facts.whole else "name_corrected"
    record([Done(event, "candidate", found.pk, found.centre_id, verdict, told)], at=at, by=by)
    _reissue(on_paper, found, at=at, by=by, fresh=fresh)
    return verdict, made


def _reissue(on_paper: list[Certificate], holder: Candidate, *, at: datetime, by: Acting, fresh: Fresh) -> None:
    for one in on_paper:
        again = Certificate.objects.create(
            number=reference_from(fresh(10), CERTIFICATE_LENGTH), centre_id=one.centre_id, award_id=one.award_id,
            replaces=one, holder=holder.name, title=one.title, level=one.level, organisation=one.organisation,
            awarded_on=one.awarded_on, units=one.units,
        )  # fmt: skip
        told = {"certificate": again.number}
        record([Done("certificate_reissued", "certificate", one.number, one.centre_id, facts=told)], at=at, by=by)
    if on_paper:
        app.configure_task(name="conferral.issue_certificates").defer()
