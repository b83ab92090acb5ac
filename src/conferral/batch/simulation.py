"""A season of claims through the real actions: the same for the same seed."""

import heapq
import random
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from conferral.actions.absences import enter_absence
from conferral.actions.awards import award_what_waited, issue_certificate, process_claim
from conferral.actions.candidates import register_candidate
from conferral.actions.centres import add_centre, add_person, allocate, approve_centre
from conferral.actions.changes import ask_for_change, decline_change, grant_change
from conferral.actions.charges import register_again
from conferral.actions.claims import (
    choose_units,
    claim_again,
    say_of_units,
    start_claim,
    submit_claim,
    take_back_claim,
    withdraw_unmet_claim,
)
from conferral.actions.consignments import (
    log_unmatched_work,
    match_unmatched_work,
    receive_work,
    record_despatch,
    return_unmatched_work,
)
from conferral.actions.holds import Reach, lift_hold, place_hold
from conferral.actions.marking import Cell, check_internally, mark_criteria
from conferral.actions.questions import answer_question, ask_centre, withdraw_question
from conferral.actions.reviews import confirm_units, decide_unit, send_report, withdraw_claim
from conferral.actions.suspicions import report_suspicion
from conferral.batch.certificates import certificate_pdf
from conferral.records.access import acting_as
from conferral.records.awards.models import Certificate
from conferral.records.catalogue.models import Criterion, SchemeUnit
from conferral.records.centres.models import Centre
from conferral.records.claims.models import Claim
from conferral.records.claims.queries import Pair
from conferral.records.moderation.models import Allocation
from conferral.records.simulated import digest_rows
from conferral.rules.days import london_day
from conferral.rules.identifiers import uln_fault
from conferral.rules.permissions import CLOCK, Acting
from conferral.rules.rule import Verdict

SCHEME = "09628"
BEGINS = datetime(2025, 9, 1, 9, tzinfo=UTC)
SEASON_DAYS = 240
FIRST_CENTRE = 70_001
ISSUED = 5  # certificates for which the document itself is made
DESK = Acting("desk")
FIRST_NAMES = ("Ayşe", "Dafydd", "Grace", "Ifeoma", "Jürgen", "Lowri", "Mohammed", "Niamh", "Oluwaseun", "Zoë")
LAST_NAMES = ("Bhogal", "Evans", "Fa’alogo", "Górski", "O’Neill", "Prydderch", "al-Khwārizmī", "van der Berg", "Ward")
_Steps = Generator[datetime, None, datetime]
INCOMPLETE = "Some criteria have no evidence. Fill the gaps and claim the unit again."

# What goes wrong, in how many of a thousand claims; the rest go as they should.
TROUBLES = {
    "late": 80, "missing": 60, "unmatched": 40, "sent back": 20, "incomplete": 80, "taken back": 30,
    "withdrawn by the moderator": 20, "thin": 40,
    "asked": 60, "suspected": 30,
}  # fmt: skip


class Surprise(Exception):
    """An action refused what the season had arranged to be allowed."""


@dataclass
class Season:
    """What a simulated season did: how often each thing happened, and a digest of everything that is stored of it."""

    seed: int
    claims: int
    happened: Counter[str] = field(default_factory=Counter)
    digest: str = ""


@dataclass(frozen=True)
class _House:
    """A simulated centre and its people."""

    number: str
    officer: Acting
    assessor: Acting
    verifier: Acting


