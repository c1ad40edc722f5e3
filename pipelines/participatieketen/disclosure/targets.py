"""Where a count is rounded to when nothing else is asked: up or down by a keyed draw, right on average."""

import hmac

import numpy as np
import numpy.typing as npt
import polars as pl

from participatieketen.disclosure.families import under
from participatieketen.disclosure.systems import NO_CHAIN, Counts, Origin, System

_WORD = 8  # bytes of the digest that make one number


def draws(cells: pl.DataFrame, key: bytes, origin: Origin = NO_CHAIN) -> npt.NDArray[np.uint64]:
    """Return (cells, 2) two numbers per cell, each as likely as the other: always the same with one key.

    cells  (cells x 6) family, grouping, group_code, month, from_position, to_position; month and grouping may be null
    origin  whose cells they are: the code of the chain is the beginning of every name
    """
    first = under(origin.first, cells).select(pl.all().cast(pl.String).fill_null(""))
    chain = [pl.lit(origin.chain)] if origin.chain else []
    names = first.select(pl.concat_str(*chain, pl.all(), separator="|")).to_series()
    digests = b"".join(hmac.digest(key, name.encode(), "sha256")[: 2 * _WORD] for name in names)
    return np.frombuffer(digests, dtype=">u8").reshape(-1, 2).astype(np.uint64)


def targets(system: System, key: bytes) -> tuple[Counts, npt.NDArray[np.float64]]:
    """Return the rounded counts before they are made to add up, and a number in [0, 1) that decides between equals.

    A count is rounded up with a chance of (count mod base) / base, so that the expectation is the count.
    Source  unbiased controlled rounding: Cox (1987), J. Am. Stat. Assoc. 82(398), 520-524, section 2.
    """
    drawn = draws(system.cells, key, system.origin)
    rest = system.truth % system.base
    up = (drawn[:, 0] % system.base.astype(np.uint64)).astype(np.int64) < rest
    return system.truth - rest + system.base * up, drawn[:, 1] / 2.0**64
