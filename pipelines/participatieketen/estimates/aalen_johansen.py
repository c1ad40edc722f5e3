"""Aalen-Johansen: probabilities of states and of moves between them, for reversible states, exact on ties.

All events of one time enter one matrix I + dA(t); the row of a state with nobody at risk is that of I. Variances are of
the Greenwood type: given who is at risk, the moves out of a state at one time are multinomial.
Source: Andersen, Borgan, Gill & Keiding (1993), Statistical Models Based on Counting Processes, eq. 4.4.1, 4.4.19-20.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from participatieketen.estimates.histories import Events, Floats, events, long, sorted_history, states_of

Times = Sequence[float] | None
Start = str | Mapping[str, float] | None


def risk_table(history: pl.DataFrame, by: Sequence[str] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return who is at risk and what happens, at each time at which anything happens.

    history  (stays x 5)  person, state, start, stop, to; at risk at t when start < t <= stop; to null = censored.
    by       columns to group by; they come first in the answer.

    Returns  (times x states, 3) time, state, at_risk just before the time; and (moves x 4) time, from, to, n.
    Raises   BrokenHistory: how many persons overlap, leave a gap, jump, teleport or stay no time.
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
    s        time from which to follow; default: the first start.
    times    when to give the answer; default: each time after s at which anything happens (in the group).

    Returns  (times x states x states, 5)  time, from, to, probability, variance; over `to` they sum to 1.
    Raises   BrokenHistory as in `risk_table`; ValueError when a time lies before s.
    Source   Andersen et al. (1993), eq. 4.4.1 and, for the variance, 4.4.19-20. For what follows a step back use
             `landmark_occupancy`: it does not need the Markov property.
    """
    found = events(history, by)
    since = found.first if s is None else np.full(len(found.first), float(s))
    at_start = np.broadcast_to(np.eye(len(found.states)), (len(since), len(found.states), len(found.states)))
    return _answer(found, at_start, since, times, ["from", "to"])


def occupancy(history: pl.DataFrame, start: Start = None, times: Times = None, by: Sequence[str] = ()) -> pl.DataFrame:
    """Probability of being in each state over time.

    history  as in `risk_table`.
    start    where everyone is at the first start: a state, or shares by state; default: the shares found there.
    times    when to give the answer; default: each time at which anything happens (in the group).

    Returns  (times x states, 4)  time, state, probability, std_error (given `start`); of one time they sum to 1.
    Raises   BrokenHistory as in `risk_table`; ValueError: nobody is ever in `start`, or shares do not sum to 1.
    Source   p(t) = p(0) prod (I + dA), Andersen et al. (1993), eq. 4.4.19; valid without the Markov property when
             censoring is independent (Datta & Satten 2001).
    """
    return _occupancy(events(history, by), start, times)


def landmark_occupancy(
    history: pl.DataFrame, state: str, at: float, times: Times = None, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Probability of being in each state after `at`, for those who are in `state` then.

    history  as in `risk_table`; in the state at `at`: start <= at < stop.
    times    when to give the answer; default: each time after `at` at which anything happens to them.

    Returns  (times x states, 4)  as `occupancy`, over all states of the history.
    Raises   BrokenHistory as in `risk_table`; ValueError when nobody is in the state then, or a time lies before it.
    Source   landmark Aalen-Johansen, Putter & Spitoni (2018), Stat. Methods Med. Res. 27(7): valid without the Markov
             property.
    """
    rows = sorted_history(history)
    there = rows.filter(pl.col("state") == state, pl.col("start") <= at, pl.col("stop") > at).select("person", *by)
    if there.is_empty():
        raise ValueError(f"nobody is in state {state} at time {at:g}")
    after = rows.join(there.select("person").unique(), on="person", how="semi", maintain_order="left").filter(
        pl.col("stop") > at
    )
    followed = after.with_columns(start=pl.when(pl.col("start") < at).then(at).otherwise("start"))
    return _occupancy(events(followed, by, states_of(rows)), state, times)


def _occupancy(found: Events, start: Start, times: Times) -> pl.DataFrame:
    return _answer(found, _initial(found, start)[:, None, :], found.first, times, ["state"])


def _initial(found: Events, start: Start) -> Floats:
    """Return (groups x states) where people start."""
    if start is None:
        return found.initial
    shares = {start: 1.0} if isinstance(start, str) else start
    given = np.zeros(len(found.states))
    for state, share in shares.items():
        given[found.number(state)] = share
    if not np.isclose(given.sum(), 1) or (given < 0).any():
        raise ValueError("the shares of the start do not sum to 1")
    return np.broadcast_to(given, found.initial.shape)


def _answer(found: Events, at_start: Floats, since: Floats, times: Times, axes: list[str]) -> pl.DataFrame:
    """Follow (groups x rows x states) probabilities from `since` on; return them at the times asked for."""
    asked = found.times if times is None else np.asarray(times, dtype=float)
    if times is not None and (asked < since.min()).any():
        raise ValueError("a time lies before the time from which is followed")
    shown = (
        found.happening & (found.times > since[:, None]) if times is None else np.ones((len(since), len(asked)), bool)
    )
    probability, variance = _followed(found, at_start, since, asked)
    if axes == ["state"]:
        return long(found, asked, shown, axes, probability=probability[:, :, 0], std_error=np.sqrt(variance[:, :, 0]))
    return long(found, asked, shown, axes, probability=probability, variance=variance)


def _followed(found: Events, at_start: Floats, since: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """Return probability and variance, (groups x asked x rows x states): as they are after the last event up to then.

    p(t) = p(t-) M with M = I + dA(t); var p(t) = M' var p(t-) M + sum over i of p_i(t-)^2 S_i, with S_i the multinomial
    covariance of row i of M.
    """
    groups, rows, states = at_start.shape
    p, covariance = np.array(at_start), np.zeros((groups, rows, states, states))
    probability, variance = np.empty((2, groups, len(asked), rows, states))
    steps, at_risk = _steps(found, since)
    order = np.argsort(asked, kind="stable")
    events_before = np.searchsorted(found.times, asked[order], side="right")
    done = 0
    for place, until in zip(order, events_before, strict=True):
        for k in range(done, until):
            step = steps[:, k]
            scattered = (np.square(p) @ _spread(step, at_risk[:, k])).reshape(covariance.shape)
            covariance = step.swapaxes(-1, -2)[:, None] @ covariance @ step[:, None] + scattered
            p = p @ step
        done = max(done, int(until))
        probability[:, place] = p.clip(0, 1)  # sums of thousands of products can be off in the 16th digit
        variance[:, place] = np.maximum(covariance.diagonal(axis1=-2, axis2=-1), 0)
    return probability, variance


def _steps(found: Events, since: Floats) -> tuple[Floats, Floats]:
    """Return M = I + dA of each time (groups x T x states x states), and who was at risk (1 where nobody was)."""
    counted = found.moves * (found.times > since[:, None])[:, :, None, None]
    at_risk = np.where(found.at_risk > 0, found.at_risk, 1)
    moving = counted / at_risk[..., None]
    return moving + (1 - moving.sum(axis=-1))[..., None] * np.eye(len(found.states)), at_risk


def _spread(step: Floats, at_risk: Floats) -> Floats:
    """Return (groups x states x states^2): the multinomial covariance of each row of M, laid flat."""
    groups, states, _ = step.shape
    own = step[..., :, None] * np.eye(states) - step[..., :, None] * step[..., None, :]
    return (own / at_risk[..., None, None]).reshape(groups, states, states * states)
