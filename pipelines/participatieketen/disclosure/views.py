"""Released values -> the tables that readers use, and every arc that they come from."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from participatieketen.disclosure.families import (
    OUTSIDE,
    STEP,
    STEP_MONTH,
    STEP_YEAR,
    STOCK_FLOW,
    TOTAL,
    YEAR_MATRIX,
    after,
)
from participatieketen.disclosure.released import Context
from participatieketen.disclosure.systems import NAME
from participatieketen.months import months_later, year_before


def views(
    counts: Mapping[str, pl.DataFrame], book: pl.DataFrame, given: Context, months: int
) -> dict[str, pl.DataFrame]:
    """Return the tables that readers use, and every arc that they come from."""
    shown = book.with_columns(provisional=after(pl.lit(given.provisional_from)))
    flows = _flow_views(shown, given, months) if STOCK_FLOW in counts else {}
    return flows | (_step_views(shown, counts[STEP], given, months) if STEP in counts else {})


def _flow_views(book: pl.DataFrame, given: Context, months: int) -> dict[str, pl.DataFrame]:
    """Return stock, stock_flow, year_matrix and released_stock_flow."""
    census = given.peildatum.replace(day=1)
    first = months_later(census, -months)
    of_month = (pl.col("family") == STOCK_FLOW) & pl.col("month").is_between(first, census)
    of_year = (pl.col("family") == YEAR_MATRIX) & (pl.col("month") == given.settled_on)
    arcs = book.filter(of_month | of_year, _of_everyone_or(given)).rename({"value": "persons"})
    total = pl.col("from_position").is_in([TOTAL, OUTSIDE]) | pl.col("to_position").is_in([TOTAL, OUTSIDE])
    flow, year = (
        arcs.filter(pl.col("family") == family, pl.col("grouping") == "", ~total)
        for family in (STOCK_FLOW, YEAR_MATRIX)
    )
    stock = arcs.filter(
        pl.col("grouping") == "", pl.col("to_position") == TOTAL, ~pl.col("from_position").is_in([TOTAL, OUTSIDE])
    )
    pair = ["from_position", "to_position"]
    return {
        "stock": stock.select("month", pl.col("from_position").alias("position"), "persons", "provisional"),
        STOCK_FLOW: flow.select("month", *pair, "persons", "provisional"),
        YEAR_MATRIX: year.select(*pair, "persons"),
        "released_stock_flow": arcs.select(*NAME, "persons", "base", "bound", "provisional"),
    }


def _of_everyone_or(given: Context) -> pl.Expr:
    """Tell what is of all groups together, or how many people are in a group at the beginning and end of the year.

    Months of a group are in the ledger, so that stocks and totals add up; they are too small to be read.
    """
    days = pl.col("month").is_in([given.settled_on, year_before(given.settled_on)])
    return (pl.col("grouping") == "") | (days & (pl.col("from_position") == TOTAL) & (pl.col("to_position") == TOTAL))


def _step_views(book: pl.DataFrame, step: pl.DataFrame, given: Context, months: int) -> dict[str, pl.DataFrame]:
    """Return step_month, step_year, step_years and released_steps."""
    end = (given.peildatum + timedelta(days=1)).replace(day=1)
    first, last = months_later(end, -months), months_later(end, -1)
    settled = months_later(given.provisional_from, -1)
    of_month = (pl.col("family") == STEP_MONTH) & pl.col("month").is_between(first, last)
    of_year = (pl.col("family") == STEP_YEAR) & (pl.col("month") == settled)
    years = book.filter(pl.col("month").is_in([settled, year_before(settled)]), family=STEP_YEAR, to_position=TOTAL)
    arcs = book.filter(of_month | of_year).rename({"value": "steps"})
    by_month = arcs.filter(pl.col("family") == STEP_MONTH)
    pair = ["from_position", "to_position"]
    directions = step.select(pl.col(*pair).cast(pl.String), "direction").unique(maintain_order=True)
    year = directions.join(arcs.filter(pl.col("family") == STEP_YEAR), on=pair, maintain_order="left")
    return {
        STEP_MONTH: by_month.select("month", pl.col("from_position").alias("direction"), "steps", "provisional"),
        STEP_YEAR: year.select(*pair, "direction", "steps"),
        "step_years": years.sort("month", maintain_order=True).select(
            "month", direction="from_position", steps="value"
        ),
        "released_steps": arcs.select(*NAME, "steps", "base", "bound", "provisional"),
    }
