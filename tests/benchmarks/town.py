"""Spells of a country of any size: ten years, four registers, overlapping, one in twenty touching or there twice."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from participatieketen import chain as chains
from participatieketen import places
from participatieketen.chain import Chain

PEILDATUM = date(2026, 1, 1)
DAYS = 3_653  # ten years before the peildatum
SPELLS_PER_PERSON = 5.8

REGISTERS = ("bijstand", "dagbesteding", "sociale_cooperatie", "startbaan")
SHARES = (0.55, 0.25, 0.08, 0.12)
MEDIAN_DAYS = np.array([540, 365, 270, 180])
EXITS = ("werk", "verhuisd", "aow", "overleden", "overig", None)
EXIT_SHARES = np.array([[0.27, 0.10, 0.09, 0.03, 0.51, 0], [0, 0.04, 0, 0.03, 0, 0.93], [0] * 5 + [1], [0] * 5 + [1]])


def chain() -> Chain:
    """Return the project's chain, observed from the first day on, so that no day is cut off and left unworked."""
    return replace(chains.read(places.project() / "pipelines/chains/participatie.toml"), registers={})


def spells(persons: int, seed: int = 1) -> pl.DataFrame:
    """Return about 5.8 spells a person, in no order, codes as Enum, open ends as null."""
    random = np.random.default_rng(seed)
    number = 1 + random.poisson(SPELLS_PER_PERSON - 1, persons)
    person = np.repeat(np.arange(persons, dtype=np.int32), number)
    register = random.choice(4, len(person), p=SHARES)
    length = np.maximum(random.lognormal(np.log(MEDIAN_DAYS[register]), 1.0).astype(np.int64), 1)
    start = random.integers(0, DAYS, len(person))
    _repeat(random, person, register, start, length)
    end = start + length
    after = (random.random(len(person))[:, None] > EXIT_SHARES.cumsum(axis=1)[register]).sum(axis=1)
    first_day = np.datetime64(PEILDATUM) - DAYS
    codes = pl.Enum(chain().codes)
    return (
        pl.DataFrame({"person": person, "register": register, "start": start, "end": end, "after": after})
        .select(
            "person",
            pl.lit(pl.Series(REGISTERS, dtype=pl.Enum(REGISTERS))).gather("register").alias("register"),
            pl.lit(pl.Series(REGISTERS, dtype=codes)).gather("register").alias("position"),
            first_day=pl.lit(first_day) + pl.duration(days="start"),
            next_day=pl.when(pl.col("end") <= DAYS).then(pl.lit(first_day) + pl.duration(days="end")),
            after=pl.when(pl.col("end") <= DAYS).then(pl.lit(pl.Series(EXITS, dtype=codes)).gather("after")),
        )
        .with_columns(pl.col("first_day", "next_day").cast(pl.Date))
        .sample(fraction=1, shuffle=True, seed=seed)
    )


def write(folder: Path, persons: int) -> Path:
    """Write the spells of so many persons to Parquet, once."""
    path = folder / f"spells_{persons}.parquet"
    if not path.exists():
        spells(persons).write_parquet(path)
    return path


def _repeat(
    random: np.random.Generator,
    person: npt.NDArray[np.int32],
    register: npt.NDArray[np.int64],
    start: npt.NDArray[np.int64],
    length: npt.NDArray[np.int64],
) -> None:
    """Make one spell in twenty a copy of the one before it, or begin where that ended."""
    same_person = np.flatnonzero(person[1:] == person[:-1]) + 1
    chosen = random.choice(same_person, len(person) // 20, replace=False)
    touches = random.random(len(chosen)) < 0.6
    register[chosen] = register[chosen - 1]
    fits = touches & (start[chosen - 1] + length[chosen - 1] < DAYS)
    start[chosen] = np.where(fits, start[chosen - 1] + length[chosen - 1], start[chosen - 1])
    length[chosen] = np.where(fits, length[chosen], length[chosen - 1])
