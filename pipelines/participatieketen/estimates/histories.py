"""history -> what happened, by time: checked and counted once. What comes after is small, however many persons."""

import math
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
    at_risk  (T x groups x states) in the state just before the time: start < t <= stop
    moves    (T x groups x states x states) changes from, to at the time; the diagonal is 0
    first    (groups) the first start of the group
    initial  (groups x states) how many start at `first`, by state
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
        return np.asarray(self.moves.any(axis=(2, 3)).T)

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
    if _follows(history):
        return history
    rows = history.sort("person", "start", "stop")
    if _follows(rows):
        return rows
    told = _comparable(rows).with_columns(*_flags())
    persons = {flag: told.filter(flag)["person"].n_unique() for flag in _FLAGS}
    what = ", ".join(f"{number} met {_FLAGS[flag]}" for flag, number in persons.items() if number)
    total = rows["person"].n_unique()
    raise BrokenHistory(f"De verblijven kloppen niet. Van {total} personen: {what}. Verbeter eerst de tijdlijn.")


def states_of(history: pl.DataFrame) -> tuple[str, ...]:
    """Return every state that somebody is in or goes to, sorted by name."""
    return tuple(sorted(_named(history["state"]) | _named(history["to"])))


def _named(found: pl.Series) -> set[str]:
    if isinstance(found.dtype, pl.Enum):
        physical = found.to_physical()
        return {name for number, name in enumerate(found.dtype.categories) if (physical == number).any()}
    return set(found.unique().drop_nulls().cast(pl.String))


def _coded(found: pl.Series, states: Sequence[str]) -> pl.Expr:
    """Return places in `states`, and len(states) for null; text that is already coded is not read again."""
    categories = list(found.dtype.categories) if isinstance(found.dtype, pl.Enum) else list(states)
    known = {state: number for number, state in enumerate(states)}
    places = pl.Series([*map(known.get, categories), len(states)], dtype=pl.UInt16)
    named = found if isinstance(found.dtype, pl.Enum) else found.cast(pl.String).cast(pl.Enum(categories))
    return pl.lit(places.gather(named.to_physical().cast(pl.UInt16).fill_null(len(categories))))


def _incomplete(history: pl.DataFrame) -> pl.Expr:
    """Say of each stay whether something is missing; a time that is no number is missing too."""
    missing = [pl.col(column).is_null() for column in ("person", "state", "start", "stop")]
    no_number = [pl.col(column).is_nan() for column in ("start", "stop") if history[column].dtype.is_float()]
    return pl.any_horizontal(*missing, *no_number)


def _follows(history: pl.DataFrame) -> bool:
    """Say whether the rows are in order and each stay takes up where the one before it left the person."""
    person = pl.col("person")
    taken_up = (pl.col("start") == pl.col("stop").shift(1)) & (pl.col("state") == _went())
    next_one = (person > person.shift(1)) | ((person == person.shift(1)) & taken_up)
    well = (pl.col("start") < pl.col("stop")) & next_one.fill_null(value=True)
    return bool(_comparable(history).lazy().select(well.all()).collect().item())


def _comparable(history: pl.DataFrame) -> pl.DataFrame:
    """Return the history with states that are of one type."""
    same = history["state"].dtype == history["to"].dtype
    return history if same else history.with_columns(pl.col("state", "to").cast(pl.String))


def _went() -> pl.Expr:
    return pl.coalesce(pl.col("to").shift(1), pl.col("state").shift(1))


def _flags() -> list[pl.Expr]:
    same = pl.col("person") == pl.col("person").shift(1)
    before, moved = pl.col("stop").shift(1), pl.col("state") != _went()
    flags = {
        "zero": pl.col("start") >= pl.col("stop"),
        "overlap": same & (pl.col("start") < before),
        "gap": same & (pl.col("start") > before) & ~moved,
        "jump": same & (pl.col("start") > before) & moved,
        "teleport": same & (pl.col("start") == before) & moved,
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
    times, start, stop = _moments(rows)
    group, state, to = _groups(rows, groups, by), _coded(rows["state"], states), _coded(rows["to"], states)
    shape = (len(times), max(groups.height, 1), len(states))
    begun = _count(rows, (start, group, state), shape)
    left = _count(rows, (stop, group, state, to), (*shape, len(states) + 1))  # the last of `to`: censored
    there = np.cumsum(begun - left.sum(axis=3), axis=0)
    moves = left[..., :-1] * ~np.eye(len(states), dtype=bool)
    at = np.flatnonzero(moves.any(axis=(1, 2, 3)))
    first = begun.any(axis=2).argmax(axis=0)
    return Events(
        groups=groups,
        states=states,
        times=times[at],
        at_risk=there[at - 1].astype(float),
        moves=moves[at].astype(float),
        first=times[first],
        initial=begun[first, np.arange(len(first))].astype(float),
    )


def _groups(rows: pl.DataFrame, groups: pl.DataFrame, by: Sequence[str]) -> pl.Expr:
    if not by:
        return pl.lit(0)
    numbered = groups.with_row_index(_NUMBER)
    found = rows.select(by).join(numbered, on=list(by), how="left", nulls_equal=True, maintain_order="left")
    return pl.lit(found[_NUMBER])


def _moments(rows: pl.DataFrame) -> tuple[Floats, pl.Expr, pl.Expr]:
    """Return the distinct times, and for each stay the places of its start and stop among them."""
    start, stop = rows["start"].to_numpy(), rows["stop"].to_numpy()
    if rows["start"].dtype.is_integer() and rows["stop"].dtype.is_integer():
        low, high = int(start.min()), int(stop.max())
        if high - low < _GRID:
            grid = np.arange(low, high + 1, dtype=float)
            return grid, pl.col("start").cast(pl.Int64) - low, pl.col("stop").cast(pl.Int64) - low
    times = np.unique(np.concatenate([start, stop]).astype(float))
    return times, pl.lit(pl.Series(np.searchsorted(times, start))), pl.lit(pl.Series(np.searchsorted(times, stop)))


def _count(rows: pl.DataFrame, places: Sequence[pl.Expr], shape: tuple[int, ...]) -> Ints:
    """Return how many rows have their place where in an array of this shape: one whole number a row, counted."""
    packed = pl.lit(0, dtype=pl.Int64)
    for place, length in zip(places, shape, strict=True):
        packed = packed * length + place.cast(pl.Int64)
    keys = rows.lazy().select(packed).collect().to_series().to_numpy()
    return np.bincount(keys, minlength=math.prod(shape)).reshape(shape)


def long(found: Events, times: Floats, shown: Bools, axes: Sequence[str], **values: Floats) -> pl.DataFrame:
    """Return arrays (times x groups x states [x states]) as rows, by group, time and states.

    shown   (groups x times) which rows to give
    axes    names of the columns for the state axes, e.g. ["from", "to"]
    values  the arrays, by the name of their column
    """
    group, time = np.nonzero(shown)
    names = pl.Series(found.states, dtype=pl.String)
    places = np.indices((len(names),) * len(axes)).reshape(len(axes), -1)
    cells = places.shape[1]
    columns = {axis: names.gather(np.tile(place, len(time))) for axis, place in zip(axes, places, strict=True)}
    measured = {name: value[time, group].ravel() for name, value in values.items()}
    frame = pl.DataFrame({"time": np.repeat(times[time], cells)} | columns | measured)
    return pl.concat([found.groups[np.repeat(group, cells)], frame], how="horizontal") if found.groups.width else frame
