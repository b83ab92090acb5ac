"""One way of judging a nation, in a process of its own so that its memory is its own."""

import resource
import time
from pathlib import Path
from typing import Any

from bench import nation_by_hand, nation_engines
from bench.nation_world import ON, SCHEMES, files
from conferral.batch.catalogue import catalogue_of
from conferral.rules.policies import policy

OTHERS = {
    "DuckDB by hand": nation_by_hand.on_duckdb,
    "Polars by hand": nation_by_hand.on_polars,
    "zen-engine": nation_engines.on_zen,
    "OpenFisca": nation_engines.on_openfisca,
}


def run(way: str, folder: str, registrations: int, times: int = 1, cores: int = 0) -> dict[str, Any]:
    """Judge from file to file; the best of some times in seconds, and the peak of memory in MB.

    `missing` names the package without which that way can't be tried here.
    """
    out = Path(folder) / f"{way} {registrations} {cores}".replace(" ", "-")
    out.mkdir(exist_ok=True)
    try:
        seconds = [_once(way, Path(folder), registrations, out, cores) for _ in range(times)]
    except ImportError as problem:
        return {"missing": problem.name or str(problem)}
    return {"seconds": min(seconds), "all": seconds, "megabytes": _peak(), "out": str(out)}


def _peak() -> float:
    """The most memory that this process and those it started (Spark's Java) have held, in MB."""
    children = [Path(f"/proc/{number}/status") for number in Path("/proc/thread-self/children").read_text().split()]
    lines = [line for path in children for line in path.read_text().splitlines() if line.startswith("VmHWM")]
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + sum(int(line.split()[1]) for line in lines)) / 1024


def _once(way: str, folder: Path, registrations: int, out: Path, cores: int) -> float:
    given = files(folder, registrations)
    if way in OTHERS:
        closing = catalogue_of(SCHEMES, on=ON).schemes["90201"]
        days = {"final": closing.final_certification, "plan_by": closing.plan_by, "safe": closing.safe_claim}
        began = time.perf_counter()
        OTHERS[way](*given, out, days, policy("hours_a_week"))
        return time.perf_counter() - began
    return _conferral(way, given, out, cores)


def _conferral(way: str, given: tuple[Path, Path], out: Path, cores: int) -> float:
    """The product from file to file; with Spark, in a session that is open already."""
    from conferral.batch.nation_files import judge_files

    if way == "spark":
        from pyspark.sql import SparkSession

        options = {
            "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "8", "spark.driver.memory": "4g", "spark.log.level": "ERROR",
            "spark.sql.session.timeZone": "UTC",
        }  # fmt: skip
        builder = SparkSession.builder.master(f"local[{cores}]")
        for name, value in options.items():
            builder = builder.config(name, value)
        builder.getOrCreate()
    began = time.perf_counter()
    judge_files(*given, out, on=ON, engine_name=way)
    return time.perf_counter() - began
