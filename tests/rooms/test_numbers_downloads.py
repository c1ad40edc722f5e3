"""Every value in a download is that of the released table it is of, and every count of a table is in the ledger."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import polars as pl
import pytest

from conftest import Run
from figures import Tables
from participatieketen.disclosure import Released
from participatieketen.readings import published_table
from participatieketen.reports import spreadsheet
from publication import run_figures, tables_of
from webpage import Text

Cell = tuple[int, str]
"""A row and the column it is of; row -1 is the heads."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
SPAN = re.compile(r"(\d+)-(\d+)")
PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml"
    r"|xl/(workbook|styles|theme/theme1|worksheets/sheet\d+)\.xml|xl/_rels/workbook\.xml\.rels"
)
"""What a workbook is packed of: no remarks, no macros, no names, nothing hidden."""

ARCS = {
    "stock": ("stock_flow", "month", "position", "totaal"),
    "stock_flow": ("stock_flow", "month", "from_position", "to_position"),
    "step_month": ("step_month", "month", "direction", "totaal"),
    "step_year": ("step_year", "", "from_position", "to_position"),
    "year_matrix": ("year_matrix", "", "from_position", "to_position"),
}
"""Table -> how the ledger has it: family, and the columns with the month and both ends of an arc."""


def csv_differences(table: Released, content: bytes) -> list[Cell]:
    """Return the cells of a CSV that do not say what the table has."""
    heads, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return _differences(table, heads, [_read(row, published_table(table).dtypes) for row in rows])


def sheet_differences(table: Released, rows: Sequence[Sequence[Any]]) -> list[Cell]:
    """Return the cells of a sheet, its heads first, that do not have what the table has."""
    heads, *cells = rows
    days = [[cell.date() if isinstance(cell, datetime) else cell for cell in row] for row in cells]
    return _differences(table, heads, days)


def _differences(table: Released, heads: Sequence[Any], rows: Sequence[Sequence[Any]]) -> list[Cell]:
    """Return where heads and rows are not those of the table; more or fewer rows or columns is a difference too."""
    published = published_table(table)
    columns = published.columns
    wrong = [] if [*heads] == [spreadsheet.HEADS.get(column, column) for column in columns] else [(-1, "")]
    if len(rows) != published.height or any(len(row) != len(columns) for row in rows):
        return [*wrong, (len(rows), "")]
    asked = [[_as_shown(value) for value in row] for row in published.iter_rows()]
    return wrong + [
        (place, column)
        for place, (row, shown) in enumerate(zip(asked, rows, strict=True))
        for column, one, other in zip(columns, row, shown, strict=True)
        if one != (None if other == "" else other)
    ]


def _as_shown(value: object) -> object:
    """Return a released value as a spreadsheet has it: yes and no, whole percents, spans written out, no empty text."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        return percents if abs(value - (percents := round(value, 2))) < 1e-9 else value
    if not isinstance(value, str):
        return value
    written = SPAN.sub(r"\1 tot \2", value) if SPAN.fullmatch(value) else value
    return f"'{written}" if written.startswith(FORMULA) else written or None


def _read(row: Sequence[str], kinds: Sequence[pl.DataType]) -> list[object]:
    """Return the cells of a line as values; those too many as they are."""
    return [*map(_from_csv, row, kinds), *row[len(kinds) :]]


def _from_csv(cell: str, kind: pl.DataType) -> object:
    """Return a cell as a Dutch spreadsheet reads it in a column of this kind; text that is not of it stays text."""
    if kind.is_integer() and re.fullmatch(r"-?(0|[1-9]\d*)", cell):
        return int(cell)
    if kind.is_float() and re.fullmatch(r"[01],\d\d?", cell):
        return float(cell.replace(",", "."))
    if kind == pl.Date and re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return date.fromisoformat(cell)
    return cell


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each sheet of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(sheet.sheet_state == "visible" for sheet in book.worksheets)
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def beside(content: bytes) -> list[Text]:
    """Return what a workbook says beside its tables: how to read them, and whose they are."""
    about = openpyxl.load_workbook(io.BytesIO(content)).properties
    said = [cell for row in sheets(content)[spreadsheet.NOTES] for cell in row]
    return [Text(str(text)) for text in (*said, about.title, about.creator, about.description, about.subject)]


def not_in_ledger(tables: Tables, ledger: pl.DataFrame) -> pl.DataFrame:
    """Return the arcs of these tables whose value is not that of the ledger's last line about them."""
    name = ["family", "grouping", "group_code", "month", "from_position", "to_position"]
    newest = ledger.group_by(name, maintain_order=True).last().with_columns(pl.col("month").str.to_date())
    last = dict(newest.group_by("family").agg(pl.max("month")).iter_rows())
    arcs = pl.concat([*_whole(tables), *_arcs(tables, last)], how="diagonal")
    known = newest.with_columns(pl.col("grouping", "group_code").replace("", None))
    return arcs.join(known.select(*name, "value"), on=[*name, "value"], how="anti", nulls_equal=True)


