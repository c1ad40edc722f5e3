"""Is it chance? The steps of one direction per month, and whether the newest settled month differs from the rest."""

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.control_drawing import Limits, drawing
from participatieketen.charts.figure import Figure, cells_of
from participatieketen.charts.released import page_id
from participatieketen.readings import FALSE_ALARMS, Usual, settled, since_break, usual

if TYPE_CHECKING:
    from datetime import date

    from participatieketen.disclosure import Context, Released

SIGNAL, NO_SIGNAL, NOT_JUDGED = "meer dan toeval", "kan toeval zijn", "niet beoordeeld"
LEAST = "<1"
"""How a lower limit just over nought is written: it is no count, so it is no "0-4"."""

JUDGED = (
    "Wij beoordelen alleen de nieuwste maand die meetelt: die maand, de laatste 3 en de laatste 6 maanden, naast alle "
    "maanden ervoor."
)
ALARMS = (
    f"Bij {FALSE_ALARMS} van de 100 edities staat hier door toeval 'meer dan toeval', ook als er niets verandert. "
    "Afronden telt mee in de grenzen."
)


@dataclass(frozen=True)
class Judged:
    """The months of one direction, and what those before the newest settled one say of it.

    months  (months x 3)  month, value, provisional, by month
    usual   None with too few settled months
    newest  the last settled month; None without one
    """

    direction: str
    months: pl.DataFrame
    usual: Usual | None
    newest: "date | None"

    @property
    def beyond(self) -> list["date"]:
        """The months that together are more than chance, the newest last; none when they may be chance."""
        if self.usual is None or self.usual.last is None:
            return []
        known = self.months.filter(~pl.col("provisional"))["month"].to_list()
        return list(known[-self.usual.last :])


def control_chart(step_month: "Released", direction: str) -> Figure:
    """Return the steps of a direction per month, what chance can do, and whether the newest differs more than that.

    step_month  month, direction, steps, provisional
    direction   vooruit or terug
    Months before the newest trend break of the chain are shown and say nothing of what is usual now.
    """
    context = step_month.context
    judged = _judged(step_month, direction)
    table = _table(judged, context.base)
    return Figure(
        id=page_id(f"toeval-{direction}", step_month),
        title=_title(judged),
        subtitle=_subtitle(judged, context),
        description=_description(judged, context),
        chart=drawing(_drawn(judged), _limits(judged.usual, context.base), direction),
        table=table,
        caption=_caption(judged, table, context),
    )


def _judged(step_month: "Released", direction: str) -> Judged:
    known = since_break(settled(step_month, direction), step_month.context)
    rows = step_month.frame.filter(pl.col("direction") == direction)
    months = rows.select("month", value="steps", provisional="provisional").sort("month")
    return Judged(direction, months, usual(known, step_month.context.base), max(known, default=None))


def _drawn(judged: Judged) -> pl.DataFrame:
    """Return the columns that are drawn; the word of a signal stands at the newest month."""
    at_newest = pl.col("month").eq_missing(judged.newest) & bool(judged.beyond)
    more = judged.usual is not None and judged.usual.more
    return judged.months.select(
        maand="month",
        stappen=pl.col("value").cast(pl.Int64),
        voorlopig="provisional",
        signaal=pl.col("month").is_in(judged.beyond),
        woord=pl.when(at_newest).then(pl.lit(SIGNAL)),
        kant=pl.when(at_newest).then(pl.lit(int(more), dtype=pl.Int8)),
    )


def _limits(usual: Usual | None, base: int) -> Limits:
    """Return centre and limits as they are drawn, and written: limits rounded out; a lower limit under 0 is none."""
    if usual is None:
        return Limits(None, None, None, *[words.shown(None, base)] * 3)
    lower = usual.lower if usual.lower > 0 else None
    texts = [
        words.shown(value, base) for value in (round(usual.centre), floor(lower) if lower else None, ceil(usual.upper))
    ]
    low = LEAST if lower is not None and floor(lower) == 0 else texts[1]
    return Limits(usual.centre, lower, usual.upper, texts[0], low, texts[2])


