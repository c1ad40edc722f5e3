"""Estimates and groups as released counts: what a page says of them is read from these alone (room `readings`).

A share p of n people is released as round(p n) and round(n): both rounded up or down by a keyed draw that one curve has
in common. Right on average, always the same, rising where the curve rises.
"""

import polars as pl

from participatieketen.disclosure.groupings import GROUPINGS, LEAST_AT_FIVE
from participatieketen.disclosure.targets import draws
from participatieketen.errors import DisclosureRefused

_DIGITS = 1e-9  # by which sums of shares of whole counts can be off
_WHOLE = {"bezetting", "herstel", "blijvend"}
"""Measures whose outcomes are all there is: together they are everyone."""


def controlled_shares(frame: pl.DataFrame, base: int, key: bytes) -> pl.DataFrame:
    """Return the table `estimate` as it may leave: measure to months, x, n, followed, base.

    frame    (measure x gap_days x group x position x outcome x months) as `estimates.measures` makes it.
    key      the rounding key.
    Returns  the same rows; x = round(share n), n and followed are multiples of the base. Of measures whose outcomes are
             everyone, x adds up to n: running sums are rounded, not each on its own (Cox 1987, in one dimension).
    """
    curve = ["measure", "gap_days", "group", "position"]
    together, alone = _drawn(frame, curve, key), _drawn(frame, [*curve, "outcome"], key)
    x, n = pl.col("share") * pl.col("n"), _rounded(pl.col("n"), base, together)
    running = x.cum_sum().over(*curve, "months")
    whole = _rounded(running, base, together) - _rounded(running - x, base, together)
    count = pl.when(pl.col("measure").is_in(_WHOLE)).then(whole).otherwise(_rounded(x, base, alone))
    names = ["measure", "gap_days", "group", "position", "outcome", "months"]
    return frame.select(
        *names,
        "population",
        x=count.cast(pl.Int64),
        n=n.cast(pl.Int64),
        followed=_rounded(pl.col("followed"), base, together).cast(pl.Int64),
        base=pl.lit(base, dtype=pl.Int64),
    ).select("measure", "population", *names[1:], "x", "n", "followed", "base")


def controlled_group_shares(frame: pl.DataFrame, base: int, key: bytes) -> pl.DataFrame:
    """Return the table `group_share` (groups x directions) as it may leave: counts of people and of households.

    frame  with a column more, `stock`: the released count of the people of the group on the day they are fixed; null
           for none. One count has one value: n is that one, unless the group counted otherwise since.
    The counts of a grouping with a group of fewer than 200 are multiples of twice the base. Raises DisclosureRefused
    for a grouping that is not in the fixed list.
    """
    if unknown := sorted(set(frame["grouping"]) - {*GROUPINGS}):
        raise DisclosureRefused(
            f"Groepering {unknown[0]} wordt niet vrijgegeven: kies uit {', '.join(sorted(GROUPINGS))}."
        )
    group = ["grouping", "group_code"]
    small = (pl.col("n") < LEAST_AT_FIVE).any().over("grouping")
    own = pl.when(small).then(2 * base).otherwise(base)
    same = ((pl.col("stock") - pl.col("n")).abs() < own) & (pl.col("stock") % own == 0) & (pl.col("stock") > 0)
    n = pl.when(same).then("stock").otherwise(_rounded(pl.col("n"), own, _drawn(frame, group, key)))
    draw = _drawn(frame, [*group, "direction"], key)
    moved, cases_moved = (_rounded(pl.col(name), own, draw) for name in ("moved", "households_moved"))
    cases = _rounded(pl.col("households"), own, _drawn(frame, group, key))
    return frame.select(
        *group,
        "label",
        "direction",
        x=moved.cast(pl.Int64),
        n=n.cast(pl.Int64),
        x_households=cases_moved.cast(pl.Int64),
        n_households=cases.cast(pl.Int64),
        base=own.cast(pl.Int64),
    )


def _drawn(frame: pl.DataFrame, names: list[str], key: bytes) -> pl.Expr:
    """Return a number in [0, 1) per row: the same for rows with the same names, and always the same with one key."""
    cells = frame.select(pl.concat_str(pl.lit(",".join(names)), *names, separator="|").alias("cell"))
    once = cells.unique(maintain_order=True)
    numbers = once.with_columns(draw=pl.Series(draws(once, key)[:, 0] / 2.0**64))
    return pl.lit(cells.join(numbers, on="cell", maintain_order="left")["draw"])


def _rounded(value: pl.Expr, base: int | pl.Expr, draw: pl.Expr) -> pl.Expr:
    """Return the multiple of the base below or above: above with a chance of (value mod base) / base."""
    return (value / base + draw + _DIGITS).floor() * base
