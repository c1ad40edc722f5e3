"""Stacked columns on a scale of months: a shade per position, its percentage at it, its name at the right end.

The shades are grey: blue and orange are the ways of a step, and no position is one. They go from light to dark, low to
high, and leave out the middle: there neither dark nor light text can be read.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, apart, encoded, text_width
from participatieketen.charts.shares_drawing import NUMBER_SIZE, none_shown, percent_axis, said
from participatieketen.readings.wording import HIDDEN

AXIS_ROOM, LABEL_ROOM = 44, 194
PLOT_WIDTH, PLOT_HEIGHT = theme.WIDTH - AXIS_ROOM - LABEL_ROOM, 380
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
LONGEST_NAME = 186.0
"""Pixels: longer names would make the picture wider than the others on a page."""

COLUMN_WIDTH = 56.0
LEAST_FOR_NUMBER, SIDE_DISTANCE, SIDE_GAP = 15.0, 12.0, 4.0
"""Pixels a part must be high to hold its number; a smaller one has it at its right side, so far from the next."""

LEAST_SEEN = 0.005
"""A part that is smaller cannot be seen."""

PALE, DARK = (0.1, 0.36), (0.65, 0.97)
"""Opacities of the parts under dark and under light text: 4.5:1 at least, on white paper and on dark."""

LABEL_DISTANCE, LABEL_GAP, KEY_SIZE = 17.0, 24.0, 110.0
MONTHS_Y, FOLLOWED_Y = PLOT_HEIGHT + 16, PLOT_HEIGHT + 52


@dataclass(frozen=True)
class Column:
    """One moment: the parts from low to high as share and as written, none when hidden; how many were followed."""

    months: int
    parts: tuple[tuple[float, str], ...]
    followed: str


@dataclass(frozen=True)
class Part:
    """A piece of a column, from its lower to its upper end."""

    months: int
    place: str
    text: str
    low: float
    high: float
    shade: float


def drawing(columns: tuple[Column, ...], places: tuple[str, ...]) -> Picture:
    """Draw the columns; places are the names of the parts from low to high, what is outside the chain last."""
    if not any(column.parts for column in columns):
        return none_shown()
    last = max(column.months for column in columns)
    parts = [part for column in columns for part in _parts(column, places)]
    layers = [
        *_plates(parts, last),
        *_beside(parts, last),
        *_moments(columns, last),
        *_names(parts, last),
        said("maanden na de start", PLOT_WIDTH + LABEL_GAP, MONTHS_Y, size=NUMBER_SIZE),
        said("mensen zo lang gevolgd", PLOT_WIDTH + LABEL_GAP, FOLLOWED_Y - 16, size=NUMBER_SIZE),
    ]
    drawn: Picture = alt.layer(*layers).resolve_scale(y="independent")
    return drawn.properties(width=PLOT_WIDTH, height=PLOT_HEIGHT)


def _middle(months: int, last: int) -> float:
    """Return the pixel of a column's middle."""
    return round(COLUMN_WIDTH / 2 + months / max(last, 1) * (PLOT_WIDTH - COLUMN_WIDTH), 1)


def _parts(column: Column, places: tuple[str, ...]) -> list[Part]:
    """Return the parts on top of each other; together they are the whole, also when rounded shares are not."""
    found, low, whole = [], 0.0, sum(share for share, _ in column.parts) or 1.0
    for number, (place, (share, text)) in enumerate(zip(places, column.parts, strict=False)):
        found.append(Part(column.months, place, text, low, low + share / whole, _shade(number, len(places) - 1)))
        low += share / whole
    return found


def _shade(number: int, inside: int) -> float:
    """Return the opacity by position, low to high; what is outside the chain has none."""
    pale = inside // 2
    if number == inside:
        return 0.0
    return _between(PALE, number, pale) if number < pale else _between(DARK, number - pale, inside - pale)


def _between(ends: tuple[float, float], number: int, many: int) -> float:
    low, high = ends
    return round(low + (high - low) * (number / (many - 1) if many > 1 else 0.5), 3)


