"""Who was new at a position beside who came back to it: the first step of both within a year."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.estimate import NEW_THERE, caption, followed_until
from participatieketen.charts.figure import Table
from participatieketen.charts.first_step import NOT_POSSIBLE, possible
from participatieketen.charts.released import ladder, page_id
from participatieketen.readings import DIRECTIONS, Key, Share, ranges_differ, shares

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

YEAR = 12
MEASURES = {"eerste_stap": "nieuw", "eerste_stap_opnieuw": "kwam terug"}
NO_EFFECT = "De twee groepen verschillen ook in andere dingen. De cijfers laten niet zien waardoor dit zo is."

Shares = dict[Key, Share]


def again_table(estimate: "Released") -> Table:
    """Return which part made a first step within a year: of who was new at a position, and of who came back to it.

    estimate  of measures eerste_stap and eerste_stap_opnieuw: position, outcome, months, x, n, followed
    """
    context = estimate.context
    every = {name: shares(estimate, measure) for measure, name in MEASURES.items()}
    places = [place for place in ladder(context) if any(_people(found, place) is not None for found in every.values())]
    rows = [_row(found, place, name, context) for place in places for name, found in every.items()]
    heads = ("Plek", *(f"{dutch.capital(way)} binnen een jaar" for way in DIRECTIONS), "Mensen")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")
    said = caption(
        frame,
        context,
        "De eerste stap van wie nieuw was op een plek, en van wie er eerder was en terugkwam.",
        NEW_THERE,
        NO_EFFECT,
        followed_until(context),
    )
    return Table(page_id("opnieuw", estimate), _title(every, places), said, frame)


def _share(found: Shares, place: "Position", way: str) -> Share:
    return found.get(("", place.code, way, YEAR), Share())


def _people(found: Shares, place: "Position") -> int | None:
    return next((share.n for key, share in found.items() if key[1] == place.code and key[3] == YEAR), None)


def _row(found: Shares, place: "Position", name: str, context: "Context") -> tuple[str, ...]:
    cells = (_share(found, place, way).text if possible(place, way, context) else NOT_POSSIBLE for way in DIRECTIONS)
    return f"{place.label}: {name}", *cells, words.shown(_people(found, place), context.base)


def _title(every: dict[str, Shares], places: "list[Position]") -> str:
    """Return where the two groups certainly differ, else that the differences may be chance."""
    new, back = every.values()
    sides = {
        (place.label, way): ranges_differ(_share(back, place, way), _share(new, place, way))
        for place in places
        for way in DIRECTIONS
    }
    clear = [
        f"{'vaker' if side > 0 else 'minder vaak'} {way} vanuit {label}" for (label, way), side in sides.items() if side
    ]
    if clear:
        return f"Wie terugkwam op een plek, ging {dutch.listed(clear)} dan wie er nieuw was"
    return "Wie nieuw was op een plek en wie er terugkwam: verschillen kunnen toeval zijn"
