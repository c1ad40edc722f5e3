"""Where a count is rounded to when nothing else is asked: up or down by a keyed draw, right on average."""

import hmac

import numpy as np
import numpy.typing as npt
import polars as pl

from participatieketen.disclosure.families import under
from participatieketen.disclosure.systems import Counts, System

_WORD = 8  # bytes of the digest that make one number


def key_of_chain(key: bytes, chain: str) -> bytes:
    """Return what the counts of a chain are drawn with, by its code, so that no two chains draw alike.

    Rows of deliveries are no chain's: they are drawn with the rounding key itself, whichever chain is told of.
    """
    return hmac.digest(key, chain.encode(), "sha256")


def draws(cells: pl.DataFrame, key: bytes) -> npt.NDArray[np.uint64]:
    """Return (cells, 2) two numbers per cell, each as likely as the other: always the same with one key.

    cells  (cells x 6) family, grouping, group_code, month, from_position, to_position; month and grouping may be null
    """
    names = cells.select(pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator="|")).to_series()
    digests = b"".join(hmac.digest(key, name.encode(), "sha256")[: 2 * _WORD] for name in names)
    return np.frombuffer(digests, dtype=">u8").reshape(-1, 2).astype(np.uint64)


def targets(system: System, key: bytes) -> tuple[Counts, npt.NDArray[np.float64]]:
    """Return the rounded counts before they are made to add up, and a number in [0, 1) that decides between equals.

    A count is rounded up with a chance of (count mod base) / base, so that the expectation is the count.
    Source  unbiased controlled rounding: Cox (1987), J. Am. Stat. Assoc. 82(398), 520-524, section 2.
    """
    drawn = draws(under(system.first_codes, system.cells), key)
    rest = system.truth % system.base
    up = (drawn[:, 0] % system.base.astype(np.uint64)).astype(np.int64) < rest
    return system.truth - rest + system.base * up, drawn[:, 1] / 2.0**64
