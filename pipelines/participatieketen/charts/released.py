"""Reading released tables: the positions in order, counts by position, names for a page."""

import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from participatieketen.months import year_before

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

Counts = dict[str, int]


def ladder(context: "Context") -> tuple["Position", ...]:
    """Return the positions of the chain from low to high, without what lies outside it."""
    return tuple(position for position in context.positions if position.rank is not None)


def page_id(kind: str, released: "Released") -> str:
    """Return a name for ids on a page: "boog-step-year"."""
    return "-".join([kind, *re.findall(r"[a-z0-9]+", released.name.lower())])


def settled_day(stock: "Released") -> date | None:
    """Return the last first day of a month with a stock that is not provisional; None when there is none."""
    months = stock.frame.filter(pl.col("month") <= stock.context.settled_on)["month"]
    found = months.max()
    return found if isinstance(found, date) else None


def year_earlier(stock: "Released", day: date) -> date | None:
    """Return the day to compare with: a year before, else the first with a stock; None when none is before it."""
    months = stock.frame["month"].drop_nulls().unique().sort().to_list()
    return next((month for month in (year_before(day), *months) if month in months and month < day), None)


def persons_in(stock: "Released", month: date) -> Counts:
    """Return position to persons in that month; empty when the month is not there."""
    rows = stock.frame.filter(pl.col("month") == month)
    return dict(rows.select("position", "persons").iter_rows())
