"""Reading the released table `estimate`: shares with their band, by group, position, outcome and months."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from participatieketen.charts import words
from participatieketen.charts.figure import cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from participatieketen.disclosure import Context, Released

PREFERRED = (12, 6, 24, 3, 18)
"""Months of which a title speaks: a year, else the next that may be shown."""

OUTSIDE = "buiten"

RANGE = "Tussen haakjes staat het bereik."
"""How to read a share in a table; the page says once what a range is."""


@dataclass(frozen=True)
class Share:
    """A released share of n, with its 95 % band; at_risk of them were followed so long. None: hidden, or not there."""

    share: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None
    at_risk: int | None = None

    @property
    def text(self) -> str:
        """As in a table: "41% (tussen 35% en 46%)", a dash when hidden; "<1%" when its band says no more than that."""
        wide = self.lower is None or self.upper is None or words.percent(self.lower) != words.percent(self.upper)
        return words.with_band(self.percent, self.lower, self.upper) if wide else self.percent

    @property
    def percent(self) -> str:
        """Without its band: "41%", a dash when hidden."""
        return words.HIDDEN if self.share is None else words.percent(self.share)

    @property
    def stated(self) -> str:
        """As in a title that a chart beside it must agree with: "41% (tussen 35% en 46%)"."""
        return words.HIDDEN if self.share is None else words.in_percents(self.share, self.lower, self.upper)

    @property
    def about(self) -> str:
        """As in a title: "ongeveer 4 op de 10 (tussen 35% en 46%)"."""
        if self.share is None:
            return words.HIDDEN
        return words.with_band(words.about(self.share, self.lower, self.upper), self.lower, self.upper)


Key = tuple[str, str, str, int]
"""Group, position, outcome, months; "" where there is none."""


def main_gap(frame: pl.DataFrame) -> int | None:
    """Return the chain's own gap_days: only the figures at 12 months are also given for others."""
    found = frame.group_by("gap_days").len().sort("len", "gap_days", descending=[True, False])
    return found["gap_days"][0] if len(found) else None


def gaps(frame: pl.DataFrame) -> list[int]:
    """Return every gap_days in the table, from small to large."""
    return frame["gap_days"].drop_nulls().unique().sort().to_list()


def shares(estimate: "Released", measure: str, gap_days: int | None = None) -> dict[Key, Share]:
    """Return the shares of one measure; of the chain's own gap_days unless another is asked."""
    gap = main_gap(estimate.frame) if gap_days is None else gap_days
    rows = estimate.frame.filter(pl.col("measure") == measure, pl.col("gap_days").eq_missing(gap))
    keys = rows.select("group", "position", "outcome", "months").iter_rows()
    values = rows.select("share", "lower", "upper", "n", "at_risk").iter_rows()
    return {key: Share(*value) for key, value in zip(keys, values, strict=True)}


def title_month(found: "Iterable[tuple[int, Share]]") -> int | None:
    """Return the months that a title speaks of: the first preferred one that is shown; None when all are hidden."""
    shown = {months for months, share in found if share.share is not None}
    return next((months for months in PREFERRED if months in shown), None)


def apart(one: Share, other: Share) -> int:
    """Return 1 when a share is certainly higher than another, -1 when lower, 0 when that may be chance.

    Certain here is: their bands do not touch. That is stricter than a test of the difference.
    """
    if one.lower is None or one.upper is None or other.lower is None or other.upper is None:
        return 0
    return int(one.lower > other.upper) - int(one.upper < other.lower)


def subtitle(context: "Context", *about: str) -> str:
    """Return the sentences, then up to when people were followed and how counts were rounded."""
    return words.joined(*about, followed_until(context), words.rounding(context.base), words.fictional(context))


def caption(table: pl.DataFrame, context: "Context", *about: str) -> str:
    """Return the sentences, then how to read the ranges and counts of a table."""
    return words.joined(*about, RANGE, words.reading_help(context, cells_of(table)))


def followed_until(context: "Context") -> str:
    """Return the sentence that says up to when people were followed: the last month that is not provisional."""
    last = context.provisional_from - timedelta(days=1)
    return f"Gevolgd tot en met {words.month(last)}; voorlopige maanden tellen niet mee."
