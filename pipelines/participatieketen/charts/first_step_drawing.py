"""One small chart per position: the curves forward and back with their ranges, under it how many were followed so long.

The number of a curve stands at the one month that the title is about.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, apart, encoded, wrapped
from participatieketen.charts.shares_drawing import NUMBER_SIZE, months_axis, none_shown, percent_axis, said

SPACING = 26
AXIS_ROOM, LABEL_ROOM = 40, 72
PANEL_HEIGHT = 160
COLUMNS, MOST_COLUMNS = {1: 1, 2: 2, 4: 2}, 3
MONTHS = [0, 6, 12, 18, 24]
HEADROOM, LEAST_TOP = 1.08, 0.1
LABEL_DISTANCE, LABEL_GAP, LABEL_SIZE = 15.0, 11.0, 12.0
NUMBER_DISTANCE, NUMBER_ROOM, NUMBER_ASIDE = 14.0, 24.0, 14.0
"""Pixels from a dot to its number, what a number under a dot needs over the axis, and how far it stands to the right:
left of it the line comes up."""
FOLLOWED_Y = PANEL_HEIGHT + 38
SHAPES = {"vooruit": "triangle-up", "terug": "triangle-down"}
COLOURS = {"vooruit": theme.FORWARD, "terug": theme.BACK}


@dataclass(frozen=True)
class Curve:
    """One direction: its share by month as far as it is shown, and as it is written.

    months  (months x 4)  maanden, aandeel, onder, boven; aandeel is null where only the range says something
    texts   of the months that have a point
    """

    direction: str
    months: pl.DataFrame
    texts: dict[int, str]

    @property
    def last(self) -> int:
        """The last month that is shown."""
        return max(int(month) for month in self.months["maanden"])

    @property
    def last_point(self) -> int:
        """The last month that has a point; -1 when none has."""
        return max(self.texts, default=-1)

    @property
    def end(self) -> float:
        """Where its name stands: at its last point, else at the top of its range."""
        points = self.months["aandeel"].drop_nulls()
        return float(points[-1] if len(points) else self.months["boven"][-1])


@dataclass(frozen=True)
class Panel:
    """One position: its name, a note under it, its curves, and how many were followed so long, as shown, by months."""

    label: str
    note: str
    curves: tuple[Curve, ...]
    followed: dict[int, str]


def drawing(panels: tuple[Panel, ...], at: int | None) -> Picture | alt.ConcatChart:
    """Draw the charts in rows on one scale, from the lowest position to the highest; numbers at so many months."""
    if not panels:
        return none_shown()
    columns = COLUMNS.get(len(panels), MOST_COLUMNS)
    width = (theme.WIDTH - (columns - 1) * SPACING) / columns - AXIS_ROOM - LABEL_ROOM
    top = _top(panels)
    charts = [_panel(panel, width, top, at) for panel in panels]
    return alt.concat(*charts, columns=columns, spacing={"row": 34, "column": SPACING})


def _top(panels: tuple[Panel, ...]) -> float:
    """Return the top of the scale: somewhat over the highest range of all positions, at most 100%."""
    highest = [
        share
        for panel in panels
        for curve in panel.curves
        for name in ("aandeel", "boven")
        for share in curve.months[name].drop_nulls()
    ]
    return min(1.0, max(LEAST_TOP, max(highest, default=0.0) * HEADROOM))


def _panel(panel: Panel, width: float, top: float, at: int | None) -> Picture:
    layers = [
        *(_band(curve, top) for curve in panel.curves),
        *(layer for curve in panel.curves for layer in _line(curve, top, at)),
        *_numbers(panel.curves, width, top, at),
        *_names(panel.curves, width, top),
        _followed(panel),
        said("gevolgd", width + LABEL_GAP + 10, FOLLOWED_Y, size=NUMBER_SIZE),
        said("maanden", width + LABEL_GAP + 6, PANEL_HEIGHT + 16, size=NUMBER_SIZE),
    ]
    room = width + AXIS_ROOM + LABEL_ROOM
    return alt.layer(*layers).properties(width=width, height=PANEL_HEIGHT, title=_title(panel, room))


def _title(panel: Panel, room: float) -> alt.Title:
    return alt.Title(
        wrapped(panel.label, room * 0.9, 13), subtitle=panel.note, fontSize=13, subtitleFontSize=12, offset=12
    )


def _x() -> alt.X:
    return months_axis(MONTHS[-1], MONTHS)


def _band(curve: Curve, top: float) -> alt.Chart:
    mark = alt.Chart(curve.months).mark_area(color=COLOURS[curve.direction].light, opacity=0.18)
    return encoded(mark, x=_x(), y=percent_axis("onder", top, lines=4), y2="boven:Q")


def _line(curve: Curve, top: float, at: int | None) -> tuple[alt.Chart, alt.Chart, alt.Chart]:
    """Draw the line, with a dot at the month of the number, and a triangle at its end that points the way."""
    chart, colour = alt.Chart(curve.months), COLOURS[curve.direction].light
    y = percent_axis("aandeel", top, lines=4)
    line = chart.transform_filter("datum.aandeel !== null").mark_line(color=colour, strokeWidth=2.2, strokeJoin="round")
    end = chart.transform_filter(f"datum.maanden === {curve.last_point}").mark_point(
        shape=SHAPES[curve.direction], filled=True, color=colour, size=90, opacity=1
    )
    dot = chart.transform_filter(f"datum.maanden === {-1 if at is None else at}").mark_point(
        shape="circle", filled=True, fill=theme.PAPER.light, stroke=colour, strokeWidth=2, size=52, opacity=1
    )
    return encoded(line, x=_x(), y=y), encoded(end, x=_x(), y=y), encoded(dot, x=_x(), y=y)


def _numbers(curves: tuple[Curve, ...], width: float, top: float, at: int | None) -> list[alt.Chart]:
    """Write at the dots how high the lines are there: over the upper one, under the lower one if there is room."""
    shown = {curve.direction: curve for curve in curves if at in curve.texts}
    if at is None or not shown:
        return []
    dots = {way: (1 - _value(curve, at) / top) * PANEL_HEIGHT for way, curve in shown.items()}
    heights, x = _number_heights(dots), width * at / MONTHS[-1]
    look: dict[str, Any] = {"align": "center", "size": LABEL_SIZE, "fontWeight": 600}
    halo = look | {"stroke": theme.PAPER.light, "strokeWidth": 3, "color": theme.PAPER.light}
    return [
        said(shown[way].texts[at], x + (NUMBER_ASIDE if y > dots[way] else 0), y, **drawn)
        for drawn in (halo, look | {"color": theme.INK.light})
        for way, y in heights.items()
    ]


def _value(curve: Curve, at: int) -> float:
    return float(curve.months.filter(pl.col("maanden") == at)["aandeel"][0])


def _number_heights(dots: dict[str, float]) -> dict[str, float]:
    """Return the height of each number; in pixels from the top, as those of the dots."""
    *above, lowest = sorted(dots, key=lambda way: dots[way])
    under = bool(above) and dots[lowest] + NUMBER_ROOM <= PANEL_HEIGHT
    placed = {lowest: dots[lowest] + (NUMBER_DISTANCE if under else -NUMBER_DISTANCE)}
    ceiling = PANEL_HEIGHT if under else placed[lowest] - LABEL_DISTANCE
    return placed | {way: min(dots[way] - NUMBER_DISTANCE, ceiling) for way in above}


def _names(curves: tuple[Curve, ...], width: float, top: float) -> list[alt.Chart]:
    """Write at the end of each line which way it is; not over each other."""
    wanted = {curve.direction: (1 - curve.end / top) * PANEL_HEIGHT for curve in curves}
    placed = apart(wanted, LABEL_DISTANCE)
    over = max(0.0, max(placed.values(), default=0.0) - PANEL_HEIGHT + 4)
    return [
        said(
            curve.direction,
            _end(curve, width) + LABEL_GAP,
            placed[curve.direction] - over,
            color=COLOURS[curve.direction].light,
            size=LABEL_SIZE,
            fontWeight=600,
        )
        for curve in curves
    ]


def _end(curve: Curve, width: float) -> float:
    return width * curve.last / MONTHS[-1]


def _followed(panel: Panel) -> alt.Chart:
    data = pl.DataFrame({"maanden": list(panel.followed), "gevolgd": list(panel.followed.values())})
    mark = alt.Chart(data).mark_text(size=NUMBER_SIZE, color=theme.INK.light)
    return encoded(mark, x=_x(), y=alt.value(FOLLOWED_Y), text="gevolgd:N")
