"""history -> what happened, by time: checked and counted once. What comes after is small, however many persons."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from participatieketen.errors import BrokenHistory

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_ANSWERS = {"time", "state", "from", "to", "n", "at_risk", "probability", "variance", "std_error", "survival"}
_NUMBER = "number of the group"  # a name that no column of a frame has
_GRID = 1_000_000  # whole times up to so far apart are counted on a grid, others among the times that occur

COLUMNS = ("person", "state", "start", "stop", "to")

_FLAGS = {
    "zero": "een verblijf zonder duur",
    "overlap": "overlap (overlap)",
    "gap": "een gat (gap)",
    "jump": "een gat met daarna een andere plek (jump)",
    "teleport": "een plek die niet volgt op de vorige (teleport)",
}


@dataclass(frozen=True)
class Events:
    """What is at risk and what happens at each event time, for each group.

    groups   (groups x by) the values of the `by` columns, one row per group
    states   the states, sorted by name
    times    (T) distinct times at which anybody of any group changes state, ascending
    at_risk  (groups x T x states) in the state just before the time: start < t <= stop
    moves    (groups x T x states x states) changes from, to at the time; the diagonal is 0
    first    (groups) the first start of the group
    initial  (groups x states) shares of the states of those who start at `first`
    """

    groups: pl.DataFrame
    states: tuple[str, ...]
    times: Floats
    at_risk: Floats
    moves: Floats
    first: Floats
    initial: Floats

    @property
    def happening(self) -> Bools:
        """(groups x T) whether anything happens in the group at the time."""
        return np.asarray(self.moves.any(axis=(2, 3)))

    def number(self, state: str) -> int:
        """Return the state's place in `states`; raises ValueError when nobody is ever in it."""
        if state not in self.states:
            raise ValueError(f"nobody is ever in state {state}: choose from {', '.join(self.states)}")
        return self.states.index(state)


def sorted_history(history: pl.DataFrame) -> pl.DataFrame:
    """Return the history by person and start; raises BrokenHistory when stays contradict each other.

    The flags are those of R's survcheck: overlap (a stay starts before the one before it stopped), gap (it starts
    later, in the state where the person went), jump (later, in another state), teleport (at once, in another state).
    Where a stay is censored and the next begins at once in the same state, they are one stay in two rows.
    """
    if history.is_empty():
        raise BrokenHistory("Er zijn geen verblijven om iets van te schatten.")
    if incomplete := history.filter(_incomplete(history)).height:
        raise BrokenHistory(
            f"De verblijven kloppen niet. Bij {incomplete} van {history.height} verblijven ontbreekt de persoon, "
            "de plek, het begin of het einde. Verbeter eerst de tijdlijn."
        )
    rows = history if _is_sorted(history) else history.sort("person", "start", "stop")
    states = states_of(rows)
    coded = rows.select("person", "start", "stop", *(code(rows, column, states) for column in ("state", "to")))
    found = coded.lazy().select(*_flags()).sum().collect().row(0, named=True)
    if any(found.values()):
        told = coded.with_columns(*_flags())
        persons = {flag: told.filter(flag)["person"].n_unique() for flag, number in found.items() if number}
        what = ", ".join(f"{number} met {_FLAGS[flag]}" for flag, number in persons.items())
        total = rows["person"].n_unique()
        raise BrokenHistory(f"De verblijven kloppen niet. Van {total} personen: {what}. Verbeter eerst de tijdlijn.")
    return rows


def states_of(history: pl.DataFrame) -> tuple[str, ...]:
    """Return every state that somebody is in or goes to, sorted by name."""
    named = [history[column].unique().drop_nulls().cast(pl.String) for column in ("state", "to")]
    return tuple(sorted(set(named[0]) | set(named[1])))


def code(history: pl.DataFrame, column: str, states: Sequence[str]) -> pl.Series:
    """Return the column as whole numbers, places in `states`; text that is already coded is not read again."""
    found = history[column]
    if isinstance(found.dtype, pl.Enum):
        known = {state: number for number, state in enumerate(states)}
        places = pl.Series([known.get(name) for name in found.dtype.categories], dtype=pl.Int64)
        return places.gather(found.to_physical()).alias(column)
    return found.cast(pl.String).cast(pl.Enum(states)).to_physical().cast(pl.Int64)


def _incomplete(history: pl.DataFrame) -> pl.Expr:
    """Say of each stay whether something is missing; a time that is no number is missing too."""
    missing = [pl.col(column).is_null() for column in ("person", "state", "start", "stop")]
    no_number = [pl.col(column).is_nan() for column in ("start", "stop") if history[column].dtype.is_float()]
    return pl.any_horizontal(*missing, *no_number)


def _is_sorted(history: pl.DataFrame) -> bool:
    person, start, stop = (pl.col(name) for name in ("person", "start", "stop"))
    later = (start > start.shift(1)) | ((start == start.shift(1)) & (stop >= stop.shift(1)))
    in_order = (person > person.shift(1)) | ((person == person.shift(1)) & later)
    return bool(history.select(in_order.fill_null(value=True).all()).item())


