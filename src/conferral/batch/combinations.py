"""How far sets of registrations have come: the product's SQL text, once for all that count alike."""

from collections.abc import Iterator, Mapping
from typing import Any

import ibis
import pyarrow
from ibis import Table, _

from conferral.batch.alike import Alike
from conferral.batch.catalogue import NUMBER, TEXT, YES, Catalogue, table_of
from conferral.batch.engines import Duck, Spark
from conferral.records.awards.completion import best_count, can_finish
from conferral.records.awards.queries import COMBINATION_OF_ALL
from conferral.rules.combinations import Structure

STANDING = {"id": NUMBER, "constraints": NUMBER, "unmet": NUMBER, "credits_short": NUMBER}
_NO_CLAIMS = {
    "claims_claim": {"id": NUMBER, "state": TEXT},
    "claims_claimedunit": {"registration_id": NUMBER, "unit_id": TEXT, "claim_id": NUMBER, "state": TEXT},
}


def standing_of(samples: Table, catalogue: Catalogue, same: Alike, engine: Duck | Spark) -> Table:
    """What each sample lacks: `constraints`, `unmet`, `credits_short` and whether it is `within_reach`.

    A sample is a registration that stands for all that count like it: `id`, `scheme`, and its words of
    `achieved` and `carried` units. A sample without a rule of combination does not come back.
    """
    _hold_what_the_text_asks_for(samples, catalogue, same, engine)
    ways = engine.hold("ways", _ways(engine.hold_text("lines", COMBINATION_OF_ALL)))
    best = engine.hold("best", _least_short(ways, samples, engine.connection.table("catalogue_pathway")))
    chosen = engine.hold("chosen", _chosen(best, samples, catalogue, same))
    reach = engine.hold("reach", _reach(samples, catalogue, same))
    decided = best.filter(~best.undecided).select(**{name: best[name].cast("int64") for name in STANDING})
    return ibis.union(decided, chosen.select(*STANDING)).left_join(reach, "id").drop("id_right")


def _hold_what_the_text_asks_for(samples: Table, catalogue: Catalogue, same: Alike, engine: Duck | Spark) -> None:
    for name, table in catalogue.tables.items():
        engine.keep(name, table)
    for name, columns in _NO_CLAIMS.items():
        engine.keep(name, table_of(columns, ()))
    engine.keep("candidates_registration", samples.select("id", scheme_id="scheme"))
    engine.keep("candidates_achievement", _achievements(samples, same, engine))


def _achievements(samples: Table, same: Alike, engine: Duck | Spark) -> Table:
    """The units of the samples, read from their bits."""
    units = samples.join(engine.connection.table("unit_bits"), "scheme")
    units = units.filter(_any_bit(units, "achieved", same))
    return units.select(
        registration_id="id",
        unit_id="unit",
        origin=_any_bit(units, "carried", same).ifelse("transfer", "decision"),
    )


def _any_bit(units: Table, words: str, same: Alike) -> Any:
    return ibis.or_(*((units[f"{words}_{word}"] & units[f"bit_{word}"]) != 0 for word in range(same.words)))


def _ways(lines: Table) -> Table:
    """Each sample in each pathway."""
    short = ibis.greatest(lines.need - lines.have, 0)
    return lines.group_by("id", "way").agg(
        constraints=lines.count(),
        unmet=(short > 0).cast("int64").sum(),
        short=short.sum(),
        credits_short=ibis.ifelse(lines.measure == "credits", short, 0).max(),
        undecided=lines.undecided.any(),
    )


def _least_short(ways: Table, samples: Table, pathways: Table) -> Table:
    """Each sample in the pathway in which it is least short, the first of several."""
    placed = ways.join(samples.select("id", "scheme"), "id")
    placed = placed.left_join(pathways, [placed.scheme == pathways.scheme_id, placed.way == pathways.name])
    placed = placed.select(*ways.columns, place=placed.place.fill_null(0))
    rank = ibis.row_number().over(group_by="id", order_by=["short", "place"])
    return placed.mutate(rank=rank).filter(_.rank == 0).drop("rank")


def _chosen(best: Table, samples: Table, catalogue: Catalogue, same: Alike) -> pyarrow.Table:
    """The samples for which something is to be chosen, counted in the best legal way."""
    open_choice = best.filter(best.undecided).select("id").join(samples, "id")
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
    return table_of({"id": NUMBER, "within_reach": YES}, found)


def _units(samples: Table, same: Alike) -> Iterator[tuple[int, str, dict[str, bool]]]:
    """Each sample with its scheme and its units."""
    for row in samples.to_pyarrow().to_pylist():
        yield row["id"], row["scheme"], same.units(row)
