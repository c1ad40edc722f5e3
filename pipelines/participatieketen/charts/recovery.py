"""What follows a step back: who is back at the former position or higher, beside who had not stepped back."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen.charts import words
from participatieketen.charts.estimate import OUTSIDE, Key, Share, caption, shares, subtitle, title_month
from participatieketen.charts.figure import Figure
from participatieketen.charts.recovery_drawing import Group, Point, drawing
from participatieketen.charts.released import page_id

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

MONTHS = (3, 6, 12, 24)
LEVEL, LOWER = "op_niveau", "lager"
STEPPED, OTHERS = "stap_terug", "geen_stap_terug"
GROUPS = {STEPPED: "Na een stap terug", OTHERS: "Nog zonder stap terug"}
REACHED = {STEPPED: "weer op de oude plek of hoger", OTHERS: "nog op dezelfde plek of hoger"}
FALLS = f"{GROUPS[OTHERS]}: deze lijn gaat omlaag als mensen alsnog een stap terug zetten, of uit de keten gaan."
NO_EFFECT = "De twee groepen verschillen ook in andere dingen. De cijfers laten niet zien wat een stap terug doet."

Shares = dict[Key, Share]


def recovery_chart(estimate: "Released") -> Figure:
    """Return which part is at the former position or higher 3, 6, 12 and 24 months after the first step back.

    estimate  of measure herstel: group, outcome, months, n, at_risk, share, lower, upper
    """
    context, found = estimate.context, shares(estimate, "herstel")
    table = _table(found, context.base)
    return Figure(
        id=page_id("herstel", estimate),
        title=_title(found),
        subtitle=subtitle(
            context,
            "Deel van de mensen dat na hun eerste stap terug weer op de oude plek of hoger staat.",
            "Ter vergelijking: mensen op dezelfde plekken die nog geen stap terug hadden gezet. Hoeveel van hen staan "
            "nog op dezelfde plek of hoger?"
            if OTHERS in _present(found)
            else "",
            *_about_lines(found),
            "De streep bij een punt is het bereik.",
        ),
        description=_description(found, context),
        chart=drawing(_groups(found, context.base), NO_EFFECT),
        table=table,
        caption=caption(
            table,
            context,
            "Waar mensen staan na hun eerste stap terug, naast wie nog geen stap terug had gezet.",
            "Die vergelijking begint op de dag waarop de helft van de eerste stappen terug gezet was. Elke plek telt "
            "er even zwaar in als bij de stappen terug. Wie later toch een stap terug zet, telt mee.",
            NO_EFFECT,
        ),
    )


def _share(found: Shares, group: str, outcome: str, months: int) -> Share:
    return found.get((group, "", outcome, months), Share())


def _present(found: Shares) -> list[str]:
    return [group for group in GROUPS if any(key[0] == group for key in found)]


def _groups(found: Shares, base: int) -> tuple[Group, ...]:
    return tuple(_group(found, group, base) for group in _present(found))


def _group(found: Shares, group: str, base: int) -> Group:
    level = {months: _share(found, group, LEVEL, months) for months in MONTHS}
    points = tuple(
        Point(months, share.share, share.lower, share.upper, share.percent) for months, share in level.items()
    )
    shown = {months: share for months, share in level.items() if share.share is not None}
    followed = {months: words.shown(share.at_risk, base) for months, share in shown.items()}
    return Group(GROUPS[group], REACHED[group], group == STEPPED, points, {0: _people(found, group, base)} | followed)


def _about_lines(found: Shares) -> tuple[str, ...]:
    """Return why the line of a comparison falls, and why a line stops before the other one."""
    ends = {group: max(shown) for group in _present(found) if (shown := _months(found, group))}
    stops = [group for group, last in ends.items() if last < max(ends.values())]
    short = [
        f"{GROUPS[group]}: deze lijn stopt {words.after(ends[group])}. Te weinig mensen zijn langer gevolgd."
        for group in stops
    ]
    return (*([FALLS] if OTHERS in ends else []), *short)


def _months(found: Shares, group: str) -> list[int]:
    return [months for months in MONTHS if _share(found, group, LEVEL, months).share is not None]


def _people(found: Shares, group: str, base: int) -> str:
    """Return how many people the group is, as shown; the same number at all months."""
    counts = [share.n for (name, *_), share in found.items() if name == group and share.n is not None]
    return words.shown(max(counts, default=None), base)


def _table(found: Shares, base: int) -> pl.DataFrame:
    rows = [
        (
            f"{GROUPS[group]}, {words.span(months)} later",
            *(_share(found, group, outcome, months).text for outcome in (LEVEL, LOWER, OUTSIDE)),
            _people(found, group, base),
            words.shown(_share(found, group, LEVEL, months).at_risk, base),
        )
        for group in _present(found)
        for months in MONTHS
    ]
    heads = ("Groep", "Op de oude of dezelfde plek, of hoger", "Lager", "Uit de keten", "Mensen", "Zo lang gevolgd")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _title(found: Shares) -> str:
    """Return which part is back after a year, with its range; nothing about the comparison, which is no effect."""
    months = title_month((months, _share(found, STEPPED, LEVEL, months)) for months in MONTHS)
    if months is None:
        return "Waar mensen staan na een stap terug"
    back = _share(found, STEPPED, LEVEL, months).stated
    return f"{words.capital(words.after(months))} is {back} terug op de oude plek of hoger"


def _description(found: Shares, context: "Context") -> str:
    said = [
        f"{GROUPS[group]}, {REACHED[group]}: "
        + ", ".join(f"{words.after(months)} {_share(found, group, LEVEL, months).text}" for months in MONTHS)
        for group in _present(found)
    ]
    return words.described(
        context,
        "Puntgrafiek van het deel van de mensen dat op de oude of dezelfde plek staat, of hoger.",
        *(f"{line}." for line in said),
        *_about_lines(found),
        NO_EFFECT,
    )
