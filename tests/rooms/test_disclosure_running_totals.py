"""disclosure: totals since the beginning grow as the tables of each month do, and what they once grew by stays."""

from functools import cache
from itertools import accumulate, pairwise

import numpy as np
import polars as pl
import pytest

import crowd
from participatieketen import disclosure
from participatieketen.disclosure.families import months_of
from participatieketen.disclosure.release import Release
from participatieketen.disclosure.running_totals import STARTS, running_totals
from participatieketen.disclosure.series import BOOK, NOTHING, newest
from participatieketen.disclosure.systems import NAME

MONTHS = 30
LATER = 6
BOUNCED = f"weerslag/terug/vooruit/{LATER}"
ROW = {
    **dict.fromkeys(("measure", "population"), pl.String),
    "gap_days": pl.Int64,
    **dict.fromkeys(("group", "position", "outcome"), pl.String),
    **dict.fromkeys(("months", "n", "followed"), pl.Int64),
    "share": pl.Float64,
}


def starts(places: crowd.Places, last: int) -> pl.DataFrame:
    """Return who began in each month before the last: stays by position, first ones, newcomers, first steps back.

    And of the steps back that are followed for six months those that a step forward followed.
    """
    rows, outcomes = [], []
    for walk in places:
        been, back = {int(walk[0])}, False
        for month, (start, end) in enumerate(pairwise(walk[: last + 1])):
            if start == end or end >= len(crowd.INSIDE):
                continue
            position = crowd.INSIDE[end]
            rows.append(("verblijf", position, month))
            rows += [("eerste_verblijf", position, month)] if end not in been else []
            rows += [("instroom", "", month)] if crowd.CODES[start] == "nieuw" else []
            rows += [("eerste_stap_terug", "", month)] if end < start < len(crowd.INSIDE) and not back else []
            forward = any(a < b < len(crowd.INSIDE) for b, a in pairwise(walk[month + 1 : month + 2 + LATER]))
            known = month + LATER < last and end < start < len(crowd.INSIDE) and forward
            outcomes += [("stap_terug", "", BOUNCED, month)] if known else []
            back |= end < start < len(crowd.INSIDE)
            been.add(int(end))
    named = [(*who, "", month) for *who, month in rows] + outcomes
    frame = pl.DataFrame(named, schema=["population", "position", "outcome", "month"], orient="row")
    months = pl.DataFrame({"month": range(last), "day": [crowd.month(number) for number in range(last)]})
    return (
        frame.join(months, on="month")
        .group_by("population", "position", "outcome", month="day")
        .agg(starts=pl.len().cast(pl.Int64))
        .sort("population", "position", "outcome", "month")
    )


def estimate(begun: pl.DataFrame, step: pl.DataFrame, last: int) -> pl.DataFrame:
    """Return a row of n and followed by population, position and 0, 1 and 6 months, and all steps back."""
    rows: list[tuple[object, ...]] = []
    for (population, position), group in begun.filter(outcome="").group_by(
        "population", "position", maintain_order=True
    ):
        n = group["starts"].sum()
        for months in (0, 1, 6):
            followed = group.filter(pl.col("month") < crowd.month(last - months))["starts"].sum()
            rows.append(("eerste_stap", population, 30, "", position, "uit", months, n, followed, 0.25))
    back = step.filter(pl.col("direction") == "terug", pl.col("month") < crowd.month(last))["steps"].sum()
    rows += [
        ("aansluitend", "stap_terug", 30, "", "", days, 0, back, None, share)
        for days, share in (("0", 1.0), ("1+", 0.0))
    ]
    followed = step.filter(pl.col("direction") == "terug", pl.col("month") < crowd.month(last - LATER))["steps"].sum()
    bounced = int(begun.filter(outcome=BOUNCED)["starts"].sum()) / int(followed)
    rows.append(("weerslag", "stap_terug", 30, "terug", "", "vooruit", LATER, followed, None, bounced))
    return pl.DataFrame(rows, schema=ROW, orient="row")


def counted(months: int, seed: int) -> dict[str, pl.DataFrame]:
    """Return what a release of so many months is made of."""
    places = crowd.walks(90, MONTHS, seed)[:, : months + 1]
    counts, last = crowd.counts(places), months - crowd.PROVISIONAL
    begun = starts(places, last)
    return {**counts, "starts": begun, "estimate": estimate(begun, counts["step"], last)}


def released(months: int, seed: int, lines: pl.DataFrame = NOTHING, *, revise: bool = False) -> Release:
    """Return a release of so many months."""
    return disclosure.release(counted(months, seed), crowd.context(months), crowd.KEY, lines, months=12, revise=revise)


@cache
def first(seed: int) -> Release:
    """Return a first release."""
    return released(MONTHS - 1, seed)


def grown(lines: pl.DataFrame, population: str, position: str, months: int) -> list[int]:
    """Return by how much a total grew in each settled month."""
    rows = lines.filter(family=STARTS, from_position=f"{population}/0/{position}").sort("month")
    assert rows.height == months - crowd.PROVISIONAL
    return rows["value"].to_list()


SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_total_grows_as_the_tables_of_each_month_do(seed: int) -> None:
    """No months together hold more first steps back than steps back, or fewer stays than flows to the position."""
    book = newest(first(seed).lines)
    settled = MONTHS - 1 - crowd.PROVISIONAL
    months = months_of(counted(MONTHS - 1, seed)["step"])[:settled]

    def values(**cell: str) -> list[int]:
        found = dict(book.filter(**cell).select("month", "value").iter_rows())
        return [found[month] for month in months]

    back = values(family="step_month", from_position="terug")
    first_back = np.cumsum([0, *grown(book, "eerste_stap_terug", "", MONTHS - 1)])
    most = np.cumsum([0, *(value + 4 for value in back)])
    stays = np.cumsum([0, *grown(book, "verblijf", "laag", MONTHS - 1)])
    flows = [
        values(family="stock_flow", grouping="", from_position=start, to_position="laag")
        for start in ("midden", "hoog")
    ]
    least = np.cumsum([0, *(sum(max(0, value - 4) for value in month) for month in zip(*flows, strict=True))])
    for end in range(settled + 1):
        for start in range(end):
            assert first_back[end] - first_back[start] <= most[end] - most[start]
            assert stays[end] - stays[start] >= least[end - 1] - least[start]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_total_is_near_its_count(seed: int) -> None:
    """Nearly always by less than the base; first stays are never more than stays."""
    counts, book = counted(MONTHS - 1, seed), newest(first(seed).lines)
    given = crowd.context(MONTHS - 1)
    last = crowd.month(MONTHS - 2 - crowd.PROVISIONAL)
    totals = running_totals(counts, given, last, book, crowd.KEY)
    truth = pl.col("truth").cum_sum().over("population", "position", "outcome")
    off = totals.select((pl.col("total") - truth).abs()).to_series().to_numpy()
    assert (off < 5).mean() > 0.9
    assert off.max() <= 15
    wide = totals.filter(outcome="").pivot("population", index=["position", "month"], values="total")
    assert wide.filter(pl.col("eerste_verblijf") > pl.col("verblijf")).is_empty()
    assert totals.filter(pl.col("value") < 0).is_empty()


def test_estimates_are_of_these_totals() -> None:
    """What n and followed are of stays; of all steps they are released months, summed up."""
    release = first(0)
    book, settled = newest(release.lines), MONTHS - 1 - crowd.PROVISIONAL
    shown = release.tables["estimate"].frame
    until = list(accumulate(grown(book, "verblijf", "laag", MONTHS - 1)))
    rows = shown.filter(population="verblijf", position="laag").select("months", "n", "followed").rows()
    assert rows == [(months, until[-1], until[settled - 1 - months]) for months in (0, 1, 6)]
    back = book.filter(pl.col("month") < crowd.month(settled), family="step_month", from_position="terug")[
        "value"
    ].sum()
    assert set(shown.filter(measure="aansluitend")["n"]) == {back}
    assert shown.filter(measure="aansluitend")["x"].sum() == back


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_total_grew_by_stays(seed: int) -> None:
    """The next month adds itself; a report of the month before, made again, says what it said."""
    before = first(seed)
    after = released(MONTHS, seed, before.lines)
    added = after.lines.filter(family=STARTS)
    newest_month = MONTHS - 1 - crowd.PROVISIONAL
    of_outcome = pl.col("to_position") == BOUNCED
    assert added.filter(~of_outcome)["month"].unique().to_list() == [crowd.month(newest_month)]
    assert added.filter(of_outcome)["month"].to_list() == [crowd.month(newest_month - LATER)]
    assert not added["renewed"].any()
    every = pl.concat([before.lines, after.lines])
    again = released(MONTHS - 1, seed, every)
    assert again.lines.filter(family=STARTS).is_empty()
    assert again.tables["estimate"].frame.equals(before.tables["estimate"].frame)


def test_late_corrections_change_no_month_that_was_released() -> None:
    """Twenty more who began two years ago: the total takes them in where the tables leave room."""
    before = first(0)
    counts = counted(MONTHS, 0)
    late = (pl.col("population") == "instroom") & (pl.col("month") == counts["starts"]["month"].min())
    counts["starts"] = counts["starts"].with_columns(starts=pl.col("starts") + pl.when(late).then(20).otherwise(0))
    after = disclosure.release(counts, crowd.context(MONTHS), crowd.KEY, before.lines, months=12)
    changed = after.lines.filter(family=STARTS).join(before.lines.select(NAME), on=NAME, how="semi")
    assert changed.select(*BOOK).is_empty()


def test_a_revision_makes_totals_anew() -> None:
    """Tables of all months may have other values then, and totals follow those."""
    lines = first(1).lines
    moved = lines.with_columns(value=pl.when(pl.col("family") == STARTS).then(pl.col("value") + 50).otherwise("value"))
    other = crowd.walks(90, MONTHS, 1)
    other[:40] = crowd.walks(90, MONTHS, 7)[:40]
    months = MONTHS - 1
    counts, last = crowd.counts(other[:, : months + 1]), months - crowd.PROVISIONAL
    begun = starts(other[:, : months + 1], last)
    counts |= {"starts": begun, "estimate": estimate(begun, counts["step"], last)}
    revised = disclosure.release(counts, crowd.context(months), crowd.KEY, moved, months=12, revise=True)
    assert revised.lines.filter(family=STARTS).height > 50
    book = newest(pl.concat([moved, revised.lines]))
    assert max(grown(book, "verblijf", "laag", months)) < 50


@pytest.mark.parametrize("seed", SEEDS)
def test_an_outcome_is_near_its_count_month_after_month(seed: int) -> None:
    """Of steps of the last months it is not known yet: they are no 0 that stays."""
    lines, off = NOTHING, []
    for months in range(MONTHS - 8, MONTHS + 1):
        release = released(months, seed, lines)
        lines = pl.concat([lines, release.lines])
        shown = release.tables["estimate"].frame.filter(measure="weerslag").row(0, named=True)
        true = counted(months, seed)["estimate"].filter(measure="weerslag").row(0, named=True)
        off += [abs(shown["x"] - true["share"] * true["n"]), abs(shown["n"] - true["n"])]
    assert max(off) < 10
    assert sum(each < 5 for each in off) > 0.8 * len(off)
