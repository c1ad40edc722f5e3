"""timeline -> step: every change of position on its day."""

import polars as pl

from participatieketen.chain import Chain


def steps(timeline: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Return every change of position on its day.

    timeline   as `timelines.timeline` returns it.

    Returns    (steps x 7)  person, day, from_position, to_position, direction, steps Int32 (difference in rank, +2 is
               two ranks forward; 0 for opzij, in and uit), bridged_days Int32; sorted by person and day.
               Being outside the chain for at most `gap_days` between two positions is no exit: it is one step on the
               day the later position begins, and bridged_days says how many days nothing was open (else 0).
               Who is in the chain on the first observed day did not step in on it (left truncation).
    """
    entered = ~same_person(1) & (pl.col("first_day") != pl.lit(chain.observed_from)).fill_null(value=True)
    return (
        timeline.lazy()
        .filter(~_absence(chain))
        .select(
            "person",
            day="first_day",
            from_position=pl.when(same_person(1))
            .then(pl.col("position").shift(1))
            .when(entered)
            .then(pl.lit(chain.not_yet, dtype=pl.Enum(chain.codes))),
            to_position="position",
            bridged_days=pl.when(same_person(1))
            .then((pl.col("first_day") - pl.col("next_day").shift(1)).dt.total_days())
            .otherwise(0)
            .cast(pl.Int32),
        )
        .filter(pl.col("from_position") != pl.col("to_position"))
        .with_columns(
            direction=direction("from_position", "to_position", chain),
            steps=(rank("to_position", chain) - rank("from_position", chain)).fill_null(0),
        )
        .filter(pl.col("direction").is_not_null())
        .select("person", "day", "from_position", "to_position", "direction", "steps", "bridged_days")
        .collect()
    )


def _absence(chain: Chain) -> pl.Expr:
    """Say of each stay whether it is part of a short time outside the chain between two positions in it."""
    inside = ranked("position", chain)
    left = pl.when(inside).then("next_day").forward_fill()
    left_by = pl.when(inside).then("person").forward_fill()
    entered = pl.when(inside).then("first_day").backward_fill()
    entered_by = pl.when(inside).then("person").backward_fill()
    both = (left_by == pl.col("person")) & (entered_by == pl.col("person"))
    short = (entered - left).dt.total_days() <= chain.gap_days
    return (~inside & both & short).fill_null(value=False)


def rank(column: str, chain: Chain) -> pl.Expr:
    """Return the rank of a position; null outside the chain."""
    ranks = pl.Series([chain.ranks.get(code) for code in chain.codes], dtype=pl.Int32)
    return pl.lit(ranks).gather(pl.col(column).cast(pl.Enum(chain.codes)).to_physical())


def direction(start: str, end: str, chain: Chain) -> pl.Expr:
    """Return the direction of a step from the position in one column to that in another; null outside at both ends."""
    difference = rank(end, chain) - rank(start, chain)
    return (
        pl.when(difference > 0)
        .then(pl.lit("vooruit"))
        .when(difference < 0)
        .then(pl.lit("terug"))
        .when(difference == 0)
        .then(pl.lit("opzij"))
        .when(rank(start, chain).is_not_null())
        .then(pl.lit("uit"))
        .when(rank(end, chain).is_not_null())
        .then(pl.lit("in"))
    )


def same_person(shift: int) -> pl.Expr:
    """Say of each row whether the row `shift` before it is of the same person."""
    return (pl.col("person") == pl.col("person").shift(shift)).fill_null(value=False)


def ranked(column: str, chain: Chain) -> pl.Expr:
    """Say of each row whether its position is part of the chain."""
    return pl.col(column).is_in(list(chain.ranks))
