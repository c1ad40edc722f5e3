"""Released numbers -> what they may mean: a point or a range, longer or shorter, different or not shown to differ.

Nothing below this room reckons with chance or rounding: it takes what it says from here, and here only released numbers
are read.
"""

from participatieketen.readings.checks import with_outcome
from participatieketen.readings.estimate import Duration, Key, durations, gaps, main_gap, shares, title_month
from participatieketen.readings.groups import (
    DIRECTIONS,
    Comparison,
    Group,
    Moved,
    Part,
    differences,
    grouping_name,
    groupings,
    groups_of,
    parts,
    people_of,
    together,
)
from participatieketen.readings.months import (
    FALSE_ALARMS,
    Sums,
    Usual,
    compared,
    compared_years,
    settled,
    since_break,
    usual,
)
from participatieketen.readings.published import COUNTS, NOT_BY_MONTH, SHARES, by_year, published_table
from participatieketen.readings.share import LEAST, LEAST_FOLLOWED, Share, ranges_differ

__all__ = [
    "COUNTS",
    "DIRECTIONS",
    "FALSE_ALARMS",
    "LEAST",
    "LEAST_FOLLOWED",
    "NOT_BY_MONTH",
    "SHARES",
    "Comparison",
    "Duration",
    "Group",
    "Key",
    "Moved",
    "Part",
    "Share",
    "Sums",
    "Usual",
    "by_year",
    "compared",
    "compared_years",
    "differences",
    "durations",
    "gaps",
    "grouping_name",
    "groupings",
    "groups_of",
    "main_gap",
    "parts",
    "people_of",
    "published_table",
    "ranges_differ",
    "settled",
    "shares",
    "since_break",
    "title_month",
    "together",
    "usual",
    "with_outcome",
]
