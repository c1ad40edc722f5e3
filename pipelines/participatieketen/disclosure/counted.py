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
from participatieketen.months import months_later, year_before

GROUPS = "group_flow"
"""The stock and flow by group."""


def released_systems(
    counts: Mapping[str, pl.DataFrame], given: Context, book: pl.DataFrame, left_out: Collection[str] = ()
) -> Iterator[System]:
    """Yield what has to add up, in the order in which it is rounded; of what is left out only what is in the book."""
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
        yield _flow(counts, STOCK_FLOW, layout, (month, month, months_later(month, 1)), given.base)
    if year_before(given.settled_on) in months:
        yield _year_flow(counts, layout, given.settled_on, given.base)


def _year_flow(counts: Mapping[str, pl.DataFrame], layout: Arcs, census: date, base: int) -> System:
    """Return the table of who is where a year later: its rows and columns are stocks where that takes no extra step."""
    return replace(_flow(counts, YEAR_MATRIX, layout, (census, year_before(census), census), base), apart=True)


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
    for month in families.months_of(step):
        yield families.step_system(step, month, given.base)


def audited_systems(counts: Mapping[str, pl.DataFrame], lines: pl.DataFrame, given: Context) -> Iterator[System]:
    """Yield what else a reader of all reports can think up: the tables of their years, and each month's steps by arc.

    The table of a year is left out when its months are no longer known, or not yet.
    """
    if STOCK_FLOW in counts:
        layout, months = _layout(counts, given), families.months_of(counts[STOCK_FLOW])
        for census in sorted({*_told(lines, YEAR_MATRIX)} & {*counts[YEAR_MATRIX]["month"]}):
            if year_before(census) in months:
                yield _year_flow(counts, layout, census, given.base)
    if STEP in counts:
        months = families.months_of(counts[STEP])
        ends = [end for end in _told(lines, STEP_YEAR) if whole(end, months)]
        yield families.arc_system(counts[STEP], ends, given.base)


def whole(end: date, months: Collection[date]) -> bool:
    """Tell whether all months of the year that ends in this one were counted."""
    return end in months and families.year_until(end) in months


def _told(lines: pl.DataFrame, family: str) -> list[date]:
    """Return the months of which there was ever a table of the year."""
    return list(lines.filter(pl.col("family") == family)["month"].unique().sort())
