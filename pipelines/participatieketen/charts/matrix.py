"""The transition table: where people of a year ago are now, as percentages of the row and as counts."""

from itertools import product
from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import Figure, parts_of
from participatieketen.charts.matrix_drawing import Cell, Edge, drawing
from participatieketen.charts.released import ladder, page_id
from participatieketen.months import year_before
from participatieketen.readings import wording

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

LEAST_FOR_PERCENT = 50
"""No percentage of a group smaller than this (disclosure rule 6)."""

APART = "Deze tabel is als geheel afgerond: een rij kan anders optellen dan het aantal mensen per plek en maand."
OUTSIDE, LEFT = "Uit de keten", "uit de keten"
SIGNS = {"vooruit": "{} \N{RIGHTWARDS ARROW}", "terug": "\N{LEFTWARDS ARROW} {}"}
"""The count with the way it goes, so that this does not hang on colour."""

Counts = dict[tuple[str, str], int]


def transition_table(year_matrix: "Released") -> Figure:
    """Return where people stand, by where they stood a year earlier; no provisional month is in it.

    year_matrix  from_position, to_position, persons; positions outside the chain are taken together
    """
    context = year_matrix.context
    places = ladder(context)
    counts = _counts(year_matrix.frame, places)
    rows, columns, cells = _rows(counts, places, context), _columns(counts, places), _cells(counts, places, context)
    table = _table(rows, columns, cells)
    return Figure(
        id=page_id("overgangen", year_matrix),
        title=_title(counts, places),
        subtitle=_subtitle(context),
        description=_description(counts, places, context),
        chart=drawing(rows, columns, cells, _moments(context)),
        table=table,
        caption=_caption(table, context),
    )


def _counts(frame: pl.DataFrame, places: tuple["Position", ...]) -> Counts:
    """Return persons per pair of positions; all who left the chain are one count, which was released as it is."""
    codes = [place.code for place in places]
    target = pl.when(pl.col("to_position").is_in(codes)).then("to_position").otherwise(pl.lit(OUTSIDE))
    inside = frame.filter(pl.col("from_position").is_in(codes))
    found = inside.group_by("from_position", target, maintain_order=True).agg(pl.sum("persons"))
    return {(start, end): persons for start, end, persons in found.iter_rows()}


def _row_total(counts: Counts, code: str) -> int:
    """Return how many stood there a year ago: the row's sum, and released as that stock."""
    return sum(persons for (source, _), persons in counts.items() if source == code)


def _rows(counts: Counts, places: tuple["Position", ...], context: "Context") -> tuple[Edge, ...]:
    return tuple(Edge(place.label, words.people(_row_total(counts, place.code), context.base)) for place in places)


def _targets(counts: Counts, places: tuple["Position", ...]) -> list[str]:
    outside = [OUTSIDE] if any(target == OUTSIDE for _, target in counts) else []
    return [*(place.code for place in places), *outside]


def _columns(counts: Counts, places: tuple["Position", ...]) -> tuple[Edge, ...]:
    labels = {place.code: place.label for place in places}
    return tuple(Edge(labels.get(code, code), "") for code in _targets(counts, places))


def _cells(counts: Counts, places: tuple["Position", ...], context: "Context") -> tuple[Cell, ...]:
    """Return the cells row by row; a pair that cannot occur has no cell."""
    pairs = product(enumerate(places), enumerate(_targets(counts, places)))
    ranks = {place.code: place.rank for place in places}
    return tuple(
        _cell((row, column), counts[place.code, target], _row_total(counts, place.code), kind, context.base)
        for (row, place), (column, target) in pairs
        if (place.code, target) in counts
        for kind in [_kind(place.code, target, ranks)]
    )


def _kind(source: str, target: str, ranks: dict[str, int | None]) -> str:
    """Return same place, forward, back, aside, or out of the chain."""
    if source == target:
        return "zelfde plek"
    here, there = ranks[source], ranks.get(target)
    if here is None or there is None:
        return LEFT
    return "vooruit" if there > here else "terug" if there < here else "opzij"


def _cell(place: tuple[int, int], count: int, of: int, kind: str, base: int) -> Cell:
    share = count / of if count and of >= LEAST_FOR_PERCENT else None
    shown = words.shown(count, base)
    signed = SIGNS.get(kind, "{}").format(shown)
    return Cell(
        *place, kind, share, percent="" if share is None else wording.percent(share), count=shown, signed=signed
    )


def _table(rows: tuple[Edge, ...], columns: tuple[Edge, ...], cells: tuple[Cell, ...]) -> pl.DataFrame:
    """Return the same cells with rows as in the chart: "82% (1.512)"."""
    texts = {
        (cell.row, cell.column): f"{cell.percent} ({cell.count})" if cell.percent else cell.count for cell in cells
    }
    lines = [
        (f"{row.label} ({row.note})", *(texts.get((number, column), "") for column in range(len(columns))))
        for number, row in enumerate(rows)
    ]
    heads = ("Van", *(f"Naar {column.label}" for column in columns))
    return pl.DataFrame(lines, schema=dict.fromkeys(heads, pl.String), orient="row")


def _caption(table: pl.DataFrame, context: "Context") -> str:
    before, now = _moments(context)
    return words.joined(
        f"Van: plek op {before}. Naar: plek op {now}.",
        words.out_by_rule(context),
        APART if context.base > 1 else "",
        words.reading_help(context, parts_of(table)),
    )


def _moments(context: "Context") -> tuple[str, str]:
    """Return the days compared: the last on which it is final who stands where, and a year before it."""
    return dutch.day(year_before(context.settled_on)), dutch.day(context.settled_on)


def _stayed(counts: Counts, places: tuple["Position", ...]) -> float | None:
    """Return the share of people who are where they were; None for too few."""
    everyone = sum(_row_total(counts, place.code) for place in places)
    same = sum(counts.get((place.code, place.code), 0) for place in places)
    return same / everyone if everyone >= LEAST_FOR_PERCENT else None


def _title(counts: Counts, places: tuple["Position", ...]) -> str:
    """Return which part of the people stand where they stood a year ago."""
    stayed = _stayed(counts, places)
    if stayed is None:
        return "Waar staan mensen een jaar later?"
    return f"{wording.people_share(stayed)} een jaar later op dezelfde plek"


def _subtitle(context: "Context") -> str:
    return words.joined(
        "Deel van de mensen in de rij, en hun aantal. Grijs = zelfde plek of uit de keten, pijl naar rechts (blauw) = "
        "vooruit, pijl naar links (oranje) = terug.",
        f"Geen percentage bij minder dan {LEAST_FOR_PERCENT} mensen.",
        words.rounding(context.base),
        words.fictional(context),
    )


def _description(counts: Counts, places: tuple["Position", ...], context: "Context") -> str:
    before, now = _moments(context)
    said = [
        f"{place.label}: {words.shown(counts[place.code, place.code], context.base)} van "
        f"{words.people(_row_total(counts, place.code), context.base)}"
        for place in places
        if (place.code, place.code) in counts
    ]
    return words.described(
        context,
        f"Tabel van {dutch.counted(len(places), 'plek', 'plekken')}: waar mensen van {before} staan op {now}.",
        f"Op dezelfde plek: {'; '.join(said)}." if said else "",
        every="aantallen",
    )
