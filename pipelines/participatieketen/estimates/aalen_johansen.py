"""Aalen-Johansen: probabilities of states and of moves between them, for reversible states, exact on ties.

All events of one time enter one matrix I + dA(t); the row of a state with nobody at risk is that of I. Variances are of
the Greenwood type: given who is at risk, the moves out of a state at one time are multinomial.
Source: Andersen, Borgan, Gill & Keiding (1993), Statistical Models Based on Counting Processes, eq. 4.4.1, 4.4.19-20.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from participatieketen.estimates.histories import Bools, Events, Floats, events, long, sorted_history, states_of

_OFF = 1e-12  # sums of thousands of products can be off by so much

Times = Sequence[float] | None
Start = str | Mapping[str, float] | None


def risk_table(history: pl.DataFrame, by: Sequence[str] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return who is at risk and what happens, at each time at which anything happens.

    history  (stays x 5)  person, state, start, stop, to; at risk at t when start < t <= stop; to null = censored.
    by       columns to group by; they come first in the answer. In a group without events there are no times.

    Returns  (times x states, 3) time, state, at_risk just before the time; and (moves x 4) time, from, to, n.
    Raises   BrokenHistory: a column or value is missing, a time is no number, or how many persons overlap, leave a gap,
             jump, teleport or stay no time; ValueError: `by` names person or a column that is not there or not free, or
             a time is 2^53 or more.
    """
    found = events(history, by)
    at_risk = long(found, found.times, found.happening, ["state"], at_risk=found.at_risk)
    moved = long(found, found.times, found.happening, ["from", "to"], n=found.moves).filter(pl.col("n") > 0)
    return at_risk.with_columns(pl.col("at_risk").cast(pl.Int64)), moved.with_columns(pl.col("n").cast(pl.Int64))


