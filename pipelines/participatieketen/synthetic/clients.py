"""The client table: one row per person in any register, and nothing that names them but the BSN."""

from typing import Final

import numpy as np
import polars as pl

from participatieketen.synthetic.bijstand import Frame
from participatieketen.synthetic.spans import one_of

EDUCATION: Final = {
    "GEEN_BASISOPLEIDING": 0.05,
    "BASISNIVEAU": 0.17,
    "LBO_MAVO": 0.19,
    "MBO_HAVO_VWO": 0.17,
    "HBO": 0.04,
    "WO": 0.015,
    "NOG_NIET_BEKEND": 0.015,
    "": 0.35,
}
CAPACITY: Final = {
    "ONDER_WML": 0.16,
    "MET_HULP_WML_OF_HOGER": 0.17,
    "ZELFSTANDIG_WML_OF_HOGER": 0.19,
    "TIJDELIJK_GEEN_ARBEIDSVERMOGEN": 0.16,
    "NOG_NIET_BEKEND": 0.32,
}
TARGET_GROUP: Final = {"JA": 0.12, "NEE": 0.55, "VERMOEDELIJK": 0.03, "": 0.30}
LADDER: Final = {"1": 0.12, "2": 0.20, "3": 0.16, "4": 0.12, "5": 0.08, "6": 0.02, "": 0.30}


def clients(registers: dict[str, pl.DataFrame], frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """One row per person who is in any register, with fields as far as a municipality tends to have them."""
    present = pl.concat([table.select("person") for table in registers.values()]).unique().sort("person")
    rows = present.join(frame.people, on="person", how="left", maintain_order="left").join(
        frame.deaths, on="person", how="left", maintain_order="left"
    )
    number = rows.height
    rung = _or_null(one_of(LADDER, number, rng)).cast(pl.Int8)
    rung_day = pl.Series(frame.end - rng.integers(30, 900, number), dtype=pl.Int32).cast(pl.Date)
    return rows.select(
        "person",
        geboortejaar=pl.col("born").cast(pl.Int32).cast(pl.Date).dt.year().cast(pl.Int16),
        geslacht="geslacht",
        wijkcode="wijkcode",
        leefvorm="leefvorm",
        opleidingsniveau=_or_null(one_of(EDUCATION, number, rng)),
        arbeidsvermogen=one_of(CAPACITY, number, rng),
        doelgroepenregister=_or_null(one_of(TARGET_GROUP, number, rng)),
        trede_participatieladder=rung,
        begindatum_trede=pl.when(rung.is_not_null()).then(rung_day),
        datum_overlijden_maand=pl.col("died").cast(pl.Int32).cast(pl.Date).dt.truncate("1mo"),
    )


def _or_null(drawn: pl.Series) -> pl.Series:
    return drawn.replace({"": None})
