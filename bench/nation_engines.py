"""The rules of the two diplomas in rule engines of others: GoRules Zen one by one, OpenFisca in columns."""

import json
from datetime import date
from pathlib import Path

import numpy
import pyarrow
from pyarrow import compute, parquet

from bench.nation_world import ON, units

REASONS = (
    ("combination-not-met", "refused"),
    ("certificate-after-final-certification", "refused"),
    ("certificate-already-due", "refused"),
    ("readiness-after-final-certification", "refused"),
    ("readiness-after-safe-claim", "warned"),
    ("readiness-after-planned-completion", "warned"),
    ("readiness-time-too-short", "warned"),
    ("readiness-units-missing", "noted"),
)
FAR = 10**6  # a day that is never reached, in days since 1970, for a scheme without one


def day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


# Amounts and days first, then one expression a rule. `units` holds group, level and credit of each unit.
ZEN = {
    "au": "count(units, #.g == 'A')",
    "a": "sum(map(filter(units, #.g == 'A'), #.c))",
    "b": "sum(map(filter(units, #.g == 'B'), #.c))",
    "c": "sum(map(filter(units, #.g == 'C'), #.c))",
    "d": "min([7, sum(map(filter(units, #.g == 'D'), #.c))])",
    "d2": "min([7, sum(map(filter(units, #.g == 'D' and #.l >= 2), #.c))])",
    "short": "max([0, 45 - $.a - $.b - $.c - $.d, 45 - $.a - $.b - $.c - $.d2, 19 - $.a, 3 - $.b, 16 - $.c])",
    "unmet": "($.a + $.b + $.c + $.d < 45 ? 1 : 0) + ($.a + $.b + $.c + $.d2 < 45 ? 1 : 0) + ($.a < 19 ? 1 : 0)"
    " + ($.au < 5 ? 1 : 0) + ($.b < 3 ? 1 : 0) + ($.c < 16 ? 1 : 0)",
    "open": "$.unmet > 0 and not awarded",
    "r0": "$.unmet > 0",
    "r1": "on > final",
    "r2": "awarded",
    "r3": "on > final and not awarded",
    "r4": "$.open and on > safe and on <= final",
    "r5": "$.open and on > plan",
    "r6": "$.open and on + ceil($.short * 10 / hours) * 7 > safe",
    "r7": "$.open",
}


def on_zen(registrations: Path, achievements: Path, out: Path, days: dict[str, date], hours: int) -> None:
    """One compiled decision, evaluated for each registration with its units."""
    import zen

    expressions = [{"id": name, "key": name, "value": text} for name, text in ZEN.items()]
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "rules", "name": "rules", "type": "expressionNode", "content": {"expressions": expressions}},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "rules"},
            {"id": "2", "type": "edge", "sourceId": "rules", "targetId": "out"},
        ],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(graph))
    catalogue = {
        unit: (scheme, {"g": group, "l": level, "c": credit}) for scheme, unit, group, level, credit in units()
    }
    achieved: dict[int, list[str]] = {}
    for batch in parquet.read_table(achievements, columns=["registration", "unit"]).to_batches():
        for number, unit in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            achieved.setdefault(number, []).append(unit)
    spoken = []
    for row in parquet.read_table(registrations).to_pylist():
        known = (catalogue.get(unit, ("", None)) for unit in achieved.get(row["registration"], ()))
        facts = {
            "units": [unit for scheme, unit in known if scheme == row["scheme"]],
            "awarded": row["awarded_on"] is not None,
            "on": day_number(ON),
            "hours": hours,
            **_days(row["scheme"], days),
        }
        said = decision.evaluate(facts)["result"]
        spoken += [(row["registration"], *REASONS[place]) for place in range(len(REASONS)) if said[f"r{place}"]]
    numbers, rules, outcomes = zip(*spoken, strict=True)
    table = pyarrow.table({"registration": numbers, "rule": rules, "outcome": outcomes})
    parquet.write_table(table, out / "reasons.parquet")


def _days(scheme: str, days: dict[str, date]) -> dict[str, int]:
    if scheme == "90200":
        return {"final": FAR, "plan": FAR, "safe": FAR}
    return {"final": day_number(days["final"]), "plan": day_number(days["plan_by"]), "safe": day_number(days["safe"])}


def on_openfisca(registrations: Path, achievements: Path, out: Path, days: dict[str, date], hours: int) -> None:
    """A group entity of registrations with achievements as its members, each rule a variable."""
    from openfisca_core.simulation_builder import SimulationBuilder

    from bench.nation_openfisca import system_of

    rows = parquet.read_table(registrations).sort_by("registration")
    numbers = rows["registration"].to_numpy()
    catalogue = pyarrow.table(
        dict(zip(("scheme", "unit", "group", "level", "credit"), zip(*units(), strict=True), strict=True))
    )
    found = parquet.read_table(achievements, columns=["registration", "unit"])
    place = compute.index_in(found["unit"], catalogue["unit"].combine_chunks())
    found, place = found.filter(compute.is_valid(place)), compute.drop_null(place).to_numpy()
    of = numpy.searchsorted(numbers, found["registration"].to_numpy())
    scheme = numpy.asarray(rows["scheme"].to_pylist()) == "90201"
    here = (numpy.asarray(catalogue["scheme"].to_pylist()) == "90201")[place] == scheme[of]
    of, place = of[here], place[here]
    builder = SimulationBuilder()
    system = system_of(days, hours)
    builder.create_entities(system)
    builder.declare_person_entity("achievement", numpy.arange(len(of)))
    group = builder.declare_entity("registration", numpy.arange(len(numbers)))
    builder.join_with_persons(group, of, numpy.array(["unit"] * len(of)))
    simulation = builder.build(system)
    simulation.set_input("in_a", str(ON), (numpy.asarray(catalogue["group"].to_pylist()) == "A")[place])
    for name in "bcd":
        simulation.set_input(
            f"in_{name}", str(ON), (numpy.asarray(catalogue["group"].to_pylist()) == name.upper())[place]
        )
    simulation.set_input("level", str(ON), catalogue["level"].to_numpy()[place])
    simulation.set_input("credit", str(ON), catalogue["credit"].to_numpy()[place])
    simulation.set_input("closed", str(ON), scheme)
    simulation.set_input("awarded", str(ON), compute.is_valid(rows["awarded_on"]).to_numpy())
    parts = []
    for place_of, (rule, outcome) in enumerate(REASONS):
        said = numbers[simulation.calculate(f"rule_{place_of}", str(ON)).astype(bool)]
        words = {"rule": pyarrow.repeat(rule, len(said)), "outcome": pyarrow.repeat(outcome, len(said))}
        parts.append(pyarrow.table({"registration": said} | words))
    parquet.write_table(pyarrow.concat_tables(parts), out / "reasons.parquet")