def _plates(parts: list[Part], last: int) -> list[alt.Chart]:
    data = pl.DataFrame(
        {
            "maanden": [part.months for part in parts],
            "plek": [part.place for part in parts],
            "aandeel": [part.text for part in parts],
            "onder": [round(part.low, 4) for part in parts],
            "boven": [round(part.high, 4) for part in parts],
            "tint": [part.shade for part in parts],
            "links": [_middle(part.months, last) - COLUMN_WIDTH / 2 for part in parts],
            "rechts": [_middle(part.months, last) + COLUMN_WIDTH / 2 for part in parts],
        }
    )
    chart = alt.Chart(data).transform_filter("datum.boven > datum.onder")
    across: dict[str, Any] = {"x": _pixels("links"), "x2": "rechts:Q"}
    names = {"plek": "Plek", "aandeel": "Aandeel", "maanden": "Maanden"}
    plate = encoded(
        chart.mark_rect(stroke=theme.LINE.light, strokeWidth=0.8, fill=theme.INK.light),
        **across,
        y=percent_axis("onder", 1.0, grid=False),
        y2="boven:Q",
        fillOpacity=alt.FillOpacity("tint:Q", scale=None, legend=None),
        tooltip=[alt.Tooltip(f"{field}:N", title=name) for field, name in names.items()],
    )
    high = f"(datum.boven - datum.onder) * {PLOT_HEIGHT} >= {LEAST_FOR_NUMBER}"
    number = chart.transform_filter(high).transform_calculate(
        x="(datum.links + datum.rechts) / 2", bij="(datum.onder + datum.boven) / 2"
    )
    texts = [
        encoded(
            number.transform_filter(f"datum.tint {where} {PALE[1]}").mark_text(size=12, color=ink.light),
            x=_pixels("x"),
            y=alt.Y("bij:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False)),
            text="aandeel:N",
        )
        for where, ink in (("<=", theme.INK), (">", theme.PAPER))
    ]
    return [plate, *texts]


def _seen(part: Part) -> bool:
    return part.high - part.low >= LEAST_SEEN


def _holds_number(part: Part) -> bool:
    return (part.high - part.low) * PLOT_HEIGHT >= LEAST_FOR_NUMBER


def _middle_of(part: Part) -> float:
    """Return the height of the middle of a part, in pixels."""
    return (1 - (part.low + part.high) / 2) * PLOT_HEIGHT


def _beside(parts: list[Part], last: int) -> list[alt.Chart]:
    """Write right of a column the numbers of its low parts; of the last one they stand at the names."""
    newest = max(part.months for part in parts)
    low = [part for part in parts if part.months != newest and _seen(part) and not _holds_number(part)]
    return [
        said(text, _middle(months, last) + COLUMN_WIDTH / 2 + SIDE_GAP, y, color=theme.INK.light)
        for months in sorted({part.months for part in low})
        for text, y in _side_heights([part for part in low if part.months == months])
    ]


def _side_heights(parts: list[Part]) -> list[tuple[str, float]]:
    placed = apart({part.place: _middle_of(part) for part in parts}, SIDE_DISTANCE)
    over = max(0.0, max(placed.values()) - PLOT_HEIGHT + SIDE_DISTANCE / 2)
    return [(part.text, placed[part.place] - over) for part in parts]


def _pixels(field: str) -> alt.X:
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, PLOT_WIDTH], nice=False, zero=False))


def _moments(columns: tuple[Column, ...], last: int) -> list[alt.Chart]:
    """Write under each column how many months and how many people; a dash for a column that is hidden."""
    data = pl.DataFrame(
        {
            "maanden": [str(column.months) for column in columns],
            "gevolgd": [column.followed for column in columns],
            "streep": ["" if column.parts else HIDDEN for column in columns],
            "x": [_middle(column.months, last) for column in columns],
        }
    )
    heights = {"maanden": MONTHS_Y, "gevolgd": FOLLOWED_Y - 16, "streep": PLOT_HEIGHT - 10}
    return [
        encoded(alt.Chart(data).mark_text(size=12), x=_pixels("x"), y=alt.value(y), text=f"{field}:N")
        for field, y in heights.items()
    ]


def _names(parts: list[Part], last: int) -> list[alt.Chart]:
    """Write right of the last column that is shown what its parts are, each at its shade.

    A line leads to the name from each part that can be seen.
    """
    newest = max(part.months for part in parts)
    shown = [part for part in parts if part.months == newest]
    wanted = {part.place: _middle_of(part) for part in reversed(shown)}
    placed = apart(wanted, LABEL_DISTANCE)
    over = max(0.0, max(placed.values()) - PLOT_HEIGHT + 4)
    edge = _middle(newest, last) + COLUMN_WIDTH / 2
    data = pl.DataFrame(
        {
            "naam": [_short(part) for part in shown],
            "van": [wanted[part.place] for part in shown],
            "naar": [placed[part.place] - over for part in shown],
            "tint": [part.shade for part in shown],
            "zichtbaar": [_seen(part) for part in shown],
        }
    )
    chart, y = alt.Chart(data), alt.Scale(domain=[PLOT_HEIGHT, 0], nice=False, zero=False)
    down = {name: alt.Y(f"{name}:Q", axis=None, scale=y) for name in ("van", "naar")}
    lead = chart.transform_filter("datum.zichtbaar").mark_rule(color=theme.LINE.light, strokeWidth=0.8)
    key: dict[str, Any] = {"shape": "square", "size": KEY_SIZE, "stroke": theme.LINE.light, "strokeWidth": 0.8}
    shade = alt.FillOpacity("tint:Q", scale=None, legend=None)
    name = chart.mark_text(align="left", size=12, color=theme.INK.light)
    ends = {"x": alt.value(edge + 2), "x2": alt.value(edge + LABEL_GAP - 8)}
    return [
        encoded(lead, **ends, y=down["van"], y2="naar:Q"),
        encoded(
            chart.mark_point(filled=True, fill=theme.INK.light, opacity=1, **key),
            x=alt.value(edge + LABEL_GAP),
            y=down["naar"],
            fillOpacity=shade,
        ),
        encoded(name, x=alt.value(edge + LABEL_GAP + 11), y=down["naar"], text="naam:N"),
    ]


def _short(part: Part) -> str:
    """Return the name, with its number where the part does not hold it; the name is cut off where it is too long."""
    number = "" if _holds_number(part) else f" {part.text}"
    cut = (part.place[:end].rstrip() + ELLIPSIS for end in range(len(part.place) - 1, 1, -1))
    texts = (f"{name}{number}" for name in (part.place, *cut))
    return next((text for text in texts if text_width(text, 12) <= LONGEST_NAME), f"{ELLIPSIS}{number}")
