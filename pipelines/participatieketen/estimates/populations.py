"""Who is counted since observation began, each from a day on: the populations that estimates are of.

What is counted here only grows, so that each month has a number of its own that joins it: `starts`.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from participatieketen.chain import Chain
from participatieketen.estimates.paths import stays
from participatieketen.estimates.two_way import bounced_steps, exits, first_steps_back, lasting_answers
from participatieketen.months import YEAR
from participatieketen.moves.changes import direction, rank, same_person

LASTING_MONTHS = (3, 6, 12)

_SCHEMA = {
    **dict.fromkeys(("population", "position", "outcome"), pl.String()),
    "month": pl.Date(),
    "starts": pl.Int64(),
}


def until_final(
    timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date
) -> tuple[pl.DataFrame, pl.DataFrame, date]:
    """Return timeline and step as they were seen on the last final day, and that day."""
    provisional = chain.provisional_from(peildatum)
    day, closed = pl.col("next_day").clip(upper_bound=provisional), pl.col("next_day") < provisional
    seen = timeline.filter(pl.col("first_day") < provisional)
    return (
        seen.with_columns(next_day=day, closed=pl.col("closed") & closed),
        step.filter(pl.col("day") < provisional),
        provisional - timedelta(days=1),
    )


def entered_stays(held: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Return the stays in the chain that were seen to begin, and of which arrival each is.

    first, again   the person's first stay in the position, and the first of those that follow it; a stay that was
                   going on when observation began counts as one, so who returns to it is no newcomer
    arrival        the direction of the step that began it; in for who came from outside or was not yet there
    """
    before = pl.when(same_person(1)).then(pl.col("position").shift(1)).otherwise(pl.lit(chain.not_yet))
    number = pl.int_range(pl.len()).over("person", "position")
    return (
        held.with_columns(arrival=before.cast(pl.Enum(chain.codes)), number=number)
        .with_columns(arrival=direction("arrival", "position", chain))
        .filter("entered", rank("position", chain).is_not_null())
        .with_columns(first=pl.col("number") == 0, again=pl.col("number") == 1)
    )


def first_stays(entered: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `entered_stays` that are each person's first stay in the position."""
    return entered.filter("first")


def first_returns(entered: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `entered_stays` that are each person's first return to the position."""
    return entered.filter("again")


def arrived_back(entered: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `entered_stays` that are each person's first arrival in the position by a step back."""
    return entered.filter(pl.col("arrival") == "terug").unique(
        ["person", "position"], keep="first", maintain_order=True
    )


def arrived_new(entered: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `entered_stays` of who came from outside the chain and had never been in the position."""
    return entered.filter("first", pl.col("arrival") == "in")


def newcomers(step: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Return the steps into the chain of who had never been seen in it."""
    return step.filter(pl.col("from_position") == chain.not_yet)


def starts(timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date) -> pl.DataFrame:
    """Return how many began in each month, of everything that `measures` counts since observation began.

    timeline, step  as `timelines.timeline` and `moves.steps` return them, up to the peildatum.

    Returns  (rows x 5)  population, position ("" where it is not by position), outcome, month, starts (> 0); up to and
             including the last final month.
             outcome "": everyone of the population. Summed up to a month it is n of `measures` on the last day of that
             month, and who began on that day.
             outcome measure/group/outcome/months: the steps of the population that had this outcome so many months
             later, by the month of the step. Of measures of steps that were all followed so long; of two outcomes that
             are everything the rare one. The steps themselves are in tables.
    """
    seen, moved, last = until_final(timeline, step, chain, peildatum)
    entered = entered_stays(stays(moved, seen, chain, last), chain)
    parts = [pl.DataFrame(schema=_SCHEMA)]
    parts += [
        _by_month(who, population)
        for population, who in {
            "verblijf": entered,
            "eerste_verblijf": first_stays(entered),
            "opnieuw_verblijf": first_returns(entered),
            "aankomst_terug": arrived_back(entered),
            "aankomst_nieuw": arrived_new(entered),
        }.items()
    ]
    parts += [
        _by_month(newcomers(moved, chain), "instroom", everywhere=True),
        _by_month(first_steps_back(moved), "eerste_stap_terug", everywhere=True),
        _by_month(exits(seen, last), "uitstroom_bijstand", everywhere=True),
        *(_by_month(who, population, name, everywhere=True) for population, name, who in _outcomes(moved, chain, last)),
    ]
    return pl.concat(parts)


def _outcomes(step: pl.DataFrame, chain: Chain, last: date) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield the steps that had an outcome: population, its name, the steps; of two outcomes the rare one."""
    yield "stap_terug", "aansluitend//1+/0", step.filter(pl.col("direction") == "terug", pl.col("bridged_days") > 0)
    lasting = lasting_answers(step, chain, last, LASTING_MONTHS)
    for form in "ab":
        ended = lasting.filter(pl.col(f"fell_{form}") | pl.col(f"outside_{form}"))
        for months in LASTING_MONTHS:
            yield "stap_vooruit", f"blijvend/{form}/niet/{months}", ended.filter(months=months)
    for way, other in (("terug", "vooruit"), ("vooruit", "terug")):
        answers = bounced_steps(step, chain, last, way, YEAR)
        yield f"stap_{way}", f"weerslag/{way}/{other}/{YEAR}", answers.filter("bounced")


def _by_month(who: pl.DataFrame, population: str, outcome: str = "", *, everywhere: bool = False) -> pl.DataFrame:
    day = "first_day" if "first_day" in who.columns else "day"
    where = pl.lit("") if everywhere else pl.col("position").cast(pl.String)
    return (
        who.group_by(position=where, month=pl.col(day).dt.truncate("1mo"))
        .agg(starts=pl.len())
        .select(pl.lit(population).alias("population"), "position", pl.lit(outcome).alias("outcome"), "month", "starts")
        .select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())
        .sort("position", "month")
    )
