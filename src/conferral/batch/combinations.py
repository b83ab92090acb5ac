"""How far sets of registrations have come: the product's SQL text, once for all that count alike."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import ibis
import pyarrow
from ibis import Table, _

from conferral.batch.alike import Alike, Shape
from conferral.batch.catalogue import NUMBER, TABLES, TEXT, YES, Catalogue, table_of
from conferral.batch.engines import Duck, Spark
from conferral.batch.written import Step, Written, named
from conferral.records.awards.completion import best_count, can_finish
from conferral.records.awards.queries import COMBINATION_OF_ALL
from conferral.rules.combinations import Structure

STANDING = {"id": NUMBER, "constraints": NUMBER, "unmet": NUMBER, "credits_short": NUMBER}
REACH = {"id": NUMBER, "within_reach": YES}
# The columns of `COMBINATION_OF_ALL`: a row for each sample, line and pathway.
LINES = {
    "id": NUMBER, "measure": TEXT, "have": NUMBER, "need": NUMBER, "way": TEXT, "undecided": YES,
}  # fmt: skip
_NO_CLAIMS = {
    "claims_claim": {"id": NUMBER, "state": TEXT},
    "claims_claimedunit": {"registration_id": NUMBER, "unit_id": TEXT, "claim_id": NUMBER, "state": TEXT},
}


def samples_of(shape: Shape) -> Table:
    """The table of samples: registrations that stand for all that count like them, with their words of units."""
    return named(
        "samples", {"number": NUMBER} | dict.fromkeys([*shape.key, "id", *shape.units], NUMBER) | {"scheme": TEXT}
    )


def work_out_standing(catalogue: Catalogue, same: Alike, engine: Duck | Spark) -> Table:
    """Work out what each of the `samples` lacks, as the table `standing`; returns that table by its name.

    It has `constraints`, `unmet`, `credits_short` and whether it is `within_reach`. A sample without a rule of
    combination is not in it.
    """
    for name, table in catalogue.tables.items():
        engine.keep(name, table)
    for name, columns in _NO_CLAIMS.items():
        engine.keep(name, table_of(columns, ()))
    engine.work_out(_what_the_text_asks_for(same.shape, engine.dialect))
    engine.view_text("lines", COMBINATION_OF_ALL)
    engine.work_out(_shortest(same.shape, engine.dialect))
    engine.keep("chosen", _chosen(engine.connection.table("open_choice"), catalogue, same))
    engine.keep("reach", _reach(engine.connection.table("samples"), catalogue, same))
    steps, standing = _together(engine.dialect)
    engine.work_out(steps)
    return standing


@lru_cache
def _what_the_text_asks_for(shape: Shape, dialect: str) -> list[Step]:
    """Samples as registrations, and their units, read from their bits, as achievements."""
    written, samples = Written(dialect), samples_of(shape)
    written.hold("candidates_registration", samples.select("id", scheme_id="scheme"), view=True)
    units = samples.join(named("unit_bits", shape.bits), "number")
    units = units.filter(shape.any_bit(units, "achieved"))
    achievements = units.select(
        registration_id="id",
        unit_id="unit",
        origin=shape.any_bit(units, "carried").ifelse("transfer", "decision"),
    )
    written.hold("candidates_achievement", achievements)
    return written.steps


@lru_cache
def _shortest(shape: Shape, dialect: str) -> list[Step]:
    """Each sample in the pathway in which it is least short, and those of them for which something is to be chosen."""
    written, samples = Written(dialect), samples_of(shape)
    ways = written.hold("ways", _ways(named("lines", LINES)))
    best = written.hold("best", _least_short(ways, samples, named("catalogue_pathway", TABLES["catalogue_pathway"])))
    written.hold("open_choice", best.filter(best.undecided).select("id").join(samples, "id"))
    return written.steps


@lru_cache
def _together(dialect: str) -> tuple[list[Step], Table]:
    """What was counted and what was chosen."""
    written = Written(dialect)
    best, chosen, reach = named("best", STANDING | {"undecided": YES}), named("chosen", STANDING), named("reach", REACH)
    standing = ibis.union(best.filter(~best.undecided).select(*STANDING), chosen)
    standing = written.hold("standing", standing.left_join(reach, "id").drop("id_right"))
    return written.steps, standing


def _ways(lines: Table) -> Table:
    """Each sample in each pathway."""
    short = ibis.greatest(lines.need - lines.have, 0)
    return lines.group_by("id", "way").agg(
        constraints=lines.count(),
        unmet=(short > 0).cast("int64").sum().cast("int64"),
        short=short.sum().cast("int64"),
        credits_short=ibis.ifelse(lines.measure == "credits", short, 0).max().cast("int64"),
        undecided=lines.undecided.any(),
    )


def _least_short(ways: Table, samples: Table, pathways: Table) -> Table:
    """Each sample in the pathway in which it is least short, the first of several."""
    placed = ways.join(samples.select("id", "scheme"), "id")
    placed = placed.left_join(pathways, [placed.scheme == pathways.scheme_id, placed.way == pathways.name])
    placed = placed.select(*ways.columns, place=placed.place.fill_null(0))
    rank = ibis.row_number().over(group_by="id", order_by=["short", "place"])
    return placed.mutate(rank=rank).filter(_.rank == 0).drop("rank")


def _chosen(open_choice: Table, catalogue: Catalogue, same: Alike) -> pyarrow.Table:
    """The samples for which something is to be chosen, counted in the best legal way."""
    rows = (_best(number, catalogue.structures[scheme], units) for number, scheme, units in _units(open_choice, same))
    return table_of(STANDING, rows)


def _best(number: int, structure: Structure, units: Mapping[str, bool]) -> tuple[int, int, int, int]:
    best = best_count(structure, units)
    lines = structure.lines_of(best.pathway)
    short = {line: line.minimum - best.have[line.place] for line in lines if line.minimum > best.have[line.place]}
    credits = max((by for line, by in short.items() if line.measure == "credits"), default=0)
    return number, len(lines), len(short), credits


def _reach(samples: Table, catalogue: Catalogue, same: Alike) -> pyarrow.Table:
    """Whether units complete the samples: only what was carried over from elsewhere can stand in the way."""
    limited = [code for code, one in catalogue.structures.items() if any(line.elsewhere for line in one.lines)]
    rows = _units(samples.filter(samples.scheme.isin(limited)), same) if limited else ()
    found = ((number, can_finish(catalogue.structures[scheme], units)) for number, scheme, units in rows)
    return table_of(REACH, found)


def _units(samples: Table, same: Alike) -> Iterator[tuple[int, str, dict[str, bool]]]:
    """Each sample with its scheme and its units."""
    for row in samples.to_pyarrow().to_pylist():
        yield row["id"], row["scheme"], same.units(row)