class _Simulation:
    def __init__(self, claims: int, seed: int, address: str) -> None:
        self.season, self.address = Season(seed, claims), address
        self.dice = random.Random(seed)  # noqa: S311, it has to repeat itself
        self.issued = 0
        self.moderators: dict[int, Acting] = {}
        self.desk: dict[str, Acting] = {}
        self.houses: list[_House] = []
        self.units = list(SchemeUnit.objects.filter(scheme=SCHEME).order_by("place").values_list("unit_id", flat=True))
        criteria = Criterion.objects.filter(unit__in=self.units, current=True).values_list("unit", "pk")
        self.criteria = {unit: [pk for of, pk in criteria if of == unit] for unit in self.units}

    def run(self) -> Season:
        self._people()
        waiting: list[tuple[datetime, int, _Steps]] = []
        for number in range(self.season.claims):
            begins = BEGINS + timedelta(days=self.dice.randrange(SEASON_DAYS), minutes=self.dice.randrange(480))
            waiting.append((begins, number, self._candidate(number, begins)))
        heapq.heapify(waiting)
        places = count(self.season.claims)
        while waiting:
            _, _, steps = heapq.heappop(waiting)
            later = next(steps, None)
            if later is not None:
                heapq.heappush(waiting, (later, next(places), steps))
        with acting_as(CLOCK):
            rows = digest_rows([house.number for house in self.houses])
        told = [*rows, *sorted(f"{name} {times}" for name, times in self.season.happened.items())]
        self.season.digest = sha256("\n".join(told).encode()).hexdigest()
        return self.season

    def _people(self) -> None:
        start = BEGINS - timedelta(days=30)
        for place in range(max(2, self.season.claims // 100)):
            person = add_person(
                f"Moderator {place + 1}", "examiner_moderator", address="1 High Street", at=start, by=DESK,
                email=f"moderator{place + 1}@simulated.example",
            )  # fmt: skip
            self.moderators[person.pk] = Acting("moderator", person.pk, None, ("examiner_moderator",))
        for role in ("certificates_officer", "allocation_officer", "quality_officer"):
            person = add_person(f"Desk, {role}", role, email=f"{role}@simulated.example", at=start, by=DESK)
            self.desk[role] = Acting("desk", person.pk, None, (role,))
        taken = set(Centre.objects.values_list("number", flat=True))
        free = (number for at in count(FIRST_CENTRE) if (number := str(at)) not in taken)
        for place in range(max(2, self.season.claims // 40)):
            self.houses.append(self._house(next(free), place, start))

    def _house(self, number: str, place: int, start: datetime) -> _House:
        nation = ("england", "wales", "northern-ireland")[place % 3]
        add_centre(number, f"Simulated centre {place + 1}", nation=nation, at=start, by=DESK)
        approve_centre(number, SCHEME, on=london_day(start), at=start, by=DESK)
        allocate(number, SCHEME, self.dice.choice(list(self.moderators)), on=london_day(start), at=start, by=DESK)
        made = []
        for role in ("exams_officer", "assessor", "internal_verifier"):
            person = add_person(role.replace("_", " ").capitalize(), role, centre=number, at=start, by=DESK)
            made.append(Acting("centre", person.pk, number, (role,)))
        return _House(number, *made)

    # One candidate's way through the season: each `yield` waits until that moment.

    def _candidate(self, number: int, at: datetime) -> _Steps:
        dice = random.Random(f"{self.season.seed} {number}")  # noqa: S311
        house = dice.choice(self.houses)
        registration = self._register(house, number, dice, at)
        at = yield from _wait(at, dice.randrange(5, 40))
        if dice.randrange(100) < 10:
            self._change_moderator(house, dice, at)
        units = self.units[: dice.choice((1, 2, 3, 3))]
        trouble = _trouble(dice)
        self._note(trouble or "as it should")
        pairs = [Pair(registration, unit) for unit in units]
        parcel = self._parcel_first(house, at) if trouble in ("unmatched", "sent back") else None
        if trouble == "sent back" and parcel is not None:
            at = yield from _wait(parcel.return_after, 0)
            with acting_as(CLOCK):
                self._done(return_unmatched_work(parcel.pk, at=at, by=CLOCK), "parcel returned")
        claim = self._claim(house, pairs, at, dice, gaps=trouble == "incomplete")
        if trouble == "taken back":
            with acting_as(house.assessor):
                self._done(take_back_claim(claim.pk, at=at, by=house.assessor), "claim taken back")
                self._submit(claim, house, at)
        if trouble == "missing":
            claim.refresh_from_db()
            at = yield from _wait(claim.withdraw_after or at, 0)
            with acting_as(CLOCK):
                self._done(withdraw_unmet_claim(claim.pk, at=at, by=CLOCK), "claim withdrawn without work")
            if dice.randrange(2):
                return at
            at = yield from _wait(at, dice.randrange(1, 20))
            claim = self._again(claim, house, at)
        if trouble == "unmatched" and parcel is not None:
            by = self._moderator(claim)
            with acting_as(by):
                self._done(match_unmatched_work(parcel.pk, claim.pk, at=at, by=by), "parcel matched")
        else:
            at = yield from self._send(claim, house, at, late=trouble == "late")
        at = yield from _wait(at, dice.randrange(1, 15))
        return (yield from self._moderated(claim, registration, house, trouble, at, dice))

    def _moderated(
        self, claim: Claim, registration: int, house: _House, trouble: str, at: datetime, dice: random.Random
    ) -> _Steps:
        """The work has come: reviewed, processed, and after a refusal perhaps claimed a second time."""
        if trouble == "withdrawn by the moderator":
            by = self._moderator(claim)
            with acting_as(by):
                self._done(withdraw_claim(claim.pk, "NOT_ANNOTATED", at=at, by=by), "claim withdrawn by moderator")
            at = yield from _wait(at, dice.randrange(1, 20))
            claim = self._again(claim, house, at)
            at = yield from self._send(claim, house, at, late=False)
        if trouble == "asked":
            at = yield from self._ask(claim, house, at, dice)
        code = {"incomplete": "INCOMPLETE", "thin": "THIN_ANSWER"}.get(trouble)
        refused = self._review(claim, at, code)
        at = yield from _wait(at, 2)
        if trouble == "suspected":
            at = yield from self._held(claim, registration, house, at, dice)
        else:
            self._process(claim, at)
        if refused is not None and dice.randrange(3):
            at = yield from _wait(at, dice.randrange(3, 30))
            at = yield from self._second_attempt(house, Pair(registration, refused), at, dice)
        return at

    def _held(self, claim: Claim, registration: int, house: _House, at: datetime, dice: random.Random) -> _Steps:
        """Reported by the centre, held, processed all the same, and awarded once the hold is lifted."""
        by, today = self.desk["quality_officer"], london_day(at)
        with acting_as(house.officer):
            said, reported = report_suspicion(
                house.number, "not_own_work", "Alike.", today - timedelta(days=dice.randrange(5)), claim=claim.pk,
                registration=registration, at=at, by=house.officer,
            )  # fmt: skip
        self._done(said, "suspicion reported late" if said.warned else "suspicion reported")
        reach = Reach(house.number, **dice.choice(({"claim": claim.pk}, {"registration": registration})))
        with acting_as(by):
            said, hold = place_hold(
                reach, "suspected_malpractice", "As reported.", suspicion=reported and reported.pk, at=at, by=by
            )
        self._done(said, "hold placed")
        self._process(claim, at)
        at = yield from _wait(at, dice.randrange(3, 20))
        with acting_as(by):
            self._done(lift_hold(hold.pk, "The originals came.", at=at, by=by) if hold else said, "hold lifted")
        with acting_as(CLOCK):
            awards = award_what_waited(
                [registration], organisation="Simulated Awards", at=at, by=CLOCK, fresh=self.dice.randbytes
            )
        self._note("awards after a hold", len(awards))
        return at

    def _second_attempt(self, house: _House, pair: Pair, at: datetime, dice: random.Random) -> _Steps:
        with acting_as(house.officer):
            verdict, _ = register_again(pair.registration, pair.unit, at=at, by=house.officer)
        self._done(verdict, "registered again")
        claim = self._claim(house, [pair], at, dice, gaps=False)
        at = yield from self._send(claim, house, at, late=False)
        self._review(claim, at, None)
        at = yield from _wait(at, 2)
        self._process(claim, at)
        return at

    def _register(self, house: _House, number: int, dice: random.Random, at: datetime) -> int:
        cells = {
            "scheme": SCHEME,
            "uln": _learner_number(self.season.seed, number),
            "first_names": dice.choice(FIRST_NAMES),
            "last_name": dice.choice(LAST_NAMES),
            "born_on": f"{date(1985, 1, 1) + timedelta(days=dice.randrange(7500)):%d/%m/%Y}",
        }
        with acting_as(house.officer):
            verdict, registration = register_candidate(cells, at=at, by=house.officer)
        self._done(verdict, "registered")
        if registration is None:
            raise Surprise("Nobody was registered.")
        return int(registration.pk)

    def _change_moderator(self, house: _House, dice: random.Random, at: datetime) -> None:
        """The moderator is away for some days; the centre asks for another, who is given or not."""
        with acting_as(DESK):
            away = self._allocated(house, at)
        first = london_day(at) + timedelta(days=dice.randrange(1, 4))
        with acting_as(away):
            verdict, _ = enter_absence(first, first + timedelta(days=dice.randrange(3, 10)), "holiday", at=at, by=away)
        self._note("absence already entered" if verdict.refused else "absence entered")
        with acting_as(house.officer):
            said, asked = ask_for_change(SCHEME, "Two candidates start work.", at=at, by=house.officer)
        if asked is None:
            self._note(f"change refused, {said.refused[0].rule}")
            return
        by = self.desk["allocation_officer"]
        others = [one for one in self.moderators if one != away.person]
        with acting_as(by):
            if dice.randrange(3):
                fresh = self.dice.randbytes
                self._done(grant_change(asked.pk, dice.choice(others), at=at, by=by, fresh=fresh), "change granted")
            else:
                self._done(decline_change(asked.pk, "Back on Monday.", at=at, by=by), "change declined")

    def _parcel_first(self, house: _House, at: datetime) -> Any:
        with acting_as(DESK):
            by = self._allocated(house, at)
        with acting_as(by):
            self._note("parcel without a claim")
            return log_unmatched_work(house.number, "A folder, no cover sheet", at=at, by=by, fresh=self.dice.randbytes)

    def _allocated(self, house: _House, at: datetime) -> Acting:
        today = london_day(at)
        found = Allocation.objects.get(centre=house.number, scheme=SCHEME, days__contains=today)
        return self.moderators[found.moderator_id]

    def _claim(self, house: _House, pairs: list[Pair], at: datetime, dice: random.Random, *, gaps: bool) -> Claim:
        by = house.assessor
        with acting_as(by):
            claim = start_claim(SCHEME, at=at, by=by)
            choose_units(claim.pk, pairs, at=at, by=by)
            say_of_units(
                claim.pk, pairs, assessor=by.person, internal_verifier=house.verifier.person,
                evidence_kind="candidate_work", at=at, by=by,
            )  # fmt: skip
            units = list(claim.units.order_by("unit").values_list("pk", "unit"))
            cells = {Cell(pk, one): f"p. {page}" for pk, unit in units for page, one in enumerate(self.criteria[unit])}
            missing = list(cells)[: dice.randrange(1, 5)] if gaps else []
            self._done(
                mark_criteria(claim.pk, {c: t for c, t in cells.items() if c not in missing}, at=at, by=by), "marked"
            )
        with acting_as(house.verifier):
            check_internally(claim.pk, [pk for pk, _ in units], at=at, by=house.verifier)
        with acting_as(by):
            self._submit(claim, house, at)
        return claim

    def _submit(self, claim: Claim, house: _House, at: datetime) -> None:
        verdict = submit_claim(claim.pk, at=at, by=house.assessor, fresh=self.dice.randbytes)
        if any(reason.rule == "claim-with-gaps" for reason in verdict.refused):
            self._note("gaps noticed before submission")
            verdict = submit_claim(
                claim.pk, gaps_because="The rest is a recording.", at=at, by=house.assessor, fresh=self.dice.randbytes
            )
        self._done(verdict, "claim submitted")
        claim.refresh_from_db()

    def _again(self, old: Claim, house: _House, at: datetime) -> Claim:
        with acting_as(house.assessor):
            claim = claim_again(old.pk, at=at, by=house.assessor)
            self._note("claimed again")
            self._submit(claim, house, at)
        return claim

    def _send(self, claim: Claim, house: _House, at: datetime, *, late: bool) -> _Steps:
        at = yield from _wait(at, 3 if late else 0, hours=0 if late else 5)
        with acting_as(house.officer):
            said = record_despatch(
                claim.pk, despatched_on=london_day(at), carrier="Royal Mail", at=at, by=house.officer
            )
        self._done(said, "work sent late" if late else "work sent in time")
        at = yield from _wait(at, 1)
        by = self._moderator(claim)
        with acting_as(by):
            reference = claim.consignments.exclude(state="cancelled").get().reference
            verdict, _ = receive_work(reference, at=at, by=by)
        self._done(verdict, "work received")
        return at

    def _moderator(self, claim: Claim) -> Acting:
        claim.refresh_from_db()
        return self.moderators[claim.moderator_id]

    def _review(self, claim: Claim, at: datetime, code: str | None) -> str | None:
        """Decide every unit; with a code the last one is not awarded. Returns the unit that was not."""
        by = self._moderator(claim)
        with acting_as(by):
            units = list(claim.units.filter(state="claimed").order_by("pk"))
            refused = units.pop() if code else None
            self._done(confirm_units([one.pk for one in units], at=at, by=by), "")
            if refused is not None:
                said = decide_unit(refused.pk, "not_awarded", reason_code=code, feedback=INCOMPLETE, at=at, by=by)
                self._done(said, f"not awarded, {code}")
            said = send_report(claim.pk, went_well="Clear marking.", to_improve="", actions="", at=at, by=by)
        self._note("units confirmed", len(units))
        self._done(said, "report sent")
        return refused.unit_id if refused else None

    def _ask(self, claim: Claim, house: _House, at: datetime, dice: random.Random) -> _Steps:
        """The moderator asks about one unit; the centre answers, late perhaps, or does not."""
        by = self._moderator(claim)
        with acting_as(by):
            unit = claim.units.order_by("pk").first()
            if unit is None:
                raise Surprise("A claim without units is reviewed.")
            text = "Is there more of this candidate’s work?"
            verdict, question = ask_centre(unit.pk, reason_code="INCOMPLETE", text=text, at=at, by=by)
        self._done(verdict, "question asked")
        if question is None:
            raise Surprise("Nothing was asked.")
        at = yield from _wait(at, dice.randrange(1, 8))
        if dice.randrange(4):
            with acting_as(house.officer):
                said = answer_question(question.pk, "Yes: see the recording.", at=at, by=house.officer)
            self._done(said, "question answered late" if said.warned else "question answered")
        elif dice.randrange(2):
            by = self._moderator(claim)
            with acting_as(by):
                self._done(withdraw_question(question.pk, at=at, by=by), "question withdrawn")
        else:
            self._note("decided without an answer")
        return at

    def _process(self, claim: Claim, at: datetime) -> None:
        by = self.desk["certificates_officer"]
        with acting_as(by):
            verdict, awards = process_claim(
                claim.pk, organisation="Simulated Awards", at=at, by=by, fresh=self.dice.randbytes
            )
        self._done(verdict, "claim processed")
        self._note("awards", len(awards))
        if awards and self.issued < ISSUED:
            self.issued += 1
            with acting_as(CLOCK):
                due = Certificate.objects.get(award=awards[0])
                said = issue_certificate(
                    due.pk, paper=lambda one: certificate_pdf(one, address=self.address), at=at, by=CLOCK
                )
            self._done(said, "certificate issued")

    def _done(self, verdict: Verdict, name: str) -> None:
        if verdict.refused:
            raise Surprise(f"{name}: {verdict.refused[0].text}")
        self._note(name)

    def _note(self, name: str, times: int = 1) -> None:
        if name and times:
            self.season.happened[name] += times


def simulate(claims: int, seed: int, *, address: str) -> Season:
    """Run a season of so many candidates' claims. `address` is printed on the few certificates that are made.

    The same seed gives the same season, digest included, in an empty database. Raises Surprise when an action
    refuses what should be allowed: the season then stops where it is.
    """
    return _Simulation(claims, seed, address).run()


def _wait(at: datetime, days: int, *, hours: int = 0) -> _Steps:
    later = at + timedelta(days=days, hours=hours)
    yield later
    return later


def _trouble(dice: random.Random) -> str:
    place = dice.randrange(1000)
    for name, share in TROUBLES.items():
        if place < share:
            return name
        place -= share
    return ""


def _learner_number(seed: int, number: int) -> str:
    for nine in count(100_000_000 + (seed % 800) * 1_000_000 + number * 11):
        for last in "0123456789":
            if uln_fault(f"{nine}{last}") is None:
                return f"{nine}{last}"
    raise AssertionError
