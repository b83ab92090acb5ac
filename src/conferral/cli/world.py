"""The demonstration world: invented people at two centres, made through the product's own actions."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from conferral.actions.absences import enter_absence
from conferral.actions.appeals import appoint_reviewer, ask_review
from conferral.actions.awards import process_claim
from conferral.actions.candidates import register_candidate
from conferral.actions.centres import add_centre, add_person, allocate, approve_centre, declare_interest
from conferral.actions.changes import ask_for_change
from conferral.actions.checkpoints import ask_centre, set_checkpoint
from conferral.actions.claims import choose_units, say_of_units, start_claim, submit_claim
from conferral.actions.consignments import (
    Sent,
    log_unmatched_work,
    receive_work,
    record_courtesy_contact,
    record_despatch,
    return_unmatched_work,
    scan_parcel,
)
from conferral.actions.contacts import name_contact
from conferral.actions.feedback import Required, answer_action
from conferral.actions.letters import write_to_centre
from conferral.actions.marking import Cell, check_internally, mark_criteria
from conferral.actions.reviews import decide_unit, send_report
from conferral.actions.samples import draw_sample
from conferral.actions.standards import mark_piece, set_exercise
from conferral.cli.world_allocation import agree_with_moderators, open_centres
from conferral.cli.world_guidance import fill_library, report_last_year
from conferral.records.access import acting_as
from conferral.records.calendar import bank_holidays
from conferral.records.catalogue.models import Criterion, Qualification, SchemeUnit
from conferral.records.catalogue.queries import evidence_needed
from conferral.records.checkpoints.queries import centres_to_ask
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.claims.queries import Pair
from conferral.records.moderation.models import Moderator
from conferral.records.people.models import Person
from conferral.rules.days import london_day, working_days_before
from conferral.rules.permissions import AUDIENCE_OF, Acting

# The demonstration world holds nobody real.
PASSWORD = "demonstration"  # noqa: S105
INSTALLER = Acting("desk")

CENTRES = (
    ("61423", "Bridgend Workplace Learning / Dysgu yn y Gwaith Pen-y-bont ar Ogwr", "wales",
     "12 Nolton Street\nBridgend CF31 0AA"),
    ("52077", "Kirkgate College", "england", "Kirkgate\nLeeds LS2 0AA"),
)  # fmt: skip
CENTRE_PEOPLE = (
    ("Rhian Evans-Achterberg", "head_of_centre", "head@bridgend.example"),
    ("Siân Pritchard-Okonkwo", "exams_officer", "officer@bridgend.example"),
    ("Dilwyn Haf Prydderch", "tutor", "tutor@bridgend.example"),
    ("Kazimiera Brzęczyszczykiewicz", "assessor", "assessor@bridgend.example"),
    ("Gwenllian ap Rhys-Mbeki", "internal_verifier", "verifier@bridgend.example"),
)
WITHOUT_SIGN_IN = (("T. Achterberg", "assessor"), ("Llinos Ruairí", "internal_verifier"))
MODERATORS = (
    ("Adaeze Featherstonehaugh-Nkemelu", "examiner_moderator", "moderator@conferral.example",
     "4 Upper Cwmrhydyceirw Terrace\nMachynlleth SY20 0ZZ"),
    ("Tomos Llewelyn-Abubakar", "external_verifier", "ev@conferral.example", "1 Harbour View\nBarry CF62 0ZZ"),
)  # fmt: skip
# Who takes work over when somebody is away.
SECOND_MODERATOR = ("Iolo ap Siencyn-Marchetti", "second.moderator@conferral.example",
                    "Tŷ Capel, Heol y Bont\nAberystwyth SY23 0ZZ")  # fmt: skip
DESK = (
    ("Efa Llŷr Gwilym", "entries_officer", "entries@conferral.example"),
    ("José María Núñez Ibáñez", "allocation_officer", "allocation@conferral.example"),
    ("Clodagh Ní Dhonnchadha", "quality_officer", "quality@conferral.example"),
    ("Ewa Zawadzka-Smith", "certificates_officer", "certificates@conferral.example"),
    ("Nerys Vaughan-Igwe", "chief_moderator", "chief@conferral.example"),
)
OTHER_CENTRE = (
    ("Harriet Green", "exams_officer", "officer@kirkgate.example"),
    ("Ivana D’Angelo", "assessor", "assessor@kirkgate.example"),
    ("Idris Bello", "internal_verifier", "verifier@kirkgate.example"),
)
SCHEMES = {
    "examiner_moderator": ("09628", "09629", "04522"),
    "external_verifier": ("10263", "10265", "10267", "10379", "03455"),
}
FIRST_NAMES = (
    "Þórdís", "Muhammad Abdur-Rahman ibn Yusuf", "Clodagh", "Tom", "Sukhwinder Kaur", "Aikaterini", "Grzegorz",
    "José María", "Efa", "Chukwuemeka", "Zoë", "Łukasz", "Nia", "Wei", "Amara", "Callum", "", "Siobhán", "Ayşe",
    "Jürgen",
)  # fmt: skip
LAST_NAMES = (
    "Guðmundsdóttir-Llewelyn", "al-Khwārizmī", "Ní Dhonnchadha-Fitzwilliam", "Li", "Bhogal",
    "Papadopoulou-Theodoropoulou", "Brzęczyszczykiewicz", "Núñez Ibáñez", "Llŷr Gwilym", "Nnamdi-Ezenwa",
    "O’Connor", "Wiśniewski-Grzegorzewski", "ap Hywel", "Zhang", "Okafor", "MacLeod", "Suharto", "Ó Briain",
    "Yılmaz", "Groß",
)  # fmt: skip
OTHERWISE = (
    Sent(kind="email", mail_reference="09628 Bridgend, three mails", parts=3),
    Sent(kind="eportfolio", link="https://portfolio.example/bridgend/09628",
         sign_in="Guest reader of the learner's folder; the word comes by telephone"),
)  # fmt: skip
ANSWERS = (
    "Customers expect an answer within the time that was promised, because they plan their day by it. When a "
    "delivery was late we rang everybody who waited, and two of them thanked us for it.",
    "Good service is being polite and quick.",
)
THIN = "2.3 asks the candidate to explain: one word names the point but gives no reason."


@dataclass
class Demo:
    """The world while it is being made: its people, and the dice that make it the same each time."""

    at: datetime
    dice: random.Random = field(default_factory=lambda: random.Random(2012))  # noqa: S311
    people: dict[tuple[str, str | None], Person] = field(default_factory=dict)

    def acting(self, role: str, centre: str | None = None) -> Acting:
        """The first person of a role, in that role."""
        return Acting(AUDIENCE_OF[role], self.people[role, centre].pk, centre, (role,))

    def moment(self, working_days_ago: int, hour: int = 10, minute: int = 0) -> datetime:
        """An instant so many working days before the world's day, never later than its present."""
        day = working_days_before(london_day(self.at), working_days_ago, bank_holidays("wales"))
        moment = datetime.combine(day, self.at.timetz()).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return min(moment, self.at)


