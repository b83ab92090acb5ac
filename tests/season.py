"""A season that resembles 2011/12, stored in a few statements: the counts below are what a report has to find."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pgtrigger
from django.db.backends.postgresql.psycopg_any import DateRange

from conferral.actions.community import begin_topic
from conferral.actions.ledger import Done, record
from conferral.actions.library import add_document, name_subject, publish_version
from conferral.actions.notices import publish_notice
from conferral.records.access import acting_as
from conferral.records.allocation.models import Absence, ChangeRequest
from conferral.records.candidates.models import Candidate, Registration
from conferral.records.catalogue.models import SchemeUnit
from conferral.records.centres.models import Approval, Centre
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment
from conferral.records.moderation.models import Allocation, FeedbackReport, RequiredAction, UnitDecision
from conferral.records.money.models import Attempt, Charge
from conferral.rules.fee_list import AGAIN
from conferral.rules.permissions import Acting

FIRST, LAST = date(2011, 9, 1), date(2012, 8, 31)
SEPTEMBER = datetime(2012, 9, 20, 9, tzinfo=UTC)
POSTAL = ("04522", "04523", "09628", "09629")
PRINCIPLES = POSTAL[2:]
CODES = ("INCOMPLETE", "WRONG_EVIDENCE", "NOT_ANNOTATED", "NO_INTERNAL_MOD", "THIN_ANSWER", "VERB_NOT_MET")
DELAYS = (5, 12, 45)
SEEN = "seen"  # while the season is being stored: withdrawn, though the work had arrived


@dataclass
class Fed:
    """What was stored, counted while storing it: things and the centres at which they were."""

    counts: Counter = field(default_factory=Counter)
    centres: dict[str, set[str]] = field(default_factory=dict)

    waits: list[tuple[bool, int]] = field(default_factory=list)

    def add(self, name: str, centre: str) -> None:
        self.counts[name] += 1
        self.centres.setdefault(name, set()).add(centre)

    def at(self, name: str) -> tuple[int, int]:
        return self.counts[name], len(self.centres[name])


def feed(world, *, centres: int = 40, troubled: int = 12) -> Fed:
    """Centres with five claims each; all of a year's troubles come from the last `troubled` of them."""
    fed, people = Fed(), world.people
    units = {scheme: list(SchemeUnit.objects.filter(scheme=scheme).values_list("unit", flat=True)) for scheme in POSTAL}
    houses = Centre.objects.bulk_create(Centre(number=f"{10001 + n}", name=f"Centre {n}") for n in range(centres))
    Approval.objects.bulk_create(
        Approval(centre=house, scheme_id=scheme, approved_on=date(2010, 9, 1)) for house in houses for scheme in POSTAL
    )
    moderator = people["examiner_moderator"].pk
    Allocation.objects.bulk_create(
        Allocation(centre=house, scheme_id=scheme, moderator_id=moderator, days=DateRange(date(2010, 9, 1), None))
        for house in houses
        for scheme in POSTAL
    )
    with pgtrigger.ignore():
        claims = Claim.objects.bulk_create(_claims(fed, world, houses, troubled))
        Claim.objects.filter(state=SEEN).update(state="withdrawn")
        claims += Claim.objects.bulk_create(_again(fed, claims))
        _work(fed, world, claims, units, set(houses[centres - troubled :]))
    _parcels_and_recalls(fed, world, houses, claims)
    Absence.objects.create(moderator_id=moderator, days=DateRange(date(2012, 3, 5), date(2012, 3, 17)),
                           entered_by_id=moderator, entered_at=datetime(2012, 2, 1, tzinfo=UTC))  # fmt: skip
    asked = datetime(2012, 3, 6, tzinfo=UTC)
    ChangeRequest.objects.bulk_create(
        ChangeRequest(centre=house, scheme_id="09628", moderator_id=moderator, reason="They start work in April.",
                      asked_by=people["exams_officer"], asked_at=asked, answer_by=asked)
        for house in houses[:6]
    )  # fmt: skip
    return fed


def _claims(fed, world, houses, troubled):
    for place, house in enumerate(houses):
        trouble = place >= len(houses) - troubled
        for turn in range(5):
            number = place * 5 + turn
            at = datetime(2011, 10, 3, 10, tzinfo=UTC) + timedelta(days=number)
            claim = Claim(
                centre=house, scheme_id=POSTAL[place % 4], made_by=world.people["assessor"], made_at=at,
                submitted_by=world.people["assessor"], submitted_at=at, send_by=at + timedelta(hours=24),
                withdraw_after=at + timedelta(days=7), moderator=world.people["examiner_moderator"],
                state="processed", ended_at=at + timedelta(days=60),
            )  # fmt: skip
            if trouble and turn == 0:
                claim.state, claim.ended_at = "withdrawn", claim.withdraw_after
                fed.add("unsent", house.number)
            if place == 0 and turn == 4:  # the moderator withdrew it when the work was there
                claim.state, claim.ended_at = SEEN, at + timedelta(days=30)
            fed.add("claims", house.number)
            yield claim


