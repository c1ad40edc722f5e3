"""Rules as a Great Expectations suite, run inside DuckDB: counts come out, never a value.

Great Expectations takes seconds to import and phones home unless told not to: it is imported only here, when a
delivery is checked. The database must not be open elsewhere in this process while it is checked.
"""

import logging
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from participatieketen.contracts.model import Contract, Rule
from participatieketen.contracts.rules import quoted
from participatieketen.contracts.verdict import Verdict, outcome
from participatieketen.errors import CorruptInput, WrongUse

# logical type of a field -> the DuckDB types a staged column may have
STAGED_TYPES: Mapping[str, str] = {
    "string": r"VARCHAR",
    "integer": r"U?(TINYINT|SMALLINT|INTEGER|BIGINT)",
    "number": r"DOUBLE|FLOAT|DECIMAL\(.*\)|(TINYINT|SMALLINT|INTEGER|BIGINT)",
    "boolean": r"BOOLEAN",
    "date": r"DATE",
}
REFERENCE = re.compile(r"\blevering\.(\w+)")
# what SQLAlchemy would read as the name of a parameter (sqlalchemy.sql.compiler.BIND_PARAMS)
BIND_NAME = re.compile(r"(?<![:\w\\]):(?=[\w$]+(?![:\w$]))")
ERROR_KIND = re.compile(r"_?duckdb\.(\w+(?:Exception|Error))\b")


def check(database: Path, contracts: Iterable[Contract], schema: str = "levering") -> Verdict:
    """Verdict on the staged tables of these contracts.

    Raises WrongUse when a table, a column or a type is not as staged, or when a rule cannot be run (a rule that
    fails to run is never read as passed), and CorruptInput when the database cannot be read.
    """
    checked = tuple(contracts)
    totals = _staged_rows(database, checked, schema)
    with _quiet(), _source(database) as source:
        outcomes = [
            outcome(contract, rule, count, totals[contract.name])
            for contract in checked
            for rule, count in _counted(source, contract, schema)
        ]
    return Verdict(tuple(outcomes))


def breaching_rows(
    connection: duckdb.DuckDBPyConnection, rule: Rule, table: str, schema: str = "levering"
) -> list[int]:
    """Row numbers (regel) of the delivered rows that breach a rule, in order: the query that `check` counts."""
    batch = f"(select * from {quoted(schema)}.{quoted(table)}) as subselect"  # noqa: S608 # names of the contract, quoted
    try:
        rows = connection.execute(_placed(rule.query, schema).format(batch=batch)).fetchall()
    except duckdb.Error as error:
        raise _cannot_run(table, rule.name, type(error).__name__, error) from None
    return sorted(row[0] for row in rows)


def _staged_rows(database: Path, contracts: tuple[Contract, ...], schema: str) -> dict[str, int]:
    """Rows per staged table, after making sure that every table and column a rule needs is there."""
    try:
        with closing(duckdb.connect(str(database), read_only=True)) as connection:
            columns = _columns(connection, schema)
            problems = [problem for contract in contracts for problem in _misfits(contract, columns)]
            if problems:
                raise WrongUse(f"De levering kan niet worden getoetst: {'; '.join(problems)}.")
            return {contract.name: _rows(connection, contract.name, schema) for contract in contracts}
    except duckdb.Error as error:
        raise CorruptInput(
            f"Database {database.name} kan niet worden gelezen: sluit andere verbindingen of laad de levering opnieuw.",
            error,
        ) from None


