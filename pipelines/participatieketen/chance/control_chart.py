"""XmR control charts for analysts: no published page judges a month by them (see `signal`)."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from participatieketen.months import month_number

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_LIMIT = 2.66  # 3 / 1.128: the mean moving range of two normal values is 1.128 standard deviations
_RUN = 7  # points at one side of the centre
_TREND = 6  # rises, or falls, one after another: 7 points
_ROUNDING = 1e-12
_SIGNALS = ("buiten", "reeks", "trend", "twee_van_drie")


def control_chart(series: pl.DataFrame, breaks: Sequence[date] = ()) -> pl.DataFrame:
    """Return the series with the limits of chance, and which points are beyond them.

    series   (months x 2 or 3)  month, value [, provisional]; each month once, in any order.
    breaks   months from which the limits are calculated anew. State the reason with the chart; a break that is chosen
             because the line moved there hides what the chart is for.

    Returns  (months x 6)  month, value, centre (mean), lower, upper (centre -+ 2.66 x mean moving range; null with
             fewer than 2 points), signal: null, or the first of these that holds; every point of the run has it.
             buiten         beyond a limit
             reeks          one of 7 or more in a row at one side of the centre
             trend          one of 7 or more in a row that each are higher (or each lower) than the one before
             twee_van_drie  of 3 in a row at one side of the centre one of 2 or more in the outer third to the limit
             A provisional month has no signal and counts in no limit, run or moving range. Runs and moving ranges end
             at a break and at a month that is missing.
    Raises   ValueError: a month occurs twice or has no value.
    Source   Wheeler, Understanding Variation (1993) for the limits; NHS England, Making Data Count, as implemented in
             NHSRplotthedots 0.2.2, for 7, 7, 2 of 3. The lower limit of a count can lie below 0: nothing is beyond it.
    """
    rows = series.sort("month").with_columns(pl.col("value").cast(pl.Float64))
    if rows["month"].is_duplicated().any() or rows["value"].null_count():
        raise ValueError("each month of a control chart occurs once and has a value")
    if "provisional" not in rows.columns:
        rows = rows.with_columns(provisional=pl.lit(value=False))
    edges = [-np.inf, *sorted(day.toordinal() for day in set(breaks)), np.inf]
    months = np.array([day.toordinal() for day in rows["month"]])
    parts = [rows.filter((months >= low) & (months < high)) for low, high in pairwise(edges)]
    return pl.concat([_part(part) for part in parts]).select("month", "value", "centre", "lower", "upper", "signal")


def _part(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one stretch between breaks with its own limits."""
    final = ~rows["provisional"].to_numpy().astype(bool)
    value = rows["value"].to_numpy()[final]
    month = np.array([month_number(day) for day in rows["month"]])[final]
    follows = np.diff(month) == 1
    centre = value.mean() if len(value) else np.nan
    reach = _LIMIT * np.abs(np.diff(value))[follows].mean() if follows.any() else np.nan
    signal = np.full(rows.height, None, dtype=object)
    stretches = np.split(value, np.flatnonzero(~follows) + 1)
    signal[final] = [found for stretch in stretches for found in _signals(stretch, centre, reach)]
    limits = {"centre": centre, "lower": centre - reach, "upper": centre + reach}
    return rows.with_columns(
        *(pl.lit(number, dtype=pl.Float64).fill_nan(None).alias(name) for name, number in limits.items()),
        pl.Series("signal", signal.tolist(), dtype=pl.String),
    )


def _signals(value: Floats, centre: float, reach: float) -> list[str | None]:
    """Return the first rule that each point breaks; a value that differs by rounding alone is at the centre."""
    if np.isnan(reach):
        return [None] * len(value)
    apart = np.where(np.isclose(value, centre, rtol=_ROUNDING, atol=0), 0, value - centre)
    beyond = np.abs(apart) > reach * (1 + _ROUNDING)
    side = np.sign(apart)
    outer = (np.abs(apart) > 2 * reach / 3) & ~beyond
    rises = np.sign(np.diff(value))
    trend = np.zeros(len(value), dtype=bool)
    for shift in (0, 1):  # both ends of each rise are part of it
        trend[shift : len(rises) + shift] |= _in_run(rises, _TREND)
    broken = (beyond, _in_run(side, _RUN), trend, _two_of_three(side, outer))
    return [
        next((name for name, hit in zip(_SIGNALS, hits, strict=True) if hit), None)
        for hits in zip(*broken, strict=True)
    ]


def _in_run(sign: Floats, length: int) -> Bools:
    """Say of each point whether it is in a window of so many points that all have the same sign."""
    return _in_window(np.ones(len(sign), dtype=bool), sign, length, length)


def _two_of_three(side: Floats, outer: Bools) -> Bools:
    """Say of each point in an outer third whether one or both of the others in 3 at its side are in it too."""
    return _in_window(outer, side, 3, 2) & outer


def _in_window(marked: Bools, side: Floats, length: int, needed: int) -> Bools:
    """Say of each point whether it is in a window at one side, in which so many are marked."""
    found = np.zeros(len(side), dtype=bool)
    if len(side) < length:
        return found
    sides, marks = (np.lib.stride_tricks.sliding_window_view(array, length) for array in (side, marked))
    hit = (np.abs(sides.sum(axis=1)) == length) & (marks.sum(axis=1) >= needed)
    for place in range(length):
        found[place : place + len(hit)] |= hit
    return found
