"""Systems in order: what was released stays, the rest is rounded so that everything adds up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from participatieketen.disclosure.families import TOTAL
from participatieketen.disclosure.rounding import Goal, rounded
from participatieketen.disclosure.systems import NAME, SMALL, Counts, System, joined
from participatieketen.disclosure.targets import targets

BOOK = (
    dict.fromkeys(NAME, pl.String)
    | {"month": pl.Date}
    | dict.fromkeys(("value", "base", "bound", "extra", "drawn"), pl.Int64)
    | {"renewed": pl.Boolean}
)
"""Released values: the name of a cell, its value, what that is a multiple of, how far it can be from the truth at
most, how many steps of the base it lies beyond the two multiples around the count, what was drawn for it, and whether
it replaces another value: a reader cannot tell whether that was of the same count."""

NOTHING = pl.DataFrame(schema=BOOK)

_FREE = -1

_RARELY = 50.0  # a value that still holds changes when that spares so many others, or an extra step
_RARELY_IF_SMALL = 300.0


def added(systems: Iterable[System], book: pl.DataFrame, key: bytes, reopened: pl.DataFrame = NOTHING) -> pl.DataFrame:
    """Return what has to be added to the book (columns BOOK) so that it holds every cell of the systems.

    systems   in the order in which they are rounded; each takes what the book and those before it hold as it is
    reopened  rows of the book that may be replaced: when their count is another, or when sums ask for it
    Raises    DisclosureRefused when that leaves no values that add up.
    """
    known = book.join(reopened, on=NAME, how="anti", maintain_order="left")
    lines = [NOTHING]
    for system in systems:
        stays, new = _rounded(system, known, reopened, key)
        known = pl.concat([known, stays, new])
        lines.append(new)
    return pl.concat(lines)


def newest(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the last value of every cell, columns BOOK, in the order in which cells were first released."""
    return lines.group_by(NAME, maintain_order=True).last().select(*BOOK)


def outdated(systems: Sequence[System], book: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the book that lie further from the present count than their bound, and how far: `moved`."""
    whole = joined(systems)
    now = whole.cells.with_columns(truth=whole.truth)
    moved = pl.col("truth") - pl.col("value")
    return (
        book.join(now, on=NAME, maintain_order="left").with_columns(moved=moved).filter(moved.abs() > pl.col("bound"))
    )


def values_of(cells: pl.DataFrame, book: pl.DataFrame) -> Counts:
    """Return (cells,) the released values, -1 where there is none."""
    found = cells.join(book.select(*NAME, "value"), on=NAME, how="left", maintain_order="left")
    return found["value"].fill_null(_FREE).to_numpy()


def _rounded(
    system: System, known: pl.DataFrame, reopened: pl.DataFrame, key: bytes
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the reopened rows that stay, and the new ones. The bound is that of all: one cell's own gives it away."""
    fixed = values_of(system.cells, known)
    free = fixed == _FREE
    if not free.any():
        return NOTHING, NOTHING
    goal = _goal(system, known, key)
    before = _before(system, reopened, goal.target)
    values = _as_before(system, fixed, before)
    if values is None:
        values = rounded(system, _kept(goal, before, system), fixed)
    new = free & ((values != before.value) | ~before.holds)
    extra, room = goal.beyond(values, system.base)[new], system.room[new]
    lines = system.cells.filter(new).with_columns(
        value=values[new],
        base=system.base[new],
        bound=system.base[new] * (1 + room + np.maximum(extra - room, 0).max(initial=0)) - 1,
        extra=extra,
        drawn=goal.target[new],
        renewed=before.value[new] != _FREE,
    )
    return reopened.join(system.cells.filter(free & ~new), on=NAME, how="semi", maintain_order="left"), lines


@dataclass(frozen=True)
class Before:
    """What was released of cells that may change.

    value  (cells,) -1 where there is nothing
    holds  (cells,) whether the count can still be the one that it was released for: the same is drawn, within its bound
    """

    value: Counts
    holds: npt.NDArray[np.bool_]


def _before(system: System, reopened: pl.DataFrame, drawn: Counts) -> Before:
    of_cells = system.cells.join(reopened, on=NAME, how="left", maintain_order="left")
    value, bound, then = (of_cells[name].fill_null(_FREE).to_numpy() for name in ("value", "bound", "drawn"))
    return Before(value, (then == drawn) & (np.abs(value - system.truth) <= bound))


def _as_before(system: System, fixed: Counts, before: Before) -> Counts | None:
    """Return the values as they were; None unless all of them hold and add up."""
    values = np.where(fixed == _FREE, before.value, fixed)
    same = before.holds[fixed == _FREE].all() and not (system.identities @ values).any()
    return values if same else None


def _kept(goal: Goal, before: Before, system: System) -> Goal:
    """Return the goal with what was released as the target where that holds.

    What has slack, a running total, is shown nowhere and follows the others.
    """
    stays = before.holds & (system.room == 0)
    return replace(
        goal,
        target=np.where(stays, before.value, goal.target),
        low=np.where(stays, np.minimum(goal.low, before.value), goal.low),
        high=np.where(stays, np.maximum(goal.high, before.value), goal.high),
        weight=np.where(stays, np.where(system.truth <= SMALL, _RARELY_IF_SMALL, _RARELY), 1.0),
    )


def _goal(system: System, known: pl.DataFrame, key: bytes) -> Goal:
    """Return where counts are rounded to: always the same for one count and one key."""
    (target, draw), (low, high) = targets(system, key), _between(system, known)
    return Goal(np.clip(target, low, high), low, high, draw, np.ones(len(draw)))


def _between(system: System, book: pl.DataFrame) -> tuple[Counts, Counts]:
    """Return the two multiples around every count, or around its total when that was released on its own.

    A total at base 10 that is one of the two around the total at base 5 tells nothing that the latter does not tell.
    """
    total = (pl.col("grouping") != "") & (pl.col("group_code") == TOTAL)
    alone = system.cells.with_columns(
        grouping=pl.when(total).then(pl.lit("")).otherwise(pl.lit("geen")),
        group_code=pl.when(total).then(pl.lit("")).otherwise("group_code"),
    )
    value = values_of(alone, book)
    about = np.where(value == _FREE, system.truth, value)
    return about // system.base * system.base, -(-about // system.base) * system.base
