"""The engines that judge sets: DuckDB in this process, or Spark."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow
import sqlglot
from ibis import Table

from conferral.batch.written import Step

BITS_A_ROW, MOST_BITS = 32, 10**9  # DuckDB makes no longer string of bits


@cache
def _for_duckdb(text: str) -> str:
    """A query for PostgreSQL as DuckDB wants it, put over once in a process."""
    (put_over,) = sqlglot.transpile(text, read="postgres", write="duckdb")
    return put_over


class Duck:
    """DuckDB in this process. What does not fit into memory goes to a folder of its own."""

    dialect = "duckdb"

    def __init__(self, folder: Path) -> None:
        self.connection = ibis.duckdb.connect(temp_directory=str(folder), preserve_insertion_order=False)

    def hold(self, name: str, table: Table | pyarrow.Table) -> Table:
        """Work a table out once and keep it under a name."""
        self.keep(name, table)
        return self.connection.table(name)

    def keep(self, name: str, table: Table | pyarrow.Table) -> None:
        """As `hold`, for a table that only a text names."""
        # Not by `create_table`: Ibis 12 drops what it replaces with a statement that newer sqlglots leave unfinished.
        if isinstance(table, pyarrow.Table):
            self.connection.con.register("held", table)
            self.connection.raw_sql(f'CREATE OR REPLACE TABLE "{name}" AS FROM held')
            self.connection.con.unregister("held")
        else:
            self.connection.raw_sql(f'CREATE OR REPLACE TABLE "{name}" AS {self.connection.compile(table)}')

    def view_text(self, name: str, text: str) -> None:
        """Give the answer to a query written for PostgreSQL a name; it is worked out where that name is read."""
        self.work_out([Step(name, _for_duckdb(text), view=True)])

    def view(self, name: str, table: Table) -> None:
        """Give a table another name; nothing is worked out."""
        self.work_out([Step(name, self.connection.compile(table), view=True)])

    def work_out(self, steps: Iterable[Step]) -> None:
        """Take steps that were written in this dialect."""
        for step in steps:
            kind = "VIEW" if step.view else "TABLE"
            self.connection.raw_sql(f'CREATE OR REPLACE {kind} "{step.name}" AS {step.text}')

    def ask(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of an answer; the text is one that every engine understands."""
        return self.connection.con.execute(text).fetchall()

    def distinct(self, table: str, number: str) -> int:
        """How many different whole numbers a column has, NULL not counted."""
        ((rows, least, most),) = self.ask(f"SELECT count(*), min({number}), max({number}) FROM {table}")
        if least is None:
            return 0
        # A bit for each number that there may be is several times as quick as hashing those that there are.
        close = most - least < min(BITS_A_ROW * rows, MOST_BITS)
        counted = f"bit_count(bitstring_agg({number}, {least}, {most}))" if close else f"count(DISTINCT {number})"
        return int(self.ask(f"SELECT {counted} FROM {table}")[0][0])

    def read(self, path: Path) -> Table:
        """A Parquet file, or a folder of them."""
        return self.connection.read_parquet(str(path / "*.parquet" if path.is_dir() else path))

    def write(self, table: Table, path: Path) -> None:
        """Write a table as a Parquet file."""
        self.connection.to_parquet(table, str(path))

    def close(self) -> None:
        self.connection.disconnect()


class Spark:
    """Spark: the session that this process has, else a local one that nobody else can reach."""

    dialect = "pyspark"

    def __init__(self, folder: Path) -> None:
        from pyspark.sql import SparkSession

        self.theirs = SparkSession.getActiveSession()
        self.session: Any = self.theirs or _local(SparkSession.builder, folder).getOrCreate()
        self.connection = ibis.pyspark.connect(self.session)

    def hold(self, name: str, table: Table | pyarrow.Table) -> Table:
        """Work a table out once and keep it under a name."""
        self.keep(name, table)
        return self.connection.table(name)

    def keep(self, name: str, table: Table | pyarrow.Table) -> None:
        """As `hold`, for a table that only a text names."""
        frame = self._frame(table).localCheckpoint()  # or each plan would repeat all those before it
        frame.createOrReplaceTempView(name)

    def _frame(self, table: Table | pyarrow.Table) -> Any:
        if isinstance(table, pyarrow.Table):
            schema = ibis.Schema.from_pyarrow(table.schema)
            from ibis.backends.pyspark.datatypes import PySparkSchema

            return self.session.createDataFrame(table.to_pylist(), PySparkSchema.from_ibis(schema))
        return self.session.sql(self.connection.compile(table))

    def view_text(self, name: str, text: str) -> None:
        """Give the answer to a query written for PostgreSQL a name; it is worked out where that name is read."""
        self.view(name, self.connection.sql(text, dialect="postgres"))

    def view(self, name: str, table: Table) -> None:
        """Give a table another name; nothing is worked out."""
        self._frame(table).createOrReplaceTempView(name)

    def work_out(self, steps: Iterable[Step]) -> None:
        """Take steps that were written in this dialect."""
        for step in steps:
            frame = self.session.sql(step.text)
            (frame if step.view else frame.localCheckpoint()).createOrReplaceTempView(step.name)

    def ask(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of an answer; the text is one that every engine understands."""
        return [tuple(row) for row in self.session.sql(text).collect()]

    def distinct(self, table: str, number: str) -> int:
        """How many different whole numbers a column has, NULL not counted."""
        return int(self.ask(f"SELECT count(DISTINCT {number}) FROM {table}")[0][0])

    def read(self, path: Path) -> Table:
        """A Parquet file, or a folder of them."""
        return self.connection.read_parquet(str(path))

    def write(self, table: Table, path: Path) -> None:
        """Write a table as a folder of Parquet files."""
        self._frame(table).write.mode("overwrite").parquet(str(path))

    def close(self) -> None:
        self.session.catalog.clearCache()
        if not self.theirs:
            self.session.stop()


ENGINES: dict[str, Callable[[Path], Duck | Spark]] = {"duckdb": Duck, "spark": Spark}


@contextmanager
def engine(name: str) -> Iterator[Duck | Spark]:
    """An engine for one run. Raises KeyError for an unknown name, ImportError where its packages are missing."""
    with tempfile.TemporaryDirectory(prefix="conferral-batch-") as folder:
        opened = ENGINES[name](Path(folder))
        try:
            yield opened
        finally:
            opened.close()


def _local(builder: Any, folder: Path) -> Any:
    options = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(folder),
        "spark.local.dir": str(folder),
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder
