"""What judging costs: one record with its sentences, and a table of records at once."""

import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import date

import duckdb
import ibis

from bench.figures import Figure
from conferral.batch.judging import judge_table
from conferral.rules.book import rules_on
from conferral.rules.facts import ClaimFacts
from conferral.rules.rule import judge

GOOD = ClaimFacts(
    scheme="09628", claimed_on=date(2026, 11, 23), unit="J/600/1003", unit_in_scheme=True,
    registered_on=date(2026, 9, 1), approved_on=date(2010, 1, 1), evidence_needed="the candidate's own work",
    evidence_kind="the candidate's own work", assessor=1, assessor_at_centre=True, internal_verifier=2, moderator=3,
)  # fmt: skip
LATE = ClaimFacts(
    scheme="10263", claimed_on=date(2015, 1, 1), unit="J/600/1003", unit_in_scheme=True,
    registered_on=date(2014, 2, 1), last_registration=date(2013, 12, 31), final_certification=date(2014, 12, 31),
    safe_claim=date(2014, 10, 31), approved_on=date(2010, 1, 1), evidence_needed="the candidate's own work",
    evidence_kind="the candidate's own work", assessor=1, assessor_at_centre=True, internal_verifier=1, moderator=3,
)  # fmt: skip
# Every fact is a column. Rows differ in days, people and what is known, so that each rule speaks of some.
_COLUMNS = {
    "scheme": "CASE n % 2 WHEN 0 THEN '09628' ELSE '10263' END",
    "claimed_on": "date '2013-06-01' + (n % 700)::int",
    "unit": "'J/600/1003'",
    "unit_in_scheme": "n % 97 <> 0",
    "registered_on": "CASE WHEN n % 89 <> 0 THEN date '2012-06-01' + (n % 900)::int END",
    "last_registration": "CASE n % 2 WHEN 1 THEN date '2013-12-31' END",
    "final_certification": "CASE n % 2 WHEN 1 THEN date '2014-12-31' END",
    "safe_claim": "CASE n % 2 WHEN 1 THEN date '2014-10-31' END",
    "approved_on": "date '2010-01-01' + (n % 1200)::int",
    "approval_ended_on": "CASE n % 50 WHEN 0 THEN date '2014-01-01' END",
    "evidence_needed": "'the candidate''s own work'",
    "evidence_kind": "CASE n % 60 WHEN 0 THEN 'proof of unit achievement' ELSE 'the candidate''s own work' END",
    "assessor": "CASE WHEN n % 70 <> 0 THEN n % 500 END",
    "assessor_at_centre": "n % 80 <> 0",
    "internal_verifier": "CASE WHEN n % 75 <> 0 THEN n % 499 END",
    "achieved_on": "CASE n % 300 WHEN 0 THEN date '2013-01-01' END",
    "open_claim": "CASE n % 200 WHEN 0 THEN n END",
    "refused_in": "CASE n % 400 WHEN 0 THEN n END",
    "moderator": "CASE WHEN n % 120 <> 0 THEN n % 20 END",
}


def measure(records: int, rows: int) -> Iterator[Figure]:
    """One record after another, then a table on the embedded DuckDB."""
    rules = f"{len(rules_on('claim'))} rules on claims"
    for facts in (GOOD, LATE):
        yield Figure("One claimed unit judged", f"{rules}, {_spoken(facts)}", f"{microseconds(facts, records):.0f} µs")
    seconds, spoken = judge_rows(rows)
    conditions = f"{rules}, DuckDB, loading excluded; rules spoke {spoken:,} times"
    yield Figure(f"{rows:,} claimed units judged", conditions, f"{seconds:.2f} s")


def microseconds(facts: ClaimFacts, times: int) -> float:
    """What one record costs, sentences included."""
    rules = rules_on("claim")
    began = time.perf_counter()
    for _ in range(times):
        judge(facts, rules)
    return (time.perf_counter() - began) / times * 1e6


def judge_rows(rows: int) -> tuple[float, int]:
    """Seconds to judge a table that DuckDB holds (the best of three), and how often a rule spoke."""
    engine = ibis.duckdb.from_connection(duckdb.connect())
    columns = ", ".join(f"{_COLUMNS[fact.name]} AS {fact.name}" for fact in fields(ClaimFacts))
    engine.raw_sql(f"CREATE TABLE facts AS SELECT n AS id, {columns} FROM range(1, {rows + 1}) AS r(n)")
    spoken = judge_table(engine.table("facts"), rules_on("claim"))
    count, best = 0, float("inf")
    for _ in range(3):
        began = time.perf_counter()
        count = int(spoken.count().execute())
        best = min(best, time.perf_counter() - began)
    return best, count


def _spoken(facts: ClaimFacts) -> str:
    verdict = judge(facts, rules_on("claim"))
    return f"{len(verdict.refused)} refusals with their sentences" if verdict.refused else "nothing refused"