def _flags() -> list[pl.Expr]:
    same = pl.col("person") == pl.col("person").shift(1)
    went = pl.coalesce(pl.col("to").shift(1), pl.col("state").shift(1))
    apart, moved = pl.col("start") - pl.col("stop").shift(1), pl.col("state") != went
    flags = {
        "zero": pl.col("start") >= pl.col("stop"),
        "overlap": same & (apart < 0),
        "gap": same & (apart > 0) & ~moved,
        "jump": same & (apart > 0) & moved,
        "teleport": same & (apart == 0) & moved,
    }
    return [flag.fill_null(value=False).alias(name) for name, flag in flags.items()]


def events(history: pl.DataFrame, by: Sequence[str] = (), states: Sequence[str] = ()) -> Events:
    """Return the history counted by time and group.

    history  (stays x 5 + by)  person, state (text), start, stop (numbers, start < stop), to (text or null = censored)
    by       columns that are the same in all rows of a person; one group per combination
    states   the states to give an answer for; default: those in the history
    """
    if taken := sorted(set(by) & _ANSWERS):
        raise ValueError(f"by names {taken[0]}, which is a column of the answer: rename it first")
    rows = sorted_history(history)
    groups = rows.select(by).unique().sort(by) if by else pl.DataFrame()
    states = tuple(states) or states_of(rows)
    group, state = _groups(rows, groups, by), code(rows, "state", states).to_numpy()
    to = code(rows, "to", states).fill_null(-1).to_numpy()
    times, start, stop = _moments(rows["start"], rows["stop"])
    shape = (max(groups.height, 1), len(states), len(times))
    moving = (to >= 0) & (to != state)
    moved = _count((group, state, to, stop), (shape[0], len(states), *shape[1:]), moving)
    at = np.flatnonzero(moved.any(axis=(0, 1, 2)))
    begun, over = _count((group, state, start), shape), _count((group, state, stop), shape)
    return Events(
        groups=groups,
        states=states,
        times=times[at],
        at_risk=(begun - over).cumsum(axis=2)[:, :, np.maximum(at - 1, 0)].swapaxes(1, 2),
        moves=np.moveaxis(moved[..., at], 3, 1),
        first=times[begun.any(axis=1).argmax(axis=1)],
        initial=_initial(begun),
    )


def _groups(rows: pl.DataFrame, groups: pl.DataFrame, by: Sequence[str]) -> Ints:
    if not by:
        return np.zeros(rows.height, dtype=np.int64)
    numbered = groups.with_row_index(_NUMBER)
    found = rows.select(by).join(numbered, on=list(by), how="left", nulls_equal=True, maintain_order="left")
    return found[_NUMBER].cast(pl.Int64).to_numpy()


def _moments(start: pl.Series, stop: pl.Series) -> tuple[Floats, Ints, Ints]:
    """Return the distinct times, and for each stay the places of its start and stop among them."""
    low, high = int(np.floor(_lowest(start))), int(np.ceil(-_lowest(-stop)))
    if start.dtype.is_integer() and stop.dtype.is_integer() and high - low < _GRID:
        return np.arange(low, high + 1, dtype=float), (start - low).to_numpy(), (stop - low).to_numpy()
    times = np.unique(np.concatenate([start.to_numpy(), stop.to_numpy()]).astype(float))
    return times, np.searchsorted(times, start.to_numpy()), np.searchsorted(times, stop.to_numpy())


def _lowest(times: pl.Series) -> float:
    return float(times.to_numpy().min())


def _count(places: tuple[Ints, ...], shape: tuple[int, ...], wanted: Bools | None = None) -> Floats:
    """Return how many stays are at each place of an array of this shape."""
    packed = np.ravel_multi_index(places if wanted is None else tuple(place[wanted] for place in places), shape)
    return np.bincount(packed, minlength=int(np.prod(shape))).reshape(shape).astype(float)


def _initial(begun: Floats) -> Floats:
    """Return (groups x states) the shares of those who start at the group's first time."""
    first = begun.any(axis=1).argmax(axis=1)
    there = begun[np.arange(len(begun)), :, first]
    return np.asarray(there / there.sum(axis=1, keepdims=True))


def long(found: Events, times: Floats, shown: Bools, axes: Sequence[str], **values: Floats) -> pl.DataFrame:
    """Return arrays (groups x times x states [x states]) as rows, in that order.

    shown   (groups x times) which rows to give
    axes    names of the columns for the state axes, e.g. ["from", "to"]
    values  the arrays, by the name of their column
    """
    shape = next(iter(values.values())).shape
    keep = np.broadcast_to(shown.reshape(shown.shape + (1,) * len(axes)), shape)
    group, time, *states = (np.broadcast_to(axis, shape)[keep] for axis in np.ix_(*map(np.arange, shape)))
    names = pl.Series(found.states, dtype=pl.String)
    columns = {"time": times[time]} | {axis: names.gather(place) for axis, place in zip(axes, states, strict=True)}
    frame = pl.DataFrame(columns | {name: value[keep] for name, value in values.items()})
    return pl.concat([found.groups[group], frame], how="horizontal") if found.groups.width else frame
