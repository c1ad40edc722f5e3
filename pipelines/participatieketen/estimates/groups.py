"""Who moves, by group: a group is fixed before the time that is counted, so nothing of later decides who is in it."""

from datetime import date

import polars as pl

from participatieketen.chain import Chain
from participatieketen.estimates.paths import stays
from participatieketen.moves.changes import rank

DIRECTIONS = ("vooruit", "terug")


def group_shares(
    members: pl.DataFrame, step: pl.DataFrame, timeline: pl.DataFrame, chain: Chain, day: date, last: date
) -> pl.DataFrame:
    """Return by group how many of those in the chain on a day made a step forward, or back, in the time after it.

    members         (persons x groupings, 6) person, household, grouping, group_code, label, place: the group and the
                    household on that day; the place in which the group is shown.
    step, timeline  as `moves.steps` and `timelines.timeline` return them.
    day, last       who is in the chain on `day`; steps after it, up to and on `last`.

    Returns  (groups x 2, 8)  grouping, group_code, label, direction, n persons, moved (persons with at least one such
             step), households (of those n persons), households_moved (of those moved): partners whose benefit is one
             move together, so what chance can do is that of households. A household with persons in two groups of a
             grouping counts in both. Who leaves the chain stays in n. Sorted as they are shown.
    """
    there = stays(step, timeline, chain, last).filter(
        rank("position", chain).is_not_null(), pl.col("first_day") <= day, pl.col("next_day") > day
    )
    moved = step.filter(pl.col("day") > day, pl.col("day") <= last).select("person", "direction").unique()
    keys = ["place", "grouping", "group_code", "label"]
    people = members.join(there.select("person").unique(), on="person", how="semi", maintain_order="left")
    made_it = pl.col("direction").is_not_null()
    found = [
        people.join(moved.filter(direction=direction), on="person", how="left", maintain_order="left")
        .group_by(keys, maintain_order=True)
        .agg(
            n=pl.len().cast(pl.Int64),
            moved=made_it.sum().cast(pl.Int64),
            households=pl.col("household").n_unique().cast(pl.Int64),
            households_moved=pl.col("household").filter(made_it).n_unique().cast(pl.Int64),
        )
        .with_columns(direction=pl.lit(direction))
        for direction in DIRECTIONS
    ]
    rows = pl.concat(found).sort("place", maintain_order=True)
    return rows.select(*keys[1:], "direction", "n", "moved", "households", "households_moved")
