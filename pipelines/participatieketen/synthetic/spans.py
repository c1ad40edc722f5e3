"""Events -> spans of time in a state, and what a register knows of them at the peildatum.

Days are whole numbers since 1970; a span is half-open [start, stop); stop is NEVER while it still runs.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
import polars as pl

from participatieketen.synthetic.model import IN_CHAIN, WITH_STARTBAAN, Days
from participatieketen.synthetic.simulate import EXTENSION, JOIN, LEAVE, MOVE, NEVER, Events

NONE: Final = -1
"""leads_to of a span that still runs."""
REGISTERED: Final = ("person", "begin_known", "end_known")
"""What every register keeps of a row, and no delivery shows: whose it is, and the days its begin and end were known."""

_SHIFT, _BASE = 2**18, 2**20


def event_frame(events: Events, rng: np.random.Generator) -> pl.DataFrame:
    """Events as a frame with `luck`, a number in [0, 1) by which registers choose the same reason."""
    frame = pl.DataFrame({field.name: getattr(events, field.name) for field in fields(Events)})
    return frame.with_columns(luck=pl.Series(rng.random(frame.height)))


def in_states(events: pl.DataFrame, states: Sequence[int]) -> pl.DataFrame:
    """Uninterrupted time in any of these states."""
    moved = pl.col("kind") == MOVE
    inside, before = pl.col("target").is_in(states), pl.col("source").is_in(states)
    return _spans(events, moved & inside & ~before, moved & before & ~inside)


def contracts(events: pl.DataFrame) -> pl.DataFrame:
    """One span per Startbaan contract: an extension ends one and starts the next."""
    moved, extended = pl.col("kind") == MOVE, pl.col("kind") == EXTENSION
    inside, before = pl.col("target").is_in(WITH_STARTBAAN), pl.col("source").is_in(WITH_STARTBAAN)
    return _spans(events, (moved & inside & ~before) | extended, (moved & before & ~inside) | extended)


def lab_periods(events: pl.DataFrame) -> pl.DataFrame:
    """Time as a participant of the Innovatielab: until leaving it, or leaving the chain."""
    away = (pl.col("kind") == MOVE) & ~pl.col("target").is_in(IN_CHAIN)
    return _spans(events, pl.col("kind") == JOIN, (pl.col("kind") == LEAVE) | away)


def _spans(events: pl.DataFrame, starts: pl.Expr, ends: pl.Expr) -> pl.DataFrame:
    """From each event that starts a span to the person's next event that starts or ends one."""
    return (
        events.with_columns(next_event=_of_next("day", NEVER))
        .filter(starts | ends)
        .with_columns(
            stop=_of_next("day", NEVER),
            leads_to=_of_next("target", NONE),
            ended_by=_of_next("kind", NONE),
            stop_luck=_of_next("luck", 0.0),
            after_stop=_of_next("next_event", NEVER),
        )
        .filter(starts)
        .select(
            "person",
            "next_event",
            "stop",
            "leads_to",
            "ended_by",
            "stop_luck",
            "after_stop",
            came_from="source",
            start="day",
        )
    )


def _of_next(column: str, otherwise: float) -> pl.Expr:
    same = pl.col("person") == pl.col("person").shift(-1)
    return pl.when(same).then(pl.col(column).shift(-1)).otherwise(otherwise)


def registered(rows: pl.DataFrame, end: int, deaths: pl.DataFrame) -> pl.DataFrame:
    """Rows as the register knows them on day `end`.

    rows    one per spell: person, start, stop, begin_delay, end_delay; at most one open at a time per person
    deaths  person, died: a death closes everything on its day

    A row whose begin is not registered yet is missing; an end that is not registered yet leaves the row open.
    A next row is never known before the end of the one before it. Adds begin_known and end_known.
    """
    ordered = rows.join(deaths, on="person", how="left").sort("person", "start", "stop")
    begin = pl.col("person") * _BASE + pl.col("start") + pl.col("begin_delay") + _SHIFT
    known = ordered.with_columns(begin_known=begin.cum_max() % _BASE - _SHIFT)
    return (
        known.with_columns(next_known=_of_next("begin_known", NEVER))
        .with_columns(
            end_known=pl.max_horizontal(
                pl.min_horizontal(
                    pl.col("stop") - 1 + pl.col("end_delay"), "next_known", pl.col("died").fill_null(NEVER)
                ),
                "begin_known",
            )
        )
        .filter(pl.col("begin_known") <= end)
        .with_columns(
            stop=pl.when((pl.col("end_known") <= end) & (pl.col("stop") <= end)).then("stop").otherwise(NEVER)
        )
        .drop("next_known", "died")
    )


def delays(shares: Sequence[float], means: Sequence[float], number: int, rng: np.random.Generator) -> Days:
    """Days between an event and its registration: a mixture of exponentials."""
    part = rng.choice(len(shares), size=number, p=np.array(shares) / sum(shares))
    return np.floor(rng.exponential(np.array(means)[part])).astype(np.int64)


def one_of(options: dict[str, float], number: int, rng: np.random.Generator) -> pl.Series:
    """Draws from weighted codes."""
    weights = np.array(list(options.values()))
    drawn = rng.choice(np.array(list(options)), size=number, p=weights / weights.sum())
    return pl.Series(drawn.astype(object), dtype=pl.String)


def as_date(column: str) -> pl.Expr:
    """First day as a date."""
    return pl.col(column).cast(pl.Int32).cast(pl.Date)


def last_date(column: str = "stop") -> pl.Expr:
    """Last day (inclusive) as a date; null while running."""
    return pl.when(pl.col(column) < NEVER).then((pl.col(column) - 1).cast(pl.Int32)).cast(pl.Date)


def when_ended(value: Any) -> pl.Expr:  # noqa: ANN401 - whatever polars takes as an expression
    """Value on rows that have ended, else null."""
    return pl.when(pl.col("stop") < NEVER).then(value)
