"""The audit: what someone can work out who has everything that was released, knows how, and can do linear programming.

A true count lies within the bound of its released value, counts add up, and none is below 0: those are the rows of a
linear program. The lowest and the highest value that a small count can have in it are what can be known of it.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl
from highspy import Highs, HighsModelStatus

from participatieketen.disclosure.families import STEP_TOTAL
from participatieketen.disclosure.rounding import program
from participatieketen.disclosure.systems import NAME, Counts, System
from participatieketen.errors import DisclosureRefused, WrongUse

SMALL = 9
"""The largest count that may not be worked out."""

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Limits = tuple[Numbers, Numbers]

_LARGE = 8_000  # cells
_BATCHES = 80  # linear programs for many cells at once before each gets its own
_SLIGHTLY = 0.01  # all others are pressed down while one cell of an arc is raised
_NEAR = 1e-5  # how far from whole a number of the solver can be
_FAR = 1e9  # no limit


@dataclass(frozen=True)
class Audit:
    """What was looked at, and how little can be known at least.

    cells      how many true counts of 1 to 9
    narrowest  none of them is known more precisely than to an interval from a count to this many more
    """

    cells: int
    narrowest: int | None


@dataclass(frozen=True)
class Seen:
    """The lowest and highest value of every cell among the solutions until now: what is known cannot be less wide."""

    low: Numbers
    high: Numbers

    @property
    def width(self) -> Numbers:
        """How many persons lie between the lowest and the highest whole number in each interval."""
        return np.floor(self.high + _NEAR) - np.ceil(self.low - _NEAR)

    def with_solution(self, solution: Numbers) -> "Seen":
        """Return the same with one solution more."""
        return Seen(np.minimum(self.low, solution), np.maximum(self.high, solution))


def audit(system: System, lines: pl.DataFrame, public: pl.DataFrame | None = None) -> Audit:
    """Return how little can be known of the counts in a system.

    system  every cell that is in an identity, also those that are not released
    lines   what was ever released (columns series.BOOK), oldest first; of a revised cell the old value too
    public  (figures x 7) names of counts that anyone can look up elsewhere, and those counts: persons
    Raises  DisclosureRefused: of a count of 1 to 9 the interval is narrower than base - 1, or it can be proved that
            everyone in a total belongs to one of its parts. Says in which table, by which rule, and how many.
            WrongUse: a public figure is of no cell, or is not what was counted.
    """
    known = _known(system, public)
    limits = _limits(system, lines, known)
    small = (system.truth > 0) & (system.truth <= SMALL) & ~known
    need = _need(system, _limits(system, lines, np.zeros_like(known)))
    seen = _seen(system, limits, small, need)
    width = seen.width
    _refuse(system, small & (width < need), "een aantal van 1 tot en met 9 is te precies af te leiden")
    totals = system.identities[_closed(system, seen)] < 0
    _refuse(system, totals.sum(axis=0) > 0, "van een hele groep is af te leiden dat iedereen dezelfde stap deed")
    return Audit(int(small.sum()), int(width[small].min()) if small.any() else None)


def _refuse(system: System, cells: npt.NDArray[np.bool_], rule: str) -> None:
    if cells.any():
        named = system.cells.filter(cells).select(pl.concat_str("family", "grouping", separator=" ").str.strip_chars())
        tables = ", ".join(named.to_series().unique().sort())
        raise DisclosureRefused(
            f"Tabel {tables}: {rule}, {cells.sum()} keer in {len(cells)} aantallen. Er is niets vrijgegeven."
        )


def _need(system: System, limits: Limits) -> Counts:
    """Return how wide the interval of each cell has to be: base - 1, or the width of its total when that is less.

    A total of all groups that was released as 0 at base 5 is 4 at most, and so is each group in it.
    """
    alone = (system.cells["grouping"] == "").to_numpy()
    totals = system.cells.filter(alone).with_columns(width=(limits[1] - limits[0])[alone])
    together = system.cells.with_columns(grouping=pl.lit(""), group_code=pl.lit(""))
    width = together.join(totals, on=NAME, how="left", maintain_order="left")["width"].fill_null(_FAR).to_numpy()
    return np.asarray(np.where(alone, system.base - 1, np.minimum(system.base - 1, width))).astype(np.int64)


def _limits(system: System, lines: pl.DataFrame, known: Flags) -> Limits:
    """Return the lowest and highest value of each cell by itself; of those that are known both are the count.

    A value that the present count has left is about an older count. When it was revised, it tells on which side;
    a running total is not shown, so that its revision is not seen.
    """
    places = system.cells.with_row_index("place").with_columns(truth=system.truth)
    found = lines.join(places, on=NAME, maintain_order="left").with_columns(
        low=pl.col("value") - pl.col("bound"),
        high=pl.col("value") + pl.col("bound"),
        revised=(pl.int_range(pl.len()).over(NAME) < pl.len().over(NAME) - 1) & (pl.col("family") != STEP_TOTAL),
    )
    holds = pl.col("truth").is_between("low", "high")
    above, below = (
        pl.col("revised") & (pl.col("truth") > pl.col("high")),
        pl.col("revised") & (pl.col("truth") < pl.col("low")),
    )
    limits = (
        found.select(
            "place",
            low=pl.when(holds).then("low").when(above).then(pl.col("high") + 1).otherwise(0),
            high=pl.when(holds).then("high").when(below).then(pl.col("low") - 1).otherwise(int(_FAR)),
        )
        .group_by("place")
        .agg(pl.col("low").max(), pl.col("high").min())
    )
    low, high = np.zeros(len(system.truth)), np.full(len(system.truth), _FAR)
    low[limits["place"]], high[limits["place"]] = limits["low"].clip(0), limits["high"]
    low[known] = high[known] = system.truth[known]
    return low, high


def _known(system: System, public: pl.DataFrame | None) -> Flags:
    """Return which counts anyone can look up; raises WrongUse for a figure that is no count of the system."""
    if public is None or public.is_empty():
        return np.zeros(len(system.truth), dtype=bool)
    found = system.cells.join(public.unique(NAME), on=NAME, how="left", maintain_order="left")["persons"]
    same = (found == pl.Series(system.truth)).fill_null(value=False).to_numpy()
    if wrong := public.height - int(same.sum()):
        raise WrongUse(
            f"Van de {public.height} bekende aantallen (public in de pipeline) zijn er {wrong} dubbel, niet in de "
            "tabellen, of anders geteld: verbeter of verwijder ze."
        )
    return np.asarray(same)


def _seen(system: System, limits: Limits, small: Flags, need: Counts) -> Seen:
    """Return what solutions show: each is extreme in many cells at once, then two for each cell that is left."""
    seen = Seen(system.truth.astype(float), system.truth.astype(float))
    wanted = partial(_wanted, system, small=small, need=need)
    solver, random = _solver(system, limits), np.random.default_rng(0)
    arc = system.cells.select(pl.struct("month", "from_position", "to_position").rank("dense")).to_series().to_numpy()
    for _ in range(_BATCHES):
        places = random.permutation(np.flatnonzero(wanted(seen)))
        if not len(places):
            return seen
        _, first = np.unique(arc[places], return_index=True)  # the groups of an arc share one total: one is raised
        cost = np.zeros(len(small))
        cost[places] = _SLIGHTLY
        cost[places[first]] = random.choice([-1.0, -1.0, -1.0, 1.0], len(first))
        seen = seen.with_solution(_solution(solver, cost))
    for place in np.flatnonzero(wanted(seen)):
        for sign in (-1.0, 1.0):
            seen = seen.with_solution(_solution(solver, sign * np.eye(1, len(small), int(place))[0]))
        if small[place] and wanted(seen)[place]:
            return seen
    return seen


def _solver(system: System, limits: Limits) -> Highs:
    """Return the linear program of the system; a large one is solved from within (Karmarkar), not along its edges."""
    sums = np.zeros(system.identities.shape[0])
    solver = program(system.identities, (sums, sums), limits, np.zeros(len(system.truth)), whole=False)
    if len(system.truth) > _LARGE:
        solver.setOptionValue("solver", "ipm")
        solver.setOptionValue("run_crossover", "off")
    return solver


def _wanted(system: System, seen: Seen, small: Flags, need: Counts) -> Flags:
    """Return which cells have to be seen wider: small counts, and empty parts of totals that seem to be one part."""
    narrow = small & (seen.width < need)
    parts = (system.identities[_closed(system, seen)] > 0).sum(axis=0) > 0
    return np.asarray(narrow | (parts & (system.truth == 0)))


def _closed(system: System, seen: Seen) -> Flags:
    """Return which identities have, in all that was seen, a total that lies in one part: the only one with persons."""
    parts = (system.identities > 0).astype(np.int64)
    one_total = (system.identities < 0).sum(axis=1) == 1
    full = parts @ (system.truth > 0).astype(np.int64)
    possible = parts @ (seen.high > 1 - _NEAR).astype(np.int64)
    return np.asarray(one_total & (full == 1) & (possible == 1) & (parts.sum(axis=1) > 1))


def _solution(solver: Highs, cost: Numbers) -> Numbers:
    """Return the solution with the least cost."""
    solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
    solver.run()
    if solver.getModelStatus() != HighsModelStatus.kOptimal:
        raise DisclosureRefused(
            "De toets op wat af te leiden is loopt vast. Er is niets vrijgegeven: meld dit als fout."
        )
    return np.array(solver.getSolution().col_value)
