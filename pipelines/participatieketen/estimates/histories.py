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

_NUMBER = "number of the group"  # a name that no column of a frame has
_GRID = 20_000_000  # cells (8 bytes): so many are counted for all whole times, more only for those that occur
_KEPT = {pl.Int32, pl.Int64, pl.Float64}  # types of times in which the days of any calendar compare well, uncopied
_EXACT = 2**53  # from here on two whole numbers can be one float

COLUMNS = ("person", "state", "start", "stop", "to")
_TAKEN = {*COLUMNS, "time", "from", "n", "at_risk", "probability", "variance", "std_error", "survival"}

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


def sorted_history(history: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return the history by person and start, its times of one type.

    Raises   BrokenHistory: a column or a value is missing, a time is no number, or stays contradict each other;
             ValueError: `by` cannot be grouped by, or a time is 2^53 or more.

    The flags are those of R's survcheck: overlap (a stay starts before the one before it stopped), gap (it starts
    later, in the state where the person went), jump (later, in another state), teleport (at once, in another state).
    Where a stay is censored and the next begins at once in the same state, they are one stay in two rows.
    """
    _refuse_columns(history)
    _refuse_groups(history, by)
    if incomplete := history.filter(_incomplete(history)).height:
        raise BrokenHistory(
            f"De verblijven kloppen niet. Bij {incomplete} van {history.height} verblijven ontbreekt de persoon, "
            "de plek, het begin of het einde. Verbeter eerst de tijdlijn."
        )
    timed = _timed(history)
    if _follows(timed):
        return timed
    rows = timed.sort("person", "start", "stop")
    if _follows(rows):
        return rows
    told = _comparable(rows).with_columns(*_flags())
    persons = {flag: told.filter(flag)["person"].n_unique() for flag in _FLAGS}
    what = ", ".join(f"{number} met {_FLAGS[flag]}" for flag, number in persons.items() if number)
    total = rows["person"].n_unique()
    raise BrokenHistory(f"De verblijven kloppen niet. Van {total} personen: {what}. Verbeter eerst de tijdlijn.")


def _refuse_columns(history: pl.DataFrame) -> None:
    """Raise BrokenHistory when this is no table of stays, whatever is in it."""
    if not isinstance(history, pl.DataFrame):
        raise BrokenHistory("De verblijven zijn geen tabel in het geheugen. Maak er een DataFrame van (collect).")
    if missing := [column for column in COLUMNS if column not in history.columns]:
        raise BrokenHistory(f"De verblijven missen de kolom {', '.join(missing)}. Nodig zijn: {', '.join(COLUMNS)}.")
    if history.is_empty():
        raise BrokenHistory("Er zijn geen verblijven om iets van te schatten.")
    if others := [column for column in ("start", "stop") if not history.schema[column].is_numeric()]:
        raise BrokenHistory(f"In {' en '.join(others)} staan geen getallen. Reken om naar hele dagen vanaf een dag.")


def _refuse_groups(history: pl.DataFrame, by: Sequence[str]) -> None:
    """Raise ValueError when there is no grouping by these columns."""
    if "person" in by:
        raise ValueError("by names person: no answer has a person in it")
    if unknown := sorted(set(by) - set(history.columns)):
        raise ValueError(f"by names {unknown[0]}, which is no column of the history (by is a list of columns)")
    if taken := sorted(set(by) & _TAKEN):
        raise ValueError(f"by names {taken[0]}, which is a column of stays or of the answer: rename it first")
    if len(set(by)) < len(by):
        raise ValueError("by names a column twice")


def _timed(history: pl.DataFrame) -> pl.DataFrame:
    """Return the history with times of one type; raises ValueError when they are too large to be told apart."""
    times = pl.col("start", "stop")
    lowest, highest = history.select(times.min()).row(0), history.select(times.max()).row(0)
    if min(lowest) <= -_EXACT or max(highest) >= _EXACT:
        raise ValueError("a time is 2^53 or more: choose a clock that starts later")
    same = history.schema["start"] == history.schema["stop"]
    return history if same and history.schema["start"] in _KEPT else wide(history)


def wide(history: pl.DataFrame) -> pl.DataFrame:
    """Return the history with times Int64 or Float64: the difference of two of them fits."""
    whole = all(history.schema[column].is_integer() for column in ("start", "stop"))
    return history.with_columns(pl.col("start", "stop").cast(pl.Int64 if whole else pl.Float64))


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
    """Say of each stay whether something is missing; a time that is not finite and empty text are missing too."""
    missing = [pl.col(column).is_null() for column in ("person", "state", "start", "stop")]
    endless = [~pl.col(column).is_finite() for column in ("start", "stop") if history.schema[column].is_float()]
    nameless = [pl.col(column) == "" for column in ("state", "to") if _can_be_empty(history.schema[column])]
    return pl.any_horizontal(*missing, *endless, *nameless)


def _can_be_empty(kind: pl.DataType) -> bool:
    return "" in kind.categories if isinstance(kind, pl.Enum) else kind in {pl.String, pl.Categorical}


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
    by       columns to group by; one group per combination. Where a column changes within a person, the person is
             at risk in each group for as long as its rows say
    states   the states to give an answer for; default: those in the history
    """
    rows = sorted_history(history, by)
    groups = rows.select(by).unique().sort(by) if by else pl.DataFrame()
    states = tuple(states) or states_of(rows)
    group, state, to = _groups(rows, groups, by), _coded(rows["state"], states), _coded(rows["to"], states)
    cells = (max(groups.height, 1), len(states), len(states) + 1)  # the last of `to`: censored
    times, start, stop = _moments(rows, math.prod(cells))
    begun = _count(rows, (start, group, state), (len(times), *cells[:2]))
    left = _count(rows, (stop, group, state, to), (len(times), *cells))
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


def _moments(rows: pl.DataFrame, cells: int) -> tuple[Floats, pl.Expr, pl.Expr]:
    """Return the distinct times, and for each stay the places of its start and stop among them.

    cells  that are counted at one time: where few whole times lie between the first and the last, all of them are given
    """
    start, stop = rows["start"].to_numpy(), rows["stop"].to_numpy()
    if rows["start"].dtype.is_integer():
        low, high = int(start.min()), int(stop.max())
        if (high - low) * cells < _GRID:
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
