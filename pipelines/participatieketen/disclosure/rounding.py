"""First scheme ("R5"): every count to the nearest multiple of the base, each on its own.

Where a total is under `SMALL_TOTAL` the counts that make it up are hidden. Rounded counts need not add up.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from participatieketen.disclosure.released import SEAL, Context, Released
from participatieketen.disclosure.shares import controlled_durations, controlled_group_shares, controlled_shares
from participatieketen.errors import DisclosureRefused

SMALL_TOTAL = 10


@dataclass(frozen=True)
class Family:
    """How the counts of one table are controlled: which columns are counts, and what the total of one row is over."""

    counts: tuple[str, ...]
    total_over: tuple[str, ...] | None = None


FAMILIES: Mapping[str, Family] = {
    "stock": Family(("persons",), ("month", "position")),
    "step_month": Family(("steps",), ("month",)),
    "step_year": Family(("steps",), ("from_position",)),
    "year_matrix": Family(("persons",), ("from_position",)),
    "stock_flow": Family(("persons",), ("month", "from_position")),
    "verdict": Family(("unexpected", "total")),
    "delivery": Family(("rows", "loaded", "quarantined", "duplicates", "expired")),
    "published": Family(()),
}
"""Tables of counts. Without `total_over` the counts are of rows, and are only rounded; `published` is public."""

SHARES: Mapping[str, Callable[[pl.DataFrame, int], pl.DataFrame]] = {
    "estimate": controlled_shares,
    "duration": controlled_durations,
    "group_share": controlled_group_shares,
}
"""Tables of what was estimated: at the resolution of a released count."""


def release(counts: Mapping[str, pl.DataFrame], given: Context) -> dict[str, Released]:
    """Return the counts as released tables.

    counts   frames named as in FAMILIES, with their count columns as whole numbers.
    Returns  the same rows; counts are multiples of the base, null where a total is too small to show its parts;
             tables by month also carry `provisional`.
    Raises   DisclosureRefused for a table that no family describes.
    """
    if unknown := sorted(set(counts) - set(FAMILIES) - set(SHARES)):
        raise DisclosureRefused(
            f"Tabel {unknown[0]} heeft geen regel voor vrijgave: beschrijf hem eerst in disclosure."
        )
    return {name: Released(name, _controlled(name, frame, given), given, SEAL) for name, frame in counts.items()}


def _controlled(name: str, frame: pl.DataFrame, given: Context) -> pl.DataFrame:
    if name in SHARES:
        return SHARES[name](frame, given.base)
    return frame.with_columns(*_rounded(FAMILIES[name], given.base), *_provisional(frame, given)).with_columns(
        pl.col(pl.Enum, pl.Categorical).cast(pl.String)
    )


def _rounded(family: Family, base: int) -> Iterator[pl.Expr]:
    for name in family.counts:
        nearest = (pl.col(name) + base // 2) // base * base
        if family.total_over is None:
            yield nearest
        else:
            yield pl.when(pl.col(name).sum().over(family.total_over) >= SMALL_TOTAL).then(nearest).alias(name)


def _provisional(frame: pl.DataFrame, given: Context) -> list[pl.Expr]:
    return [(pl.col("month") >= given.provisional_from).alias("provisional")] if "month" in frame.columns else []
