"""The arc diagram as Altair layers: arcs, arrow heads and numbers over a row of boxes."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from participatieketen import dutch
from participatieketen.charts import theme, words
from participatieketen.charts.arc_layout import NUMBER_SIZE, Arc, Flow, Row, arcs, numbers_at
from participatieketen.charts.canvas import Picture, across, down, encoded, fitted, text_width
from participatieketen.readings import wording

NAME_LINE = 14.5
SMALL_SIZE, SMALL_LINE = 12.0, 15.0
SMALL = {"size": SMALL_SIZE, "lineHeight": SMALL_LINE, "color": theme.MUTED.light}
COUNT_SIZE, COUNT_LINE = 17.0, 27.0
BOX_MARGIN = 9.0
SUMS = ("in", "uit")
BANNER = 38.0
"""Above and below the arcs: room for the totals, so that they never meet an arc."""

ARC_COLUMNS = {
    "van": pl.String,
    "naar": pl.String,
    "richting": pl.String,
    "stappen": pl.Int64,
    "boog": pl.String,
    "dikte": pl.Float64,
    "punt": pl.String,
    "x": pl.Float64,
    "y": pl.Float64,
}


NUMBER_ON_ARC = "(datum.richting === 'opzij' ? 'opzij ' : '') + format(datum.stappen, ',d')"
"""Forward and back are told apart by where they are and where they point; a step aside says so."""


@dataclass(frozen=True)
class Step:
    """Steps from one place in the row to another; both count from the left, starting at 0."""

    source: int
    target: int
    direction: str
    steps: int


@dataclass(frozen=True)
class Count:
    """A released count, or the sum of so many that was not released itself."""

    value: int
    cells: int = 1

    def off(self, base: int) -> int:
        """Return how far it can be from the truth."""
        return self.cells * words.off(base)

    def shown(self, base: int) -> str:
        """Return it as a reader sees it."""
        return words.shown(self.value, base, self.off(base))


@dataclass(frozen=True)
class Box:
    """What stands at one position: people now and a year before, steps in and out; absent when not known."""

    label: str
    counts: dict[str, Count]


def drawing(steps: tuple[Step, ...], boxes: tuple[Box, ...], banners: tuple[str, str], base: int) -> Picture:
    """Draw the diagram; banners are the sentences above and below it."""
    row = Row(len(boxes), _box_height(boxes, base))
    drawn = tuple(step for step in steps if step.steps)
    lines = arcs(tuple(Flow(step.source, step.target, step.steps) for step in drawn), row)
    above, below = (_reach(lines, side, row) for side in (-1, 1))
    height = above + below
    layers = [
        *_arc_layers(_arc_rows(drawn, lines, boxes, above), above, height),
        *_box_layers(boxes, row, above, height, base),
        _banner(banners[0], theme.FORWARD, 12),
        _banner(banners[1], theme.BACK, height - 12),
    ]
    return alt.layer(*layers).properties(width=theme.WIDTH, height=height)


def _reach(lines: tuple[Arc, ...], side: int, row: Row) -> float:
    """Return the pixels from the middle of the row to that edge of the picture."""
    tops = [abs(line.at(0)[1]) + line.thickness / 2 for line in lines if line.flow.side == side]
    return round(max(tops, default=row.height / 2) + BANNER)


def _arc_rows(steps: tuple[Step, ...], lines: tuple[Arc, ...], boxes: tuple[Box, ...], middle: float) -> pl.DataFrame:
    texts = tuple("opzij " * (step.direction == "opzij") + dutch.number(step.steps) for step in steps)
    spots = numbers_at(lines, texts)
    rows = [
        (
            boxes[step.source].label,
            boxes[step.target].label,
            step.direction,
            step.steps,
            line.line(),
            round(line.thickness, 1),
            line.arrow(),
            round(x, 1),
            round(middle + y, 1),
        )
        for step, line, (x, y) in zip(steps, lines, spots, strict=True)
    ]
    return pl.DataFrame(rows, schema=ARC_COLUMNS, orient="row")


def _arc_layers(rows: pl.DataFrame, middle: float, height: float) -> list[alt.Chart]:
    """Draw arcs, heads and numbers; a path is drawn in pixels from the left end of the row's middle line."""
    base = alt.Chart(rows)
    colour = alt.Color("richting:N", legend=None, scale=_colours())
    tooltip = [alt.Tooltip("van:N", title="Van"), alt.Tooltip("naar:N", title="Naar"), _steps_tooltip()]
    origin = {"x": alt.value(0), "y": alt.value(middle), "size": alt.value(4)}
    paths = encoded(base, **origin, color=colour, tooltip=tooltip)
    named = base.transform_calculate(getal=NUMBER_ON_ARC)
    numbers = encoded(named, x=across("x"), y=down("y", height), text="getal:N")
    return [
        encoded(paths.mark_point(filled=False, opacity=0.85), shape=_path("boog"), strokeWidth=_thickness()),
        encoded(paths.mark_point(filled=True, opacity=1, strokeWidth=0), shape=_path("punt")),
        numbers.mark_text(size=NUMBER_SIZE, fontWeight=600, **_halo()),
        numbers.mark_text(size=NUMBER_SIZE, fontWeight=600),
    ]


