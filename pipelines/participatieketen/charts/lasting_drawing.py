"""Two dot plots beside each other: a row per number of months, a dot with its range, the figure at the right."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, encoded
from participatieketen.charts.shares_drawing import NAME_SIZE, NUMBER_SIZE, none_shown, said

SPACING = 34
NAME_ROOM, LABEL_ROOM, LABEL_GAP = 112, 136, 12
ROW_HEIGHT = 56
SHAPES = {"a": "circle", "b": "diamond"}
QUARTERS = [0, 0.25, 0.5, 0.75, 1]


@dataclass(frozen=True)
class Dot:
    """One row: when, of how many steps, the figure as written, and the figure with its range; None when hidden."""

    when: str
    steps: str
    text: str
    share: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Panel:
    """One form of the measure, in words."""

    form: str
    title: str
    dots: tuple[Dot, ...]


def drawing(panels: tuple[Panel, ...]) -> Picture | alt.ConcatChart:
    """Draw the forms beside each other on one scale."""
    if not panels:
        return none_shown()
    width = (theme.WIDTH - (len(panels) - 1) * SPACING) / len(panels) - NAME_ROOM - LABEL_ROOM
    return alt.concat(*(_panel(panel, width) for panel in panels), columns=len(panels), spacing=SPACING)


def _panel(panel: Panel, width: float) -> Picture:
    data = pl.DataFrame(
        {
            "rij": list(range(len(panel.dots))),
            "aandeel": [dot.share for dot in panel.dots],
            "onder": [dot.lower for dot in panel.dots],
            "boven": [dot.upper for dot in panel.dots],
        },
        schema_overrides=dict.fromkeys(("aandeel", "onder", "boven"), pl.Float64),
    )
    chart, height = alt.Chart(data), ROW_HEIGHT * len(panel.dots)
    colour = theme.FORWARD.light
    band = chart.transform_filter("datum.onder !== null").mark_rule(color=colour, strokeWidth=2.6)
    look: dict[str, Any] = {"shape": SHAPES[panel.form], "filled": True, "size": 90, "opacity": 1, "color": colour}
    dot = chart.transform_filter("datum.aandeel !== null").mark_point(**look)
    y = alt.Y("rij:Q", axis=None, scale=alt.Scale(domain=[len(panel.dots) - 0.5, -0.5], nice=False, zero=False))
    layers = [
        encoded(band, x=_percents("onder"), x2="boven:Q", y=y),
        encoded(dot, x=_percents("aandeel"), y=y),
        *(text for row, one in enumerate(panel.dots) for text in _texts(one, row, width)),
    ]
    title = alt.Title(panel.title, fontSize=NAME_SIZE, offset=10)
    return alt.layer(*layers).properties(width=width, height=height, title=title)


def _percents(field: str) -> alt.X:
    axis = alt.Axis(values=QUARTERS, format=".0%", title=None, grid=True, labelFlush=False)
    return alt.X(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, 1], nice=False))


def _texts(dot: Dot, row: int, width: float) -> list[alt.Chart]:
    """Write left of a row when and of how many steps, right of it the figure."""
    y = (row + 0.5) * ROW_HEIGHT
    figure, _, band = dot.text.partition(" (")
    lines = [
        said(dot.when, -NAME_ROOM, y - 8, color=theme.INK.light),
        said(dot.steps, -NAME_ROOM, y + 8, size=NUMBER_SIZE),
        said(figure, width + LABEL_GAP, y - (8 if band else 0), size=NAME_SIZE, fontWeight=600, color=theme.INK.light),
    ]
    return [*lines, *([said(band.rstrip(")"), width + LABEL_GAP, y + 9, size=NUMBER_SIZE)] if band else [])]
