"""Who goes forward from the same lower position: those who came there by a step back beside those who came new."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.estimate import NEW_FROM_OUTSIDE, caption, subtitle
from participatieketen.charts.figure import Figure
from participatieketen.charts.lasting_drawing import Dot, Panel, drawing
from participatieketen.charts.released import ladder, page_id
from participatieketen.readings import Key, Share, ranges_differ, shares, title_month

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

MONTHS = (3, 6, 12, 24)
FORWARD = "vooruit"
GROUPS = {"terug": "Kwam met een stap terug", "nieuw": "Kwam er nieuw"}
SHAPES = {"terug": "a", "nieuw": "b"}
NO_EFFECT = "De twee groepen verschillen ook in andere dingen. De cijfers laten niet zien wat een stap terug doet."
NEUTRAL = "Wie gaat weer vooruit: na een stap terug, en nieuw op dezelfde plek"

Shares = dict[Key, Share]


def after_step_back(estimate: "Released") -> Figure:
    """Return which part goes forward from a position: of those who stepped back to it, and of those who came new.

    estimate  of measure na_terugstap: group (terug, nieuw), position, outcome vooruit, months, x, n, followed
    """
    context, every = estimate.context, shares(estimate, "na_terugstap")
    places = _shown(every, context)
    table = _table(every, places, context.base)
    return Figure(
        id=page_id("naterugstap", estimate),
        title=_title(every, places),
        subtitle=subtitle(
            context,
            "Deel van de mensen dat een stap vooruit zette, geteld vanaf de dag dat zij op de plek kwamen.",
            f"De punten zijn die {dutch.after(_at(every) or MONTHS[0])}. De streep is het bereik." if places else "",
        ),
        description=_description(every, places, context),
        chart=drawing(tuple(_panel(every, group, places, context.base) for group in GROUPS) if places else ()),
        table=table,
        caption=caption(
            table,
            context,
            "Mensen op dezelfde plek: wie er met een stap terug kwam, naast wie er nieuw kwam.",
            NEW_FROM_OUTSIDE,
            words.sight_ends(context),
            NO_EFFECT,
        ),
    )


def _share(every: Shares, group: str, place: str, months: int) -> Share:
    return every.get((group, place, FORWARD, months), Share())


def _shown(every: Shares, context: "Context") -> list["Position"]:
    """Return the positions of which both groups have something to show."""
    return [
        place
        for place in ladder(context)
        if all(any(_share(every, group, place.code, months).shown for months in MONTHS) for group in GROUPS)
    ]


def _at(every: Shares) -> int | None:
    """Return the months that the title is about, and so the drawing."""
    return title_month((key[3], share) for key, share in every.items())


def _panel(every: Shares, group: str, places: list["Position"], base: int) -> Panel:
    at = _at(every) or MONTHS[0]
    dots = [(place, _share(every, group, place.code, at)) for place in places]
    return Panel(
        SHAPES[group],
        GROUPS[group],
        tuple(
            Dot(place.label, words.people(share.n, base), share.text, share.point, share.lower, share.upper)
            for place, share in dots
        ),
    )


def _table(every: Shares, places: list["Position"], base: int) -> pl.DataFrame:
    rows = [
        (
            f"{place.label}: {GROUPS[group].lower()}",
            *(_share(every, group, place.code, months).text for months in MONTHS),
            words.shown(_share(every, group, place.code, MONTHS[0]).n, base),
        )
        for place in places
        for group in GROUPS
    ]
    heads = ("Plek", *(f"Vooruit binnen {dutch.span(months)}" for months in MONTHS), "Mensen")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _title(every: Shares, places: list["Position"]) -> str:
    """Return where the two groups certainly differ, else that all differences may be chance."""
    at = _at(every)
    if at is None or not places:
        return NEUTRAL
    sides = {
        place.label: ranges_differ(*(_share(every, group, place.code, at) for group in GROUPS)) for place in places
    }
    clear = [
        f"vanuit {dutch.listed(where)} {often} na een stap terug dan wie er nieuw kwam"
        for side, often in ((1, "vaker"), (-1, "minder vaak"))
        if (where := [label for label, other in sides.items() if other == side])
    ]
    within = dutch.capital(f"binnen {dutch.span(at)}")
    if clear:
        return f"{within} vooruit: {' en '.join(clear)}"
    return f"{within} vooruit, na een stap terug of nieuw op dezelfde plek: het verschil kan toeval zijn"


def _description(every: Shares, places: list["Position"], context: "Context") -> str:
    at = _at(every) or MONTHS[0]
    lines = [
        f"{place.label}, {name.lower()}: {dutch.after(at)} {_share(every, group, place.code, at).text}."
        for place in places
        for group, name in GROUPS.items()
    ]
    return words.described(
        context,
        "Puntgrafiek van wie vooruit gaat vanaf dezelfde plek, na een stap terug en nieuw.",
        *lines,
        NO_EFFECT,
    )
