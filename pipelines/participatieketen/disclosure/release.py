"""Counts -> released tables: rounded so that they add up, audited, and only then shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from participatieketen.disclosure import families
from participatieketen.disclosure.families import OUTSIDE, STEP_MONTH, STEP_YEAR, STOCK_FLOW, TOTAL, YEAR_MATRIX
from participatieketen.disclosure.released import SEAL, Context, Released
from participatieketen.disclosure.series import added, outdated, values_of
from participatieketen.disclosure.systems import NAME, System
from participatieketen.errors import DisclosureRefused

ROWS: Mapping[str, tuple[str, ...]] = {
    "delivery": ("rows", "loaded", "quarantined", "duplicates"),
    "verdict": ("total", "unexpected"),
}
"""Tables about rows of deliveries, with their counts; of a delivery the first is the sum of the others."""

TABLES = (STOCK_FLOW, YEAR_MATRIX, STEP_MONTH, STEP_YEAR, *ROWS)
"""Every table of counts that can be released."""

_YEAR = 12
_HASH = 12  # digits of the hash of a delivery that tell it from any other
_UNDATED = date(1, 1, 1)  # a delivery without a peildatum


@dataclass(frozen=True)
class Release:
    """What may leave, and what it adds to the ledger.

    tables  by name
    lines   (cells x 10) new or revised values, columns series.BOOK
    """

    tables: dict[str, Released]
    lines: pl.DataFrame


def release(
    counts: Mapping[str, pl.DataFrame], given: Context, key: bytes, book: pl.DataFrame, months: int
) -> Release:
    """Return the counts as released tables.

    counts   frames as `moves.counts` returns them, and the extract's `delivery` and `verdict`
    key      the rounding key
    book     what was released before, columns series.BOOK; it is not drawn again
    months   how many months the tables show; all months are rounded and kept, so that the number can change

    Returns  stock        month, position, persons, provisional; the month of the peildatum included
             stock_flow   month, from_position, to_position, persons, provisional
             year_matrix  from_position, to_position, persons
             step_month   month, direction, steps, provisional
             step_year    from_position, to_position, direction, steps
             delivery, verdict  as given, with their counts rounded
             released_stock_flow, released_steps  every arc and total: family, grouping, group_code, month,
                          from_position, to_position, persons or steps, base, bound, provisional
             Every count is a multiple of the base; sums of counts are the count of the sum.
    Raises   DisclosureRefused: a table without a rule, counts that do not add up, no values that do.
    """
    if unknown := sorted(set(counts) - set(TABLES)):
        raise DisclosureRefused(f"Tabel {unknown[0]} heeft geen regel voor vrijgave: beschrijf hem eerst in disclosure.")
    systems = list(_systems(counts, given))
    kept = book.join(_redrawn(systems, book), on=NAME, how="anti", maintain_order="left")
    lines = added(systems, kept, key)
    frames = _views(counts, pl.concat([kept, lines]), given, months)
    return Release({name: Released(name, frame, given, SEAL) for name, frame in frames.items()}, lines)


def _redrawn(systems: list[System], book: pl.DataFrame) -> pl.DataFrame:
    """Return what is not kept: counts of rows of a delivery whose contract has changed since."""
    return outdated(systems, book).filter(pl.col("family").is_in(list(ROWS)))


def _systems(counts: Mapping[str, pl.DataFrame], given: Context) -> Iterator[System]:
    """Yield what has to add up, in the order in which it is rounded."""
    if STOCK_FLOW in counts:
        yield from _flows(counts, given)
    if STEP_MONTH in counts:
        yield from _steps(counts[STEP_MONTH], counts[STEP_YEAR], given.base)
    for name in ROWS:
        if name in counts:
            yield from _row_systems(name, counts, given.base)


def _flows(counts: Mapping[str, pl.DataFrame], given: Context) -> Iterator[System]:
    inside = [position.code for position in given.positions if position.rank is not None]
    pairs = counts[YEAR_MATRIX].select(pl.col("from_position", "to_position").cast(pl.String)).rows()
    layout, months = families.arcs(pairs, inside), families.months_of(counts[STOCK_FLOW])
    census = families.later(months[-1], 1)
    before = families.later(census, -_YEAR)
    tables = [(STOCK_FLOW, counts[STOCK_FLOW], (month, month, families.later(month, 1))) for month in months]
    if before in months:
        tables.append((YEAR_MATRIX, counts[YEAR_MATRIX].with_columns(month=pl.lit(census)), (census, before, census)))
    for family, frame, days in tables:
        persons = families.grid(frame.with_columns(group=pl.lit(TOTAL)), [days[0]], layout.flows, [TOTAL])
        yield families.flow_system(layout, persons[0, 0], family, days, given.base)


def _steps(step_month: pl.DataFrame, step_year: pl.DataFrame, base: int) -> Iterator[System]:
    months = families.months_of(step_month)
    for month in months:
        yield families.step_system(step_month, None, month, base)
    if len(months) >= _YEAR:
        yield families.step_system(step_month, step_year, months[-1], base)


def _row_systems(name: str, counts: Mapping[str, pl.DataFrame], base: int) -> Iterator[System]:
    total, *_ = ROWS[name]
    for row in _labelled(name, counts).iter_rows(named=True):
        counted = {column: row[column] for column in ROWS[name]}
        yield families.row_system(name, (row["label"], row["month"]), counted, total if name == "delivery" else "", base)


def _labelled(name: str, counts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the rows with the delivery they are about, by its hash: `label`, and its `month`."""
    about = counts["delivery"].select(
        source="source",
        sha=pl.col("sha256").str.head(_HASH),
        month=pl.col("peildatum").cast(pl.Date).dt.month_start().fill_null(_UNDATED),
    )
    parts = ["source"] if name == "delivery" else ["contract", "rule"]
    return (
        counts[name]
        .join(about, left_on=parts[0], right_on="source", how="left", maintain_order="left")
        .with_columns(pl.col("month").fill_null(_UNDATED), label=pl.concat_str(*parts, pl.col("sha").fill_null(""), separator="/"))
    )


