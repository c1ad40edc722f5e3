"""Which groups of a grouping can be shown, in how much detail and at which base; then a System per month."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import sparse

from participatieketen.disclosure import families
from participatieketen.disclosure.families import OUTSIDE, STOCK_FLOW, TOTAL, Arcs
from participatieketen.disclosure.systems import NAME, Crosses, System
from participatieketen.months import months_later

GROUPINGS = ("wijk", "leeftijdsgroep", "geslacht", "bijstandsduur", "leefvorm", "innovatielab")
"""The fixed list: there are no free filters."""

REST = "overig"
"""The groups that are too small to be shown, together."""

LEAST = 50
"""A group with fewer persons in any month is not broken down."""

LEAST_AT_FIVE = 200
"""With a group of fewer persons the base is 10."""

WITHIN = "binnen"
"""In the place of a position: whichever."""

_COARSE = Arcs(
    flows=[(WITHIN, WITHIN), (TOTAL, OUTSIDE), (OUTSIDE, TOTAL)],
    totals=[("start", TOTAL, TOTAL), ("end", TOTAL, TOTAL)],
    sums=sparse.csr_array(np.array([[1, 1, 0], [1, 0, 1]])),
)


@dataclass(frozen=True)
class Shown:
    """How a grouping is shown: once chosen it stays, because months hang together.

    groups  codes, REST included; every other code is part of REST
    matrix  flows between positions; else only persons, who came in and who left
    base    of all its counts
    """

    grouping: str
    groups: tuple[str, ...]
    matrix: bool
    base: int


def group_systems(
    counts: pl.DataFrame,
    flows: Sequence[families.Pair],
    inside: Collection[str],
    book: pl.DataFrame,
    base: int,
    left_out: Collection[str] = (),
) -> Iterator[System]:
    """Yield the systems of every grouping that can be shown, month by month.

    counts    (rows x 7) grouping, by_month, month, group, from_position, to_position, persons
    book      what was released: a grouping in it is shown as before, and gets no more months once a group is too small
    left_out  groupings that get no more months than there are in the book, whatever their size
    """
    for grouping in [name for name in GROUPINGS if name in counts["grouping"].unique()]:
        own = _begun(_merged(counts.filter(grouping=grouping), inside), book.filter(grouping=grouping))
        before = _as_before(grouping, book)
        shown = before or _chosen(grouping, own, families.merged(flows, inside), base)
        if grouping not in left_out and shown is not None and _large_enough(own, shown):
            yield from _systems(own, shown, flows, inside)
        elif before is not None:
            released = book.filter(pl.col("grouping") == grouping, pl.col("from_position") == OUTSIDE)["month"]
            yield from _systems(own.filter(pl.col("month") <= released.max()), before, flows, inside)


def _systems(
    own: pl.DataFrame, shown: Shown, flows: Sequence[families.Pair], inside: Collection[str]
) -> Iterator[System]:
    layout = families.arcs(families.merged(flows, inside), inside) if shown.matrix else _COARSE
    if own["by_month"].any():
        layout = families.opened(layout)
    frame = _gathered(own, shown) if shown.matrix else _coarse(_gathered(own, shown))
    months = families.months_of(own)
    for month, persons in zip(months, families.grid(frame, months, layout.flows, shown.groups), strict=True):
        days = (month, month, months_later(month, 1))
        yield families.group_system(layout, persons, shown.grouping, shown.groups, days, shown.base)


def _merged(counts: pl.DataFrame, inside: Collection[str]) -> pl.DataFrame:
    """Return the counts with every code outside the chain as one."""
    ends = {
        end: pl.when(pl.col(end).cast(pl.String).is_in(list(inside)))
        .then(pl.col(end).cast(pl.String))
        .otherwise(pl.lit(OUTSIDE))
        for end in ("from_position", "to_position")
    }
    return counts.with_columns(pl.col("group").cast(pl.String), **ends)


def _begun(own: pl.DataFrame, book: pl.DataFrame) -> pl.DataFrame:
    """Return the months that a grouping is shown in: of one by month from the first in which every group is large.

    Later it begins when it was released so; a group that people came in only later, such as a new project, has no month
    of before in which it would be too small.
    """
    if not book.is_empty():
        return own.filter(pl.col("month") >= book["month"].min())
    opening = own.filter(pl.col("from_position") != OUTSIDE).group_by("month", "group").agg(pl.col("persons").sum())
    large = (
        opening.group_by("month").agg(large=(pl.col("persons") >= LEAST).sum()).filter(large=own["group"].n_unique())
    )
    first = large["month"].min() if own["by_month"].any() else None
    return own if first is None else own.filter(pl.col("month") >= first)


def _coarse(counts: pl.DataFrame) -> pl.DataFrame:
    """Return the counts without positions: who stayed in the chain, left and came in."""
    leaves, enters = pl.col("to_position") == OUTSIDE, pl.col("from_position") == OUTSIDE
    return counts.with_columns(
        from_position=pl.when(enters).then(pl.lit(OUTSIDE)).when(leaves).then(pl.lit(TOTAL)).otherwise(pl.lit(WITHIN)),
        to_position=pl.when(leaves).then(pl.lit(OUTSIDE)).when(enters).then(pl.lit(TOTAL)).otherwise(pl.lit(WITHIN)),
    )


def _gathered(own: pl.DataFrame, shown: Shown) -> pl.DataFrame:
    """Return the counts with the codes that are not shown as REST."""
    known = pl.col("group").is_in(list(shown.groups))
    return own.with_columns(group=pl.when(known).then("group").otherwise(pl.lit(REST)))


def _least(own: pl.DataFrame) -> dict[str, int]:
    """Return of each group the persons in its smallest month, that after the last included; smallest first."""
    opening = own.filter(pl.col("from_position") != OUTSIDE).group_by("group", "month").agg(pl.col("persons").sum())
    closing = own.filter(pl.col("to_position") != OUTSIDE).group_by("group", "month").agg(pl.col("persons").sum())
    months = own["month"].n_unique()
    every = (
        pl.concat([opening, closing])
        .group_by("group")
        .agg(pl.when(pl.len() == 2 * months).then(pl.col("persons").min()).otherwise(0))
    )
    return dict(every.sort("persons", "group").iter_rows())


def _chosen(grouping: str, own: pl.DataFrame, flows: Sequence[families.Pair], base: int) -> Shown | None:
    """Return how to show a grouping for the first time; None when fewer than two groups are left."""
    groups, shown = list(_least(own)), Shown(grouping, tuple(_least(own)), matrix=False, base=base)
    small = [group for group, persons in _least(own).items() if persons < LEAST]
    while small and len(small) < len(groups):
        shown = Shown(grouping, (*sorted(set(groups) - set(small)), REST), matrix=False, base=base)
        if _large_enough(own, shown):
            break
        small = groups[: len(small) + 1]
    if len(shown.groups) < 2 or not _large_enough(own, shown):  # noqa: PLR2004 - one group is the total
        return None
    gathered = _gathered(own, shown)
    smallest = min(_least(gathered).values())
    table = families.grid(gathered, families.months_of(own), flows, shown.groups)
    return Shown(
        grouping,
        shown.groups,
        matrix=bool((table > 0).mean() >= 1 / 2),
        base=base if smallest >= LEAST_AT_FIVE else 2 * base,
    )


def _large_enough(own: pl.DataFrame, shown: Shown) -> bool:
    """Say whether every group that is shown has enough persons in every month."""
    least = _least(_gathered(own, shown))
    return all(least.get(group, 0) >= LEAST for group in shown.groups)


def _as_before(grouping: str, book: pl.DataFrame) -> Shown | None:
    """Return how the ledger shows the grouping; None when it does not."""
    own = book.filter(grouping=grouping)
    if own.is_empty():
        return None
    groups = own.filter(pl.col("group_code") != TOTAL)["group_code"].unique().sort().to_list()
    return Shown(grouping, tuple(groups), WITHIN not in own["from_position"], own["base"].item(0))


def aliases(system: System) -> System:
    """Return the system with the total of every grouping as the same count as the total of the report.

    This holds for true counts only: released at base 10 and at base 5 the two differ.
    """
    cells = system.cells.with_row_index("place")
    totals = (
        cells.filter(pl.col("grouping") != "", group_code=TOTAL)
        .with_columns(grouping=pl.lit(""), group_code=pl.lit(""))
        .join(cells.rename({"place": "same"}), on=NAME)
    )
    rows = sparse.lil_array((totals.height, cells.height), dtype=np.int64)
    for number, (place, same) in enumerate(totals.select("place", "same").iter_rows()):
        rows[number, place], rows[number, same] = 1, -1
    return replace(system, identities=sparse.vstack([system.identities, rows], format="csr"))


def crosses(system: System, counts: pl.DataFrame, inside: Collection[str]) -> Crosses:
    """Return what is counted of a group by pairs of positions that are released for all groups, and merged per group.

    counts  (rows x 6) grouping, month, group, from_position, to_position, persons
    Of each group the row of the table is the merged flow; the column is the flow of everyone between the two positions.
    """
    book = system.cells.with_columns(base=system.base)
    shown = [one for grouping in GROUPINGS if (one := _as_before(grouping, book)) is not None]
    parts = [_crossed(counts.filter(grouping=one.grouping), one, inside) for one in shown]
    names = dict.fromkeys(NAME, pl.String) | {"month": pl.Date, "first": pl.String, "last": pl.String}
    fine = pl.concat([pl.DataFrame(schema=names | {"persons": pl.Int64}), *parts])
    pair = {"from_position": pl.col("first"), "to_position": pl.col("last")}
    found = fine.with_columns(
        row=_places(system, fine),
        column=_places(system, fine.with_columns(grouping=pl.lit(""), group_code=pl.lit(""), **pair)),
        total=_places(system, fine.with_columns(group_code=pl.lit(TOTAL))),
    ).drop_nulls()
    row, column, total, truth = (found[name].to_numpy() for name in ("row", "column", "total", "persons"))
    return Crosses(row, column, total, truth)


def _crossed(own: pl.DataFrame, shown: Shown, inside: Collection[str]) -> pl.DataFrame:
    """Return the counts by group and pair (first, last) that are merged, with the name of the cell that they are in."""
    pair = {"first": pl.col("from_position").cast(pl.String), "last": pl.col("to_position").cast(pl.String)}
    gathered = _gathered(_merged(own.with_columns(**pair), inside), shown)
    rows = (gathered if shown.matrix else _coarse(gathered)).with_columns(
        family=pl.lit(STOCK_FLOW), group_code="group", persons=pl.col("persons").cast(pl.Int64)
    )
    other = (pl.col("from_position") != pl.col("first")) | (pl.col("to_position") != pl.col("last"))
    by = [*NAME, "first", "last"]
    return rows.filter(other).group_by(by, maintain_order=True).agg(pl.col("persons").sum())


def _places(system: System, named: pl.DataFrame) -> pl.Series:
    """Return the places of these names in the system, null where it has no such cell."""
    cells = system.cells.with_columns(place=pl.int_range(pl.len()))
    return named.select(NAME).join(cells, on=NAME, how="left", maintain_order="left")["place"]
