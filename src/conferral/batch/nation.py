"""Judging every registration there is by the rules that judge one: on DuckDB, or on Spark."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, or_
from typing import Any

import ibis
from ibis import Table

from conferral.batch.alike import Alike, alike, bit_count, bits_of
from conferral.batch.catalogue import DAY, NUMBER, TEXT, YES, Catalogue, table_of
from conferral.batch.combinations import standing_of
from conferral.batch.engines import Duck, Spark
from conferral.batch.judging import judge_table
from conferral.records.readiness import worked_off_by
from conferral.rules.book import rules_on
from conferral.rules.readiness import CANNOT_FINISH, STATUS_OF

NOW, HOPED = "now", "hoped"  # what is achieved, and what is once open claims are confirmed
DAYS = {"final_certification": DAY, "plan_by": DAY, "safe_claim": DAY}
KNOWN = (
    "constraints", "unmet", "credits_short", "within_reach", *DAYS, "has_alternative", "finish_at_the_earliest",
)  # fmt: skip


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
    people = _people(registrations, achievements, same, cases, engine)
    samples = engine.hold("samples", _samples(people, same, cases))
    standing = samples.left_join(standing_of(samples, catalogue, same, engine), "id").drop("id_right")
    standing = engine.hold("standing", standing)
    dated = engine.hold("dated", _dated(standing, catalogue, engine, on))
    known = {case: engine.hold(f"known_{case}", _known(people, dated, same, case)) for case in cases}
    readiness = _readiness_facts(known[cases[-1]], on)
    return Nation(
        reasons=ibis.union(
            judge_table(_award_facts(known[NOW], on), rules_on("award"), "registration"),
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
    numbers = engine.hold("numbers", same.numbers)
    numbered = registrations.left_join(numbers, "scheme").drop("scheme_right")
    found = _found(numbered, achievements, same, engine)
    words = found.group_by("registration", "number").agg(counted=found.count(), **_words(found, same, cases))
    people = numbered.left_join(words, ["registration", "number"]).drop("registration_right", "number_right")
    singles = [f"single_{word}" for word in range(same.words)]
    people = people.mutate(**{name: people[name].fill_null(0) for name in (*words.columns[2:], *singles)})
    for case in cases:
        achieved = [people[f"{case}_achieved_{word}"] for word in range(same.words)]
        carried = [mine & ~own for mine, own in zip(achieved, _here(people, case, same), strict=True)]
        people = people.mutate(
            **{f"{case}_{name}": value for name, value in same.singles(people, achieved, carried).items()},
            **{f"{case}_carried_{word}": value for word, value in enumerate(carried)},
        )
    people = people.select("registration", "scheme", "awarded_on", "counted", *_columns(cases, same))
    return _once(engine.hold("people", people), same, cases, engine)


def _once(people: Table, same: Alike, cases: list[str], engine: Duck | Spark) -> Table:
    """The same, with the sums of those put right who have achieved a unit twice: each counts once."""
    units = reduce(add, (bit_count(people[f"{cases[-1]}_achieved_{word}"]).cast("int64") for word in range(same.words)))
    twice = people.filter(people.counted > units)
    if not same.sums or not _has_any(twice):
        return people
    bits = engine.connection.table("unit_bits")
    roots = twice.join(bits.select("scheme", *same.bit_columns, *same.sums).distinct(), "scheme")
    summed = roots.group_by("registration").agg(
        **{
            f"{case}_{name}": roots[name].sum(where=_any_bit(roots, case, same)).cast("int64")
            for case in cases
            for name in same.sums
        }
    )
    right = twice.drop(*summed.columns[1:]).join(summed, "registration")
    right = right.mutate(**{name: right[name].fill_null(0) for name in summed.columns[1:]})
    return engine.hold("people_once", ibis.union(people.filter(people.counted <= units), right.select(*people.columns)))


def _any_bit(roots: Table, case: str, same: Alike) -> Any:
    return ibis.or_(*((roots[f"{case}_achieved_{word}"] & roots[f"bit_{word}"]) != 0 for word in range(same.words)))


def _found(numbered: Table, achievements: Table, same: Alike, engine: Duck | Spark) -> Table:
    """Each achievement with the bit that it has in a scheme; some may be for a scheme not registered for."""
    bits = engine.hold("unit_bits", same.bits)
    if same.mostly_in_one_scheme:
        return achievements.join(bits, "unit")
    return achievements.join(numbered.select("registration", "number"), "registration").join(bits, ["number", "unit"])


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
        counts = None if case == HOPED or cases == [NOW] else origin != "claimed"  # None: all of them
        for name in same.sums:
            words[f"{case}_{name}"] = found[name].sum(where=counts).cast("int64")
        for word in range(same.words):
            words[f"{case}_achieved_{word}"] = bits_of(found[f"bit_{word}"], where=counts)
            if same.limits_elsewhere:
                own = origin != "transfer"
                here = own if counts is None else counts & own
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


def _dated(standing: Table, catalogue: Catalogue, engine: Duck | Spark, on: date) -> Table:
    """What each sample lacks, with the days that follow from its scheme and from what it lacks."""
    days = engine.hold("schemes", _schemes(catalogue))
    pace = engine.hold("pace", _pace(standing, on))
    known = {name: standing[name].fill_null(0) for name in ("constraints", "unmet", "credits_short")}
    dated = standing.mutate(**known).join(pace, "credits_short").left_join(days, "scheme").drop("scheme_right")
    return dated.mutate(within_reach=ibis.coalesce(dated.within_reach, dated.completable, True))


def _schemes(catalogue: Catalogue) -> Any:
    columns = {"scheme": TEXT} | DAYS | {"completable": YES, "has_alternative": YES}
    return table_of(columns, ((code, *vars(scheme).values()) for code, scheme in catalogue.schemes.items()))


def _pace(standing: Table, on: date) -> Any:
    """The day by which so many credits can be worked off."""
    most = standing.credits_short.max().execute()
    rows = ((short, worked_off_by(short, on=on)) for short in range(0 if most is None else int(most) + 1))
    return table_of({"credits_short": NUMBER, "finish_at_the_earliest": DAY}, rows)


def _known(people: Table, dated: Table, same: Alike, case: str) -> Table:
    """Each registration with what is known of its sample."""
    keys = [people.scheme == dated.scheme, *(people[f"{case}_{name}"] == dated[name] for name in same.key)]
    return people.join(dated, keys).select(
        people.registration, people.scheme, people.awarded_on, *(dated[name] for name in KNOWN)
    )  # fmt: skip


def _award_facts(known: Table, on: date) -> Table:
    """As `CertificateFacts`, but for the words of what is missing."""
    return known.mutate(produced_on=ibis.literal(on), certificated_on=known.awarded_on)


def _readiness_facts(known: Table, on: date) -> Table:
    """As `ReadinessFacts`; `missing` and `out_of_reach` say only that there is something."""
    still = (known.unmet > 0) & known.awarded_on.isnull()
    return known.mutate(
        on=ibis.literal(on),
        unmet=known.awarded_on.isnull().ifelse(known.unmet, 0),
        missing=(known.unmet > 0).ifelse("units", None),
        finishable=~still | known.within_reach,
        out_of_reach=(still & ~known.within_reach).ifelse("units", None),
    )


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
