"""Register tables -> spell: who was in which register from when to when, and the position that it puts them in."""

from collections.abc import Mapping
from importlib.resources import files

import polars as pl
import pyarrow as pa
from duckdb import (
    CoalesceOperator,
    ColumnExpression,
    ConstantExpression,
    DuckDBPyConnection,
    DuckDBPyRelation,
    Expression,
)
from duckdb.sqltypes import BIGINT, DATE, INTEGER, VARCHAR, DuckDBPyType

from participatieketen.chain import Chain
from participatieketen.contracts import Contract
from participatieketen.errors import ContractBroken, WrongUse


def spells(connection: DuckDBPyConnection, contracts: Mapping[str, Contract], chain: Chain) -> pl.DataFrame:
    """Return the spells of the registers that the chain's rules name.

    connection  to an extract in which each register is a table named as its contract, with `person` and `regel`.
    contracts   by name; the roles of their fields say which column is the begin, the end, the reason, the allocation.

    Returns     (spells x 10)  person Int32, register Enum, position Enum, first_day, next_day Date (half-open; null =
                open), closed, reason, after Enum (the position that the reason leads to; null: no rule names it),
                known_from Date, known Enum (from when a table of persons puts the person where; null: it does not).
                Sorted by person, register and day. A row of a register that satisfies no rule is no spell.
                A pause (a reason in chain.registers[...].pause) goes on until the person's next start in the register
                or the end of the allocation; a definitive stop of the same delivery takes its place.
    Raises      WrongUse: the chain names a register or a column that the contracts do not have.
                ContractBroken: a period lasts no time, or has no begin; says how many.
    """
    _check_names(contracts, chain)
    for name, table in _inputs(connection, contracts, chain).items():
        connection.register(name, table)
    sql = files("participatieketen").joinpath("sql", "spell.sql").read_text(encoding="utf-8")
    found: pl.DataFrame = connection.sql(sql).pl()
    if timeless := _timeless(found):
        raise ContractBroken(
            f"Perioden zonder begin, of met een einde voor het begin: {timeless}. "
            "Zet zulke rijen apart met een regel in het datacontract."
        )
    positions = pl.Enum(chain.codes)
    return found.with_columns(
        pl.col("register").cast(pl.Enum(chain.sources)), pl.col("position", "after", "known").cast(positions)
    )


def _timeless(found: pl.DataFrame) -> str:
    """Return per register how many of its periods last no time; empty when all do."""
    broken = pl.col("first_day").is_null() | (pl.col("next_day") <= pl.col("first_day"))
    counts = found.group_by("register").agg(broken.sum().alias("broken"), pl.len().alias("all")).sort("register")
    return ", ".join(f"{some} van {all_} in {name}" for name, some, all_ in counts.iter_rows() if some)


def _check_names(contracts: Mapping[str, Contract], chain: Chain) -> None:
    for register in chain.sources:
        if register not in contracts:
            raise WrongUse(f"Keten {chain.name} noemt register {register}, maar daar is geen datacontract voor.")
        fields = {item.name for item in contracts[register].fields}
        if missing := sorted(_columns(chain, register) - fields):
            raise WrongUse(
                f"Keten {chain.name} noemt kolom {missing[0]} van {register}; het datacontract kent die niet."
            )

    for place in (place for position in chain.positions for place in position.known):
        if place.table not in contracts or place.column not in {item.name for item in contracts[place.table].fields}:
            raise WrongUse(
                f"Keten {chain.name} noemt kolom {place.column} van {place.table}; geen datacontract kent die."
            )


def _columns(chain: Chain, register: str) -> set[str]:
    opened = {rule.column for position in chain.positions for rule in position.open if rule.register == register}
    ended = {rule.column for position in chain.positions for rule in position.ended if rule.register == register}
    return {column for column in opened | ended if column is not None}


