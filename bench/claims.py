"""Claims a second through the actions: as a page would call them, each in a transaction of its audience."""

import time
from collections.abc import Iterator
from secrets import token_bytes
from typing import Any

from django.conf import settings

from bench import home
from bench.figures import Figure, rate
from bench.load import CANDIDATES_IN_CLAIM, FIRST_CENTRE, SCHEME, UNITS
from conferral.actions.claims import choose_units, say_of_units, start_claim, submit_claim
from conferral.records.access import acting_as
from conferral.records.candidates.models import Registration
from conferral.records.centres.models import Membership
from conferral.records.claims.queries import Pair
from conferral.rules.permissions import Acting

WARM_UP = 5


def measure(claims: int) -> Iterator[Figure]:
    """One process, then two at once on different centres of one database."""
    registrations = 2 * CANDIDATES_IN_CLAIM * (claims + WARM_UP)
    home.call("bench.load:load", database="claims", registrations=2 * registrations, centres=2, claims=False)
    size = f"{claims} claims of {CANDIDATES_IN_CLAIM} candidates x {len(UNITS)} units"
    one = home.call("bench.claims:submit_many", database="claims", centre=0, claims=claims, skip=0)
    yield Figure("Claims built and submitted", f"{size}, 1 process", _rate(claims, one["began"], one["ended"]))
    yield Figure(
        "Claims submitted (submit_claim alone)", f"{size}, 1 process", rate(claims, one["submitting"], "claims")
    )
    skip = claims + WARM_UP
    both = [
        home.start("bench.claims:submit_many", database="claims", centre=centre, claims=claims, skip=skip)
        for centre in (0, 1)
    ]
    pair = [home.finish(process) for process in both]
    began, ended = min(row["began"] for row in pair), max(row["ended"] for row in pair)
    size = f"2 x {size}"
    yield Figure("Claims built and submitted", f"{size}, 2 processes, a centre each", _rate(2 * claims, began, ended))


def submit_many(centre: int, claims: int, skip: int) -> dict[str, float]:
    """Build and submit claims at the nth centre, for candidates after the first `skip` claims' own."""
    number = str(FIRST_CENTRE + centre)
    by = _assessor(number)
    verifier = Membership.objects.get(centre=number, role="internal_verifier").person_id
    found = Registration.objects.filter(centre=number).order_by("id").values_list("id", flat=True)
    first, each = skip * CANDIDATES_IN_CLAIM, CANDIDATES_IN_CLAIM
    cohorts = [list(found[at : at + each]) for at in range(first, first + (WARM_UP + claims) * each, each)]
    for cohort in cohorts[:WARM_UP]:
        submit_one(cohort, verifier, by)
    began = time.time()
    submitting = sum(submit_one(cohort, verifier, by) for cohort in cohorts[WARM_UP:])
    return {"began": began, "ended": time.time(), "submitting": submitting}


def submit_one(registrations: list[int], verifier: int, by: Acting) -> float:
    """Build one claim and submit it; returns the seconds that submitting took. Raises ValueError when refused."""
    pairs = [Pair(registration, unit) for registration in registrations for unit in UNITS]
    told: dict[str, Any] = {"at": settings.CLOCK(), "by": by}
    with acting_as(by):
        claim = start_claim(SCHEME, **told)
        choose_units(claim.pk, pairs, **told)
        people = {"assessor": by.somebody, "internal_verifier": verifier}
        say_of_units(claim.pk, pairs, **people, evidence_kind="candidate_work", **told)
    began = time.perf_counter()
    with acting_as(by):
        verdict = submit_claim(claim.pk, gaps_because="Measured without marks.", fresh=token_bytes, **told)
    if verdict.refused:
        raise ValueError(verdict.refused[0].text)
    return time.perf_counter() - began


def _assessor(centre: str) -> Acting:
    person = Membership.objects.get(centre=centre, role="assessor").person_id
    return Acting("centre", person, centre, ("assessor",))


def _rate(claims: int, began: float, ended: float) -> str:
    return rate(claims, ended - began, "claims")
