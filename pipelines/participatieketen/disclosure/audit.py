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
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from participatieketen.disclosure.families import OUTSIDE, TOTAL
from participatieketen.disclosure.rounding import program
from participatieketen.disclosure.systems import NAME, NO_CROSSES, SMALL, Counts, Crosses, System
from participatieketen.errors import DisclosureRefused, WrongUse

TOO_NARROW = "een aantal van 1 tot en met 9 is te precies af te leiden"
ALL_THE_SAME = "van een hele groep is af te leiden dat iedereen dezelfde stap deed"

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Limits = tuple[Numbers, Numbers]

_LARGE = 8_000  # cells
_MONTH = 50  # cells that a program of a month has at least
_MUCH = 0.9  # months are solved apart as long as that leaves less than this share of what was left
_BATCHES = 80  # linear programs for many cells at once before each gets its own
_PATIENCE = 8  # as many of them without one count less that is left
_ENOUGH = 40  # counts known too precisely, after which no more are looked for
_SLIGHTLY = 0.01  # all others are pressed down while one cell of an arc is raised
_NEAR = 1e-5  # how far from whole a number of the solver can be
_FAR = 1e9  # no limit


@dataclass(frozen=True)
class Audit:
    """What was looked at, and how little can be known at least.

    cells      how many true counts of 1 to 9, those that are never released included
    narrowest  none of them is known more precisely than to an interval from a count to this many more
    """

    cells: int
    narrowest: int | None


@dataclass(frozen=True)
class Tried:
    """What may not be known too precisely.

    small  (cells, then crosses) which counts are 1 to 9 and not known to all
    need   (cells, then crosses) how wide the interval of each has to be
    """

    small: Flags
    need: Counts


@dataclass(frozen=True)
class Seen:
    """The lowest and highest value among the solutions until now: what is known cannot be less wide.

    low, high  (cells, then crosses)
    """

    low: Numbers
    high: Numbers

    @property
    def width(self) -> Numbers:
        """How many persons lie between the lowest and the highest whole number in each interval."""
        return np.floor(self.high + _NEAR) - np.ceil(self.low - _NEAR)

    def with_solution(self, solution: Numbers, crosses: Crosses) -> "Seen":
        """Return the same with one solution (cells,) more; the margins in it leave a cross an interval of its own."""
        low, high = _within(solution, crosses)
        return Seen(
            np.minimum(self.low, np.concatenate([solution, low])),
            np.maximum(self.high, np.concatenate([solution, high])),
        )


@dataclass(frozen=True)
class Examined:
    """What the audit found.

    audit    how much was tried, and how little can be known at least
    refused  (cells x 7) the name of each cell that can be known too precisely, and `rule`: why; empty when all is well
    tried    how many cells there were
    """

    audit: Audit
    refused: pl.DataFrame
    tried: int

    @property
    def groupings(self) -> frozenset[str]:
        """The groupings in which cells are refused; "" is the report itself."""
        return frozenset(self.refused["grouping"])

    def also(self, other: "Examined") -> "Examined":
        """Return what was found in two systems that have no cell in common."""
        widths = [one.audit.narrowest for one in (self, other) if one.audit.narrowest is not None]
        audit = Audit(self.audit.cells + other.audit.cells, min(widths, default=None))
        return Examined(audit, pl.concat([self.refused, other.refused]), self.tried + other.tried)

    def passed(self) -> Audit:
        """Return the audit; raises DisclosureRefused for what can be known too precisely: table, rule, how many."""
        if not self.refused.is_empty():
            worst = self.refused.filter(rule=self.refused["rule"][0])
            named = worst.select(pl.concat_str("family", "grouping", separator=" ").str.strip_chars()).to_series()
            raise DisclosureRefused(
                f"Tabel {', '.join(named.unique().sort())}: {worst['rule'][0]}, {worst.height} keer in {self.tried} "
                "aantallen. Er is niets vrijgegeven."
            )
        return self.audit


