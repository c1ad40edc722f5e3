"""Counts -> released tables: rounded so that they add up, audited, and only then shown."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import polars as pl

from participatieketen.disclosure import families
from participatieketen.disclosure.audit import Audit, Examined, examine
from participatieketen.disclosure.families import (
    OUTSIDE,
    STEP,
    STEP_MONTH,
    STEP_TOTAL,
    STEP_YEAR,
    STOCK_FLOW,
    TOTAL,
    YEAR_MATRIX,
    Arcs,
)
from participatieketen.disclosure.groupings import GROUPINGS, aliases, crosses, group_systems
from participatieketen.disclosure.released import SEAL, Context, Released
from participatieketen.disclosure.series import BOOK, added, newest, outdated, values_of
from participatieketen.disclosure.shares import controlled_durations, controlled_group_shares, controlled_shares
from participatieketen.disclosure.systems import NAME, NO_CROSSES, SMALL, System, joined
from participatieketen.errors import DisclosureRefused

ROWS: Mapping[str, Mapping[str, pl.Expr]] = {
    "delivery": {name: pl.lit(name) for name in ("rows", "loaded", "quarantined", "duplicates", "expired")},
    "verdict": {"total": pl.lit(TOTAL), "unexpected": pl.col("rule")},
}
"""Tables about rows of deliveries: their counts, and the name of each count's cell; `rows` is the sum of the others."""

GROUPS = "group_flow"
"""The stock and flow by group."""

GROUP_SHARE = "group_share"

TABLES = (STOCK_FLOW, YEAR_MATRIX, STEP, GROUPS, *ROWS)
"""Every table of counts that can be released."""

FIGURES: Mapping[str, Callable[[pl.DataFrame, int, bytes], pl.DataFrame]] = {
    "estimate": controlled_shares,
    "duration": controlled_durations,
    GROUP_SHARE: controlled_group_shares,
    "published": lambda frame, *_: frame,
    "group_label": lambda frame, *_: frame,
}
"""Every table of figures that can be released, at the resolution of a released count.

What is published is public, and so are the names of groups: those are of the code lists, not of the data.
"""

NEVER_OPEN: Mapping[str, date] = {}

LEAST_REVISED = 10
"""A revision of fewer persons could show one of them."""

_YEAR = 12
_HASH = 12  # digits of the hash of a delivery that tell it from any other
_UNDATED = date(1, 1, 1)  # a delivery without a peildatum


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
    public: pl.DataFrame | None = None,
) -> Release:
    """Return the counts as released tables.

    counts   frames as `moves.counts` returns them, the extract's `delivery` and `verdict`, and if groups are shown
             group_flow: grouping, by_month, month, group, from_position, to_position, persons; figures as in FIGURES.
             Of a grouping that holds by month no stock ties a month to the next
    key      the rounding key
    lines    what was ever released, columns series.BOOK, oldest first
    months   how many months the tables show; all months are rounded and kept, so that the number can change
    open_from  of the report ("") and each grouping, the first month that was provisional in its last release: from
             there on counts that have changed since are rounded anew, when late corrections come to moves enough
    revise   the same of every month; refused when they did not
    public   (figures x 7) counts that anyone can look up elsewhere: the name of a cell, and its persons

    Returns  stock        month, position, persons, provisional; the month of the peildatum included
             stock_flow   month, from_position, to_position, persons, provisional
             year_matrix  from_position, to_position, persons
             step_month   month, direction, steps, provisional
             step_year    from_position, to_position, direction, steps
             delivery, verdict  as given, with their counts rounded
             released_stock_flow, released_steps  every arc and total of the months and of the year: family, grouping,
                          group_code, month, from_position, to_position, persons or steps, base, bound, provisional
             audited      cells, small, narrowest, rule: one row
             Every count is a multiple of the base; sums of counts are the count of the sum.
             A grouping from which a small count can be worked out is left out: it gets no new months, and those that
             were provisional are not shown. When that is so of the report itself, what was released stays as it is.
    Raises   DisclosureRefused: a table without a rule, counts that do not add up, no values that do, or values from
             which a small count can be worked out.
    """
    if unknown := sorted(set(counts) - set(TABLES) - set(FIGURES)):
        raise DisclosureRefused(
            f"Tabel {unknown[0]} heeft geen regel voor vrijgave: beschrijf hem eerst in disclosure."
        )
    left_out: frozenset[str] = frozenset()
    opened = dict.fromkeys(["", *GROUPINGS], date.min) if revise else open_from
    while True:
        new = _drawn(counts, given, key, newest(lines), left_out, partial(_reopened, open_from=opened, revise=revise))
        withdrawn = pl.col("grouping").is_in(left_out - {""}) & _open(opened)
        every = pl.concat([lines.select(*BOOK), new]).filter(~withdrawn)
        examined = _examined(counts, given, every, public)
        refused = examined.groupings - left_out - ({""} if revise else set())
        if not refused:
            break
        left_out |= refused
    audited, book = examined.passed(), newest(every)
    frames = _views(counts, book, given, months) | {"audited": _audited(book, audited, given)}
    known = dict(counts)
    if GROUP_SHARE in counts:
        known[GROUP_SHARE] = _with_stock(counts[GROUP_SHARE], book, given)
    frames |= {name: figures(known[name], given.base, key) for name, figures in FIGURES.items() if name in known}
    noted = replace(given, notes=(*given.notes, *_wider(frames, given)))
    return Release({name: Released(name, frame, noted, SEAL) for name, frame in frames.items()}, new, audited)


