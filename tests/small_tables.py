"""Released tables of a made-up month, as small as a test of findings needs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import polars as pl

from participatieketen.disclosure import Context, Position, Released

SEPTEMBER = date(2025, 9, 1)
"""The last month that is not provisional."""

ZWOLLE = (
    Position("bijstand", "Bijstand", 0),
    Position("dagbesteding", "Dagbesteding", 1),
    Position("sociale_cooperatie", "Sociale Coöperatie", 2),
    Position("werk", "Werk", 4),
    Position("verhuisd", "Verhuisd", None),
)
YOUNG = (
    Position("joblessness", "Zonder werk", 0),
    Position("school", "School", 1),
    Position("training", "Opleiding", 1),
    Position("employment", "Werk", 3),
    Position("onbekend", "Onbekend", None),
)
"""A chain with three ranks, two positions at one of them, and no bijstand; rounded to 1."""

ESTIMATE = {
    "measure": pl.String,
    "population": pl.String,
    "gap_days": pl.Int64,
    "group": pl.String,
    "position": pl.String,
    "outcome": pl.String,
    "months": pl.Int64,
    "x": pl.Int64,
    "n": pl.Int64,
    "followed": pl.Int64,
    "base": pl.Int64,
}
GROUP_SHARE = {
    "grouping": pl.String,
    "group_code": pl.String,
    "label": pl.String,
    "direction": pl.String,
    "x": pl.Int64,
    "n": pl.Int64,
    "x_households": pl.Int64,
    "n_households": pl.Int64,
    "base": pl.Int64,
}


@dataclass(frozen=True)
class Stamped:
    """Looks like a released table; only disclosure makes a real one."""

    name: str
    frame: pl.DataFrame
    context: Context


def context(positions: Sequence[Position] = ZWOLLE, *, base: int = 5, peildatum: date = date(2026, 1, 1)) -> Context:
    """Return the context of a release; its last three months are provisional."""
    months = peildatum.year * 12 + peildatum.month - 4
    return Context(
        organisation="Gemeente Fictiedam",
        title="Participatieketen",
        chain="Participatieketen",
        positions=tuple(positions),
        peildatum=peildatum,
        provisional_from=date(months // 12, months % 12 + 1, 1),
        fictional=True,
        base=base,
    )


def released(name: str, columns: Mapping[str, Any], rows: Sequence[tuple[Any, ...]], about: Context | None) -> Released:
    """Return a table as disclosure hands it over."""
    return cast("Released", Stamped(name, pl.DataFrame(rows, schema=dict(columns), orient="row"), about or context()))


def before(month: date, many: int) -> date:
    """Return the first of the month so many months earlier."""
    number = month.year * 12 + month.month - 1 - many
    return date(number // 12, number % 12 + 1, 1)


def stock(persons: Mapping[str, Mapping[date, int]], about: Context | None = None) -> Released:
    """Return persons per position and month."""
    rows = [(month, place, count) for place, counts in persons.items() for month, count in counts.items()]
    return released("stock", {"month": pl.Date, "position": pl.String, "persons": pl.Int64}, rows, about)


def step_month(
    forward: Sequence[int],
    back: Sequence[int],
    about: Context | None = None,
    provisional: Sequence[int] = (900, 900, 900),
) -> Released:
    """Return steps per month: these up to the last settled month, then provisional ones in both directions."""
    about = about or context()
    rows = [
        (before(about.provisional_from, len(series) - place), direction, count)
        for direction, series in (("vooruit", [*forward]), ("terug", [*back]))
        for place, count in enumerate([*series, *provisional])
    ]
    told = [(month, direction, count, month >= about.provisional_from) for month, direction, count in rows]
    columns = {"month": pl.Date, "direction": pl.String, "steps": pl.Int64, "provisional": pl.Boolean}
    return released("step_month", columns, told, about)


Row = tuple[str, str, str, str, float | None, float | None, float | None, int]
"""Measure, group, position, outcome, share, about its range, n; no share when it is hidden."""


def estimate(*rows: Row, about: Context | None = None, gap_days: int = 30) -> Released:
    """Return shares at 12 months, as released counts; all of n were followed so long, of a hidden one nobody."""
    base = (about or context()).base
    told = [
        (
            measure,
            f"{measure}|{group}|{place}",
            gap_days,
            group,
            place,
            outcome,
            12,
            x,
            n,
            n if x is not None else 0,
            base,
        )
        for measure, group, place, outcome, share, _, _, n in rows
        for x in [None if share is None else base * round(share * n / base)]
    ]
    return released("estimate", ESTIMATE, told, about)


def group_share(
    *rows: tuple[str, str, str, int | None, int | None], about: Context | None = None, base: int | None = None
) -> Released:
    """Return shares of groups: grouping, code, direction, n, x; as many households. The label is the code, capital.

    Without n or x the group is too small to be shown.
    """
    own = base or (about or context()).base
    told = [
        (grouping, name, name.capitalize(), way, *((x, n) * 2 if n and x is not None else (own, 40) * 2), own)
        for grouping, name, way, n, x in rows
    ]
    return released("group_share", GROUP_SHARE, told, about)
