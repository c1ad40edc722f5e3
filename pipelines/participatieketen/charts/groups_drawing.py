"""Two dot plots beside each other, forward and back: a row per group, a dot with its band, the figure at the right."""

from dataclasses import dataclass
from itertools import count, takewhile
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, encoded, wrapped
from participatieketen.charts.shares_drawing import NAME_SIZE, NUMBER_SIZE, STEPS, said

SPACING, FOOT_SPACING = 26, 16
NAME_ROOM, NAME_WIDTH = 152, 158
LABEL_ROOM, LABEL_GAP, AXIS_ROOM = 132, 12, 12
WIDTH = (theme.WIDTH - NAME_ROOM - 2 * (AXIS_ROOM + LABEL_ROOM + SPACING)) / 2
LINE_HEIGHT, ROW_SPACING = 16, 8
HEAD_Y, LINE_Y = -32, -11
FOOT_LINE = 18
FAR = 0.6
"""Of the scale: what is written at a line further to the right goes left of it."""

HEADROOM, LEAST_TOP, GRID_LINES = 1.04, 0.1, 5
LOOKS = {
    "vooruit": ("triangle-up", theme.FORWARD, "\N{BLACK UP-POINTING TRIANGLE} Vooruit"),
    "terug": ("triangle-down", theme.BACK, "\N{BLACK DOWN-POINTING TRIANGLE} Terug"),
}
Texts = list[tuple[float, str]]
"""Where, in rows from the first, and what."""


@dataclass(frozen=True)
class Dot:
    """A share with its band, as written in full and in two lines; clear when its band lies clear of all together."""

    share: float | None
    lower: float | None
    upper: float | None
    text: str
    lines: tuple[str, str]
    clear: bool


@dataclass(frozen=True)
class Row:
    """A group: its name, how many people it is, and its dots by direction."""

    label: str
    people: str
    dots: dict[str, Dot]


@dataclass(frozen=True)
class Line:
    """The share of all groups together, and what is written at it."""

    share: float
    text: str


def drawing(rows: tuple[Row, ...], lines: dict[str, Line], foot: tuple[str, ...]) -> Picture | alt.VConcatChart:
    """Draw both directions on one scale; the sentences of `foot` under them, or alone when there is no row."""
    if not rows:
        return _foot(foot)
    names = [wrapped(row.label, NAME_WIDTH, NAME_SIZE) for row in rows]
    row_height = LINE_HEIGHT * (max(map(len, names)) + 1) + ROW_SPACING
    top, height = _top(rows, lines), row_height * len(rows)
    panels = [_panel(way, rows, lines.get(way), row_height, top) for way in LOOKS]
    named = alt.layer(*_names(rows, names, row_height)).properties(width=NAME_ROOM, height=height)
    drawn = [alt.layer(*panel).properties(width=WIDTH, height=height) for panel in panels]
    return alt.vconcat(alt.hconcat(named, *drawn, spacing=SPACING), _foot(foot), spacing=FOOT_SPACING)


def _top(rows: tuple[Row, ...], lines: dict[str, Line]) -> float:
    """Return the top of the scale: somewhat over the highest band of both directions, at most 100%."""
    ends = [end for row in rows for dot in row.dots.values() for end in (dot.share, dot.upper) if end is not None]
    highest = max([*ends, *(line.share for line in lines.values())], default=0.0)
    return min(1.0, max(LEAST_TOP, highest * HEADROOM))


def _panel(way: str, rows: tuple[Row, ...], line: Line | None, row_height: int, top: float) -> list[alt.Chart]:
    """Draw a direction: a thin rule per row, the line of all groups together, dots with bands, figures."""
    _, colour, head = LOOKS[way]
    return [
        *_tracks(len(rows)),
        *(_reference(line, top) if line else []),
        *_dots(way, rows, top),
        *_figures([row.dots[way] for row in rows], colour, row_height),
        said(head, 0, HEAD_Y, size=NAME_SIZE, fontWeight=600, color=colour.light),
    ]


def _y(rows: int) -> alt.Y:
    return alt.Y("rij:Q", axis=None, scale=alt.Scale(domain=[rows - 0.5, -0.5], nice=False, zero=False))


def _x(field: str, top: float) -> alt.X:
    step = next((step for step in STEPS if step >= top * 100 / GRID_LINES), STEPS[-1])
    values = [whole / 100 for whole in takewhile(lambda whole: whole <= top * 100, count(0, step))]
    axis = alt.Axis(values=values, format=".0%", title=None, grid=True, labelFlush=False)
    return alt.X(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, top], nice=False))


def _tracks(rows: int) -> list[alt.Chart]:
    """Draw what leads the eye from a name to its dots; unseen, it keeps room for the longest figure at the right."""
    chart = alt.Chart(pl.DataFrame({"rij": list(range(rows))}))
    ends = {theme.GRID.light: WIDTH, "transparent": WIDTH + LABEL_ROOM}
    return [
        encoded(chart.mark_rule(color=colour), x=alt.value(0), x2=alt.value(end), y=_y(rows))
        for colour, end in ends.items()
    ]


