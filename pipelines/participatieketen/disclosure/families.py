"""Which tables are released, which arcs they are made of and which sums hold: counts in, a System per month out."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from scipy import sparse

from participatieketen.disclosure.systems import NAME, Counts, Matrix, System
from participatieketen.months import YEAR, months_between, months_later

STOCK_FLOW, YEAR_MATRIX, STEP, STEP_MONTH, STEP_YEAR, STEP_TOTAL = (
    "stock_flow",
    "year_matrix",
    "step",
    "step_month",
    "step_year",
    "step_total",
)
TOTAL, OUTSIDE = "totaal", "buiten"
"""In the place of a position or a group: all of them; all that lie outside the chain."""

UNCHAINED = ("delivery", "verdict")
"""Families whose cells are no chain's: rows of deliveries have one value, whichever chain is told of."""

_ENDS = ("from_position", "to_position", "position", "outcome")
"""Columns of names in which a position can stand."""

Pair = tuple[str, str]
Name = tuple[str, str, str, date, str, str]
Sum = tuple[str, Pair, list[bool]]


@dataclass(frozen=True)
class Arcs:
    """The flows between two days and the totals over them.

    flows   from, to
    totals  (when, from, to): when is "start", "end" (a stock on that day) or "flow"
    sums    (totals x flows) 1 where a flow counts in a total
    """

    flows: list[Pair]
    totals: list[tuple[str, str, str]]
    sums: Matrix

    @property
    def identities(self) -> Matrix:
        """(totals x flows and totals): a total is the sum of its flows."""
        return sparse.hstack([self.sums, -sparse.eye_array(len(self.totals), dtype=np.int64)], format="csr")

    def cells(self, family: str, days: tuple[date, date, date], grouping: str = "", group: str = "") -> pl.DataFrame:
        """Return the names of flows and totals; days: month of the flow, first day, last day.

        Totals at an end are the stock of that day: a cell of the family stock_flow, whatever the family of the flow.
        """
        month = dict(zip(("flow", "start", "end"), days, strict=True))
        rows = [(family, grouping, group, days[0], *pair) for pair in self.flows]
        rows += [
            (family if when == "flow" else STOCK_FLOW, grouping, group, month[when], start, end)
            for when, start, end in self.totals
        ]
        return named(rows)


