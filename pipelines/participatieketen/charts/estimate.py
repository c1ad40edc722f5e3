"""What charts of estimates say alike: up to when people were followed, how counts were rounded, how to read ranges."""

from datetime import timedelta
from typing import TYPE_CHECKING

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import cells_of

if TYPE_CHECKING:
    import polars as pl

    from participatieketen.disclosure import Context

OUTSIDE = "buiten"

NEW_THERE = (
    "Nieuw is: niet eerder op deze plek gezien sinds het volgen begon. Wie er toen al stond, of er later terugkwam, "
    "telt niet mee."
)
"""Who is new at a position, wherever they came from."""

NEW_IN_CHAIN = (
    "Nieuw is: van buiten de keten, en daar niet eerder gezien sinds het volgen begon. Wie terugkwam, telt niet mee."
)
"""Who is new in the chain."""

NEW_FROM_OUTSIDE = "Nieuw is: van buiten de keten, en niet eerder op deze plek gezien sinds het volgen begon."
"""Who is new at a position and came from outside the chain."""

SINCE_THE_BEGINNING = "Hoeveel mensen of stappen er sinds het begin zijn, kan iets verder afwijken."
"""Such a total grows as the tables of each month do."""

RANGE = "Tussen haakjes staat het bereik. Staat er alleen een bereik, dan is het aantal te klein voor één percentage."
"""How to read a share in a table; the page says once what a range is."""


def subtitle(context: "Context", *about: str) -> str:
    """Return the sentences, then up to when people were followed and how counts were rounded."""
    return words.joined(*about, followed_until(context), words.rounding(context.base), words.fictional(context))


def caption(table: "pl.DataFrame", context: "Context", *about: str) -> str:
    """Return the sentences, then how to read the ranges and counts of a table."""
    return words.joined(*about, RANGE, words.reading_help(context, cells_of(table), counted=SINCE_THE_BEGINNING))


def followed_until(context: "Context") -> str:
    """Return the sentence that says up to when people were followed: the last month that is not provisional."""
    last = context.provisional_from - timedelta(days=1)
    return f"Gevolgd tot en met {dutch.month(last)}; voorlopige maanden tellen niet mee."
