"""Another moderator: asked for by a centre whose candidates can't wait, given or declined by the desk."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from conferral.actions.centres import allocate
from conferral.actions.claims import Fresh, cancel_consignment, open_consignment, start_clock
from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_centre, write_to_person
from conferral.actions.moves import move
from conferral.records.allocation.models import ChangeRequest, Redirection
from conferral.records.allocation.queries import absences, allocated, requests
from conferral.records.calendar import bank_holidays
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim, Consignment
from conferral.records.people.models import Person
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import end_of_day, last_day, london_day, working_days_after
from conferral.rules.facts import ChangeFacts
from conferral.rules.journeys import CHANGE_REQUEST
from conferral.rules.letters import MODERATION
from conferral.rules.permissions import Acting
from conferral.rules.policies import policy
from conferral.rules.references import format_reference
from conferral.rules.rule import Verdict, judge

OPEN = ("submitted", "with_moderator")
FORWARD, RETURN = Redirection.Way.FORWARD, Redirection.Way.RETURN


@transaction.atomic
def ask_for_change(scheme: str, reason: str, *, at: datetime, by: Acting) -> tuple[Verdict, ChangeRequest | None]:
    """Ask for another moderator in a scheme, because candidates can't wait. Source: moderation-2012 p5a.

    The desk answers within the working days of the centre's nation that the policy names, the day of asking excluded.
    """
    centre = Centre.objects.get(pk=by.own_centre)
    take_turn(f"change {centre.pk} {scheme}")
    facts = change_facts(centre.pk, scheme, reason, at=at)
    verdict = judge(facts, rules_on("change"))
    if verdict.refused:
        return verdict, None
    days = policy("working_days_to_answer_change_request")
    made = ChangeRequest.objects.create(
        centre=centre, scheme_id=scheme, moderator_id=facts.moderator, reason=reason, asked_by_id=by.somebody,
        asked_at=at, answer_by=end_of_day(working_days_after(london_day(at), days, bank_holidays(centre.nation))),
    )  # fmt: skip
    told = {"scheme": scheme, "moderator": facts.moderator}
    record([Done("change_asked", "change_request", made.pk, centre.pk, verdict, told)], at=at, by=by)
    return verdict, made


def change_facts(centre: str, scheme: str, reason: str | None, *, at: datetime) -> ChangeFacts:
    """What a request for another moderator is judged by at a moment."""
    today = london_day(at)
    held = allocated(centre, scheme, today)
    away = absences([held.moderator_id], from_on=today).last() if held else None
    asked = requests().filter(centre=centre, scheme=scheme).first()
    return ChangeFacts(
        scheme=scheme,
        moderator=held.moderator_id if held else None,
        away_until=away.until_on if away else None,
        reason=reason or None,
        asked_on=london_day(asked.asked_at) if asked else None,
        answer_by=last_day(asked.answer_by) if asked else None,
    )


@transaction.atomic
def take_back_change(request_id: int, *, at: datetime, by: Acting) -> Verdict:
    """The centre no longer asks. Raises ChangeRequest.DoesNotExist."""
    found = ChangeRequest.objects.select_for_update().get(pk=request_id, centre=by.own_centre)
    verdict = CHANGE_REQUEST.judge(found.state, "take_back", by=by.audience)
    if verdict.allowed:
        found.answered_by_id, found.answered_at = by.person, at
        move(CHANGE_REQUEST, found, "take_back", at=at, by=by, event="change_taken_back")
    return verdict


@transaction.atomic
def grant_change(
    request_id: int, moderator: int, *, ways: Mapping[int, str] | None = None, at: datetime, by: Acting, fresh: Fresh
) -> Verdict:
    """Give the centre's work to another moderator from today on; open claims go along.

    `ways` says for a consignment that is with the moderator before, or on its way there, whether it is sent on
    ("forward", which is taken where nothing is said) or back to the centre ("return": the centre sends it again, by a
    new clock; only for a parcel that was not received). Refused as any allocation is.
    Raises ChangeRequest.DoesNotExist.
    """
    found = ChangeRequest.objects.select_for_update(of=("self",)).select_related("centre").get(pk=request_id)
    verdict = CHANGE_REQUEST.judge(found.state, "grant", by=by.audience)
    if verdict.allowed:
        verdict += allocate(found.centre_id, found.scheme_id, moderator, on=london_day(at), at=at, by=by)
    if verdict.refused:
        return verdict
    moved = _move_claims(found, moderator, ways or {}, at=at, by=by, fresh=fresh)
    found.given_to_id, found.answered_by_id, found.answered_at = moderator, by.person, at
    move(CHANGE_REQUEST, found, "grant", at=at, by=by, verdict=verdict, event="change_granted",
         facts={"moderator": moderator, "claims": len(moved)})  # fmt: skip
    _tell_of_grant(found, moderator, moved, at=at, by=by)
    return verdict


@transaction.atomic
def decline_change(request_id: int, answer: str, *, at: datetime, by: Acting) -> Verdict:
    """Decline with a reason, which the centre is told. Raises ChangeRequest.DoesNotExist."""
    found = ChangeRequest.objects.select_for_update().get(pk=request_id)
    facts = ChangeFacts(scheme=found.scheme_id, answer=answer.strip() or None)
    verdict = CHANGE_REQUEST.judge(found.state, "decline", facts, by=by.audience)
    if verdict.allowed:
        found.answer, found.answered_by_id, found.answered_at = answer.strip(), by.person, at
        move(CHANGE_REQUEST, found, "decline", at=at, by=by, verdict=verdict, event="change_declined")
        write_to_centre(
            found.centre_id, MODERATION, scheme=found.scheme_id,
            subject=f"{found.scheme_id}: no other moderator is given", text=found.answer,
            about=("change", str(found.pk)), at=at, by=by,
        )  # fmt: skip
    return verdict


def open_claims(request: ChangeRequest) -> QuerySet[Claim]:
    """The claims that go along when another moderator is given."""
    return Claim.objects.filter(
        centre=request.centre_id, scheme=request.scheme_id, state__in=OPEN, moderator=request.moderator_id
    ).order_by("id")


def parcels_of(request: ChangeRequest) -> list[tuple[Claim, Consignment]]:
    """The parcels that are with the moderator before, or on their way there, with their claims."""
    claims = open_claims(request).in_bulk()
    found = _sent_for(claims).filter(kind=Consignment.Kind.POST)
    return [(claims[parcel.claim_id], parcel) for parcel in found if parcel.claim_id]


def electronic_of(request: ChangeRequest) -> list[Consignment]:
    """The work of these claims that came, or comes, otherwise than as a parcel. It goes along with its claim."""
    return list(_sent_for(open_claims(request)).exclude(kind=Consignment.Kind.POST))


def _sent_for(claims: Iterable[int] | QuerySet[Claim]) -> QuerySet[Consignment]:
    found = Consignment.objects.filter(claim__in=claims, state__in=("despatched", "received", "matched"))
    return found.order_by("id")


def _move_claims(
    request: ChangeRequest, moderator: int, ways: Mapping[int, str], *, at: datetime, by: Acting, fresh: Fresh
) -> list[Claim]:
    claims = list(open_claims(request).select_for_update())
    parcels = parcels_of(request)
    for claim, parcel in parcels:
        received = parcel.state != "despatched"
        way = FORWARD if received else Redirection.Way(ways.get(parcel.pk, FORWARD))
        Redirection.objects.create(
            centre_id=request.centre_id, claim=claim, consignment=parcel, reference=parcel.reference,
            way=way, from_moderator_id=request.moderator_id, to_moderator_id=moderator, asked_at=at,
        )  # fmt: skip
    returned = {claim.pk for claim, parcel in parcels if ways.get(parcel.pk) == RETURN}
    for claim in claims:
        claim.moderator_id = moderator
        if claim.pk in returned and claim.state == "submitted":
            cancel_consignment(claim, by=by)
            open_consignment(claim, fresh)
            start_clock(claim, at)
        claim.save()
    facts = {"from": request.moderator_id, "to": moderator}
    record(
        [Done("claim_reallocated", "claim", claim.pk, claim.centre_id, facts=facts) for claim in claims], at=at, by=by
    )
    return claims


def _tell_of_grant(request: ChangeRequest, moderator: int, claims: list[Claim], *, at: datetime, by: Acting) -> None:
    new = Person.objects.get(pk=moderator).name
    numbers = ", ".join(str(claim.pk) for claim in claims)
    parcels = Redirection.objects.filter(claim__in=claims, asked_at=at, to_moderator=moderator)
    todo = {
        way: ", ".join(format_reference(one.reference) for one in parcels if one.way == way)
        for way in (FORWARD, RETURN)
    }
    about = ("change", str(request.pk))
    went = f" Open claims go along: {numbers}." if numbers else ""
    back = f" These parcels come back to you; please send the work again: {todo[RETURN]}." if todo[RETURN] else ""
    write_to_centre(
        request.centre_id, MODERATION, scheme=request.scheme_id,
        subject=f"{request.scheme_id}: {new} looks at your work",
        text=f"As you asked, {new} looks at your work in {request.scheme_id} from today on.{went}{back} The address "
        "for parcels stands on each cover sheet.", about=about, at=at, by=by,
    )  # fmt: skip
    mailed = Consignment.objects.filter(claim__in=claims, kind=Consignment.Kind.EMAIL).exclude(state="cancelled")
    mails = ", ".join(str(number) for number in mailed.order_by("claim").values_list("claim", flat=True))
    on = f" Send these parcels on to {new}: {todo[FORWARD]}." if todo[FORWARD] else ""
    on += f" Forward to {new} the mails with the work of these claims: {mails}." if mails else ""
    home = f" Send these back to the centre when they reach you: {todo[RETURN]}." if todo[RETURN] else ""
    write_to_person(
        request.moderator_id, subject=f"Centre {request.centre_id}, {request.scheme_id}: given to {new}",
        text=f"The centre’s candidates could not wait.{went}{on}{home}", about=about, at=at, by=by,
    )  # fmt: skip
    write_to_person(
        moderator, subject=f"Centre {request.centre_id}, {request.scheme_id}: yours from today on",
        text=f"You look at this work from today on.{went}"
        + (f" These parcels are sent on to you: {todo[FORWARD]}." if todo[FORWARD] else "")
        + (f" The mails of these are forwarded to you: {mails}." if mails else ""),
        about=about, at=at, by=by,
    )  # fmt: skip


def _references(parcels: Iterable[Redirection]) -> str:
    return ", ".join(format_reference(one.reference) for one in parcels)