def transition_probabilities(
    history: pl.DataFrame, s: float | None = None, times: Times = None, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Probability of being in a state at a time, given the state at time s (assumes the Markov property after s).

    history  as in `risk_table`.
    s        time from which to follow; default: the first start (in the group).
    times    when to give the answer; default: each time after s at which anything happens (in the group): none in a
             group without events. After the last time that is seen, the last answer is repeated.

    Returns  (times x states x states, 5)  time, from, to, probability, variance; over `to` they sum to 1. A group has
             no rows for times before its first start.
    Raises   BrokenHistory and ValueError as in `risk_table`; ValueError when a time is no finite number, or lies before
             s or before the first start of every group.
    Source   Andersen et al. (1993), eq. 4.4.1 and, for the variance, 4.4.19-20. For what follows a step back use
             `landmark_occupancy`: it does not need the Markov property.
    """
    found = events(history, by)
    since = found.first if s is None else np.full(len(found.first), _finite("s", [s]))
    at_start = np.broadcast_to(np.eye(len(found.states)), (len(since), len(found.states), len(found.states)))
    return _answer(found, at_start, np.zeros((*at_start.shape, len(found.states))), since, times, ["from", "to"])


def occupancy(history: pl.DataFrame, start: Start = None, times: Times = None, by: Sequence[str] = ()) -> pl.DataFrame:
    """Probability of being in each state over time.

    history  as in `risk_table`.
    start    where everyone is at the first start: a state, or shares by state; default: the shares found there. Under
             delayed entry these are of whoever starts at the very first time, which can be one person: name a start,
             or use `landmark_occupancy`.
    times    when to give the answer; default: each time at which anything happens (in the group): none in a group
             without events. After the last time that is seen, the last answer is repeated.

    Returns  (times x states, 4)  time, state, probability, std_error; of one time they sum to 1. The shares found at
             the start are a sample (multinomial), those given are not: their error is that of the moves alone. A group
             has no rows for times before its first start.
    Raises   BrokenHistory and ValueError as in `risk_table`; ValueError: nobody is ever in `start`, a share is negative
             or they do not sum to 1, a time is no finite number or lies before the first start of every group.
    Source   p(t) = p(0) prod (I + dA), Andersen et al. (1993), eq. 4.4.19; valid without the Markov property when
             censoring is independent (Datta & Satten 2001).
    """
    return _occupancy(events(history, by), start, times)


def landmark_occupancy(
    history: pl.DataFrame, state: str, at: float, times: Times = None, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Probability of being in each state after `at`, for those who are in `state` then.

    history  as in `risk_table`; in the state at `at`: start <= at < stop.
    times    when to give the answer; default: each time after `at` at which anything happens to them (in the group).
             After the last time that is seen, the last answer is repeated.

    Returns  (times x states, 4)  as `occupancy`, over all states of the history.
    Raises   BrokenHistory and ValueError as in `risk_table`; ValueError when nobody is in the state then, or a time is
             no finite number or lies before it.
    Source   landmark Aalen-Johansen, Putter & Spitoni (2018), Stat. Methods Med. Res. 27(7): valid without the Markov
             property.
    """
    rows = sorted_history(history, by)
    _finite("at", [at])
    there = rows.filter(pl.col("state") == state, pl.col("start") <= at, pl.col("stop") > at).select("person", *by)
    if there.is_empty():
        raise ValueError(f"nobody is in state {state} at time {at:g}")
    after = rows.join(there.select("person").unique(), on="person", how="semi", maintain_order="left").filter(
        pl.col("stop") > at
    )
    followed = after.with_columns(start=pl.when(pl.col("start") < at).then(at).otherwise("start"))
    return _occupancy(events(followed, by, states_of(rows)), state, times)


def _occupancy(found: Events, start: Start, times: Times) -> pl.DataFrame:
    at_start, scatter = _initial(found, start)
    return _answer(found, at_start[:, None], scatter[:, None], found.first, times, ["state"])


def _initial(found: Events, start: Start) -> tuple[Floats, Floats]:
    """Return (groups x states) where people start, and its covariance (groups x states x states)."""
    none = np.zeros((*found.initial.shape, len(found.states)))
    if start is None:
        n = found.initial.sum(axis=1)[:, None]
        share = found.initial / n
        return share, (share[..., None] * np.eye(len(found.states)) - share[:, :, None] * share[:, None]) / n[..., None]
    shares = {start: 1.0} if isinstance(start, str) else start
    given = np.zeros(len(found.states))
    for state, share in shares.items():
        given[found.number(state)] = share
    if (given < 0).any():
        raise ValueError("a share of the start is negative")
    if not np.isclose(given.sum(), 1):
        raise ValueError("the shares of the start do not sum to 1")
    return np.broadcast_to(given, found.initial.shape), none


def _answer(
    found: Events, at_start: Floats, scatter: Floats, since: Floats, times: Times, axes: list[str]
) -> pl.DataFrame:
    """Follow (groups x rows x states) probabilities from `since` on; return them at the times asked for.

    scatter  their covariance at the start (groups x rows x states x states).
    """
    asked, shown = _shown(found, since, times)
    probability, variance = _followed(found, at_start, scatter, since)
    latest = np.searchsorted(found.times, asked, side="right")  # as it is after the last event up to then
    probability, variance = probability[latest], variance[latest]
    if axes == ["state"]:
        return long(found, asked, shown, axes, probability=probability[:, :, 0], std_error=np.sqrt(variance[:, :, 0]))
    return long(found, asked, shown, axes, probability=probability, variance=variance)


def _shown(found: Events, since: Floats, times: Times) -> tuple[Floats, Bools]:
    """Return the times to answer at, and (groups x times) whether the group is followed then."""
    if times is None:
        return found.times, found.happening & (found.times > since[:, None])
    asked, begun = _finite("times", times), np.maximum(since, found.first)
    if (asked < begun.min()).any():
        raise ValueError("a time lies before the time from which is followed")
    return asked, asked >= begun[:, None]


def _finite(name: str, given: Sequence[float]) -> Floats:
    """Return times that are asked for; raises ValueError when they are no list, or one is missing or no number."""
    try:
        found = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        found = np.array(np.nan)
    if found.ndim != 1 or not np.isfinite(found).all():
        raise ValueError(f"{name}: a time is a finite number, and times are a list of them")
    return found


def _followed(found: Events, at_start: Floats, scatter: Floats, since: Floats) -> tuple[Floats, Floats]:
    """Return probability and variance, (1 + T x groups x rows x states): at the start, and after each event time.

    p(t) = p(t-) M with M = I + dA(t); var p(t) = M' var p(t-) M + sum over i of p_i(t-)^2 S_i, with S_i the multinomial
    covariance of row i of M, (diag M_i - M_i M_i') / Y_i. With w_i = p_i(t-)^2 / Y_i that is the same as
    M' (var p(t-) - diag w) M + diag w M.
    """
    step, at_risk = _steps(found, since)
    probability = np.empty((1 + len(step), *at_start.shape))
    probability[0] = at_start
    for m, before, after in zip(step, probability[:-1], probability[1:], strict=True):
        np.matmul(before, m, out=after)
    weight = np.square(probability[:-1]) / at_risk[:, :, None]
    variance = np.where(
        probability < 1 - _OFF, _variance(scatter, step, weight, weight @ step), 0
    )  # who is sure has none
    return probability.clip(0, 1), np.maximum(variance, 0)


def _variance(scatter: Floats, step: Floats, weight: Floats, weighted: Floats) -> Floats:
    """Return the diagonal of M' (var - diag w) M + diag w M at the start and after each step M."""
    _, groups, rows, states = weight.shape
    variance = np.zeros((1 + len(step), groups, rows, states))
    covariance, half = np.zeros((2, groups, states, rows, states))  # rows in the middle: two products of flat matrices
    covariance[:] = scatter.swapaxes(1, 2)
    diagonal = np.einsum("gihi->ghi", covariance)
    variance[0] = diagonal
    tall, tall_half = (array.reshape(groups, -1, states) for array in (covariance, half))
    wide, wide_half = (array.reshape(groups, states, -1) for array in (covariance, half))
    times = zip(step, step.swapaxes(-1, -2), weight, weighted, variance[:-1], variance[1:], strict=True)
    for m, transposed, lost, gained, before, after in times:
        np.subtract(before, lost, out=diagonal)
        np.matmul(tall, m, out=tall_half)
        np.matmul(transposed, wide_half, out=wide)
        np.add(diagonal, gained, out=after)
    return variance


def _steps(found: Events, since: Floats) -> tuple[Floats, Floats]:
    """Return M = I + dA of each time (T x groups x states x states), and who was at risk (1 where nobody was)."""
    counted = found.moves * (found.times[:, None] > since)[:, :, None, None]
    at_risk = np.where(found.at_risk > 0, found.at_risk, 1)
    moving = counted / at_risk[..., None]
    return moving + (1 - moving.sum(axis=-1))[..., None] * np.eye(len(found.states)), at_risk