def make_demo(at: datetime) -> None:
    """Fill an empty organisation as it stands at `at`. The catalogue must be loaded."""
    demo = Demo(at)
    _make_people(demo)
    _approve(demo)
    _claim_in_every_state(demo)
    readers = [demo.acting("exams_officer", "61423"), demo.acting("assessor", "61423")]
    _write_letters(demo)
    _set_checkpoint(demo)
    _be_away(demo)
    open_centres(demo.at, lambda by, *what: _register_at(demo, by, *what), by=INSTALLER)
    agree_with_moderators(demo.at, by=demo.acting("allocation_officer"))
    fill_library(demo.at, by=demo.acting("quality_officer"), readers=readers)
    report_last_year(demo.at, by=demo.acting("chief_moderator"))


def _write_letters(demo: Demo) -> None:
    """Contacts for most purposes, and a letter that asks to be acknowledged."""
    by = demo.acting("exams_officer", "61423")
    for purpose, scheme, name, email in (
        ("moderation", None, "Siân Pritchard-Okonkwo", "officer@bridgend.example"),
        ("moderation", "09628", "Quality office / Swyddfa ansawdd", "quality@bridgend.example"),
        ("results", None, "Rhian Evans-Achterberg", "head@bridgend.example"),
    ):
        with acting_as(by):
            name_contact("61423", purpose, scheme=scheme, name=name, email=email, at=demo.moment(9), by=by)
    by = demo.acting("quality_officer")
    with acting_as(by):
        write_to_centre(
            "61423", "moderation", scheme="09628", subject="Where work for 09628 is sent this term",
            text="Work for 09628 goes to the moderator named on each cover sheet. Please make sure that everybody who "
            "packs parcels takes the address from there and from nowhere else.",
            asks_acknowledgement=True, at=demo.moment(2), by=by,
        )  # fmt: skip


