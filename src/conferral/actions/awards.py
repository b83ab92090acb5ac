"""What the desk makes of confirmed claims: units banked, awards made, certificates issued or revoked."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app

from conferral.actions.claims import Fresh
from conferral.actions.ledger import Done, record
from conferral.actions.moves import move, move_all
from conferral.records.awards.models import Award, Certificate
from conferral.records.awards.queries import standings
from conferral.records.candidates.models import Achievement, Candidate, Registration
from conferral.records.claims.models import Claim
from conferral.records.holds.queries import held_days
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import CertificateFacts, as_json
from conferral.rules.journeys import CERTIFICATE, CLAIM, REGISTRATION
from conferral.rules.permissions import Acting
from conferral.rules.references import CERTIFICATE_LENGTH, reference_from
from conferral.rules.rule import Verdict, judge

Paper = Callable[[Certificate], bytes]


@transaction.atomic
def process_claim(
    claim_id: int, *, organisation: str, at: datetime, by: Acting, fresh: Fresh
) -> tuple[Verdict, list[Award]]:
    """Bank the confirmed units of a reported claim, and award every registration that they complete.

    Certificates become due in the same transaction; a job issues them. Raises Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=claim_id)
    verdict = CLAIM.judge(claim.state, "process", by=by.audience)
    if verdict.refused:
        return verdict, []
    banked = _bank(claim, at=at, by=by)
    registrations = sorted({unit.registration_id for unit in banked})
    awards = award_complete(registrations, organisation=organisation, at=at, by=by, fresh=fresh)
    claim.ended_at = at
    move(CLAIM, claim, "process", at=at, by=by, verdict=verdict, event="claim_processed",
         facts={"banked": len(banked), "awarded": [award.registration_id for award in awards]})  # fmt: skip
    return verdict, awards


def bank_changed(claim: Claim, *, organisation: str, at: datetime, by: Acting, fresh: Fresh) -> list[Award]:
    """Bank what a review has confirmed in a claim that was processed before, and make the awards that completes.

    Runs in the transaction of the caller.
    """
    banked = _bank(claim, at=at, by=by)
    registrations = sorted({unit.registration_id for unit in banked})
    return award_complete(registrations, organisation=organisation, at=at, by=by, fresh=fresh)


def _bank(claim: Claim, *, at: datetime, by: Acting) -> list[Achievement]:
    """Bank the units; what another claim banked before stays as it is."""
    banked = _achieve(claim, at=at)
    registrations = {one.registration_id for one in banked}
    move_all(REGISTRATION, Registration.objects.filter(pk__in=registrations), "bank_unit", by=by)
    done = (
        Done("unit_banked", "registration", one.registration_id, one.centre_id, facts={"unit": one.unit_id})
        for one in banked
    )
    record(done, at=at, by=by)
    return banked


def _achieve(claim: Claim, *, at: datetime) -> list[Achievement]:
    """The confirmed units of a claim that are not achieved yet, stored as achieved.

    The registrations stay locked, so that two claims processed at once see each other's units.
    """
    confirmed = claim.units.filter(state__in=("confirmed", "amended"))
    locked = Registration.objects.select_for_update().order_by("pk")
    list(locked.filter(pk__in=confirmed.values("registration")))
    unachieved = confirmed.exclude(registration__achievements__unit=F("unit"))
    return Achievement.objects.bulk_create(
        [
            Achievement(
                centre_id=unit.centre_id, registration_id=unit.registration_id, unit_id=unit.unit_id,
                achieved_on=london_day(at), claimed_unit=unit,
            )
            for unit in unachieved
        ]
    )  # fmt: skip


def preview_awards(claim_id: int, *, at: datetime) -> dict[int, tuple[CertificateFacts, Verdict]]:
    """What processing a claim now would award: its confirmed units are banked, judged and taken back.

    Raises Claim.DoesNotExist.
    """
    with transaction.atomic():
        claim = Claim.objects.get(pk=claim_id)
        _achieve(claim, at=at)
        claimed = claim.units.filter(state__in=("confirmed", "amended")).values_list("registration", flat=True)
        judged = judge_awards(set(claimed), at=at)
        transaction.set_rollback(True)
    return judged


def judge_awards(registrations: Iterable[int], *, at: datetime) -> dict[int, tuple[CertificateFacts, Verdict]]:
    """What the rules say of awarding each registration now."""
    rows = Registration.objects.filter(pk__in=list(registrations)).select_related("scheme", "award")
    stands, held = standings(row.pk for row in rows), held_days(row.pk for row in rows)
    judged = {}
    for row in rows:
        unmet = [standing for standing in stands.get(row.pk, []) if not standing.met]
        facts = CertificateFacts(
            scheme=row.scheme_id,
            produced_on=london_day(at),
            final_certification=row.scheme.final_certification,
            constraints=len(stands.get(row.pk, [])),
            unmet=len(unmet),
            missing="; ".join(standing.in_words for standing in unmet) or None,
            certificated_on=row.award.awarded_on if hasattr(row, "award") else None,
            held_on=held.get(row.pk),
        )
        judged[row.pk] = facts, judge(facts, rules_on("award"))
    return judged