def examine(
    system: System, lines: pl.DataFrame, public: pl.DataFrame | None = None, crosses: Crosses = NO_CROSSES
) -> Examined:
    """Return how little can be known of the counts in a system, and of which too much.

    system   every cell that is in an identity, also those that are not released
    lines    what was ever released (columns series.BOOK), oldest first; of a revised cell the old value too
    public   (figures x 7) names of counts that anyone can look up elsewhere, and those counts: persons
    crosses  counts that are in no identity, of which the margins are cells
    Too much is: of a count of 1 to 9 the interval is narrower than base - 1, or it can be proved that everyone in a
    total belongs to one of its parts. After many, others may not have been looked at: they are refused too.
    Raises   WrongUse: a public figure is of no cell, or is not what was counted.
    """
    known = _known(system, public)
    limits = _limits(system, lines, known)
    tried = _tried(system, lines, known, crosses)
    seen = _seen(system, limits, tried, crosses)
    width, small = seen.width, tried.small
    names = pl.concat([system.cells, system.cells[crosses.row]])
    everyone = (system.identities[_closed(system, seen)] < 0).sum(axis=0) > 0
    refused = [
        names.filter(small & (width < tried.need)).with_columns(rule=pl.lit(TOO_NARROW)),
        system.cells.filter(everyone).with_columns(rule=pl.lit(ALL_THE_SAME)),
    ]
    audit = Audit(int(small.sum()), int(width[small].min()) if small.any() else None)
    return Examined(audit, pl.concat(refused), names.height)


def _tried(system: System, lines: pl.DataFrame, known: Flags, crosses: Crosses) -> Tried:
    """Return which counts may not be known too precisely, and how wide they have to be."""
    room = _room(system, lines)
    own = (system.truth > 0) & (system.truth <= SMALL) & ~known
    of_crosses = (crosses.truth > 0) & (crosses.truth <= SMALL)
    need = np.minimum(system.base[crosses.row] - 1, room[crosses.column]).astype(np.int64)
    return Tried(np.concatenate([own, of_crosses]), np.concatenate([_need(system, room), need]))


def _need(system: System, room: Numbers) -> Counts:
    """Return how wide the interval of each cell has to be: base - 1, or the room of its total when that is less.

    room  (cells,) how wide each is by its newest released value alone
    A total of all groups that was released as 0 at base 5 is 4 at most, and so is each group in it. Of a grouping the
    total is the same count as that of the report, so that no more is asked of it.
    """
    alone = (system.cells["grouping"] == "").to_numpy()
    reported = system.cells.filter(alone).with_columns(room=room[alone], same=system.base[alone])
    together = system.cells.with_columns(grouping=pl.lit(""), group_code=pl.lit(""))
    found = together.join(reported, on=NAME, how="left", maintain_order="left")
    same = (system.cells["group_code"] == TOTAL).to_numpy() & ~alone
    base = np.where(same, found["same"].fill_null(pl.Series(system.base)).to_numpy(), system.base)
    width = np.where(alone, _FAR, found["room"].fill_null(_FAR).to_numpy())
    return np.asarray(np.minimum(base - 1, width)).astype(np.int64)


def _room(system: System, lines: pl.DataFrame) -> Numbers:
    """Return the width of the interval around the newest released value of each cell; without one there is no limit.

    A revision, or a figure that anyone can look up, can leave a total less room; its parts may not be known better.
    """
    low, high = pl.max_horizontal(0, pl.col("value") - pl.col("bound")), pl.col("value") + pl.col("bound")
    last = lines.unique(NAME, keep="last").select(*NAME, room=(high - low).cast(pl.Float64))
    found = system.cells.join(last, on=NAME, how="left", maintain_order="left")["room"]
    return found.fill_null(_FAR).to_numpy()


def _within(solution: Numbers, crosses: Crosses) -> tuple[Numbers, Numbers]:
    """Return the lowest and highest value that the margins leave each cross: max(0, r + c - t) and min(r, c).

    Source  Frechet bounds; of whole counts with whole margins every value between occurs: Dobra & Fienberg (2000),
            PNAS 97(22), 11885-11892.
    """
    row, column, total = (solution[places] for places in (crosses.row, crosses.column, crosses.total))
    return np.maximum(0.0, row + column - total), np.minimum(row, column)


