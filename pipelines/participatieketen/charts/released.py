"""Reading released tables: the positions in order, counts by position, names for a page."""

import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

Counts = dict[str, int]


def ladder(context: "Context") -> tuple["Position", ...]:
    """Return the positions of the chain from low to high, without what lies outside it."""
    return tuple(position for position in context.positions if position.rank is not None)


def page_id(kind: str, released: "Released") -> str:
    """Return a name for ids on a page: "boog-step-year"."""
    return "-".join([kind, *re.findall(r"[a-z0-9]+", released.name.lower())])


def newest_month(stock: "Released") -> date:
    """Return the last month with a stock; the first of the peildatum's month when there is none."""
    months = stock.frame["month"].drop_nulls().unique().sort().to_list()
    return months[-1] if months else stock.context.peildatum.replace(day=1)


def persons_in(stock: "Released", month: date) -> Counts:
    """Return position to persons in that month; empty when the month is not there."""
    rows = stock.frame.filter(pl.col("month") == month)
    return dict(rows.select("position", "persons").iter_rows())
