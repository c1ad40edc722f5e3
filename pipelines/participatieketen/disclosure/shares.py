"""Shares and durations at the resolution of a released count: no more can be read from them than from counts.

A share p of n people is published as round(p n) / round(n), in whole percents. Both are rounded, up or down, by
a keyed draw that one curve has in common: right on average, always the same, rising where the curve rises; nobody
knows at which count the next value begins. Limits are rounded away from the share, so that the range never promises
more than it did, nor says for certain "nobody" or "everybody".
"""

import polars as pl

from participatieketen.disclosure.groupings import GROUPINGS, LEAST, LEAST_AT_FIVE
from participatieketen.disclosure.targets import draws
from participatieketen.errors import DisclosureRefused

LEAST_FOLLOWED = 10
"""A share of fewer than LEAST people is not shown, nor one at a time to which fewer than this of them are followed."""

_DIGITS = 1e-9  # by which sums of shares of whole counts can be off
_WHOLE = {"bezetting", "herstel", "blijvend"}
"""Measures whose outcomes are all there is: together they are everyone."""


def controlled_shares(frame: pl.DataFrame, base: int, key: bytes) -> pl.DataFrame:
    """Return the table `estimate` as it may leave.

    frame    (measure x gap_days x group x position x outcome x months, 11) as `estimates.measures` makes it: n persons,
             steps or exits, at_risk, and share, lower, upper between 0 and 1.
    key      the rounding key.
    Returns  the same rows; n and at_risk are multiples of the base, share, lower and upper whole percents (0.34), null
             where n < 50 or at_risk < 10. Of measures whose outcomes are everyone, the shares add up to 1 but for the
             rounding to percents: running sums are rounded, not each on its own (Cox 1987, in one dimension).
    """
    curve = ["measure", "gap_days", "group", "position"]
    together, alone = _drawn(frame, curve, key), _drawn(frame, [*curve, "outcome"], key)
    x, n = pl.col("share") * pl.col("n"), _rounded(pl.col("n"), base, together)
    running = x.cum_sum().over(*curve, "months")
    whole = _rounded(running, base, together) - _rounded(running - x, base, together)
    found = pl.when(pl.col("measure").is_in(_WHOLE)).then(whole).otherwise(_rounded(x, base, alone))
    enough = (pl.col("n") >= LEAST) & (pl.col("at_risk").fill_null(LEAST_FOLLOWED) >= LEAST_FOLLOWED)
    limits = {"share": found, **_limits(pl.col("n"), n, pl.lit(base))}
    return frame.with_columns(
        **{name: pl.when(enough).then(_percents(value / n)) for name, value in limits.items()},
        n=n.cast(pl.Int64),
        at_risk=_rounded(pl.col("at_risk"), base, together).cast(pl.Int64),
    ).with_columns(pl.min_horizontal("lower", "share"), pl.max_horizontal("upper", "share"))


def controlled_durations(frame: pl.DataFrame, base: int, key: bytes) -> pl.DataFrame:
    """Return the table `duration` (positions x quantiles: position, quantile, bin, n) as it may leave.

    A bin of fewer than 50 stays is null; n is a multiple of the base.
    """
    enough, n = pl.col("n") >= LEAST, _rounded(pl.col("n"), base, _drawn(frame, ["position"], key))
    return frame.with_columns(bin=pl.when(enough).then("bin"), n=n.cast(pl.Int64))


def controlled_group_shares(frame: pl.DataFrame, base: int, key: bytes) -> pl.DataFrame:
    """Return the table `group_share` (groups x directions, 9) as `estimates.groups` makes it, as it may leave.

    frame  with a column more, `stock`: the released count of the people of the group on the day they are fixed; null
           for none. One count has one value: n is that one, unless the group counted otherwise since.
    A group of fewer than 50 keeps its row and nothing else. The counts of a grouping with a group of fewer than 200 are
    multiples of twice the base. Raises DisclosureRefused for a grouping that is not in the fixed list.
    """
    if unknown := sorted(set(frame["grouping"]) - {*GROUPINGS}):
        raise DisclosureRefused(
            f"Groepering {unknown[0]} wordt niet vrijgegeven: kies uit {', '.join(sorted(GROUPINGS))}."
        )
    group = ["grouping", "group_code"]
    enough = pl.col("n") >= LEAST
    small = (enough & (pl.col("n") < LEAST_AT_FIVE)).any().over("grouping")
    own = pl.when(small).then(2 * base).otherwise(base)
    same = ((pl.col("stock") - pl.col("n")).abs() < own) & (pl.col("stock") % own == 0) & (pl.col("stock") > 0)
    n = pl.when(same).then("stock").otherwise(_rounded(pl.col("n"), own, _drawn(frame, group, key)))
    moved = _rounded(pl.col("moved"), own, _drawn(frame, [*group, "direction"], key))
    limits = _limits(pl.col("n"), n, own)
    shown = {"n": n.cast(pl.Int64), "moved": moved.cast(pl.Int64), "share": _percents(moved / n)}
    shown |= {name: _percents(limit / n) for name, limit in limits.items()}
    known = frame.with_columns(pl.when(enough).then(value).alias(name) for name, value in shown.items())
    return known.drop("stock").with_columns(pl.min_horizontal("lower", "share"), pl.max_horizontal("upper", "share"))


def _limits(n: pl.Expr, released: pl.Expr, base: pl.Expr) -> dict[str, pl.Expr]:
    """Return the counts of lower and upper, rounded outward; never nobody or everybody for certain."""
    down, up = (pl.col("lower") * n / base).floor() * base, (pl.col("upper") * n / base).ceil() * base
    return {"lower": pl.min_horizontal(down, released - base), "upper": pl.max_horizontal(up, base)}


def _drawn(frame: pl.DataFrame, names: list[str], key: bytes) -> pl.Expr:
    """Return a number in [0, 1) per row: the same for rows with the same names, and always the same with one key."""
    cells = frame.select(pl.concat_str(pl.lit(",".join(names)), *names, separator="|").alias("cell"))
    once = cells.unique(maintain_order=True)
    numbers = once.with_columns(draw=pl.Series(draws(once, key)[:, 0] / 2.0**64))
    return pl.lit(cells.join(numbers, on="cell", maintain_order="left")["draw"])


def _rounded(value: pl.Expr, base: int | pl.Expr, draw: pl.Expr) -> pl.Expr:
    """Return the multiple of the base below or above: above with a chance of (value mod base) / base."""
    return (value / base + draw + _DIGITS).floor() * base


def _percents(share: pl.Expr) -> pl.Expr:
    return ((share * 100).round().clip(0, 100) / 100).round(2)  # polars divides by 100 as * 0.01: 0.47000000000000003
