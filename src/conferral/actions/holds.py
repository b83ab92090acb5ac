"""Holds on awards and certificates: placed, and lifted. What waited is then awarded and issued by jobs."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_centre
from conferral.actions.moves import move
from conferral.actions.suspicions import may_settle, settle
from conferral.records.candidates.models import Registration
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim
from conferral.records.holds.models import Hold, HoldReason, Suspicion
from conferral.records.holds.queries import at_own_centre
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import HoldFacts
from conferral.rules.holds import ASKED
from conferral.rules.journeys import HOLD
from conferral.rules.letters import RESULTS
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge

AWARDING = "conferral.award_after_hold"


@dataclass(frozen=True)
class Reach:
    """What a hold is on: one registration, one claim, one scheme of a centre, or with none of them a whole centre."""

    centre: str
    scheme: str | None = None
    registration: int | None = None
    claim: int | None = None


@transaction.atomic
def place_hold(
    reach: Reach, code: str, text: str, *, suspicion: int | None = None, at: datetime, by: Acting
) -> tuple[Verdict, Hold | None]:
    """Hold awards and certificates of whom it reaches, from this moment on; the centre is told that, and not why.

    With a reported suspicion, that one is settled by it. Raises Registration.DoesNotExist, Claim.DoesNotExist or
    Centre.DoesNotExist for what is not of the centre, and Suspicion.DoesNotExist.
    """
    found = _locked_suspicion(suspicion, reach.centre)
    _lock(reach)
    open_one = Hold.objects.filter(
        centre=reach.centre, scheme=reach.scheme, registration=reach.registration, claim=reach.claim, state="open"
    ).first()
    facts = HoldFacts(
        text=text.strip() or None,
        open_since=london_day(open_one.placed_at) if open_one else None,
        at_centre=at_own_centre(by.person, reach.centre),
    )
    verdict = judge(facts, rules_on("hold"))
    if found:
        verdict += may_settle(found, "place_hold", "It is held.", by=by)
    if verdict.refused:
        return verdict, None
    made = Hold.objects.create(
        centre_id=reach.centre, scheme_id=reach.scheme, registration_id=reach.registration, claim_id=reach.claim,
        placed_by_id=by.somebody, placed_at=at,
    )  # fmt: skip
    HoldReason.objects.create(hold=made, code=code, text=text.strip(), suspicion=found)
    record([Done("hold_placed", "hold", made.pk, made.centre_id, verdict)], at=at, by=by)
    _note(made, "results_held", at=at, by=by)
    if found:
        settle(found, "place_hold", "", at=at, by=by)
    _tell(
        made, f"Results are held: {made.called}",
        f"From now on no award is made and no certificate is issued for {made.called}.\n\nClaims and moderation go on "
        f"as before. Certificates that were issued before stay genuine.\n\nAsk {ASKED}.", at=at, by=by,
    )  # fmt: skip
    return verdict, made


@transaction.atomic
def lift_hold(hold_id: int, because: str, *, at: datetime, by: Acting) -> Verdict:
    """End a hold, with the reason. What waited for it is awarded and issued by jobs. Raises Hold.DoesNotExist."""
    found = Hold.objects.select_for_update(of=("self",)).get(pk=hold_id)
    verdict = HOLD.judge(found.state, "lift", by=by.audience)
    facts = HoldFacts(because=because.strip() or None, at_centre=at_own_centre(by.person, found.centre_id))
    verdict += judge(facts, rules_on("lifting"))
    if verdict.refused:
        return verdict
    HoldReason.objects.filter(hold=found).update(lifted_because=because.strip())
    found.lifted_by_id, found.lifted_at = by.somebody, at
    move(HOLD, found, "lift", at=at, by=by, verdict=verdict, event="hold_lifted")
    _note(found, "results_held_no_longer", at=at, by=by)
    app.configure_task(name=AWARDING).defer(hold=found.pk)
    app.configure_task(name="conferral.issue_certificates").defer()
    _tell(
        found, f"Results are no longer held: {found.called}",
        f"The hold on {found.called} is lifted. What is complete is awarded and certificated, unless another hold "
        "is open.", at=at, by=by,
    )  # fmt: skip
    return verdict


def _locked_suspicion(suspicion: int | None, centre: str) -> Suspicion | None:
    if suspicion is None:
        return None
    return Suspicion.objects.select_for_update(of=("self",)).get(pk=suspicion, centre=centre)


def _lock(reach: Reach) -> None:
    """Lock what is held before anything goes into the centre's chain, as awards do: see their guard, `not_held`."""
    if reach.registration:
        Registration.objects.select_for_update().get(pk=reach.registration, centre=reach.centre)
    if reach.claim:
        Claim.objects.select_for_update().get(pk=reach.claim, centre=reach.centre)
    Centre.objects.get(pk=reach.centre)


def _note(hold: Hold, verb: str, *, at: datetime, by: Acting) -> None:
    """Tell the timelines of the registration or claim that is named; a wider hold is told of once."""
    if hold.registration_id:
        record([Done(verb, "registration", hold.registration_id, hold.centre_id)], at=at, by=by)
    if hold.claim_id:
        record([Done(verb, "claim", hold.claim_id, hold.centre_id)], at=at, by=by)


def _tell(hold: Hold, subject: str, text: str, *, at: datetime, by: Acting) -> None:
    scheme = hold.scheme_id or (hold.registration or hold.claim or hold).scheme_id
    write_to_centre(
        hold.centre_id, RESULTS, scheme=scheme, subject=subject, text=text, about=("hold", str(hold.pk)), at=at, by=by
    )
