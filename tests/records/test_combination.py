"""How far a registration has come: the SQL against a count done credit by credit."""

from datetime import date
from itertools import count

import pgtrigger
import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from conferral.actions.awards import judge_awards
from conferral.actions.catalogue import load_packs
from conferral.records.awards.queries import standings
from conferral.records.candidates.models import Achievement, Candidate, Registration
from conferral.records.catalogue.models import Qualification
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.rules.packs import read_pack
from tests.world import INSTALLER

DAY = date(2026, 11, 23)
NUMBERS = count(1)

LEVELS = st.none() | st.integers(1, 3)
UNITS = st.lists(st.tuples(st.sampled_from("ABC"), LEVELS, st.none() | st.integers(1, 6)), min_size=1, max_size=7)
# Only a maximum of credits is tried: which units are left out under a maximum of units is chosen, not counted.
LINE = st.one_of(
    st.tuples(st.sampled_from(["", *"ABC"]), st.sampled_from(["units", "credits"]), LEVELS, st.just(1), st.none()),
    st.tuples(st.sampled_from("ABC"), st.just("credits"), st.none(), st.just(0), st.integers(1, 9)),
)
LINES = st.lists(LINE, min_size=1, max_size=6, unique_by=lambda line: line[:3])


def scheme_of(world, units, lines):
    """Load a structure as a pack. A unit is (group, level, credit), a line (group, measure, level, least, most)."""
    code = f"{next(NUMBERS):05}"
    pack = read_pack(in_toml(code, units, lines), f"{code}.toml")
    assume(not any(fault.outcome == "refused" for fault in load_packs([pack], at=world.at, by=INSTALLER)))
    return Qualification.objects.get(code=code)


def in_toml(code, units, lines):
    text = ['[sources.house]\ntitle = "House"\npublisher = "House"']
    for place, (_, level, credit) in enumerate(units):
        known = {"level": level, "credit": credit}
        numbers = "".join(f"{name} = {value}\n" for name, value in known.items() if value is not None)
        text.append(f'[[unit]]\ncode = "{code}-{place}"\ntitle = "A unit"\n{numbers}clause = "house 1"')
    text.append(
        f'[[scheme]]\ncode = "{code}"\ntitle = {{ value = "A title", clause = "house 1" }}\n'
        'level = { value = 2, clause = "house 1" }\nroute = { value = "postal", clause = "house 1" }\n'
        'evidence = [{ kind = "candidate_work", clause = "house 1" }]\n[scheme.combination]\n'
        f"constraints = [{', '.join(line_in_toml(line) for line in lines)}]"
    )
    for group in sorted({group for group, _, _ in units}):
        named = ", ".join(f'"{code}-{place}"' for place, unit in enumerate(units) if unit[0] == group)
        text.append(
            f'[[scheme.combination.groups]]\nname = "{group}"\ntitle = "A group"\nunits = [{named}]\nclause = "house 1"'
        )
    return "\n".join(text)


def line_in_toml(line):
    group, measure, level, least, most = line
    said = {"level_at_least": level, "minimum": least or None, "maximum": most}
    numbers = "".join(f", {name} = {value}" for name, value in said.items() if value is not None)
    return f'{{ group = "{group or "whole"}", measure = "{measure}"{numbers}, clause = "house 1" }}'


def registered(world, scheme, achieved):
    """A registration with the units of these codes banked."""
    candidate = Candidate.objects.create(centre_id=world.centre, last_name="Ng", born_on=date(2000, 1, 1))
    row = Registration.objects.create(centre_id=world.centre, candidate=candidate, scheme=scheme, registered_on=DAY)
    person = world.people["assessor"]
    claim = Claim.objects.create(centre_id=world.centre, scheme=scheme, made_by=person, made_at=world.at)
    for code in achieved:
        with pgtrigger.ignore("claims.ClaimedUnit:journey_start"):
            decided = ClaimedUnit.objects.create(
                centre_id=world.centre, claim=claim, registration=row, unit_id=code, state="confirmed",
                assessor=person, internal_verifier=world.people["internal_verifier"],
            )  # fmt: skip
        Achievement.objects.create(
            centre_id=world.centre, registration=row, unit_id=code, achieved_on=DAY, claimed_unit=decided
        )
    return row.pk


