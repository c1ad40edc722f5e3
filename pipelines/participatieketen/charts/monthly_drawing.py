"""The monthly bars as Altair layers."""

from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, apart, encoded, round_step, shown_expr

PLOT_WIDTH = 776
WIDEST_BAR, BAR_SHARE = 46.0, 0.78
LABEL_ROOM = 34.0
"""Pixels a month's name needs; where there are more months, every third, sixth or twelfth is written."""

LABEL_DISTANCE = 19.0
GRID_LINES, HEADROOM = 8, 1.06

Shades = tuple[theme.Colour, theme.Colour]
"""A colour, and the one of provisional months."""


@dataclass(frozen=True)
class Bars:
    """What the bars up and down are: their names, in a tooltip too, and their colours; and what is counted."""

    up: str
    down: str
    tips: tuple[str, str]
    unit: str
    up_shades: Shades
    down_shades: Shades
    height: int


STEPS = Bars(
    "Stappen vooruit",
    "Stappen terug",
    ("Vooruit", "Terug"),
    "stappen per maand",
    (theme.FORWARD, theme.FORWARD_LIGHT),
    (theme.BACK, theme.BACK_LIGHT),
    height=380,
)
TRAFFIC = Bars(
    "Kwamen erbij",
    "Gingen eruit",
    ("Erbij", "Eruit"),
    "mensen per maand",
    (theme.ASIDE, theme.GRID),
    (theme.MUTED, theme.GRID),
    height=240,
)
"""Who comes in and who leaves is no step: not in the colours of one."""

MONTH_NAME = (
    "month(datum.value) % {step} === {first}"
    " ? [timeFormat(datum.value, '%b'), {year} ? timeFormat(datum.value, '%Y') : ''] : ''"
)


def drawing(months: pl.DataFrame, base: int, bars: Bars = STEPS, *, balance: bool = True) -> Picture:
    """Draw the bars, the line and their labels.

    months   (months x 5)  maand, vooruit (up), terug (down), saldo, voorlopig
    balance  draw the line; without it nothing but what rounding can make would be seen to move
    """
    lowest, highest = _extent(months)
    x, y = _months_across(months), _steps_up(lowest, highest, bars.unit)
    chart = alt.Chart(months)
    width = round(min(WIDEST_BAR, PLOT_WIDTH / max(len(months), 1) * BAR_SHARE), 1)
    layers = [
        encoded(_bars(_said(chart, "datum.vooruit", base), bars.up_shades, bars.tips, width), x=x, y=y),
        encoded(_bars(_said(chart, "-datum.terug", base), bars.down_shades, bars.tips, width), x=x, y=y),
        _zero(),
        encoded(chart.mark_point(opacity=0, color=theme.PAPER.light), x=x, y=alt.value(0)),  # each month has a place
        *(encoded(line, x=x, y="saldo:Q") for line in _balance(chart) if balance),
        _names(months, (highest - lowest) / bars.height, bars, balance=balance),
        encoded(_provisional(months, width), x=x, y=alt.value(-4)),
    ]
    return alt.layer(*layers).properties(width=PLOT_WIDTH, height=bars.height)


def _extent(months: pl.DataFrame) -> tuple[float, float]:
    """Return the lowest and the highest value on the scale: somewhat beyond the longest bars."""
    up, under = (max(months[name].to_list(), default=0) for name in ("vooruit", "terug"))
    return -max(under, 1) * HEADROOM, max(up, 1) * HEADROOM


def _months_across(months: pl.DataFrame) -> alt.X:
    axis = alt.Axis(
        labelExpr=_month_name(months["maand"].to_list()),
        labelOverlap=False,
        labelAngle=0,
        labelAlign="center",
        ticks=False,
        domain=False,
        labelPadding=4,
    )
    scale = alt.Scale(paddingInner=1 - BAR_SHARE, paddingOuter=0.1)
    return alt.X("yearmonth(maand):O", title=None, axis=axis, scale=scale)


