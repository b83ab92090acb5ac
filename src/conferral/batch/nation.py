"""Judging every registration there is by the rules that judge one: on DuckDB, or on Spark."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from operator import add, or_
from typing import Any

import ibis
import pyarrow
from ibis import Table

from conferral.batch.alike import Alike, Shape, alike, bit_count, bits_of, of_first
from conferral.batch.catalogue import DAY, NUMBER, TEXT, YES, Catalogue, table_of
from conferral.batch.combinations import samples_of, work_out_standing
from conferral.batch.engines import Duck, Spark
from conferral.batch.written import Step, Written, named
from conferral.records.readiness import worked_off_by
from conferral.rules.book import rules_on
from conferral.rules.readiness import CANNOT_FINISH, STATUS_OF, status_for
from conferral.rules.rule import Rule

NOW, HOPED = "now", "hoped"  # what is achieved, and what is once open claims are confirmed
DAYS = {"final_certification": DAY, "plan_by": DAY, "safe_claim": DAY}
REGISTRATIONS = {"registration": NUMBER, "scheme": TEXT, "awarded_on": DAY, "held_on": DAY}
ACHIEVEMENTS = {"registration": NUMBER, "unit": TEXT, "origin": TEXT}
SCHEMES = {"scheme": TEXT} | DAYS | {"completable": YES, "has_alternative": YES}
PACE = {"credits_short": NUMBER, "finish_at_the_earliest": DAY}
KNOWN = (
    "constraints", "unmet", "credits_short", "within_reach", *DAYS, "has_alternative", "finish_at_the_earliest",
)  # fmt: skip


@dataclass(frozen=True)
class Nation:
    """Answers as tables of the engine that judged, good while it is open.

    `reasons` has a row for each (registration, rule) that spoke of the award or of readiness, with its outcome.
    `readiness` has a row for each registration: `status`, whether it `could_transfer`, how many constraints are
    `unmet` and how many `credits_short` the shortest of them is. Rows come in no order. `spoken` and `statuses`
    count the rows of both by rule and by status, those that do not occur left out.
    """

    reasons: Table
    readiness: Table
    spoken: dict[str, int]
    statuses: dict[str, int]
    alike: int
    not_counted: int


def judge_nation(
    registrations: Table, achievements: Table, catalogue: Catalogue, *, on: date, engine: Duck | Spark
) -> Nation:
    """Judge award and readiness of all registrations on a London day.

    `registrations` has `registration` (a number, once), `scheme`, `awarded_on` and, where any is held, `held_on`, the
    day since which a hold is open over it; `achievements` has
    `registration`, `unit` and `origin`: "decision" (as is NULL), "transfer" for what was carried over from
    elsewhere, "claimed" for what is in an open claim, which counts for readiness only. A unit achieved twice
    counts once; a unit that is not in the scheme does not count. Every scheme has to be in the catalogue.
    """
    same = alike(catalogue.structures, catalogue.schemes)
    engine.view("nation_registrations", _with_holds(registrations))
    engine.view("nation_achievements", achievements)
    for name, table in _tables_of(catalogue, same, on).items():
        engine.keep(name, table)
    hoping = engine.ask("SELECT 1 FROM nation_achievements WHERE origin = 'claimed' LIMIT 1")
    cases = (NOW, HOPED) if hoping else (NOW,)
    gathered = _gathered(same.shape, cases, engine.dialect)
    engine.work_out(gathered)
    if same.shape.sums and engine.ask("SELECT 1 FROM twice LIMIT 1"):
        engine.work_out(_put_right(same.shape, cases, engine.dialect))
    engine.work_out(_sampled(same.shape, cases, engine.dialect))
    standing = work_out_standing(catalogue, same, engine)
    engine.work_out(_judged(same.shape, cases, standing, on, engine.dialect))
    rows = engine.ask("SELECT award, readiness, count(*) FROM judged GROUP BY award, readiness")
    told = [({"award": award, "readiness": readiness}, count) for award, readiness, count in rows]
    ((samples,),) = engine.ask("SELECT count(*) FROM samples")
    ((counted,),) = engine.ask("SELECT coalesce(sum(counted), 0) FROM people")
    ((achieved,),) = engine.ask("SELECT count(*) FROM nation_achievements")
    return Nation(
        reasons=engine.connection.table("reasons"),
        readiness=engine.connection.table("readiness"),
        spoken=_counted(told, "award") | _counted(told, "readiness"),
        statuses=_statuses(told),
        alike=samples,
        not_counted=int(achieved) - int(counted),
    )


def _with_holds(registrations: Table) -> Table:
    """The registrations with `held_on`, empty where nothing is said of holds."""
    if "held_on" in registrations.columns:
        return registrations
    return registrations.mutate(held_on=ibis.null("date"))


def _counted(told: list[tuple[dict[str, int], int]], subject: str) -> dict[str, int]:
    """How many rows each rule of a subject speaks of."""
    rules = {rule.id: 1 << place for place, rule in enumerate(rules_on(subject))}
    counted = {name: sum(count for bits, count in told if bits[subject] & bit) for name, bit in rules.items()}
    return {name: count for name, count in counted.items() if count}


def _statuses(told: list[tuple[dict[str, int], int]]) -> dict[str, int]:
    """How many registrations stand where, by the outcomes of the rules that speak of each."""
    counted: dict[str, int] = {}
    for bits, count in told:
        outcomes = {rule.outcome for place, rule in enumerate(rules_on("readiness")) if bits["readiness"] >> place & 1}
        status = status_for(outcomes)
        counted[status] = counted.get(status, 0) + count
    return counted


def _tables_of(catalogue: Catalogue, same: Alike, on: date) -> dict[str, pyarrow.Table]:
    """What is known of the schemes before anybody is looked at."""
    most = max((line.minimum for one in catalogue.structures.values() for line in one.lines), default=0)
    return {
        "numbers": same.numbers,
        "unit_bits": same.bits,
        "schemes": table_of(SCHEMES, ((code, *vars(scheme).values()) for code, scheme in catalogue.schemes.items())),
        # The day by which so many credits can be worked off.
        "pace": table_of(PACE, ((short, worked_off_by(short, on=on)) for short in range(most + 1))),
    }


def _people_of(shape: Shape, cases: Iterable[str]) -> dict[str, pyarrow.DataType]:
    columns = {"registration": NUMBER, "number": NUMBER, "awarded_on": DAY, "held_on": DAY, "counted": NUMBER}
    return columns | {f"{case}_{name}": NUMBER for case in cases for name in (*shape.key, *shape.units)}


@lru_cache
def _gathered(shape: Shape, cases: tuple[str, ...], dialect: str) -> list[Step]:
    """Each registration with the bits of its units, and the key in which those that count alike agree: `people`.

    `twice` are those of them who have achieved a unit more than once.
    """
    written = Written(dialect)
    registrations = named("nation_registrations", REGISTRATIONS)
    numbered = registrations.left_join(named("numbers", shape.numbers), "scheme").drop("scheme_right")
    found = _found(numbered, named("nation_achievements", ACHIEVEMENTS), shape)
    words = found.group_by("registration", "number").agg(counted=found.count(), **_words(found, shape, cases))
    people = numbered.left_join(words, ["registration", "number"]).drop("registration_right", "number_right")
    singles = [f"single_{word}" for word in range(shape.words)]
    people = people.mutate(**{name: people[name].fill_null(0) for name in (*words.columns[2:], *singles)})
    for case in cases:
        achieved = [people[f"{case}_achieved_{word}"] for word in range(shape.words)]
        carried = [mine & ~own for mine, own in zip(achieved, _here(people, case, shape), strict=True)]
        people = people.mutate(
            **{f"{case}_{name}": value for name, value in shape.singles(people, achieved, carried).items()},
            **{f"{case}_carried_{word}": value for word, value in enumerate(carried)},
        )
    people = written.hold("people", people.select(*_people_of(shape, cases)))
    words_of = (people[f"{cases[-1]}_achieved_{word}"] for word in range(shape.words))
    units = reduce(add, (bit_count(word).cast("int64") for word in words_of))
    written.hold("twice", people.filter(people.counted > units))
    return written.steps


@lru_cache
def _put_right(shape: Shape, cases: tuple[str, ...], dialect: str) -> list[Step]:
    """The sums of those who have achieved a unit twice, from its bit: each counts once."""
    written, columns = Written(dialect), _people_of(shape, cases)
    people, twice, bits = named("people", columns), named("twice", columns), named("unit_bits", shape.bits)
    roots = twice.join(bits.select("number", *shape.bit_columns, *shape.sums).distinct(), "number")
    sums = {
        f"{case}_{name}": roots[name].sum(where=shape.any_bit(roots, f"{case}_achieved")).cast("int64")
        for case in cases
        for name in shape.sums
    }
    summed = roots.group_by("registration").agg(**sums)
    right = twice.drop(*sums).join(summed, "registration")
    right = right.mutate(**{name: right[name].fill_null(0) for name in sums}).select(*columns)
    once = written.hold("people_once", ibis.union(people.anti_join(twice, "registration"), right))
    written.hold("people", once)
    return written.steps


def _found(numbered: Table, achievements: Table, shape: Shape) -> Table:
    """Each achievement with the bit that it has in a scheme; some may be for a scheme not registered for."""
    bits = named("unit_bits", shape.bits)
    if shape.in_one_scheme:
        return achievements.join(bits, "unit")
    return achievements.join(numbered.select("registration", "number"), "registration").join(bits, ["number", "unit"])


def _here(people: Table, case: str, shape: Shape) -> list[Any]:
    """What was achieved here; where nothing depends on it, everything."""
    name = "here" if shape.elsewhere else "achieved"
    return [people[f"{case}_{name}_{word}"] for word in range(shape.words)]


def _words(found: Table, shape: Shape, cases: tuple[str, ...]) -> dict[str, Any]:
    """The words of what was achieved at all, and of what was achieved here."""
    origin, words = found.origin.fill_null("decision"), {}
    for case in cases:
        counts = None if case == HOPED or cases == (NOW,) else origin != "claimed"  # None: all of them
        for name in shape.sums:
            words[f"{case}_{name}"] = found[name].sum(where=counts).cast("int64")
        for word in range(shape.words):
            words[f"{case}_achieved_{word}"] = bits_of(found[f"bit_{word}"], where=counts)
            if shape.elsewhere:
                own = origin != "transfer"
                here = own if counts is None else counts & own
                words[f"{case}_here_{word}"] = bits_of(found[f"bit_{word}"], where=here)
    return words


@lru_cache
def _sampled(shape: Shape, cases: tuple[str, ...], dialect: str) -> list[Step]:
    """One registration for all that count alike, with its units: `samples`."""
    written, people = Written(dialect), named("people", _people_of(shape, cases))
    every = ibis.union(
        *(
            people.select(
                "number",
                place=people.registration * 2 + place,
                **{name: people[f"{case}_{name}"] for name in (*shape.key, *shape.units)},
            )
            for place, case in enumerate(cases)
        )
    )
    first = {name: of_first(every[name], every.place) for name in shape.units}
    samples = every.group_by("number", *shape.key).agg(id=every.place.min(), **first)
    schemes = named("numbers", shape.numbers).select("number", "scheme")
    written.hold("samples", samples.join(schemes, "number"))
    return written.steps


@lru_cache
def _judged(shape: Shape, cases: tuple[str, ...], standing: Table, on: date, dialect: str) -> list[Step]:
    """Every rule that speaks of a registration, `reasons`, and where each stands, `readiness`.

    Registrations that count alike and were awarded, and are held, since the same days, or not at all, have the same
    facts. The rules are asked once about each such fact; their answers are bits of a number, a bit for each rule in
    order.
    """
    written, people = Written(dialect), named("people", _people_of(shape, cases))
    dated = written.hold("dated", _dated(standing, shape))
    facts = [written.hold(f"facts_{case}", _facts(people, dated, shape, case, on)) for case in cases]
    judged = people
    for place, (case, told) in enumerate(zip(cases, facts, strict=True)):
        keys = [judged.number == told.number]
        keys += [judged[day].identical_to(told[day]) for day in ("awarded_on", "held_on")]
        keys += [judged[f"{case}_{name}"] == told[name] for name in shape.key]
        spoken = {"award": told.award} if place == 0 else {}
        spoken |= {"readiness": told.readiness, "fact": told.fact} if place == len(cases) - 1 else {}
        judged = judged.join(told, keys).select(*judged.columns, **spoken)
    judged = written.hold("judged", judged.select("registration", "award", "readiness", "fact"))
    arms = [
        judged.filter((judged[subject] & 1 << place) != 0).select(
            "registration", rule=ibis.literal(rule.id), outcome=ibis.literal(rule.outcome)
        )
        for subject in ("award", "readiness")
        for place, rule in enumerate(rules_on(subject))
    ]
    written.hold("reasons", ibis.union(*arms), view=True)
    stands = facts[-1].select("fact", "scheme", "unmet", "credits_short", "status", "could_transfer")
    written.hold("readiness", judged.select("registration", "fact").join(stands, "fact").drop("fact"), view=True)
    return written.steps


def _dated(standing: Table, shape: Shape) -> Table:
    """What each sample lacks, with the days that follow from its scheme and from what it lacks."""
    samples = samples_of(shape)
    standing = samples.select("id", "number", "scheme", *shape.key).left_join(standing, "id").drop("id_right")
    known = {name: standing[name].fill_null(0) for name in ("constraints", "unmet", "credits_short")}
    dated = standing.mutate(**known).join(named("pace", PACE), "credits_short")
    dated = dated.left_join(named("schemes", SCHEMES), "scheme").drop("scheme_right")
    return dated.mutate(within_reach=ibis.coalesce(dated.within_reach, dated.completable, True))


def _facts(people: Table, dated: Table, shape: Shape, case: str, on: date) -> Table:
    """What is known of all who have the same facts, with what the rules say of it."""
    key = {name: people[f"{case}_{name}"] for name in shape.key}
    every = people.select("number", "awarded_on", "held_on", **key)
    groups = every.distinct().mutate(fact=ibis.row_number())
    known = groups.join(dated, ["number", *key]).select(*groups.columns, "scheme", *KNOWN)
    told = _award_facts(known, on)
    told = _readiness_facts(told.mutate(award=_spoken(told, rules_on("award"))), on)
    return told.mutate(readiness=_spoken(told, rules_on("readiness")), **_stands(told)).select(
        "number", "awarded_on", "held_on", *key, "fact", "scheme", "award", "readiness", "unmet", "credits_short",
        "status", "could_transfer",
    )  # fmt: skip


def _spoken(facts: Table, rules: Iterable[Rule]) -> Any:
    """The bits of the rules that speak."""
    bits = (ibis.ifelse(rule(facts), 1 << place, 0).cast("int64") for place, rule in enumerate(rules))
    return reduce(or_, bits)


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


def _stands(facts: Table) -> dict[str, Any]:
    """Where a registration stands, by the outcomes of the rules that speak of it."""
    outcomes = {rule.outcome for rule in rules_on("readiness")}
    spoken = {
        outcome: reduce(or_, (rule(facts) for rule in rules_on("readiness") if rule.outcome == outcome))
        for outcome in outcomes
    }
    *worse, (_, best) = STATUS_OF
    status = ibis.cases(*((spoken[outcome], status) for outcome, status in worse), else_=best)
    return {"status": status, "could_transfer": (status == CANNOT_FINISH) & facts.has_alternative}
