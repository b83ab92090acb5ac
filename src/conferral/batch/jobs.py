"""The jobs that workers run. Each is safe to repeat, and judges by the moment at which it runs."""

import logging
from datetime import datetime, timedelta
from time import perf_counter

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from conferral.actions.allocations import accept_proposal, propose_allocations
from conferral.actions.awards import award_what_waited, issue_certificate
from conferral.actions.claims import remind_of_work, withdraw_unmet_claim
from conferral.actions.consignments import return_unmatched_work
from conferral.actions.evidence import LOOKING, Door, give_up_overdue
from conferral.actions.holds import AWARDING
from conferral.batch.alerts import write_alerts
from conferral.batch.bundles import make_bundle
from conferral.batch.centre_fees import charge_owing
from conferral.batch.certificates import certificate_pdf
from conferral.batch.checkpoints import ask_and_remind
from conferral.batch.evidence_store import sweep
from conferral.batch.letters import mail_letters
from conferral.batch.looking import ask_again, look_from
from conferral.records.access import acting_as
from conferral.records.allocation.queries import acceptable
from conferral.records.awards.models import Certificate
from conferral.records.awards.queries import due_certificates
from conferral.records.centres.models import Membership
from conferral.records.claims.models import Claim, Consignment
from conferral.records.holds.models import Hold
from conferral.records.holds.queries import waiting_to_be_awarded
from conferral.rules.permissions import CLOCK, DESK_ROLES, Acting
from conferral.rules.policies import policy

log = logging.getLogger(__name__)
AWARDED_AT_ONCE = 500  # registrations in a transaction
STALLED_AFTER = 30  # seconds without a sign of life from the worker


@app.periodic(cron="* * * * *")
@app.task(name="conferral.withdraw_unmet_claims", queueing_lock="withdraw_unmet_claims")
def withdraw_unmet_claims(timestamp: int = 0) -> int:
    """Withdraw every claim whose work did not arrive in time; returns how many."""
    at = settings.CLOCK()
    with acting_as(CLOCK):
        late = list(Claim.objects.filter(state="submitted", withdraw_after__lte=at).values_list("pk", flat=True)[:1000])
    withdrawn = 0
    for claim in late:
        with acting_as(CLOCK):
            withdrawn += withdraw_unmet_claim(claim, at=at, by=CLOCK).allowed
    return withdrawn


@app.periodic(cron="* * * * *")
@app.task(name="conferral.remind_of_work", queueing_lock="remind_of_work")
def remind_of_late_work(timestamp: int = 0) -> int:
    """Remind each centre once whose work is due and not recorded as sent; returns how many."""
    at = settings.CLOCK()
    with acting_as(CLOCK):
        due = Claim.objects.filter(
            state="submitted", reminded_at=None, remind_at__lte=at, consignments__state="awaited"
        )
        late = list(due.order_by("remind_at").values_list("pk", flat=True)[:1000])
    reminded = 0
    for claim in late:
        with acting_as(CLOCK):
            reminded += remind_of_work(claim, at=at, by=CLOCK)
    return reminded


@app.periodic(cron="* * * * *")
@app.task(name="conferral.return_unmatched_parcels", queueing_lock="return_unmatched_parcels")
def return_unmatched_parcels(timestamp: int = 0) -> int:
    """Send back every parcel whose claim was not made in time; returns how many."""
    at = settings.CLOCK()
    with acting_as(CLOCK):
        waiting = list(
            Consignment.objects.filter(state="unmatched", return_after__lte=at).values_list("pk", flat=True)[:1000]
        )
    returned = 0
    for parcel in waiting:
        with acting_as(CLOCK):
            returned += return_unmatched_work(parcel, at=at, by=CLOCK).allowed
    return returned


@app.periodic(cron="* * * * *")
@app.task(name="conferral.issue_certificates", lock="issue_certificates")
def issue_certificates(timestamp: int = 0) -> int:
    """Issue every certificate that is due; returns how many. One that can't be issued is logged and left due."""
    at = settings.CLOCK()
    with acting_as(CLOCK):
        due = list(due_certificates().values_list("pk", flat=True)[:1000])
    issued = 0
    for number in due:
        try:
            with acting_as(CLOCK):
                verdict = issue_certificate(number, paper=_paper, at=at, by=CLOCK)
        # Of the paper, or of a hold placed at this moment: one certificate must not stop the others.
        except (RuntimeError, IntegrityError) as error:
            log.error("Certificate %s stays due: %s", number, error)
            continue
        issued += verdict.allowed
        if verdict.refused:
            log.warning("Certificate %s stays due: %s", number, verdict.refused[0].text)
    return issued


@app.task(name=AWARDING, lock="award_after_hold", retry=RetryStrategy(max_attempts=5, wait=60))
def award_after_hold(hold: int) -> int:
    """Award those who became complete while a hold that is lifted now covered them; returns how many."""
    at, awarded = settings.CLOCK(), 0
    with acting_as(CLOCK):
        lifted = Hold.objects.get(pk=hold)
        waiting = list(waiting_to_be_awarded(lifted).values_list("pk", flat=True))
    for first in range(0, len(waiting), AWARDED_AT_ONCE):
        with acting_as(CLOCK):
            awarded += len(
                award_what_waited(
                    waiting[first : first + AWARDED_AT_ONCE], organisation=settings.ORGANISATION, at=at, by=CLOCK,
                    fresh=settings.FRESH_BYTES,
                )
            )  # fmt: skip
    return awarded


