"""timeline -> history: the counting-process form that estimates are made from."""

from typing import Literal

import polars as pl

from participatieketen.moves.changes import same_person

Clock = Literal["kalender", "instroom"]


def history(timeline: pl.DataFrame, clock: Clock = "kalender") -> pl.DataFrame:
    """Return who was in which state from when to when, and where they went.

    timeline  as `timelines.timeline` returns it; stays that differ in income only are one stay here.
    clock     kalender: start and stop are days since 1970-01-01; instroom: days since the person's first day in the
              timeline. Who was already there when observation began has no known entry: with the second clock leave
              them out beforehand.

    Returns   (stays x 5)  person Int32, state Enum, start, stop Int32 (days, half-open [start, stop)), to Enum: the
              next state, null = censored at stop: the peildatum, the last day on which anything can be seen. Who comes
              somewhere on that very day is not followed there. Sorted by person and start, without gaps.
    """
    moved = ~same_person(1) | (pl.col("position") != pl.col("position").shift(1))
    stays = timeline.lazy().filter(moved)
    follows = same_person(-1)
    days = pl.col("first_day").to_physical()
    peildatum = (timeline.select(pl.col("next_day").max().to_physical()).item() or 0) - 1
    entry = pl.when(~same_person(1)).then(days).forward_fill() if clock == "instroom" else pl.lit(0, dtype=pl.Int32)
    return (
        stays.select(
            "person",
            state="position",
            start=days - entry,
            stop=pl.when(follows).then(days.shift(-1)).otherwise(peildatum).cast(pl.Int32) - entry,
            to=pl.when(follows).then(pl.col("position").shift(-1)),
        )
        .filter(pl.col("start") < pl.col("stop"))
        .collect()
    )
