"""timeline and step -> who is where from day to day, and a clock in calendar months."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from participatieketen.chain import Chain
from participatieketen.months import months_between, months_later, number_of_month
from participatieketen.moves.changes import same_person

DAYS_A_MONTH = 31  # on the clock, so that k calendar months after the start is k * 31 exactly


def stays(step: pl.DataFrame, timeline: pl.DataFrame, chain: Chain, peildatum: date) -> pl.DataFrame:
    """Return who is in which position, with short times outside the chain bridged as in `step`.

    Returns  (stays x 6)  person, position, first_day, next_day (half-open; the day after the peildatum when still
             there), to (the next position; null when still there), entered (whether the first day is a step: not so
             for who was there when observation began); sorted by person and day, without gaps within a person.
    """
    there = timeline.lazy().filter(~same_person(1)).select("person", "position", day="first_day", entered=False)
    moved = step.lazy().select("person", position="to_position", day="day", entered=True)
    position = pl.col("position").cast(pl.Enum(chain.codes))
    replaced = same_person(-1) & (pl.col("day") == pl.col("day").shift(-1)).fill_null(value=False)
    return (
        pl.concat([there.with_columns(position), moved.with_columns(position)])
        .sort("person", "day", "entered")
        .filter(~replaced)
        .select(
            "person",
            "position",
            first_day="day",
            next_day=pl.when(same_person(-1)).then(pl.col("day").shift(-1)).otherwise(peildatum + timedelta(days=1)),
            to=pl.when(same_person(-1)).then(pl.col("position").shift(-1)),
            entered="entered",
        )
        .collect()
    )


def held(timeline: pl.DataFrame, position: str | None) -> pl.DataFrame:
    """Return the unbroken times in bijstand (position None) or in a position.

    Returns  (spells x 4)  person, first_day, next_day, closed; sorted by person and day.
    Raises   ValueError: there is no such position.
    """
    if position is not None and position not in _codes(timeline["position"]):
        raise ValueError(f"there is no position {position}")
    has = pl.col("in_bijstand") if position is None else pl.col("position") == position
    begins = has & ~(same_person(1) & has.shift(1)).fill_null(value=False)
    ends = has & ~(same_person(-1) & has.shift(-1)).fill_null(value=False)
    first = timeline.filter(begins).select("person", "first_day")
    return pl.concat([first, timeline.filter(ends).select("next_day", "closed")], how="horizontal")


def _codes(positions: pl.Series) -> list[str]:
    return (positions.dtype.categories if isinstance(positions.dtype, pl.Enum) else positions.unique()).to_list()


def refuse_later(peildatum: date, timeline: pl.DataFrame | None = None, step: pl.DataFrame | None = None) -> None:
    """Raise ValueError when rows tell of days after the peildatum: they would decide what was seen on it."""
    if timeline is not None and (timeline["next_day"] > peildatum + timedelta(days=1)).any():
        raise ValueError("the timeline goes on after the peildatum")
    if step is not None and (step["day"] > peildatum).any():
        raise ValueError("the steps go on after the peildatum")


def refuse_numbers(name: str, numbers: Sequence[int], lowest: int = 0) -> None:
    """Raise ValueError unless these are different whole numbers, none below the lowest."""
    found = np.asarray(numbers)
    whole = found.ndim == 1 and (found.size == 0 or np.issubdtype(found.dtype, np.integer))
    if not whole or (found < lowest).any() or len(np.unique(found)) < found.size:
        raise ValueError(f"{name}: give different whole numbers, none below {lowest}")


def asked_months(months: Sequence[int]) -> pl.DataFrame:
    """Return one row per number of months; raises ValueError unless they are different whole numbers >= 0."""
    refuse_numbers("months", months)
    return pl.DataFrame({"months": months}, schema={"months": pl.Int64})


def months_after(day: str, months: pl.Expr) -> pl.Expr:
    """Return the day so many calendar months later; the last of the month where it has no such day."""
    return pl.col(day).dt.offset_by(pl.format("{}mo", months))


def clock(start: str, end: str) -> pl.Expr:
    """Return the time between two days in whole calendar months * 31 + the days beyond them.

    It grows by the day and is k * 31 on the day k calendar months after the start, however long those months are.
    """
    apart = number_of_month(pl.col(end)) - number_of_month(pl.col(start))
    months = apart - (months_after(start, apart) > pl.col(end)).cast(pl.Int64)
    return months * DAYS_A_MONTH + (pl.col(end) - months_after(start, months)).dt.total_days()


def whole_months(peildatum: date, months: int) -> list[date]:
    """Return the first days of the last `months` months that are over on the peildatum, and of the one after them."""
    end = peildatum + timedelta(days=1)
    return months_between(months_later(end, -months), months_later(end, 1))
