"""Counts of a made-up crowd: each month everyone stays, moves, leaves or comes in, by fixed chances."""

from datetime import date

import numpy as np
import polars as pl

from participatieketen.disclosure import Context, Position

INSIDE = ("laag", "midden", "hoog")
OUTSIDE = ("weg", "nieuw")
CODES = (*INSIDE, *OUTSIDE)
FIRST = date(2023, 1, 1)
KEY = bytes(range(32))
PROVISIONAL = 3
"""The last so many months are provisional."""


def month(number: int) -> date:
    """Return the first day of a month, counted from January 2023."""
    return date(FIRST.year + number // 12, number % 12 + 1, 1)


def context(months: int, base: int = 5) -> Context:
    """Return what a page says of counts up to the month after `months` whole ones."""
    places = tuple(Position(code, code, rank) for rank, code in enumerate(INSIDE))
    return Context(
        organisation="Gemeente",
        title="Keten",
        chain="Keten",
        positions=(*places, *(Position(code, code, None) for code in OUTSIDE)),
        peildatum=month(months),
        provisional_from=month(months - PROVISIONAL),
        fictional=True,
        base=base,
    )


def walks(persons: int, months: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return (persons x months + 1) the number of everyone's position on the first of each month."""
    random = np.random.default_rng(seed)
    start = random.choice(5, persons, p=[0.4, 0.1, 0.1, 0.0, 0.4])
    chances = np.array(
        [
            [0.90, 0.05, 0.02, 0.03, 0.0],
            [0.04, 0.88, 0.05, 0.03, 0.0],
            [0.02, 0.02, 0.93, 0.03, 0.0],
            [0.02, 0.00, 0.01, 0.97, 0.0],
            [0.06, 0.01, 0.00, 0.00, 0.93],
        ]
    ).cumsum(axis=1)
    places = [start]
    for _ in range(months):
        places.append((random.random(persons)[:, None] > chances[places[-1]]).sum(axis=1).clip(0, 4))
    return np.stack(places, axis=1)


_STEP = ("month", "from_position", "to_position", "direction", "steps")

Places = np.ndarray[tuple[int, int], np.dtype[np.int64]]


def known_by(places: Places, months: int, seed: int, mean: float = 1.0) -> Places:
    """Return (persons x months + 1) where everyone seems to be: changes are registered `mean` months late on average.

    What is known of a change once, stays known.
    """
    lag = np.random.default_rng(seed).poisson(mean, places.shape)
    seen, hidden = places[:, : months + 1].copy(), np.zeros(len(places), dtype=bool)
    for number in range(1, months + 1):
        changed = places[:, number] != places[:, number - 1]
        hidden = np.where(changed, number + lag[:, number] > months, hidden)
        seen[:, number] = np.where(hidden, seen[:, number - 1], places[:, number])
    return seen


def counts(places: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> dict[str, pl.DataFrame]:
    """Return the frames that disclosure takes; a step is a change between two months.

    The last year ends before the provisional months.
    """
    months = places.shape[1] - 1
    end = months - PROVISIONAL
    flows = pl.concat(_flow(places, number, number + 1) for number in range(months))
    years = [
        _flow(places, max(day - 12, 0), day).with_columns(month=month(day)) for day in range(min(12, end), end + 1)
    ]
    steps = flows.filter(pl.col("from_position") != pl.col("to_position")).with_columns(
        direction=pl.struct("from_position", "to_position").map_elements(_direction, return_dtype=pl.String)
    )
    return {
        "stock_flow": flows.filter(pl.col("persons") > 0),
        "year_matrix": pl.concat(years),
        "step": steps.rename({"persons": "steps"}).select(*_STEP),
    }


def by_direction(counts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the true steps of each month and direction."""
    return counts["step"].group_by("month", "direction", maintain_order=True).agg(pl.col("steps").sum())


def pairs(counts: dict[str, pl.DataFrame]) -> list[tuple[str, str]]:
    """Return the pairs of positions that can occur."""
    return counts["year_matrix"].select("from_position", "to_position").unique(maintain_order=True).rows()


def _flow(places: np.ndarray[tuple[int, int], np.dtype[np.int64]], start: int, end: int) -> pl.DataFrame:
    table = np.zeros((5, 5), dtype=np.int64)
    np.add.at(table, (places[:, start], places[:, end]), 1)
    rows = [
        (month(start), CODES[i], CODES[j], int(table[i, j]))
        for i in range(5)
        for j in range(5)
        if min(i, j) < len(INSIDE) and CODES[j] != "nieuw"
    ]
    schema = {"month": pl.Date, "from_position": pl.String, "to_position": pl.String, "persons": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _direction(pair: dict[str, str]) -> str:
    start, end = CODES.index(pair["from_position"]), CODES.index(pair["to_position"])
    if start >= len(INSIDE):
        return "in"
    if end >= len(INSIDE):
        return "uit"
    return "vooruit" if end > start else "terug"
