"""What charts of estimates say alike: up to when people were followed, how counts were rounded, how to read ranges."""

from datetime import timedelta
from typing import TYPE_CHECKING

from participatieketen.charts import words
from participatieketen.charts.figure import cells_of

if TYPE_CHECKING:
    import polars as pl

    from participatieketen.disclosure import Context

OUTSIDE = "buiten"

FIRST_SEEN = (
    "Wie op een plek stond toen de gegevens begonnen, telt daar niet mee. "
    "Wie eerder weg was en terugkwam, telt wel mee."
)
"""Who counts from a start on: newcomers and people who came back."""

RANGE = "Tussen haakjes staat het bereik. Staat er alleen een bereik, dan is het aantal te klein voor één percentage."
"""How to read a share in a table; the page says once what a range is."""


def subtitle(context: "Context", *about: str) -> str:
    """Return the sentences, then up to when people were followed and how counts were rounded."""
    return words.joined(*about, followed_until(context), words.rounding(context.base), words.fictional(context))


def caption(table: "pl.DataFrame", context: "Context", *about: str) -> str:
    """Return the sentences, then how to read the ranges and counts of a table."""
    return words.joined(*about, RANGE, words.reading_help(context, cells_of(table)))


def followed_until(context: "Context") -> str:
    """Return the sentence that says up to when people were followed: the last month that is not provisional."""
    last = context.provisional_from - timedelta(days=1)
    return f"Gevolgd tot en met {words.month(last)}; voorlopige maanden tellen niet mee."