def _set_checkpoint(demo: Demo) -> None:
    """A checkpoint three weeks ahead, of which the centres have been told."""
    by = demo.acting("entries_officer")
    day = london_day(demo.at) + timedelta(days=21)
    schemes = ["09628", "10263"]
    with acting_as(by):
        _, made = set_checkpoint("Results before the holidays", schemes, day, at=demo.moment(1), by=by)
        for centre in centres_to_ask(made) if made else []:
            ask_centre(made, centre, at=demo.moment(1), by=by)


def _be_away(demo: Demo) -> None:
    """The moderator is away soon, and a centre whose candidates can't wait asks for another one."""
    by, day = demo.acting("examiner_moderator"), london_day(demo.at)
    with acting_as(by):
        enter_absence(day + timedelta(days=9), day + timedelta(days=23), "holiday", at=demo.moment(1), by=by)
    by = demo.acting("exams_officer", "52077")
    with acting_as(by):
        ask_for_change(
            "09629", "Seven candidates start at university on a course that asks for the certificate; the last day to "
            "show it is in three weeks.", at=demo.moment(0, 8), by=by,
        )  # fmt: skip


def sign_ins() -> list[tuple[str, str]]:
    """One sign-in per role: what the person does, and the address."""
    everybody = [*CENTRE_PEOPLE, *((name, role, email) for name, role, email, _ in MODERATORS), *DESK]
    return [(role.replace("_", " ").capitalize(), email) for _, role, email in everybody]


def _make_people(demo: Demo) -> None:
    start = demo.at - timedelta(days=400)
    for number, name, nation, address in CENTRES:
        add_centre(number, name, nation=nation, address=address, at=start, by=INSTALLER)
    rows = [
        *((name, role, email, "61423") for name, role, email in CENTRE_PEOPLE),
        *((name, role, None, "61423") for name, role in WITHOUT_SIGN_IN),
        *((name, role, email, "52077") for name, role, email in OTHER_CENTRE),
        *((name, role, email, None) for name, role, email, _ in MODERATORS),
        *((name, role, email, None) for name, role, email in DESK),
    ]
    for name, role, email, centre in rows:
        person = add_person(name, role, centre=centre, email=email, password=email and PASSWORD, at=start, by=INSTALLER)
        demo.people.setdefault((role, centre), person)
    name, email, address = SECOND_MODERATOR
    add_person(name, "examiner_moderator", email=email, password=PASSWORD, address=address, at=start, by=INSTALLER)
    for _, role, _, address in MODERATORS:
        Moderator.objects.filter(person=demo.people[role, None]).update(address=address)
    declare_interest(demo.people["external_verifier", None].pk, "52077", on=london_day(start), at=start, by=INSTALLER)


def _approve(demo: Demo) -> None:
    start = demo.at - timedelta(days=400)
    for role, schemes in SCHEMES.items():
        for centre, scheme in ((number, scheme) for number, *_ in CENTRES for scheme in schemes):
            approve_centre(centre, scheme, on=london_day(start), at=start, by=INSTALLER)
            allocate(centre, scheme, demo.people[role, None].pk, on=london_day(start), at=start, by=INSTALLER)


def _register(demo: Demo, centre: str, scheme: str, count: int, at: datetime) -> list[int]:
    """Register invented candidates; none where the scheme takes no registrations any more."""
    return _register_at(demo, demo.acting("exams_officer", centre), scheme, count, at)


