"""A DuckDB dialect that Great Expectations can use: it reads a result before anything else can drop it.

Great Expectations 1.24 commits before it fetches and DuckDB then discards the pending result, so that every
expectation ends in an IndexError. Fetching right after execution helps. Delete this file when Great Expectations
has a DuckDB engine of its own:
https://github.com/great-expectations/great_expectations/issues/11579
https://github.com/great-expectations/great_expectations/pull/12084
"""

from typing import Any

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

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


def register() -> None:
    """Make the dialect known under DRIVERNAME."""
    registry.register(DRIVER, __name__, BufferedDialect.__name__)
