"""Where a count is rounded to when nothing else is asked: up or down by a keyed draw, right on average."""

import hmac
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from participatieketen.disclosure.families import UNCHAINED, under
from participatieketen.disclosure.systems import Counts, System

_WORD = 8  # bytes of the digest that make one number


class ChainKey(bytes):
    """The rounding key as one chain draws with it: the name of every cell begins with the code of the chain.

    chain  its code
    first  code of a position now -> the code that it had first: a count keeps its draw under another name
    """

    chain: str
    first: Mapping[str, str]

    @classmethod
    def of(cls, secret: bytes, chain: str, first: Mapping[str, str]) -> "ChainKey":
        """Return the key of this chain."""
        made = cls(secret)
        made.chain, made.first = chain, first
        return made


def draws(cells: pl.DataFrame, key: bytes) -> npt.NDArray[np.uint64]:
    """Return (cells, 2) two numbers per cell, each as likely as the other: always the same with one key.

    cells  (cells x 6) family, grouping, group_code, month, from_position, to_position; month and grouping may be null.
           Or other names: the first column says what they are of
    key    the rounding key; a ChainKey in a run. Rows of deliveries are no chain's: all chains draw them alike
    """
    named = under(key.first, cells) if isinstance(key, ChainKey) else cells
    texts = named.select(pl.all().cast(pl.String).fill_null(""))
    names = texts.select(pl.concat_str(pl.all(), separator="|")).to_series()
    if isinstance(key, ChainKey):
        names = pl.select(
            pl.when(texts[:, 0].is_in(UNCHAINED)).then(names).otherwise(f"{key.chain}|" + names)
        ).to_series()
    digests = b"".join(hmac.digest(key, name.encode(), "sha256")[: 2 * _WORD] for name in names)
    return np.frombuffer(digests, dtype=">u8").reshape(-1, 2).astype(np.uint64)


def targets(system: System, key: bytes) -> tuple[Counts, npt.NDArray[np.float64]]:
    """Return the rounded counts before they are made to add up, and a number in [0, 1) that decides between equals.

    A count is rounded up with a chance of (count mod base) / base, so that the expectation is the count.
    Source  unbiased controlled rounding: Cox (1987), J. Am. Stat. Assoc. 82(398), 520-524, section 2.
    """
    drawn = draws(system.cells, key)
    rest = system.truth % system.base
    up = (drawn[:, 0] % system.base.astype(np.uint64)).astype(np.int64) < rest
    return system.truth - rest + system.base * up, drawn[:, 1] / 2.0**64
