"""Judging every registration there is by the rules that judge one: on DuckDB, or on Spark."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import ibis
from ibis import Table

from conferral.batch.alike import Alike, alike, bits_of
from conferral.batch.catalogue import DAY, NUMBER, TEXT, YES, Catalogue, table_of
from conferral.batch.combinations import standing_of
from conferral.batch.engines import Duck, Spark
from conferral.batch.judging import judge_table
from conferral.records.readiness import worked_off_by
from conferral.rules.book import rules_on
from conferral.rules.readiness import CANNOT_FINISH, STATUS_OF

NOW, HOPED = "now", "hoped"  # what is achieved, and what is once open claims are confirmed


@dataclass(frozen=True)
class Nation:
    """Answers as tables of the engine that judged, good while it is open.

    `reasons` has a row for each (registration, rule) that spoke of the award or of readiness, with its outcome.
    `readiness` has a row for each registration: `status`, whether it `could_transfer`, how many constraints are
    `unmet` and how many `credits_short` the shortest of them is. Rows come in no order.
    """

    reasons: Table
    readiness: Table
    alike: int
    not_counted: int


def judge_nation(
    registrations: Table, achievements: Table, catalogue: Catalogue, *, on: date, engine: Duck | Spark
) -> Nation:
    """Judge award and readiness of all registrations on a London day.

    `registrations` has `registration` (a number, once), `scheme` and `awarded_on`; `achievements` has
    `registration`, `unit` and `origin`: "decision" (as is NULL), "transfer" for what was carried over from
    elsewhere, "claimed" for what is in an open claim, which counts for readiness only. A unit achieved twice
    counts once; a unit that is not in the scheme does not count. Every scheme has to be in the catalogue.
    """
    same = alike(catalogue.structures)
    hoping = _has_any(achievements.filter(achievements.origin == "claimed"))
    cases = [NOW, HOPED] if hoping else [NOW]
    people = engine.hold("people", _people(registrations, achievements, same, cases, engine))
    samples = engine.hold("samples", _samples(people, same, cases))
    standing = samples.left_join(standing_of(samples, catalogue, same, engine), "id").drop("id_right")
    standing = engine.hold("standing", standing)
    days = engine.hold("schemes", _schemes(catalogue))
    award = engine.hold("award_facts", _award_facts(people, standing, days, same, on))
    pace = engine.hold("pace", _pace(standing, on))
    readiness = engine.hold("readiness_facts", _readiness_facts(people, standing, days, pace, same, cases[-1], on))
    return Nation(
        reasons=ibis.union(
            judge_table(award, rules_on("award"), "registration"),
            judge_table(readiness, rules_on("readiness"), "registration"),
        ),
        readiness=_readiness(readiness),
        alike=int(samples.count().execute()),
        not_counted=int(achievements.count().execute()) - int(people.counted.sum().execute() or 0),
    )


def _has_any(table: Table) -> bool:
    return bool(table.limit(1).count().execute())


def _people(registrations: Table, achievements: Table, same: Alike, cases: list[str], engine: Duck | Spark) -> Table:
    """Each registration with the bits of its units, and the key in which those that count alike agree."""
    bits, masks = engine.hold("unit_bits", same.bits), engine.hold("masks", same.masks)
    found = achievements.join(registrations.select("registration", "scheme"), "registration")
    found = found.join(bits, ["scheme", "unit"])
    words = found.group_by("registration").agg(counted=found.count(), **_words(found, same, cases))
    people = registrations.left_join(words, "registration").drop("registration_right")
    people = people.left_join(masks, "scheme").drop("scheme_right")
    people = people.mutate(**{name: people[name].fill_null(0) for name in (*words.columns[1:], *masks.columns[1:])})
    for case in cases:
        achieved = [people[f"{case}_achieved_{word}"] for word in range(same.words)]
        carried = [mine & ~own for mine, own in zip(achieved, _here(people, case, same), strict=True)]
        keys = same.key_of(people, achieved, carried)
        people = people.mutate(
            **{f"{case}_{name}": value for name, value in keys.items()},
            **{f"{case}_carried_{word}": value for word, value in enumerate(carried)},
        )
    return people.select("registration", "scheme", "awarded_on", "counted", *_columns(cases, same))


def _here(people: Table, case: str, same: Alike) -> list[Any]:
    """What was achieved here; where nothing depends on it, everything."""
    name = "here" if same.limits_elsewhere else "achieved"
    return [people[f"{case}_{name}_{word}"] for word in range(same.words)]


def _columns(cases: Iterable[str], same: Alike) -> list[str]:
    return [f"{case}_{name}" for case in cases for name in (*same.key, *_units(same))]


def _units(same: Alike) -> list[str]:
    return [f"{name}_{word}" for name in ("achieved", "carried") for word in range(same.words)]


def _words(found: Table, same: Alike, cases: list[str]) -> dict[str, Any]:
    """The words of what was achieved at all, and of what was achieved here."""
    origin, words = found.origin.fill_null("decision"), {}
    for case in cases:
        counts = ibis.literal(True) if case == HOPED or cases == [NOW] else origin != "claimed"
        for word in range(same.words):
            words[f"{case}_achieved_{word}"] = bits_of(found[f"bit_{word}"], where=counts)
            if same.limits_elsewhere:
                here = counts & (origin != "transfer")
                words[f"{case}_here_{word}"] = bits_of(found[f"bit_{word}"], where=here)
    return words


def _samples(people: Table, same: Alike, cases: list[str]) -> Table:
    """One registration for all that count alike, with its units."""
    names = [*same.key, *_units(same)]
    every = ibis.union(
        *(
            people.select(
                "scheme", number=people.registration * 2 + place, **{name: people[f"{case}_{name}"] for name in names}
            )
            for place, case in enumerate(cases)
        )
    )
    first = {name: every[name].argmin(every.number) for name in _units(same)}
    return every.group_by("scheme", *same.key).agg(id=every.number.min(), **first)


def _schemes(catalogue: Catalogue) -> Any:
    columns = {"scheme": TEXT, "final_certification": DAY, "plan_by": DAY, "safe_claim": DAY,
               "completable": YES, "has_alternative": YES}  # fmt: skip
    return table_of(columns, ((code, *vars(scheme).values()) for code, scheme in catalogue.schemes.items()))


def _pace(standing: Table, on: date) -> Any:
    """The day by which so many credits can be worked off."""
    most = standing.credits_short.max().execute()
    rows = ((short, worked_off_by(short, on=on)) for short in range(int(most or 0) + 1))
    return table_of({"credits_short": NUMBER, "finish_at_the_earliest": DAY}, rows)


def _known(people: Table, standing: Table, days: Table, same: Alike, case: str) -> Table:
    """Each registration with how far it has come and the days of its scheme."""
    keys = [people.scheme == standing.scheme, *(people[f"{case}_{name}"] == standing[name] for name in same.key)]
    facts = people.join(standing, keys).select(
        people.registration,
        people.scheme,
        people.awarded_on,
        standing.within_reach,
        **{name: standing[name].fill_null(0) for name in ("constraints", "unmet", "credits_short")},
    )
    return facts.left_join(days, "scheme").drop("scheme_right")


def _award_facts(people: Table, standing: Table, days: Table, same: Alike, on: date) -> Table:
    """As `CertificateFacts`, but for the words of what is missing."""
    facts = _known(people, standing, days, same, NOW)
    return facts.select(
        "registration", "scheme", "final_certification", "constraints", "unmet",
        produced_on=ibis.literal(on), certificated_on=facts.awarded_on,
    )  # fmt: skip


def _readiness_facts(
    people: Table, standing: Table, days: Table, pace: Table, same: Alike, case: str, on: date
) -> Table:
    """As `ReadinessFacts`; `missing` and `out_of_reach` say only that there is something."""
    facts = _known(people, standing, days, same, case)
    facts = facts.join(pace, "credits_short")
    still = (facts.unmet > 0) & facts.awarded_on.isnull()
    reach = ibis.coalesce(facts.within_reach, facts.completable, True)
    return facts.select(
        "registration", "scheme", "constraints", "final_certification", "plan_by", "safe_claim", "awarded_on",
        "finish_at_the_earliest", "has_alternative", "credits_short",
        on=ibis.literal(on),
        unmet=facts.awarded_on.isnull().ifelse(facts.unmet, 0),
        missing=(facts.unmet > 0).ifelse("units", None),
        finishable=~still | reach,
        out_of_reach=(still & ~reach).ifelse("units", None),
    )  # fmt: skip


def _readiness(facts: Table) -> Table:
    """Where each registration stands, by the outcomes of the rules that speak of it."""
    outcomes = {rule.outcome for rule in rules_on("readiness")}
    spoken = {
        outcome: reduce(or_, (rule(facts) for rule in rules_on("readiness") if rule.outcome == outcome))
        for outcome in outcomes
    }
    *worse, (_, best) = STATUS_OF
    status = ibis.cases(*((spoken[outcome], status) for outcome, status in worse), else_=best)
    return facts.select(
        "registration", "scheme", "unmet", "credits_short",
        status=status,
        could_transfer=(status == CANNOT_FINISH) & facts.has_alternative,
    )  # fmt: skip
