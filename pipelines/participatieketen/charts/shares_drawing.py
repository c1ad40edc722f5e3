"""What drawings of shares have in common: an axis in percents, words at a point, a picture when all is hidden."""

from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, encoded

NUMBER_SIZE, NAME_SIZE = 12.0, 13.0
NONE_HEIGHT = 60.0
NONE_SHOWN = "Niet getoond: elke groep is te klein."
GRID_LINES = 5
STEPS = (1, 2, 5, 10, 20, 25, 50)
"""Percents between two grid lines."""


def percent_axis(field: str, top: float, *, lines: int = GRID_LINES, grid: bool = True) -> alt.Y:
    """Return the vertical scale from 0% to the top share; over 100% there is only room for a number."""
    highest = min(round(top * 100), 100)
    step = next((step for step in STEPS if step >= highest / lines), STEPS[-1])
    values = [whole / 100 for whole in range(0, highest + 1, step)]
    axis = alt.Axis(values=values, format=".0%", title=None, grid=grid)
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, top], nice=False))


def months_axis(last: float, values: list[int]) -> alt.X:
    """Return the horizontal scale in months since the start."""
    axis = alt.Axis(values=values, format="d", labelFlush=False, labelOverlap=False, title=None)
    return alt.X("maanden:Q", axis=axis, scale=alt.Scale(domain=[0, last], nice=False))


def said(text: str, x: float, y: float, **look: Any) -> alt.Chart:  # noqa: ANN401 whatever Altair takes
    """Write a text at a point; by default small, grey and to the right of it."""
    drawn: dict[str, Any] = {"align": "left", "baseline": "middle", "size": 12, "color": theme.MUTED.light} | look
    mark = alt.Chart(pl.DataFrame({"tekst": [text]})).mark_text(**drawn)
    return encoded(mark, x=alt.value(x), y=alt.value(y), text="tekst:N")


def none_shown() -> Picture:
    """Draw that there is nothing that may be shown."""
    text = said(NONE_SHOWN, 0, NONE_HEIGHT / 2, size=NAME_SIZE)
    return alt.layer(text).properties(width=theme.WIDTH, height=NONE_HEIGHT)
