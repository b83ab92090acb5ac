"""A nation to judge: two diplomas of 44 units in the catalogue, and files with ten achievements a registration."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

from conferral.actions.catalogue import load_packs
from conferral.cli.run import prepare
from conferral.rules.packs import read_pack
from conferral.rules.permissions import Acting

ON = date(2026, 11, 23)
SCHEMES = {"90200": None, "90201": date(2027, 1, 31)}  # each with its final certification
# Groups of units as the level 2 Diploma has them: how many, and the level and credit of each.
GROUPS = {
    "A": [(2, 4)] * 4 + [(2, 3)],
    "B": [(2, 3), (2, 2), (3, 4)],
    "C": [(2 + n % 2, 4 + n % 5) for n in range(22)],
    "D": [(1 + n % 2, 2 + n % 3) for n in range(14)],
}
LINES = """
  { group = "whole", measure = "credits", minimum = 45, clause = "house 1" },
  { group = "whole", measure = "credits", level_at_least = 2, minimum = 45, clause = "house 1" },
  { group = "A", measure = "credits", minimum = 19, clause = "house 1" },
  { group = "A", measure = "units", minimum = 5, clause = "house 1" },
  { group = "B", measure = "credits", minimum = 3, clause = "house 1" },
  { group = "C", measure = "credits", minimum = 16, clause = "house 1" },
  { group = "D", measure = "credits", maximum = 7, clause = "house 1" },
"""
# Three registrations of every four have all of A, the others three of it; each has up to three units of B, and the
# rest at random from C and D. One in a thousand has a unit of no scheme, which does not count.
REGISTRATIONS = """
SELECT i AS registration, CASE h % 3 WHEN 0 THEN '90201' ELSE '90200' END AS scheme,
       CASE WHEN h % 17 = 0 THEN date '2026-01-01' + (h % 300)::int END AS awarded_on
FROM (SELECT i, (hash(i) >> 8)::BIGINT AS h FROM range(1, $1 + 1) r(i))
"""
ACHIEVEMENTS = """
SELECT i AS registration,
       (CASE WHEN i % 1000 = 0 AND j = 9 THEN '90299' ELSE scheme END) || '-' ||
       CASE WHEN j < a THEN 'A' || j WHEN j < a + b THEN 'B' || (j - a)
            WHEN place < 22 THEN 'C' || place ELSE 'D' || (place - 22) END AS unit,
       CASE WHEN (h + j) % 30 = 0 THEN 'transfer' WHEN (h + j) % 50 <> 1 THEN 'decision' END AS origin
FROM (SELECT i, j, h, scheme, a, b, shuffled[1 + j] % 64 AS place
      FROM (SELECT i, h, CASE h % 3 WHEN 0 THEN '90201' ELSE '90200' END AS scheme,
                   [5, 5, 5, 3][1 + h // 4 % 4] AS a, [1, 2, 3, 1][1 + h // 16 % 4] AS b,
                   list_sort([(hash(i * 64 + n) >> 8)::BIGINT // 64 * 64 + n for n in range(36)]) AS shuffled
            FROM (SELECT i, (hash(i) >> 8)::BIGINT AS h FROM range(1, $1 + 1) r(i))), range(0, 10) s(j))
"""


def units() -> list[tuple[str, str, str, int, int]]:
    """Scheme, unit, group, level and credit."""
    return [
        (scheme, f"{scheme}-{group}{number}", group, level, credit)
        for scheme in SCHEMES
        for group, listed in GROUPS.items()
        for number, (level, credit) in enumerate(listed)
    ]


def load_catalogue() -> None:
    """The schema and the two diplomas. Raises ValueError when the pack is refused."""
    prepare()
    faults = load_packs([read_pack(_pack(), "nation.toml")], at=settings.CLOCK(), by=Acting("desk"))
    if faults:
        raise ValueError(faults)


def write_files(folder: str, registrations: int) -> dict[str, Any]:
    """The two files of a nation; returns their size in MB."""
    engine, paths = duckdb.connect(), files(Path(folder), registrations)
    for text, path in zip((REGISTRATIONS, ACHIEVEMENTS), paths, strict=True):
        engine.execute(f"COPY ({text.replace('$1', str(registrations))}) TO '{path}'")
    return {"megabytes": sum(path.stat().st_size for path in paths) / 1e6}


def files(folder: Path, registrations: int) -> tuple[Path, Path]:
    """Where the registrations and the achievements are."""
    return folder / f"registrations-{registrations}.parquet", folder / f"achievements-{registrations}.parquet"


def _pack() -> str:
    return "\n".join(
        [
            '[sources.house]\ntitle = "Made up for the benchmark"\npublisher = "House"',
            *(_unit(*unit) for unit in units()),
            *(_scheme(code, final) for code, final in SCHEMES.items()),
        ]
    )


def _unit(scheme: str, code: str, group: str, level: int, credit: int) -> str:
    return (
        f'[[unit]]\ncode = "{code}"\ntitle = "Unit {code}"\nlevel = {level}\ncredit = {credit}\n'
        'demonstration = true\nnote = "Made up for the benchmark."'
    )


def _scheme(code: str, final: date | None) -> str:
    ends = f'final_certification = {{ on = {final}, clause = "house 1" }}\n' if final else ""
    groups = "\n".join(
        f'[[scheme.combination.groups]]\nname = "{group}"\ntitle = "Group {group}"\nclause = "house 1"\n'
        f"units = {[unit for scheme, unit, one, *_ in units() if (scheme, one) == (code, group)]}"
        for group in GROUPS
    )
    return (
        f'[[scheme]]\ncode = "{code}"\ntitle = {{ value = "Diploma {code}", clause = "house 1" }}\n'
        'level = { value = 2, clause = "house 1" }\nroute = { value = "verified", clause = "house 1" }\n'
        f'{ends}evidence = [{{ kind = "candidate_work", clause = "house 1" }}]\n'
        f"[scheme.combination]\nconstraints = [{LINES}]\n{groups}"
    )
