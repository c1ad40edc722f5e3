"""Rates by month and year: who moves, what comes in and goes out, what comes back. Each names its denominator."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import polars as pl

from participatieketen.chain import Chain
from participatieketen.estimates.intervals import with_rate, with_share
from participatieketen.estimates.paths import (
    held,
    months_after,
    refuse_later,
    refuse_numbers,
    stays,
    whole_months,
)
from participatieketen.months import month_number, month_with_number, number_of_month, number_of_next_start
from participatieketen.moves.changes import direction, rank, same_person

_DIRECTIONS = ("vooruit", "terug", "opzij", "uit")
_EVER = 1 << 20  # months; more than any stay lasts


def monthly_move_rate(
    step: pl.DataFrame, timeline: pl.DataFrame, chain: Chain, peildatum: date, durations: Sequence[int] = ()
) -> pl.DataFrame:
    """Share that moves in a month, of those who spent the whole month before in the position.

    step, timeline  as `moves.steps` and `timelines.timeline` return them.
    durations       months at which to split by how long they had been there when that whole month began, e.g. (6, 12)
                    gives "0-5", "6-11", "12+", and "onbekend" for who was there when observation began.

    Returns  (months x positions x durations x directions, 10)  month (of the move; whole months only), position,
             duration ("alle" when not split), direction of the first move in the month (vooruit, terug, opzij, uit),
             n persons, moved, share, lower, upper (95 %), interval = clopper-pearson; rows with n > 0. The provisional
             months are in it: give a timeline and steps that stop before them, and its last day, to leave them out.
    Raises   ValueError: durations do not go up from 1 or more, or the timeline or the steps go on after the peildatum.
    Source   the form of DWP's monthly rate of moving into work: moved in month t + 1 / there for the whole of month t.
    """
    refuse_later(peildatum, timeline, step)
    whole = whole_months(peildatum, 0)[0]
    end = month_number(whole)
    rows = _whole_months_held(stays(step, timeline, chain, peildatum), chain, end, durations)
    keys = ["month", "position", "duration"]
    at_risk = _running(rows, keys, end)
    moved = rows.filter("leaves").group_by(*keys[1:], "direction", month="last").agg(moved=pl.len())
    return with_share(
        at_risk.join(pl.DataFrame({"direction": _DIRECTIONS}), how="cross")
        .join(moved, on=[*keys, "direction"], how="left")
        .with_columns(pl.col("moved").fill_null(0).cast(pl.Int64))
        .select(
            month_with_number(pl.col("month")).alias("month"),
            *keys[1:],
            "direction",
            "n",
            "moved",
        ),
        "moved",
        "n",
    )


def _whole_months_held(held_stays: pl.DataFrame, chain: Chain, end: int, durations: Sequence[int]) -> pl.DataFrame:
    """Return per stay and duration the months first .. last in which it could move, and whether it leaves in last."""
    low, high = pl.col("entry") + 1 + pl.col("from_month"), pl.col("entry") + pl.col("to_month")
    return (
        held_stays.filter(rank("position", chain).is_not_null())
        .with_columns(
            entry=number_of_next_start(pl.col("first_day")),
            left=number_of_month(pl.col("next_day")),
            direction=direction("position", "to", chain),
        )
        .join(_bins(durations), on="entered")
        .with_columns(first=low, last=pl.min_horizontal("left", high, pl.lit(end - 1)))
        .filter(pl.col("first") <= pl.col("last"))
        .with_columns(leaves=pl.col("to").is_not_null() & (pl.col("last") == pl.col("left")))
    )


def _bins(durations: Sequence[int]) -> pl.DataFrame:
    """Return entered, duration, from_month, to_month: which months since entry a bin holds."""
    refuse_numbers("durations", durations, lowest=1)
    if list(durations) != sorted(durations):
        raise ValueError("durations do not go up")
    schema = {"entered": pl.Boolean, "duration": pl.String, "from_month": pl.Int64, "to_month": pl.Int64}
    if not durations:
        rows = [(entered, "alle", 0, _EVER) for entered in (True, False)]
        return pl.DataFrame(rows, schema=schema, orient="row")
    edges = (0, *durations)
    closed = [(True, f"{low}-{high - 1}", low, high) for low, high in pairwise(edges)]
    rows = [*closed, (True, f"{edges[-1]}+", edges[-1], _EVER), (False, "onbekend", 0, _EVER)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _running(rows: pl.DataFrame, keys: list[str], end: int) -> pl.DataFrame:
    """Return n at risk by month: a running sum of who begins and who stops being so."""
    groups = keys[1:]
    begun = rows.group_by(*groups, month="first").agg(change=pl.len().cast(pl.Int64))
    over = rows.group_by(*groups, month=pl.col("last") + 1).agg(change=-pl.len().cast(pl.Int64))
    change = pl.concat([begun, over]).group_by(keys).agg(pl.col("change").sum())
    first = rows.select(pl.col("first").min()).item()
    months = pl.DataFrame({"month": range(end if first is None else first, end)}, schema={"month": pl.Int64})
    return (
        change.select(groups)
        .unique()
        .join(months, how="cross")
        .join(change, on=keys, how="left")
        .sort(*groups, "month")
        .with_columns(n=pl.col("change").fill_null(0).cum_sum().over(groups))
        .filter(pl.col("n") > 0)
        .sort(keys)
    )


def inflow_outflow_rate(
    timeline: pl.DataFrame, chain: Chain, peildatum: date, position: str | None = None, months: int = 12
) -> pl.DataFrame:
    """Inflow and outflow of the last months that are over, over the mean stock of those months.

    position  a code of the chain; default: having bijstand, whatever the position.
    months    whole months before the peildatum, 1 or more. The provisional months are in it: give a timeline that stops
              before them, and its last day, to leave them out.

    Returns   (2 x 8)  direction (in, uit), flow (entries or exits on their day; a person can have more), mean_stock
              (persons on the first of the month, mean of the months), months, rate, lower, upper (95 %), interval =
              garwood (the flow is a Poisson count, the stock is given).
    Raises    ValueError: part of these months was before the chain was observed, there are no such months or position,
              or the timeline goes on after the peildatum.
    Source    sum over 12 months / mean stock of those 12 months: the form of SGB II par. 48a.
    """
    refuse_later(peildatum, timeline)
    refuse_numbers("months", [months], lowest=1)
    *starts, end = whole_months(peildatum, months)
    if chain.observed_from and starts[0] < chain.observed_from:
        raise ValueError(f"the chain was not observed during all of the last {months} months")
    spells = held(timeline, position)
    present = [((pl.col("first_day") <= day) & (pl.col("next_day") > day)).sum().alias(str(day)) for day in starts]
    mean_stock = sum(spells.select(present).row(0)) / months
    flows = [
        _entries(spells, chain).filter(pl.col("first_day").is_between(starts[0], end, closed="left")).height,
        spells.filter(pl.col("closed"), pl.col("next_day").is_between(starts[0], end, closed="left")).height,
    ]
    frame = pl.DataFrame({"direction": ["in", "uit"], "flow": flows, "mean_stock": mean_stock, "months": months})
    return with_rate(frame, "flow", "mean_stock")


def _entries(spells: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Return the spells that were seen to begin: who was there on the first observed day did not come in on it."""
    begun = same_person(1) | (pl.col("first_day") != pl.lit(chain.observed_from)).fill_null(value=True)
    left = pl.when(same_person(1)).then(pl.col("next_day").shift(1))
    return spells.with_columns(begun=begun, left=left).filter("begun").drop("begun")