def _with_stock(shares: pl.DataFrame, book: pl.DataFrame, given: Context) -> pl.DataFrame:
    """Return the shares with `stock`: the released count of the same people when their year begins, null for none."""
    start = families.later(given.provisional_from, -_YEAR)
    everyone = book.filter(family=STOCK_FLOW, month=start, from_position=TOTAL, to_position=TOTAL)
    name = ["grouping", "group_code"]
    return shares.join(everyone.select(*name, stock="value"), on=name, how="left", maintain_order="left")


def _wider(frames: Mapping[str, pl.DataFrame], given: Context) -> Iterator[str]:
    """Yield a note when a count of the report lies further from the truth than its pages say of every count."""
    tables = [frames[name] for name in ("released_stock_flow", "released_steps") if name in frames]
    wider = pl.col("grouping").eq("") & pl.col("bound").ge(given.base)
    found = [row for table in tables for row in table.filter(wider).select("bound", "family").unique().rows()]
    if found:
        of_a_year = " over een jaar" if {family for _, family in found} <= {YEAR_MATRIX, STEP_YEAR} else ""
        yield (
            f"Om optellingen te laten kloppen, kan een aantal{of_a_year} in deze uitgave hoogstens {max(found)[0]} "
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
    book: pl.DataFrame,
    left_out: Collection[str],
    reopen: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame],
) -> pl.DataFrame:
    """Return what is added to the book; what is left out gets no other values, and of a grouping no new months."""
    systems = list(_systems(counts, given, book, left_out))
    joined(systems)  # refuses months that do not follow each other, before anything is drawn
    reopened = reopen(outdated(systems, book), book).filter(~pl.col("grouping").is_in(list(left_out)))
    return added(systems, book, key, reopened)


def _examined(
    counts: Mapping[str, pl.DataFrame], given: Context, lines: pl.DataFrame, public: pl.DataFrame | None
) -> Examined:
    """Return what can be known of the counts from these lines; only what is in the lines is looked at of groups."""
    book = newest(lines)
    systems = [*_systems(counts, given, book, GROUPINGS), *_unreleased(counts, lines, given)]
    everything = aliases(joined(systems))
    of_groups = GROUPS in counts
    inner = crosses(everything, counts[GROUPS], _places(counts, given)[0]) if of_groups else NO_CROSSES
    return examine(everything, lines, public, inner)