def _columns(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "select table_name, column_name, data_type from information_schema.columns where table_schema = ?", [schema]
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _rows(connection: duckdb.DuckDBPyConnection, table: str, schema: str) -> int:
    row = connection.execute(f"select count(*) from {quoted(schema)}.{quoted(table)}").fetchone()  # noqa: S608 # names from the contract, quoted
    return int(row[0]) if row else 0


def _misfits(contract: Contract, columns: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    staged = columns.get(contract.name)
    if staged is None:
        yield f"tabel {contract.name} ontbreekt"
        return
    for name, kind in [("regel", "integer"), *((field.name, field.type) for field in contract.fields)]:
        if name not in staged:
            yield f"kolom {contract.name}.{name} ontbreekt"
        elif not re.fullmatch(STAGED_TYPES[kind], staged[name]):
            yield f"kolom {contract.name}.{name} is niet van het type {kind}"
    for rule in contract.rules:
        for table in sorted(set(REFERENCE.findall(rule.query)) - set(columns)):
            yield f"regel {rule.name} van {contract.name} heeft ook de levering van {table} nodig"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Great Expectations from phoning home, warning, or logging errors that quote values."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@contextmanager
def _source(database: Path) -> Iterator[Any]:
    """Great Expectations' view of the database, read-only; closed on the way out."""
    import great_expectations as gx  # noqa: PLC0415 # takes seconds
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415 # idem
    from sqlalchemy import URL  # noqa: PLC0415 # idem

    from participatieketen.contracts import duckdb_engine_fix  # noqa: PLC0415 # idem

    duckdb_engine_fix.register()
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(
        name="levering",
        connection_string=URL.create(duckdb_engine_fix.DRIVERNAME, database=str(database)).render_as_string(),
        kwargs={"connect_args": {"read_only": True}},
        create_temp_table=False,
    )
    engine = source.get_engine()
    try:
        with engine.connect():  # keeps the database open, so that each of Great Expectations' connections is cheap
            yield source
    finally:
        engine.dispose()


def _counted(source: Any, contract: Contract, schema: str) -> Iterator[tuple[Rule, int]]:  # noqa: ANN401 # GX has no types
    """Every rule of a contract with its count: one batch, one validation."""
    from great_expectations import ExpectationSuite  # noqa: PLC0415 # takes seconds
    from great_expectations.expectations.core.unexpected_rows_expectation import (  # noqa: PLC0415 # idem
        UnexpectedRowsExpectation,
    )

    asset = source.add_table_asset(contract.name, table_name=contract.name, schema_name=schema)
    expectations = [
        UnexpectedRowsExpectation(unexpected_rows_query=_as_text(_placed(rule.query, schema)), meta={"rule": rule.name})
        for rule in contract.rules
    ]
    results = (
        asset.add_batch_definition_whole_table("alles")
        .get_batch()
        .validate(
            ExpectationSuite(name=contract.name, expectations=expectations),
            result_format={"result_format": "BASIC"},
        )
    )
    counts = {result.expectation_config.meta["rule"]: _count(contract, result) for result in results.results}
    for rule in contract.rules:
        if rule.name not in counts:
            raise _cannot_run(contract.name, rule.name, "geen uitslag", str(results))
        yield rule, counts[rule.name]


def _count(contract: Contract, result: Any) -> int:  # noqa: ANN401 # GX has no types
    """Rows that breach; an expectation that failed to run has no count, whatever `success` says."""
    count = (result.result or {}).get("observed_value")
    if not isinstance(count, int) or result.success != (count == 0):
        said = str(result.exception_info)
        kind = ERROR_KIND.search(said)
        name = result.expectation_config.meta["rule"]
        raise _cannot_run(contract.name, name, kind.group(1) if kind else "geen telling", said) from None
    return count


def _cannot_run(contract: str, rule: str, kind: str, behind: BaseException | str) -> WrongUse:
    return WrongUse(
        f"Regel {rule} van contract {contract} kan niet worden uitgevoerd ({kind}): verbeter de regel in het contract.",
        behind,
    )


def _placed(query: str, schema: str) -> str:
    """Rules call the staging schema `levering`; point them at the one in use."""
    return query if schema == "levering" else REFERENCE.sub(lambda match: f"{quoted(schema)}.{match[1]}", query)


def _as_text(query: str) -> str:
    return BIND_NAME.sub(r"\\:", query)
