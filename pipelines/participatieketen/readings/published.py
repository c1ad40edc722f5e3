"""The tables that readers take along: as they were released, with what may be read from them beside the counts."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen.readings.estimate import estimate_ranges
from participatieketen.readings.groups import group_ranges

if TYPE_CHECKING:
    from participatieketen.disclosure import Released

NOT_BY_MONTH = ("wijk",)
"""Groupings of many small groups: a month of them is mostly rounding, so only their years and stocks are published."""

_READ = {"estimate": estimate_ranges, "group_share": group_ranges}


def published_table(released: "Released") -> pl.DataFrame:
    """Return a released table as readers get it.

    estimate, group_share  with share, lower, upper behind the counts: whole percents, null when hidden; share null
                           where only the range says something
    tables by month and grouping  without the months of a grouping that is not shown by month
    Others as they are.
    """
    frame = released.frame
    if released.name in _READ:
        return _READ[released.name](frame)
    if {"grouping", "month"} <= {*frame.columns}:
        return frame.filter(~pl.col("grouping").is_in(NOT_BY_MONTH) | pl.col("month").is_null())
    return frame
