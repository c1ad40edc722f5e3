"""The one door to extract.duckdb: open for building, locked and read-only for analysts.

DuckDB's own texts quote values, so none of them gets past this room.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from participatieketen.errors import Busy, CorruptInput, KetenError, NoAccess, WrongUse

Connection = duckdb.DuckDBPyConnection

LOCKED: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": False, "lock_configuration": True}
"""`read_only` alone still lets COPY write files."""

_READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
_OPEN_ERRORS = (
    (
        r"set lock|Conflicting lock|different configuration",
        Busy,
        "is in gebruik door een ander proces: probeer het straks opnieuw",
    ),
    (r"[Pp]ermission denied", NoAccess, "is niet te openen: geef leesrecht"),
    (r"No space left|OutOfMemory|[Oo]ut of [Mm]emory", NoAccess, "past niet in het geheugen of op de schijf"),
    (r"Corrupt|not a valid|enough bytes|[Ss]erializ|WAL", CorruptInput, "is beschadigd: maak het opnieuw"),
)
_QUERY_ERRORS: tuple[tuple[type[duckdb.Error], str, str], ...] = (
    (duckdb.ParserException, "", "De SQL is niet te lezen{place}: verbeter de opdracht."),
    (duckdb.CatalogException, "", "Onbekende tabel of functie{place}; dit zijn de tabellen: {tables}."),
    (
        duckdb.BinderException,
        "",
        "Onbekende of dubbele kolom, of een bewerking op het verkeerde type{place}; tabellen: {tables}.",
    ),
    (duckdb.PermissionException, "", "Buiten het extract lezen of schrijven mag niet: gebruik de tabellen erin."),
    (duckdb.DataError, "", "Een waarde past niet in het gevraagde type{place}: gebruik try_cast."),
    (duckdb.Error, "read-only", "Het extract is alleen te lezen: gebruik een opdracht die niets verandert."),
    (duckdb.ProgrammingError, "", "De opdracht kan zo niet worden uitgevoerd{place} ({kind})."),
)
_OWN_SQL = (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException, duckdb.PermissionException)
"""What is wrong is in what the user typed: the line says it all."""


@contextmanager
def connect(path: Path) -> Iterator[Connection]:
    """Open a database file for building and close it whatever happens; DuckDB's errors lose their values."""
    try:
        connection = duckdb.connect(str(path))
    except duckdb.Error as error:
        raise _file_error(error, path) from None
    try:
        yield connection
    except duckdb.Error as error:
        raise _file_error(error, path) from None
    finally:
        connection.close()


@contextmanager
def under_construction(path: Path) -> Iterator[Path]:
    """Give a path for a database to build; a killed run leaves nothing there, nor does this one but what it moved."""
    _remove(path)
    try:
        yield path
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    shutil.rmtree(path.with_name(f"{path.name}.tmp"), ignore_errors=True)  # where DuckDB puts what memory cannot hold


def write(connection: Connection, table: str, frame: pl.DataFrame) -> int:
    """Write a frame as a table, in place of the one there was; return how many rows the database counts in it."""
    connection.execute(f"drop table if exists {table}")
    connection.from_arrow(frame.to_arrow()).create(table)
    return len(connection.table(table))


def open_readonly(path: Path) -> Connection:
    """Return a locked connection that can only read this file; use it in a `with` so that it closes.

    Raises WrongUse when there is no extract yet, CorruptInput when the file is damaged.
    """
    if not path.is_file():
        raise WrongUse(f"{path} bestaat nog niet: maak het extract met `keten run`.")
    try:
        return duckdb.connect(str(path), read_only=True, config=LOCKED)
    except duckdb.Error as error:
        raise _file_error(error, path) from None


def query(path: Path, sql: str, values: Mapping[str, object] | None = None) -> pl.DataFrame:
    """Return what one reading statement gives; `values` are those of its $names.

    Raises WrongUse when it is not one reading statement or cannot be run, saying where and which tables there are.
    """
    with open_readonly(path) as connection:
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type not in _READING:
                raise WrongUse(
                    f"Geef precies één leesopdracht (SELECT, DESCRIBE, SHOW of EXPLAIN); "
                    f"dit zijn er {len(statements)} of het is een andere soort opdracht."
                )
            return _frame(connection.sql(statements[0], params=dict(values) if values else None))
        except duckdb.Error as error:
            raise _query_error(error, path, _tables(connection)) from None


def _frame(result: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    try:
        frame = pl.from_arrow(result.to_arrow_table())
    except pl.exceptions.PolarsError as error:
        raise WrongUse(
            "De uitkomst past niet in een tabel: geef elke kolom een eigen naam en zet een tijdsduur om naar tekst.",
            error,
        ) from None
    if not isinstance(frame, pl.DataFrame):
        raise WrongUse("De opdracht geeft geen tabel.")
    return frame


def _tables(connection: Connection) -> str:
    try:
        rows = connection.execute("select table_name from duckdb_tables() order by 1").fetchall()
    except duckdb.Error:
        return "niet te lezen"
    return ", ".join(name for (name,) in rows)


def _file_error(error: duckdb.Error, path: Path) -> KetenError:
    for pattern, kind, text in _OPEN_ERRORS:
        if re.search(pattern, f"{type(error).__name__} {error}"):
            return kind(f"{path} {text}.", error)
    return KetenError(f"{path}: de database weigert een opdracht ({type(error).__name__}); meld dit als fout.", error)


def _query_error(error: duckdb.Error, path: Path, tables: str) -> KetenError:
    for kind, pattern, text in _QUERY_ERRORS:
        if isinstance(error, kind) and re.search(pattern, str(error)):
            line = text.format(place=_place(str(error)), tables=tables, kind=type(error).__name__)
            return WrongUse(line, None if isinstance(error, _OWN_SQL) else error)
    return _file_error(error, path)


def _place(text: str) -> str:
    """Return ' (regel 1, teken 8)' as DuckDB's caret points; a line it cut short gives no column."""
    shown = re.search(r"\nLINE (\d+): (.*)\n( *)\^", text)
    if not shown:
        return ""
    number, line, indent = shown.groups()
    column = len(indent) - len(f"LINE {number}: ") + 1
    return f" (regel {number})" if line.startswith("...") else f" (regel {number}, teken {column})"