def _register_at(demo: Demo, by: Acting, scheme: str, count: int, at: datetime) -> list[int]:
    last = Qualification.objects.get(code=scheme).last_registration
    if last and london_day(at) > last:
        return []
    registrations = []
    for _ in range(count):
        cells = {
            "scheme": scheme,
            "uln": _learner_number(demo.dice),
            "first_names": demo.dice.choice(FIRST_NAMES),
            "last_name": demo.dice.choice(LAST_NAMES),
            "born_on": f"{date(1985, 1, 1) + timedelta(days=demo.dice.randrange(7500)):%d/%m/%Y}",
            "starts_on": f"{london_day(at):%d/%m/%Y}",
        }
        with acting_as(by):
            verdict, registration = register_candidate(cells, at=at, by=by)
        if registration is None:
            raise ValueError(verdict.refused[0].text)
        registrations.append(registration.pk)
    return registrations


def _learner_number(dice: random.Random) -> str:
    while True:
        nine = [dice.randrange(1, 10), *(dice.randrange(10) for _ in range(8))]
        remainder = sum(weight * digit for weight, digit in zip(range(10, 1, -1), nine, strict=True)) % 11
        if remainder:
            return "".join(map(str, nine)) + str(10 - remainder)


def _claim_in_every_state(demo: Demo) -> None:
    registered = demo.moment(60)
    cohort = _register(demo, "61423", "09628", 22, registered)
    _register(demo, "61423", "09629", 6, registered)
    _register(demo, "61423", "10263", 9, registered)
    _register(demo, "61423", "10379", 8, registered)
    _register(demo, "52077", "09628", 7, registered)
    done = _claim(demo, cohort[:5], "09628", demo.moment(40))
    _send(demo, done, demo.moment(39))
    _moderate(demo, done, demo.moment(20), report=True)
    _process(demo, done, demo.moment(18))
    _answer(demo, done, demo.moment(6))
    waiting = _claim(demo, cohort[5:8], "09628", demo.moment(9))
    _send(demo, waiting, demo.moment(8))
    _moderate(demo, waiting, demo.moment(2), report=True)
    _review(demo, done, appointed=True, at=demo.moment(4))
    _review(demo, waiting, appointed=False, at=demo.moment(1))
    with_moderator = _claim(demo, cohort[8:12], "09628", demo.moment(5))
    _send(demo, with_moderator, demo.moment(5, 14))
    _moderate(demo, with_moderator, demo.moment(3), report=False)
    _standardise(demo, with_moderator, demo.moment(2))
    _claim(demo, cohort[12:14], "09628", demo.moment(8))
    sent = _claim(demo, cohort[14:16], "09628", demo.moment(2))
    _despatch(demo, sent, demo.moment(1))
    _log_parcel_without_claim(demo, demo.moment(0, 8))
    _claim(demo, cohort[16:19], "09628", max(demo.moment(1, 12, 30), demo.at - timedelta(hours=20, minutes=42)))
    _send_otherwise(demo, _register(demo, "61423", "09628", 2, registered))
    _handle_parcels(demo)
    _leave_draft(demo, cohort[19:22])


def _leave_draft(demo: Demo, registrations: list[int]) -> None:
    """A draft in which the first candidate's units are checked, the second's marked and the third's only chosen."""
    claim = _draft(demo, registrations, "09628", demo.moment(1))
    checked, marked, _ = registrations
    units = claim.units.order_by("unit")
    cells = _pages(units.filter(registration__in=[checked, marked]))
    mark_criteria(claim.pk, cells, at=demo.moment(1), by=demo.acting("assessor", "61423"))
    mine = list(units.filter(registration=checked).values_list("pk", flat=True))
    check_internally(claim.pk, mine, at=demo.moment(0, 8), by=demo.acting("internal_verifier", "61423"))


def _send_otherwise(demo: Demo, registrations: list[int]) -> None:
    """A claim whose work went by e-mail, and one whose work stands in an e-portfolio."""
    by = demo.acting("exams_officer", "61423")
    for registration, sent in zip(registrations, OTHERWISE, strict=True):
        claim = _claim(demo, [registration], "09628", demo.moment(3))
        with acting_as(by):
            record_despatch(claim.pk, despatched_on=london_day(demo.moment(2)), sent=sent, at=demo.moment(2), by=by)


