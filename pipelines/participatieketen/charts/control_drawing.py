"""The control chart as Altair layers: centre and limits as lines with their name, months as points on a line."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, apart, encoded, round_step, text_width
from participatieketen.charts.shares_drawing import said

AXIS_ROOM, LABEL_ROOM = 46, 130
PLOT_WIDTH, PLOT_HEIGHT = theme.WIDTH - AXIS_ROOM - LABEL_ROOM, 300
GRID_LINES, HEADROOM = 7, 1.14
LABEL_DISTANCE, LABEL_GAP = 17.0, 12.0
WORD_SIZE, WORD_RISE = 12.0, 15
FOOT, POINT, EDGE = 14.0, 6.0, 12.0
"""Room at the foot, half the width of a point, and room beside the first and last, in pixels."""
MOST_TICKS = 9
COLOURS = {"vooruit": (theme.FORWARD, theme.FORWARD_LIGHT), "terug": (theme.BACK, theme.BACK_LIGHT)}


@dataclass(frozen=True)
class Limits:
    """Mean and limits of chance, and as they are written; None where there is none."""

    centre: float | None
    lower: float | None
    upper: float | None
    centre_text: str
    lower_text: str
    upper_text: str

    @property
    def lines(self) -> tuple[tuple[str, float, str], ...]:
        """Name, height and text of the lines that there are."""
        every = (
            ("bovengrens", self.upper, self.upper_text),
            ("gemiddelde", self.centre, self.centre_text),
            ("ondergrens", self.lower, self.lower_text),
        )
        return tuple((name, value, text) for name, value, text in every if value is not None)


def drawing(months: pl.DataFrame, limits: Limits, direction: str) -> Picture:
    """Draw the months and the limits.

    months  (months x 6)  maand, stappen, voorlopig, signaal, woord (of a signal, at one of the
                          months in a row that have it), kant (of the mean: 1 over it, 0 under it)
    """
    top = _top(months, limits)
    colour, light = (colour.light for colour in COLOURS[direction])
    chart, x = alt.Chart(_readable(months, top)), _across(months["maand"].to_list())
    layers = [
        *(_line(name, value, top) for name, value, _ in limits.lines),
        *_names(limits, top),
        *_points(chart, x, _up(top), (colour, light)),
        said("stappen per maand", 0, -14),
        *([_provisional(months, x)] if months["voorlopig"].any() else []),
    ]
    return alt.layer(*layers).properties(width=PLOT_WIDTH, height=PLOT_HEIGHT)


def _top(months: pl.DataFrame, limits: Limits) -> float:
    most = max(months["stappen"].to_list(), default=0)
    return max(most, limits.upper or 0.0, 1.0) * HEADROOM


def _across(months: list[date]) -> alt.X:
    """Return the scale of months; as many of them are named as fit, January if it can be."""
    januaries = [month for month in months if month.month == 1]
    thinned = months[:: ceil(len(months) / MOST_TICKS)] if months else []
    ticks = januaries if len(januaries) > 1 and len(months) > 2 * MOST_TICKS else thinned
    values = [alt.DateTime(year=month.year, month=month.month, date=1) for month in ticks]
    axis = alt.Axis(values=values, format="%b %Y", labelFlush=False)
    return alt.X("maand:T", title=None, axis=axis, scale=alt.Scale(padding=EDGE))


def _up(top: float, field: str = "stappen") -> alt.Y:
    axis = alt.Axis(values=list(range(0, int(top) + 1, round_step(top / GRID_LINES))), format=",d", title=None)
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, top], nice=False))


def _line(name: str, value: float, top: float) -> alt.Chart:
    solid = name == "gemiddelde"
    dash, colour = ([], theme.INK.light) if solid else ([6, 4], theme.MUTED.light)
    mark = alt.Chart(pl.DataFrame({"grens": [round(value, 1)]})).mark_rule(
        color=colour, strokeWidth=1.4, strokeDash=dash
    )
    return encoded(mark, y=_up(top, "grens"))


def _names(limits: Limits, top: float) -> list[alt.Chart]:
    """Write at the right end of each line what it is."""
    if limits.upper is None:
        return [said("nog geen grenzen", PLOT_WIDTH + LABEL_GAP, PLOT_HEIGHT / 2, size=WORD_SIZE)]
    wanted = {f"{name} {text}": (1 - value / top) * PLOT_HEIGHT for name, value, text in limits.lines}
    placed = apart(wanted, LABEL_DISTANCE)
    return [said(text, PLOT_WIDTH + LABEL_GAP, y, color=theme.INK.light) for text, y in placed.items()]


def _points(chart: alt.Chart, x: alt.X, y: alt.Y, colours: tuple[str, str]) -> list[alt.Chart]:
    """Draw line and points; a signal is a large diamond with a word, a provisional month an open light point."""
    full, light = colours
    line = chart.mark_line(color=full, strokeWidth=1.4, opacity=0.55)
    look: dict[str, Any] = {"filled": True, "opacity": 1, "color": full}
    tooltip = [
        alt.Tooltip("maand:T", title="Maand", format="%B %Y"),
        alt.Tooltip("stappen:Q", title="Stappen", format=",d"),
    ]
    marks = [
        chart.transform_filter("!datum.voorlopig && !datum.signaal").mark_point(shape="circle", size=44, **look),
        chart.transform_filter("!datum.voorlopig && datum.signaal").mark_point(shape="diamond", size=190, **look),
        chart.transform_filter("datum.voorlopig").mark_point(
            shape="circle", size=50, filled=True, fill=light, stroke=full, strokeWidth=1.2, opacity=1
        ),
    ]
    return [
        encoded(line, x=x, y=y),
        *(encoded(mark, x=x, y=y, tooltip=tooltip) for mark in marks),
        *(encoded(word, x="plaats:T", y="hoogte:Q", text="woord:N") for word in _words(chart)),
    ]


def _words(chart: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Write the words; twice, first wide in the colour of the paper, to stand out from the line."""
    look: dict[str, Any] = {"size": WORD_SIZE, "fontWeight": 600}
    found = chart.transform_filter("datum.woord !== null")
    paper: dict[str, Any] = {"color": theme.PAPER.light, "stroke": theme.PAPER.light, "strokeWidth": 4}
    return found.mark_text(**look, **paper), found.mark_text(**look, color=theme.INK.light)