def _views(
    counts: Mapping[str, pl.DataFrame], book: pl.DataFrame, given: Context, months: int
) -> dict[str, pl.DataFrame]:
    """Return the tables that readers use, and every arc that they come from."""
    shown = book.with_columns(provisional=pl.col("month") >= given.provisional_from)
    return (
        (_flow_views(shown, given, months) if STOCK_FLOW in counts else {})
        | (_step_views(shown, counts[STEP_YEAR], given, months) if STEP_MONTH in counts else {})
        | {name: _row_view(name, counts, book) for name in ROWS if name in counts}
    )


def _flow_views(book: pl.DataFrame, given: Context, months: int) -> dict[str, pl.DataFrame]:
    """Return stock, stock_flow, year_matrix and released_stock_flow."""
    census = given.peildatum.replace(day=1)
    first = families.later(census, -months)
    arcs = book.filter(
        pl.col("family").is_in([STOCK_FLOW, YEAR_MATRIX]), pl.col("month").is_between(first, census)
    ).rename({"value": "persons"})
    total = pl.col("from_position").is_in([TOTAL, OUTSIDE]) | pl.col("to_position").is_in([TOTAL, OUTSIDE])
    flow, year = (
        arcs.filter(pl.col("family") == family, pl.col("grouping") == "", ~total) for family in (STOCK_FLOW, YEAR_MATRIX)
    )
    stock = arcs.filter(
        pl.col("grouping") == "", pl.col("to_position") == TOTAL, ~pl.col("from_position").is_in([TOTAL, OUTSIDE])
    )
    pair = ["from_position", "to_position"]
    return {
        "stock": stock.select("month", pl.col("from_position").alias("position"), "persons", "provisional"),
        STOCK_FLOW: flow.select("month", *pair, "persons", "provisional"),
        YEAR_MATRIX: year.filter(pl.col("month") == census).select(*pair, "persons"),
        "released_stock_flow": arcs.select(*NAME, "persons", "base", "bound", "provisional"),
    }


def _step_views(
    book: pl.DataFrame, directions: pl.DataFrame, given: Context, months: int
) -> dict[str, pl.DataFrame]:
    """Return step_month, step_year and released_steps."""
    end = (given.peildatum + timedelta(days=1)).replace(day=1)
    first, last = families.later(end, -months), families.later(end, -1)
    arcs = book.filter(
        pl.col("family").is_in([STEP_MONTH, STEP_YEAR]), pl.col("month").is_between(first, last)
    ).rename({"value": "steps"})
    by_month = arcs.filter(pl.col("family") == STEP_MONTH)
    pair = ["from_position", "to_position"]
    year = (
        directions.select(pl.col(*pair).cast(pl.String), "direction")
        .join(arcs.filter(pl.col("family") == STEP_YEAR, pl.col("month") == last), on=pair, maintain_order="left")
    )
    return {
        STEP_MONTH: by_month.select("month", pl.col("from_position").alias("direction"), "steps", "provisional"),
        STEP_YEAR: year.select(*pair, "direction", "steps"),
        "released_steps": arcs.select(*NAME, "steps", "base", "bound", "provisional"),
    }


def _row_view(name: str, counts: Mapping[str, pl.DataFrame], book: pl.DataFrame) -> pl.DataFrame:
    """Return the table with its counts as they were released."""
    rows = _labelled(name, counts)
    cells = {"family": pl.lit(name), "grouping": pl.lit(""), "group_code": "label", "to_position": pl.lit(TOTAL)}
    found = {
        column: values_of(rows.select(month="month", from_position=pl.lit(column), **cells).select(NAME), book)
        for column in ROWS[name]
    }
    return counts[name].with_columns(**found)
