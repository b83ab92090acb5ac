"""Building the test world through the product's own actions."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings

from conferral.actions.candidates import register_candidate
from conferral.actions.catalogue import load_packs
from conferral.actions.centres import add_centre, add_person, allocate, approve_centre
from conferral.actions.claims import choose_units, say_of_units, start_claim, submit_claim
from conferral.actions.marking import Cell, mark_criteria
from conferral.records.access import acting_as
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import Criterion
from conferral.records.claims.models import Claim
from conferral.records.claims.queries import Pair
from conferral.records.moderation.models import Moderator
from conferral.records.people.models import Person
from conferral.rules.packs import read_pack
from conferral.rules.permissions import AUDIENCE_OF, Acting

INSTALLER = Acting("desk")
ULNS = ("6405088536", "8514603069", "9049582485", "1081757085", "9300678484")
NAMES = (
    ("Oluwaseun", "Adeyemi"), ("Þórdís", "Guðmundsdóttir-Llewelyn"), ("Grace", "O’Neill"), ("", "Fa'alogo"),
    ("Muhammad Abdur-Rahman ibn Yusuf", "al-Khwārizmī"),
)  # fmt: skip
UNITS = ("J/600/1003", "L/601/7638", "DEMO-09628-3")
PEOPLE = (
    ("Rhian Evans-Achterberg", "head_of_centre"),
    ("Siân Pritchard-Okonkwo", "exams_officer"),
    ("Kazimiera Brzęczyszczykiewicz", "assessor"),
    ("Gwenllian ap Rhys-Mbeki", "internal_verifier"),
    ("Adaeze Featherstonehaugh-Nkemelu", "examiner_moderator"),
    ("Tom Li", "external_verifier"),
    ("Efa Llŷr Gwilym", "allocation_officer"),
    ("José María Núñez", "certificates_officer"),
    ("Clodagh Ní Dhonnchadha", "quality_officer"),
)


@dataclass
class World:
    """What a test needs to know of its world."""

    at: datetime
    centre: str
    people: dict[str, Person] = field(default_factory=dict)
    registrations: list[Registration] = field(default_factory=list)

    def acting(self, role: str) -> Acting:
        """One of the people, in one role."""
        audience = AUDIENCE_OF[role]
        centre = self.centre if audience == "centre" else None
        return Acting(audience, self.people[role].pk, centre, (role,))

    def draft(self, count: int = 2, units: tuple[str, ...] = UNITS) -> Claim:
        """A draft claim for the first candidates, with everybody named and evidence chosen."""
        by = self.acting("assessor")
        pairs = [Pair(row.pk, unit) for row in self.registrations[:count] for unit in units]
        with acting_as(by):
            claim = start_claim("09628", at=self.at, by=by)
            choose_units(claim.pk, pairs, at=self.at, by=by)
            say_of_units(
                claim.pk, pairs, assessor=self.people["assessor"].pk,
                internal_verifier=self.people["internal_verifier"].pk,
                evidence_kind="candidate_work", at=self.at, by=by,
            )  # fmt: skip
            self.mark(claim)
        return claim

    def mark(self, claim: Claim) -> None:
        """Say of every criterion of a draft where the work meets it."""
        criteria = Criterion.objects.filter(current=True).values_list("unit", "pk")
        cells = {
            Cell(pk, criterion): "p. 4"
            for pk, claimed in claim.units.values_list("pk", "unit") for unit, criterion in criteria if unit == claimed
        }  # fmt: skip
        mark_criteria(claim.pk, cells, at=self.at, by=self.acting("assessor"))

    def submitted(self, count: int = 2, units: tuple[str, ...] = UNITS) -> Claim:
        """A claim whose work is awaited."""
        claim = self.draft(count, units)
        by = self.acting("assessor")
        with acting_as(by):
            verdict = submit_claim(claim.pk, at=self.at, by=by, fresh=fresh())
            assert verdict.allowed, verdict
            claim.refresh_from_db()
        return claim


_RANDOM = random.Random(7)


def fresh():
    """A source of bytes that repeats from run to run."""
    return _RANDOM.randbytes


def load_catalogue(at: datetime) -> None:
    packs = [read_pack(path.read_text("utf-8"), path.name) for path in sorted(settings.PACKS.glob("*.toml"))]
    load_packs(packs, at=at, by=INSTALLER)


def build_world(at: datetime, *, password: str | None = None) -> World:
    """The catalogue, centre 61423 approved for 09628 and 10263, its people, and five registered candidates."""
    load_catalogue(at)
    world = World(at, "61423")
    add_centre("61423", "Bridgend Workplace Learning / Dysgu yn y Gwaith Pen-y-bont ar Ogwr", nation="wales",
               at=at, by=INSTALLER)  # fmt: skip
    for name, role in PEOPLE:
        centre = "61423" if AUDIENCE_OF[role] == "centre" else None
        world.people[role] = add_person(
            name, role, centre=centre, email=f"{role.replace('_', '.')}@example.org", password=password,
            at=at, by=INSTALLER,
        )  # fmt: skip
    Moderator.objects.update(address="4 Upper Cwmrhydyceirw Terrace\nMachynlleth SY20 0ZZ")
    for scheme, role in (("09628", "examiner_moderator"), ("10263", "external_verifier")):
        approve_centre("61423", scheme, on=date(2010, 1, 1), at=at, by=INSTALLER)
        allocate("61423", scheme, world.people[role].pk, on=date(2010, 1, 1), at=at, by=INSTALLER)
    by = world.acting("exams_officer")
    for (first, last), uln in zip(NAMES, ULNS, strict=True):
        cells = {
            "scheme": "09628",
            "uln": uln,
            "first_names": first,
            "last_name": last,
            "born_on": "14/03/2000",
        }
        with acting_as(by):
            verdict, registration = register_candidate(cells, at=at, by=by)
        assert registration is not None, verdict
        world.registrations.append(registration)
    return world
