"""How much a path through the chain goes back and forth: one number per person, given as a mean over persons."""

import numpy as np
import polars as pl

from participatieketen.chain import Chain
from participatieketen.months import number_of_next_start
from participatieketen.moves.changes import rank, same_person


def volatility(timeline: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Mean volatility: 0 for who stays in one position, 1 for who is in every position and changes every month.

    0.5 (visited - 1) / (a - 1) + 0.5 transitions / (length - 1) per person, on the position on the first of each
    month; visited: distinct positions, a: positions with a rank in the chain, length: months in the chain.
    Months outside the chain are skipped: the positions before and after them are neighbours.

    timeline  as `timelines.timeline` returns it.

    Returns   (1 x 4)  mean, std_error (standard deviation / square root of n; null below 2), n persons, left_out:
              persons with fewer than 2 first days of a month in the chain.
    Source    Brzinsky-Fay (2007); TraMineR `seqivolatility` with w = 0.5.
    """
    visited, transitions = pl.col("visited") - 1, pl.col("transitions") / (pl.col("length") - 1)
    return _mean(timeline, chain, 0.5 * visited / (_size(chain) - 1) + 0.5 * transitions)


def complexity(timeline: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Mean complexity: 0 for who stays in one position, 1 for the most changes and the most even spread of time.

    sqrt(transitions / (length - 1) x H / log a) per person, with H the entropy of the shares of time by position;
    otherwise, and in arguments and answer, as `volatility`.

    Source    Gabadinho, Ritschard, Studer & Mueller (2010); TraMineR `seqici`.
    """
    return _mean(
        timeline,
        chain,
        (pl.col("transitions") / (pl.col("length") - 1) * pl.col("entropy").clip(0) / np.log(_size(chain))).sqrt(),
    )


def recurrence(timeline: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Mean recurrence: spells / distinct positions per person; 1 when nobody comes back to where they were.

    In arguments and answer as `volatility`.

    Source    Brzinsky-Fay (2018); TraMineR `seqindic`, indicator "recu".
    """
    return _mean(timeline, chain, (pl.col("transitions") + 1) / pl.col("visited"))


def _size(chain: Chain) -> int:
    """Return how many positions there are; at least 2, so that a chain of one gives 0 and not 0 / 0."""
    return max(len(chain.ranks), 2)


def _mean(timeline: pl.DataFrame, chain: Chain, index: pl.Expr) -> pl.DataFrame:
    inside = timeline.filter(rank("position", chain).is_not_null())
    values = _paths(inside).filter(pl.col("length") > 1).select(index=index)
    return values.select(
        mean=pl.col("index").mean(),
        std_error=pl.col("index").std() / pl.len().sqrt(),
        n=pl.len().cast(pl.Int64),
        left_out=pl.lit(inside["person"].n_unique() - values.height, dtype=pl.Int64),
    )


def _paths(inside: pl.DataFrame) -> pl.DataFrame:
    """Return per person: length in months, transitions, visited positions, entropy of the shares of time."""
    months = pl.col("months")
    stays = (
        inside.select(
            "person",
            "position",
            months=number_of_next_start(pl.col("next_day")) - number_of_next_start(pl.col("first_day")),
        )
        .filter(months > 0)
        .with_columns(begins=~(same_person(1) & (pl.col("position") == pl.col("position").shift(1))))
    )
    return (
        stays.group_by("person", "position", maintain_order=True)
        .agg(months.sum(), pl.col("begins").sum())
        .group_by("person", maintain_order=True)
        .agg(
            length=months.sum(),
            transitions=pl.col("begins").sum().cast(pl.Int64) - 1,
            visited=pl.len().cast(pl.Int64),
            entropy=months.sum().log() - (months * months.log()).sum() / months.sum(),
        )
    )