def _audited(book: pl.DataFrame, audited: Audit, given: Context) -> pl.DataFrame:
    """Return what readers may know of the audit: how many counts there are, how many may be small, the narrowest.

    All of it follows from what is released and from the rule. How many true counts are small is not told, nor a
    narrowest interval wider than the rule asks: with them every cell that is known more precisely would be no small
    count, and a released 0 for certain nobody.
    """
    shown = book.filter(pl.col("family") != STEP_TOTAL)
    small = (pl.col("value") - pl.col("bound") <= SMALL).sum().cast(pl.Int64)
    asked = given.base - 1
    narrowest = asked if audited.narrowest is None else min(audited.narrowest, asked)
    return shown.select(
        cells=pl.len().cast(pl.Int64), small=small, narrowest=pl.lit(narrowest), rule=pl.lit(given.policy)
    )


def _reopened(moved: pl.DataFrame, book: pl.DataFrame, open_from: Mapping[str, date], *, revise: bool) -> pl.DataFrame:
    """Return the rows of the book that may change: of open months, and of a delivery with another contract since.

    moved   rows of the book that are further from the present count than their bound, and how far: `moved`
    Raises  DisclosureRefused in a revision of so few moves that it could show one of them.
    """
    rows = moved.filter(pl.col("family").is_in(list(ROWS))).select(*BOOK)
    if _moves(moved.filter(_open(open_from))) >= LEAST_REVISED:
        return pl.concat([rows, book.filter(_open(open_from))])
    if revise:
        raise DisclosureRefused(
            f"Een herziening kan pas als er minstens {LEAST_REVISED} bewegingen anders zijn dan gepubliceerd: "
            "maak het rapport zonder herziening."
        )
    return rows


def _open(open_from: Mapping[str, date]) -> pl.Expr:
    """Tell what is of an open month."""
    first = pl.col("grouping").replace_strict(open_from, default=None, return_dtype=pl.Date)
    return _after(first).fill_null(value=False) & ~pl.col("family").is_in(list(ROWS))


def _after(first: pl.Expr) -> pl.Expr:
    """Tell what is of this month or later; who stands where at its beginning is the end of the month before."""
    flow = pl.col("family") == STOCK_FLOW
    stock = flow & (pl.col("to_position") == TOTAL) & (pl.col("from_position") != OUTSIDE)
    year = pl.col("family") == YEAR_MATRIX
    return (pl.col("month") > first) | ((pl.col("month") == first) & ~stock & ~year)


def _moves(moved: pl.DataFrame) -> int:
    """Return how many moves came or went: flows between two positions or over the edge of the chain, or steps."""
    start, end, sums = pl.col("from_position"), pl.col("to_position"), [TOTAL, OUTSIDE]
    single = (pl.col("grouping") == "") & (start != end) & ~start.is_in(sums) & ~end.is_in(sums)
    kinds = ((pl.col("family") == STOCK_FLOW) & single, pl.col("family") == STEP_MONTH)
    return max(int(moved.filter(kind)["moved"].abs().sum()) for kind in kinds)


def _systems(
    counts: Mapping[str, pl.DataFrame], given: Context, book: pl.DataFrame, left_out: Collection[str] = ()
) -> Iterator[System]:
    """Yield what has to add up, in the order in which it is rounded; of what is left out only what is in the book."""
    if STOCK_FLOW in counts:
        yield from _flows(counts, given)
    if GROUPS in counts:
        inside, pairs = _places(counts, given)
        yield from group_systems(counts[GROUPS], pairs, inside, book, given.base, left_out)
    if STEP in counts:
        yield from _steps(counts[STEP], given)
    for name in ROWS:
        if name in counts:
            yield from _row_systems(name, counts, given.base)


def _flows(counts: Mapping[str, pl.DataFrame], given: Context) -> Iterator[System]:
    layout, months = _layout(counts, given), families.months_of(counts[STOCK_FLOW])
    for month in months:
        yield _flow(counts, STOCK_FLOW, layout, (month, month, families.later(month, 1)), given.base)
    if _year_before(given.settled_on) in months:
        yield _year_flow(counts, layout, given.settled_on, given.base)


