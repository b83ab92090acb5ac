"""Judging a nation on Spark, with one core and with two: the same rows as DuckDB's, from Parquet to Parquet."""

import tempfile
from collections.abc import Iterator

from bench import home
from bench.figures import Figure
from bench.nation import KEYS, agree, in_seconds, memory, not_here, run


def measure(sizes: list[int], times: int) -> Iterator[Figure]:
    """A nation of each size. Raises ValueError when Spark and DuckDB do not agree."""
    home.call("bench.nation_world:load_catalogue", database="nation")
    with tempfile.TemporaryDirectory(prefix="conferral-nation-") as folder:
        for size in sizes:
            yield from _sized(folder, size, times)


def _sized(folder: str, size: int, times: int) -> Iterator[Figure]:
    home.call("bench.nation_world:write_files", database="nation", folder=folder, registrations=size)
    ours = run("duckdb", folder, size)
    for cores in (1, 2):
        found = run("spark", folder, size, times, cores)
        if "missing" in found:
            yield not_here("Spark", found)
            return
        agree(ours["out"], found["out"], KEYS)
        first = f"session open; first run {found['all'][0]:.1f} s; {memory(found)}"
        words = f"{size:,} registrations x 10 achievements, local[{cores}], {first}"
        yield Figure("A nation judged on Spark", words, in_seconds(found))
