"""Where everything in the arc diagram goes, in pixels: positions in a row, arcs that nest, numbers that stay apart.

Pure geometry: indexes, counts and pixels, no words and no colours. y runs down; 0 is the middle of the row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from participatieketen.charts.canvas import text_width
from participatieketen.charts.theme import WIDTH

THINNEST, THICKEST = 1.6, 30.0
"""Of an arc. The thinnest is what still shows; the thickest leaves room for the number."""

INSET, APART, HEAD_SIDE = 4.0, 3.0, 3.0
"""Between the corner of a box and its first arc; between two arcs; of an arrow head on either side of its arc."""

BEND = 90.0
"""Radius of the shortest arcs where they leave their box: larger is steeper."""

CLEARANCE = 1.2
"""More than 1, because a thick arc bulges beyond the ellipse in its middle."""

NUMBER_SIZE, NUMBER_LINE = 13.0, 15.0
TILTS = tuple(sorted(range(-44, 45, 4), key=abs))
"""Degrees from the top of the arc at which its number may stand, best first."""


@dataclass(frozen=True)
class Flow:
    """Steps from one place in the row to another; both count from the left, starting at 0."""

    source: int
    target: int
    steps: int

    @property
    def side(self) -> int:
        """-1 above the row (to the right), 1 below it (to the left)."""
        return -1 if self.target > self.source else 1


@dataclass(frozen=True)
class Row:
    """The boxes: how many, how wide and how high."""

    count: int
    height: float

    @property
    def width(self) -> float:
        """Of one box."""
        return min(150.0, WIDTH / self.count * 0.8)

    @property
    def pitch(self) -> float:
        """From the middle of one box to the middle of the next."""
        return (WIDTH - self.width) / max(self.count - 1, 1)

    @property
    def breath(self) -> float:
        """How much of the usual space between arcs there is: all of it, or less when many boxes stand in the row."""
        return min(1.0, self.width / (14 * self.count))

    def middle(self, place: int) -> float:
        """Return the middle of the box at that place; a single box stands in the middle."""
        return WIDTH / 2 if self.count == 1 else self.width / 2 + place * self.pitch


@dataclass(frozen=True)
class Arc:
    """Half an ellipse that leaves one box and points at another."""

    flow: Flow
    start: float
    end: float
    thickness: float
    rise: float
    edge: float
    head_side: float

    @property
    def head(self) -> float:
        """Length of the arrow head; a thick arc has a longer one."""
        return 8 + self.thickness * 0.2

    @property
    def foot(self) -> float:
        """Height at which the straight ends go over into the ellipse."""
        return self.edge + self.flow.side * (self.head + 1)

    def at(self, degrees: float) -> tuple[float, float]:
        """Return the point on the arc so many degrees from its top."""
        turn = degrees * pi / 180
        x = (self.start + self.end) / 2 + (self.end - self.start) / 2 * sin(turn)
        return x, self.foot + self.flow.side * self.rise * cos(turn)

    def line(self) -> str:
        """Return the arc as an SVG path; its thickness is that of the stroke."""
        radius = abs(self.end - self.start) / 2  # written in full: a hair too wide, and the ellipse would sag
        ellipse = f"A{radius:.2f},{self.rise:.1f} 0 0 1 {self.end:.1f},{self.foot:.1f}"
        return f"M{self.start:.1f},{self.edge:.1f}V{self.foot:.1f}{ellipse}"

    def arrow(self) -> str:
        """Return the arrow head as an SVG path."""
        side = self.thickness / 2 + self.head_side
        tip = self.edge + self.flow.side
        left, right = self.end - side, self.end + side
        return f"M{left:.1f},{self.foot:.1f}H{right:.1f}L{self.end:.1f},{tip:.1f}Z"


Spot = tuple[float, float, float]
"""Where a number's middle is, and half its width."""


@dataclass(frozen=True)
class Lines:
    """All arcs as points, to see what lies where: points (arcs x points x 2), half a thickness (arcs x 1)."""

    points: NDArray[np.float64]
    half: NDArray[np.float64]


def arcs(flows: tuple[Flow, ...], row: Row) -> tuple[Arc, ...]:
    """Return every flow as an arc; one step has the same width everywhere, down to the thinnest that shows."""
    thickness = _thickness(flows, row)
    ends = {end: round(x, 1) for place in range(row.count) for end, x in _ends_at(place, thickness, row)}
    bends = {side: _bends(side, thickness, row) for side in (-1, 1)}
    return tuple(
        _arc(flow, (ends[flow, flow.source], ends[flow, flow.target]), thickness[flow], bends[flow.side], row)
        for flow in flows
    )


def _arc(flow: Flow, ends: tuple[float, float], thick: float, bends: dict[int, float], row: Row) -> Arc:
    radius = abs(ends[1] - ends[0]) / 2
    roundest = radius**2 / (thick / 2 + 2)  # higher, and a thick arc would fill its own inside
    rise = min((bends[_span(flow)] * radius) ** 0.5, max(radius * 0.8, roundest))
    return Arc(flow, *ends, thick, rise, flow.side * row.height / 2, HEAD_SIDE * row.breath)


def _span(flow: Flow) -> int:
    return abs(flow.target - flow.source)


