"""Every table whose counts are drawn one by one: estimates, shares of groups, rows of deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from participatieketen.disclosure import group_shares, shares
from participatieketen.disclosure.group_shares import GROUP_SHARE
from participatieketen.disclosure.released import Context
from participatieketen.disclosure.row_counts import ROWS, row_tables
from participatieketen.disclosure.shares import ESTIMATE
from participatieketen.disclosure.singly import CELL, system
from participatieketen.disclosure.systems import System, joined
from participatieketen.disclosure.targets import key_of_chain

LABELS = "group_label"
SINGLE = (ESTIMATE, GROUP_SHARE, *ROWS)

_NO_SUMS = pl.DataFrame(schema={"parts": pl.List(pl.Int64), "total": pl.Int64, "left": pl.Int64})


@dataclass(frozen=True)
class SingleTables:
    """What was drawn.

    tables  as they leave, by name
    cells   (cells x 9) columns singly.CELL
    system  the cells with what a reader knows of them
    """

    tables: Mapping[str, pl.DataFrame]
    cells: pl.DataFrame
    system: System


def single_tables(
    counts: Mapping[str, pl.DataFrame], day: date, book: pl.DataFrame, given: Context, key: bytes
) -> SingleTables:
    """Return the tables of these counts that are drawn cell by cell.

    day   on which groups are fixed
    book  what was released, this release's flows included
    key   the rounding key: rows of deliveries are drawn with it, the others with that of the chain
    """
    base, own = given.base, key_of_chain(key, given.code)
    tables, drawn = row_tables(counts, base, key)
    cells, systems = [drawn], [system(drawn, _NO_SUMS)]
    if ESTIMATE in counts:
        found = _under_first_codes(counts[ESTIMATE], given.first_codes, base, own)
        tables[ESTIMATE] = shares.estimate_view(found)
        cells.append(shares.estimate_cells(found))
        systems.append(shares.estimate_system(found))
    if GROUP_SHARE in counts:
        found = group_shares.drawn_group_shares(counts[GROUP_SHARE], counts.get(LABELS), day, book, base, own)
        tables[GROUP_SHARE] = group_shares.group_share_view(found)
        cells.append(group_shares.group_share_cells(found, day))
        systems.append(group_shares.group_share_system(found, day))
    return SingleTables(tables, pl.concat([pl.DataFrame(schema=CELL), *cells]), joined(systems))


def _under_first_codes(estimate: pl.DataFrame, first_codes: Mapping[str, str], base: int, key: bytes) -> pl.DataFrame:
    """Return what `shares.drawn_estimates` returns, drawn under the codes that positions had first."""
    named = pl.col("position", "outcome")
    drawn = shares.drawn_estimates(estimate.with_columns(named.replace(first_codes)), base, key)
    return drawn.with_columns(named.replace({first: code for code, first in first_codes.items()}))
