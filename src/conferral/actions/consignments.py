"""The work on its way: despatched by the centre, received and matched by the moderator, or sent back."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from conferral.actions.claims import Fresh, cancel_consignment, work_facts
from conferral.actions.ledger import Done, record
from conferral.actions.moves import move
from conferral.actions.work_letters import tell_of_receipt
from conferral.records.calendar import return_after
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, Consignment, CourtesyContact, CustodyScan, SignInNote
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import ConsignmentFacts, as_json
from conferral.rules.journeys import CLAIM, CONSIGNMENT
from conferral.rules.permissions import Acting
from conferral.rules.references import CONSIGNMENT_LENGTH, compact_reference, reference_from
from conferral.rules.rule import Verdict, judge


@dataclass(frozen=True)
class Sent:
    """How work was sent. Of what a kind does not need nothing is kept."""

    kind: str = Consignment.Kind.POST
    carrier: str = ""
    tracking: str = ""
    mail_reference: str = ""
    parts: int | None = None
    link: str = ""
    sign_in: str = ""

    def as_kept(self) -> dict[str, Any]:
        """What the consignment keeps of it, the note on signing in aside."""
        kept = dict.fromkeys(("carrier", "tracking", "mail_reference", "link"), "") | {"kind": self.kind, "parts": None}
        return kept | {name: getattr(self, name) for name in _NEEDED[self.kind]}


_NEEDED: dict[str, tuple[str, ...]] = {
    Consignment.Kind.POST: ("carrier", "tracking"),
    Consignment.Kind.EMAIL: ("mail_reference", "parts"),
    Consignment.Kind.EPORTFOLIO: ("link",),
    Consignment.Kind.UPLOAD: (),
}


@transaction.atomic
def record_despatch(
    claim_id: int, *, despatched_on: date, carrier: str = "", tracking: str = "", sent: Sent | None = None,
    at: datetime, by: Acting,
) -> Verdict:  # fmt: skip
    """Say when and how the work of a claim was sent: by post with carrier and tracking, else as `sent` says.

    `despatched_on` is a London day. Late is warned, never refused (moderation-2012 p4). Raises Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    work = claim.consignments.exclude(state="cancelled").last()
    sent = sent or Sent(carrier=carrier, tracking=tracking)
    facts = _facts_of(sent, replace(work_facts(claim, at=at), despatched_on=despatched_on))
    verdict = CONSIGNMENT.judge(work.state if work else "cancelled", "despatch", by=by.audience)
    verdict += judge(facts, rules_on("consignment"))
    if work and verdict.allowed:
        _despatch(claim, work, sent, facts, verdict, at=at, by=by)
    return verdict


def _despatch(
    claim: Claim, work: Consignment, sent: Sent, facts: ConsignmentFacts, verdict: Verdict, *, at: datetime, by: Acting
) -> None:
    work.despatched_on = facts.despatched_on
    for name, value in sent.as_kept().items():
        setattr(work, name, value)
    # An address or a subject line may name a candidate: the ledger keeps that there was one, not which.
    told = as_json(replace(facts, link=None, mail_reference=None))
    move(CONSIGNMENT, work, "despatch", at=at, by=by, verdict=verdict, facts=told, event="work_despatched", about=claim)
    if sent.kind == Consignment.Kind.EPORTFOLIO and sent.sign_in:
        SignInNote.objects.create(consignment=work, centre_id=claim.centre_id, text=sent.sign_in)


def _facts_of(sent: Sent, facts: ConsignmentFacts) -> ConsignmentFacts:
    kept = sent.as_kept()
    return replace(
        facts, kind=sent.kind, carrier=kept["carrier"] or None, mail_reference=kept["mail_reference"] or None,
        parts=kept["parts"], link=kept["link"] or None, link_secure=_secure(kept["link"]) if kept["link"] else None,
    )  # fmt: skip


def _secure(link: str) -> bool:
    """An https address of a named site, without a name or password in it, and nothing that a browser would drop."""
    try:
        parts = urlsplit(link)
        named = bool(parts.hostname) and "@" not in parts.netloc
        return link.startswith("https://") and named and link.isprintable() and " " not in link
    except ValueError:
        return False