def _limits(system: System, lines: pl.DataFrame, known: Flags) -> Limits:
    """Return the lowest and highest value of each cell by itself; of those that are known both are the count.

    A value that the present count has left is about an older count, and so is one that was renewed since. A renewal
    tells that the count has changed, and not from where to where: from which count on it is rounded up, is drawn.
    Values of one cell without a renewal between them are all of one count.
    """
    places = system.cells.with_row_index("place").with_columns(truth=system.truth)
    renewals = pl.col("renewed").cast(pl.Int64)
    of_present = ((renewals.sum() - renewals.cum_sum()) == 0).over(NAME)
    limits = (
        lines.filter(of_present)
        .join(places, on=NAME, maintain_order="left")
        .with_columns(low=pl.col("value") - pl.col("bound"), high=pl.col("value") + pl.col("bound"))
        .filter(pl.col("truth").is_between("low", "high"))
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


def _seen(system: System, limits: Limits, tried: Tried, crosses: Crosses) -> Seen:
    """Return what solutions show: each is extreme in many cells at once, then two for each cell that is left.

    Of a large system the months are also solved apart, around the stocks of the truth and then of each solution.
    """
    truth = np.concatenate([system.truth, crosses.truth]).astype(float)
    solution = system.truth.astype(float)
    seen = Seen(truth, truth).with_solution(solution, crosses)
    weight = partial(_weight, _arcs(system, crosses), np.random.default_rng(0))
    whole, months = _solver(system, limits), _months(system, limits) if len(system.truth) > _LARGE else []
    best, best_at = _FAR, 0
    for batch in range(_BATCHES):
        left = _FAR
        while months and (wanted := np.flatnonzero(_wanted(system, seen, tried))).size < _MUCH * left:
            left, cost = wanted.size, _cost(weight(wanted), crosses)
            seen = seen.with_solution(_apart(months, solution, cost), crosses)
        wanted = np.flatnonzero(_wanted(system, seen, tried))
        if not wanted.size:
            return seen
        best, best_at = min((best, best_at), (float(wanted.size), batch))
        if batch - best_at > _PATIENCE:
            break
        solution = _solution(whole, _cost(weight(wanted), crosses))
        seen = seen.with_solution(solution, crosses)
    return _each(system, limits, tried, crosses, seen)


def _arcs(system: System, crosses: Crosses) -> Counts:
    """Return (cells, then crosses) a number for each arc, of all its groups the same."""
    names = system.cells[np.concatenate([np.arange(len(system.truth)), crosses.total])]
    return (
        names.select(pl.struct("family", "month", "from_position", "to_position").rank("dense")).to_series().to_numpy()
    )


def _weight(arc: Counts, random: np.random.Generator, wanted: Counts) -> Numbers:
    """Return (cells, then crosses) -1 for what is raised: of an arc one, because its groups share one total."""
    places = random.permutation(wanted)
    _, first = np.unique(arc[places], return_index=True)
    weight = np.zeros(len(arc))
    weight[places] = _SLIGHTLY
    weight[places[first]] = random.choice([-1.0, -1.0, -1.0, 1.0], len(first))
    return weight


@dataclass(frozen=True)
class Month:
    """A program of cells that have to do with no others as long as every stock stays what it is.

    places  (columns,) of the cells in the system
    stock   (columns,) which of them are stocks
    """

    places: Counts
    stock: Flags
    limits: Limits
    solver: Highs


def _months(system: System, limits: Limits) -> list[Month]:
    ends = (pl.col("to_position") == TOTAL) & (pl.col("from_position") != OUTSIDE)
    stock = system.cells.select(ends).to_series().to_numpy()
    columns, free = system.identities.tocsc(), np.flatnonzero(~stock)
    _, part = connected_components(abs(columns[:, free].T) @ abs(columns[:, free]), directed=False)
    months = []
    for number in np.flatnonzero(np.bincount(part) >= _MONTH):
        rows = system.identities[np.unique(columns[:, free[part == number]].indices)]
        places = np.unique(rows.indices)
        within, sums = (limits[0][places], limits[1][places]), np.zeros(rows.shape[0])
        solver = program(rows[:, places], (sums, sums), within, 0.0 * places, whole=False)
        months.append(Month(places, stock[places], within, solver))
    return months


def _apart(months: list[Month], solution: Numbers, cost: Numbers) -> Numbers:
    """Return a solution that has the stocks of this one, and in each month the least cost."""
    found = solution.copy()
    for month in months:
        here = solution[month.places]
        low, high = (np.where(month.stock, here, side) for side in month.limits)
        month.solver.changeColsBounds(len(here), np.arange(len(here), dtype=np.int32), low, high)
        found[month.places] = _solution(month.solver, cost[month.places])
    return found


def _cost(weight: Numbers, crosses: Crosses) -> Numbers:
    """Return (cells,) the cost of cells so that those of weight -1 become high and others low.

    weight  (cells, then crosses) of a cross it goes to its margins, and its total makes room when it has to be low
    """
    cost, of_crosses = np.split(weight.copy(), [len(weight) - len(crosses.truth)])
    for places in (crosses.row, crosses.column):
        np.add.at(cost, places, of_crosses)
    np.add.at(cost, crosses.total, -np.maximum(of_crosses, 0.0))
    return cost


def _each(system: System, limits: Limits, tried: Tried, crosses: Crosses, seen: Seen) -> Seen:
    """Return what is seen after two programs for each cell and cross that is left, until many are too narrow."""
    left = np.flatnonzero(_wanted(system, seen, tried))
    cells = len(system.truth)
    own = left[left >= cells] - cells
    columns = np.where(left < cells, left, cells + np.searchsorted(own, left - cells))
    solver = _solver(system, limits, crosses.only(own))
    narrow = 0
    for place, column in zip(left, columns, strict=True):
        for sign in (-1.0, 1.0):
            cost = np.zeros(cells + len(own))
            cost[column] = sign
            seen = seen.with_solution(_solution(solver, cost)[:cells], crosses)
        narrow += bool(tried.small[place] and _wanted(system, seen, tried)[place])
        if narrow == _ENOUGH:
            break
    return seen


def _solver(system: System, limits: Limits, crosses: Crosses = NO_CROSSES) -> Highs:
    """Return the linear program of the system; a large one is solved from within (Karmarkar), not along its edges.

    Columns  cells, then crosses: at most their row and their column, at least what is left of them by the others.
    """
    cells, number = len(system.truth), len(crosses.truth)
    row, column, total = (
        sparse.eye_array(cells, dtype=np.int64, format="csr")[places]
        for places in (crosses.row, crosses.column, crosses.total)
    )
    one, nothing = sparse.eye_array(number), np.zeros(number)
    matrix = sparse.block_array(
        [
            [system.identities, None],
            [row, -one],
            [column, -one],
            [total - row - column, one],
        ]
    )
    sums, free = np.zeros(system.identities.shape[0]), np.full(3 * number, _FAR)
    within = (np.concatenate([limits[0], nothing]), np.concatenate([limits[1], nothing + _FAR]))
    rows = (np.zeros(matrix.shape[0]), np.concatenate([sums, free]))
    solver = program(matrix, rows, within, np.zeros(cells + number), whole=False)
    if cells > _LARGE:
        solver.setOptionValue("solver", "ipm")
        solver.setOptionValue("run_crossover", "off")
    return solver


def _wanted(system: System, seen: Seen, tried: Tried) -> Flags:
    """Return which counts have to be seen wider: small ones, and empty parts of totals that seem to be one part."""
    narrow = tried.small & (seen.width < tried.need)
    parts = (system.identities[_closed(system, seen)] > 0).sum(axis=0) > 0
    narrow[: len(system.truth)] |= parts & (system.truth == 0)
    return np.asarray(narrow)


def _closed(system: System, seen: Seen) -> Flags:
    """Return which identities have, in all that was seen, a total that lies in one part: the only one with persons."""
    parts = (system.identities > 0).astype(np.int64)
    one_total = (system.identities < 0).sum(axis=1) == 1
    full = parts @ (system.truth > 0).astype(np.int64)
    possible = parts @ (seen.high[: len(system.truth)] > 1 - _NEAR).astype(np.int64)
    return np.asarray(one_total & (full == 1) & (possible == 1) & (parts.sum(axis=1) > 1))


def _solution(solver: Highs, cost: Numbers) -> Numbers:
    """Return the solution with the least cost; what runs aground from within is solved along the edges from then on."""
    solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
    solver.run()
    if solver.getModelStatus() != HighsModelStatus.kOptimal:
        solver.clearSolver()
        solver.setOptionValue("solver", "simplex")
        solver.run()
    if solver.getModelStatus() != HighsModelStatus.kOptimal:
        raise DisclosureRefused(
            "De toets op wat af te leiden is loopt vast. Er is niets vrijgegeven: meld dit als fout."
        )
    return np.array(solver.getSolution().col_value)