def named(rows: Iterable[Name]) -> pl.DataFrame:
    """Return cells by name."""
    schema = dict.fromkeys(NAME, pl.String) | {"month": pl.Date}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def under(codes: Mapping[str, str], cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with positions under other codes: old -> new; what is no position stays.

    The first column says what a cell is of. A code may be a part of a name: "bezetting/stap/startbaan".
    """
    ends = [name for name in cells.columns if name in _ENDS]
    if not (codes and ends):
        return cells
    fixed = pl.nth(0).is_in([*UNCHAINED, STEP_MONTH, STEP_TOTAL, "group_share"])
    new = [pl.col(end).str.split("/").list.eval(pl.element().replace(codes)).list.join("/").alias(end) for end in ends]
    return cells.with_columns(
        pl.when(fixed).then(pl.col(end)).otherwise(code).alias(end) for end, code in zip(ends, new, strict=True)
    )


def arcs(flows: Sequence[Pair], inside: Collection[str]) -> Arcs:
    """Return these flows with their totals by row, by column and of all.

    flows   from, to: the pairs that can occur; one of the two lies inside
    inside  the positions of the chain
    The totals are of two kinds that each nest (by first position; by last position), so that the identities are those
    of a network and rounding needs no more than linear programming (Hoffman & Kruskal 1956).
    """
    totals = [*_stocks(flows, inside), *_traffic(flows, inside)]
    sums = sparse.csr_array(np.array([held for _, _, held in totals], dtype=np.int64))
    return Arcs(list(flows), [(when, *pair) for when, pair, _ in totals], sums)


def opened(layout: Arcs) -> Arcs:
    """Return the same without the stocks at the end: who is in a group then can be in another in the next month."""
    kept = [place for place, (when, *_) in enumerate(layout.totals) if when != "end"]
    return Arcs(layout.flows, [layout.totals[place] for place in kept], layout.sums[kept])


def merged(flows: Iterable[Pair], inside: Collection[str]) -> list[Pair]:
    """Return the flows with every code outside the chain as one."""
    return list(dict.fromkeys((i if i in inside else OUTSIDE, j if j in inside else OUTSIDE) for i, j in flows))


def _stocks(flows: Sequence[Pair], inside: Collection[str]) -> Iterator[Sum]:
    for place, when in ((0, "start"), (1, "end")):
        for position in inside:
            yield when, (position, TOTAL), [flow[place] == position for flow in flows]
        yield when, (TOTAL, TOTAL), [flow[place] in inside for flow in flows]


def _traffic(flows: Sequence[Pair], inside: Collection[str]) -> Iterator[Sum]:
    """Yield who leaves and who comes in: per position when there is more than one code outside, and in all."""
    if not all(code in inside or code == OUTSIDE for flow in flows for code in flow):
        for position in inside:
            yield "flow", (position, OUTSIDE), [i == position and j not in inside for i, j in flows]
            yield "flow", (OUTSIDE, position), [j == position and i not in inside for i, j in flows]
    yield "flow", (TOTAL, OUTSIDE), [j not in inside for _, j in flows]
    yield "flow", (OUTSIDE, TOTAL), [i not in inside for i, _ in flows]


def flow_system(layout: Arcs, persons: Counts, family: str, days: tuple[date, date, date], base: int) -> System:
    """Return the system of one table of flows; persons (flows,)."""
    truth = np.concatenate([persons, layout.sums @ persons])
    return System(layout.cells(family, days), truth, np.full(len(truth), base), layout.identities)


def group_system(
    layout: Arcs, persons: Counts, grouping: str, groups: Sequence[str], days: tuple[date, date, date], base: int
) -> System:
    """Return the system of one month of a grouping: per group a table of flows, and the table of all together.

    persons  (groups x flows)
    """
    every = np.vstack([persons, persons.sum(axis=0)])
    truth = np.hstack([every, every @ layout.sums.T]).ravel()
    cells = [layout.cells(STOCK_FLOW, days, grouping, group) for group in [*groups, TOTAL]]
    size, flows = layout.identities.shape[1], len(layout.flows)
    one = sparse.eye_array(flows, size, dtype=np.int64)
    tables = sparse.block_diag([layout.identities] * len(cells))
    identities = sparse.vstack([tables, sparse.hstack([one] * len(groups) + [-one])], format="csr")
    return System(pl.concat(cells), truth, np.full(len(truth), base), identities)


def grid(counts: pl.DataFrame, months: Sequence[date], flows: Sequence[Pair], groups: Sequence[str]) -> Counts:
    """Return (months x groups x flows) persons: 0 where there is no row; other months and groups are left out.

    counts  (rows x 5) month, group, from_position, to_position, persons
    """
    axes = (
        pl.DataFrame({"month": months}, schema={"month": pl.Date}).with_row_index("m"),
        pl.DataFrame({"group": groups}, schema={"group": pl.String}).with_row_index("g"),
        pl.DataFrame(flows, schema=["from_position", "to_position"], orient="row").with_row_index("f"),
    )
    found = counts.with_columns(pl.col("group", "from_position", "to_position").cast(pl.String))
    for axis in axes:
        found = found.join(axis, on=axis.columns[1:])
    persons = np.zeros([axis.height for axis in axes], dtype=np.int64)
    np.add.at(persons, tuple(found[name].to_numpy() for name in "mgf"), found["persons"].to_numpy())
    return persons


def months_of(counts: pl.DataFrame) -> list[date]:
    """Return every month from the first to the last."""
    months = counts["month"].unique().sort().to_list()
    return months_between(months[0], months_later(months[-1], 1))


def year_until(end: date) -> date:
    """Return the first of the twelve months up to and including this one."""
    return months_later(end, 1 - YEAR)


def after(first: pl.Expr) -> pl.Expr:
    """Tell what is of this month or later; who stands where at its beginning is the end of the month before."""
    flow = pl.col("family") == STOCK_FLOW
    stock = flow & (pl.col("to_position") == TOTAL) & (pl.col("from_position") != OUTSIDE)
    year = pl.col("family") == YEAR_MATRIX
    return (pl.col("month") > first) | ((pl.col("month") == first) & ~stock & ~year)


_SLACK = 100  # steps of the base: as good as none, and each costs


def step_system(step: pl.DataFrame, month: date, base: int) -> System:
    """Return the system of the steps of a month.

    step  (months x i x j) month, from_position, to_position, direction, steps; from the first month that is released on
    A month is a cell from its direction to "totaal". So are, in the family step_total, all steps up to and including
    the month: they keep the rounding of one month from adding to that of the next. They are never shown and have slack,
    so that no month is forced by corrections of months before it, or can be worked out from two of them.
    """
    counted = _by_direction(step.filter(pl.col("month") <= month))
    months, directions = (list(dict.fromkeys(part)) for part in zip(*counted, strict=True))
    running = [_running(counted, months, direction) for direction in directions]
    truth = {name: count for part, _ in running for name, count in part.items()}
    system = weighed(truth, [weights for _, weights in running], base)
    return replace(system, slack=_SLACK * np.array([name[0] == STEP_TOTAL for name in truth], dtype=np.int64))


def year_system(step: pl.DataFrame, end: date, direction: str, base: int) -> System:
    """Return the system of the steps in a direction of the twelve months up to and including `end`.

    step  as in `step_system`
    The year is a cell of step_year from its direction to "totaal", and so is each of its arcs: they add up to the year.
    A year does not add up with its months, because then it would be as far off as twelve of them can be.
    """
    of_year = step.filter(
        pl.col("month").is_between(year_until(end), end), pl.col("direction").cast(pl.String) == direction
    )
    arcs_ = of_year.group_by("from_position", "to_position", maintain_order=True).agg(pl.col("steps").sum())
    truth = {(STEP_YEAR, "", "", end, str(start), str(to)): steps for start, to, steps in arcs_.iter_rows()}
    total = year_of_direction(end, direction)
    return weighed({total: sum(truth.values()), **truth}, [{total: -1, **dict.fromkeys(truth, 1)}], base)


def year_of_direction(end: date, direction: str) -> Name:
    """Return the name of the steps in a direction of the year that ends with this month."""
    return (STEP_YEAR, "", "", end, direction, TOTAL)


def arc_system(step: pl.DataFrame, ends: Iterable[date], base: int) -> System:
    """Return the system of what is never released: the steps of every month by arc, cells of the family step.

    step  as in `step_system`; ends: the last month of every year of which steps were released
    Per direction they add up to the month, per arc to each of those years, and these per direction to that of the year.
    """
    truth: dict[Name, int] = {}
    rows: dict[Name, dict[Name, int]] = {}
    years = [(end, year_until(end)) for end in ends]
    columns = ("month", "from_position", "to_position", "direction", "steps")
    for month, start, to, direction, steps in step.select(columns).iter_rows():
        name = (STEP, "", "", month, str(start), str(to))
        truth[name] = steps
        rows.setdefault(_of_direction(month, str(direction)), {})[name] = 1
        for year in ((STEP_YEAR, "", "", end, *name[4:]) for end, first in years if first <= month <= end):
            rows.setdefault(year, {})[name] = -1  # months are no kinds of steps: all in one of them is no same step
            rows.setdefault(year_of_direction(year[3], str(direction)), {})[year] = 1
    for total, parts in sorted(rows.items(), key=lambda row: _depth(row[0])):
        parts[total] = -next(iter(parts.values()))
        truth[total] = sum(truth[part] for part in parts if part != total)
    return weighed(truth, list(rows.values()), base)


def _depth(total: Name) -> int:
    """Return how many sums lie below this one: those of a year's arcs come before that of the year."""
    return int(total[0] == STEP_YEAR and total[5] == TOTAL)


def _by_direction(step: pl.DataFrame) -> dict[tuple[date, str], int]:
    """Return the steps of each month and direction."""
    found = step.group_by("month", pl.col("direction").cast(pl.String), maintain_order=True).agg(pl.col("steps").sum())
    return {(month, direction): steps for month, direction, steps in found.iter_rows()}


def _of_direction(month: date, direction: str) -> Name:
    return (STEP_MONTH, "", "", month, direction, TOTAL)


Weighed = tuple[dict[Name, int], dict[Name, int]]


def _running(counted: dict[tuple[date, str], int], months: list[date], direction: str) -> Weighed:
    """Return the counts, and the weights with which they add to 0: all until now = all until last month + now."""
    now = _of_direction(months[-1], direction)
    until = [(STEP_TOTAL, "", "", month, direction, TOTAL) for month in months[-2:]]
    sums = np.cumsum([counted[month, direction] for month in months])[-2:]
    truth = {now: counted[months[-1], direction]} | dict(zip(until, map(int, sums), strict=True))
    return truth, {now: 1, until[-1]: -1} | ({until[0]: 1} if len(until) > 1 else {})


def weighed(truth: Mapping[Name, int], rows: Sequence[Mapping[Name, int]], base: int) -> System:
    """Return the system of these counts, with for every identity the weight of each cell in it."""
    place = {name: number for number, name in enumerate(truth)}
    identities = sparse.lil_array((len(rows), len(truth)), dtype=np.int64)
    for number, row in enumerate(rows):
        for name, weight in row.items():
            identities[number, place[name]] = weight
    counts = np.array(list(truth.values()), dtype=np.int64)
    return System(named(truth), counts, np.full(len(truth), base), identities.tocsr())
