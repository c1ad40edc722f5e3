"""The range of a share of which only the rounded counts are known, and whether the share itself says anything."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

Floats = npt.NDArray[np.float64]
Numbers = npt.ArrayLike

LEVEL = 0.95
LEAST_FOLLOWED = 10
"""Fewer than this are never shown as followed for so long, so a range never counts with fewer."""

POINT = 4.0
"""A share is a point when the variance of its count is at least so many times that of the rounding."""

_HALVINGS = 40  # of the interval from 0 to 1, until it is narrower than any number of people can tell


def rounding_variance(base: int) -> float:
    """Return the variance that rounding up or down to a multiple of the base adds to a count: (b^2 - 1) / 6."""
    return (base**2 - 1) / 6


def has_point(x: Numbers, n: Numbers, base: Numbers) -> npt.NDArray[np.bool_]:
    """Say of each share x / n whether it may be shown as a point: else it is noise, and only its range says something.

    x, n, base  released counts and what they are multiples of, n above 0; they broadcast.
    """
    count, size = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    noise = (np.asarray(base, dtype=float) ** 2 - 1) / 6
    return np.asarray(count * (size - count) / size >= POINT * noise, dtype=bool)


def share_range(
    x: Numbers, n: Numbers, base: int, followed: Numbers | None = None, *, reversible: bool = False
) -> tuple[Floats, Floats]:
    """Return lower and upper of a share, from the released counts alone: the exact test inverted on a rounded count.

    x, n        released counts, each less than the base from the truth; n above 0. They broadcast. Of an estimate x is
                the released count of p n. A base of 1 (nothing rounded) gives the limits of Clopper and Pearson.
    followed    None when all of n were followed to the end; else the released count of those that were followed so
                long, whatever happened to them.
    reversible  the share of a state that can be left and come back to: as many people as were followed tell of it.
                Else, of what happened by then, the harmonic mean of n and followed does.

    Returns     arrays between 0 and 1. The truth lies between them for at least 95 of 100 counts.
    Source      Clopper & Pearson (1934), with P(x' <= a) the mean of P(x <= a + j) and P(x' >= a) the mean of
                P(x >= a - j) over the j < base that rounding can add, and the worst n that n' allows; effective size
                as Korn & Graubard (1998).
    """
    count, size = (np.asarray(one, dtype=float)[..., None] for one in np.broadcast_arrays(x, n))
    fewest, most, added = np.maximum(size - base + 1, 1), size + base - 1, np.arange(base)
    small, large = fewest, most
    if followed is not None:
        seen = np.clip(np.asarray(followed, dtype=float)[..., None], LEAST_FOLLOWED, size)
        small = large = np.minimum(seen if reversible else 2 / (1 / size + 1 / seen), fewest)
    high = np.minimum((count + added) * small / fewest, small)
    low = np.clip((count - added) * large / most, 0, large)

    def at_most(p: Floats) -> Floats:
        inside = 1 - betainc(high + 1, np.maximum(small - high, 1e-9), p)
        return np.asarray(np.where(high < small, inside, 1.0).mean(-1, keepdims=True))

    def at_least(p: Floats) -> Floats:
        inside = betainc(np.maximum(low, 1e-9), large - low + 1, p)
        return np.asarray(np.where(low > 0, inside, 1.0).mean(-1, keepdims=True))

    lower = np.where(count[..., 0] > 0, _solved(at_least, count.shape, rising=True), 0.0)
    return lower, _solved(at_most, count.shape, rising=False)


def _solved(tail: Callable[[Floats], Floats], shape: tuple[int, ...], *, rising: bool) -> Floats:
    """Return the share at which the tail is half of what may lie outside the range; rounded outward."""
    low, high = np.zeros(shape), np.ones(shape)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        to_the_right = (tail(middle) > (1 - LEVEL) / 2) != rising
        low, high = np.where(to_the_right, middle, low), np.where(to_the_right, high, middle)
    return np.asarray((low if rising else high)[..., 0])