def _year_flow(counts: Mapping[str, pl.DataFrame], layout: Arcs, census: date, base: int) -> System:
    return _flow(counts, YEAR_MATRIX, layout, (census, _year_before(census), census), base)


def _flow(
    counts: Mapping[str, pl.DataFrame], family: str, layout: Arcs, days: tuple[date, date, date], base: int
) -> System:
    persons = families.grid(counts[family].with_columns(group=pl.lit(TOTAL)), [days[0]], layout.flows, [TOTAL])
    return families.flow_system(layout, persons[0, 0], family, days, base)


def _layout(counts: Mapping[str, pl.DataFrame], given: Context) -> Arcs:
    inside, pairs = _places(counts, given)
    return families.arcs(pairs, inside)


def _year_before(day: date) -> date:
    return families.later(day, -_YEAR)


def _places(counts: Mapping[str, pl.DataFrame], given: Context) -> tuple[list[str], list[families.Pair]]:
    """Return the positions of the chain, and the pairs of positions that can occur."""
    pairs = (
        counts[YEAR_MATRIX].select(pl.col("from_position", "to_position").cast(pl.String)).unique(maintain_order=True)
    )
    return [position.code for position in given.positions if position.rank is not None], pairs.rows()


def _steps(step: pl.DataFrame, given: Context) -> Iterator[System]:
    months, last = families.months_of(step), families.later(given.provisional_from, -1)
    for month in months:
        yield families.step_system(step, month, given.base)
    if families.later(last, 1 - _YEAR) in months:
        yield families.year_system(step, last, given.base)


def _unreleased(counts: Mapping[str, pl.DataFrame], lines: pl.DataFrame, given: Context) -> Iterator[System]:
    """Yield what else a reader of all reports can think up: the tables of their years, and each month's steps by arc.

    The table of a year is left out when its months are no longer known, or not yet.
    """
    if STOCK_FLOW in counts:
        layout, months = _layout(counts, given), families.months_of(counts[STOCK_FLOW])
        for census in sorted({*_told(lines, YEAR_MATRIX)} & {*counts[YEAR_MATRIX]["month"]}):
            if _year_before(census) in months:
                yield _year_flow(counts, layout, census, given.base)
    if STEP in counts:
        months = families.months_of(counts[STEP])
        ends = [end for end in _told(lines, STEP_YEAR) if end in months and families.later(end, 1 - _YEAR) in months]
        yield families.arc_system(counts[STEP], ends, given.base)


def _told(lines: pl.DataFrame, family: str) -> list[date]:
    """Return the months of which there was ever a table of the year."""
    return list(lines.filter(pl.col("family") == family)["month"].unique().sort())


def _row_systems(name: str, counts: Mapping[str, pl.DataFrame], base: int) -> Iterator[System]:
    """Yield the counts of each delivery; of all checks of a delivery the rows checked are one count, drawn once."""
    parts = [
        _labelled(name, counts).select("label", "month", cell=cell, count=pl.col(count).cast(pl.Int64))
        for count, cell in ROWS[name].items()
    ]
    for (label, month), rows in pl.concat(parts).group_by("label", "month", maintain_order=True):
        counted = dict(rows.select("cell", "count").iter_rows())
        yield families.row_system(name, (str(label), month), counted, "rows" if name == "delivery" else "", base)


