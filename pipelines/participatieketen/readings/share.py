"""A share as it may be said: a point with its range, the range alone where the point is noise, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from participatieketen.chance import has_point, share_range
from participatieketen.readings import wording

LEAST, LEAST_FOLLOWED = 50, 10
"""A share of fewer people than the first is not shown, nor one at a time to which fewer than the second are followed.

Both are of released counts, so whether it is shown tells nothing that the counts do not.
"""

_WHOLE = 1e-7  # what a limit may be past a whole percent by the way it was solved


@dataclass(frozen=True)
class Share:
    """A share of n, read from released counts; every limit in whole percents, rounded outward.

    point         None where it is noise: then the range says all there is, and its middle says nothing
    lower, upper  the range; None when the share is hidden or not there
    n, followed   released counts; followed: how many of n were followed so long, None where all were
    base          the counts are multiples of it
    """

    point: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None
    followed: int | None = None
    base: int = 1

    @property
    def shown(self) -> bool:
        """Whether there is something to show: a point with a range, or a range."""
        return self.lower is not None

    @property
    def between(self) -> str:
        """The range alone: "tussen 35% en 46%", a dash when hidden."""
        return wording.HIDDEN if self.lower is None or self.upper is None else wording.between(self.lower, self.upper)

    @property
    def figure(self) -> str:
        """In the fewest words: "41%", of a share without a point its range, a dash when hidden."""
        return self.between if self.point is None else wording.percent(self.point)

    @property
    def text(self) -> str:
        """As in a table: "41% (tussen 35% en 46%)", "tussen 2% en 9%", a dash when hidden."""
        if self.point is None or self.lower is None or self.upper is None:
            return self.between
        narrow = wording.percent(self.lower) == wording.percent(self.upper)
        return self.figure if narrow else wording.with_band(self.figure, self.lower, self.upper)

    @property
    def stated(self) -> str:
        """As in a title that a chart beside it must agree with: "41% (tussen 35% en 46%)"."""
        return self.between if self.point is None else wording.in_percents(self.point, self.lower, self.upper)

    @property
    def about(self) -> str:
        """As in a title: "ongeveer 4 op de 10 (tussen 35% en 46%)"; without a point its range."""
        if self.point is None:
            return self.between
        said = wording.about(self.point, self.lower, self.upper)
        return wording.with_band(said, self.lower, self.upper)


def ranges_differ(one: Share, other: Share) -> int:
    """Return 1 when a share is certainly higher than another, -1 when lower, 0 when that is not sure.

    Sure here is: their ranges do not touch. That is stricter than a test of the difference.
    """
    if one.lower is None or one.upper is None or other.lower is None or other.upper is None:
        return 0
    return int(one.lower > other.upper) - int(one.upper < other.lower)


def with_ranges(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with share, lower, upper: in whole percents; null when hidden, share null where it is noise.

    frame  x, n, base, followed (null: all of n), reversible; released counts. Other columns stay.
    """
    enough = (pl.col("n") >= LEAST) & (pl.col("followed").fill_null(LEAST_FOLLOWED) >= LEAST_FOLLOWED)
    rows = frame.with_row_index("row")
    shown = rows.filter(enough & pl.col("x").is_not_null())
    parts = shown.with_columns(all_followed=pl.col("followed").is_null()).partition_by(
        "base", "reversible", "all_followed", maintain_order=True
    )
    known = pl.concat([pl.DataFrame(schema=_RANGES), *map(_ranges, parts)])
    return rows.join(known, on="row", how="left", maintain_order="left").drop("row")


_RANGES = {"row": pl.UInt32, "share": pl.Float64, "lower": pl.Float64, "upper": pl.Float64}


def _ranges(rows: pl.DataFrame) -> pl.DataFrame:
    """Return row, share, lower, upper of rows that have base, kind and follow-up in common."""
    base, reversible, all_followed = rows.select("base", "reversible", "all_followed").row(0)
    x, n = rows["x"].to_numpy(), rows["n"].to_numpy()
    followed = None if all_followed else rows["followed"].to_numpy()
    lower, upper = share_range(x, n, base, followed, reversible=reversible)
    point = np.where(has_point(x, n, base), np.round(x / n, 2), np.nan)
    limits = {"lower": np.floor(lower * 100 + _WHOLE) / 100, "upper": np.ceil(upper * 100 - _WHOLE) / 100}
    whole = {name: pl.Series(values).round(2) for name, values in limits.items()}
    return pl.DataFrame({"row": rows["row"], "share": pl.Series(point).fill_nan(None), **whole}, schema=_RANGES)


def shares_of(rows: pl.DataFrame) -> Sequence[Share]:
    """Return the rows of `with_ranges` as shares."""
    columns = ("share", "lower", "upper", "n", "followed", "base")
    return [Share(*values) for values in rows.select(columns).iter_rows()]