def reentry_share(
    timeline: pl.DataFrame, chain: Chain, peildatum: date, position: str | None = None, months: int = 12
) -> pl.DataFrame:
    """Re-entry, form 1: of those who came in, the share that had left less than 12 months before.

    position  a code of the chain; default: having bijstand, whatever the position.
    months    whole months before the peildatum whose inflow counts, 1 or more. The provisional months are in it: give a
              timeline that stops before them, and its last day, to leave them out.

    Returns   (1 x 7)  inflow (entries with 12 observed months before them), reentries (entry earlier than 12 calendar
              months after the first day without), left_out (entries with less than 12 observed months before them),
              share, lower, upper (95 %), interval = clopper-pearson.
    Raises    ValueError: there are no such months or position, or the timeline goes on after the peildatum.
    Source    CBS 82662NED, "binnen een jaar". Gaps that the chain fills (gap_days) are no exit, so no re-entry either.
              Form 2 is `return_incidence`: another denominator, never to be printed as this one.
    """
    refuse_later(peildatum, timeline)
    refuse_numbers("months", [months], lowest=1)
    start, end = whole_months(peildatum, months)[::months]
    since = pl.lit(chain.observed_from, dtype=pl.Date).dt.offset_by("12mo")
    entries = _entries(held(timeline, position), chain).filter(
        pl.col("first_day").is_between(start, end, closed="left")
    )
    seen = entries.filter((pl.col("first_day") >= since).fill_null(value=True))
    again = seen.filter(months_after("left", pl.lit(12)) > pl.col("first_day")).height
    counted = {"inflow": [seen.height], "reentries": [again], "left_out": [entries.height - seen.height]}
    return with_share(pl.DataFrame(counted), "reentries", "inflow")