def _labelled(name: str, counts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the rows with the delivery they are about: `label`, with its hash, and `month`."""
    about = counts["delivery"].select(
        about="source",
        label=pl.concat_str("source", pl.col("sha256").str.head(_HASH), separator="/"),
        month=pl.col("peildatum").cast(pl.Date).dt.month_start(),
    )
    key = "source" if name == "delivery" else "contract"
    return (
        counts[name]
        .join(about, left_on=key, right_on="about", how="left", maintain_order="left")
        .with_columns(pl.col("label").fill_null(pl.col(key)), pl.col("month").fill_null(_UNDATED))
    )


def _views(
    counts: Mapping[str, pl.DataFrame], book: pl.DataFrame, given: Context, months: int
) -> dict[str, pl.DataFrame]:
    """Return the tables that readers use, and every arc that they come from."""
    shown = book.with_columns(provisional=_after(pl.lit(given.provisional_from)))
    return (
        (_flow_views(shown, given, months) if STOCK_FLOW in counts else {})
        | (_step_views(shown, counts[STEP], given, months) if STEP in counts else {})
        | {name: _row_view(name, counts, book) for name in ROWS if name in counts}
    )


def _flow_views(book: pl.DataFrame, given: Context, months: int) -> dict[str, pl.DataFrame]:
    """Return stock, stock_flow, year_matrix and released_stock_flow."""
    census = given.peildatum.replace(day=1)
    first = families.later(census, -months)
    of_month = (pl.col("family") == STOCK_FLOW) & pl.col("month").is_between(first, census)
    of_year = (pl.col("family") == YEAR_MATRIX) & (pl.col("month") == given.settled_on)
    arcs = book.filter(of_month | of_year).rename({"value": "persons"})
    total = pl.col("from_position").is_in([TOTAL, OUTSIDE]) | pl.col("to_position").is_in([TOTAL, OUTSIDE])
    flow, year = (
        arcs.filter(pl.col("family") == family, pl.col("grouping") == "", ~total)
        for family in (STOCK_FLOW, YEAR_MATRIX)
    )
    stock = arcs.filter(
        pl.col("grouping") == "", pl.col("to_position") == TOTAL, ~pl.col("from_position").is_in([TOTAL, OUTSIDE])
    )
    pair = ["from_position", "to_position"]
    return {
        "stock": stock.select("month", pl.col("from_position").alias("position"), "persons", "provisional"),
        STOCK_FLOW: flow.select("month", *pair, "persons", "provisional"),
        YEAR_MATRIX: year.select(*pair, "persons"),
        "released_stock_flow": arcs.select(*NAME, "persons", "base", "bound", "provisional"),
    }


def _step_views(book: pl.DataFrame, step: pl.DataFrame, given: Context, months: int) -> dict[str, pl.DataFrame]:
    """Return step_month, step_year and released_steps."""
    end = (given.peildatum + timedelta(days=1)).replace(day=1)
    first, last = families.later(end, -months), families.later(end, -1)
    settled = families.later(given.provisional_from, -1)
    of_month = (pl.col("family") == STEP_MONTH) & pl.col("month").is_between(first, last)
    of_year = (pl.col("family") == STEP_YEAR) & (pl.col("month") == settled)
    arcs = book.filter(of_month | of_year).rename({"value": "steps"})
    by_month = arcs.filter(pl.col("family") == STEP_MONTH)
    pair = ["from_position", "to_position"]
    directions = step.select(pl.col(*pair).cast(pl.String), "direction").unique(maintain_order=True)
    year = directions.join(arcs.filter(pl.col("family") == STEP_YEAR), on=pair, maintain_order="left")
    return {
        STEP_MONTH: by_month.select("month", pl.col("from_position").alias("direction"), "steps", "provisional"),
        STEP_YEAR: year.select(*pair, "direction", "steps"),
        "released_steps": arcs.select(*NAME, "steps", "base", "bound", "provisional"),
    }


def _row_view(name: str, counts: Mapping[str, pl.DataFrame], book: pl.DataFrame) -> pl.DataFrame:
    """Return the table with its counts as they were released."""
    rows = _labelled(name, counts)
    cells: dict[str, pl.Expr] = {
        "family": pl.lit(name),
        "grouping": pl.lit(""),
        "group_code": pl.col("label"),
        "to_position": pl.lit(TOTAL),
    }
    found = {
        count: values_of(rows.select("month", from_position=cell, **cells).select(NAME), book)
        for count, cell in ROWS[name].items()
    }
    return counts[name].with_columns(**found)