def _thickness(flows: tuple[Flow, ...], row: Row) -> dict[Flow, float]:
    """Return pixels per flow, at the largest scale at which the ends of all arcs fit along every box."""
    most = max((flow.steps for flow in flows), default=1)
    tried = (
        {flow: max(THINNEST, flow.steps / most * THICKEST * part / 100) for flow in flows} for part in range(100, 0, -1)
    )
    return next((thickness for thickness in tried if _fits(thickness, row)), dict.fromkeys(flows, THINNEST))


def _fits(thickness: dict[Flow, float], row: Row) -> bool:
    taken = [0.0] * (2 * row.count)
    for flow, thick in thickness.items():
        for place in (flow.source, flow.target):
            taken[2 * place + (flow.side > 0)] += thick + _margin(flow, place, row)
    return max(taken) <= row.width - 2 * INSET


def _margin(flow: Flow, place: int, row: Row) -> float:
    """Return what the end of an arc needs besides its thickness: an arrow head is wider than its arc."""
    return (APART + (2 * HEAD_SIDE - 1 if place == flow.target else 0)) * row.breath


def _ends_at(place: int, thickness: dict[Flow, float], row: Row) -> Iterator[tuple[tuple[Flow, int], float]]:
    """Yield where arcs meet this box: the nearest partner at the edge, so that arcs lie around each other."""
    for side, right in product((-1, 1), (True, False)):
        inward = -1 if right else 1
        cursor = row.middle(place) - inward * (row.width / 2 - INSET)
        for flow in _partners(thickness, place, side, right):
            room = thickness[flow] + _margin(flow, place, row)
            yield (flow, place), cursor + inward * room / 2
            cursor += inward * room


def _partners(flows: dict[Flow, float], place: int, side: int, right: bool) -> list[Flow]:  # noqa: FBT001 private
    here = [flow for flow in flows if flow.side == side and place in {flow.source, flow.target}]
    return sorted((flow for flow in here if (max(flow.source, flow.target) > place) == right), key=_span)


def _bends(side: int, thickness: dict[Flow, float], row: Row) -> dict[int, float]:
    """Return how straight arcs of each span leave their box, so that a longer arc lies clear around a shorter one.

    Half an ellipse leaves its box with a bend of radius rise^2 / half its length. That radius grows by what lies
    between two arcs at the box, so that they do not run into each other on the way up, and by what their tops need.
    """
    flows = [flow for flow in thickness if flow.side == side]
    bends: dict[int, float] = {}
    bend, rise, thick_before = BEND, 0.0, 0.0
    for span in sorted({_span(flow) for flow in flows}):
        thick = max(thickness[flow] for flow in flows if _span(flow) == span)
        between = (thick + thick_before) / 2
        bend += CLEARANCE * (between + APART) if bends else 0
        bend = max(bend, (rise + between + NUMBER_LINE + 4) ** 2 / _radius(span, row))
        bends[span], rise, thick_before = bend, (bend * _radius(span, row)) ** 0.5, thick
    return bends


def _radius(span: int, row: Row) -> float:
    return (span * row.pitch - row.width * 0.5) / 2


def numbers_at(arcs: tuple[Arc, ...], texts: tuple[str, ...]) -> tuple[tuple[float, float], ...]:
    """Return where each arc's number stands: on the arc, as near its top as other arcs and numbers allow.

    Short arcs choose first: they have the least room to give way.
    """
    if not arcs:
        return ()
    lines = Lines(
        np.array([[arc.at(angle) for angle in range(-90, 91, 3)] for arc in arcs]),
        np.array([[arc.thickness / 2] for arc in arcs]),
    )
    taken: dict[int, Spot] = {}
    for index in sorted(range(len(arcs)), key=lambda which: _span(arcs[which].flow)):
        spots = _spots(arcs[index], text_width(texts[index], NUMBER_SIZE) / 2 + 3)
        taken[index] = min(spots, key=lambda spot: _hindrance(spot, lines, index, list(taken.values())))
    return tuple(taken[index][:2] for index in range(len(arcs)))


def _spots(arc: Arc, half: float) -> list[Spot]:
    """Return places for a number, best first; beside a thin arc so short that the number would hide its top."""
    radius = abs(arc.end - arc.start) / 2
    if half > radius * 0.4 and arc.thickness < NUMBER_LINE:
        x, y = arc.at(0)
        return [(x, y + arc.flow.side * (arc.thickness / 2 + NUMBER_SIZE * 0.6), half)]
    return [(*arc.at(tilt), half) for tilt in TILTS]


def _hindrance(spot: Spot, lines: Lines, own: int, taken: list[Spot]) -> float:
    """Return how many other arcs cross a number there, and how many numbers it would touch; those count tenfold."""
    x, y, half = spot
    near = np.abs(lines.points - (x, y))
    within = (near[..., 0] < half + lines.half) & (near[..., 1] < NUMBER_LINE / 2 + lines.half)
    crossed: NDArray[np.bool_] = np.any(within, axis=1)
    touching = sum(abs(x - left) < half + wide and abs(y - top) < NUMBER_LINE for left, top, wide in taken)
    return float(crossed.sum()) - float(crossed[own]) + 10 * touching
