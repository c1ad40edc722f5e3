"""Systems in order: what was released stays, the rest is rounded so that everything adds up."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from participatieketen.disclosure.families import TOTAL
from participatieketen.disclosure.rounding import rounded
from participatieketen.disclosure.systems import NAME, Counts, System
from participatieketen.disclosure.targets import targets

BOOK = (
    dict.fromkeys(NAME, pl.String) | {"month": pl.Date} | dict.fromkeys(("value", "base", "bound", "extra"), pl.Int64)
)
"""Released values: the name of a cell, its value, what that is a multiple of, how far it can be from the truth at
most, and how many steps of the base it lies beyond the two multiples around the count."""

NOTHING = pl.DataFrame(schema=BOOK)

_FREE = -1


def added(systems: Iterable[System], book: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Return what has to be added to the book (columns BOOK) so that it holds every cell of the systems.

    systems  in the order in which they are rounded; each takes what the book and those before it hold as it is
    Raises   DisclosureRefused when that leaves no values that add up.
    """
    known = book
    for system in systems:
        known = pl.concat([known, _rounded(system, known, key)])
    return known.slice(book.height)


def newest(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the value of every cell, columns BOOK: of a revised one the last."""
    return lines.unique(NAME, keep="last", maintain_order=True).select(*BOOK)


def outdated(systems: Sequence[System], book: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the book that late corrections moved further than their bound, and how far: `moved`."""
    now = pl.concat([system.cells.with_columns(truth=system.truth) for system in systems]).unique(NAME)
    moved = (pl.col("value") - pl.col("truth")).abs()
    return book.join(now, on=NAME, maintain_order="left").with_columns(moved=moved).filter(moved > pl.col("bound"))


def values_of(cells: pl.DataFrame, book: pl.DataFrame) -> Counts:
    """Return (cells,) the released values, -1 where there is none."""
    found = cells.join(book.select(*NAME, "value"), on=NAME, how="left", maintain_order="left")
    return found["value"].fill_null(_FREE).to_numpy()


def _rounded(system: System, book: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Return the new rows of the book. The bound is that of the whole system: one cell's own would give it away."""
    fixed = values_of(system.cells, book)
    new = fixed == _FREE
    if not new.any():
        return NOTHING
    found = rounded(system, *targets(system, key), fixed, _between(system, book))
    extra, room = found.extra[new], system.room[new]
    beyond = np.maximum(extra - room, 0).max()
    return system.cells.filter(new).with_columns(
        value=found.values[new],
        base=system.base[new],
        bound=system.base[new] * (1 + room + beyond) - 1,
        extra=extra,
    )


def _between(system: System, book: pl.DataFrame) -> tuple[Counts, Counts]:
    """Return the two multiples around every count, or around its total when that was released on its own.

    A total at base 10 that is one of the two around the total at base 5 tells nothing that the latter does not tell.
    """
    total = (pl.col("grouping") != "") & (pl.col("group_code") == TOTAL)
    alone = system.cells.with_columns(
        grouping=pl.when(total).then(pl.lit("")).otherwise(pl.lit("geen")),
        group_code=pl.when(total).then(pl.lit("")).otherwise("group_code"),
    )
    value = values_of(alone, book)
    about = np.where(value == _FREE, system.truth, value)
    return about // system.base * system.base, -(-about // system.base) * system.base
