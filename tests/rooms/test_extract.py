"""Extract: the one door to the database, and what its errors do not say."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from participatieketen import extract
from participatieketen.errors import CorruptInput, KetenError, WrongUse

PLANTED = "ZZKANARIE"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return an extract with a planted text in it."""
    database = tmp_path / "extract.duckdb"
    with extract.connect(database) as connection:
        extract.write(connection, "client", pl.DataFrame({"person": range(3), "naam": [PLANTED, "b", None]}))
        extract.write(connection, "bijstand", pl.DataFrame({"person": [0, 1]}))
    return database


def test_a_written_table_is_read_back(path: Path) -> None:
    """The same rows; how many the database counts; a second write replaces the first."""
    assert extract.query(path, "select person from client").to_series().to_list() == [0, 1, 2]
    with extract.connect(path) as connection:
        assert extract.write(connection, "client", pl.DataFrame({"person": [7]})) == 1
    assert extract.query(path, "from client").rows() == [(7,)]


@pytest.mark.parametrize("sql", ["select 1", "from client", "describe client", "show tables", "explain from client"])
def test_one_reading_statement_runs(path: Path, sql: str) -> None:
    """SELECT, DESCRIBE, SHOW and EXPLAIN give a table."""
    assert extract.query(path, sql).height


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "select 1; select 2",
        "drop table client",
        "insert into client values (9, 'x')",
        "copy client to 'weg.csv'",
        "attach 'weg.duckdb'",
        "set threads = 1",
        "pragma database_size",
        "install httpfs",
    ],
)
def test_anything_else_is_wrong_use(path: Path, sql: str) -> None:
    """Nothing, two at once, or a statement that changes something."""
    with pytest.raises(WrongUse, match="precies één leesopdracht"):
        extract.query(path, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "with weg as (insert into client values (9, 'x') returning 1) from weg",
        "explain analyze insert into client values (9, 'x')",
    ],
)
def test_a_change_dressed_as_reading_is_wrong_use(path: Path, sql: str) -> None:
    """The file is open for reading only."""
    with pytest.raises(WrongUse, match="alleen te lezen"):
        extract.query(path, sql)
    assert extract.query(path, "from client").height == 3


@pytest.mark.parametrize("sql", ["from read_csv('{}')", "from '{}'", "from read_text('{}')", "from glob('{}')"])
def test_other_files_are_out_of_reach(path: Path, tmp_path: Path, sql: str) -> None:
    """An analyst's query cannot read the disk."""
    other = tmp_path / "ander.csv"
    other.write_text(PLANTED)
    with pytest.raises(WrongUse, match="Buiten het extract") as error:
        extract.query(path, sql.format(other))
    assert PLANTED not in str(error.value)


def test_a_connection_for_analysts_cannot_be_unlocked(path: Path, tmp_path: Path) -> None:
    """No writing of files through COPY, no changing of the settings that forbid it."""
    weg = tmp_path / "weg.csv"
    with extract.open_readonly(path) as connection:
        for sql in (f"copy client to '{weg}'", "set enable_external_access = true", "create table x as select 1"):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)
    assert not weg.exists()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", "De SQL is niet te lezen (regel 1, teken 1)"),
        ("select 1\n  frm client x", "De SQL is niet te lezen (regel 2, teken"),
        ("from clint", "Onbekende tabel of functie; dit zijn de tabellen: bijstand, client."),
        ("select leeftijd from client", "Onbekende of dubbele kolom"),
        ("select cast(naam as int) from client", "Een waarde past niet in het gevraagde type (regel 1, teken 8)"),
        ("select strptime(naam, '%Y') from client", "De opdracht kan zo niet worden uitgevoerd"),
        ("select error(naam) from client", "De opdracht kan zo niet worden uitgevoerd"),
        ("select person, person from client", "geef elke kolom een eigen naam"),
        ("select interval 1 day", "geef elke kolom een eigen naam"),
    ],
)
def test_a_mistake_is_told_in_dutch_without_a_value(path: Path, sql: str, said: str) -> None:
    """The kind and the place; DuckDB's own text, which quotes values, is gone."""
    with pytest.raises(WrongUse) as error:
        extract.query(path, sql)
    assert said in str(error.value)
    assert PLANTED not in str(error.value)
    assert error.value.__suppress_context__


def test_an_error_while_building_loses_its_value(path: Path) -> None:
    """What stops is the build; the row that stopped it is not shown, and the file is closed."""
    with pytest.raises(KetenError) as error, extract.connect(path) as connection:
        connection.execute("select cast(naam as int) from client").fetchall()
    assert PLANTED not in str(error.value)
    with extract.connect(path):
        pass


def test_without_an_extract_the_command_is_named(tmp_path: Path) -> None:
    """Wrong use that says how to make one."""
    with pytest.raises(WrongUse, match="keten run"):
        extract.query(tmp_path / "extract.duckdb", "select 1")


@pytest.mark.parametrize("damage", ["cut", "overwritten", "flipped", "emptied"])
def test_a_damaged_extract_is_corrupt(path: Path, damage: str) -> None:
    """Whether it is seen on opening or on reading."""
    raw = path.read_bytes()
    middle = raw.index(PLANTED.encode())
    path.write_bytes(
        {
            "cut": raw[: len(raw) // 3],
            "overwritten": PLANTED.encode() * 2000,
            "flipped": raw[:middle] + b"YY" + raw[middle + 2 :],
            "emptied": b"",
        }[damage]
    )
    with pytest.raises(CorruptInput, match="beschadigd") as error:
        extract.query(path, "from client")
    assert PLANTED not in str(error.value)
