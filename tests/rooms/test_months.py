"""months: numbers of calendar months, and days months or years apart."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from participatieketen.months import (
    month_at,
    month_number,
    month_with_number,
    months_before,
    months_between,
    months_later,
    number_of_month,
    number_of_next_start,
    year_before,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(DAYS, st.integers(-600, 600))
def test_months_that_follow_each_other_have_numbers_that_do(day: date, many: int) -> None:
    """The month of a number is the one that the number is of; so many later, so much higher."""
    month = months_later(day, many)
    assert month.day == 1
    assert month_number(month) == month_number(day) + many
    assert month_at(month_number(month)) == month


@given(DAYS)
def test_the_next_month_begins_the_day_after_the_last_one(day: date) -> None:
    """Between a day and the start of the month after it lies no other start."""
    assert (months_later(day, 1) - timedelta(days=1)).month == day.month
    assert months_between(day, months_later(day, 3)) == [months_later(day, k) for k in range(3)]
    assert months_between(day, day) == []


@pytest.mark.parametrize(
    ("day", "many", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 25, date(2023, 12, 15)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 2, 1), 24, date(2024, 2, 1)),
    ],
)
def test_the_same_day_months_earlier(day: date, many: int, before: date) -> None:
    """The last of the month where it has no such day."""
    assert months_before(day, many) == before


def test_a_leap_day_has_a_day_a_year_earlier() -> None:
    """28 February; any other day is itself."""
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2026, 7, 31)) == date(2025, 7, 31)


@given(st.lists(DAYS, min_size=1))
def test_columns_have_the_numbers_that_days_have(days: list[date]) -> None:
    """The first month that begins on or after a day is its own on the first, else the next one."""
    rows = pl.DataFrame({"day": days}).select(
        number=number_of_month(pl.col("day")),
        start=number_of_next_start(pl.col("day")),
        month=month_with_number(number_of_month(pl.col("day"))),
    )
    assert rows["number"].to_list() == [month_number(day) for day in days]
    assert rows["start"].to_list() == [month_number(day) + (day.day > 1) for day in days]
    assert rows["month"].to_list() == [day.replace(day=1) for day in days]
