"""Centres of the demonstration world whose work waits for a moderator, and what is agreed with moderators."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from conferral.actions.centres import add_centre, add_person, allocate, approve_centre, declare_interest
from conferral.actions.moderators import enter_competence, enter_contract
from conferral.records.moderation.models import Moderator
from conferral.records.people.models import Person
from conferral.rules.days import london_day
from conferral.rules.permissions import Acting

# Number, name, nation, address; and each scheme with how many candidates are registered and how many days ago.
WAITING = (
    ("20775", "Ysgol Uwchradd Llanfairpwllgwyngyll a’r Cylch Community College", "wales",
     "Ffordd Caergybi\nLlanfairpwll LL61 0AA", (("09628", 3, 6), ("09629", 1, 3))),
    ("33190", "St Œdwyn’s & All Angels’ Training Trust", "england", "2 Quay Parade\nTruro TR1 0AA",
     (("04522", 2, 4), ("10263", 1, 4))),
    ("45002", "North Atlantic Call Handling Ltd t/a “NACH”", "scotland", "Dock Road\nAberdeen AB11 0AA",
     (("09628", 4, 4), ("10263", 2, 9))),
    ("20118", "HMP Bryn-y-Môr Learning & Skills", "wales", "Sea Road\nBarry CF62 0AA", (("09628", 1, 4),)),
    ("41777", "A1 Care 4 U", "england", "Unit 9\nNottingham NG1 0AA", (("04522", 2, 2), ("09629", 2, 2))),
    ("30555", "Academi Gofal Castell-nedd Port Talbot", "wales", "Heol y Parc\nNeath SA11 0AA",
     (("09629", 2, 5), ("04523", 1, 2), ("10379", 1, 5))),
    ("30212", "Newham Asian Women’s Skills Exchange", "england", "High Street\nLondon E15 0AA",
     (("09629", 1, 1), ("09628", 2, 1))),
)  # fmt: skip
# Name, role, address, schemes, most batches, and centres with a declared interest.
PANEL = (
    ("Ciarán Ó Muircheartaigh", "examiner_moderator", "3 Mill Lane\nLeeds LS8 0ZZ", ("04522", "09628", "09629"), 3, ()),
    ("Rosalind Thistlethwaite", "examiner_moderator", "The Hollies\nNottingham NG9 0ZZ", ("09629",), 3, ("30555",)),
    ("João Pedro de Souza e Silva", "examiner_moderator", "Flat 4\nLondon N1 0ZZ", ("09628", "04522"), 3, ()),
    ("Małgorzata Szczepańska-O’Dowd", "external_verifier", "12 Shore Street\nAberdeen AB10 0ZZ", ("10263",), 2, ()),
)
# Who looks already at a scheme of one of these centres.
KNOWN = ("Ciarán Ó Muircheartaigh", "20775", "04522")
AGREED = {"examiner_moderator": (("09628", "09629", "04522"), 9), "external_verifier": (("10263", "10379"), 5)}


def agree_with_moderators(at: datetime, *, by: Acting) -> None:
    """Schemes and contracts of the moderators who are there, and a few more of each; none of these signs in."""
    start = at - timedelta(days=300)
    for person in Moderator.objects.filter(person__memberships__role__in=AGREED).select_related("person").distinct():
        role = person.person.memberships.filter(role__in=AGREED).values_list("role", flat=True)[0]
        schemes, most = AGREED[role]
        _agree(person.pk, schemes, most, start, by)
    for name, role, address, schemes, most, interests in PANEL:
        person = add_person(name, role, email=_address(name), address=address, at=start, by=by)
        _agree(person.pk, schemes, most, start, by)
        for centre in interests:
            declare_interest(person.pk, centre, on=london_day(start), at=start, by=by)
        if name == KNOWN[0]:
            approve_centre(*KNOWN[1:], on=london_day(start), at=start, by=by)
            allocate(*KNOWN[1:], person.pk, on=london_day(start), at=start, by=by)


def _agree(moderator: int, schemes: tuple[str, ...], most: int, at: datetime, by: Acting) -> None:
    for scheme in schemes:
        enter_competence(moderator, scheme, since=london_day(at), at=at, by=by)
    enter_contract(moderator, london_day(at), None, most_batches=most, at=at, by=by)


def _address(name: str) -> str:
    letters = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha())
    return f"{letters}@conferral.example"


def open_centres(at: datetime, register: Callable[[Acting, str, int, datetime], object], *, by: Acting) -> None:
    """More centres with candidates and nobody yet who looks at their work."""
    start = at - timedelta(days=200)
    for number, name, nation, address, schemes in WAITING:
        add_centre(number, name, nation=nation, address=address, at=start, by=by)
        officer: Person = add_person("Exams office", "exams_officer", centre=number, at=start, by=by)
        acting = Acting("centre", officer.pk, number, ("exams_officer",))
        for scheme, candidates, days in schemes:
            day: date = london_day(at) - timedelta(days=days)
            approve_centre(number, scheme, on=day, at=start, by=by)
            register(acting, scheme, candidates, at - timedelta(days=days))
