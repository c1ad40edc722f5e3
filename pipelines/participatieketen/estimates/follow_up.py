"""What becomes of people from a day on, each with a clock of their own: histories, and estimates at whole months."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from participatieketen.estimates.aalen_johansen import Start, occupancy
from participatieketen.estimates.band import band
from participatieketen.estimates.paths import DAYS_A_MONTH, asked_months, clock, months_after
from participatieketen.moves.changes import same_person


def history_since(starts: pl.DataFrame, later: pl.DataFrame, peildatum: date, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return a history with the clock of `paths.clock` at 0 on the day of each start.

    starts   person, day, state [, by]: one row per person.
    later    person, day, state: where they went; what is not after their start does not count. State null: out of
             sight, which ends their follow-up whatever is seen of them later.

    Returns  (stays x 5)  person, state, start, stop, to [, by]; censored on the peildatum, the last day that is seen,
             or when they went out of sight.
    """
    begun = starts.select("person", *by, begun="day")
    after = later.select("person", "day", "state").join(begun, on="person").filter(pl.col("day") > pl.col("begun"))
    first = starts.select("person", "day", "state", *by, begun="day")
    unseen = after.filter(pl.col("state").is_null()).group_by("person").agg(last=pl.col("day").min())
    return (
        pl.concat([first, after.select(first.columns)])
        .join(unseen, on="person", how="left")
        .with_columns(pl.col("last").fill_null(peildatum))
        .filter(pl.col("state").is_not_null(), pl.col("day") <= pl.col("last"))
        .sort("person", "day")
        .with_columns(
            until=pl.when(same_person(-1)).then(pl.col("day").shift(-1)).otherwise("last"),
            to=pl.when(same_person(-1)).then(pl.col("state").shift(-1)),
        )
        .select("person", *by, "state", start=clock("begun", "day"), stop=clock("begun", "until"), to="to")
        .filter(pl.col("start") < pl.col("stop"))
    )


def at_months(
    history: pl.DataFrame, start: Start, months: Sequence[int], states: Sequence[str], by: Sequence[str] = ()
) -> pl.DataFrame:
    """Return [by,] months, state, probability, std_error; a state that nobody is ever in has probability 0.

    Raises   BrokenHistory and ValueError as in `occupancy`; ValueError: months are not different whole numbers >= 0.
    """
    asked = asked_months(months)
    found = occupancy(history, start, [DAYS_A_MONTH * k for k in months], by)
    groups = found.select(by).unique(maintain_order=True) if by else pl.DataFrame({"all": [0]})
    grid = groups.join(asked, how="cross").join(pl.DataFrame({"state": states}), how="cross")
    numbered = found.with_columns(
        pl.col("state").cast(pl.String), months=(pl.col("time") / DAYS_A_MONTH).round().cast(pl.Int64)
    )
    return grid.join(numbered, on=[*by, "months", "state"], how="left", maintain_order="left").select(
        *by, "months", "state", pl.col("probability", "std_error").fill_null(0)
    )


def with_followed(found: pl.DataFrame, starts: pl.DataFrame, peildatum: date, months: Sequence[int]) -> pl.DataFrame:
    """Return the estimates with a band, n starts, and how many of them are followed for so many months.

    Null where nobody is followed for so long.

    Raises   ValueError: months are not different whole numbers >= 0.
    """
    return (
        band(found)
        .join(followed_for(starts, peildatum, months).drop("n"), on="months", how="left", maintain_order="left")
        .with_columns(pl.col("followed").fill_null(0), n=pl.lit(starts.height, dtype=pl.Int64))
        .with_columns(pl.when(pl.col("followed") > 0).then(pl.col("probability", "std_error", "lower", "upper")))
        .select(*found.columns, "lower", "upper", "n", "followed")
    )


def followed_for(starts: pl.DataFrame, peildatum: date, months: Sequence[int], by: Sequence[str] = ()) -> pl.DataFrame:
    """Return [by,] months, n starts, followed: how many lie so many months before the peildatum, whatever came after.

    starts   day [, by]: one row per start. Without starts there are no rows.

    Raises   ValueError: months are not different whole numbers >= 0.
    """
    return (
        starts.select("day", *by)
        .join(asked_months(months), how="cross")
        .group_by(*by, "months")
        .agg(
            n=pl.len().cast(pl.Int64),
            followed=(months_after("day", pl.col("months")) <= peildatum).sum().cast(pl.Int64),
        )
    )