def _whole(tables: Tables) -> Iterator[pl.DataFrame]:
    """Yield the tables that have every arc as the ledger has it."""
    for name, value in (("released_stock_flow", "persons"), ("released_steps", "steps")):
        frame = tables[name].frame.rename({value: "value"}).drop("base", "bound", "provisional")
        yield frame.with_columns(pl.col("grouping", "group_code").replace("", None))


def _arcs(tables: Tables, last: Mapping[str, date]) -> Iterator[pl.DataFrame]:
    for name, (family, month, start, end) in ARCS.items():
        frame = tables[name].frame
        yield frame.select(
            family=pl.lit(family),
            month=pl.col(month) if month else pl.lit(last[family]),
            from_position=pl.col(start),
            to_position=pl.col(end) if end in frame.columns else pl.lit(end),
            value=pl.col("persons" if "persons" in frame.columns else "steps"),
        )


@pytest.mark.parametrize("name", ["town", "mvad"])
def test_every_value_in_a_download_is_that_of_its_table(name: str, request: pytest.FixtureRequest) -> None:
    """In each CSV and each sheet, cell by cell, and nothing else is in them; what a workbook says beside is known."""
    run: Run = request.getfixturevalue(name)
    tables, files = tables_of(run), run.downloads
    book = sheets(files["tabellen.xlsx"])
    assert {path for path in files if path.endswith(".csv")} == {f"{table}.csv" for table in tables}
    assert {path: csv_differences(table, files[f"{path}.csv"]) for path, table in tables.items()} == {
        path: [] for path in tables
    }
    assert {*book} == {spreadsheet.NOTES, *map(spreadsheet.sheet_name, tables)}
    assert {path: sheet_differences(table, book[spreadsheet.sheet_name(path)]) for path, table in tables.items()} == {
        path: [] for path in tables
    }
    assert run_figures(name, run).strange(beside(files["tabellen.xlsx"])) == []
    with zipfile.ZipFile(io.BytesIO(files["tabellen.xlsx"])) as packed:
        assert [part for part in packed.namelist() if not PARTS.fullmatch(part)] == []


def _filled(table: Released, column: str) -> tuple[int, int]:
    """Return the place of a column, and the first row that has something in it."""
    published = published_table(table)
    return published.columns.index(column), int(published[column].is_not_null().arg_true()[0])


def test_a_wrong_value_in_a_csv_is_found(town: Run) -> None:
    """One more, none, a text or a decimal in place of a count; another share; a row too many; another head."""
    tables = tables_of(town)
    for name, column in (("stock", "persons"), ("estimate", "share"), ("delivery", "rows"), ("audited", "small")):
        table, content = tables[name], town.downloads[f"{name}.csv"].decode("utf-8-sig")
        place, filled = _filled(table, column)
        heads, first, *rest = content.splitlines()
        for wrong in ("12347", "", "x", "0,123", "1.235", "5 "):
            rows = [line.split(";") for line in (first, *rest)]
            rows[filled][place] = wrong
            changed = "\r\n".join([heads, *map(";".join, rows)]).encode()
            assert csv_differences(table, changed) == [(filled, column)]
        assert csv_differences(table, "\r\n".join([heads, first, first, *rest]).encode())
        assert csv_differences(table, "\r\n".join([heads.replace(";", ";x", 1), first, *rest]).encode()) == [(-1, "")]


def test_a_wrong_value_in_a_workbook_is_found(town: Run) -> None:
    """In the cell of a count or of a share, in a sheet of a table and in what explains it."""
    tables, content = tables_of(town), town.downloads["tabellen.xlsx"]
    for name, column in (("stock", "persons"), ("estimate", "share"), ("verdict", "total")):
        place, filled = _filled(tables[name], column)
        for wrong in (12347, None, "x", 0.123):
            book = openpyxl.load_workbook(io.BytesIO(content))
            book[spreadsheet.sheet_name(name)].cell(filled + 2, place + 1).value = wrong
            saved = io.BytesIO()
            book.save(saved)
            rows = sheets(saved.getvalue())[spreadsheet.sheet_name(name)]
            assert sheet_differences(tables[name], rows) == [(filled, column)]
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[spreadsheet.NOTES]["A2"].value = "Er zijn 37 mensen."
    saved = io.BytesIO()
    book.save(saved)
    figures = run_figures("town", town)
    assert [token for token, _ in figures.strange(beside(saved.getvalue()))] == ["37"]


@pytest.mark.parametrize("name", ["town", "mvad"])
def test_every_count_of_an_arc_is_in_the_ledger(name: str, request: pytest.FixtureRequest) -> None:
    """As the ledger's last line about it has it; another value is found."""
    run: Run = request.getfixturevalue(name)
    tables, ledger = tables_of(run), pl.read_ndjson(run.ledger.path)
    assert not_in_ledger(tables, ledger).height == 0
    assert not_in_ledger(tables, ledger.with_columns(value=pl.col("value") + 1)).height > 1_000
