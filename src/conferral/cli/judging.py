"""Judging a nation's registrations on the command line."""

from datetime import date
from pathlib import Path
from typing import Any

from conferral.cli.readiness import WORDS
from conferral.records.access import acting_as
from conferral.rules.permissions import CLOCK

EXTRAS = {"duckdb": "batch", "spark": "spark"}


def judge(registrations: Path, achievements: Path, out: Path, *, on: date, engine: str) -> dict[str, Any] | str:
    """What was judged and written, or a sentence that says why nothing was."""
    if engine not in EXTRAS:
        return f"There is no engine {engine}. Use duckdb or spark."
    for path in (registrations, achievements):
        if not path.exists():
            return f"There is no file {path}. Give the path of a Parquet file, or of a folder of them."
    try:
        from conferral.batch.nation_files import judge_files

        with acting_as(CLOCK):
            return judge_files(registrations, achievements, out, on=on, engine_name=engine)
    except ImportError:
        return f"The engine {engine} is not installed: install conferral with its extra `{EXTRAS[engine]}`."
    except ValueError as problem:
        return str(problem)


def in_words(judged: dict[str, Any]) -> str:
    """The same for a person at a terminal."""
    lines = [f"{judged['registrations']:,} registrations on {judged['on']}"]
    lines += [f"  {WORDS[status]:13}  {count:>12,}" for status, count in judged["readiness"].items()]
    lines += ["Reasons", *(f"  {rule:36}  {count:>12,}" for rule, count in judged["reasons"].items())]
    if judged["achievements_not_counted"]:
        lines.append(
            f"{judged['achievements_not_counted']:,} achievements did not count: their registration is not in the "
            "file, or no group of its scheme has the unit."
        )
    return "\n".join([*lines, "Written:", *(f"  {path}" for path in judged["files"])])
