"""Reading the released table `estimate`: shares by group, position, outcome and months; and how long people stay."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from participatieketen.readings.share import Share, shares_of, with_ranges

if TYPE_CHECKING:
    from participatieketen.disclosure import Released

Key = tuple[str, str, str, int]
"""Group, position, outcome, months; "" where there is none."""

REVERSIBLE = ("bezetting", "herstel")
"""Measures of a state that people can leave and come back to: as many tell of it as were followed so long."""

PREFERRED = (12, 6, 24, 3, 18)
"""Months of which a title speaks: a year, else the next that may be shown."""

DURATION, LEFT = "duur", "weg"
QUANTILES = {"kwart": 0.25, "helft": 0.5, "driekwart": 0.75}
"""Parts of the stays that have ended."""

EDGES = (3, 6, 12, 24)
"""Months between the bins of a duration: under 3, 3 to 6, 6 to 12, 12 to 24, 24 or more."""


def main_gap(frame: pl.DataFrame) -> int | None:
    """Return the chain's own gap_days: only the figures at 12 months are also given for others."""
    by_rows = frame.group_by("gap_days").len().sort("len", "gap_days", descending=[True, False])
    return by_rows["gap_days"][0] if len(by_rows) else None


def gaps(frame: pl.DataFrame) -> list[int]:
    """Return every gap_days in the table, from small to large."""
    return frame["gap_days"].drop_nulls().unique().sort().to_list()


def estimate_ranges(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the released table `estimate` with share, lower, upper behind; see `with_ranges`.

    frame  measure, population, gap_days, group, position, outcome, months, x, n, followed, base.
    """
    kinds = frame.with_columns(reversible=pl.col("measure").is_in(REVERSIBLE))
    return with_ranges(kinds).select(*frame.columns, "share", "lower", "upper")


def shares(estimate: "Released", measure: str, gap_days: int | None = None) -> dict[Key, Share]:
    """Return the shares of one measure; of the chain's own gap_days unless another is asked."""
    gap = main_gap(estimate.frame) if gap_days is None else gap_days
    rows = estimate_ranges(estimate.frame.filter(pl.col("measure") == measure, pl.col("gap_days").eq_missing(gap)))
    keys = rows.select("group", "position", "outcome", "months").iter_rows()
    return dict(zip(keys, shares_of(rows), strict=True))


def title_month(by_months: Iterable[tuple[int, Share]]) -> int | None:
    """Return the months that a title speaks of: the first preferred one that is shown; None when all are hidden."""
    shown = {months for months, share in by_months if share.shown}
    return next((months for months in PREFERRED if months in shown), None)


@dataclass(frozen=True)
class Duration:
    """After how many months a part of the stays has ended: in the bins from `least` up to `most`; None: no end."""

    least: int
    most: int | None

    @property
    def one_bin(self) -> bool:
        """Whether it lies in one bin for certain."""
        return (self.least, self.most) in {*zip((0, *EDGES), (*EDGES, None), strict=True)}

    @property
    def text(self) -> str:
        """As in a table: "minder dan 3 maanden", "3 tot 12 maanden", "24 maanden of langer"."""
        if self.most is None:
            return f"{self.least} maanden of langer" if self.least else "niet te zeggen"
        return f"{self.least} tot {self.most} maanden" if self.least else f"minder dan {self.most} maanden"


def durations(estimate: "Released") -> dict[tuple[str, str], Duration | None]:
    """Return by position and quantile after how many months that part of the stays has ended, read from the curve.

    The bin of a quantile ends at the first edge at which the released share of leavers reaches it. Where the range of
    that share lies over the quantile, both bins may be the one: the answer is both. None: hidden.
    """
    curves = shares(estimate, DURATION)
    places = dict.fromkeys(position for _, position, _, _ in curves)
    return {
        (place, name): _duration([curves.get(("", place, LEFT, edge), Share()) for edge in EDGES], part)
        for place in places
        for name, part in QUANTILES.items()
    }


def _duration(curve: list[Share], part: float) -> Duration | None:
    """Return the bins in which the curve can reach the part; None where the share at an edge that decides is hidden."""
    edges = (0, *EDGES)
    for place, share in enumerate(curve):
        if share.lower is None or share.upper is None:
            return None
        if share.upper >= part:
            ends = [edge for edge, later in zip(EDGES, curve, strict=True) if (later.lower or 0.0) >= part]
            unknown = not ends and any(not later.shown for later in curve[place:])
            return None if unknown else Duration(edges[place], min(ends, default=None))
    return Duration(EDGES[-1], None)
