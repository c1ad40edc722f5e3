"""Who lives in the fictional town: a household around each applicant, and the adults in it."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from participatieketen.synthetic.model import DAYS_PER_YEAR, Model, years
from participatieketen.synthetic.simulate import People
from participatieketen.synthetic.spans import one_of

SINGLE, PARENT, COUPLE = "1", "2", "3"
YEARS_APART: Final = 4.0  # invented: spread of the age difference in a couple
ADULT: Final = years(18.1)


def households(model: Model, people: People, rng: np.random.Generator) -> pl.DataFrame:
    """One row per household: household, leefvorm, wijkcode, entry, born and partner_born (days)."""
    number, shares = people.entry.size, model.numbers["households"]
    kinds = {SINGLE: shares["single"], PARENT: shares["single_parent"], COUPLE: shares["couple"]}
    apart = np.round(rng.normal(0, YEARS_APART, number) * DAYS_PER_YEAR).astype(np.int64)
    return pl.DataFrame(
        {
            "household": np.arange(number, dtype=np.int64),
            "leefvorm": one_of(kinds, number, rng),
            "wijkcode": one_of(model.numbers["wijken"], number, rng),
            "entry": people.entry,
            "born": people.born,
            "partner_born": np.minimum(people.born + apart, people.entry - ADULT),
        }
    ).with_columns(wijkcode=pl.when(pl.col("wijkcode") != "unknown").then("wijkcode"))


def adults(homes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One row per adult: person, household, partner, born, geslacht, leefvorm, wijkcode.

    Applicants have the number of their household; partners are numbered after them.
    """
    couples = homes.filter(pl.col("leefvorm") == COUPLE)
    everyone = pl.concat(
        [
            homes.with_columns(person="household", partner=pl.lit(value=False)),
            couples.with_columns(
                person=pl.col("household") + homes.height, partner=pl.lit(value=True), born="partner_born"
            ),
        ]
    )
    women = pl.when(pl.col("leefvorm") == PARENT).then(0.9).otherwise(0.47)  # invented, for a little over half
    drawn = pl.Series(rng.random(everyone.height))
    return everyone.with_columns(geslacht=pl.when(drawn < women).then(pl.lit("2")).otherwise(pl.lit("1"))).drop(
        "entry", "partner_born"
    )


def in_bijstand_by_household(spells: pl.DataFrame, homes: pl.DataFrame, end: int, aow_age: float) -> NDArray[np.int64]:
    """Adults in bijstand on day `end`, per household."""
    open_now = spells.filter((pl.col("start") <= end) & (pl.col("stop") > end))
    couple = (homes["leefvorm"] == COUPLE) & (homes["partner_born"] + years(aow_age) > end)
    applicants = np.bincount(open_now["person"].to_numpy(), minlength=homes.height)
    return np.asarray(applicants * (1 + couple.to_numpy().astype(np.int64)), dtype=np.int64)
