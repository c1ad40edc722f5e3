"""Calendar months: their numbers, the months between two of them, and the same day months or a year earlier.

A month is its first day. Its number is how many months lie between it and January of year 0, so that months that follow
each other have numbers that do.
"""

import calendar
from datetime import date

import polars as pl

YEAR = 12


def month_number(day: date) -> int:
    """Return the number of the month that holds the day."""
    return day.year * YEAR + day.month - 1


def month_at(number: int) -> date:
    """Return the month with this number."""
    return date(number // YEAR, number % YEAR + 1, 1)


def months_later(day: date, many: int) -> date:
    """Return the month so many months after the one that holds the day; of a negative number, before it."""
    return month_at(month_number(day) + many)


def months_before(day: date, many: int) -> date:
    """Return the same day so many months earlier; the last of the month when it has no such day."""
    month = months_later(day, -many)
    return month.replace(day=min(day.day, calendar.monthrange(month.year, month.month)[1]))


def year_before(day: date) -> date:
    """Return the same day a year earlier; 28 February for a leap day."""
    return months_before(day, YEAR)


def months_between(first: date, end: date) -> list[date]:
    """Return the months from the one that holds the first day up to and without the one that holds the end."""
    return [month_at(number) for number in range(month_number(first), month_number(end))]


def number_of_month(day: pl.Expr) -> pl.Expr:
    """Return the number of the month that holds the day."""
    return day.dt.year().cast(pl.Int64) * YEAR + day.dt.month() - 1


def number_of_next_start(day: pl.Expr) -> pl.Expr:
    """Return the number of the first month that begins on or after the day."""
    return number_of_month(day) + (day.dt.day() > 1)


def month_with_number(number: pl.Expr) -> pl.Expr:
    """Return the month with this number."""
    return pl.date(number // YEAR, number % YEAR + 1, 1)
