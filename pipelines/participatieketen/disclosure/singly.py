"""Counts that are drawn one by one: the two keyed numbers of a cell, and what they make of its count.

A draw is named so that counts which can be the same people have it in common. Equal counts then have equal values,
larger counts never smaller ones, and of two such values the difference says no more than a released count does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from participatieketen.disclosure.families import TOTAL
from participatieketen.disclosure.series import BOOK
from participatieketen.disclosure.systems import NAME, System
from participatieketen.disclosure.targets import draws

_HIGH = np.uint64(1)  # one bit less, so that a draw fits in a signed number

CELL = dict.fromkeys(NAME, pl.String) | {"month": pl.Date} | dict.fromkeys(("truth", "value", "base"), pl.Int64)
"""A cell with its true count, its released value and what that is a multiple of."""


@dataclass(frozen=True)
class Draw:
    """Two keyed numbers per row: the first rounds to the finest base, the second from there to a coarser one."""

    first: pl.Expr
    second: pl.Expr


def draw(frame: pl.DataFrame, kind: str, names: Sequence[str], key: bytes) -> Draw:
    """Return the draws of the rows: the same for rows with the same names, and always the same with one key."""
    named = frame.select(pl.lit(kind).alias("kind"), *names)
    once = named.unique(maintain_order=True)
    numbers = pl.DataFrame((draws(once, key) >> _HIGH).astype(np.int64), schema=["first", "second"], orient="row")
    of_rows = named.join(pl.concat([once, numbers], how="horizontal"), on=named.columns, maintain_order="left")
    return Draw(pl.lit(of_rows["first"]), pl.lit(of_rows["second"]))


def rounded(count: pl.Expr, drawn: Draw, base: int | pl.Expr, finest: int | pl.Expr) -> pl.Expr:
    """Return the multiple of the base below or above the count: above with a chance of (count mod base) / base.

    base    a multiple of the finest; a value at a coarser base is drawn from the one at the finest, so that who has
            both knows no more than the finest tells
    Source  Cox (1987), J. Am. Stat. Assoc. 82(398), 520-524, section 2.
    """
    fine = (count + (finest - 1 - drawn.first % finest)) // finest * finest
    return (fine + drawn.second % (base // finest) * finest) // base * base


UNDATED = pl.date(1, 1, 1)
"""The month of a cell that is the same one in every release."""


def cell_name(family: str, **names: pl.Expr) -> dict[str, pl.Expr]:
    """Return a name (columns NAME); what is not in it is of no grouping, no group, no month, and in all."""
    default = {"grouping": pl.lit(""), "group_code": pl.lit(""), "month": UNDATED, "to_position": pl.lit(TOTAL)}
    named = {"family": pl.lit(family), **default, **names}
    return {part: named[part] for part in NAME}


def cells(rows: pl.DataFrame, name: Mapping[str, pl.Expr], truth: str, value: str) -> pl.DataFrame:
    """Return the cells of the rows (columns CELL), each once."""
    numbers = {"truth": pl.col(truth), "value": pl.col(value), "base": pl.col("base")}
    found = rows.select(**name, **numbers)
    return found.select(pl.col(column).cast(kind) for column, kind in CELL.items()).unique(maintain_order=True)


def places(rows: pl.DataFrame, name: Mapping[str, pl.Expr], drawn: pl.DataFrame) -> pl.Series:
    """Return (rows,) the place of each row's cell of this name among the cells, null where there is none."""
    numbered = drawn.select(*NAME, place=pl.int_range(pl.len(), dtype=pl.Int64))
    named = rows.select(**name).select(pl.col(column).cast(CELL[column]) for column in NAME)
    return named.join(numbered, on=NAME, how="left", maintain_order="left")["place"]


_REST = "rest"


def system(drawn: pl.DataFrame, sums: pl.DataFrame) -> System:
    """Return the cells (columns CELL) with what is left of every total as cells too, that are never released.

    sums  (sums x 3)  parts (places of cells), total (place of a cell), left: the total less its parts
    """
    number, many, base = np.arange(sums.height), drawn.height, drawn["base"].to_numpy()
    parts = sums.select(pl.Series("sum", number), "parts").explode("parts")
    rows = np.concatenate([parts["sum"].to_numpy(), number, number])
    columns = np.concatenate([parts["parts"].to_numpy(), many + number, sums["total"].to_numpy()])
    weights = np.repeat(np.array([1, 1, -1]), [parts.height, sums.height, sums.height])
    rest = pl.DataFrame({"from_position": number.astype(str)}).select(
        **cell_name(_REST, group_code=pl.lit(drawn["family"].first()), from_position=pl.col("from_position"))
    )
    return System(
        pl.concat([drawn.select(NAME), rest.select(NAME)]),
        np.concatenate([drawn["truth"].to_numpy(), sums["left"].to_numpy()]).astype(np.int64),
        np.concatenate([base, base[sums["total"].to_numpy()]]).astype(np.int64),
        sparse.csr_array((weights, (rows, columns)), shape=(sums.height, many + sums.height)),
    )


def lines_of(drawn: pl.DataFrame, book: pl.DataFrame) -> pl.DataFrame:
    """Return what has to be added to the book (columns BOOK): the cells that are new or have another value.

    drawn  (cells x 9) columns CELL
    """
    then = book.select(*NAME, before="value", base_before="base")
    return (
        drawn.join(then, on=NAME, how="left", maintain_order="left")
        .filter((pl.col("before").ne_missing(pl.col("value"))) | pl.col("base_before").ne_missing(pl.col("base")))
        .with_columns(
            bound=pl.col("base") - 1,
            extra=pl.lit(0, pl.Int64),
            drawn="value",
            renewed=pl.col("before").is_not_null(),
        )
        .select(*BOOK)
    )
