"""timeline, step and stock_flow -> the counts that go to disclosure: small frames without a person in them."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from participatieketen.chain import Chain
from participatieketen.months import YEAR, months_between, months_later, year_before


def counts(
    timeline: pl.DataFrame, step: pl.DataFrame, stock_flow: pl.DataFrame, chain: Chain, peildatum: date
) -> dict[str, pl.DataFrame]:
    """Return the counts of every observed month, and where people were a year apart, zeros included.

    stock_flow   (months x i x j) month, from_position, to_position, persons (> 0); its sums are the stocks
    year_matrix  (months x i x j) month, from_position, to_position, persons: to_position on the first of the month,
                                  from_position 12 months before it; up to the day that is settled, and from outside
                                  the chain too, so that columns add up to the stock
    step         (months x i x j) month, from_position, to_position, direction, steps; whole months only
    """
    census, whole = chain.settled_on(peildatum), (peildatum + timedelta(days=1)).replace(day=1)
    observed = stock_flow.select(pl.col("month").min()).item() or peildatum.replace(day=1)
    days = months_between(min(months_later(observed, YEAR), census), months_later(census, 1))
    return {
        "stock_flow": stock_flow.drop("group"),
        "year_matrix": pl.concat(
            matrix(timeline, chain, year_before(day), day).select(pl.lit(day).alias("month"), pl.all()) for day in days
        ),
        "step": _steps(step, chain, months_between(observed, whole)),
    }


def matrix(timeline: pl.DataFrame, chain: Chain, from_day: date, to_day: date) -> pl.DataFrame:
    """Return (i x j) from_position, to_position, persons: where those in the chain on either of two days are on both.

    Who has no stay yet on the first day comes from `not_yet`.
    """
    start = _positions_on(timeline, from_day).select("person", from_position="position")
    end = _positions_on(timeline, to_day).select("person", to_position="position")
    found = (
        end.join(start, on="person", how="left")
        .with_columns(pl.col("from_position").fill_null(pl.lit(chain.not_yet, dtype=pl.Enum(chain.codes))))
        .group_by("from_position", "to_position")
        .agg(persons=pl.len())
    )
    return (
        _pairs(chain, entries=True)
        .join(found, on=["from_position", "to_position"], how="left")
        .with_columns(_count("persons"))
    )


def _steps(step: pl.DataFrame, chain: Chain, months: Sequence[date]) -> pl.DataFrame:
    pairs = _pairs(chain, entries=True)
    directed = pairs.with_columns(
        direction=pl.Series([chain.direction(*pair) for pair in pairs.iter_rows()], dtype=pl.String)
    ).drop_nulls("direction")
    name = ["month", "from_position", "to_position"]
    found = step.group_by(pl.col("day").dt.truncate("1mo").alias("month"), *name[1:]).agg(steps=pl.len())
    return (
        pl.DataFrame({"month": months}, schema={"month": pl.Date})
        .join(directed, how="cross")
        .join(found, on=name, how="left")
        .with_columns(_count("steps"))
    )


def _positions_on(timeline: pl.DataFrame, day: date) -> pl.DataFrame:
    return timeline.filter(pl.col("first_day") <= day, pl.col("next_day") > day)


def _count(column: str) -> pl.Expr:
    return pl.col(column).fill_null(0).cast(pl.Int64)


def _inside(chain: Chain) -> list[str]:
    return sorted(chain.ranks, key=lambda code: chain.ranks[code])


def _pairs(chain: Chain, *, entries: bool) -> pl.DataFrame:
    """Return the ordered pairs that can occur, low to high: from the chain, and into it too if `entries`."""
    inside = _inside(chain)
    outside = [code for code in chain.codes if code not in chain.ranks]
    pairs = [(start, end) for start in inside for end in [*inside, *outside] if end != chain.not_yet]
    if entries:
        pairs += [(start, end) for start in outside for end in inside]
    schema = dict.fromkeys(("from_position", "to_position"), pl.Enum(chain.codes))
    return pl.DataFrame(pairs, schema=schema, orient="row")
