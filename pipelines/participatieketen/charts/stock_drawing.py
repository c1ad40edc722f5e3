"""One small chart per position, side by side."""

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, encoded, round_step, shown_expr

COLUMNS = 3
SPACING = 30
PANEL_HEIGHT = 116
AXIS_ROOM = 66
GRID_LINES, MOST_TICKS, HEADROOM = 3, 4, 1.12


@dataclass(frozen=True)
class Panel:
    """One position: its name, how many there are now and were before, and its months.

    months  (months x 3)  maand, mensen, voorlopig
    """

    label: str
    now: str
    before: str
    months: pl.DataFrame


def drawing(panels: tuple[Panel, ...], base: int) -> alt.ConcatChart:
    """Draw the charts in rows of three, from the lowest position to the highest."""
    columns = min(COLUMNS, len(panels))
    width = (theme.WIDTH - (columns - 1) * SPACING) / columns - AXIS_ROOM
    charts = [_panel(panel, width, base) for panel in panels]
    return alt.concat(*charts, columns=columns, spacing={"row": 26, "column": SPACING})


def _panel(panel: Panel, width: float, base: int) -> Picture:
    """Draw one position: dashed all along, and solid on top of it where the numbers are settled."""
    x, y = _across(panel.months["maand"].to_list()), _up(panel.months)
    chart = encoded(alt.Chart(panel.months), x=x, y=y)
    line: dict[str, Any] = {"color": theme.INK.light, "strokeWidth": 2, "strokeJoin": "round"}
    layers = [
        chart.mark_area(color=theme.BOX.light, opacity=0.7),
        chart.mark_line(strokeDash=[3, 3], **line),
        chart.transform_filter("!datum.voorlopig").mark_line(**line),
        _last(chart, base),
        *([_said("voorlopig", width, -3)] if panel.months["voorlopig"].any() else []),
    ]
    return alt.layer(*layers).properties(width=width, height=PANEL_HEIGHT, title=_title(panel))


def _title(panel: Panel) -> alt.Title:
    return alt.Title(
        panel.label,
        subtitle=" · ".join([panel.now, *([panel.before] if panel.before else [])]),
        fontSize=13,
        subtitleFontSize=12,
        subtitlePadding=2,
        offset=18,
    )


def _across(months: list[date]) -> alt.X:
    """Return January of every year, thinned to what fits; the first and last month if that is fewer than two."""
    januaries = [month for month in months if month.month == 1]
    ticks = januaries if len(januaries) > 1 else [*months[:1], *months[1:][-1:]]
    thinned = ticks[:: ceil(len(ticks) / MOST_TICKS)] if ticks else []
    values = [alt.DateTime(year=month.year, month=month.month, date=1) for month in thinned]
    axis = alt.Axis(values=values, format="%b %Y", labelFlush=False)
    return alt.X("maand:T", title=None, axis=axis)


def _up(months: pl.DataFrame) -> alt.Y:
    """Return the scale from nought to somewhat over the largest; no numbers when there is nobody."""
    most = max(months["mensen"].to_list(), default=0)
    top, step = max(most, 1) * HEADROOM, round_step(most / GRID_LINES)
    axis = alt.Axis(values=list(range(0, int(top) + 1, step)) if most else [], format=",d")
    return alt.Y("mensen:Q", title=None, axis=axis, scale=alt.Scale(domain=[0, top], nice=False))


def _last(chart: alt.Chart, base: int) -> alt.Chart:
    """Draw a dot on the last month that is not provisional: the numbers in the title are of that day."""
    settled = chart.transform_filter("!datum.voorlopig")
    numbered = settled.transform_calculate(getal=shown_expr("mensen", base)).transform_window(
        nummer="row_number()", sort=[alt.SortField("maand", order="descending")]
    )
    dot = numbered.transform_filter("datum.nummer === 1").mark_point(
        filled=True, color=theme.INK.light, size=46, opacity=1
    )
    tooltip = [alt.Tooltip("maand:T", title="Maand", format="%B %Y"), alt.Tooltip("getal:N", title="Mensen")]
    return encoded(dot, tooltip=tooltip)


def _said(text: str, x: float, y: float) -> alt.Chart:
    """Write a word that ends at that point."""
    look: dict[str, Any] = {"align": "right", "baseline": "bottom", "size": 12, "color": theme.MUTED.light}
    mark = alt.Chart(pl.DataFrame({"tekst": [text]})).mark_text(**look)
    return encoded(mark, x=alt.value(x), y=alt.value(y), text="tekst:N")
