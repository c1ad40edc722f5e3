"""Released tables -> how much a total since observation began can grow in a month without telling more than they do.

The people whom a total counts are among the steps of a month, and people of some flows are among them. Around each
released count of those lie at least as many possible counts as its base. All of them stay possible when the total grows
by no more than the steps can be at most, and by no less than the flows are at least.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate

import numpy as np
import polars as pl

from participatieketen.disclosure.families import OUTSIDE, STEP_MONTH, STEP_YEAR, STOCK_FLOW, TOTAL, YEAR_MATRIX
from participatieketen.disclosure.systems import Counts
from participatieketen.months import YEAR

EVERY_STEP = {"stap_terug": "terug", "stap_vooruit": "vooruit"}
"""Populations of all steps in a direction."""

PART_OF = {
    "eerste_verblijf": (("verblijf", "opnieuw_verblijf"),),
    "opnieuw_verblijf": (("verblijf", "eerste_verblijf"),),
    "aankomst_nieuw": (("verblijf", "aankomst_terug"), ("eerste_verblijf", "")),
    "aankomst_terug": (("verblijf", "aankomst_nieuw"),),
}
"""Populations that one is a part of, each with another part of it that has nobody in both; wholes come first."""

_AMONG_STEPS = {
    **EVERY_STEP,
    "instroom": "in",
    "eerste_stap_terug": "terug",
    "aankomst_nieuw": "in",
    "aankomst_terug": "terug",
}
"""The direction of the steps by which people come to be counted."""

_STAYS = {"verblijf", "eerste_verblijf", "opnieuw_verblijf"}
"""Populations of stays, which begin with a step to the position in any direction."""

Total = tuple[str, str, str]
"""Population, position and outcome."""


@dataclass(frozen=True)
class Growth:
    """How much a total can grow; months are numbered from 1.

    most     (months + 1,) a running sum: in no months together does it grow by more; None: no table says so
    least    (months + 1,) a running sum: in no months together does it grow by less than that in those months but the
             last, because who stands somewhere on the first of the next month can have come on that day
    windows  first, last, low, high: from the end of one month to that of another it grows by no less and no more
    """

    most: Counts | None
    least: Counts
    windows: list[tuple[int, int, float, float]] = field(default_factory=list)

    def total(self, until: Sequence[int], aim: float, base: int) -> int:
        """Return the total of the next month: the multiple of the base nearest to the aim that it can have.

        until  the totals up to and including the month before, beginning with 0
        Where released counts hold more than they allow, it is what they hold: then no true count is in it.
        """
        month, before = len(until), np.array(until)
        windows = [(before[first], low, high) for first, last, low, high in self.windows if last == month]
        low = [until[-1], self.least[month - 1] + (before - self.least[:month]).max()]
        high = [aim] if self.most is None else [aim, self.most[month] + (before - self.most[:month]).min()]
        low += [start + grows for start, grows, _ in windows]
        high += [start + grows for start, _, grows in windows]
        return base * int(max(math.ceil(max(low) / base), math.floor(min(high) / base)))


@dataclass(frozen=True)
class Tables:
    """Released counts of the whole town.

    lines   rows of the book
    months  that count in estimates
    inside  the positions of the chain
    never   the codes that people only come from: of who was never seen before
    ways    the directions of steps to each position
    base    of steps
    """

    lines: pl.DataFrame
    months: Sequence[date]
    inside: Collection[str]
    never: Collection[str]
    ways: Mapping[str, Collection[str]]
    base: int

    def growth(self, population: str, position: str) -> Growth:
        """Return how much a total can grow beside the tables."""
        directions = self._directions(population, position)
        flows = self._at_least(STOCK_FLOW, population, position)
        windows = [*self._years(directions), *self._years_of_flows(population, position)]
        windows += self._years_of_arcs(position) if population == "verblijf" else []
        most = [sum(month) for month in zip(*map(self._most, directions), strict=True)]
        return Growth(
            _running(most) if directions else None, _running([flows.get(month, 0) for month in self.months]), windows
        )

    def _directions(self, population: str, position: str) -> Collection[str]:
        """Return the directions of the steps by which people come to be counted, if tables have those."""
        if population in _STAYS:
            return self.ways[position]
        return [_AMONG_STEPS[population]] if population in _AMONG_STEPS else []

    def steps(self, direction: str) -> list[int]:
        """Return the released steps in a direction, by month."""
        values = self._values.get((STEP_MONTH, direction), {})
        return [values.get(month, 0) for month in self.months]

    def _most(self, direction: str) -> list[int]:
        """Return how many steps there are at most in a direction, by month: a value stands for up to base - 1 more."""
        return [value + self.base - 1 for value in self.steps(direction)]

    @cached_property
    def _values(self) -> dict[tuple[str, str], dict[date, int]]:
        """Released steps by direction: family and direction -> month -> value."""
        totals = self.lines.filter(pl.col("family").is_in([STEP_MONTH, STEP_YEAR]), to_position=TOTAL)
        found: dict[tuple[str, str], dict[date, int]] = {}
        for family, direction, month, value in totals.select("family", "from_position", "month", "value").iter_rows():
            found.setdefault((family, direction), {})[month] = value
        return found

    def _at_least(self, family: str, population: str, position: str) -> dict[date, int]:
        """Return by month how many people of flows came to be counted, at least."""
        start, end = pl.col("from_position"), pl.col("to_position")
        everywhere = population == "instroom"
        came = end.is_in(self.inside) if everywhere else end == position
        if population in {"instroom", "eerste_verblijf"}:
            came &= start.is_in(self.never)
        elif population != "verblijf":
            return {}
        low, inside = (pl.col("value") - pl.col("bound")).clip(0), start.is_in(self.inside)
        all_outside = start == OUTSIDE
        summed = (
            self.lines.filter(came, start != end, start != TOTAL, family=family)
            .group_by("month")
            .agg(
                low.filter(inside).sum()
                + pl.max_horizontal(low.filter(all_outside).sum(), low.filter(~inside & ~all_outside).sum())
            )
        )
        return dict(summed.iter_rows())

    def _years(self, directions: Collection[str]) -> Iterator[tuple[int, int, float, float]]:
        """Yield the windows of whole years of steps in these directions, where all of those were released."""
        values = [self._values.get((STEP_YEAR, direction), {}) for direction in directions]
        for last, end in enumerate(self.months, 1):
            if values and last >= YEAR and all(end in of_years for of_years in values):
                yield last - YEAR, last, -math.inf, sum(of_years[end] + self.base - 1 for of_years in values)

    def _years_of_flows(self, population: str, position: str) -> Iterator[tuple[int, int, float, float]]:
        """Yield the windows of who came between two days a year apart; one who came on the last day is in its month."""
        flows = self._at_least(YEAR_MATRIX, population, position)
        for last, end in enumerate(self.months, 1):
            if last > YEAR and end in flows:
                yield last - YEAR - 1, last, flows[end], math.inf

    def _years_of_arcs(self, position: str) -> Iterator[tuple[int, int, float, float]]:
        """Yield the windows of whole years of steps to a position: what its stays begin with, no less and no more."""
        arcs = self.lines.filter(pl.col("to_position") == position, family=STEP_YEAR)
        value, bound = pl.col("value"), pl.col("bound")
        ends = arcs.group_by("month").agg(low=(value - bound).clip(0).sum(), high=(value + bound).sum())
        limits = {end: (low, high) for end, low, high in ends.iter_rows()}
        for last, end in enumerate(self.months, 1):
            if last >= YEAR and end in limits:
                yield last - YEAR, last, *limits[end]


def _running(values: Sequence[int]) -> Counts:
    return np.array([0, *accumulate(values)], dtype=np.int64)
