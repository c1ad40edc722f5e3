"""Where people are so many months after they entered the chain: at a position, or out of the chain again."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.estimate import NEW_IN_CHAIN, OUTSIDE, caption, subtitle
from participatieketen.charts.figure import Figure
from participatieketen.charts.occupancy_drawing import Column, drawing
from participatieketen.charts.released import ladder, page_id
from participatieketen.readings import Key, Share, ranges_differ, shares, title_month

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

MONTHS = (1, 6, 12, 18, 24)
OUT = "Uit de keten"
LEAST_STACKED = 0.9
"""Of a column so much must be points; what is too few people for a point has no height in it."""

Shares = dict[Key, Share]


def occupancy_chart(estimate: "Released") -> Figure:
    """Return where people are 1, 6, 12, 18 and 24 months after they entered the chain.

    estimate  of measure bezetting: outcome (a position, or buiten), months, x, n, followed
    """
    context, found = estimate.context, shares(estimate, "bezetting")
    places = _places(context)
    table = _table(found, places, context.base)
    return Figure(
        id=page_id("bezetting", estimate),
        title=_title(found, places),
        subtitle=subtitle(
            context,
            "Deel van de mensen op elke plek, zo veel maanden na hun start in de keten. Van onder naar boven: lage "
            "naar hoge plek, daarboven uit de keten.",
        ),
        description=_description(found, places, context),
        chart=drawing(_columns(found, places, context.base), tuple(places.values())),
        table=table,
        caption=caption(
            table,
            context,
            "Waar mensen staan die nieuw in de keten kwamen.",
            NEW_IN_CHAIN,
            words.sight_ends(context),
            "Uit de keten is geen oordeel: ook wie verhuist of overlijdt, hoort daarbij.",
            "Percentages zijn afgerond en tellen soms niet op tot 100%.",
        ),
    )


def _places(context: "Context") -> dict[str, str]:
    """Return outcome to label, from low to high, what is outside last."""
    return {place.code: place.label for place in ladder(context)} | {OUTSIDE: OUT}


def _share(found: Shares, code: str, months: int) -> Share:
    return found.get(("", "", code, months), Share())


def _columns(found: Shares, places: dict[str, str], base: int) -> tuple[Column, ...]:
    return tuple(_column(found, places, months, base) for months in MONTHS) if found else ()


def _column(found: Shares, places: dict[str, str], months: int, base: int) -> Column:
    """Return one column; without parts when one is hidden, or much of it is no point: they do not stack."""
    parts = [_share(found, code, months) for code in places]
    stacks = all(share.shown for share in parts) and sum(share.point or 0.0 for share in parts) >= LEAST_STACKED
    return Column(
        months,
        tuple((share.point or 0.0, share.figure) for share in parts) if stacks else (),
        words.shown(parts[0].followed, base),
    )


def _table(found: Shares, places: dict[str, str], base: int) -> pl.DataFrame:
    rows = [
        (
            dutch.after(months),
            *(_share(found, code, months).text for code in places),
            words.shown(_share(found, OUTSIDE, months).followed, base),
        )
        for months in MONTHS
        if found
    ]
    heads = ("Moment", *map(dutch.capital, places.values()), "Mensen, zo lang gevolgd")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _title(found: Shares, places: dict[str, str]) -> str:
    """Return where the largest part is after a year, and whether it is certainly the largest."""
    months = title_month((key[3], share) for key, share in found.items() if key[3] in MONTHS)
    if months is None:
        return "Waar mensen staan in de eerste twee jaar na hun start in de keten"
    every = {code: _share(found, code, months) for code in places}
    most = max(every, key=lambda code: every[code].point or 0.0)
    shown = [share for share in every.values() if share.shown]
    when = f"{dutch.capital(dutch.span(months))} na de start in de keten"
    if every[most].point is None or sum(ranges_differ(every[most], share) == 0 for share in shown) > 1:
        return f"{when} is geen plek duidelijk de grootste"
    said = f"{when} {'is' if most == OUTSIDE else 'staat'} {every[most].about}"
    return f"{said} uit de keten" if most == OUTSIDE else f"{said} op de plek {places[most]}"


def _description(found: Shares, places: dict[str, str], context: "Context") -> str:
    when = title_month((months, _share(found, OUTSIDE, months)) for months in MONTHS)
    said = [f"{label} {_share(found, code, when).text}" for code, label in places.items()] if when else []
    return words.described(
        context,
        "Gestapelde kolommen: waar mensen staan na hun start in de keten.",
        f"{dutch.capital(dutch.after(when))}: {'; '.join(said)}." if when else "",
    )
