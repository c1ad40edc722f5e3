"""Every table whose counts are drawn one by one: estimates, shares of groups, rows of deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from participatieketen.disclosure import group_shares, shares
from participatieketen.disclosure.group_shares import GROUP_SHARE
from participatieketen.disclosure.row_counts import ROWS, row_tables
from participatieketen.disclosure.shares import ESTIMATE
from participatieketen.disclosure.singly import CELL, system
from participatieketen.disclosure.systems import System, joined

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
    counts: Mapping[str, pl.DataFrame], day: date, book: pl.DataFrame, base: int, key: bytes
) -> SingleTables:
    """Return the tables of these counts that are drawn cell by cell.

    day   on which groups are fixed
    book  what was released, this release's flows included
    """
    tables, drawn = row_tables(counts, base, key)
    cells, systems = [drawn], [system(drawn, _NO_SUMS)]
    if ESTIMATE in counts:
        found = shares.drawn_estimates(counts[ESTIMATE], base, key)
        tables[ESTIMATE] = shares.estimate_view(found)
        cells.append(shares.estimate_cells(found))
        systems.append(shares.estimate_system(found))
    if GROUP_SHARE in counts:
        found = group_shares.drawn_group_shares(counts[GROUP_SHARE], counts.get(LABELS), day, book, base, key)
        tables[GROUP_SHARE] = group_shares.group_share_view(found)
        cells.append(group_shares.group_share_cells(found, day))
        systems.append(group_shares.group_share_system(found, day))
    return SingleTables(tables, pl.concat([pl.DataFrame(schema=CELL), *cells]), joined(systems))
