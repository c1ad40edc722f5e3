"""The first step after entry into a position: forward or back, and after how many months."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.estimate import NEW_THERE, caption, subtitle
from participatieketen.charts.figure import Figure
from participatieketen.charts.first_step_drawing import Curve, Panel, drawing
from participatieketen.charts.released import ladder, page_id
from participatieketen.readings import Key, Share, ranges_differ, shares, title_month, wording

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

MONTHS = tuple(range(25))
FOLLOWED_MONTHS = (0, 6, 12, 18, 24)
FORWARD, BACK = "vooruit", "terug"
DIRECTIONS = (FORWARD, BACK)
NOT_POSSIBLE = "kan niet"
MOST_NAMED = 2
"""A title names at most so many positions that cannot be told apart; with more there is no finding."""

LEAST_JUMP = 0.1
"""A line jumps in a month when it goes up so much, and the ranges before and after do not touch."""

NEUTRAL = "De eerste stap na de start op een plek: vooruit of terug"

Shares = dict[Key, Share]
Positions = tuple["Position", ...]


def first_step_chart(estimate: "Released") -> Figure:
    """Return which part has made a first step forward, or back, by each month since entry into a position.

    estimate  of measure eerste_stap: position, outcome, months, x, n, followed; a direction that a
              position does not have (back from the lowest, forward from the highest) has no rows
    """
    context, found = estimate.context, shares(estimate, "eerste_stap")
    places = ladder(context)
    table = _table(found, places, context)
    return Figure(
        id=page_id("eerstestap", estimate),
        title=_title(found, places),
        subtitle=_subtitle(found, places, context),
        description=_description(found, places, context),
        chart=drawing(_panels(found, places, context), _at(found)),
        table=table,
        caption=caption(
            table,
            context,
            "De eerste stap van mensen die nieuw zijn op een plek.",
            NEW_THERE,
            "Wie geen stap zette, staat er nog, ging opzij of ging uit de keten.",
            words.sight_ends(context),
        ),
    )


def possible(place: "Position", direction: str, context: "Context") -> bool:
    """Return whether a step in that direction can be made at all: not back from the lowest rank."""
    ranks = [other.rank for other in ladder(context) if other.rank is not None]
    edge = max(ranks) if direction == FORWARD else min(ranks)
    return place.rank != edge


def _share(found: Shares, place: "Position", direction: str, months: int) -> Share:
    return found.get(("", place.code, direction, months), Share())


def _shown(found: Shares, places: Positions) -> Positions:
    """Return the positions of which at least one share after the start may be shown."""
    return tuple(
        place
        for place in places
        if any(_share(found, place, way, months).shown for way in DIRECTIONS for months in MONTHS[1:])
    )


def _people(found: Shares, place: "Position") -> int | None:
    counts = [share.n for key, share in found.items() if key[1] == place.code and share.n is not None]
    return max(counts, default=None)


def _followed(found: Shares, place: "Position", months: int) -> int | None:
    return next((s.followed for key, s in found.items() if (key[1], key[3]) == (place.code, months)), None)


def _panels(found: Shares, places: Positions, context: "Context") -> tuple[Panel, ...]:
    return tuple(_panel(found, place, context) for place in _shown(found, places))


def _panel(found: Shares, place: "Position", context: "Context") -> Panel:
    base = context.base
    cannot = [way for way in DIRECTIONS if not possible(place, way, context)]
    curves = tuple(_curve(found, place, way) for way in DIRECTIONS if way not in cannot)
    followed = {months: words.shown(_followed(found, place, months), base) for months in FOLLOWED_MONTHS}
    note = " · ".join([words.people(_people(found, place), base), *(f"{way} {NOT_POSSIBLE}" for way in cannot)])
    return Panel(place.label, note, tuple(curve for curve in curves if len(curve.months)), followed)


def _curve(found: Shares, place: "Position", direction: str) -> Curve:
    shown = {months: _share(found, place, direction, months) for months in MONTHS}
    rows = [(months, s.point, s.lower, s.upper) for months, s in shown.items() if s.shown]
    schema = dict.fromkeys(("maanden", "aandeel", "onder", "boven"), pl.Float64) | {"maanden": pl.Int64}
    texts = {months: share.figure for months, share in shown.items() if share.point is not None}
    return Curve(direction, pl.DataFrame(rows, schema=schema, orient="row"), texts)


def _table(found: Shares, places: Positions, context: "Context") -> pl.DataFrame:
    """Return one row per position and month; of a position that is not shown one row for all months."""
    shown = _shown(found, places)
    rows = [row for place in places for row in _rows(found, place, context, place in shown)]
    heads = ("Plek", "Maanden na de start", "Stap vooruit", "Stap terug", "Zo lang gevolgd")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _rows(found: Shares, place: "Position", context: "Context", shown: bool) -> list[tuple[str, ...]]:  # noqa: FBT001 private
    name = f"{place.label} ({words.people(_people(found, place), context.base)})"
    if not shown:
        return [(name, "alle", *(_cell(Share(), place, way, context) for way in DIRECTIONS), wording.HIDDEN)]
    return [
        (
            name,
            str(months),
            *(_cell(_share(found, place, way, months), place, way, context) for way in DIRECTIONS),
            words.shown(_followed(found, place, months), context.base),
        )
        for months in MONTHS
    ]


def _cell(share: Share, place: "Position", direction: str, context: "Context") -> str:
    return share.text if possible(place, direction, context) else NOT_POSSIBLE


def _at(found: Shares) -> int | None:
    """Return the months that the title is about, and so the drawing."""
    return title_month((key[3], share) for key, share in found.items() if key[3])


def _title(found: Shares, places: Positions) -> str:
    """Return from where most people went forward, and from where most went back, as far as that is no chance."""
    months = _at(found)
    if months is None:
        return NEUTRAL
    known = {way: _known(found, places, way, months) for way in DIRECTIONS}
    shown = _shown(found, places)
    if len(shown) == 1:
        return _only(shown[0].label, {way: of[shown[0].label] for way, of in known.items() if of}, months)
    said = {way: _most(of) for way, of in known.items()}
    return _from_where(said, months) if any(said.values()) else NEUTRAL


def _from_where(said: dict[str, str], months: int) -> str:
    """Return both directions in a sentence; of one that may be chance it says so."""
    parts = [f"het vaakst {way} vanuit {most}" for way, most in said.items() if most]
    unsure = [f"; vanuit waar het vaakst {way}, is niet zeker" for way, most in said.items() if not most]
    return f"{dutch.capital(_within(months))} gaan mensen {' en '.join(parts)}{''.join(unsure)}"


def _known(found: Shares, places: Positions, direction: str, months: int) -> dict[str, Share]:
    every = {place.label: _share(found, place, direction, months) for place in places}
    return {label: share for label, share in every.items() if share.shown}


def _most(of: dict[str, Share]) -> str:
    """Return the position with the highest share and what may well equal it; nothing when that is all or many."""
    if not of:
        return ""
    highest = max(of.values(), key=lambda share: share.lower or 0.0)
    among = [label for label, share in of.items() if ranges_differ(highest, share) == 0]
    return dutch.listed(among) if len(among) <= min(MOST_NAMED, len(of) - 1) else ""


def _only(label: str, of: dict[str, Share], months: int) -> str:
    said = [f"{share.about} {way}" for way, share in of.items()]
    return f"Vanuit {label} gaat {_within(months)} {' en '.join(said)}" if said else NEUTRAL


def _within(months: int) -> str:
    return f"binnen {dutch.span(months)}"


def _subtitle(found: Shares, places: Positions, context: "Context") -> str:
    hidden = [place.label for place in places if place not in _shown(found, places)]
    months = _at(found)
    return subtitle(
        context,
        "Deel van de mensen dat een eerste stap zette, in maanden na de start op de plek.",
        f"De punten en de percentages zijn die {dutch.after(months)}." if months else "",
        "De lichte strook is het bereik.",
        "Onder elke grafiek: hoeveel mensen zo lang geleden begonnen en dus gevolgd zijn.",
        _jumps(found, places),
        f"Niet getoond, omdat de groep te klein is: {dutch.listed(hidden)}." if hidden else "",
    )


def _jumps(found: Shares, places: Positions) -> str:
    """Return at which positions a line goes up at once, and what that means; nothing when none does."""
    at = [
        place.label
        for place in places
        if any(
            _jumped(_share(found, place, way, months - 1), _share(found, place, way, months))
            for way in DIRECTIONS
            for months in MONTHS[1:]
        )
    ]
    means = "veel mensen zetten hun stap even lang na de start"
    return f"Bij {dutch.listed(at)} gaat een lijn ineens omhoog: {means}." if at else ""


def _jumped(before: Share, after: Share) -> bool:
    if before.point is None or after.point is None:
        return False
    return after.point - before.point >= LEAST_JUMP - 1e-9 and ranges_differ(after, before) > 0


def _description(found: Shares, places: Positions, context: "Context") -> str:
    said = [f"{place.label}: {_said(found, place, context)}." for place in _shown(found, places)]
    return words.described(
        context,
        "Lijngrafiek per plek van de eerste stap na de start daar, vooruit en terug.",
        *said,
        every="maanden",
    )


def _said(found: Shares, place: "Position", context: "Context") -> str:
    """Return what happened by the month of the title, else the last that is shown, in both directions."""
    ways = [way for way in DIRECTIONS if possible(place, way, context)]
    shown = [months for months in MONTHS for way in ways if _share(found, place, way, months).shown]
    at = _at(found)
    months = at if at in shown else max(shown)
    return f"{dutch.after(months)} " + ", ".join(f"{_share(found, place, way, months).text} {way}" for way in ways)
