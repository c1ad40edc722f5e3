"""Rows that break their contract, on request: about 2 % of a file, no single kind more than 0.5 % of its rows.

Registers get existing rows damaged, as happens in life. The client table gets extra rows instead: a damaged client
would take its rows in every register along.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl

SHARE: Final = 0.003
"""Of each of the seven kinds in a register."""
CLIENT_SHARE: Final = 0.0045
"""Of each of the four kinds in the client table."""
MOST: Final = 0.005

BEGIN: Final = {
    "bijstand": "aanvangsdatum",
    "startbaan": "datum_start",
    "sociale_cooperatie": "datum_start",
    "dagbesteding": "begindatum_levering",
    "innovatielab": "datum_start",
}
END: Final = {
    "bijstand": "einddatum",
    "startbaan": "datum_einde",
    "sociale_cooperatie": "datum_einde",
    "dagbesteding": "einddatum_levering",
    "innovatielab": "datum_einde",
}
CODE: Final = {
    "bijstand": ("huisvesting", "9"),
    "startbaan": ("vervolg", "WEG"),
    "sociale_cooperatie": ("traject", "ANDERS"),
    "dagbesteding": ("eenheid", "99"),
    "innovatielab": ("team", "ONBEKEND"),
}
UNKNOWN_BSN: Final = "000000000"  # passes the 11-proef, and means that nobody knows

Damage = Callable[[pl.DataFrame], pl.DataFrame]


def dirtied(name: str, texts: pl.DataFrame, pattern: str, rng: np.random.Generator) -> pl.DataFrame:
    """Return the rows of a delivery, as texts, with dirt.

    pattern  the date format of the file, as strftime writes it
    """
    if name == "client":
        return _dirty_clients(texts, rng)
    if name in BEGIN:
        return _dirty_register(name, texts, pattern, rng)
    return texts


def wrong_digit() -> pl.Expr:
    """Return the BSN with another last digit: the sum moves by 1 or 9, so it never passes the 11-proef."""
    last = (pl.col("bsn").str.tail(1).cast(pl.Int64) + 1) % 10
    return pl.col("bsn").str.head(8) + last.cast(pl.String)


def _dirty_register(name: str, texts: pl.DataFrame, pattern: str, rng: np.random.Generator) -> pl.DataFrame:
    begin, end = BEGIN[name], END[name]
    code, unknown = CODE[name]
    damages: list[Damage] = [
        lambda rows: rows.with_columns(
            pl.col(end).alias(begin), pl.col(begin).alias(end)
        ),  # first: it needs rows that have ended
        lambda rows: rows.with_columns(_impossible_day(begin, pattern)),
        lambda rows: rows.with_columns(bsn=wrong_digit()),
        lambda rows: rows.with_columns(bsn=pl.lit(UNKNOWN_BSN)),
        lambda rows: rows.with_columns(pl.lit(unknown).alias(code)),
        lambda rows: rows.with_columns(pl.lit(None, dtype=pl.String).alias(begin)),
    ]
    number = _how_many(texts.height, SHARE)
    swappable = texts.select((pl.col(end) != pl.col(begin)).fill_null(value=False)).to_series().to_numpy()
    order = np.lexsort((rng.random(texts.height), ~swappable)) if number else np.empty(0, dtype=np.int64)
    first = order[:number] if swappable.sum() >= number else order[:0]
    rest = rng.permutation(np.setdiff1d(np.arange(texts.height), first))
    groups = [first, *(rest[number * place : number * (place + 1)] for place in range(len(damages)))]
    kind = np.full(texts.height, -1, dtype=np.int64)
    for place, group in enumerate(groups):
        kind[group] = place
    numbered = texts.with_columns(place=pl.int_range(pl.len()).cast(pl.Float64))
    clean = numbered.filter(pl.Series(kind < 0) | pl.Series(kind == len(damages)))
    damaged = [damage(numbered.filter(pl.Series(kind == place))) for place, damage in enumerate(damages)]
    twice = numbered.filter(pl.Series(kind == len(damages))).with_columns(pl.col("place") + 0.5)
    return pl.concat([clean, *damaged, twice]).sort("place").drop("place")


def _impossible_day(column: str, pattern: str) -> pl.Expr:
    """Return 31 February of a year, written as the file writes its dates."""
    written = pattern.replace("%d", "31").replace("%m", "02").replace("%Y", "2023")
    return pl.lit(written).alias(column)


def _dirty_clients(texts: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    number = _how_many(texts.height, CLIENT_SHARE)
    picked = rng.permutation(texts.height)[: 4 * number]
    wrong, unknown, twice, without_year = (picked[number * part : number * (part + 1)] for part in range(4))
    blank = np.isin(np.arange(texts.height), without_year)
    own = texts.with_columns(geboortejaar=pl.when(~pl.Series(blank)).then("geboortejaar"))
    extra = [
        texts[wrong].with_columns(bsn=wrong_digit()),
        texts[unknown].with_columns(bsn=pl.lit(UNKNOWN_BSN)),
        texts[twice],
    ]
    return pl.concat([own, *extra]).sort("bsn", maintain_order=True)


def _how_many(rows: int, share: float) -> int:
    """Rows of one kind: the share, at least one, and none where one is already too much."""
    return min(max(round(rows * share), 1), int(rows * MOST))