def _colours() -> alt.Scale:
    colours = {"vooruit": theme.FORWARD, "terug": theme.BACK, "opzij": theme.ASIDE}
    return alt.Scale(domain=list(colours), range=[colour.light for colour in colours.values()])


def _path(field: str) -> alt.Shape:
    return alt.Shape(f"{field}:N", scale=None, legend=None)


def _thickness() -> alt.StrokeWidth:
    return alt.StrokeWidth("dikte:Q", scale=None, legend=None)


def _steps_tooltip() -> alt.Tooltip:
    return alt.Tooltip("stappen:Q", title="Stappen", format=",d")


def _halo() -> dict[str, Any]:
    """Return a rim in the colour of the paper: keeps a number readable where it lies over a line."""
    return {"stroke": theme.PAPER.light, "strokeWidth": 4.5, "strokeJoin": "round"}


def _box_height(boxes: tuple[Box, ...], base: int) -> float:
    width = Row(len(boxes), 0).width
    small = max(len(_small(box, width, base)) for box in boxes)
    return 2 * BOX_MARGIN + max(map(len, _names(boxes, width)[1])) * NAME_LINE + COUNT_LINE + small * SMALL_LINE


def _names(boxes: tuple[Box, ...], width: float) -> tuple[float, list[list[str]]]:
    return fitted([box.label for box in boxes], width - 6)


def _small(box: Box, width: float, base: int) -> list[str]:
    """Return the lines under the number: what it was, and steps into and out of the chain."""
    said = {what: f"{what} {count.shown(base)}" for what, count in box.counts.items() if what != "nu"}
    traffic = [said[what] for what in SUMS if what in said]
    together = " · ".join(traffic)
    fits = text_width(together, SMALL_SIZE) <= width - 8
    return [*(said[what] for what in ("was",) if what in said), *([together] if fits and traffic else traffic)]


def _box_layers(boxes: tuple[Box, ...], row: Row, middle: float, height: float, base: int) -> list[alt.Chart]:
    top = middle - row.height / 2
    size, names = _names(boxes, row.width)
    most = max(map(len, names))
    rows = pl.DataFrame(
        {
            "plek": names,
            "mensen": [box.counts["nu"].shown(base) if "nu" in box.counts else wording.HIDDEN for box in boxes],
            "onder": [_small(box, row.width, base) for box in boxes],
            "x": [round(row.middle(place), 1) for place in range(row.count)],
            "links": [round(row.middle(place) - row.width / 2, 1) for place in range(row.count)],
            "rechts": [round(row.middle(place) + row.width / 2, 1) for place in range(row.count)],
            "y": [round(top + BOX_MARGIN + (most - len(name)) * NAME_LINE / 2, 1) for name in names],
        }
    )
    count = top + BOX_MARGIN + most * NAME_LINE + COUNT_LINE / 2
    chart = alt.Chart(rows)
    return [
        _frame(chart, row, middle),
        _text(chart, "plek", down("y", height), {"size": size, "lineHeight": NAME_LINE}),
        _text(chart, "mensen", alt.value(count - COUNT_SIZE * 0.4), {"size": COUNT_SIZE, "fontWeight": 700}),
        _text(chart, "onder", alt.value(count + COUNT_LINE / 2), SMALL),
    ]


def _frame(chart: alt.Chart, row: Row, middle: float) -> alt.Chart:
    look = chart.mark_rect(cornerRadius=4, fill=theme.BOX.light, stroke=theme.LINE.light, strokeWidth=1)
    y, y2 = alt.value(middle - row.height / 2), alt.value(middle + row.height / 2)
    return encoded(look, x=across("links"), x2="rechts:Q", y=y, y2=y2)


def _text(chart: alt.Chart, field: str, y: object, look: dict[str, Any]) -> alt.Chart:
    return encoded(chart.mark_text(baseline="top", **look), x=across("x"), y=y, text=f"{field}:N")


def _banner(text: str, colour: theme.Colour, y: float) -> alt.Chart:
    """Write one line at the left edge."""
    look: dict[str, Any] = {"align": "left", "baseline": "middle", "size": 14, "fontWeight": 600}
    mark = alt.Chart(pl.DataFrame({"tekst": [text]})).mark_text(color=colour.light, **look)
    return encoded(mark, x=alt.value(0), y=alt.value(y), text="tekst:N")
