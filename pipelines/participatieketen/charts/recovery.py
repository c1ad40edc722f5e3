"""What follows a step back: who is back at the former position or higher."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.estimate import OUTSIDE, caption, subtitle
from participatieketen.charts.figure import Figure
from participatieketen.charts.recovery_drawing import Group, Point, drawing
from participatieketen.charts.released import page_id
from participatieketen.readings import Key, Share, shares, title_month

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

MONTHS = (3, 6, 12, 24)
LEVEL, LOWER = "op_niveau", "lager"
STEPPED = "stap_terug"
GROUP, REACHED = "Na een stap terug", "weer op de oude plek of hoger"

Shares = dict[Key, Share]


def recovery_chart(estimate: "Released") -> Figure:
    """Return which part is at the former position or higher 3, 6, 12 and 24 months after the first step back.

    estimate  of measure herstel: group, outcome, months, x, n, followed
    """
    context, found = estimate.context, shares(estimate, "herstel")
    table = _table(found, context.base)
    return Figure(
        id=page_id("herstel", estimate),
        title=_title(found),
        subtitle=subtitle(
            context,
            "Deel van de mensen dat na hun eerste stap terug weer op de oude plek of hoger staat.",
            "De streep bij een punt is het bereik.",
        ),
        description=_description(found, context),
        chart=drawing(_groups(found, context.base)),
        table=table,
        caption=caption(
            table,
            context,
            "Waar mensen staan na hun eerste stap terug.",
            "Uit de keten is geen oordeel: ook wie verhuist of overlijdt, hoort daarbij.",
        ),
    )


def _share(found: Shares, group: str, outcome: str, months: int) -> Share:
    return found.get((group, "", outcome, months), Share())


def _groups(found: Shares, base: int) -> tuple[Group, ...]:
    """Return who stepped back as the one group of the drawing; none when nobody did."""
    if not found:
        return ()
    level = {months: _share(found, STEPPED, LEVEL, months) for months in MONTHS}
    points = tuple(
        Point(months, share.point, share.lower, share.upper, share.figure) for months, share in level.items()
    )
    followed = {months: words.shown(share.followed, base) for months, share in level.items() if share.shown}
    return (Group(GROUP, REACHED, points, {0: _people(found, STEPPED, base)} | followed, stepped_back=True),)


def _people(found: Shares, group: str, base: int) -> str:
    """Return how many people the group is, as shown; the same number at all months."""
    counts = [share.n for (name, *_), share in found.items() if name == group and share.n is not None]
    return words.shown(max(counts, default=None), base)


def _table(found: Shares, base: int) -> pl.DataFrame:
    rows = [
        (
            f"{GROUP}, {dutch.span(months)} later",
            *(_share(found, STEPPED, outcome, months).text for outcome in (LEVEL, LOWER, OUTSIDE)),
            _people(found, STEPPED, base),
            words.shown(_share(found, STEPPED, LEVEL, months).followed, base),
        )
        for months in MONTHS
        if found
    ]
    heads = ("Groep", "Op de oude plek of hoger", "Lager", "Uit de keten", "Mensen", "Zo lang gevolgd")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _title(found: Shares) -> str:
    """Return which part is back after a year, with its range; nothing about the comparison, which is no effect."""
    months = title_month((months, _share(found, STEPPED, LEVEL, months)) for months in MONTHS)
    if months is None:
        return "Waar mensen staan na een stap terug"
    back = _share(found, STEPPED, LEVEL, months).stated
    return f"{dutch.capital(dutch.after(months))} is {back} terug op de oude plek of hoger"


def _description(found: Shares, context: "Context") -> str:
    level = {months: _share(found, STEPPED, LEVEL, months).text for months in MONTHS}
    return words.described(
        context,
        "Puntgrafiek van het deel van de mensen dat op de oude plek of hoger staat.",
        f"{GROUP}, {REACHED}: {', '.join(f'{dutch.after(months)} {text}' for months, text in level.items())}."
        if found
        else "",
    )
