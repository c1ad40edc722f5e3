"""Who moves, by group: a group is fixed before the time that is counted, so nothing of later decides who is in it."""

from datetime import date

import polars as pl

from participatieketen.chain import Chain
from participatieketen.estimates.intervals import with_share
from participatieketen.estimates.paths import stays
from participatieketen.moves.changes import rank

DIRECTIONS = ("vooruit", "terug")


def group_shares(
    members: pl.DataFrame, step: pl.DataFrame, timeline: pl.DataFrame, chain: Chain, day: date, last: date
) -> pl.DataFrame:
    """Return by group which share of those in the chain on a day made a step forward, or back, in the time after it.

    members         (persons x groupings, 5) person, grouping, group_code, label, place: the group on that day; the
                    place in which the group is shown.
    step, timeline  as `moves.steps` and `timelines.timeline` return them.
    day, last       who is in the chain on `day`; steps after it, up to and on `last`.

    Returns  (groups x 2, 9)  grouping, group_code, label, direction, n persons, moved (with at least one such step),
             share, lower, upper (95 %, Clopper-Pearson). Who leaves the chain stays in n. Sorted as they are shown.
    """
    there = stays(step, timeline, chain, last).filter(
        rank("position", chain).is_not_null(), pl.col("first_day") <= day, pl.col("next_day") > day
    )
    moved = step.filter(pl.col("day") > day, pl.col("day") <= last).select("person", "direction").unique()
    keys = ["place", "grouping", "group_code", "label"]
    people = members.join(there.select("person").unique(), on="person", how="semi", maintain_order="left")
    found = [
        people.join(moved.filter(direction=direction), on="person", how="left", maintain_order="left")
        .group_by(keys, maintain_order=True)
        .agg(n=pl.len().cast(pl.Int64), moved=pl.col("direction").is_not_null().sum().cast(pl.Int64))
        .with_columns(direction=pl.lit(direction))
        for direction in DIRECTIONS
    ]
    shares = with_share(pl.concat(found), "moved", "n").sort("place", maintain_order=True)
    return shares.select(*keys[1:], "direction", "n", "moved", "share", "lower", "upper")
