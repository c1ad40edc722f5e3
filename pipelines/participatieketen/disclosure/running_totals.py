"""Totals since observation began: each month a cell of its own, which grows as the tables of that month do.

Two reports tell by how much a total grew. Were a total drawn by itself, that would be a second number of people who are
in the tables of the months between, and two numbers of one count narrow it. So a total follows its draw as far as
`growth` allows; what it says of those months, their tables have said.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate, product

import polars as pl

from participatieketen.disclosure.counted import places
from participatieketen.disclosure.families import STEP, STOCK_FLOW, TOTAL, months_of
from participatieketen.disclosure.growth import EVERY_STEP, PART_OF, Tables, Total
from participatieketen.disclosure.released import Context
from participatieketen.disclosure.singly import Draw, cell_name, cells, draw, rounded

STARTS = "starts"
"""The family of what a total grows by in a month, and the table of how many really joined. Neither is ever shown."""

RUNNING = ("verblijf", *PART_OF, "instroom", "eerste_stap_terug", "uitstroom_bijstand")
"""Populations that only grow, in the order in which their totals are made."""

RARE = (("aansluitend", "1+"), ("blijvend", "niet"), ("weerslag", "vooruit"), ("weerslag", "terug"))
"""Measures of steps that were all followed, and the outcome of each that is counted; the other one is what is left."""

_NAME = ["population", "position", "outcome"]
_COLUMNS = {
    **dict.fromkeys(_NAME, pl.String()),
    "month": pl.Date(),
    **dict.fromkeys(("truth", "value", "total", "base", "gap_days", "back"), pl.Int64()),
}
NO_TOTALS = pl.DataFrame(schema=_COLUMNS)

Rows = Sequence[tuple[Total, Sequence[int], Sequence[int]]]


def running_totals(
    counts: Mapping[str, pl.DataFrame], given: Context, last: date, book: pl.DataFrame, key: bytes
) -> pl.DataFrame:
    """Return the totals that estimates are of, month by month.

    counts   estimate, and starts as `estimates.populations.starts` returns it; stock_flow, year_matrix and step
    last     the last month that counts in estimates
    book     what was released, this release's flows and steps included; what a total once grew by in a month, stays
    Returns  (names x months, 9)  population, position, outcome ("" for everyone), month; truth and value: how many
             joined in it, and by how much the total grew; total: value, summed up; base, gap_days (the chain's), and
             back: how many months the month lies before the last. Without tables there is none.
    """
    if STARTS not in counts or STEP not in counts or STOCK_FLOW not in counts:
        return NO_TOTALS
    months = [month for month in months_of(counts[STEP]) if month <= last]
    tables = _tables(counts, given, book, months)
    counted = list(_counted(counts, months, given.base, key))
    growth = {name: tables.growth(*name[:2]) for name, _, _ in counted}
    grown = _grown_before(book, months)
    aims = {name: drawn for name, _, drawn in counted}
    totals: dict[Total, list[int]] = {name: [0] for name in growth}
    for month, name in product(range(1, len(months) + 1), growth):
        grew = grown.get(name, {}).get(month)
        if grew is not None:
            totals[name].append(totals[name][-1] + grew)
        elif month <= len(aims[name]):
            aim = min(aims[name][month - 1], _room(name, totals))
            totals[name].append(growth[name].total(totals[name], aim, given.base))
    rows = [(name, truth, totals[name]) for name, truth, _ in counted]
    return _framed([*rows, *_steps(counts[STEP], tables)], months, given)


def _room(name: Total, totals: Mapping[Total, list[int]]) -> float:
    """Return how large a total can be beside the totals that it is a part of, and the other part of each."""
    population, position, _ = name
    return min(
        (
            totals[whole, position, ""][-1] - totals.get((other, position, ""), [0])[-1]
            for whole, other in PART_OF.get(population, ())
        ),
        default=math.inf,
    )


def _tables(counts: Mapping[str, pl.DataFrame], given: Context, book: pl.DataFrame, months: Sequence[date]) -> Tables:
    inside, pairs = places(counts, given)
    never = {start for start, _ in pairs} - {end for _, end in pairs}
    ways: dict[str, set[str]] = {position: set() for position in inside}
    for end, way in counts[STEP].select(pl.col("to_position", "direction").cast(pl.String)).unique().iter_rows():
        ways.setdefault(end, set()).add(way)
    return Tables(book.filter(grouping=""), months, inside, never, ways, given.base)


def _counted(
    counts: Mapping[str, pl.DataFrame], months: Sequence[date], base: int, key: bytes
) -> Iterator[tuple[Total, list[int], list[int]]]:
    """Yield each total, how many joined in each month, and what the total is rounded to by its draw.

    An outcome so many months later is known of the months that lie so far back, and so its total ends there.
    """
    estimate = counts["estimate"]
    rare = pl.any_horizontal(pl.col("measure").eq(measure) & pl.col("outcome").eq(rare) for measure, rare in RARE)
    everyone = estimate.filter(pl.col("population").is_in(RUNNING)).select(*_NAME[:2], outcome=pl.lit(""))
    outcomes = estimate.filter(rare).select(*_NAME[:2], outcome=outcome_name())
    place = pl.col("population").replace_strict({name: at for at, name in enumerate(RUNNING)}, default=len(RUNNING))
    names = pl.concat([everyone, outcomes]).unique(maintain_order=True).sort(place, maintain_order=True)
    every = names.join(pl.DataFrame({"month": months}, schema={"month": pl.Date}), how="cross", maintain_order="left")
    joined = every.join(counts[STARTS], on=[*_NAME, "month"], how="left", maintain_order="left").with_columns(
        pl.col("starts").fill_null(0)
    )
    summed = joined.with_columns(total=pl.col("starts").cum_sum().over(_NAME))
    aimed = summed.with_columns(aim=rounded(pl.col("total"), draw_of_position(summed, key), base, base))
    for (population, position, outcome), rows in aimed.group_by(_NAME, maintain_order=True):
        later = int(str(outcome).rpartition("/")[2] or 0)
        known = rows.head(max(0, len(months) - later))
        yield (str(population), str(position), str(outcome)), known["starts"].to_list(), known["aim"].to_list()


def _steps(step: pl.DataFrame, tables: Tables) -> Iterator[tuple[Total, list[int], list[int]]]:
    """Yield the totals of all steps in a direction: released months, summed up."""
    steps = step.group_by("month", pl.col("direction").cast(pl.String)).agg(pl.col("steps").sum())
    true = {(direction, month): steps_ for month, direction, steps_ in steps.iter_rows()}
    for population, direction in EVERY_STEP.items():
        truth = [true.get((direction, month), 0) for month in tables.months]
        yield (population, "", ""), truth, [0, *accumulate(tables.steps(direction))]


def _grown_before(book: pl.DataFrame, months: Sequence[date]) -> dict[Total, dict[int, int]]:
    """Return what totals grew by in the months that are in the book, by number of the month."""
    number = {month: at for at, month in enumerate(months, 1)}
    grown: dict[Total, dict[int, int]] = {}
    lines = book.filter(pl.col("month").is_in(months), family=STARTS)
    for named, outcome, month, value in lines.select("from_position", "to_position", "month", "value").iter_rows():
        population, _, position = named.split("/")
        grown.setdefault((population, position, "" if outcome == TOTAL else outcome), {})[number[month]] = value
    return grown


def _framed(rows: Rows, months: Sequence[date], given: Context) -> pl.DataFrame:
    made = [
        (*name, month, truth[at], until[at + 1] - until[at], until[at + 1], given.base, given.gap_days, back)
        for name, truth, until in rows
        for at, (month, back) in enumerate(zip(months[: len(truth)], reversed(range(len(months))), strict=False))
    ]
    return pl.DataFrame(made, schema=_COLUMNS, orient="row")


def draw_of_position(frame: pl.DataFrame, key: bytes) -> Draw:
    """Return the draw that all counts of people of a position have in common."""
    return draw(frame, "people", ["position"], key)


def outcome_name() -> pl.Expr:
    """Return the name of the outcome of a row of `estimate`, as starts have it."""
    return pl.concat_str("measure", "group", "outcome", "months", separator="/")


def start_cells(totals: pl.DataFrame) -> pl.DataFrame:
    """Return the cells (columns CELL) of what each total grew by; steps are cells of their own table."""
    own = totals.filter(~(pl.col("population").is_in([*EVERY_STEP]) & pl.col("outcome").eq("")))
    name = cell_name(
        STARTS,
        month=pl.col("month"),
        from_position=pl.concat_str("population", "gap_days", "position", separator="/"),
        to_position=pl.when(pl.col("outcome") == "").then(pl.lit(TOTAL)).otherwise("outcome"),
    )
    return cells(own, name, "truth", "value")