def _table(judged: Judged, base: int) -> pl.DataFrame:
    limits = _limits(judged.usual, base)
    rows = [
        (
            dutch.month(month),
            words.shown(int(value), base),
            limits.centre_text,
            _lower(limits),
            limits.upper_text,
            _verdict(judged, month),
            words.status(provisional),
        )
        for month, value, provisional in judged.months.iter_rows()
    ]
    heads = ("Maand", "Stappen", "Gemiddelde", "Ondergrens", "Bovengrens", "Toeval", "Status")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _verdict(judged: Judged, month: "date") -> str:
    if month in judged.beyond:
        return SIGNAL
    return NO_SIGNAL if judged.usual and month == judged.newest else NOT_JUDGED


def _lower(limits: Limits) -> str:
    return "geen" if limits.lower is None and limits.upper is not None else limits.lower_text


def _title(judged: Judged) -> str:
    """Return whether the newest settled month differs by more than chance; nothing about why."""
    about = f"Stappen {judged.direction}"
    if judged.usual is None or judged.newest is None:
        return f"{about}: te weinig maanden om toeval te beoordelen"
    if judged.usual.last is None:
        return f"{about}: het verschil in {dutch.month(judged.newest)} kan toeval zijn"
    last = judged.usual.last
    when = f"in {dutch.month(judged.newest)}" if last == 1 else f"in de laatste {last} maanden"
    return f"{about}: {when} {'meer' if judged.usual.more else 'minder'} dan gewoonlijk, en dat is meer dan toeval"


def _subtitle(judged: Judged, context: "Context") -> str:
    usual = judged.usual
    return words.joined(
        f"Aantal stappen {judged.direction} per maand, {_period(judged.months)}.",
        f"Gemiddelde en grenzen zijn berekend over de {usual.months - 1} maanden voor de nieuwste." if usual else "",
        _begun(judged, context),
        "Ruit = meer dan toeval." if judged.beyond else "",
        ALARMS if usual else "",
        "Lichter en open = voorlopig, telt niet mee." if judged.months["provisional"].any() else "",
        words.rounding(context.base),
        words.fictional(context),
    )


def _begun(judged: Judged, context: "Context") -> str:
    """Return since when months count and why, when some that are shown do not."""
    one = context.last_break
    if one is None or judged.months.filter(pl.col("month") < one.date).is_empty():
        return ""
    since = f"Alleen maanden vanaf {dutch.day(one.date)} tellen mee voor wat gewoon is"
    return f"{since}. Toen veranderde er iets: {one.label}."


def _period(months: pl.DataFrame) -> str:
    return dutch.months(months["month"][0], months["month"][-1]) if len(months) else "geen maanden"


def _description(judged: Judged, context: "Context") -> str:
    limits = _limits(judged.usual, context.base)
    return words.described(
        context,
        f"Lijngrafiek van stappen {judged.direction} per maand, {_period(judged.months)}, met gemiddelde en grenzen.",
        f"Gemiddelde {limits.centre_text}, ondergrens {_lower(limits)}, bovengrens {limits.upper_text}.",
        f"{_title(judged)}.",
        every="maanden",
    )


def _caption(judged: Judged, table: pl.DataFrame, context: "Context") -> str:
    limits = _limits(judged.usual, context.base)
    return words.joined(
        f"Stappen {judged.direction} per maand, met de grenzen van toeval voor de nieuwste maand. Een signaal zegt dat "
        "er iets is om uit te zoeken, en niet wat.",
        JUDGED,
        ALARMS,
        "Er is geen ondergrens: toeval kan tot nul gaan." if _lower(limits) == "geen" else "",
        words.reading_help(context, cells_of(table)),
    )
