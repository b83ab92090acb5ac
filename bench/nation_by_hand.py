"""The same answers written by hand for the two diplomas of the benchmark, as fast as we could make it.

Whoever writes by hand knows these schemes: their lines stand in the code, a unit is taken to be achieved at most
once, and there is nothing to choose. The days of the schemes are given.
"""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from bench.nation_world import ON, units

# What each registration has. The amounts of a unit are packed into one number, nine bits each, below 2^53.
PACKED = """
CREATE TABLE stands AS
WITH units_of AS (
    SELECT a.registration, u.scheme, sum(u.packed)::BIGINT AS packed
    FROM achievements a JOIN units u ON u.unit = a.unit
    GROUP BY a.registration, u.scheme
), sums AS (
    SELECT r.*, u.packed FROM registrations r
    LEFT JOIN units_of u ON u.registration = r.registration AND u.scheme = r.scheme
), amounts AS (
    SELECT registration, scheme, awarded_on, coalesce(packed & 511, 0) AS a_units,
           coalesce(packed >> 9 & 511, 0) AS a, coalesce(packed >> 18 & 511, 0) AS b,
           coalesce(packed >> 27 & 511, 0) AS c, coalesce(packed >> 36 & 511, 0) AS d,
           coalesce(packed >> 45 & 255, 0) AS d2
    FROM sums
), short AS (
    SELECT registration, scheme, awarded_on, greatest(0, 45 - a - b - c - least(d, 7)) AS whole,
           greatest(0, 45 - a - b - c - least(d2, 7)) AS high, greatest(0, 19 - a) AS a,
           greatest(0, 5 - a_units) AS a_units, greatest(0, 3 - b) AS b, greatest(0, 16 - c) AS c
    FROM amounts
)
SELECT registration, scheme, awarded_on, greatest(whole, high, a, b, c) AS credits_short,
       (whole > 0)::int + (high > 0)::int + (a > 0)::int + (a_units > 0)::int + (b > 0)::int + (c > 0)::int AS unmet,
       final_certification, plan_by, safe_claim,
       $on + (ceil(greatest(whole, high, a, b, c) * 10 / $hours) * 7)::int AS earliest
FROM short JOIN days USING (scheme)
"""
OPEN = "unmet > 0 AND awarded_on IS NULL"
SPOKEN = {
    "combination-not-met": ("refused", "unmet > 0"),
    "certificate-after-final-certification": ("refused", "$on > final_certification"),
    "certificate-already-due": ("refused", "awarded_on IS NOT NULL"),
    "readiness-after-final-certification": ("refused", "awarded_on IS NULL AND $on > final_certification"),
    "readiness-after-safe-claim": ("warned", f"{OPEN} AND $on > safe_claim AND $on <= final_certification"),
    "readiness-after-planned-completion": ("warned", f"{OPEN} AND $on > plan_by"),
    "readiness-time-too-short": ("warned", f"{OPEN} AND earliest > safe_claim"),
    "readiness-units-missing": ("noted", OPEN),
}
STATUS = """
SELECT registration, scheme, CASE WHEN awarded_on IS NULL THEN unmet ELSE 0 END::BIGINT AS unmet,
       credits_short::BIGINT AS credits_short,
       CASE WHEN {refused} THEN 'cannot_finish' WHEN {warned} THEN 'at_risk' WHEN {noted} THEN 'can_finish'
            ELSE 'ready' END AS status, false AS could_transfer
FROM stands
"""
DAYS = "VALUES ('90200', NULL::date, NULL::date, NULL::date), ('90201', {final}, {plan_by}, {safe})"


def on_duckdb(registrations: Path, achievements: Path, out: Path, days: dict[str, date], hours: int) -> None:
    """One hash join, one sum, eight filters."""
    engine = duckdb.connect(config={"preserve_insertion_order": False})
    dates = {name: f"date '{day}'" for name, day in days.items()}
    engine.execute("CREATE TABLE units (scheme VARCHAR, unit VARCHAR, packed DOUBLE)")
    engine.executemany(
        "INSERT INTO units VALUES (?, ?, ?)", [(scheme, unit, packed(*one)) for scheme, unit, *one in units()]
    )
    engine.execute(
        f"CREATE TABLE days AS FROM ({DAYS.format(**dates)}) d(scheme, final_certification, plan_by, safe_claim)"
    )
    engine.execute(f"CREATE VIEW registrations AS FROM '{registrations}'")
    engine.execute(f"CREATE VIEW achievements AS FROM '{achievements}'")
    engine.execute(_known(PACKED, hours))
    arms = (
        f"SELECT registration, '{rule}' AS rule, '{outcome}' AS outcome FROM stands WHERE {spoken}"
        for rule, (outcome, spoken) in SPOKEN.items()
    )
    engine.execute(f"COPY ({_known(' UNION ALL '.join(arms), hours)}) TO '{out / 'reasons.parquet'}'")
    status = STATUS.format(**{outcome: _any_of(outcome) for outcome in ("refused", "warned", "noted")})
    engine.execute(f"COPY ({_known(status, hours)}) TO '{out / 'readiness.parquet'}'")


