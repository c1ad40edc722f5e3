"""Numbers, days, months and lists as Dutch readers write them."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

LOCALE = "nl"

SPANS = {6: "een half jaar", 12: "een jaar", 18: "anderhalf jaar", 24: "twee jaar"}


def number(count: int) -> str:
    """Return 1646 as "1.646"."""
    return format_decimal(count, locale=LOCALE)


def counted(count: int, one: str, more: str) -> str:
    """Return a number with its noun: "1 stap", "1.646 stappen"."""
    return f"{number(count)} {one if count == 1 else more}"


def span(many: int) -> str:
    """Return so many months as people say them: "een jaar", "3 maanden"."""
    return SPANS.get(many, counted(many, "maand", "maanden"))


def after(many: int) -> str:
    """Return how long after something: "na een jaar", "na 3 maanden"."""
    return f"na {span(many)}"


def day(when: date) -> str:
    """Return a day in full: "1 januari 2026"."""
    return format_date(when, "d MMMM y", locale=LOCALE)


def month(when: date) -> str:
    """Return a month in full: "januari 2026"."""
    return format_date(when, "MMMM y", locale=LOCALE)


def months(first: date, last: date) -> str:
    """Return a run of months: "januari 2026", "januari tot en met juni 2026", "juli 2025 tot en met juni 2026"."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    start = format_date(first, "MMMM", locale=LOCALE) if first.year == last.year else month(first)
    return f"{start} tot en met {month(last)}"


def listed(items: Sequence[str]) -> str:
    """Return names in a row: "Startbaan, Werk en Bijstand"."""
    return format_list(items, locale=LOCALE)


def capital(text: str) -> str:
    """Return the text with a capital first; the rest as it was."""
    return text[:1].upper() + text[1:]
