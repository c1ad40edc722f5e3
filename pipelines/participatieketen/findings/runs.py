"""A signal of a control chart: which rule the last month breaks, for how long, and whether rounding can do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from math import isclose

from participatieketen.charts import words

RECENT = 3
"""Months that the rule of two out of three looks at."""


@dataclass(frozen=True)
class Judged:
    """Name of the wording; run: months that it goes on; up: above the mean, or rising."""

    text: str
    run: int = 1
    up: bool = True


def judged(values: Sequence[int], centre: float, signal: str | None, base: int) -> Judged:
    """Return what to say of the last of these values; 'toeval' too when rounding alone can give the signal.

    values  of all months that count, in order; at least one
    signal  of the last month, as `control_chart` names it: buiten, reeks, trend, twee_van_drie or None
    """
    apart = [0.0 if isclose(value, centre, rel_tol=1e-12) else value - centre for value in values]
    up = apart[-1] > 0
    if signal == "trend":
        rises = [later - earlier for earlier, later in pairwise(values)]
        run, up = _same_side(rises), rises[-1] > 0
        return _unless_rounded(Judged(signal, run, up), sum(rises[-run:]), 1, base)
    run = {"buiten": 1, "reeks": _same_side(apart)}.get(signal or "", RECENT)
    same = [value for value in apart[-run:] if (value > 0) == up]
    return _unless_rounded(Judged(signal or "toeval", run, up), sum(same), len(same), base)


def rounding_reach(base: int) -> float:
    """Return how far from the mean one month can lie without being more than rounding, as `judged` takes it."""
    return 2 * (base - 1) + 0.5


def _same_side(values: Sequence[float]) -> int:
    """Return how many of the last values in a row have the sign of the last."""
    return len(list(takewhile(lambda value: value * values[-1] > 0, reversed(values))))


def _unless_rounded(found: Judged, difference: float, months: int, base: int) -> Judged:
    """Return what was found when the difference is more than rounding of so many months, and of the mean, can make."""
    return found if words.certain(round(difference), base, months) else Judged("toeval")
