"""Register tables drawn as text, loaded as the extract holds them, and the spells that come of them."""

from datetime import date

import duckdb
import polars as pl

from drawn import PARTICIPATIE, Table, drawn
from participatieketen import contracts, places, spells
from participatieketen.chain import Chain

CONTRACTS = contracts.read_folder(places.project() / "data_contracts")
_COLUMNS = "person | register | position | first_day | next_day | reason | after"


def spells_from(tables: dict[str, str], columns: str = _COLUMNS, chain: Chain = PARTICIPATIE) -> Table:
    """Return the spells of drawn registers: persoon | role of a column (begindatum, einddatum, ...) or its name."""
    found = register_spells({name: drawn(text) for name, text in tables.items()}, chain)
    names = [name.strip() for name in columns.split("|")]
    return [
        {name: "" if value is None else str(value) for name, value in zip(names, row, strict=True)}
        for row in found.select(names).iter_rows()
    ]


def register_spells(tables: dict[str, Table], chain: Chain = PARTICIPATIE) -> pl.DataFrame:
    """Return the spells of these rows of registers, as the extract holds them."""
    with duckdb.connect() as connection:
        persons = {place.table for position in chain.positions for place in position.known}
        for name in (set(chain.sources) | persons) & set(CONTRACTS):
            connection.from_arrow(_register(name, tables.get(name, [])).to_arrow()).create(name)
        return spells.spells(connection, CONTRACTS, chain)


def _register(name: str, rows: Table) -> pl.DataFrame:
    contract = CONTRACTS[name]
    kinds = {"date": pl.Date(), "integer": pl.Int64(), "number": pl.Float64(), "boolean": pl.Boolean()}
    fields = {field.name: kinds.get(field.type, pl.String()) for field in contract.fields if field.role != "persoon"}
    columns: dict[str, list[object]] = {column: [] for column in ("person", "regel", *fields)}
    for number, row in enumerate(rows, start=2):
        given = {contract.role(head) or head: cell for head, cell in row.items()}
        columns["person"].append(int(given.pop("client_pseudoniem", None) or given.pop("persoon", None) or 0))
        columns["regel"].append(number)
        for field, kind in fields.items():
            columns[field].append(_cell(given.get(field) or None, kind))
    return pl.DataFrame(columns, schema={"person": pl.Int32(), "regel": pl.Int64(), **fields})


def _cell(text: str | None, kind: pl.DataType) -> object:
    if text is None or kind == pl.String:
        return text
    return date.fromisoformat(text) if kind == pl.Date else int(text)
