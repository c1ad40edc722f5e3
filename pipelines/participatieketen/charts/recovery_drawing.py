"""Recovery as Altair layers: a dot with its range per group and month, and under the axis how many were followed."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, apart, encoded
from participatieketen.charts.shares_drawing import (
    NAME_SIZE,
    NUMBER_SIZE,
    months_axis,
    none_shown,
    percent_axis,
    said,
)

AXIS_ROOM, LABEL_ROOM = 44, 190
PLOT_WIDTH, PLOT_HEIGHT = theme.WIDTH - AXIS_ROOM - LABEL_ROOM, 340
LAST_MONTH, TOP = 25.0, 1.07
ASIDE = 5.0
"""Pixels that the dots of a group stand beside their month where two ranges would cover each other."""

LOWEST_NUMBER = 0.08
"""A number under a range that reaches lower would stand on the axis."""

LABEL_DISTANCE = 40.0
FOLLOWED_TOP, FOLLOWED_LINE = 68.0, 20.0
LABEL_GAP, NAME_GAP = 12.0, 20.0
NAME_ROOM = 8.0
"""Pixels over and under a name that no line of another group comes through."""


@dataclass(frozen=True)
class Point:
    """A share at so many months, with its range and as it is written; None when hidden, or when it is no point."""

    months: int
    share: float | None
    lower: float | None
    upper: float | None
    text: str


@dataclass(frozen=True)
class Group:
    """People who stepped back, or those who did not; how many of them were followed so long, as shown, by months.

    reached  what the share is of, in words
    """

    name: str
    reached: str
    points: tuple[Point, ...]
    followed: dict[int, str]
    stepped_back: bool

    @property
    def colour(self) -> theme.Colour:
        """That of a step back for who made one."""
        return theme.BACK if self.stepped_back else theme.ASIDE


def drawing(groups: tuple[Group, ...]) -> Picture:
    """Draw the groups in one plot."""
    if not groups:
        return none_shown()
    dots = [layer for group in groups for layer in _group(group, groups)]
    names = [layer for group, y in zip(groups, _name_heights(groups), strict=True) for layer in _name(group, groups, y)]
    layers = [
        *dots,
        *names,
        said("deel van de mensen", 0, -8),
        said("maanden na de eerste stap terug", PLOT_WIDTH / 2, PLOT_HEIGHT + 36, align="center"),
        said("mensen die zo lang gevolgd zijn", 0, PLOT_HEIGHT + FOLLOWED_TOP - 14),
        *(layer for number, group in enumerate(groups) for layer in _followed(group, number)),
    ]
    return alt.layer(*layers).properties(width=PLOT_WIDTH, height=PLOT_HEIGHT)


def _group(group: Group, groups: tuple[Group, ...]) -> list[alt.Chart]:
    """Draw line, ranges, dots and numbers of a group; the number stands away from the other group."""
    shown = [point for point in group.points if point.lower is not None]
    data = pl.DataFrame(
        {
            "maanden": [point.months for point in shown],
            "aandeel": [point.share for point in shown],
            "onder": [point.lower for point in shown],
            "boven": [point.upper for point in shown],
            "tekst": [point.text for point in shown],
            "getal": ["" if point.share is None else point.text for point in shown],
            "bij": [_number_at(point, group, groups) for point in shown],
            "kant": [1 if _is_upper(point, group, groups) else -1 for point in shown],
        },
        schema_overrides={"aandeel": pl.Float64, "onder": pl.Float64, "boven": pl.Float64, "bij": pl.Float64},
    )
    side: dict[str, Any] = {"xOffset": _aside(group, groups)}
    chart, x = alt.Chart(data), months_axis(LAST_MONTH, [0, 3, 6, 12, 18, 24])
    y, colour = percent_axis("aandeel", TOP), group.colour.light
    dash = [] if group.stepped_back else [5, 4]
    shape = "circle" if group.stepped_back else "diamond"
    points = chart.transform_filter("datum.aandeel !== null")
    line = points.mark_line(color=colour, strokeWidth=1.6, strokeDash=dash, opacity=0.8, **side)
    band = chart.mark_rule(color=colour, strokeWidth=2.4, **side)
    dot = points.mark_point(
        shape=shape,
        filled=True,
        size=110,
        opacity=1,
        fill=colour if group.stepped_back else theme.PAPER.light,
        stroke=colour,
        strokeWidth=2.2,
        **side,
    )
    tooltip = [alt.Tooltip("maanden:Q", title="Maanden"), alt.Tooltip("tekst:N", title=group.name)]
    return [
        encoded(line, x=x, y=y),
        encoded(band.transform_filter("datum.onder !== null"), x=x, y=percent_axis("onder", TOP), y2="boven:Q"),
        encoded(dot, x=x, y=y, tooltip=tooltip),
        *(_numbers(chart, side, x, above=above) for above in (True, False)),
    ]


def _aside(group: Group, groups: tuple[Group, ...]) -> float:
    """Return how far beside their month the dots stand: not at all when no two ranges meet."""
    ranges = [
        {p.months: (p.lower, p.upper) for p in one.points if p.lower is not None and p.upper is not None}
        for one in groups
    ]
    meet = any(
        one[months][0] <= other[months][1] and other[months][0] <= one[months][1]
        for one, other in combinations(ranges, 2)
        for months in one.keys() & other.keys()
    )
    return (-ASIDE if group.stepped_back else ASIDE) if meet else 0.0


def _numbers(chart: alt.Chart, side: dict[str, Any], x: alt.X, *, above: bool) -> alt.Chart:
    look: dict[str, Any] = {"size": NAME_SIZE, "fontWeight": 600, "dy": -11 if above else 12} | side
    mark = chart.transform_filter(f"datum.kant === {1 if above else -1}").mark_text(**look)
    return encoded(mark, x=x, y=percent_axis("bij", TOP), text="getal:N")


def _others_at(point: Point, group: Group, groups: tuple[Group, ...]) -> list[float]:
    return [
        other.share
        for one in groups
        if one is not group
        for other in one.points
        if other.months == point.months and other.share is not None
    ]


def _is_upper(point: Point, group: Group, groups: tuple[Group, ...]) -> bool:
    """Return whether the number goes over the band: of two groups that of the higher share, and any near the axis."""
    others = _others_at(point, group, groups)
    share, low = point.share or 0.0, point.share if point.lower is None else point.lower
    if low is not None and low < LOWEST_NUMBER:
        return True
    return not others or share > others[0] or (share == others[0] and group.stepped_back)


def _number_at(point: Point, group: Group, groups: tuple[Group, ...]) -> float | None:
    end = point.upper if _is_upper(point, group, groups) else point.lower
    return point.share if end is None else end


def _last(group: Group) -> Point | None:
    return next((point for point in reversed(group.points) if point.lower is not None), None)


def _height(share: float) -> float:
    return (TOP - share) / TOP * PLOT_HEIGHT


def _name_heights(groups: tuple[Group, ...]) -> list[float]:
    """Return the height of each name in pixels: at its last dot, and not over each other."""
    ends = {group.name: _last(group) for group in groups}
    wanted = {name: _height(_name_at(end)) for name, end in ends.items()}
    placed = apart(wanted, LABEL_DISTANCE)
    over = max(0.0, max(placed.values()) - (PLOT_HEIGHT - LABEL_DISTANCE / 2))
    return [placed[group.name] - over for group in groups]


def _name_at(end: Point | None) -> float:
    """Return the share at which a name stands: of its last dot, else the top of its last range."""
    if end is None:
        return 0.0
    return end.upper or 0.0 if end.share is None else end.share


def _name_x(group: Group, groups: tuple[Group, ...], y: float) -> float:
    """Return where a name starts: at the end of its line, or right of the plot where another line comes through."""
    end = _last(group)
    if end is None or any(_crosses(other, end.months, y) for other in groups if other is not group):
        return PLOT_WIDTH + LABEL_GAP
    return end.months / LAST_MONTH * PLOT_WIDTH + NAME_GAP


def _crosses(group: Group, months: int, y: float) -> bool:
    """Say whether a line, its ranges or its numbers come by a name at this height from so many months on."""
    shown = [point for point in group.points if point.lower is not None]
    before = [point for point in shown if point.months <= months][-1:]
    after = [point for point in shown if point.months > months]
    ends = [end for point in (*before, *after) for end in (point.share, point.lower, point.upper) if end is not None]
    near = LABEL_DISTANCE / 2 + NAME_ROOM
    return bool(after) and _height(max(ends)) - near < y < _height(min(ends)) + near


def _name(group: Group, groups: tuple[Group, ...], y: float) -> list[alt.Chart]:
    """Write at the end of its line who they are and what the dots say of them."""
    x = _name_x(group, groups, y)
    what = group.reached if _last(group) else "niet getoond: te kleine groep"
    return [
        said(group.name, x, y - 8, size=NAME_SIZE, fontWeight=600, color=_ink(group)),
        said(what, x, y + 9),
    ]


def _ink(group: Group) -> str:
    return theme.BACK.light if group.stepped_back else theme.INK.light


def _followed(group: Group, number: int) -> tuple[alt.Chart, alt.Chart]:
    """Write under the axis how many people the group is, and how many of them were followed so long."""
    y = PLOT_HEIGHT + FOLLOWED_TOP + 6 + number * FOLLOWED_LINE
    data = pl.DataFrame({"maanden": list(group.followed), "gevolgd": list(group.followed.values())})
    mark = alt.Chart(data).mark_text(size=NUMBER_SIZE, color=theme.INK.light)
    numbers = encoded(mark, x=months_axis(LAST_MONTH, [0, 3, 6, 12, 18, 24]), y=alt.value(y), text="gevolgd:N")
    return numbers, said(group.name.lower(), PLOT_WIDTH + LABEL_GAP, y, color=_ink(group))
