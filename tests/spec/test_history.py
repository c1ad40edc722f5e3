"""History: stays in counting-process form, what estimates are made from."""

from datetime import date

import polars as pl

from drawn import PARTICIPATIE, spells_of
from participatieketen import estimates
from participatieketen.moves import history
from participatieketen.moves.history import Clock
from participatieketen.timelines import timeline

SPELLS = """
    persoon | register     | begindatum | einddatum  | reden
    1       | bijstand     | 2024-01-01 | 2024-03-31 | 11
    1       | dagbesteding | 2024-02-01 | 2024-02-29 | 19
    2       | dagbesteding | 2024-02-01 |            |
    2       | bijstand     | 2024-03-01 |            |
"""
PEILDATUM = date(2024, 4, 30)


def rows(clock: Clock) -> list[tuple[object, ...]]:
    """Return the drawn history."""
    return history(timeline(spells_of(SPELLS), PARTICIPATIE, PEILDATUM), clock).rows()


def test_each_stay_says_where_it_led() -> None:
    """The last stay of each person is censored on the peildatum, the last seen day; income does not split a stay."""
    assert rows("instroom") == [
        (1, "bijstand", 0, 31, "dagbesteding"),
        (1, "dagbesteding", 31, 60, "bijstand"),
        (1, "bijstand", 60, 91, "werk"),
        (1, "werk", 91, 120, None),
        (2, "dagbesteding", 0, 89, None),
    ]


def test_the_calendar_counts_from_1970() -> None:
    """1 January 2024 is day 19,723."""
    assert rows("kalender")[0] == (1, "bijstand", 19_723, 19_754, "dagbesteding")


def test_a_history_can_be_estimated_from() -> None:
    """Stays follow each other without gap, overlap, jump or teleport, so no estimator refuses them."""
    found = estimates.occupancy(history(timeline(spells_of(SPELLS), PARTICIPATIE, PEILDATUM)))
    assert found.group_by("time").agg(pl.col("probability").sum().round(12))["probability"].unique().to_list() == [1.0]


def test_an_empty_timeline_has_an_empty_history() -> None:
    """Nobody was anywhere."""
    nobody = timeline(spells_of(SPELLS).clear(), PARTICIPATIE, PEILDATUM)
    assert history(nobody).is_empty()