@transaction.atomic
def deliver_upload(claim_id: int, *, at: datetime, by: Acting) -> Verdict:
    """The centre says that all work of a claim is uploaded: sent, received and matched at once.

    The claim is then with its moderator. Refused, and nothing changed, when its work was sent otherwise or is not
    waited for; so repeated it is refused. Raises Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    work = claim.consignments.select_for_update().exclude(state="cancelled").last()
    sent = Sent(Consignment.Kind.UPLOAD)
    facts = _facts_of(sent, replace(work_facts(claim, at=at), despatched_on=london_day(at)))
    verdict = CONSIGNMENT.judge(work.state if work else "cancelled", "despatch", by=by.audience)
    verdict += CLAIM.judge(claim.state, "deliver_work", by=by.audience)
    verdict += judge(facts, rules_on("consignment"))
    if work and verdict.allowed:
        _despatch(claim, work, sent, facts, verdict, at=at, by=by)
        work.received_at = at
        move(CONSIGNMENT, work, "deliver", at=at, by=by, event="work_received", about=claim)
        move(CONSIGNMENT, work, "match", at=at, by=by, event="work_matched", about=claim)
        move(CLAIM, claim, "deliver_work", at=at, by=by, verdict=verdict, event="claim_with_moderator")
    return verdict


def judge_despatch(claim: Claim, *, despatched_on: date | None = None, at: datetime) -> Verdict:
    """What the rules say of sending the work of a claim, on a London day once it is known."""
    facts = replace(work_facts(claim, at=at), despatched_on=despatched_on)
    return judge(facts, rules_on("consignment"))


@transaction.atomic
def receive_work(reference: str, *, at: datetime, by: Acting) -> tuple[Verdict, Claim | None]:
    """Log a parcel by the reference on its cover sheet and match it to its claim.

    A reference that belongs to no claim of this moderator's is refused: log the parcel as work without
    a claim. Repeated, it is refused and changes nothing. Source: moderation-2012 p4.
    """
    claim = Claim.objects.select_for_update().filter(consignments__reference=compact_reference(reference)).first()
    if claim is None:
        return judge(ConsignmentFacts(now=at), rules_on("match")), None
    work = claim.consignments.select_for_update().get(reference=compact_reference(reference))
    facts = replace(work_facts(claim, at=at), received_at=work.received_at)
    verdict = judge(facts, rules_on("match"))
    if verdict.allowed:
        verdict += CONSIGNMENT.judge(work.state, "receive", by=by.audience)
        verdict += CLAIM.judge(claim.state, "receive_work", by=by.audience)
    if verdict.allowed:
        work.received_at, work.received_by_id = at, by.person
        move(CONSIGNMENT, work, "receive", at=at, by=by, verdict=verdict, event="work_received", about=claim)
        if work.kind == Consignment.Kind.POST:
            _keep_scan(work, CustodyScan.Hand.RECEIVED, at=at, by=by)
        move(CONSIGNMENT, work, "match", at=at, by=by, event="work_matched", about=claim)
        move(
            CLAIM,
            claim,
            "receive_work",
            at=at,
            by=by,
            verdict=verdict,
            facts=as_json(facts),
            event="claim_with_moderator",
        )
        tell_of_receipt(claim, at=at, by=by)
    return verdict, claim


@transaction.atomic
def log_unmatched_work(centre: str | None, description: str, *, at: datetime, by: Acting, fresh: Fresh) -> Consignment:
    """Log a parcel that came without a claim. It goes back when its wait is over (moderation-2012 p4)."""
    nation = Centre.objects.get(number=centre).nation if centre else "england"
    parcel = Consignment(
        reference=reference_from(fresh(8), CONSIGNMENT_LENGTH),
        centre_id=centre,
        state="unmatched",
        description=description,
        received_at=at,
        received_by_id=by.person,
        return_after=return_after(at, nation),
    )
    parcel.save()
    record([Done("unmatched_work_logged", "consignment", parcel.pk, centre)], at=at, by=by)
    return parcel


@transaction.atomic
def match_unmatched_work(parcel_id: int, claim_id: int, *, at: datetime, by: Acting) -> Verdict:
    """Put a parcel that came without a claim with the claim made since. Raises DoesNotExist for either."""
    parcel = Consignment.objects.select_for_update().get(pk=parcel_id)
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    verdict = CONSIGNMENT.judge(parcel.state, "match", by=by.audience)
    verdict += judge(work_facts(claim, at=at), rules_on("match"))
    verdict += CLAIM.judge(claim.state, "receive_work", by=by.audience)
    if verdict.allowed:
        cancel_consignment(claim, by=by)
        parcel.claim, parcel.centre_id = claim, claim.centre_id
        move(CONSIGNMENT, parcel, "match", at=at, by=by, verdict=verdict, event="work_matched", about=claim)
        move(CLAIM, claim, "receive_work", at=at, by=by, verdict=verdict, event="claim_with_moderator")
        tell_of_receipt(claim, at=at, by=by)
    return verdict


@transaction.atomic
def record_courtesy_contact(parcel_id: int, reached: str, how: str, *, at: datetime, by: Acting) -> bool:
    """The desk told the centre that its work lies here without a claim: whom it reached, and by which way.

    False, and nothing kept, once the parcel no longer waits. Raises Consignment.DoesNotExist.
    Source: moderation-2012 p4, a courtesy: the work goes back all the same.
    """
    parcel = Consignment.objects.select_for_update().get(pk=parcel_id)
    if parcel.state != "unmatched":
        return False
    CourtesyContact.objects.create(
        consignment=parcel, centre_id=parcel.centre_id, reached=reached, how=how, made_by_id=by.somebody, made_at=at
    )
    record(
        [Done("courtesy_contact_made", "consignment", parcel.pk, parcel.centre_id, facts={"how": how})], at=at, by=by
    )
    return True


@transaction.atomic
def return_unmatched_work(parcel_id: int, *, at: datetime, by: Acting) -> Verdict:
    """Send a parcel back for which there is no claim, or none any more. Safe to repeat.

    Raises Consignment.DoesNotExist.
    """
    parcel = Consignment.objects.select_for_update().get(pk=parcel_id)
    verdict = CONSIGNMENT.judge(parcel.state, "return", by=by.audience)
    if verdict.allowed:
        event = "unmatched_work_returned" if parcel.state == "unmatched" else "work_returned"
        parcel.returned_at = at
        move(CONSIGNMENT, parcel, "return", at=at, by=by, verdict=verdict, event=event, about=parcel.claim)
        _keep_scan(parcel, CustodyScan.Hand.RETURNED, at=at, by=by)
    return verdict


@transaction.atomic
def scan_parcel(reference: str, hand: str, *, at: datetime, by: Acting) -> Verdict:
    """Keep that a parcel passed through a hand that only looks after it: handed to the carrier, or in the post room.

    Receiving and sending back are verbs of their own. Repeated it is refused. Raises Consignment.DoesNotExist when
    the person who acts may not see the parcel, or there is none.
    """
    work = Consignment.objects.select_for_update().get(reference=compact_reference(reference))
    before = work.scans.filter(hand=hand).first()
    facts = ConsignmentFacts(
        now=at, kind=work.kind, work_state=work.state.replace("_", " "),
        hand=CustodyScan.Hand(hand).label, scanned_at=before.at if before else None,
    )  # fmt: skip
    verdict = judge(facts, rules_on("hand"))
    if verdict.allowed:
        _keep_scan(work, hand, at=at, by=by)
        subject = ("claim", work.claim_id) if work.claim_id else ("consignment", work.pk)
        record([Done("parcel_scanned", *subject, work.centre_id, verdict, as_json(facts))], at=at, by=by)
    return verdict


def _keep_scan(work: Consignment, hand: str, *, at: datetime, by: Acting) -> None:
    CustodyScan.objects.create(consignment=work, centre_id=work.centre_id, hand=hand, person_id=by.person, at=at)
