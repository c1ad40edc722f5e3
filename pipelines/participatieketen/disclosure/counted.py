"""What was counted, as systems: every table of a run, with the sums that hold in it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from participatieketen.disclosure import families
from participatieketen.disclosure.families import STEP, STEP_YEAR, STOCK_FLOW, TOTAL, YEAR_MATRIX, Arcs
from participatieketen.disclosure.groupings import group_systems
from participatieketen.disclosure.released import Context
from participatieketen.disclosure.systems import System

ROWS: Mapping[str, Mapping[str, pl.Expr]] = {
    "delivery": {name: pl.lit(name) for name in ("rows", "loaded", "quarantined", "duplicates", "expired")},
    "verdict": {"total": pl.lit(TOTAL), "unexpected": pl.col("rule")},
}
"""Tables about rows of deliveries: their counts, and the name of each count's cell; `rows` is the sum of the others."""

GROUPS = "group_flow"
"""The stock and flow by group."""

_HASH = 12  # digits of the hash of a delivery that tell it from any other
_UNDATED = date(1, 1, 1)  # a delivery without a peildatum


def released_systems(
    counts: Mapping[str, pl.DataFrame], given: Context, book: pl.DataFrame, left_out: Collection[str] = ()
) -> Iterator[System]:
    """Yield what has to add up, in the order in which it is rounded; of what is left out only what is in the book.

    Rows of deliveries are no chain's: they have one value, whichever chain is told of.
    """
    for system in _of_chain(counts, given, book, left_out):
        yield replace(system, origin=given.origin)
    for name in ROWS:
        if name in counts:
            yield from _row_systems(name, counts, given.base)


def _of_chain(
    counts: Mapping[str, pl.DataFrame], given: Context, book: pl.DataFrame, left_out: Collection[str]
) -> Iterator[System]:
    if STOCK_FLOW in counts:
        yield from _flows(counts, given)
    if GROUPS in counts:
        inside, pairs = places(counts, given)
        yield from group_systems(counts[GROUPS], pairs, inside, book, given.base, left_out)
    if STEP in counts:
        yield from _steps(counts[STEP], given)


def _flows(counts: Mapping[str, pl.DataFrame], given: Context) -> Iterator[System]:
    layout, months = _layout(counts, given), families.months_of(counts[STOCK_FLOW])
    for month in months:
        yield _flow(counts, STOCK_FLOW, layout, (month, month, families.later(month, 1)), given.base)
    if families.year_before(given.settled_on) in months:
        yield _year_flow(counts, layout, given.settled_on, given.base)


def _year_flow(counts: Mapping[str, pl.DataFrame], layout: Arcs, census: date, base: int) -> System:
    return _flow(counts, YEAR_MATRIX, layout, (census, families.year_before(census), census), base)


def _flow(
    counts: Mapping[str, pl.DataFrame], family: str, layout: Arcs, days: tuple[date, date, date], base: int
) -> System:
    persons = families.grid(counts[family].with_columns(group=pl.lit(TOTAL)), [days[0]], layout.flows, [TOTAL])
    return families.flow_system(layout, persons[0, 0], family, days, base)


def _layout(counts: Mapping[str, pl.DataFrame], given: Context) -> Arcs:
    inside, pairs = places(counts, given)
    return families.arcs(pairs, inside)


def places(counts: Mapping[str, pl.DataFrame], given: Context) -> tuple[list[str], list[families.Pair]]:
    """Return the positions of the chain, and the pairs of positions that can occur."""
    pairs = (
        counts[YEAR_MATRIX].select(pl.col("from_position", "to_position").cast(pl.String)).unique(maintain_order=True)
    )
    return [position.code for position in given.positions if position.rank is not None], pairs.rows()


def _steps(step: pl.DataFrame, given: Context) -> Iterator[System]:
    months, last = families.months_of(step), families.later(given.provisional_from, -1)
    for month in months:
        yield families.step_system(step, month, given.base)
    if _whole(last, months):
        yield families.year_system(step, last, given.base)


def audited_systems(counts: Mapping[str, pl.DataFrame], lines: pl.DataFrame, given: Context) -> Iterator[System]:
    """Yield what else a reader of all reports can think up: the tables of their years, and each month's steps by arc.

    The table of a year is left out when its months are no longer known, or not yet.
    """
    if STOCK_FLOW in counts:
        layout, months = _layout(counts, given), families.months_of(counts[STOCK_FLOW])
        for census in sorted({*_told(lines, YEAR_MATRIX)} & {*counts[YEAR_MATRIX]["month"]}):
            if families.year_before(census) in months:
                yield _year_flow(counts, layout, census, given.base)
    if STEP in counts:
        months = families.months_of(counts[STEP])
        ends = [end for end in _told(lines, STEP_YEAR) if _whole(end, months)]
        yield families.arc_system(counts[STEP], ends, given.base)


def _whole(end: date, months: Collection[date]) -> bool:
    """Tell whether all months of the year that ends in this one were counted."""
    return end in months and families.year_until(end) in months


def _told(lines: pl.DataFrame, family: str) -> list[date]:
    """Return the months of which there was ever a table of the year."""
    return list(lines.filter(pl.col("family") == family)["month"].unique().sort())


def _row_systems(name: str, counts: Mapping[str, pl.DataFrame], base: int) -> Iterator[System]:
    """Yield the counts of each delivery; of all checks of a delivery the rows checked are one count, drawn once."""
    parts = [
        labelled(name, counts).select("label", "month", cell=cell, count=pl.col(count).cast(pl.Int64))
        for count, cell in ROWS[name].items()
    ]
    for (label, month), rows in pl.concat(parts).group_by("label", "month", maintain_order=True):
        counted = dict(rows.select("cell", "count").iter_rows())
        yield families.row_system(name, (str(label), month), counted, "rows" if name == "delivery" else "", base)


def labelled(name: str, counts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the rows with the delivery they are about: `label`, with its hash, and `month`."""
    about = counts["delivery"].select(
        about="source",
        label=pl.concat_str("source", pl.col("sha256").str.head(_HASH), separator="/"),
        month=pl.col("peildatum").cast(pl.Date).dt.month_start(),
    )
    key = "source" if name == "delivery" else "contract"
    return (
        counts[name]
        .join(about, left_on=key, right_on="about", how="left", maintain_order="left")
        .with_columns(pl.col("label").fill_null(pl.col(key)), pl.col("month").fill_null(_UNDATED))
    )