def _again(fed, claims):
    """Every other claim that was withdrawn is made again."""
    for claim in [one for one in claims if one.state == "withdrawn"][::2]:
        at = claim.submitted_at + timedelta(days=20)
        fed.add("claims", claim.centre_id)
        fed.counts["claimed_again"] += 1
        yield Claim(
            centre_id=claim.centre_id, scheme_id=claim.scheme_id, made_by_id=claim.made_by_id, made_at=at,
            submitted_by_id=claim.made_by_id, submitted_at=at, send_by=at + timedelta(hours=24),
            withdraw_after=at + timedelta(days=7), moderator_id=claim.moderator_id, state="processed",
            ended_at=at + timedelta(days=60), cloned_from=claim,
        )  # fmt: skip


def _work(fed, world, claims, units, troubled):
    """Two candidates a claim, each with every unit of the scheme; in troubled centres the first unit is at fault."""
    sent = [claim for claim in claims if claim.state == "processed"]
    candidates = Candidate.objects.bulk_create(
        Candidate(centre_id=claim.centre_id, last_name="N", born_on=date(1990, 1, 1)) for claim in sent for _ in "ab"
    )
    registrations = Registration.objects.bulk_create(
        Registration(centre_id=one.centre_id, candidate=one, scheme_id=sent[place // 2].scheme_id,
                     registered_on=date(2011, 9, 5))
        for place, one in enumerate(candidates)
    )  # fmt: skip
    claimed = ClaimedUnit.objects.bulk_create(
        ClaimedUnit(centre_id=claim.centre_id, claim=claim, registration=registration, unit_id=unit,
                    assessor=world.people["assessor"], internal_verifier=world.people["internal_verifier"],
                    evidence_kind="candidate_work", state="confirmed")
        for place, claim in enumerate(sent)
        for registration in registrations[2 * place : 2 * place + 2]
        for unit in units[claim.scheme_id]
    )  # fmt: skip
    bad, seen = {}, Counter()
    for one in claimed:
        if one.claim.centre in troubled and one.claim_id not in bad:
            code = CODES[len(bad) % len(CODES)]
            bad[one.claim_id] = code if code != "WRONG_EVIDENCE" or one.claim.scheme_id in PRINCIPLES else CODES[0]
    decisions, faulty = [], set()
    for one in claimed:
        code = bad.get(one.claim_id) if not seen[one.claim_id] else None
        seen[one.claim_id] += 1
        outcome = "not_awarded" if code else "confirmed"
        for name in filter(None, (outcome, code, "units")):
            fed.add(name, one.centre_id)
        faulty |= {one.registration_id} if code else set()
        decisions.append(
            UnitDecision(centre_id=one.centre_id, claimed_unit=one, outcome=outcome, reason_code=code,
                         decided_by=world.people["examiner_moderator"], decided_at=one.claim.ended_at)
        )  # fmt: skip
    UnitDecision.objects.bulk_create(decisions)
    fed.counts["candidates"] = len(registrations)
    fed.counts["sound_candidates"] = len(registrations) - len(faulty)
    arrived = sent + [claim for claim in claims if claim.state == SEEN]
    _attempts(fed, world, [one for one in decisions if one.reason_code == "INCOMPLETE"])
    Consignment.objects.bulk_create(_consignments(fed, arrived, world.people["examiner_moderator"]))
    reports = FeedbackReport.objects.bulk_create(_reports(fed, sent, world.people["examiner_moderator"]))
    RequiredAction.objects.bulk_create(_remarks(fed, reports))


def _attempts(fed, world, refused):
    """Whoever fell short for gaps was registered again, and paid."""
    officer, at = world.people["exams_officer"], datetime(2012, 6, 1, tzinfo=UTC)
    rows = [(one.centre_id, one.claimed_unit.registration, one.claimed_unit.unit_id) for one in refused]
    charges = Charge.objects.bulk_create(
        Charge(centre_id=centre, fee=AGAIN, pence=2500, reason="Again", registration=registration, charged_at=at)
        for centre, registration, _ in rows
    )
    Attempt.objects.bulk_create(
        Attempt(centre_id=centre, registration=registration, unit_id=unit, number=2, charge=charge, made_by=officer,
                made_at=at)
        for charge, (centre, registration, unit) in zip(charges, rows, strict=True)
    )  # fmt: skip
    for centre, *_ in rows:
        fed.add("again", centre)


def sending(place: int) -> int:
    """Days from the claim to sending its work."""
    return DELAYS[place // 4 % 3] if place % 4 == 1 else place % 2


def _consignments(fed, sent, moderator):
    for place, claim in enumerate(sent):
        days = sending(place)
        fed.add({5: "days", 12: "weeks", 45: "months"}.get(days, "in_time"), claim.centre_id)
        if days > 1:
            fed.add("late", claim.centre_id)
        kind = "upload" if place % 3 == 0 else "post"
        fed.add(kind, claim.centre_id)
        yield Consignment(
            kind=kind, reference=f"S{place:07}", centre_id=claim.centre_id, claim=claim, state="matched",
            received_by=moderator,
            despatched_on=claim.submitted_at.date() + timedelta(days=days),
            received_at=claim.submitted_at + timedelta(days=days + 1),
        )  # fmt: skip


def _reports(fed, sent, moderator):
    for place, claim in enumerate(sent):
        improve = "No poly-pockets: well done." if place % 4 == 0 else "Look at the verbs."  # words aren't counted
        fed.add("reports", claim.centre_id)
        fed.waits.append((sending(place) > 1, sending(place) + 40))
        yield FeedbackReport(
            centre_id=claim.centre_id, claim=claim, went_well="Clear.", to_improve=improve, sent_by=moderator,
            sent_at=claim.submitted_at + timedelta(days=sending(place) + 40),
        )  # fmt: skip


def _remarks(fed, reports):
    for place, report in enumerate(reports):
        pockets = place % 15 == 0
        if pockets:
            fed.add("pockets", report.centre_id)
        yield RequiredAction(
            centre_id=report.centre_id, report=report, claim_id=report.claim_id, text="Do it.",
            reason_code="PLASTIC_POCKETS" if pockets else "THIN_ANSWER", due_on=report.sent_at.date(),
        )  # fmt: skip


def _parcels_and_recalls(fed, world, houses, claims):
    at = datetime(2012, 2, 6, tzinfo=UTC)
    with pgtrigger.ignore():
        parcels = Consignment.objects.bulk_create(
            Consignment(reference=f"U{n:07}", centre=houses[n % 8 % len(houses)], received_at=at,
                        state="returned" if n % 2 else "unmatched", received_by=world.people["examiner_moderator"])
            for n in range(14)
        )  # fmt: skip
    for parcel in parcels:
        fed.add("unmatched", parcel.centre_id)
    events = [Done("unmatched_work_logged", "consignment", one.pk, one.centre_id) for one in parcels]
    for claim in claims[:200:25]:
        fed.add("recalled", claim.centre_id)
        events.append(Done("claim_taken_back", "claim", claim.pk, claim.centre_id))
    record(events, at=at, by=Acting("clock"))


TITLES = {
    "Learner progress tracker": "tracker",
    "Student guide": "student_guide",
    "Electronic submissions guidance": "electronic",
    "Glossary of terms": "glossary",
}


def publish(world) -> None:
    """The notice, the documents and the talk of that year."""
    by = world.acting("quality_officer")
    with acting_as(by):
        name_subject("customer-service", title="Customer Service", schemes=[*POSTAL, "03455"], at=SEPTEMBER, by=by)
        publish_notice("04522", title="What is taken as evidence", text="Proof of units.", clause="moderation-2012 p2",
                       at=datetime(2012, 3, 1, tzinfo=UTC), by=by)  # fmt: skip
        said = {"summary": "Help.", "schemes": POSTAL, "by": by}
        for title, kind in TITLES.items():
            document, _ = add_document(title, kind=kind, at=datetime(2012, 1, 9, tzinfo=UTC), **said)
            publish_version(document.pk, text=f"# {title}", at=datetime(2012, 1, 9, tzinfo=UTC), by=by)
        handbook, _ = add_document("Centre handbook", kind="handbook", at=datetime(2010, 9, 1, tzinfo=UTC), **said)
        publish_version(handbook.pk, text="# One", at=datetime(2010, 9, 1, tzinfo=UTC), by=by)
        publish_version(handbook.pk, text="# Two", what_changed="All.", at=datetime(2012, 5, 1, tzinfo=UTC), by=by)
        add_document("Questions and answers", kind="faq", at=datetime(2012, 8, 1, tzinfo=UTC), **said)
    by = world.acting("assessor")
    with acting_as(by):
        begin_topic("customer-service", title="Verbs", text="?", at=datetime(2012, 4, 1, tzinfo=UTC), by=by)
