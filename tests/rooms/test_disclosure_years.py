"""disclosure: settled years of steps are cells of their own, tried with all months and years before they leave."""

from datetime import date

import polars as pl
import pytest

import crowd
from participatieketen import disclosure
from participatieketen.disclosure import years
from participatieketen.disclosure.families import STEP_YEAR, TOTAL, year_until
from participatieketen.disclosure.series import BOOK, NOTHING
from participatieketen.disclosure.years import year_lines

PLACES = crowd.walks(300, 30, seed=1)


def step(months: int, each: int = 1) -> pl.DataFrame:
    """Return the same number of steps forward in every month, along one arc of two."""
    rows = [
        (crowd.month(m), "laag", to, "vooruit", each * (to == "midden"))
        for m in range(months)
        for to in ("midden", "hoog")
    ]
    return pl.DataFrame(rows, schema=("month", "from_position", "to_position", "direction", "steps"), orient="row")


def released_months(value: int, months: int, bound: int = 4) -> pl.DataFrame:
    """Return what was released of the steps forward of each month."""
    rows = [
        ("step_month", "", "", crowd.month(m), "vooruit", TOTAL, value, 5, bound, 0, value, False)
        for m in range(months)
    ]
    return pl.DataFrame(rows, schema=BOOK, orient="row")


def totals(lines: pl.DataFrame) -> dict[date, int]:
    """Return the released steps forward of each year, by its last month."""
    return dict(lines.filter(family=STEP_YEAR, to_position=TOTAL).select("month", "value").iter_rows())


def test_a_year_is_at_most_four_off_and_does_not_add_up_with_its_months() -> None:
    """Every month 1 and released as 5: the months come to 60, the year is 10 or 15."""
    found = year_lines(step(12), crowd.month(11), released_months(5, 12), NOTHING, crowd.KEY, 5)
    assert set(totals(found).values()) <= {10, 15}
    assert found.filter(pl.col("to_position") != TOTAL)["value"].sum() == totals(found)[crowd.month(11)]


def narrowed(value: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return steps and lines in which a year released as `value` leaves the one month with steps too little room.

    Eleven months are known to be empty, so that the year is the month, which was released as 5.
    """
    steps = step(12).with_columns(
        steps=pl.when(pl.col("month") == crowd.month(5)).then(3 * pl.col("steps")).otherwise(0)
    )
    lines = released_months(0, 12, bound=0).filter(pl.col("month") != crowd.month(5))
    month = released_months(value, 12).filter(pl.col("month") == crowd.month(5))
    return steps, pl.concat([lines, month])


@pytest.mark.parametrize("value", [0, 5])
@pytest.mark.parametrize("seed", range(8))
def test_a_year_that_narrows_a_month_gets_the_other_multiple(value: int, seed: int) -> None:
    """3 steps in the only month with any, released as 5 or as 0: with the year at the other multiple it is 1 to 4."""
    steps, lines = narrowed(value)
    found = year_lines(steps, crowd.month(11), lines, NOTHING, bytes([seed]) * 32, 5)
    assert totals(found) == {crowd.month(11): value}


def test_a_year_of_which_neither_multiple_passes_is_not_released(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried is what decides."""
    tried = []

    class Refused:
        refused = pl.DataFrame({"family": ["step"]})

    def refusing(_: object, lines: pl.DataFrame) -> type[Refused]:
        tried.append(totals(lines))
        return Refused

    monkeypatch.setattr(years, "examine", refusing)
    assert year_lines(step(12), crowd.month(11), released_months(5, 12), NOTHING, crowd.KEY, 5).is_empty()
    assert sorted(one[crowd.month(11)] for one in tried) == [10, 15]


def test_a_year_is_drawn_once_and_the_one_before_it_has_totals_alone() -> None:
    """The same again adds nothing; a year later the earlier one is what it was."""
    first = disclosure.release(crowd.counts(PLACES[:, :28]), crowd.context(27), crowd.KEY, NOTHING, months=24)
    again = disclosure.release(crowd.counts(PLACES[:, :28]), crowd.context(27), crowd.KEY, first.lines, months=24)
    assert again.lines.is_empty()
    shown = first.tables["step_years"].frame
    assert shown["month"].unique().sort().to_list() == [crowd.month(11), crowd.month(23)]
    arcs = first.lines.filter(pl.col("to_position") != TOTAL, family=STEP_YEAR)
    assert set(arcs["month"]) == {crowd.month(23)}
    counts = crowd.by_direction(crowd.counts(PLACES))
    for (end,), rows in shown.group_by("month"):
        assert isinstance(end, date)
        year = counts.filter(pl.col("month").is_between(year_until(end), end))
        both = rows.join(year.group_by("direction").agg(true=pl.col("steps").sum()), on="direction")
        assert ((both["steps"] - both["true"]).abs() <= 4).all()


def test_no_table_of_a_year_has_a_wider_bound() -> None:
    """Where rows and columns that were released leave no way, it does not add up with them; it is never further off."""
    bounds = []
    for seed in range(6):
        places = crowd.walks(40, 16, seed)
        found = disclosure.release(crowd.counts(places), crowd.context(16), crowd.KEY, NOTHING, months=12)
        of_years = found.lines.filter(pl.col("family").is_in(["year_matrix", STEP_YEAR]))
        bounds += of_years["bound"].to_list()
    assert set(bounds) == {4}
