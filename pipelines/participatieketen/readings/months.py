"""Is the newest settled month chance? Read from the released steps per month, beside the months before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from participatieketen.chance import HEADLINE, LEAST_MONTHS, LIMIT, newest_signal, rounding_variance, usual_month
from participatieketen.chance.signal import LASTS, MOVING_RANGE
from participatieketen.months import month_number

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

FALSE_ALARMS = 4
"""Of 100 issues with a chart of either direction in which nothing changes, so many have a signal."""

THREE = 3.0
"""Standard deviations of a difference between two years (Wheeler: the limits are at three)."""


@dataclass(frozen=True)
class Usual:
    """What the months before the newest say of it.

    centre        their mean
    lower, upper  the newest month alone gives no signal between these; a lower limit under 0 is none
    months        how many settled months there are, the newest included
    last          the newest so many months together differ by more than chance: 1, 3 or 6; None: they may not
    more          whether they are more than before
    headline      whether it is so certain, in this issue and in the one before, that it is a headline
    """

    centre: float
    lower: float
    upper: float
    months: int
    last: int | None
    more: bool
    headline: bool


def settled(step_month: "Released", direction: str) -> Mapping[date, int]:
    """Return month -> steps in that direction; without provisional months, in order."""
    last = step_month.context.provisional_from
    rows = step_month.frame.filter(pl.col("direction") == direction, pl.col("month") < last).sort("month")
    return dict(rows.select("month", "steps").iter_rows())


def since_break(series: Mapping[date, int], context: "Context") -> Mapping[date, int]:
    """Return the whole months since the newest trend break: those before it say nothing of what is usual now."""
    begun = context.last_break
    return {month: count for month, count in series.items() if begun is None or month >= begun.date}


def usual(series: Mapping[date, int], base: int) -> Usual | None:
    """Return what the months before the newest say of it; None with too few that follow on each other."""
    months = _following(series)
    if len(months) < LEAST_MONTHS:
        return None
    z = newest_signal(months, base)
    lasts = [many for many, each in zip(LASTS, z, strict=True) if abs(each) > LIMIT]
    last = lasts[0] if lasts else None
    widest = int(np.argmax(np.abs(z))) if last is None else LASTS.index(last)
    return Usual(*usual_month(months, base), len(months), last, bool(z[widest] > 0), _headline(months, base))


def _headline(months: Sequence[int], base: int) -> bool:
    """Say whether this issue and the one before have the same signal, at the limit of a headline."""
    if len(months) <= LEAST_MONTHS:
        return False
    both = [newest_signal(part, base) for part in (months, months[:-1])]
    strongest = [z[int(np.argmax(np.abs(z)))] for z in both]
    return all(abs(z) > HEADLINE for z in strongest) and bool(strongest[0] * strongest[1] > 0)


def _following(series: Mapping[date, int]) -> list[int]:
    """Return the counts of the last months that follow on each other without one that is missing."""
    numbers = {month_number(month): count for month, count in series.items()}
    newest = max(numbers, default=0)
    run: list[int] = []
    while newest - len(run) in numbers:
        run.append(numbers[newest - len(run)])
    return run[::-1]


@dataclass(frozen=True)
class Sums:
    """The steps of the same months of two years, and whether their difference is more than chance and rounding."""

    now: int
    was: int
    certain: bool


def compared(series: Mapping[date, int], months: Sequence[date], before: Sequence[date], base: int) -> Sums:
    """Return the sums of the months and of those a year before.

    More than chance is: over three standard deviations of the difference, with the variance of counts (or that of the
    moving ranges, when that is more) and of the rounding of every month.
    """
    now, was = (sum(series[month] for month in some) for some in (months, before))
    values = np.array(list(series.values()), dtype=float)
    moving = np.abs(np.diff(values)).mean() / MOVING_RANGE if len(values) > 1 else 0.0
    variance = max(now + was, 2 * len(months) * moving**2) + 2 * len(months) * rounding_variance(base)
    return Sums(now, was, bool(abs(now - was) > THREE * np.sqrt(variance)))


def compared_years(now: int, was: int, base: int) -> Sums:
    """Return two whole years that were released as counts of their own, and whether they certainly differ.

    More than chance is: over three standard deviations of the difference of two counts that were rounded once each.
    """
    return Sums(now, was, bool(abs(now - was) > THREE * np.sqrt(now + was + 2 * rounding_variance(base))))
