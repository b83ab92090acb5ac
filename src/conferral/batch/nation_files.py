"""A nation from files: Parquet in, Parquet out, with what is wrong in them said in a sentence."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import ibis
from ibis import Table

from conferral.batch.catalogue import catalogue_of
from conferral.batch.engines import Duck, Spark, engine
from conferral.batch.nation import judge_nation
from conferral.rules.readiness import STATUSES

REGISTRATIONS = {"registration": "int64", "scheme": "string", "awarded_on": "date", "held_on": "date"}
ACHIEVEMENTS = {"registration": "int64", "unit": "string", "origin": "string"}
MAY_BE_MISSING = ("awarded_on", "held_on", "origin")


def judge_files(registrations: Path, achievements: Path, out: Path, *, on: date, engine_name: str) -> dict[str, Any]:
    """Judge the registrations of a file and write `reasons` and `readiness` into a folder; returns the counts.

    Raises ValueError, with a sentence, for a file that can't be judged. Nothing is written then.
    """
    with engine(engine_name) as opened:
        rows = _columns(opened.read(registrations), REGISTRATIONS, registrations)
        opened.view("registrations", rows)
        units = _columns(opened.read(achievements), ACHIEVEMENTS, achievements)
        schemes = _schemes(opened, registrations)
        catalogue = catalogue_of(schemes, on=on)
        _refuse_unknown(set(schemes) - set(catalogue.schemes))
        judged = judge_nation(rows, units, catalogue, on=on, engine=opened)
        out.mkdir(parents=True, exist_ok=True)
        opened.write(judged.reasons, out / "reasons.parquet")
        opened.write(judged.readiness, out / "readiness.parquet")
    return {
        "on": on.isoformat(),
        "registrations": sum(judged.statuses.values()),
        "readiness": {name: judged.statuses.get(name, 0) for name in STATUSES},
        "reasons": dict(sorted(judged.spoken.items())),
        "counted_alike": judged.alike,
        "achievements_not_counted": judged.not_counted,
        "files": [str(out / f"{name}.parquet") for name in WRITTEN],
    }


WRITTEN = ("readiness", "reasons")


def _columns(table: Table, wanted: dict[str, str], path: Path) -> Table:
    """The wanted columns in their types. Raises ValueError when one has to be there and is not."""
    missing = [name for name in wanted if name not in table.columns and name not in MAY_BE_MISSING]
    if missing:
        raise ValueError(f"{path} has no column {_listed(missing)}. It has {', '.join(table.columns)}.")
    return table.select(
        **{name: table[name].cast(kind) if name in table.columns else ibis.null(kind) for name, kind in wanted.items()}
    )


def _schemes(engine: Duck | Spark, path: Path) -> list[str]:
    """The schemes that are registered for. Raises ValueError when a registration is not there just once."""
    schemes = dict(engine.ask("SELECT scheme, count(*) FROM registrations GROUP BY scheme"))
    rows = sum(schemes.values())
    if without := schemes.pop(None, 0):
        raise ValueError(f"{without} rows of {path} have no scheme.")
    numbers = engine.distinct("registrations", "registration")
    if numbers != rows:
        raise ValueError(f"{rows - numbers} rows of {path} have no registration number, or one that is there twice.")
    return list(schemes)


def _refuse_unknown(schemes: Iterable[str]) -> None:
    if unknown := sorted(schemes):
        raise ValueError(
            f"No scheme has the code {_listed(unknown[:5])}. A scheme code has five digits, zeros included."
        )


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
