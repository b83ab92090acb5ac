"""Judging a nation: from Parquet to Parquet with reason codes, beside code by hand and rule engines of others."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from bench import home
from bench.figures import Figure
from conferral.rules.book import rules_on
from conferral.rules.facts import CertificateFacts, ReadinessFacts
from conferral.rules.rule import judge

LATE = ReadinessFacts(
    scheme="10263", on=date(2014, 12, 15), constraints=7, unmet=3, finishable=True,
    missing="2 more credits from group B; 3 more credits", finish_at_the_earliest=date(2015, 1, 5),
    plan_by=date(2014, 10, 31), safe_claim=date(2014, 11, 10), alternatives="10379",
    final_certification=date(2014, 12, 31),
)  # fmt: skip
UNMET = CertificateFacts(
    scheme="10263", produced_on=date(2015, 1, 1), final_certification=date(2014, 12, 31), constraints=7, unmet=3,
    missing="2 more credits from group B; 3 more credits",
)  # fmt: skip
RATIO_GOAL, ZEN_GOAL, DECISION_GOAL = 1.5, 70, 0.002
KEYS = {
    "reasons": "registration, rule, outcome",
    "readiness": "registration, scheme, unmet, credits_short, status, could_transfer",
}


def measure(sizes: list[int], compared: int, times: int) -> Iterator[Figure]:
    """One decision; a nation of each size beside code by hand; engines of others at the size given."""
    yield one_decision()
    home.call("bench.nation_world:load_catalogue", database="nation")
    with tempfile.TemporaryDirectory(prefix="conferral-nation-") as folder:
        runs = {size: _size(folder, size, times) for size in sizes}
        for size, found in runs.items():
            yield from _sized(size, found, goal=size == max(sizes))
        yield _growth({size: found["duckdb"]["seconds"] for size, found in runs.items()})
        yield from _compared(folder, compared, runs.get(compared, {}).get("duckdb"))


def one_decision(repeats: int = 5000) -> Figure:
    """Award and readiness of one registration whose facts are known, sentences included."""
    began = time.perf_counter()
    for number in range(repeats):
        on = LATE.on + timedelta(days=number % 2)
        judge(replace(LATE, on=on), rules_on("readiness"))
        judge(UNMET, rules_on("award"))
    seconds = (time.perf_counter() - began) / repeats
    spoken = len(judge(LATE, rules_on("readiness")).reasons) + len(judge(UNMET, rules_on("award")).reasons)
    about = f"{len(rules_on('readiness')) + len(rules_on('award'))} rules, {spoken} speak, with their sentences"
    return Figure(
        "Award and readiness of one registration", about, f"{seconds * 1000:.3f} ms", "at most 2 ms",
        seconds <= DECISION_GOAL,
    )  # fmt: skip


def run(way: str, folder: str, size: int, times: int = 1, cores: int = 0) -> dict[str, Any]:
    """As `bench.nation_runs.run`, in a process of its own."""
    return home.call(
        "bench.nation_runs:run", database="nation", way=way, folder=folder, registrations=size, times=times, cores=cores
    )


def _size(folder: str, size: int, times: int) -> dict[str, dict[str, Any]]:
    """The product and the code by hand on one nation. Raises ValueError when they do not agree."""
    home.call("bench.nation_world:write_files", database="nation", folder=folder, registrations=size)
    found = {way: run(way, folder, size, times) for way in ("DuckDB by hand", "duckdb", "Polars by hand")}
    for way in ("DuckDB by hand", "Polars by hand"):
        if "missing" not in found[way]:
            agree(found["duckdb"]["out"], found[way]["out"], KEYS)
    return found


def agree(ours: str, theirs: str, keys: dict[str, str]) -> None:
    """Raise ValueError unless both folders hold the same rows."""
    for name, columns in keys.items():
        mine, other = (
            f"SELECT {columns} FROM '{Path(one) / name}.parquet{_parts(one, name)}'" for one in (ours, theirs)
        )
        only = (f"(SELECT count(*) FROM ({one} EXCEPT ALL {two}))" for one, two in ((mine, other), (other, mine)))
        counts = duckdb.sql(f"SELECT {', '.join(only)}").fetchone()
        if counts != (0, 0):
            raise ValueError(f"{name} of {ours} and {theirs} differ: {counts}")


def _parts(folder: str, name: str) -> str:
    return "/*.parquet" if (Path(folder) / f"{name}.parquet").is_dir() else ""


def _sized(size: int, found: dict[str, dict[str, Any]], *, goal: bool) -> Iterator[Figure]:
    ours, about = found["duckdb"], f"{size:,} registrations x 10 achievements"
    yield Figure("A nation judged on DuckDB", f"{about}; {memory(ours)}", in_seconds(ours))
    tried = {}
    for way in ("DuckDB by hand", "Polars by hand"):
        if "missing" in found[way]:
            yield not_here(way, found[way])
        else:
            tried[way] = found[way]["seconds"]
            yield Figure(
                f"The same with {way}", f"{about}; the same answer; {memory(found[way])}", in_seconds(found[way])
            )
    best = min(tried, key=lambda way: tried[way])
    ratio = ours["seconds"] / tried[best]
    said = (f"at most {RATIO_GOAL}", ratio <= RATIO_GOAL) if goal else ()
    yield Figure("A nation judged, times code by hand", f"{about}, against {best}", f"{ratio:.2f}", *said)


def _growth(seconds: dict[int, float]) -> Figure:
    """How the cost of one registration grows from the smallest nation to the largest."""
    few, many = min(seconds), max(seconds)
    growth = (seconds[many] / many) / (seconds[few] / few)
    costs = ", ".join(f"{seconds[size] / size * 1e6:.1f} µs at {size:,}" for size in sorted(seconds))
    return Figure("Cost of one registration, growth", costs, f"{growth:.2f}", "at most 1", growth <= 1)


def _compared(folder: str, size: int, ours: dict[str, Any] | None) -> Iterator[Figure]:
    home.call("bench.nation_world:write_files", database="nation", folder=folder, registrations=size)
    ours = ours or run("duckdb", folder, size, 2)
    about = f"{size:,} registrations x 10 achievements, the same reasons"
    for way, goal in (("zen-engine", ZEN_GOAL), ("OpenFisca", 1)):
        theirs = run(way, folder, size, 1 if way == "zen-engine" else 2)
        if "missing" in theirs:
            yield not_here(way, theirs)
            continue
        agree(ours["out"], theirs["out"], {"reasons": KEYS["reasons"]})
        times = theirs["seconds"] / ours["seconds"]
        words = f"{about}; {in_seconds(theirs)} and {theirs['megabytes']:,.0f} MB against {in_seconds(ours)}"
        yield Figure(f"A nation judged, times {way}", words, f"{times:.1f}", f"at least {goal}", times >= goal)


def not_here(way: str, found: dict[str, Any]) -> Figure:
    """That a way could not be tried, and what is missing for it."""
    return Figure(f"A nation judged, {way}", f"not tried: {found['missing']} is not installed here", "-")


def in_seconds(found: dict[str, Any]) -> str:
    """How long the best of the runs took."""
    return f"{found['seconds']:.2f} s"


def memory(found: dict[str, Any]) -> str:
    """The most memory that the process has held."""
    return f"peak memory {found['megabytes']:,.0f} MB"