def _month_name(months: list[date]) -> str:
    """Return the Vega expression for the months under the bars: as many as fit, the year under its first month."""
    room = PLOT_WIDTH / max(len(months), 1)
    step = next(step for step in (1, 3, 6, 12) if room * step >= LABEL_ROOM or step == 12)  # noqa: PLR2004 a year
    has_january = any(month.month == 1 for month in months)
    first = 0 if has_january else (months[0].month - 1) % step if months else 0
    return MONTH_NAME.format(step=step, first=first, year="month(datum.value) === 0" if has_january else "true")


def _steps_up(lowest: float, highest: float, unit: str) -> alt.Y:
    step = round_step((highest - lowest) / GRID_LINES)
    axis = alt.Axis(
        values=list(range(ceil(lowest / step) * step, floor(highest) + 1, step)),
        labelExpr="format(abs(datum.value), ',d')",
        title=unit,
        titleAngle=0,
        titleAlign="left",
        titleBaseline="bottom",
        titleX=0,
        titleY=-20,
    )
    return alt.Y("hoogte:Q", axis=axis, stack=None, scale=alt.Scale(domain=[lowest, highest], nice=False))


def _said(chart: alt.Chart, height: str, base: int) -> alt.Chart:
    """Give every month the height of its bar, and its counts as a reader may see them."""
    return chart.transform_calculate(hoogte=height, v=shown_expr("vooruit", base), t=shown_expr("terug", base))


def _bars(said: alt.Chart, shades: Shades, tips: tuple[str, str], width: float) -> alt.Chart:
    full, light = (colour.light for colour in shades)
    bars = said.transform_filter("datum.hoogte !== 0").mark_bar(size=width, stroke=full, strokeWidth=1.2)
    tooltip = [
        alt.Tooltip("maand:T", title="Maand", format="%B %Y"),
        alt.Tooltip("v:N", title=tips[0]),
        alt.Tooltip("t:N", title=tips[1]),
    ]
    fill = alt.condition("datum.voorlopig", alt.value(light), alt.value(full))
    return encoded(bars, fill=fill, tooltip=tooltip)


def _zero() -> alt.Chart:
    line = alt.Chart(pl.DataFrame({"nul": [0]})).mark_rule(color=theme.INK.light, strokeWidth=1.2)
    return encoded(line, y="nul:Q")


def _balance(chart: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Draw the line twice: first a wide one in the colour of the paper, so that it stands out from the bars."""
    points = alt.OverlayMarkDef(filled=True, fill=theme.PAPER.light, stroke=theme.INK.light, strokeWidth=1.8, size=34)
    return (
        chart.mark_line(color=theme.PAPER.light, strokeWidth=5.5, strokeJoin="round"),
        chart.mark_line(color=theme.INK.light, strokeWidth=2.2, strokeJoin="round", point=points),
    )


def _names(months: pl.DataFrame, units_per_pixel: float, bars: Bars, *, balance: bool) -> alt.Chart:
    """Write what the bars and the line are, at their right end, in their own colour."""
    last = months.row(-1, named=True) if len(months) else {"vooruit": 0, "terug": 0, "saldo": 0}
    line = {"Saldo": last["saldo"]} if balance else {}
    wanted = {bars.down: -last["terug"] * 0.6, **line, bars.up: last["vooruit"] * 0.9}
    heights = apart(wanted, LABEL_DISTANCE * units_per_pixel)
    colours = {bars.down: bars.down_shades[0], "Saldo": theme.INK, bars.up: bars.up_shades[0]}
    rows = {
        "tekst": list(heights),
        "bij": [round(float(height), 1) for height in heights.values()],
        "kleur": [colours[name].light for name in heights],
    }
    look: dict[str, Any] = {"align": "left", "size": 13, "fontWeight": 600}
    mark = alt.Chart(pl.DataFrame(rows)).mark_text(**look)
    colour = alt.Color("kleur:N", scale=None)
    return encoded(mark, x=alt.value(PLOT_WIDTH + 10), y="bij:Q", text="tekst:N", color=colour)


def _provisional(months: pl.DataFrame, width: float) -> alt.Chart:
    """Write the word over the first provisional month; it runs on over the next ones."""
    first = months.filter("voorlopig").head(1).select("maand")
    look: dict[str, Any] = {"align": "left", "baseline": "bottom", "dx": -width / 2, "color": theme.MUTED.light}
    word: alt.Chart = alt.Chart(first).mark_text(text="voorlopig", **look)
    return word