def _reference(line: Line, top: float) -> list[alt.Chart]:
    chart = alt.Chart(pl.DataFrame({"samen": [line.share], "tekst": [line.text]}))
    rule = chart.mark_rule(color=theme.MUTED.light, strokeWidth=1.4, strokeDash=[4, 3])
    side: Any = "left" if line.share < top * FAR else "right"
    mark = chart.mark_text(align=side, baseline="middle", size=NUMBER_SIZE, color=theme.MUTED.light)
    return [encoded(rule, x=_x("samen", top)), encoded(mark, x=_x("samen", top), y=alt.value(LINE_Y), text="tekst:N")]


def _dots(way: str, rows: tuple[Row, ...], top: float) -> tuple[alt.Chart, alt.Chart]:
    dots = [row.dots[way] for row in rows]
    data = pl.DataFrame(
        {
            "rij": list(range(len(rows))),
            "groep": [row.label for row in rows],
            "aandeel": [dot.share for dot in dots],
            "onder": [dot.lower for dot in dots],
            "boven": [dot.upper for dot in dots],
            "cijfer": [dot.text for dot in dots],
        },
        schema_overrides=dict.fromkeys(("aandeel", "onder", "boven"), pl.Float64),
    )
    shape, colour, _ = LOOKS[way]
    chart, y = alt.Chart(data), _y(len(rows))
    look: dict[str, Any] = {"shape": shape, "filled": True, "size": 95, "opacity": 1, "color": colour.light}
    tooltip = [alt.Tooltip("groep:N", title="Groep"), alt.Tooltip("cijfer:N", title=way.capitalize())]
    band = chart.mark_rule(color=colour.light, strokeWidth=2.6)
    dot = chart.transform_filter("datum.aandeel !== null").mark_point(**look)
    return encoded(band, x=_x("onder", top), x2="boven:Q", y=y), encoded(
        dot, x=_x("aandeel", top), y=y, tooltip=tooltip
    )


def _figures(dots: list[Dot], colour: theme.Colour, row_height: int) -> list[alt.Chart]:
    """Write the figure right of a row, in colour when it lies clear of all together; its second line under it."""
    up, at, rows = LINE_HEIGHT / 2 / row_height, WIDTH + LABEL_GAP, len(dots)
    first = [(row - (up if dot.lines[1] else 0.0), dot.lines[0]) for row, dot in enumerate(dots)]
    second = [(row + up, dot.lines[1]) for row, dot in enumerate(dots) if dot.lines[1]]
    strong: dict[str, Any] = {"size": NAME_SIZE, "fontWeight": 600}
    clear = [text for text, dot in zip(first, dots, strict=True) if dot.clear]
    other = [text for text, dot in zip(first, dots, strict=True) if not dot.clear]
    return [
        *_column(clear, at, rows, **strong, color=colour.light),
        *_column(other, at, rows, **strong, color=theme.INK.light),
        *_column(second, at, rows, size=NUMBER_SIZE, color=theme.MUTED.light),
    ]


def _names(rows: tuple[Row, ...], names: list[list[str]], row_height: int) -> list[alt.Chart]:
    """Write left of each row the group, in as many lines as it takes, and under it how many people it is."""
    unit = LINE_HEIGHT / row_height
    lines = [
        (row + (line - len(name) / 2) * unit, text) for row, name in enumerate(names) for line, text in enumerate(name)
    ]
    people = [(row + len(name) / 2 * unit, rows[row].people) for row, name in enumerate(names)]
    return [
        *_column(lines, 0, len(rows), size=NAME_SIZE, color=theme.INK.light),
        *_column(people, 0, len(rows), size=NUMBER_SIZE, color=theme.MUTED.light),
    ]


def _column(texts: Texts, x: float, rows: int, **look: Any) -> list[alt.Chart]:  # noqa: ANN401 whatever Altair takes
    """Write texts under each other; nothing when there are none."""
    if not texts:
        return []
    data = pl.DataFrame(texts, schema={"rij": pl.Float64, "tekst": pl.String}, orient="row")
    mark = alt.Chart(data).mark_text(align="left", baseline="middle", **look)
    return [encoded(mark, x=alt.value(x), y=_y(rows), text="tekst:N")]


def _foot(sentences: tuple[str, ...]) -> Picture:
    """Write sentences under each other."""
    lines = [line for sentence in sentences for line in wrapped(sentence, theme.WIDTH * 0.94, NAME_SIZE)]
    texts = [said(line, 0, (row + 0.5) * FOOT_LINE, color=theme.INK.light) for row, line in enumerate(lines)]
    return alt.layer(*texts).properties(width=theme.WIDTH, height=FOOT_LINE * len(lines))
