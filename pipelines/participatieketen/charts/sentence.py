"""A sentence of a notebook with released numbers at its places, in the words that the report itself has for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import MimeBundle
from participatieketen.errors import WrongUse
from participatieketen.months import year_before
from participatieketen.readings import COUNTS, Share, grouping_name, published_table, wording
from participatieketen.recipes.sentence import (
    MOMENTS,
    NEWEST,
    YEAR_BEFORE,
    Difference,
    Filling,
    Value,
    fillings,
    places,
)

if TYPE_CHECKING:
    from participatieketen.disclosure import Released

TOO_FEW = "te weinig om te zeggen"
NOT_YET = "Hier staat nog geen getal: die maand is er nog niet."
PLACES = ("position", "from_position", "to_position")
ON_A_DAY = frozenset({"stock", "released_stock_flow"})
"""Tables whose month is a day: the first of it, on which people were counted."""

NAMES = ("month", "label", "grouping", "direction", *PLACES)
"""Columns that stand in a sentence as a name or a date."""


class NoMonthYet(WrongUse):
    """A month that a value names is not in its table: a year before the first, or a settled one of a new chain."""


@dataclass(frozen=True)
class Sentence:
    """A paragraph of a page. text: whole, every place filled."""

    id: str
    text: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> MimeBundle:
        """Return the sentence as a paragraph."""
        del include, exclude
        return {"text/html": f"<p>{escape(self.text)}</p>", "text/plain": self.text}, {}

    def stamp(self) -> dict[str, Any]:
        """Return what a page makes its own paragraph of."""
        return {"kind": "sentence", "id": self.id, "text": self.text}


def sentence(tables: Mapping[str, "Released"], text: str, values: Mapping[str, object]) -> Sentence:
    """Return a text with a released cell at each place.

    tables  those that the values name
    values  place -> what fills it, as a recipe has it
    Returns a sentence that says so when a chain is too young for a month that it names
    Raises  WrongUse when a value leaves no row or several, or has a column that does not stand in sentences.
    """
    try:
        return Sentence("zin", filled(text, values, tables))
    except NoMonthYet:
        return Sentence("zin", NOT_YET)


def filled(text: str, values: Mapping[str, object], tables: Mapping[str, "Released"]) -> str:
    """Return a text with a released cell at each of its places, and a capital first."""
    used = fillings({name: values[name] for name in places(text)}, places(text))
    return dutch.capital(text.format(**{name: _filled(name, value, tables) for name, value in used.items()}))


def _filled(place: str, value: Filling, tables: Mapping[str, "Released"]) -> str:
    if isinstance(value, Difference):
        return _difference(place, value, tables[value.now.table])
    table = tables[value.table]
    return _shown(_row(place, value, table), value, table)


def _difference(place: str, value: Difference, table: "Released") -> str:
    """Return "ongeveer 20 meer", and whether rounding alone can make that."""
    if value.now.column not in COUNTS:
        raise WrongUse(f"{place}: een verschil is alleen te zeggen van aantallen")
    rows = [_row(place, one, table) for one in (value.now, value.was)]
    now, was = (row[value.now.column].item() for row in rows)
    if now is None or was is None:
        return TOO_FEW
    if now == was:
        return words.signed(0)
    off = sum(_off(row, value.now.column, table) for row in rows)
    maybe = "" if abs(now - was) > off else " (dat kan afronding zijn)"
    return f"{words.more_or_fewer(now - was, max(_base(row, table) for row in rows))}{maybe}"


def _row(place: str, value: Value, table: "Released") -> pl.DataFrame:
    """Return the one row that is meant; raises WrongUse when there is none, or more than one."""
    frame = published_table(table)
    if lacking := sorted({value.column, *value.row} - {*frame.columns}):
        raise WrongUse(f"{place}: de tabel {value.table} heeft de kolom {lacking[0]} niet")
    if value.column not in {*COUNTS, *NAMES, "share"}:
        raise WrongUse(f"{place}: de kolom {value.column} kan niet in een zin")
    moments = [value.row[column] for column in value.row if frame[column].dtype == pl.Date]
    if any(_month(frame, wanted, table) not in frame["month"] for wanted in moments if wanted in MOMENTS):
        raise NoMonthYet(f"{place}: die maand staat nog niet in {value.table}")
    frame = frame.filter([_equals(frame, column, wanted, table) for column, wanted in value.row.items()])
    if frame.height != 1:
        raise WrongUse(
            f"{place}: de waarde wijst {dutch.number(frame.height)} rijen van {value.table} aan in plaats van een; "
            "noem meer of andere kolommen"
        )
    return frame


def _equals(frame: pl.DataFrame, column: str, wanted: str | int, table: "Released") -> pl.Expr:
    if frame[column].dtype == pl.Date:
        return pl.col(column).eq_missing(_month(frame, wanted, table)) if wanted in MOMENTS else pl.lit(value=False)
    kind = pl.Int64 if isinstance(wanted, int) else pl.String
    fits = frame[column].dtype.is_integer() if isinstance(wanted, int) else frame[column].dtype == pl.String
    return pl.col(column).cast(kind) == wanted if fits else pl.lit(value=False)


def _month(frame: pl.DataFrame, wanted: str | int, table: "Released") -> date | None:
    """Return the month that a word of MOMENTS stands for in this table."""
    context = table.context
    settled = context.settled_on if table.name in ON_A_DAY else context.provisional_from - timedelta(days=1)
    months = frame["month"] if wanted == NEWEST else frame.filter(pl.col("month") <= settled)["month"]
    latest = max(months.drop_nulls().to_list(), default=None)
    return year_before(latest) if wanted == YEAR_BEFORE and latest else latest


def _shown(row: pl.DataFrame, value: Value, table: "Released") -> str:
    cell, context = row[value.column].item(), table.context
    if cell is None and value.column != "share":
        return TOO_FEW
    if value.column in COUNTS:
        late = " (voorlopig)" if "provisional" in row.columns and row["provisional"].item() else ""
        return f"{words.shown(cell, _base(row, table), _off(row, value.column, table))}{late}"
    if value.column == "share":
        return _share(row)
    if value.column == "month":
        return dutch.day(cell) if table.name in ON_A_DAY else dutch.month(cell)
    if value.column in PLACES:
        return next((one.label for one in context.positions if one.code == cell), cell)
    return grouping_name(cell) if value.column == "grouping" else str(cell)


def _share(row: pl.DataFrame) -> str:
    """Return the share with its range; of a published figure of elsewhere, which has none, the share alone."""
    if "lower" not in row.columns:
        return wording.percent(row["share"].item())
    share = Share(*row.select("share", "lower", "upper").row(0))
    return share.stated if share.shown else TOO_FEW


def _base(row: pl.DataFrame, table: "Released") -> int:
    """Return what the counts of a row are multiples of."""
    return int(row["base"].item()) if "base" in row.columns else table.context.base


def _off(row: pl.DataFrame, column: str, table: "Released") -> int:
    """Return how far the count is from the truth at most; the rows of a delivery are a sum of counts."""
    if column == "rows":
        return words.rows_off(_base(row, table))
    return int(row["bound"].item()) if "bound" in row.columns else words.off(_base(row, table))
