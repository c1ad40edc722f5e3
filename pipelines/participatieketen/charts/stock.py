"""How many people stand at each position, month by month: one small chart per position, each with its own scale."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import Figure, cells_of
from participatieketen.charts.released import ladder, page_id, persons_in, settled_day, year_earlier
from participatieketen.charts.stock_drawing import Panel, drawing
from participatieketen.months import year_before

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

MOST_NAMED = 3
"""A title names at most so many positions that grew, or shrank; with more it counts them."""


def stock_per_position(stock: "Released") -> Figure:
    """Return the number of people at each position on the first of every month.

    stock  month, position, persons
    """
    context, places = stock.context, ladder(stock.context)
    months = _months(stock.frame, places, context)
    table = _table(months, places, context.base)
    return Figure(
        id=page_id("plekken", stock),
        title=_title(stock, places),
        subtitle=_subtitle(months, stock),
        description=_description(stock, places),
        chart=drawing(_panels(months, stock, places), context.base),
        table=table,
        caption=_caption(table, context),
    )


def _months(frame: pl.DataFrame, places: tuple["Position", ...], context: "Context") -> pl.DataFrame:
    """Return position, month, persons, provisional; only positions of the chain, ordered by month."""
    return (
        frame.filter(pl.col("position").is_in([place.code for place in places]))
        .sort("month")
        .select(
            "position",
            pl.col("month").alias("maand"),
            pl.col("persons").alias("mensen"),
            (pl.col("month") > context.settled_on).alias("voorlopig"),
        )
    )


def _panels(months: pl.DataFrame, stock: "Released", places: tuple["Position", ...]) -> tuple[Panel, ...]:
    now, base = persons_in(stock, _day(stock)), stock.context.base
    return tuple(
        Panel(
            place.label,
            now=words.people(now.get(place.code), base),
            before=_before(stock, place),
            months=months.filter(pl.col("position") == place.code).drop("position"),
        )
        for place in places
    )


def _day(stock: "Released") -> date:
    """Return the day of the numbers: the last that is not provisional, and without one the day it will be."""
    return settled_day(stock) or stock.context.settled_on


def _before(stock: "Released", place: "Position") -> str:
    """Return "een jaar eerder 3.050"; nothing when there is no earlier month."""
    day = _day(stock)
    earlier = year_earlier(stock, day)
    if earlier is None:
        return ""
    when = "een jaar eerder" if earlier == year_before(day) else f"in {dutch.month(earlier)}"
    return f"{when} {words.shown(persons_in(stock, earlier).get(place.code), stock.context.base)}"


def _title(stock: "Released", places: tuple["Position", ...]) -> str:
    """Return which positions grew and which shrank; nothing about why."""
    now = _day(stock)
    earlier = year_earlier(stock, now)
    if earlier is None:
        return f"Mensen per plek op {dutch.day(now)}"
    when = "in een jaar" if earlier == year_before(now) else f"sinds {dutch.month(earlier)}"
    changes = _changes(stock, places, (earlier, now))
    grew = [label for label, change in changes.items() if change > 0]
    shrank = [label for label, change in changes.items() if change < 0]
    if not changes:
        return f"Elke plek bleef {when} ongeveer even groot"
    first, *rest = [said for said in (_verb(grew, "groeide"), _verb(shrank, "kromp")) if said]
    return dutch.capital("; ".join([f"{first} {when}", *rest]))


def _changes(stock: "Released", places: tuple["Position", ...], compared: tuple[date, date]) -> dict[str, int]:
    """Return label to change in persons, where it is more than rounding can do."""
    before, now = (persons_in(stock, month) for month in compared)
    known = [place for place in places if place.code in now and place.code in before]
    changes = [(place.label, now[place.code] - before[place.code]) for place in known]
    return {label: change for label, change in changes if words.certain(change, stock.context.base)}


def _verb(labels: list[str], verb: str) -> str:
    """Return "Startbaan en Werk groeiden"; more than three are counted: "5 plekken groeiden"."""
    if not labels:
        return ""
    subject = dutch.listed(labels) if len(labels) <= MOST_NAMED else f"{len(labels)} plekken"
    plural = {"groeide": "groeiden", "kromp": "krompen"}
    return f"{subject} {verb if len(labels) == 1 else plural[verb]}"


def _subtitle(months: pl.DataFrame, stock: "Released") -> str:
    context, now = stock.context, _day(stock)
    earlier = year_earlier(stock, now)
    return words.joined(
        "Aantal mensen op de eerste dag van de maand. Elke grafiek heeft een eigen schaal, die bij nul begint: "
        "vergelijk plekken aan de getallen, niet aan de hoogte.",
        f"De kop en de getallen vergelijken {dutch.day(now)} (de stip) met {dutch.day(earlier)}." if earlier else "",
        "Gestippeld = voorlopig, telt niet mee in de kop." if months["voorlopig"].any() else "",
        words.rounding(context.base),
        words.fictional(context),
    )


def _description(stock: "Released", places: tuple["Position", ...]) -> str:
    day, base = _day(stock), stock.context.base
    now = persons_in(stock, day)
    said = [
        f"{place.label}: " + ", ".join(filter(None, [words.shown(now.get(place.code), base), _before(stock, place)]))
        for place in places
    ]
    return words.described(
        stock.context,
        f"Lijngrafiek per plek. Mensen op {dutch.day(day)}: {'; '.join(said)}.",
        every="maanden",
    )


def _table(months: pl.DataFrame, places: tuple["Position", ...], base: int) -> pl.DataFrame:
    """Return one row per month, one column per position."""
    counts = {(place, month): persons for place, month, persons, _ in months.iter_rows()}
    provisional = dict(months.select("maand", "voorlopig").iter_rows())
    rows = [
        (
            dutch.day(month),
            *(words.shown(counts.get((place.code, month)), base) for place in places),
            words.status(provisional[month]),
        )
        for month in sorted(provisional)
    ]
    heads = ("Datum", *(dutch.capital(place.label) for place in places), "Status")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _caption(table: pl.DataFrame, context: "Context") -> str:
    return f"Aantal mensen per plek op de eerste dag van de maand. {words.reading_help(context, cells_of(table))}"
