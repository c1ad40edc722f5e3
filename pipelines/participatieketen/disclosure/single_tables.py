"""Every table whose counts are drawn one by one: estimates, shares of groups, rows of deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from participatieketen.disclosure import group_shares, shares
from participatieketen.disclosure.group_shares import GROUP_SHARE
from participatieketen.disclosure.released import Context
from participatieketen.disclosure.row_counts import ROWS, row_tables
from participatieketen.disclosure.running_totals import running_totals, start_cells
from participatieketen.disclosure.shares import ESTIMATE
from participatieketen.disclosure.singly import CELL, system
from participatieketen.disclosure.systems import System, joined
from participatieketen.months import months_later, year_before

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


def single_tables(counts: Mapping[str, pl.DataFrame], given: Context, book: pl.DataFrame, key: bytes) -> SingleTables:
    """Return the tables of these counts that are drawn cell by cell.

    book  what was released, this release's flows included
    Groups are fixed a year before the provisional months.
    """
    base, day = given.base, year_before(given.provisional_from)
    tables, drawn = row_tables(counts, base, key)
    cells, systems = [drawn], [system(drawn, _NO_SUMS)]
    if ESTIMATE in counts:
        totals = running_totals(counts, given, months_later(given.provisional_from, -1), book, key)
        found = shares.drawn_estimates(counts[ESTIMATE], base, key, totals)
        tables[ESTIMATE] = shares.estimate_view(found)
        cells += [shares.estimate_cells(found), start_cells(totals)]
        systems.append(shares.estimate_system(found))
    if GROUP_SHARE in counts:
        found = group_shares.drawn_group_shares(counts[GROUP_SHARE], counts.get(LABELS), day, book, base, key)
        tables[GROUP_SHARE] = group_shares.group_share_view(found)
        cells.append(group_shares.group_share_cells(found, day))
        systems.append(group_shares.group_share_system(found, day))
    return SingleTables(tables, pl.concat([pl.DataFrame(schema=CELL), *cells]), joined(systems))