def _paper(certificate: Certificate) -> bytes:
    return certificate_pdf(certificate, address=settings.PUBLIC_ADDRESS)


@app.periodic(cron="* * * * *")
@app.task(name="conferral.send_alerts", queueing_lock="send_alerts", lock="send_alerts")
def send_alerts(timestamp: int = 0) -> int:
    """Write the letters of the e-alerts that wait; returns how many."""
    return write_alerts(at=settings.CLOCK(), organisation=settings.ORGANISATION, address=settings.PUBLIC_ADDRESS)


@app.periodic(cron="* * * * *")
@app.task(name="conferral.send_letters", queueing_lock="send_letters", lock="send_letters")
def send_letters(timestamp: int = 0) -> int:
    """Mail the letters that wait; returns how many have left."""
    return mail_letters(at=settings.CLOCK(), organisation=settings.ORGANISATION, address=settings.PUBLIC_ADDRESS)


@app.task(name="conferral.propose_allocations", queueing_lock="propose_allocations", lock="allocations")
def propose_for_all(person: int, weights: dict[str, int]) -> int:
    """Propose a moderator for every batch that waits, in a person's name; returns how many wait."""
    by = _allocating(person)
    with acting_as(by):
        return propose_allocations(weights, timer=perf_counter, at=settings.CLOCK(), by=by).batches


@app.task(name="conferral.accept_proposals", queueing_lock="accept_proposals", lock="allocations")
def accept_all(person: int, run: int, seen_at: str) -> int:
    """Accept what is still proposed or locked of a run, in a person's name; returns how many could be."""
    by, at = _allocating(person), settings.CLOCK()
    with acting_as(by):
        waiting = list(acceptable(run).values_list("pk", flat=True))
    accepted = 0
    for proposal in waiting:
        with acting_as(by):
            accepted += accept_proposal(proposal, seen_at=datetime.fromisoformat(seen_at), at=at, by=by).allowed
    return accepted


def _allocating(person: int) -> Acting:
    """The person at the desk, in the roles held when the job runs."""
    roles = Membership.objects.filter(person=person, role__in=DESK_ROLES).values_list("role", flat=True)
    by = Acting("desk", person, None, tuple(roles))
    if not by.may("allocate"):
        raise PermissionDenied("allocate")
    return by


@app.periodic(cron="*/5 * * * *")
@app.task(name="conferral.ask_at_checkpoints", queueing_lock="ask_at_checkpoints", lock="ask_at_checkpoints")
def ask_at_checkpoints(timestamp: int = 0) -> int:
    """Send each centre of a checkpoint its own list, and remind those that are silent; returns how many letters."""
    return ask_and_remind(at=settings.CLOCK())


@app.task(name="conferral.join_files")
def join_files(claim: int, registration: int) -> bool:
    """Join the files of a candidate to one PDF, which somebody asked for."""
    with acting_as(CLOCK):
        return make_bundle(claim, registration, store=Door.of(settings).store, organisation=settings.ORGANISATION)


@app.task(name=LOOKING, retry=RetryStrategy(max_attempts=policy("tries_to_look"), wait=5))
def look_into_file(token: str) -> bool:
    """Look into a file that has arrived and those after it; returns whether the first is kept."""
    return look_from(token, door=Door.of(settings), clock=settings.CLOCK)


@app.periodic(cron="* * * * *")
@app.task(name="conferral.look_again", queueing_lock="look_again")
def look_again(timestamp: int = 0) -> int:
    """Ask again for the files whose job is gone; returns how many."""
    return ask_again()


@app.periodic(cron="17 * * * *")
@app.task(name="conferral.give_up_files", queueing_lock="give_up_files")
def give_up_files(timestamp: int = 0) -> int:
    """Give up the files that were begun and did not arrive whole in the days allowed; returns how many."""
    overdue = settings.CLOCK() - timedelta(days=policy("days_to_arrive"))
    with acting_as(CLOCK):
        return give_up_overdue(overdue, door=Door.of(settings), by=CLOCK)


@app.periodic(cron="23 3 * * *")
@app.task(name="conferral.sweep_evidence", queueing_lock="sweep_evidence", lock="sweep_evidence")
def sweep_evidence(timestamp: int = 0) -> int:
    """Remove bytes from the store that no row names; returns how many files."""
    return sum(1 for _ in sweep(Door.of(settings).store, at=settings.CLOCK()))


@app.periodic(cron="41 * * * *")
@app.task(name="conferral.charge_centre_fees", queueing_lock="charge_centre_fees", lock="charge_centre_fees")
def charge_centre_fees(timestamp: int = 0) -> int:
    """Charge every centre that owes the annual fee which fell due last and was not charged; returns how many."""
    return charge_owing(at=settings.CLOCK())


@app.periodic(cron="* * * * *")
@app.task(name="conferral.retry_stalled_jobs", queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: object, timestamp: int = 0) -> None:
    """Take up the jobs of workers that died. One of which another waits already is left to that one, and ends."""
    manager = context.app.job_manager  # type: ignore[attr-defined]
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # of its queueing lock: the job of the next minute
            await manager.finish_job(job, Status.FAILED, delete_job=False)
