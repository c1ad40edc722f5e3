"""Is the newest month chance? Its last 1, 3 and 6 months beside all months before, rounding counted in."""

import numpy as np
import numpy.typing as npt

from participatieketen.chance.share import Floats, rounding_variance

LASTS = (1, 3, 6)
"""Months at the end that are set beside all months before them: a jump, and a change that goes on."""

LIMIT = 2.6
"""Of |z|. Measured on series in which nothing changes: a signal in 2 of 100 charts, so in 4 of 100 pages of two."""

HEADLINE = 2.4
"""Of |z|, in two issues running: what a headline asks. 0.9 of 100 charts in which nothing changes."""

LEAST_MONTHS = 12
"""Of fewer months nothing is said."""

MOVING_RANGE = 1.128
"""Standard deviations that the mean moving range of two normal values is (Wheeler 1993)."""


def newest_signal(months: npt.ArrayLike, base: int) -> Floats:
    """Return z of the newest 1, 3 and 6 months against those before them.

    months   (..., months) released counts of settled months that follow each other, the newest last: 12 at least.
    Returns  (..., 3) standard deviations; a signal when one of them is beyond LIMIT on either side.
    Source   Wheeler (1993) for the moving ranges. The variance is theirs, or that of counts (Poisson) with their
             rounding when that is more.
    """
    series = np.asarray(months, dtype=float)
    return np.stack([_z(series, many, base) for many in LASTS], axis=-1)


def usual_month(months: npt.ArrayLike, base: int, limit: float = LIMIT) -> tuple[float, float, float]:
    """Return the mean of the months before the newest, and between which counts the newest one gives no signal.

    months   as of `newest_signal`, one series. The lower limit can lie below 0: then no count is too low.
    """
    series = np.asarray(months, dtype=float)
    centre, reach = float(series[:-1].mean()), limit * float(np.sqrt(_variance(series, 1, base)))
    return centre, centre - reach, centre + reach


def _z(series: Floats, many: int, base: int) -> Floats:
    late, early = series[..., -many:], series[..., :-many]
    return np.asarray((late.mean(-1) - early.mean(-1)) / np.sqrt(_variance(series, many, base)))


def _variance(series: Floats, many: int, base: int) -> Floats:
    """Return the variance of the difference between the mean of the last so many months and that of those before."""
    early = series[..., :-many]
    moving = np.abs(np.diff(early, axis=-1)).mean(-1) / MOVING_RANGE
    counts = np.maximum(series.mean(-1) + rounding_variance(base), 1 / series.shape[-1])
    return np.asarray(np.maximum(counts, moving**2) * (1 / many + 1 / early.shape[-1]))
