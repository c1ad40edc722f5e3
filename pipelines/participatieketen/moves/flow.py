"""timeline -> stock and flow by month: who was where on the first of a month, and on the first of the next."""

from datetime import date

import polars as pl

from participatieketen.chain import Chain
from participatieketen.months import month_number, month_with_number, number_of_next_start
from participatieketen.moves.changes import ranked, same_person

_GROUPS = 1 << 16  # groups of one grouping that fit in a packed key


def stock_flow(
    timeline: pl.DataFrame, chain: Chain, peildatum: date, groups: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return how many persons were in i on the first of a month and in j on the first of the next.

    timeline   as `timelines.timeline` returns it.
    groups     (persons x 2)  person, group; one row for everyone in the timeline. Default: all in "totaal".

    Returns    (months x i x j x groups, 5)  month (its first day), from_position, to_position, group, persons (> 0),
               sorted; i = j: stayed. Positions outside the chain included, flows outside at both ends left out.
               From the first month that is observed whole up to the month before the peildatum's, so for each i:
               sum over j of flow[m, i, j] = stock[m, i] = sum over h of flow[m - 1, h, i].
    """
    codes = pl.Enum(chain.codes)
    if timeline.is_empty():
        names = {
            "month": pl.Date(),
            "from_position": codes,
            "to_position": codes,
            "group": pl.String(),
            "persons": pl.Int64(),
        }
        return pl.DataFrame(schema=names)
    first, last = _first_month(timeline, chain), month_number(peildatum)
    labels = ["totaal"] if groups is None else sorted(groups["group"].unique())
    held = _month_starts(timeline, groups, labels)
    in_chain = ranked("from_position", chain) | ranked("to_position", chain)
    return (
        pl.concat([_changed(held, chain), _stayed(held, chain, first, last)])
        .filter(pl.col("month").is_between(first, last - 1))
        .group_by("month", "from_position", "to_position", "group")
        .agg(pl.col("persons").sum())
        .sort("month", "from_position", "to_position", "group")
        .select(
            month_with_number(pl.col("month")).alias("month"),
            *(
                pl.lit(pl.Series(column, chain.codes, dtype=codes)).gather(column)
                for column in ("from_position", "to_position")
            ),
            pl.lit(pl.Series("group", labels, dtype=pl.String)).gather("group"),
            "persons",
        )
        .filter(pl.col("persons") > 0, in_chain)
    )


def stock_flow_by_month(timeline: pl.DataFrame, chain: Chain, peildatum: date, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the same as `stock_flow`, of groups that people come in and go out of.

    groups     (persons x months, 3)  person, month (its first day), group on that day; the last month's too.

    Returns    as `stock_flow`: a flow is of the group at its start, or of that at its end for who had none then; null
               when both are not known. Over all groups the stocks are tied by month, in one group they are not.
    """
    first, last = _first_month(timeline, chain), month_number(peildatum)
    at = _month_starts(timeline, None, ["totaal"]).select(
        "person", "position", month=pl.int_ranges(pl.col("entered").clip(first), pl.min_horizontal("left", last + 1))
    )
    there = at.filter(pl.col("month").list.len() > 0).explode("month")
    moment = groups.select("person", "group", month=number_of_next_start(pl.col("month")))
    names = pl.Series(chain.codes, dtype=pl.Enum(chain.codes))
    in_chain = ranked("from_position", chain) | ranked("to_position", chain)
    return (
        there.select("person", pl.col("month") - 1, to_position="position")
        .filter(pl.col("month") >= first)
        .join(there.rename({"position": "from_position"}), on=["person", "month"], how="left")
        .join(moment, on=["person", "month"], how="left")
        .join(moment.with_columns(pl.col("month") - 1), on=["person", "month"], how="left", suffix="_end")
        .with_columns(
            pl.col("from_position").fill_null(chain.codes.index(chain.not_yet)), group=pl.coalesce("group", "group_end")
        )
        .group_by("month", "from_position", "to_position", "group")
        .agg(persons=pl.len().cast(pl.Int64))
        .sort("month", "from_position", "to_position", "group")
        .select(
            month_with_number(pl.col("month")).alias("month"),
            *(pl.lit(names).gather(column).alias(column) for column in ("from_position", "to_position")),
            "group",
            "persons",
        )
        .filter(in_chain)
    )


def _first_month(timeline: pl.DataFrame, chain: Chain) -> int:
    """Return the first month on whose first day it is known where everyone is."""
    if chain.observed_from:
        return month_number(chain.observed_from) + (chain.observed_from.day > 1)
    return month_number(timeline.select(pl.col("first_day").min()).item())


def _month_starts(timeline: pl.DataFrame, groups: pl.DataFrame | None, labels: list[str]) -> pl.DataFrame:
    """Return the stays that hold the first day of a month: from month `entered` up to and without month `left`."""
    stays = timeline.lazy().with_columns(group=pl.lit(0, dtype=pl.UInt32))
    if groups is not None:
        numbered = groups.lazy().select("person", pl.col("group").cast(pl.Enum(labels)).to_physical().cast(pl.UInt32))
        stays = timeline.lazy().join(numbered, on="person", how="inner", maintain_order="left")
    return (
        stays.select(
            "person",
            "group",
            position=pl.col("position").to_physical().cast(pl.Int64),
            entered=number_of_next_start(pl.col("first_day")),
            left=number_of_next_start(pl.col("next_day")),
        )
        .filter(pl.col("left") > pl.col("entered"))
        .collect()
    )


def _count(rows: pl.LazyFrame, chain: Chain, month: pl.Expr, from_position: pl.Expr) -> pl.DataFrame:
    """Return persons by month, from_position, position and group, counted on one packed key."""
    size = len(chain.codes)
    packed = ((month * size + from_position) * size + pl.col("position")) * _GROUPS + pl.col("group")
    key = pl.col("key")
    return (
        rows.select(key=packed)
        .group_by("key")
        .agg(persons=pl.len().cast(pl.Int64))
        .select(
            "persons",
            month=key // (_GROUPS * size * size),
            from_position=key // (_GROUPS * size) % size,
            to_position=key // _GROUPS % size,
            group=key % _GROUPS,
        )
        .collect()
    )


def _changed(held: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Return the flows from one stay into the next, entries included."""
    before = pl.when(same_person(1)).then(pl.col("position").shift(1)).otherwise(chain.codes.index(chain.not_yet))
    return _count(held.lazy(), chain, pl.col("entered") - 1, before)


def _stayed(held: pl.DataFrame, chain: Chain, first: int, last: int) -> pl.DataFrame:
    """Return the flows within a stay, as running sums of the stays that begin and end by month."""
    same, key = pl.col("position"), ["from_position", "to_position", "group"]
    begun = _count(held.lazy(), chain, pl.col("entered").clip(first), same)
    ended = _count(held.lazy(), chain, (pl.col("left") - 1).clip(first), same)
    change = (
        pl.concat([begun, ended.with_columns(-pl.col("persons"))]).group_by("month", *key).agg(pl.col("persons").sum())
    )
    months = pl.DataFrame({"month": range(first, last)}, schema={"month": pl.Int64})
    return (
        change.select(key)
        .unique()
        .join(months, how="cross")
        .join(change, on=["month", *key], how="left")
        .sort(*key, "month")
        .with_columns(pl.col("persons").fill_null(0).cum_sum().over(key))
        .select("persons", "month", *key)
    )
