"""For whom? The groups of a grouping, forward and back, beside all of them together."""

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.estimate import subtitle
from participatieketen.charts.figure import Figure, parts_of
from participatieketen.charts.groups_drawing import Dot, Line, Row, drawing
from participatieketen.charts.released import page_id
from participatieketen.months import year_before
from participatieketen.readings import (
    DIRECTIONS,
    LEAST,
    Group,
    Moved,
    differences,
    grouping_name,
    groups_of,
    together,
    wording,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from participatieketen.disclosure import Context, Released

MAY_BE_CHANCE = (
    "Ligt een streep helemaal naast de stippellijn, maar staat er niets bij? Dan kan het verschil toch toeval zijn."
)
NO_EFFECT = "De groepen verschillen ook in andere dingen. De cijfers laten niet zien waardoor een groep verschilt."
ABSENT = "Deze indeling staat niet in de cijfers."
SIDES = {1: "vaker", -1: "minder vaak"}
BESIDE = "Verschil met de andere groepen"
TOO_FEW = "te weinig groepen om te vergelijken"
NONE_CLEAR = "geen groep wijkt duidelijk af"
NOT_CLEAR = "kan toeval zijn"
NOT_COMPARED = "niet te vergelijken"
NOISE = "te weinig om te zeggen"
CLEAR = (
    "Een groep wijkt duidelijk af als de hele streep links of rechts van de stippellijn ligt, en als het verschil met "
    "de andere groepen meer is dan toeval."
)
COUNTED_IN = "De regel telt mee dat er {made} gemaakt (correctie van Holm)."
RANGE = "De streep is het bereik: in 95 van de 100 keer ligt het echte cijfer daarin."
TOO_SMALL = "te weinig mensen om stappen vooruit en terug te laten zien"
MOST_NAMED = 3
"""A title that names more groups of a kind is no finding anymore: it says how many."""

BY = {"innovatielab": "voor wie wel en wie niet deelnam aan het Innovatielab"}
"""How a chart says what its groups are, where that is not "per" and the name of the grouping."""

FIXED = {"innovatielab": "Een deelnemer is wie deelnam op die dag; wie later begon, telt niet als deelnemer."}
"""What is said of how a group was fixed: without it, taking part would need staying in the chain for it."""


def group_chart(group_share: "Released", grouping: str) -> Figure:
    """Return which part of each group went forward, and which back, in the year after a day.

    group_share  grouping, group_code, label, direction, x, n, x_households, n_households, base; groups in their order
    grouping     wijk, leeftijdsgroep, geslacht, bijstandsduur, leefvorm or innovatielab
    Raises       WrongUse: another grouping.
    """
    name, every = grouping_name(grouping), groups_of(group_share, grouping)
    context = _context(every, group_share.context)
    table, made = _table(every, name, context.base), _made(group_share)
    return Figure(
        id=page_id(f"groepen-{grouping}", group_share),
        title=f"{name}: {_finding(every)}",
        subtitle=_subtitle(every, grouping, context),
        description=_description(every, grouping, context),
        chart=drawing(_rows(every, context.base), _lines(every), _foot(every)),
        table=table,
        caption=words.joined(
            f"Stappen vooruit en terug in een jaar, {_by(grouping)}.",
            *_reading(every, grouping, made),
            _without_dot(every),
            _hidden(every),
            context.caution_of(grouping),
            NO_EFFECT,
            words.reading_help(context, parts_of(table)),
            _farther_off(every, context.base),
        ),
    )


def _context(every: "Sequence[Group]", context: "Context") -> "Context":
    """Return the context with the base of the grouping's own counts."""
    return replace(context, base=max((group.base for group in every), default=context.base))


def _made(group_share: "Released") -> int:
    """Return how many comparisons the rule counts with: of the whole table, whichever chart shows them."""
    return len(differences(group_share.frame)[1])


def group_beside(group_share: "Released", grouping: str, group: str) -> Figure:
    """Return which part of one group went forward, and which back, beside all groups together.

    group  its code; group_share and grouping as of `group_chart`. A group that is too small, or that was not there on
           the day, gives a chart that says so.
    Raises WrongUse: another grouping.
    """
    name, every = grouping_name(grouping), groups_of(group_share, grouping)
    context = _context(every, group_share.context)
    own = [one for one in every if one.code == group]
    table = _table(every, name, context.base)
    places = [row for row, one in enumerate(every) if one.code == group]
    table = table[[*places, *range(len(every), len(table))]]
    shown = [row for row, one in zip(_rows(every, context.base), _shown(every), strict=True) if one.code == group]
    return Figure(
        id=page_id(f"groep-{grouping}", group_share),
        title=_title_beside(own, every),
        subtitle=_subtitle(every, grouping, context),
        description=_description_beside(own, every, grouping, context),
        chart=drawing(tuple(shown), _lines(every), _foot_beside(own, every)),
        table=table,
        caption=words.joined(
            f"Stappen vooruit en terug in een jaar, van deze groep en van {_all(every)}.",
            *_reading(every, grouping, _made(group_share)),
            _without_dot(own),
            context.caution_of(grouping),
            words.reading_help(context, parts_of(table)),
            _farther_off(every, context.base),
        ),
    )


def _title_beside(own: "Sequence[Group]", every: "Sequence[Group]") -> str:
    if not _shown(own):
        return f"{own[0].label}: {TOO_SMALL}" if own else dutch.capital(TOO_SMALL)
    if len(_shown(every)) == 1:
        return f"{own[0].label}: {TOO_FEW}"
    ways = [f"{SIDES[own[0].moved[way].side]} {way}" for way in DIRECTIONS if own[0].moved[way].side]
    if not ways:
        return f"{own[0].label}: het verschil met de andere groepen {NOT_CLEAR}"
    return f"{own[0].label}: {dutch.listed(ways)} dan de andere groepen"


def _description_beside(own: "Sequence[Group]", every: "Sequence[Group]", grouping: str, context: "Context") -> str:
    moved = {way: one.moved[way].share.text for one in _shown(own) for way in DIRECTIONS}
    return words.described(
        context,
        f"Puntgrafiek van stappen vooruit en terug van één groep ({grouping_name(grouping).lower()}).",
        f"{_title_beside(own, every)}.",
        *(f"{dutch.capital(way)}: {said}." for way, said in moved.items()),
        f"{dutch.capital(_all(every))}: {dutch.listed([f'{s} {w}' for w, s in _whole(every).items()])}."
        if moved and _whole(every)
        else "",
        *_foot_beside(own, every),
    )


def _foot_beside(own: "Sequence[Group]", every: "Sequence[Group]") -> tuple[str, ...]:
    if not _shown(own):
        return (f"Niet getoond, want minder dan {LEAST} mensen of huishoudens op die dag.",)
    return (*_may_be_chance(own, _references(every)), NO_EFFECT)


def _may_be_chance(drawn: "Sequence[Group]", references: dict[str, float | None]) -> tuple[str, ...]:
    """Return what it means that a band lies clear of the line and its group does not differ, where one does."""
    every = [(group.moved[way], whole) for group in _shown(drawn) for way, whole in references.items()]
    return (MAY_BE_CHANCE,) if any(moved.side == 0 and moved.clear_of(whole) for moved, whole in every) else ()


def _shown(every: "Sequence[Group]") -> list[Group]:
    return [group for group in every if group.shown]


def _references(every: "Sequence[Group]") -> dict[str, float | None]:
    return {way: together(_shown(every), way) for way in DIRECTIONS}


def _all(every: "Sequence[Group]") -> str:
    return "alle groepen samen" if len(_shown(every)) == len(every) else "alle getoonde groepen samen"


def _hidden(every: "Sequence[Group]") -> str:
    """Return the sentence that names the groups that are not shown, and why; nothing when there are none."""
    hidden = [group.label for group in every if not group.shown]
    return f"Niet getoond, want minder dan {LEAST} mensen of huishoudens: {dutch.listed(hidden)}." if hidden else ""


def _rows(every: "Sequence[Group]", base: int) -> tuple[Row, ...]:
    return tuple(
        Row(group.label, words.people(group.n, base), {way: _dot(group.moved[way]) for way in DIRECTIONS})
        for group in _shown(every)
    )


def _dot(moved: Moved) -> Dot:
    """Return what is drawn of a group in one direction: a dot with its range, or the range alone."""
    word, share = SIDES.get(moved.side, ""), moved.share
    parts = ("" if share.point is None else share.figure, word)
    first = " \N{MIDDLE DOT} ".join(part for part in parts if part)
    return Dot(share.point, share.lower, share.upper, share.text, (first, share.between), bool(word))


def _lines(every: "Sequence[Group]") -> dict[str, Line]:
    """Return the line of all groups together, by direction, where there is one."""
    known = {way: share for way, share in _references(every).items() if share is not None}
    return {way: Line(share, f"{_all(every)}: {wording.percent(share)}") for way, share in known.items()}


def _foot(every: "Sequence[Group]") -> tuple[str, ...]:
    said = (*_may_be_chance(every, _references(every)), _hidden(every), NO_EFFECT) if every else (ABSENT,)
    return tuple(line for line in said if line)


def _table(every: "Sequence[Group]", name: str, base: int) -> pl.DataFrame:
    references = _references(every)
    rows = [(group.label, *_cells(group, base), _compared(group, references)) for group in every]
    rows += [_total(every, base)] if len(_shown(every)) > 1 else []
    heads = (name, "Mensen", "Vooruit: mensen", "Vooruit: deel", "Terug: mensen", "Terug: deel", BESIDE)
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _cells(group: Group, base: int) -> tuple[str, ...]:
    forward, back = (group.moved[way] for way in DIRECTIONS)
    return (
        words.shown(group.n, base),
        words.shown(forward.count, base),
        forward.share.text,
        words.shown(back.count, base),
        back.share.text,
    )


def _compared(group: Group, references: dict[str, float | None]) -> str:
    """Return in which direction a group differs clearly from all together."""
    if not group.shown:
        return wording.HIDDEN
    ways = [f"{SIDES[group.moved[way].side]} {way}" for way in DIRECTIONS if group.moved[way].side]
    if not ways and all(share is None for share in references.values()):
        return NOT_COMPARED
    return ", ".join(ways) or NOT_CLEAR


def _total(every: "Sequence[Group]", base: int) -> tuple[str, ...]:
    shown, references = _shown(every), _references(every)
    people, most = sum(one.n or 0 for one in shown), len(shown) * words.off(base)
    moved = {way: words.shown(sum(one.moved[way].count or 0 for one in shown), base, most) for way in DIRECTIONS}
    share = {way: NOISE if known is None else wording.percent(known) for way, known in references.items()}
    cells = [cell for way in DIRECTIONS for cell in (moved[way], share[way])]
    return dutch.capital(_all(every)), dutch.number(people), *cells, ""


def _farther_off(every: "Sequence[Group]", base: int) -> str:
    """Return how far the sums of the groups are off: groups are not rounded together."""
    many = len(_shown(every))
    if base == 1 or many <= 1:
        return ""
    return f"Aantallen van {_all(every)} zijn opgeteld en kunnen er hoogstens {many * words.off(base)} naast zitten."


def _clear(every: "Sequence[Group]") -> dict[tuple[str, ...], list[str]]:
    """Return in which ways groups differ, by what their people are called: those alike in two ways stand once."""
    found: dict[tuple[str, ...], list[str]] = {}
    for way in DIRECTIONS:
        for which, said in SIDES.items():
            people = [group.people for group in _shown(every) if group.moved[way].side == which]
            if people:
                found.setdefault(tuple(people), []).append(f"{said} {way}")
    return found


def _finding(every: "Sequence[Group]") -> str:
    """Return which groups differ, in both directions alike: "mannen gingen vaker vooruit"."""
    if len(_shown(every)) <= 1:
        return TOO_FEW
    clear = [f"{_named(people)} gingen {dutch.listed(ways)}" for people, ways in _clear(every).items()]
    return "; ".join(clear) or NONE_CLEAR


def _named(people: tuple[str, ...]) -> str:
    return dutch.listed(people) if len(people) <= MOST_NAMED else f"{len(people)} groepen"


def _day(context: "Context") -> str:
    """Return the day on which the groups are fixed: a year before the provisional months."""
    return dutch.day(year_before(context.provisional_from))


def _subtitle(every: "Sequence[Group]", grouping: str, context: "Context") -> str:
    return subtitle(
        context,
        f"Van de mensen die op {_day(context)} in de keten waren: het deel dat in het jaar erna een stap vooruit "
        f"(links) of terug (rechts) zette, {_by(grouping)}.",
        FIXED.get(grouping, ""),
        "Streep = bereik.",
        f"Stippellijn = {_all(every)}." if _lines(every) else "",
    )


def _by(grouping: str) -> str:
    return BY.get(grouping, f"per {grouping_name(grouping).lower()}")


def _description(every: "Sequence[Group]", grouping: str, context: "Context") -> str:
    whole = [f"{share} {way}" for way, share in _whole(every).items()]
    clear = [f"{dutch.capital(dutch.listed(who))} gingen {dutch.listed(ways)}." for who, ways in _clear(every).items()]
    return words.described(
        context,
        f"Puntgrafiek van stappen vooruit en terug, {_by(grouping)}.",
        f"{dutch.capital(_all(every))}: {' en '.join(whole)}." if whole else "",
        *clear,
        f"{dutch.capital(NONE_CLEAR)}." if whole and not clear else "",
        *_foot(every),
        FIXED.get(grouping, ""),
    )


def _whole(every: "Sequence[Group]") -> dict[str, str]:
    return {way: wording.percent(share) for way, share in _references(every).items() if share is not None}


def _reading(every: "Sequence[Group]", grouping: str, made: int) -> tuple[str, ...]:
    """Return how to read shares with their bands; made: how many comparisons the rule counts with."""
    clear = (CLEAR, COUNTED_IN.format(made=_compared_in_all(made))) if _lines(every) else ()
    return (
        "Wie in dat jaar een stap vooruit en een stap terug zette, telt bij beide.",
        "Wie uit de keten ging, blijft in de groep tellen. Is van iemand de groep niet bekend, dan telt die niet mee.",
        FIXED.get(grouping, ""),
        RANGE,
        *clear,
    )


def _compared_in_all(made: int) -> str:
    return f"{dutch.counted(made, 'vergelijking', 'vergelijkingen')} {'is' if made == 1 else 'zijn'}"


def _without_dot(every: "Sequence[Group]") -> str:
    """Return what a range without a dot means, where there is one."""
    some = any(moved.share.point is None for group in _shown(every) for moved in group.moved.values())
    return "Een streep zonder driehoek betekent: het aantal is te klein voor één percentage." if some else ""