def counted(units, lines, line):
    """What is had of one line: every unit or credit laid on the table one by one, until its group is full."""
    group, measure, level, _, _ = line
    full = {}
    for capped, by, _, _, most in lines:
        if capped and by == measure and most is not None:
            full[capped] = min(most, full.get(capped, most))
    laid = []
    for own, own_level, credit in units:
        if group in ("", own) and (level is None or (own_level is not None and own_level >= level)):
            for _ in range(1 if measure == "units" else credit or 0):
                if group or laid.count(own) < full.get(own, 999):
                    laid.append(own)
    return len(laid)


@pytest.mark.usefixtures("db")
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(units=UNITS, lines=LINES, data=st.data())
def test_the_sql_counts_as_one_counts_by_hand(world, units, lines, data):
    have = data.draw(st.lists(st.sampled_from(range(len(units))), unique=True))
    with transaction.atomic():
        scheme = scheme_of(world, units, lines)
        mine = registered(world, scheme, [f"{scheme.code}-{place}" for place in have])
        other = registered(world, scheme, [])
        found = standings([mine, other])
        transaction.set_rollback(True)
    banked = [units[place] for place in have]
    assert [one.have for one in found[mine]] == [counted(banked, lines, line) for line in lines]
    assert [one.have for one in found[other]] == [0] * len(lines)
    assert [(one.group, one.measure, one.level_at_least, one.need, one.cap) for one in found[mine]] == lines


def test_a_scheme_without_a_combination_has_no_standing_and_awards_nothing(world):
    scheme = Qualification.objects.create(code="99999", title="A title", level=2, route="postal")
    row = registered(world, scheme, [])
    assert standings([row]) == {}
    facts, verdict = judge_awards([row], at=world.at)[row]
    assert [reason.rule for reason in verdict.refused] == ["combination-unknown"]
    assert facts.unmet == 0


def test_nobody_asked_for_is_nobody_answered(db):
    assert standings([]) == {}


# The structure of 10379: 45 credits at level 2, 19 from A, 3 from B, 16 from C, at most 7 from D.

A = ("A/506/2130", "F/506/2131", "J/506/2132", "A/506/1964", "L/506/1788")
B = ("D/506/2119", "T/506/2126")
C16 = ("H/506/2154", "K/506/2155", "L/506/2133", "R/506/2134", "A/506/2158")  # 3 + 3 + 2 + 3 + 5
C26 = (*C16, "Y/506/2135", "T/506/2143", "T/506/2157")


def missing(world, *achieved):
    row = registered(world, Qualification.objects.get(code="10379"), achieved)
    facts, verdict = judge_awards([row], at=world.at)[row]
    assert verdict.allowed is (facts.unmet == 0)
    return facts.missing


def test_the_minima_of_the_groups_alone_leave_seven_credits_to_find(world):
    assert missing(world, *A, B[0], *C16) == "7 more credits; 7 more credits at level 2 or above"


def test_a_diploma_is_complete_with_forty_five_credits(world):
    assert missing(world, *A, *B, *C26) is None
    assert missing(world, *A, B[0], *C16, "T/506/2143", "T/506/2157") is None


def test_a_diploma_without_one_mandatory_unit_is_not_complete_however_many_credits_it_has(world):
    said = missing(world, *A[:-1], *B, *C26)
    assert said == "4 more credits from A; 1 more unit from A"


def test_a_candidate_with_nothing_lacks_everything(world):
    assert missing(world) == (
        "45 more credits; 45 more credits at level 2 or above; 19 more credits from A; 5 more units from A; "
        "3 more credits from B; 16 more credits from C"
    )


def test_credits_of_a_capped_group_count_up_to_the_cap(world):
    """Nine credits in B are seven of the whole, and the unit of B below level 2 is none of those at level 2."""
    units = [("A", 2, 5), ("B", 2, 3), ("B", 2, 3), ("B", 1, 3)]
    lines = [("", "credits", None, 12, None), ("", "credits", 2, 11, None), ("B", "credits", None, 0, 7)]
    scheme = scheme_of(world, units, lines)
    row = registered(world, scheme, [f"{scheme.code}-{place}" for place in range(4)])
    assert [(line.have, line.met) for line in standings([row])[row]] == [(12, True), (11, True), (9, True)]
