"""A DuckDB dialect that Great Expectations can use: it reads a result before anything else can drop it.

Great Expectations 1.24 commits before it fetches and DuckDB then discards the pending result, so that every
expectation ends in an IndexError. Fetching right after execution helps. Delete this file when Great Expectations
has a DuckDB engine of its own:
https://github.com/great-expectations/great_expectations/issues/11579
https://github.com/great-expectations/great_expectations/pull/12084
"""

import atexit
from typing import Any

import duckdb_engine
from duckdb_engine import Dialect
from sqlalchemy import URL
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.pool import NullPool, Pool

DRIVER = "duckdb.buffered"
DRIVERNAME = "duckdb+buffered"

_Execution: Any = Dialect.execution_ctx_cls


class BufferedExecution(_Execution):  # type: ignore[misc] # duckdb-engine ships no types
    """An execution whose rows are held in memory; every query here counts, or gives 200 row numbers."""

    def post_exec(self) -> None:
        """Fetch all rows while the result is still there."""
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, initial_buffer=self.cursor.fetchall()
            )


class BufferedDialect(Dialect):
    """DuckDB for Great Expectations."""

    execution_ctx_cls = BufferedExecution
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003 - as inherited
        """Close every connection after use: one that stays open keeps the file from being opened for writing."""
        return NullPool


def register() -> None:
    """Make the dialect known under DRIVERNAME."""
    registry.register(DRIVER, __name__, BufferedDialect.__name__)


# Once Great Expectations is imported, something in it outlives the interpreter and keeps duckdb-engine; DuckDB then
# reports its own types as "leaked" on the terminal. Letting go of them before the end keeps it quiet.
atexit.register(vars(duckdb_engine).clear)
