"""Shares and durations at the resolution of a released count: no more can be read from them than from counts.

A share p of n people is published as round(p n) / round(n), both rounded to the base, in whole percents; its limits are
rounded away from it, so that the range never promises more than it did, nor says for certain "nobody" or "everybody".
"""

import polars as pl

LEAST = 50
"""A share of fewer people is not shown."""

LEAST_FOLLOWED = 10
"""Nor is one at a time to which fewer of them are followed."""

_WHOLE = {"bezetting", "herstel", "blijvend"}
"""Measures whose outcomes are all there is: together they are everyone."""


def controlled_shares(frame: pl.DataFrame, base: int) -> pl.DataFrame:
    """Return the table `estimate` as it may leave.

    frame    (measure x gap_days x group x position x outcome x months, 11) as `estimates.measures` makes it: n persons,
             steps or exits, at_risk, and share, lower, upper between 0 and 1.
    Returns  the same rows; n and at_risk are multiples of the base, share, lower and upper whole percents (0.34), null
             where n < 50 or at_risk < 10. Of measures whose outcomes are everyone, the shares add up to 1 but for the
             rounding to percents: running sums are rounded, not each on its own (Cox 1987, in one dimension).
    """
    cell = ["measure", "gap_days", "group", "position", "months"]
    x, n = pl.col("share") * pl.col("n"), _nearest(pl.col("n"), base)
    running = x.cum_sum().over(cell)
    whole = _nearest(running, base) - _nearest(running - x, base)
    found = pl.when(pl.col("measure").is_in(_WHOLE)).then(whole).otherwise(_nearest(x, base))
    enough = (pl.col("n") >= LEAST) & (pl.col("at_risk").fill_null(LEAST_FOLLOWED) >= LEAST_FOLLOWED)
    down, up = (
        (pl.col("lower") * pl.col("n") / base).floor() * base,
        (pl.col("upper") * pl.col("n") / base).ceil() * base,
    )
    limits = {
        "share": found,
        "lower": pl.min_horizontal(down, n - base),
        "upper": pl.max_horizontal(up, pl.lit(base)),
    }
    return frame.with_columns(
        **{name: pl.when(enough).then(_percents(value / n)) for name, value in limits.items()},
        n=n.cast(pl.Int64),
        at_risk=_nearest(pl.col("at_risk"), base).cast(pl.Int64),
    ).with_columns(pl.min_horizontal("lower", "share"), pl.max_horizontal("upper", "share"))


def controlled_durations(frame: pl.DataFrame, base: int) -> pl.DataFrame:
    """Return the table `duration` (positions x quantiles: position, quantile, bin, n) as it may leave.

    A bin of fewer than 50 stays is null; n is a multiple of the base.
    """
    enough = pl.col("n") >= LEAST
    return frame.with_columns(bin=pl.when(enough).then("bin"), n=_nearest(pl.col("n"), base).cast(pl.Int64))


def _nearest(value: pl.Expr, base: int) -> pl.Expr:
    """Return the nearest multiple of the base; halfway goes up, sums of shares that are off in the last digit too."""
    return (value / base + 0.5 + 1e-9).floor() * base


def _percents(share: pl.Expr) -> pl.Expr:
    return (share * 100).round().clip(0, 100) / 100
