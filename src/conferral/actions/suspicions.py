"""Suspicions of malpractice: reported at once by a centre or a moderator, and settled by the desk."""

from datetime import date, datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_persons
from conferral.actions.moves import moved_to
from conferral.records.calendar import bank_holidays
from conferral.records.centres.models import Centre, Membership
from conferral.records.holds.models import Suspicion
from conferral.rules.book import rules_on
from conferral.rules.days import london_day, working_days_after
from conferral.rules.facts import ClosingFacts, SuspicionFacts
from conferral.rules.journeys import SUSPICION
from conferral.rules.permissions import PERMISSIONS, Acting
from conferral.rules.policies import policy
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def report_suspicion(
    centre: str, kind: str, text: str, noticed_on: date, *, claim: int | None = None, registration: int | None = None,
    at: datetime, by: Acting,
) -> tuple[Verdict, Suspicion | None]:  # fmt: skip
    """Report what looks like malpractice; those of the desk who place holds are written to. Late is taken, and marked.

    `noticed_on` is a London day. What is reported goes into the organisation's chain, where no colleague reads it.
    """
    nation = Centre.objects.values_list("nation", flat=True).get(pk=centre)
    report_by = working_days_after(noticed_on, policy("working_days_to_report_suspicion"), bank_holidays(nation))
    facts = SuspicionFacts(
        reported_on=london_day(at), noticed_on=noticed_on, report_by=report_by, text=text.strip() or None
    )
    verdict = judge(facts, rules_on("suspicion"))
    if verdict.refused:
        return verdict, None
    made = Suspicion.objects.create(
        centre_id=centre, claim_id=claim, registration_id=registration, kind=kind, text=text.strip(),
        noticed_on=noticed_on, report_by=report_by, late=bool(verdict.warned), reported_by_id=by.somebody,
        reported_at=at,
    )  # fmt: skip
    record([Done("suspicion_reported", "suspicion", made.pk, verdict=verdict)], at=at, by=by)
    _tell_the_desk(made, at=at, by=by)
    return verdict, made


def _tell_the_desk(made: Suspicion, *, at: datetime, by: Acting) -> None:
    """By letter, without what was reported: a mail may be read by others."""
    deciding = Membership.objects.filter(role__in=PERMISSIONS["place_holds"], person__is_active=True)
    text = (
        f"A suspicion of malpractice at centre {made.centre_id} was reported. Open report {made.pk} on the desk’s page "
        "of holds: place a hold, or close it with a reason."
    )
    write_to_persons(
        dict.fromkeys(deciding.values_list("person", flat=True), text), about=("suspicion", str(made.pk)),
        subject=f"Suspicion {made.pk} reported, centre {made.centre_id}", at=at, by=by,
    )  # fmt: skip


@transaction.atomic
def close_suspicion(suspicion: int, because: str, *, at: datetime, by: Acting) -> Verdict:
    """Close a report of which nothing follows, with the reason. Raises Suspicion.DoesNotExist."""
    found = Suspicion.objects.select_for_update(of=("self",)).get(pk=suspicion)
    verdict = may_settle(found, "close", because, by=by)
    if verdict.allowed:
        settle(found, "close", because.strip(), verdict=verdict, at=at, by=by)
    return verdict


def may_settle(found: Suspicion, verb: str, because: str, *, by: Acting) -> Verdict:
    """Whether somebody at the desk may answer a report."""
    facts = ClosingFacts(reported_by=found.reported_by_id, settled_by=by.person, because=because.strip() or None)
    return SUSPICION.judge(found.state, verb, by=by.audience) + judge(facts, rules_on("closing"))


def settle(
    found: Suspicion, verb: str, because: str, *, verdict: Verdict = Verdict(), at: datetime, by: Acting
) -> None:
    """Answer a locked report. Runs in the transaction of the caller, who has asked whether it may be."""
    found.state = moved_to(SUSPICION, found.state, verb, by)
    found.settled_by_id, found.settled_at, found.because = by.somebody, at, because
    found.save(update_fields=["state", "settled_by", "settled_at", "because"])
    record([Done(f"suspicion_{found.state}", "suspicion", found.pk, verdict=verdict)], at=at, by=by)
