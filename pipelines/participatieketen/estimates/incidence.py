"""How long a stay in one state lasts, and where it leads: the clock starts at entry."""

from collections.abc import Sequence

import polars as pl

from participatieketen.estimates.aalen_johansen import Times, occupancy, risk_table
from participatieketen.estimates.histories import sorted_history, wide


def cumulative_incidence(
    history: pl.DataFrame, from_state: str, times: Times = None, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Probability of having left a state by a time since entry, for each destination.

    history     (stays x 5)  person, state, start, stop, to; only each person's first stay in the state counts.
    from_state  the state that is left; time is counted from entry into it.
    times       when to give the answer; default: each time since entry at which anybody (of the group) leaves: none in
                a group that nobody leaves. After the last time that is seen, the last answer is repeated.
    by          columns to group by, as they are when the stay begins.

    Returns     (times x destinations, 4)  time, to, probability, std_error; what they leave of 1 is the probability of
                still being there (`sojourn`).
    Raises      BrokenHistory and ValueError as in `risk_table`; ValueError when nobody is ever in the state, or a time
                is no finite number or below 0.
    Source      Aalen-Johansen for competing risks, Andersen et al. (1993), eq. 4.4.19. A stay that was already going on
                when observation began has no known entry: leave it out beforehand. Use whole days: in stop - start of
                fractions, stays that last as long can come to differ by rounding, and are no tie then.
    """
    stays = stays_in(history, from_state, by)
    first = stays.filter((pl.col("person") != pl.col("person").shift(1)).fill_null(value=True))
    followed = occupancy(first, from_state, times, by)
    return followed.filter(pl.col("state") != from_state).rename({"state": "to"})


def sojourn(history: pl.DataFrame, state: str, by: Sequence[str] = ()) -> pl.DataFrame:
    """Probability that a stay in a state lasts longer than a time, whatever its destination (Kaplan-Meier).

    history  as in `cumulative_incidence`, in whole days; all stays in the state count, also later ones of the same
             person.
    by       columns to group by, as they are when the stay begins; a group in which no stay ends has no rows.

    Returns  (times x 4)  time since entry at which a stay ends, survival, std_error (Greenwood; takes the stays of one
             person as independent), at_risk just before the time.
    Raises   BrokenHistory and ValueError as in `cumulative_incidence`.
    Source   Kaplan & Meier (1958); Greenwood (1926).
    """
    stays = stays_in(history, state, by).with_columns(person=pl.int_range(pl.len()))
    at_risk, _ = risk_table(stays, by)
    staying = occupancy(stays, state, by=by).filter(pl.col("state") == state).rename({"probability": "survival"})
    return staying.join(at_risk, on=[*by, "time", "state"], nulls_equal=True, maintain_order="left").drop("state")


def stays_in(history: pl.DataFrame, state: str, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return each person's stays in a state with the clock at 0 on entry; rows that follow at once are one stay."""
    rows = wide(sorted_history(history, by).filter(pl.col("state").cast(pl.String) == state))
    if rows.is_empty():
        raise ValueError(f"nobody is ever in state {state}")
    goes_on = (pl.col("person") == pl.col("person").shift(1)) & (pl.col("start") == pl.col("stop").shift(1))
    begins = rows.select(~goes_on.fill_null(value=False)).to_series()
    first, last = rows.filter(begins), rows.filter(begins.shift(-1, fill_value=True))
    return first.select(
        "person", "state", *by, pl.col("start") * 0, (last["stop"] - first["start"]).alias("stop"), last["to"]
    )
