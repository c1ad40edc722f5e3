"""The tables that readers take along: as they were released, with what may be read from them beside the counts."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen.readings.estimate import estimate_ranges
from participatieketen.readings.groups import group_ranges

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

COUNTS = frozenset(
    {
        *("persons", "steps", "x", "n", "followed", "moved", "households", "households_moved"),
        *("x_households", "n_households", "rows", "loaded", "quarantined", "duplicates", "expired", "unexpected"),
    }
)
SHARES = frozenset({"share", "lower", "upper"})
"""The columns of released tables that hold what people read as a number."""

NOT_BY_MONTH = ("wijk",)
"""Groupings of many small groups: a month of them is mostly rounding. Only their people once a year are published."""


def published_table(released: "Released") -> pl.DataFrame:
    """Return a released table as readers get it.

    estimate, group_share  with share, lower, upper behind the counts: whole percents, null when hidden; share null
                           where only the range says something. Of a hidden row of estimate the counts are null too
    tables by month and grouping  of a grouping that is not shown by month only its people on a day a year
    Others as they are.
    """
    frame = released.frame
    if released.name == "estimate":
        hidden = pl.col("lower").is_null()
        return estimate_ranges(frame).with_columns(pl.when(~hidden).then(pl.col("x", "n", "followed")))
    if released.name == "group_share":
        return group_ranges(frame)
    return by_year(frame, released.context) if {"grouping", "month", "to_position"} <= {*frame.columns} else frame


def by_year(frame: pl.DataFrame, context: "Context") -> pl.DataFrame:
    """Return the rows, of a grouping that is not shown by month only the people of every year, on its settled day.

    frame  grouping, month, from_position, to_position and a count. The day is that of the newest people that are not
           provisional, and the same day of the years before.
    """
    day = context.settled_on
    same_day = (pl.col("month").dt.month() == day.month) & (pl.col("month") <= day)
    places = [position.code for position in context.positions]
    everyone = (pl.col("from_position") == pl.col("to_position")) & ~pl.col("from_position").is_in(places)
    return frame.filter(~pl.col("grouping").is_in(NOT_BY_MONTH) | (same_day & everyone))