def packed(group: str, level: int, credit: int) -> int:
    """What one unit adds to the amounts of its registration."""
    place = {"A": 9, "B": 18, "C": 27, "D": 36}[group]
    return (group == "A") + (credit << place) + (credit << 45 if group == "D" and level >= 2 else 0)


def _any_of(outcome: str) -> str:
    readiness = (spoken for rule, (one, spoken) in SPOKEN.items() if one == outcome and rule.startswith("readiness"))
    return " OR ".join(f"({spoken})" for spoken in readiness)


def _known(text: str, hours: int) -> str:
    return text.replace("$on", f"date '{ON}'").replace("$hours", str(hours))


def on_polars(registrations: Path, achievements: Path, out: Path, days: dict[str, date], hours: int) -> None:
    """The same with Polars: lazy, and written while it is read where Polars can."""
    import polars as pl

    known = pl.DataFrame(
        [(scheme, unit, packed(*one)) for scheme, unit, *one in units()],
        schema={"scheme": pl.String, "unit": pl.String, "packed": pl.Int64}, orient="row",
    )  # fmt: skip
    dated = pl.DataFrame(
        [("90200", None, None, None), ("90201", days["final"], days["plan_by"], days["safe"])],
        schema={"scheme": pl.String, "final": pl.Date, "plan_by": pl.Date, "safe": pl.Date}, orient="row",
    )  # fmt: skip
    rows = pl.scan_parquet(registrations)
    sums = (
        pl.scan_parquet(achievements)
        .join(known.lazy(), on="unit")
        .group_by("registration", "scheme")
        .agg(pl.col("packed").sum())
    )
    have = rows.join(sums, on=["registration", "scheme"], how="left").join(dated.lazy(), on="scheme")
    stands = _short(pl, have, hours).collect(engine="streaming")
    spoken = _spoken(pl)
    reasons = pl.concat(
        [
            stands.lazy().filter(said).select("registration", rule=pl.lit(rule), outcome=pl.lit(outcome))
            for rule, (outcome, said) in spoken.items()
        ]
    )
    reasons.sink_parquet(out / "reasons.parquet")
    _status(pl, stands.lazy(), spoken).sink_parquet(out / "readiness.parquet")


def _short(pl: Any, have: Any, hours: int) -> Any:
    names = {"a_units": 0, "a": 9, "b": 18, "c": 27, "d": 36, "d2": 45}
    amounts = have.with_columns(pl.col("packed").fill_null(0)).with_columns(
        **{name: pl.col("packed") // (1 << place) % 512 for name, place in names.items()}
    )
    three = pl.col("a") + pl.col("b") + pl.col("c")
    short = {
        "whole": 45 - three - pl.min_horizontal("d", pl.lit(7)),
        "high": 45 - three - pl.min_horizontal("d2", pl.lit(7)),
        "a_short": 19 - pl.col("a"),
        "b_short": 3 - pl.col("b"),
        "c_short": 16 - pl.col("c"),
    }
    credits = pl.max_horizontal(pl.lit(0), *short)
    unmet = sum((pl.col(name) > 0).cast(pl.Int64) for name in short) + (pl.col("a_units") < 5).cast(pl.Int64)
    return (
        amounts.with_columns(**short)
        .with_columns(credits_short=credits.cast(pl.Int64), unmet=unmet)
        .with_columns(earliest=pl.lit(ON) + pl.duration(weeks=(pl.col("credits_short") * 10 + hours - 1) // hours))
        .select(
            "registration", "scheme", "awarded_on", "unmet", "credits_short", "final", "plan_by", "safe", "earliest"
        )
    )


def _spoken(pl: Any) -> dict[str, tuple[str, Any]]:
    on, column = pl.lit(ON), pl.col
    still = (column("unmet") > 0) & column("awarded_on").is_null()
    late, awarded = on > column("final"), column("awarded_on").is_not_null()
    return {
        "combination-not-met": ("refused", column("unmet") > 0),
        "certificate-after-final-certification": ("refused", late),
        "certificate-already-due": ("refused", awarded),
        "readiness-after-final-certification": ("refused", late & ~awarded),
        "readiness-after-safe-claim": ("warned", still & (on > column("safe")) & (on <= column("final"))),
        "readiness-after-planned-completion": ("warned", still & (on > column("plan_by"))),
        "readiness-time-too-short": ("warned", still & (column("earliest") > column("safe"))),
        "readiness-units-missing": ("noted", still),
    }


def _status(pl: Any, stands: Any, spoken: dict[str, tuple[str, Any]]) -> Any:
    said = {
        outcome: pl.any_horizontal(
            *(
                one.fill_null(False)
                for rule, (of, one) in spoken.items()
                if of == outcome and rule.startswith("readiness")
            )
        )
        for outcome in ("refused", "warned", "noted")
    }
    status = (
        pl.when(said["refused"]).then(pl.lit("cannot_finish")).when(said["warned"]).then(pl.lit("at_risk"))
        .when(said["noted"]).then(pl.lit("can_finish")).otherwise(pl.lit("ready"))
    )  # fmt: skip
    unmet = pl.when(pl.col("awarded_on").is_null()).then(pl.col("unmet")).otherwise(0)
    return stands.select(
        "registration", "scheme", unmet.alias("unmet"), "credits_short", status=status, could_transfer=pl.lit(False)
    )