def _handle_parcels(demo: Demo) -> None:
    """Of two more parcels without a claim one was told to its centre, and one has gone back."""
    by, desk = demo.acting("examiner_moderator"), demo.acting("entries_officer")
    with acting_as(by):
        waiting = log_unmatched_work(
            "61423", "One folder for 04522, two names", at=demo.moment(1), by=by, fresh=demo.dice.randbytes
        )
        gone = log_unmatched_work(
            "52077", "A box of checklists, no names", at=demo.moment(4), by=by, fresh=demo.dice.randbytes
        )
        return_unmatched_work(gone.pk, at=demo.moment(3), by=by)
    with acting_as(desk):
        record_courtesy_contact(waiting.pk, "Siân Pritchard-Okonkwo", "telephone", at=demo.moment(0, 9), by=desk)


def _draft(demo: Demo, registrations: list[int], scheme: str, at: datetime) -> Claim:
    by = demo.acting("assessor", "61423")
    units = SchemeUnit.objects.filter(scheme=scheme).values_list("unit_id", flat=True)
    pairs = [Pair(registration, unit) for registration in registrations for unit in units]
    with acting_as(by):
        claim = start_claim(scheme, at=at - timedelta(days=3), by=by)
        choose_units(claim.pk, pairs, at=at, by=by)
        say_of_units(
            claim.pk, pairs, assessor=by.person, at=at, by=by,
            internal_verifier=demo.people["internal_verifier", "61423"].pk,
            evidence_kind=evidence_needed(scheme, london_day(at)),
        )  # fmt: skip
    return claim


def _claim(demo: Demo, registrations: list[int], scheme: str, at: datetime) -> Claim:
    claim, by = _draft(demo, registrations, scheme, at), demo.acting("assessor", "61423")
    with acting_as(by):
        gaps = _mark(demo, claim, at)
        verdict = submit_claim(
            claim.pk, at=at, by=by, fresh=demo.dice.randbytes,
            gaps_because="Two answers of the last candidate are recorded interviews; the disc is in the folder."
            if gaps else "",
        )  # fmt: skip
        if verdict.refused:
            raise ValueError(verdict.refused[0].text)
        claim.refresh_from_db()
    return claim


def _mark(demo: Demo, claim: Claim, at: datetime) -> int:
    """Mark the work of a draft but for two criteria of one candidate in three claims, and check it internally."""
    units = claim.units.order_by("registration", "unit")
    cells = _pages(units)
    left_out = list(cells)[-2:] if claim.pk % 3 == 0 else []
    kept = {cell: text for cell, text in cells.items() if cell not in left_out}
    mark_criteria(claim.pk, kept, at=at, by=demo.acting("assessor", "61423"))
    verifier = demo.acting("internal_verifier", "61423")
    check_internally(claim.pk, list(units.values_list("pk", flat=True))[:-1], at=at, by=verifier)
    return len(left_out)


def _pages(units: QuerySet[ClaimedUnit]) -> dict[Cell, str]:
    """A page for each criterion of these units."""
    criteria = list(Criterion.objects.filter(current=True).values_list("unit", "pk"))
    return {
        Cell(pk, criterion): f"p. {page}"
        for pk, claimed in units.values_list("pk", "unit")
        for page, (unit, criterion) in enumerate(criteria, 3)
        if unit == claimed
    }


def _despatch(demo: Demo, claim: Claim, at: datetime) -> None:
    by = demo.acting("exams_officer", "61423")
    with acting_as(by):
        record_despatch(
            claim.pk, despatched_on=london_day(at), carrier="Royal Mail Tracked 24", tracking="AB 1234 5678 9GB",
            at=at, by=by,
        )  # fmt: skip
        scan_parcel(claim.consignments.get().reference, "handed_over", at=at, by=by)