def _inputs(connection: DuckDBPyConnection, contracts: Mapping[str, Contract], chain: Chain) -> dict[str, pa.Table]:
    """Return what spell.sql reads: the registers in one form, and the chain's rules."""
    rows = [_rows(connection.table(name), contracts[name], chain) for name in chain.sources]
    values = [
        _values(connection.table(name), name, column)
        for name in chain.sources
        for column in sorted(_columns(chain, name))
    ]
    return {
        "register_row": pa.concat_tables(rows),
        "register_value": pa.concat_tables(values) if values else _NO_VALUES,
        "open_rule": _open_rules(chain).to_arrow(),
        "ended_rule": _ended_rules(chain).to_arrow(),
        "person_month": _person_months(connection, chain).to_arrow(),
    }


_NO_VALUES = pl.DataFrame(
    schema=dict.fromkeys(("register", "column_name", "value"), pl.String) | {"row_number": pl.Int64}
).to_arrow()


def _person_months(connection: DuckDBPyConnection, chain: Chain) -> pl.DataFrame:
    """Return person, month, position, tried: the months in which tables of persons put people in a position."""
    schema = {"person": pl.Int32, "month": pl.Date, "position": pl.String, "tried": pl.Int32}
    months = [
        connection.table(place.table)
        .select(ColumnExpression("person"), ColumnExpression(place.column).alias("month"))
        .pl()
        .select(pl.col("person", "month"), position=pl.lit(position.code), tried=pl.lit(tried))
        .cast(schema)
        for tried, position in enumerate(chain.positions)
        for place in position.known
    ]
    found: pl.DataFrame = pl.concat([pl.DataFrame(schema=schema), *months])
    return found.drop_nulls("month")


_RULE = dict.fromkeys(("register", "column_name", "value", "position"), pl.String) | {"tried": pl.Int32}


def _rows(table: DuckDBPyRelation, contract: Contract, chain: Chain) -> pa.Table:
    """Return a register in the one form: ends are the first day after, whatever the contract says of its own."""
    after_last = ConstantExpression(1 if contract.end_inclusive else 0)
    reason = _role(contract, "reden", VARCHAR)
    pause = chain.registers[contract.name].pause if contract.name in chain.registers else ()
    paused = reason.isin(*map(ConstantExpression, pause)) if pause else ConstantExpression(value=False)
    return table.select(
        ConstantExpression(contract.name).alias("register"),
        ColumnExpression("regel").cast(BIGINT).alias("row_number"),
        ColumnExpression("person").cast(INTEGER).alias("person"),
        _role(contract, "begindatum", DATE).alias("begin_date"),
        (_role(contract, "einddatum", DATE) + after_last).cast(DATE).alias("end_date"),
        (_role(contract, "uiterste_einddatum", DATE) + after_last).cast(DATE).alias("last_end_date"),
        reason.alias("reason"),
        _role(contract, "groep", VARCHAR).alias("allocation"),
        CoalesceOperator(paused, ConstantExpression(value=False)).alias("paused"),
    ).to_arrow_table()


def _role(contract: Contract, role: str, kind: DuckDBPyType) -> Expression:
    """Return the column that plays the role, or nulls when none does."""
    column = contract.role(role)
    return (ColumnExpression(column) if column else ConstantExpression(None)).cast(kind)


def _values(table: DuckDBPyRelation, register: str, column: str) -> pa.Table:
    return table.select(
        ConstantExpression(register).alias("register"),
        ConstantExpression(column).alias("column_name"),
        ColumnExpression(column).cast(VARCHAR).alias("value"),
        ColumnExpression("regel").cast(BIGINT).alias("row_number"),
    ).to_arrow_table()


def _open_rules(chain: Chain) -> pl.DataFrame:
    rules = [
        (rule.register, rule.column, value, position.code, tried)
        for tried, position in enumerate(chain.positions)
        for rule in position.open
        for value in (rule.values or (None,))
    ]
    return pl.DataFrame(rules, schema=_RULE, orient="row")


def _ended_rules(chain: Chain) -> pl.DataFrame:
    """Return register, column_name (null = its reason), value (null = any that no rule names), position, tried."""
    rules = [
        (rule.register, rule.column, value, position.code, tried)
        for tried, position in enumerate(chain.positions)
        for rule in position.ended
        for value in (rule.reasons or (None,))
    ]
    return pl.DataFrame(rules, schema=_RULE, orient="row")