def award_complete(
    registrations: Iterable[int], *, organisation: str, at: datetime, by: Acting, fresh: Fresh
) -> list[Award]:
    """Award those registrations whose combination is met; a job issues their certificates.

    Runs in the transaction of the caller, who has banked units and holds the registrations' locks.
    """
    judged = judge_awards(registrations, at=at)
    met = [pk for pk, (_, verdict) in judged.items() if verdict.allowed]
    complete = Registration.objects.filter(pk__in=met).select_related("candidate", "scheme")
    awards = Award.objects.bulk_create(
        [
            Award(centre_id=row.centre_id, registration=row, scheme=row.scheme, awarded_on=london_day(at))
            for row in complete
        ]
    )
    Certificate.objects.bulk_create(_certificates(awards, organisation, fresh))
    move_all(REGISTRATION, Registration.objects.filter(pk__in=met), "award", by=by)
    made = (
        Done("award_made", "registration", award.registration_id, award.centre_id, judged[award.registration_id][1],
             as_json(judged[award.registration_id][0]))
        for award in awards
    )  # fmt: skip
    record(made, at=at, by=by)
    if awards:
        app.configure_task(name="conferral.issue_certificates").defer()
    return awards


@transaction.atomic
def award_what_waited(
    registrations: Iterable[int], *, organisation: str, at: datetime, by: Acting, fresh: Fresh
) -> list[Award]:
    """Award those of some registrations that became complete while a hold was open. Safe to repeat."""
    locked = Registration.objects.select_for_update().filter(pk__in=list(registrations), state="part_achieved")
    waiting = list(locked.order_by("pk").values_list("pk", flat=True))
    return award_complete(waiting, organisation=organisation, at=at, by=by, fresh=fresh) if waiting else []


def _certificates(awards: list[Award], organisation: str, fresh: Fresh) -> list[Certificate]:
    """What each certificate will say, fixed before it is printed."""
    achieved: dict[int, list[dict[str, str | int | None]]] = {}
    registrations = [award.registration_id for award in awards]
    units = Achievement.objects.filter(registration__in=registrations).select_related("unit").order_by("unit_id")
    for one in units:
        words = {
            "code": one.unit_id,
            "title": one.unit.title,
            "level": one.unit.level,
            "credit": one.unit.credit,
        }
        if one.awarding_organisation:
            words |= {"awarded_by": one.awarding_organisation, "originally_on": f"{one.originally_on:%Y-%m-%d}"}
        achieved.setdefault(one.registration_id, []).append(words)
    return [
        Certificate(
            number=reference_from(fresh(10), CERTIFICATE_LENGTH), centre_id=award.centre_id, award=award,
            holder=award.registration.candidate.name, title=award.scheme.title, level=award.scheme.level,
            organisation=organisation, awarded_on=award.awarded_on, units=achieved[award.registration_id],
        )
        for award in awards
    ]  # fmt: skip


@transaction.atomic
def issue_certificate(number: str, *, paper: Paper, at: datetime, by: Acting) -> Verdict:
    """Produce the document of a due certificate and issue it. Safe to repeat. Raises Certificate.DoesNotExist.

    It bears the candidate's name as it is now: until then the name may be put right. `paper` turns the words
    into a PDF. No certificate is produced after the final certification date of its scheme (cco-withdrawal-2013 q2),
    and none while a hold is open over the candidate.
    """
    certificate = Certificate.objects.select_for_update(of=("self",)).select_related("award__scheme").get(pk=number)
    verdict = CERTIFICATE.judge(certificate.state, "issue", by=by.audience)
    scheme = certificate.award.scheme
    facts = CertificateFacts(
        scheme=scheme.code,
        produced_on=london_day(at),
        final_certification=scheme.final_certification,
        constraints=1,
        unmet=0,
        held_on=held_days([certificate.award.registration_id]).get(certificate.award.registration_id),
    )
    verdict += judge(facts, rules_on("award"))
    if verdict.allowed:
        holder = Candidate.objects.select_for_update().get(registrations__award=certificate.award_id)
        certificate.holder = holder.name
        certificate.issued_on = london_day(at)
        certificate.document = paper(certificate)
        certificate.document_sha256 = sha256(certificate.document).hexdigest()
        move(CERTIFICATE, certificate, "issue", at=at, by=by, verdict=verdict, facts=as_json(facts),
             event="certificate_issued")  # fmt: skip
        registration = Registration.objects.filter(pk=certificate.award.registration_id)
        move_all(REGISTRATION, registration, "certificate", by=by)
    return verdict


@transaction.atomic
def revoke_certificate(number: str, because: str, *, at: datetime, by: Acting) -> Verdict:
    """Revoke an issued certificate. It can be checked for ever, and then says so. Raises Certificate.DoesNotExist."""
    certificate = Certificate.objects.select_for_update().get(pk=number)
    verdict = CERTIFICATE.judge(certificate.state, "revoke", by=by.audience)
    if verdict.allowed:
        certificate.revoked_on, certificate.revoked_because = london_day(at), because
        move(CERTIFICATE, certificate, "revoke", at=at, by=by, verdict=verdict, event="certificate_revoked")
    return verdict
