"""Counts -> released tables: rounded so that they add up, audited, and only then shown."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import polars as pl

from participatieketen.disclosure.audit import Audit, Examined, examine
from participatieketen.disclosure.counted import GROUPS, audited_systems, places, released_systems
from participatieketen.disclosure.families import (
    OUTSIDE,
    STEP,
    STEP_MONTH,
    STEP_TOTAL,
    STOCK_FLOW,
    TOTAL,
    YEAR_MATRIX,
    after,
)
from participatieketen.disclosure.groupings import GROUPINGS, aliases, crosses
from participatieketen.disclosure.released import SEAL, Context, Released
from participatieketen.disclosure.row_counts import ROWS
from participatieketen.disclosure.running_totals import STARTS
from participatieketen.disclosure.series import BOOK, added, newest, outdated
from participatieketen.disclosure.single_tables import LABELS, SINGLE, single_tables
from participatieketen.disclosure.singly import lines_of
from participatieketen.disclosure.systems import NO_CROSSES, SMALL, joined
from participatieketen.disclosure.views import views
from participatieketen.disclosure.years import year_lines
from participatieketen.errors import DisclosureRefused
from participatieketen.months import months_later

PUBLIC = ("published", LABELS)
"""Tables without a count: what others published, and the names of groups, which are those of the code lists."""

TABLES = (STOCK_FLOW, YEAR_MATRIX, STEP, GROUPS, *SINGLE, STARTS, *PUBLIC)
"""Every table that can be released, or that one is made with."""

NEVER_OPEN: Mapping[str, date] = {}

LEAST_REVISED = 10
"""A revision of fewer persons could show one of them."""


@dataclass(frozen=True)
class Release:
    """What may leave, and what it adds to the ledger.

    tables   by name
    lines    (cells x 10) new or revised values, columns series.BOOK
    audited  how little can be known of any person's count
    """

    tables: dict[str, Released]
    lines: pl.DataFrame
    audited: Audit


def release(  # noqa: PLR0913 - what decides a release
    counts: Mapping[str, pl.DataFrame],
    given: Context,
    key: bytes,
    lines: pl.DataFrame,
    *,
    months: int,
    open_from: Mapping[str, date] = NEVER_OPEN,
    revise: bool = False,
    recounted: bool = False,
    public: pl.DataFrame | None = None,
) -> Release:
    """Return the counts as released tables.

    counts   frames as `moves.counts` returns them, the extract's `delivery` and `verdict`, and if groups are shown
             group_flow: grouping, by_month, month, group, from_position, to_position, persons, of a grouping that holds
             by month no stock ties a month to the next; estimate and group_share as in `shares` and `group_shares`;
             published and group_label, which hold no count; starts, from which totals in estimate are made
    key      the rounding key
    lines    what was ever released, columns series.BOOK, oldest first
    months   how many months the tables show; all months are rounded and kept, so that the number can change
    open_from  of the report ("") and each grouping, the first month that was provisional in its last release: from
             there on counts that have changed since are rounded anew, when late corrections come to moves enough
    revise   the same of every month; refused when they did not
    recounted  counts are by other rules than the last release: a revision of fewer moves leaves every value as it is
    public   (figures x 7) counts that anyone can look up elsewhere: the name of a cell, and its persons

    Returns  stock        month, position, persons, provisional; the month of the peildatum included
             stock_flow   month, from_position, to_position, persons, provisional
             year_matrix  from_position, to_position, persons
             step_month   month, direction, steps, provisional
             step_year    from_position, to_position, direction, steps
             delivery, verdict  what became of the rows of each source, and what each rule found in them
             estimate, group_share  x of n people, each a released count
             released_stock_flow, released_steps  every arc and total of the months and of the year: family, grouping,
                          group_code, month, from_position, to_position, persons or steps, base, bound, provisional
             audited      cells, small, narrowest, rule: one row
             Every count is a multiple of the base; sums of counts are the count of the sum.
             A grouping from which a small count can be worked out is left out: it gets no new months, and those that
             were provisional are not shown. When that is so of the report itself, what was released stays as it is.
    Raises   DisclosureRefused: a table without a rule, counts that do not add up, no values that do, or values from
             which a small count can be worked out.
    """
    if unknown := sorted(set(counts) - set(TABLES)):
        raise DisclosureRefused(
            f"Tabel {unknown[0]} heeft geen regel voor vrijgave: beschrijf hem eerst in disclosure."
        )
    left_out: frozenset[str] = frozenset()
    opened = dict.fromkeys(["", *GROUPINGS], date.min) if revise else open_from
    reopen = partial(_reopened, open_from=opened, refuse_few=revise and not recounted)
    while True:
        new = _drawn(counts, given, key, lines, left_out, reopen)
        withdrawn = pl.col("grouping").is_in(left_out - {""}) & _open(opened)
        every = pl.concat([lines.select(*BOOK), new]).filter(~withdrawn)
        examined = _examined(counts, given, every, public)
        refused = examined.groupings - left_out - ({""} if revise else set())
        if not refused:
            break
        left_out |= refused
    known = newest(every).filter(pl.col("family").ne(STARTS) | pl.lit(not revise))
    single = single_tables(counts, given, known, key)
    alone = lines_of(single.cells, newest(lines))
    every = pl.concat([every, alone])
    audited, book = examined.also(examine(single.system, every)).passed(), newest(every)
    frames = views(counts, book, given, months) | {"audited": _audited(book, audited, given)}
    frames |= {**single.tables, **{name: counts[name] for name in PUBLIC if name in counts}}
    noted = replace(given, notes=(*given.notes, *_wider(frames, given)))
    tables = {name: Released(name, frame, noted, SEAL) for name, frame in frames.items()}
    return Release(tables, pl.concat([new, alone]), audited)


def _wider(frames: Mapping[str, pl.DataFrame], given: Context) -> Iterator[str]:
    """Yield a note when a count of the report lies further from the truth than its pages say of every count."""
    tables = [frames[name] for name in ("released_stock_flow", "released_steps") if name in frames]
    wider = pl.col("grouping").eq("") & pl.col("bound").ge(given.base)
    bounds = [bound for table in tables for bound in table.filter(wider)["bound"]]
    if bounds:
        yield (
            f"Om optellingen te laten kloppen, kan een aantal van een maand in deze uitgave hoogstens {max(bounds)} "
            f"hoger of lager zijn, in plaats van hoogstens {given.base - 1}. Bij de downloads staat het per aantal."
        )


def audited(
    counts: Mapping[str, pl.DataFrame],
    given: Context,
    lines: pl.DataFrame,
    public: pl.DataFrame | None = None,
    withdrawn: Mapping[str, date] = NEVER_OPEN,
) -> Audit:
    """Return how little can be known from these lines of the ledger; arguments and errors as of `release`.

    withdrawn  of groupings that were left out, the first month that is not shown
    """
    return _examined(counts, given, lines.select(*BOOK).filter(~_open(withdrawn)), public).passed()


def _drawn(
    counts: Mapping[str, pl.DataFrame],
    given: Context,
    key: bytes,
    lines: pl.DataFrame,
    left_out: Collection[str],
    reopen: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame],
) -> pl.DataFrame:
    """Return what is added to the book; what is left out gets no other values, and of a grouping no new months."""
    book = newest(lines)
    systems = list(released_systems(counts, given, book, left_out))
    joined(systems)  # refuses months that do not follow each other, before anything is drawn
    reopened = reopen(outdated(systems, book), book).filter(~pl.col("grouping").is_in(list(left_out)))
    new = added(systems, book, key, reopened)
    if STEP not in counts:
        return new
    last, known = months_later(given.provisional_from, -1), pl.concat([lines.select(*BOOK), new])
    return pl.concat([new, year_lines(counts[STEP], last, known, reopened, key, given.base)])


def _examined(
    counts: Mapping[str, pl.DataFrame], given: Context, lines: pl.DataFrame, public: pl.DataFrame | None
) -> Examined:
    """Return what can be known of the counts from these lines; only what is in the lines is looked at of groups."""
    book = newest(lines)
    systems = [*released_systems(counts, given, book, GROUPINGS), *audited_systems(counts, lines, given)]
    everything = aliases(joined(systems))
    of_groups = GROUPS in counts
    inner = crosses(everything, counts[GROUPS], places(counts, given)[0]) if of_groups else NO_CROSSES
    return examine(everything, lines, public, inner)


def _audited(book: pl.DataFrame, audited: Audit, given: Context) -> pl.DataFrame:
    """Return what readers may know of the audit: how many counts there are, how many may be small, the narrowest.

    All of it follows from what is released and from the rule. How many true counts are small is not told, nor a
    narrowest interval wider than the rule asks: with them every cell that is known more precisely would be no small
    count, and a released 0 for certain nobody.
    """
    shown = book.filter(~pl.col("family").is_in([STEP_TOTAL, STARTS]))
    small = (pl.col("value") - pl.col("bound") <= SMALL).sum().cast(pl.Int64)
    asked = given.base - 1
    narrowest = asked if audited.narrowest is None else min(audited.narrowest, asked)
    return shown.select(
        cells=pl.len().cast(pl.Int64), small=small, narrowest=pl.lit(narrowest), rule=pl.lit(given.policy)
    )


def _reopened(
    moved: pl.DataFrame, book: pl.DataFrame, open_from: Mapping[str, date], *, refuse_few: bool
) -> pl.DataFrame:
    """Return the rows of the book that may change: those of open months.

    moved   rows of the book that are further from the present count than their bound, and how far: `moved`
    Raises  DisclosureRefused in a revision of so few moves that it could show one of them.
    """
    if _moves(moved.filter(_open(open_from))) >= LEAST_REVISED:
        return book.filter(_open(open_from))
    if refuse_few:
        raise DisclosureRefused(
            f"Een herziening kan pas als er minstens {LEAST_REVISED} bewegingen anders zijn dan gepubliceerd: "
            "maak het rapport zonder herziening."
        )
    return book.clear()


def _open(open_from: Mapping[str, date]) -> pl.Expr:
    """Tell what is of an open month."""
    first = pl.col("grouping").replace_strict(open_from, default=None, return_dtype=pl.Date)
    return after(first).fill_null(value=False) & ~pl.col("family").is_in(list(ROWS))


def _moves(moved: pl.DataFrame) -> int:
    """Return how many moves came or went: flows between two positions or over the edge of the chain, or steps."""
    start, end, sums = pl.col("from_position"), pl.col("to_position"), [TOTAL, OUTSIDE]
    single = (pl.col("grouping") == "") & (start != end) & ~start.is_in(sums) & ~end.is_in(sums)
    kinds = ((pl.col("family") == STOCK_FLOW) & single, pl.col("family") == STEP_MONTH)
    return max(int(moved.filter(kind)["moved"].abs().sum()) for kind in kinds)
