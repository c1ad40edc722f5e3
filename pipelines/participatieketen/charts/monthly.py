"""Steps per month: forward up, back down, the balance as a line, provisional months lighter and outlined."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import Figure, cells_of
from participatieketen.charts.monthly_drawing import drawing
from participatieketen.charts.released import page_id

if TYPE_CHECKING:
    from datetime import date

    from participatieketen.disclosure import Context, Released


def monthly_steps(step_month: "Released") -> Figure:
    """Return steps forward and back in every month, and what is left when one is taken from the other.

    step_month  month, direction, steps, provisional
    """
    context = step_month.context
    months = _months(step_month.frame)
    heads = ("Stappen vooruit", "Stappen terug", "Saldo (vooruit min terug)")
    table = balance_table(months, context.base, heads)
    return Figure(
        id=page_id("maanden", step_month),
        title=_title(months, context.base),
        subtitle=_subtitle(months, context),
        description=_description(months, context),
        chart=drawing(months, context.base),
        table=table,
        caption=_caption(table, context),
    )


def _months(frame: pl.DataFrame) -> pl.DataFrame:
    """Return month, forward, back, balance, provisional."""
    counts = [
        pl.col("steps").filter(pl.col("direction") == direction).first().alias(direction)
        for direction in ("vooruit", "terug")
    ]
    return (
        frame.group_by(pl.col("month").alias("maand"))
        .agg(*counts, voorlopig=pl.col("provisional").any())
        .sort("maand")
        .select("maand", "vooruit", "terug", (pl.col("vooruit") - pl.col("terug")).alias("saldo"), "voorlopig")
    )


def balance_table(months: pl.DataFrame, base: int, heads: tuple[str, ...]) -> pl.DataFrame:
    """Return the numbers of the bars as text, a row per month.

    months  (months x 5)  maand, what goes up, what goes down, saldo, voorlopig
    heads   of what goes up, what goes down, and the balance where that is shown
    """
    rows = [
        (
            dutch.month(month),
            *(words.shown(up, base), words.shown(down, base), words.signed(balance))[: len(heads)],
            words.status(provisional),
        )
        for month, up, down, balance, provisional in months.iter_rows()
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("Maand", *heads, "Status"), pl.String), orient="row")


def _caption(table: pl.DataFrame, context: "Context") -> str:
    apart = words.YEAR_APART if context.base > 1 else ""
    return words.joined("Stappen vooruit en terug per maand.", apart, words.reading_help(context, cells_of(table)))


def _title(months: pl.DataFrame, base: int) -> str:
    """Return in how many months one direction was larger; provisional months do not count."""
    known = months.filter(~pl.col("voorlopig"))
    balances = known["saldo"].to_list()
    if not balances:
        return "Stappen vooruit en terug per maand"
    if not known["vooruit"].sum() and not known["terug"].sum():
        return "Elke maand weinig stappen vooruit en terug" if base > 1 else "Geen stappen vooruit of terug"
    forward = sum(balance > 0 and words.certain(balance, base) for balance in balances)
    back = sum(balance < 0 and words.certain(balance, base) for balance in balances)
    if len(balances) - forward - back >= max(forward, back):
        return f"{'Meestal' if forward or back else 'Elke maand'} ongeveer even veel stappen vooruit als terug"
    if forward == back:
        return "Even vaak een maand met meer stappen vooruit als een maand met meer stappen terug"
    larger, smaller = ("vooruit", "terug") if forward > back else ("terug", "vooruit")
    return f"{_how_often(max(forward, back), known['maand'].to_list())} meer stappen {larger} dan {smaller}"


def _how_often(times: int, months: list["date"]) -> str:
    if len(months) == 1:
        return f"In {dutch.month(months[0])}"
    return "Elke maand" if times == len(months) else f"In {times} van de {len(months)} maanden"


def _subtitle(months: pl.DataFrame, context: "Context") -> str:
    return words.joined(
        f"Aantal stappen per maand in de keten, {_period(months)}. Lijn = saldo: vooruit min terug.",
        _about_provisional(months),
        words.rounding(context.base),
        f"Het saldo kan hoogstens {2 * words.off(context.base)} hoger of lager zijn." if context.base > 1 else "",
        words.fictional(context),
    )


def _period(months: pl.DataFrame) -> str:
    if months.is_empty():
        return "geen maanden"
    return dutch.months(months["maand"][0], months["maand"][-1])


def _about_provisional(months: pl.DataFrame) -> str:
    """Return which months may still change, in the right number."""
    many = months["voorlopig"].sum()
    if not many:
        return ""
    if many == len(months):
        return "Alle cijfers zijn voorlopig: berichten komen soms later binnen."
    which = "De laatste maand is" if many == 1 else f"De laatste {many} maanden zijn"
    counts = "telt" if many == 1 else "tellen"
    return f"{which} voorlopig (lichter, met rand) en {counts} niet mee in de kop: berichten komen soms later binnen."


def _description(months: pl.DataFrame, context: "Context") -> str:
    return words.described(
        context,
        f"Staafdiagram per maand, {_period(months)}: stappen vooruit boven de nullijn, stappen terug eronder, "
        "het saldo als lijn.",
        _sums(months, context.base),
        every="aantallen",
    )


def _sums(months: pl.DataFrame, base: int) -> str:
    """Return the totals over all months in a sentence; nothing when one is too small to say."""
    forward, back = (sum(months[direction].to_list()) for direction in ("vooruit", "terug"))
    if not forward or not back:
        return ""
    farther = f"Elk van beide kan er hoogstens {words.off(base, len(months))} naast zitten." if base > 1 else ""
    both = f"Samen {dutch.counted(forward, 'stap', 'stappen')} vooruit en {dutch.number(back)} terug."
    return words.joined(both, farther)
