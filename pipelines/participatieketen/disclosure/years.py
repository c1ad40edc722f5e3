"""Settled years of steps: cells of their own, each drawn and then tried with everything that was released before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from participatieketen.disclosure import families
from participatieketen.disclosure.audit import examine
from participatieketen.disclosure.counted import whole
from participatieketen.disclosure.families import STEP_YEAR
from participatieketen.disclosure.series import BOOK, NOTHING, added, newest
from participatieketen.disclosure.systems import NAME, System
from participatieketen.months import year_before


def year_lines(
    step: pl.DataFrame, last: date, lines: pl.DataFrame, reopened: pl.DataFrame, key: bytes, base: int
) -> pl.DataFrame:
    """Return what has to be added to the book (columns BOOK) for the year that ends with the last settled month.

    step      (months x i x j) month, from_position, to_position, direction, steps
    lines     what was ever released, this release's months included; columns BOOK
    reopened  rows of the book that may be replaced
    Of the year before only the steps per direction are released, beside which a reader can set those of the year.
    A year that would leave a count of a month too little room gets the other multiple; when that does too, it is not
    released. So it is at most base - 1 off, and needs no sum over months, which can be twelve times that.
    """
    months = families.months_of(step)
    before = year_before(last)
    new = NOTHING
    for end in (end for end in (before, last) if whole(end, months)):
        for direction in step["direction"].cast(pl.String).unique(maintain_order=True):
            year = families.year_system(step, end, direction, base)
            asked = year if end == last else _total(year)
            new = pl.concat([new, _tried(asked, step, pl.concat([lines, new]), reopened, key)])
    return new


def _total(year: System) -> System:
    """Return the year of a direction without its arcs."""
    return replace(
        year, cells=year.cells[:1], truth=year.truth[:1], base=year.base[:1], identities=year.identities[:0, :1]
    )


def _tried(year: System, step: pl.DataFrame, lines: pl.DataFrame, reopened: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Return the lines of a year that passes the audit, with the other multiple if need be; none when neither does."""
    (_, _, _, end, direction, _) = year.cells.row(0)
    own = step.filter(pl.col("direction").cast(pl.String) == direction)
    months = families.months_of(step)
    told = lines.filter(family=STEP_YEAR)["month"].unique().to_list()
    ends = [month for month in sorted({*told, end}) if whole(month, months)]
    for drawn in _drawn(year, lines, reopened, key):
        system = families.arc_system(own, ends, int(year.base[0]))
        if drawn.is_empty() or examine(system, pl.concat([lines, drawn])).refused.is_empty():
            return drawn
    return NOTHING


def _drawn(year: System, lines: pl.DataFrame, reopened: pl.DataFrame, key: bytes) -> Iterator[pl.DataFrame]:
    """Yield the lines with the year as it is drawn, and then with its other multiple; only the first when it is one."""
    book, total = newest(lines), year.cells[:1]
    first = added([year], book, key, reopened)
    yield first
    value = first.join(total, on=NAME, how="semi")["value"]
    if value.is_empty() or (truth := int(year.truth[0])) == value.item():
        return
    base = int(year.base[0])
    other = value.item() + (base if value.item() < truth else -base)
    replaced = not reopened.join(total, on=NAME, how="semi").is_empty()
    numbers = {"value": other, "base": base, "bound": base - 1, "extra": 0, "drawn": other, "renewed": pl.lit(replaced)}
    line = total.with_columns(**numbers).select(pl.col(name).cast(kind) for name, kind in BOOK.items())
    known, elsewhere = (rows.join(total, on=NAME, how="anti", maintain_order="left") for rows in (book, reopened))
    yield pl.concat([line, added([year], pl.concat([known, line]), key, elsewhere)])
