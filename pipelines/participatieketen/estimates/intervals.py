"""Exact intervals, named in the answers: Clopper-Pearson for a share, Garwood for a count."""

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from scipy import special

from participatieketen.estimates.histories import Floats


def clopper_pearson(x: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact lower and upper limit of a share x / n; (0, 1) where n is 0.

    x, n    counts, 0 <= x <= n; numbers or arrays that broadcast.
    level   coverage, two-sided: at least so often the interval holds the true share.

    Raises  ValueError: an x below 0, above its n or no number, or a level that is not between 0 and 1.
    Source  Clopper & Pearson (1934), Biometrika 26: quantiles of Beta(x, n - x + 1) and Beta(x + 1, n - x).
    """
    found, total = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(n, dtype=float))
    side = tail(level)
    if not ((found >= 0) & (found <= total) & np.isfinite(total)).all():
        raise ValueError("a count lies outside 0 .. n")
    missed = total - found
    lower = special.betaincinv(np.maximum(found, 1), missed + 1, side)
    upper = special.betaincinv(found + 1, np.maximum(missed, 1), 1 - side)
    return np.where(found == 0, 0.0, lower), np.where(missed == 0, 1.0, upper)


def garwood(x: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact lower and upper limit of the mean of a Poisson count; the lower limit of 0 is 0.

    x       counts, a number or an array. Divide both limits by the exposure or stock for those of a rate.

    Raises  ValueError: an x below 0 or no number, or a level that is not between 0 and 1.
    Source  Garwood (1936), Biometrika 28: chi2(tail, 2x) / 2 and chi2(1 - tail, 2x + 2) / 2.
    """
    found, side = np.asarray(x, dtype=float), tail(level)
    if not ((found >= 0) & np.isfinite(found)).all():
        raise ValueError("a count lies below 0 or is no number")
    lower = special.gammaincinv(np.maximum(found, 1), side)
    return np.where(found == 0, 0.0, lower), np.asarray(special.gammaincinv(found + 1, 1 - side))


def tail(level: float) -> float:
    """Return what a two-sided interval leaves out at each side; raises ValueError unless the level is a share."""
    if not 0 < level < 1:
        raise ValueError("the level does not lie between 0 and 1")
    return (1 - level) / 2


def with_share(frame: pl.DataFrame, x: str, n: str, level: float = 0.95) -> pl.DataFrame:
    """Return the frame with share = x / n, lower, upper and the name of the interval; null where n is 0."""
    lower, upper = clopper_pearson(frame[x].to_numpy(), frame[n].to_numpy(), level)
    known = pl.col(n) > 0
    return frame.with_columns(
        share=pl.when(known).then(pl.col(x) / pl.col(n)),
        lower=pl.when(known).then(pl.lit(pl.Series(lower, dtype=pl.Float64))),
        upper=pl.when(known).then(pl.lit(pl.Series(upper, dtype=pl.Float64))),
        interval=pl.lit("clopper-pearson"),
    )


def with_rate(frame: pl.DataFrame, x: str, stock: str, level: float = 0.95) -> pl.DataFrame:
    """Return the frame with rate = x / stock, lower, upper and the name of the interval; null where the stock is 0."""
    lower, upper = garwood(frame[x].to_numpy(), level)
    known = pl.col(stock) > 0
    return frame.with_columns(
        rate=pl.when(known).then(pl.col(x) / pl.col(stock)),
        lower=pl.when(known).then(pl.lit(pl.Series(lower, dtype=pl.Float64)) / pl.col(stock)),
        upper=pl.when(known).then(pl.lit(pl.Series(upper, dtype=pl.Float64)) / pl.col(stock)),
        interval=pl.lit("garwood"),
    )
