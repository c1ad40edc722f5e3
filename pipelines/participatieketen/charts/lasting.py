"""Do steps forward last? Both forms beside each other: on the day itself, and every day up to it."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.estimate import caption, subtitle
from participatieketen.charts.figure import Figure
from participatieketen.charts.lasting_drawing import Dot, Panel, drawing
from participatieketen.charts.released import page_id
from participatieketen.readings import Key, Share, shares, title_month

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

MONTHS = (3, 6, 12)
LASTS, ENDED = "blijft", "niet"
FORMS = {
    "a": "Op die dag op dezelfde plek of hoger",
    "b": "Geen dag lager in de tussentijd",
}
TITLES = {
    "a": "{} na een stap vooruit staat {} op dezelfde plek of hoger",
    "b": "Tot {} na een stap vooruit staat {} geen dag lager",
}

Shares = dict[Key, Share]


def lasting_chart(estimate: "Released") -> Figure:
    """Return which part of the steps forward lasted 3, 6 and 12 months, in both forms.

    estimate  of measure blijvend: group (form a or b), outcome, months, x, n
    """
    context, found = estimate.context, shares(estimate, "blijvend")
    table = _table(found, context.base)
    return Figure(
        id=page_id("blijvend", estimate),
        title=_title(found),
        subtitle=subtitle(
            context,
            "Deel van de stappen vooruit, op twee manieren geteld. De streep bij een punt is het bereik.",
            "Alleen stappen die zo lang gevolgd zijn.",
        ),
        description=_description(found, context),
        chart=drawing(tuple(_panel(found, form, context.base) for form in _present(found))),
        table=table,
        caption=caption(
            table,
            context,
            "Wat volgt op een stap vooruit.",
            "Lager: op die dag, of bij de tweede manier op een dag in de tussentijd.",
            "Uit de keten is geen oordeel: ook wie verhuist of overlijdt, hoort daarbij.",
            *_where_nothing_is_seen(context),
            "Apart staan ze er niet: het zijn kleine aantallen die elke maand groeien.",
        ),
    )


def _where_nothing_is_seen(context: "Context") -> list[str]:
    """Return what the chain says that lasting means at positions that no register holds people in."""
    unseen = [place.label for place in context.positions if place.in_sight_days is not None]
    return [note for note in context.notes if f"'{LASTS}'" in note and any(label in note for label in unseen)]


def _share(found: Shares, form: str, outcome: str, months: int) -> Share:
    return found.get((form, "", outcome, months), Share())


def _present(found: Shares) -> list[str]:
    return [form for form in FORMS if any(key[0] == form for key in found)]


def _panel(found: Shares, form: str, base: int) -> Panel:
    return Panel(form, FORMS[form], tuple(_dot(found, form, months, base) for months in MONTHS))


def _dot(found: Shares, form: str, months: int, base: int) -> Dot:
    share = _share(found, form, LASTS, months)
    return Dot(
        dutch.capital(dutch.after(months)), _steps(share.n, base), share.text, share.point, share.lower, share.upper
    )


def _steps(count: int | None, base: int) -> str:
    return f"{words.shown(count, base)} {'stap' if count == 1 else 'stappen'}"


def _table(found: Shares, base: int) -> pl.DataFrame:
    rows = [
        (
            f"{FORMS[form]}, {dutch.after(months)}",
            *(_share(found, form, outcome, months).text for outcome in (LASTS, ENDED)),
            words.shown(_share(found, form, LASTS, months).n, base),
        )
        for form in _present(found)
        for months in MONTHS
    ]
    heads = ("Manier van tellen", "Blijft", "Lager of uit de keten", "Stappen vooruit")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _title(found: Shares) -> str:
    """Return which part of the steps forward lasted a year, by the first form that is shown."""
    for form, title in TITLES.items():
        months = title_month((months, _share(found, form, LASTS, months)) for months in MONTHS)
        if months is not None:
            share = _share(found, form, LASTS, months)
            span = dutch.span(months)
            return title.format(dutch.capital(span) if form == "a" else span, share.about)
    return "Hoe lang mensen na een stap vooruit op die plek of hoger blijven"


def _description(found: Shares, context: "Context") -> str:
    said = [
        f"{FORMS[form]}: "
        + ", ".join(f"{dutch.after(months)} {_share(found, form, LASTS, months).text}" for months in MONTHS)
        for form in _present(found)
    ]
    return words.described(
        context,
        "Puntgrafiek van stappen vooruit die blijven, op twee manieren geteld.",
        *(f"{line}." for line in said),
    )