def _send(demo: Demo, claim: Claim, at: datetime) -> None:
    _despatch(demo, claim, at)
    by = demo.acting("examiner_moderator")
    with acting_as(by):
        receive_work(claim.consignments.get().reference, at=at + timedelta(hours=3), by=by)


def _log_parcel_without_claim(demo: Demo, at: datetime) -> None:
    by = demo.acting("examiner_moderator")
    with acting_as(by):
        log_unmatched_work("52077", "Two folders for 09628, no cover sheet", at=at, by=by, fresh=demo.dice.randbytes)


def _moderate(demo: Demo, claim: Claim, at: datetime, *, report: bool) -> None:
    by = demo.acting("examiner_moderator")
    with acting_as(by):
        units = list(claim.units.order_by("registration_id", "unit_id"))
        if not report:
            draw_sample(claim.pk, "risk", at=at, by=by, fresh=demo.dice.randbytes)
            units = [unit for unit in units if hasattr(unit, "sampled")]
        decided = units if report else units[: len(units) // 2]
        for place, unit in enumerate(decided):
            thin = place == 4
            decide_unit(
                unit.pk, "not_awarded" if thin else "confirmed", reason_code="THIN_ANSWER" if thin else None,
                feedback=THIN if thin else "", at=at, by=by,
            )  # fmt: skip
        if report:
            send_report(
                claim.pk, at=at, by=by,
                went_well="Clear annotation throughout, and initials of the internal verifier on every checklist.",
                to_improve="Where a criterion says explain, one word is not enough: look for a reason and an example.",
                required=[
                    Required("Go through the command verbs with the assessors before the next claim.",
                             london_day(at) + timedelta(days=21), reason_code="THIN_ANSWER"),
                    Required("Name who internally verifies while Gwenllian is away.",
                             london_day(at) + timedelta(days=7)),
                ],
            )  # fmt: skip


def _answer(demo: Demo, claim: Claim, at: datetime) -> None:
    """The centre replies to one action of a report; the other one waits."""
    by = demo.acting("exams_officer", "61423")
    with acting_as(by):
        asked = claim.required.get(reason_code="THIN_ANSWER")
        answer_action(
            asked.pk, "The three assessors met on Tuesday and marked two answers together. The notes are in the file.",
            at=at, by=by,
        )  # fmt: skip


def _review(demo: Demo, claim: Claim, *, appointed: bool, at: datetime) -> None:
    """The centre asks for a review; the quality officer may have given it to somebody independent."""
    by = demo.acting("exams_officer", "61423")
    unit = claim.units.get(state="not_awarded").unit_id
    with acting_as(by):
        _, made = ask_review(
            claim.pk, [unit], "The reason asked for in 2.3 stands on the second page of the answer, with an example "
            "from the candidate’s call centre.", at=at, by=by,
        )  # fmt: skip
    if made and appointed:
        by = demo.acting("quality_officer")
        with acting_as(by):
            appoint_reviewer(made.pk, Person.objects.get(email=SECOND_MODERATOR[1]).pk, at=at, by=by)


def _standardise(demo: Demo, claim: Claim, at: datetime) -> None:
    """Two moderators are to mark two pieces that nobody has decided; one of them has begun."""
    second = Person.objects.get(email=SECOND_MODERATOR[1]).pk
    verifier = demo.people["external_verifier", None].pk
    works = dict(zip(claim.units.filter(state="claimed").order_by("pk").values_list("pk", flat=True), ANSWERS))  # noqa: B905
    by = demo.acting("quality_officer")
    with acting_as(by):
        _, made = set_exercise("Depth of explanations", works, [second, verifier],
                               london_day(demo.at) + timedelta(days=12), at=at, by=by)  # fmt: skip
    if made:
        by = Acting("moderator", second, None, ("examiner_moderator",))
        with acting_as(by):
            mark_piece(made.pieces.get(number=1).pk, "confirmed", at=at, by=by)


def _process(demo: Demo, claim: Claim, at: datetime) -> None:
    by = demo.acting("certificates_officer")
    with acting_as(by):
        process_claim(claim.pk, organisation="Cambrian & Marches Awards", at=at, by=by, fresh=demo.dice.randbytes)
