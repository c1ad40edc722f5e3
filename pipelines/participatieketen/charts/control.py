"""Is it chance? The steps of one direction per month, with the limits of what chance can do."""

from math import ceil, floor
from typing import TYPE_CHECKING

import polars as pl

from participatieketen.chance import control_chart as limits_of
from participatieketen.charts import words
from participatieketen.charts.control_drawing import Limits, drawing
from participatieketen.charts.figure import Figure, cells_of
from participatieketen.charts.released import page_id

if TYPE_CHECKING:
    from datetime import date

    from participatieketen.disclosure import Context, Released

SIGNALS = {
    "buiten": "buiten grens",
    "reeks": "reeks",
    "trend": "trend",
    "twee_van_drie": "bij grens",
}
NO_SIGNAL = "geen"
LEAST = "<1"
"""How a lower limit just over nought is written: it is no count, so it is no "0-4"."""

RULES = {
    "buiten": "Buiten grens: hoger dan de bovengrens of lager dan de ondergrens.",
    "reeks": "Reeks: 7 of meer maanden na elkaar aan dezelfde kant van het gemiddelde.",
    "trend": "Trend: 7 of meer maanden na elkaar elk hoger, of elk lager, dan de vorige.",
    "twee_van_drie": "Bij grens: 2 van 3 maanden na elkaar dicht bij dezelfde grens.",
}
"""What each signal means, for who reads the word at a month."""


def control_chart(step_month: "Released", direction: str) -> Figure:
    """Return the steps of a direction per month, what chance can do, and the months that differ more than that.

    step_month  month, direction, steps, provisional
    direction   vooruit or terug
    """
    context = step_month.context
    months = _months(step_month.frame, direction)
    table = _table(months, context.base)
    return Figure(
        id=page_id(f"toeval-{direction}", step_month),
        title=_title(months, direction),
        subtitle=_subtitle(months, direction, context),
        description=_description(months, direction, context),
        chart=drawing(_drawn(months), _limits(months, context.base), direction),
        table=table,
        caption=_caption(months, table, direction, context),
    )


def _months(frame: pl.DataFrame, direction: str) -> pl.DataFrame:
    """Return month, value, centre, lower, upper, signal, provisional."""
    rows = frame.filter(pl.col("direction") == direction).select("month", "provisional", value="steps").sort("month")
    return rows.select("month", "provisional").join(limits_of(rows), on="month", how="left", maintain_order="left")


def _drawn(months: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that are drawn; signals in a row at one side have their words once, at the farthest month."""
    side = pl.when(pl.col("signal").is_not_null()).then((pl.col("value") >= pl.col("centre")).cast(pl.Int8))
    farthest = (pl.col("value") - pl.col("centre")).abs().arg_max() == pl.int_range(pl.len())
    said = pl.col("signal").replace(SIGNALS).drop_nulls().unique(maintain_order=True).str.join(", ")
    here = (farthest & pl.col("kant").is_not_null()).over("run")
    return (
        months.with_columns(kant=side)
        .with_columns(run=pl.col("kant").ne_missing(pl.col("kant").shift(1)).cum_sum())
        .select(
            maand="month",
            stappen=pl.col("value").cast(pl.Int64),
            voorlopig="provisional",
            signaal=pl.col("signal").is_not_null(),
            woord=pl.when(here).then(said.over("run")),
            kant=pl.when(here).then("kant"),
        )
    )


def _limits(months: pl.DataFrame, base: int) -> Limits:
    """Return centre and limits as they are drawn, and written: limits rounded out; a lower limit under 0 is none."""
    known = months.drop_nulls("centre").head(1).rows(named=True)
    row = known[0] if known else {"centre": None, "lower": None, "upper": None}
    lower = None if row["lower"] is None or row["lower"] <= 0 else row["lower"]
    whole = (
        row["centre"] and round(row["centre"]),
        lower and floor(lower),
        row["upper"] and ceil(row["upper"]),
    )
    texts = [words.shown(value, base) for value in whole]
    return Limits(row["centre"], lower, row["upper"], texts[0], LEAST if whole[1] == 0 else texts[1], texts[2])


def _table(months: pl.DataFrame, base: int) -> pl.DataFrame:
    limits = _limits(months, base)
    rows = [
        (
            words.month(row["month"]),
            words.shown(int(row["value"]), base),
            limits.centre_text,
            _lower(limits),
            limits.upper_text,
            SIGNALS.get(row["signal"], NO_SIGNAL),
            words.status(row["provisional"]),
        )
        for row in months.iter_rows(named=True)
    ]
    heads = ("Maand", "Stappen", "Gemiddelde", "Ondergrens", "Bovengrens", "Signaal", "Status")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def _lower(limits: Limits) -> str:
    return "geen" if limits.lower is None and limits.upper is not None else limits.lower_text


def _settled(months: pl.DataFrame) -> pl.DataFrame:
    return months.filter(~pl.col("provisional"))


def _signals(months: pl.DataFrame) -> int:
    return months["signal"].drop_nulls().len()


def _title(months: pl.DataFrame, direction: str) -> str:
    """Return how many months differ by more than chance; nothing about why."""
    if months["upper"].drop_nulls().is_empty():
        return f"Stappen {direction}: te weinig maanden om toeval te beoordelen"
    many = _signals(months)
    if not many:
        return f"Stappen {direction}: alle verschillen kunnen toeval zijn"
    return f"Stappen {direction}: {words.counted(many, 'maand verschilt', 'maanden verschillen')} meer dan toeval"


def _subtitle(months: pl.DataFrame, direction: str, context: "Context") -> str:
    settled = len(_settled(months))
    return words.joined(
        f"Aantal stappen {direction} per maand, {_period(months)}.",
        f"Gemiddelde en grenzen zijn berekend over {settled} maanden." if settled > 1 else "",
        "Ruit = meer dan toeval." if _signals(months) else "",
        *(RULES[signal] for signal in SIGNALS if signal in months["signal"]),
        "Lichter en open = voorlopig, telt niet mee." if months["provisional"].any() else "",
        words.rounding(context.base),
        words.fictional(context),
    )


def _period(months: pl.DataFrame) -> str:
    return words.months(months["month"][0], months["month"][-1]) if len(months) else "geen maanden"


def _description(months: pl.DataFrame, direction: str, context: "Context") -> str:
    limits = _limits(months, context.base)
    found = [f"{words.month(month)}: {SIGNALS[signal]}" for month, signal in _found(months)]
    return words.described(
        context,
        f"Lijngrafiek van stappen {direction} per maand, {_period(months)}, met gemiddelde en grenzen.",
        f"Gemiddelde {limits.centre_text}, ondergrens {_lower(limits)}, bovengrens {limits.upper_text}.",
        f"{_title(months, direction)}.",
        f"Het gaat om {'; '.join(found)}." if found else "",
        every="maanden",
    )


def _found(months: pl.DataFrame) -> list[tuple["date", str]]:
    return list(months.filter(pl.col("signal").is_not_null()).select("month", "signal").iter_rows())


def _caption(months: pl.DataFrame, table: pl.DataFrame, direction: str, context: "Context") -> str:
    limits = _limits(months, context.base)
    return words.joined(
        f"Stappen {direction} per maand, met de grenzen van toeval. Een signaal zegt dat er iets is om uit te zoeken, "
        "en niet wat.",
        *RULES.values(),
        "Er is geen ondergrens: toeval kan tot nul gaan." if _lower(limits) == "geen" else "",
        words.reading_help(context, cells_of(table)),
    )