def _readable(months: pl.DataFrame, top: float) -> pl.DataFrame:
    """Return the months with `plaats` and `hoogte` of their word, and without words that would stand over another.

    Those beyond a limit come first.
    """
    across = _pixels_across(months["maand"].to_list())
    kept: dict[date, tuple[float, float, float]] = {}
    for row in months.filter(pl.col("woord").is_not_null()).sort("woord", "maand").rows(named=True):
        wide = text_width(row["woord"], WORD_SIZE) + 8
        x = min(max(across[row["maand"]], wide / 2), PLOT_WIDTH - wide / 2)
        near = months.filter(pl.col("maand").is_in([m for m in across if abs(across[m] - x) < wide / 2 + POINT]))
        y = _word_height([(1 - count / top) * PLOT_HEIGHT for count in near["stappen"]], row["kant"])
        if all(
            abs(x - left) > (wide + other) / 2 or abs(y - high) > WORD_SIZE + 3 for left, high, other in kept.values()
        ):
            kept[row["maand"]] = (x, y, wide)
    heights = {month: (1 - y / PLOT_HEIGHT) * top for month, (_, y, _) in kept.items()}
    places = {month: _day_at(x, min(across), max(across)) for month, (x, _, _) in kept.items()}
    return months.drop("kant").with_columns(
        pl.when(pl.col("maand").is_in(list(kept))).then("woord").alias("woord"),
        plaats=pl.col("maand").replace_strict(places, default=None, return_dtype=pl.Date),
        hoogte=pl.col("maand").replace_strict(heights, default=None, return_dtype=pl.Float64),
    )


def _word_height(points: list[float], over: int) -> float:
    """Return a word's height in pixels: clear of the points near it, away from the mean, and never at the foot."""
    under = max(points) + WORD_RISE
    return min(points) - WORD_RISE if over or under > PLOT_HEIGHT - FOOT else under


def _pixels_across(months: list[date]) -> dict[date, float]:
    room = PLOT_WIDTH - 2 * EDGE
    return {month: EDGE + _part(month, min(months), max(months)) * room for month in months}


def _day_at(x: float, first: date, last: date) -> date:
    """Return the day that stands at this distance from the left."""
    part = (x - EDGE) / (PLOT_WIDTH - 2 * EDGE)
    return first + timedelta(days=min(max(round(part * (last - first).days), 0), (last - first).days))


def _part(month: date, first: date, last: date) -> float:
    return float((month - first).days / max((last - first).days, 1))


def _provisional(months: pl.DataFrame, x: alt.X) -> alt.Chart:
    """Write the word over the last month; it runs back over the provisional ones."""
    last = months.filter("voorlopig").tail(1).select("maand")
    look: dict[str, Any] = {"align": "right", "baseline": "bottom", "dx": 8, "color": theme.MUTED.light}
    return encoded(alt.Chart(last).mark_text(text="voorlopig", **look), x=x, y=alt.value(-6))
