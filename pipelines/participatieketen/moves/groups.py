"""client -> the group of every person, per grouping; as the registers have it on the peildatum."""

from collections.abc import Mapping
from datetime import date

import polars as pl

UNKNOWN = "onbekend"

_AGES = (27, 45, 55)  # limits of the age groups of the national statistics on bijstand (CBS)
_AGE_GROUPS = ("tot 27", "27 tot 45", "45 tot 55", "55 en ouder")


def groupings(peildatum: date) -> Mapping[str, pl.Expr]:
    """Return how a row of `client` tells the group, by the name of the grouping; codes as in the code lists."""
    age = peildatum.year - pl.col("geboortejaar").cast(pl.Int64)
    return {
        "wijk": pl.col("wijkcode"),
        "leeftijdsgroep": age.cut(_AGES, labels=_AGE_GROUPS, left_closed=True),
        "geslacht": pl.col("geslacht"),
        "leefvorm": pl.col("leefvorm"),
    }


def groups(client: pl.DataFrame, timeline: pl.DataFrame, grouping: pl.Expr) -> pl.DataFrame:
    """Return (persons x 2) person, group: one row for everyone in the timeline, "onbekend" for who has no such row."""
    known = client.select("person", group=grouping.cast(pl.String)).unique("person", keep="any")
    return (
        timeline.select("person")
        .unique()
        .join(known, on="person", how="left")
        .with_columns(pl.col("group").fill_null(UNKNOWN))
    )
